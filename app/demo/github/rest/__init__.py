"""REST over the demo GitHub's memory: the endpoints the app uses, and some that people use."""

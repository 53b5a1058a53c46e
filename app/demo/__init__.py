"""A small stateful GitHub of our own, and a story to run against it, offline."""

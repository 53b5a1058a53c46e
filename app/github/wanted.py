"""The permissions that the App asks for: those that tokens are minted for, and no more.

app.yml asks for the same; a test holds both against the code.
"""

PERMISSIONS = {"metadata": "read", "issues": "write", "pull_requests": "write"}
BOARD = {"organization_projects": "read"}
"""Asked for on top where the home keeps its buckets on a board."""

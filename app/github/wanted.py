"""The permissions that the App asks for: those that tokens are minted for, and no more.

app.yml asks for the same; a test holds both against the code.
"""

from app.config.place import HOME_PATH, UPSTREAM_PATH

PERMISSIONS = {
    "metadata": "read",
    "issues": "write",
    "pull_requests": "write",
    "single_file": "read",
}
SINGLE_FILES = (UPSTREAM_PATH, HOME_PATH)
"""The paths that single_file is for; a home whose file has another name adds that."""
BOARD = {"organization_projects": "read"}
"""Asked for on top where the home keeps its buckets on a board."""

"""The events that the App is subscribed to in app.yml, and those that come unasked.

`organization`, `member` and `membership` would need members read and belong to sign-in; releases
are found by the sweep.
"""

SUBSCRIBED = frozenset(
    {
        "issue_comment",
        "issues",
        "pull_request",
        "pull_request_review",
        "repository",
    }
)
UNASKED = frozenset({"installation", "installation_repositories", "installation_target"})
WANTED = SUBSCRIBED | UNASKED
"""What is kept for the pump; other events are counted as ignored."""

"""The JSON forms that REST answers and webhook payloads share, with GitHub's keys and no others."""

from app.demo.github.shapes.accounts import (
    app,
    installation,
    listed_installation,
    membership,
    organization,
    organization_full,
    public_user,
    user,
)
from app.demo.github.shapes.items import comment, issue, label, reaction, search_result
from app.demo.github.shapes.pulls import (
    commit,
    file,
    pull_request,
    pull_request_simple,
    release,
    review,
)
from app.demo.github.shapes.repos import content, full_repository, repository
from app.demo.github.shapes.timeline import timeline

__all__ = [
    "app",
    "comment",
    "commit",
    "content",
    "file",
    "full_repository",
    "installation",
    "issue",
    "label",
    "listed_installation",
    "membership",
    "organization",
    "organization_full",
    "public_user",
    "pull_request",
    "pull_request_simple",
    "reaction",
    "release",
    "repository",
    "review",
    "search_result",
    "timeline",
    "user",
]

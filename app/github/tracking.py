"""The issues of a tracker: finding the one for an iteration, opening it, closing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.github.client import Session
from app.github.errors import Gone, NotFound
from app.github.target import Us
from app.publish import CreateComment

Closing = Literal["completed", "not_planned"]


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue as a list shows it; `ours`: our own app opened it."""

    number: int
    title: str
    body: str
    is_open: bool
    ours: bool


async def issues_of_ours(session: Session, full_name: str, us: Us) -> list[Issue]:
    """Give every issue that our app ever opened in a repository, the oldest first."""
    listed = await _list(session, full_name, us, state="all", creator=us.login)
    return [issue for issue in listed if issue.ours]


async def open_issues(session: Session, full_name: str, us: Us) -> list[Issue]:
    """Give the open issues of a repository, whoever opened them, the oldest first."""
    return await _list(session, full_name, us, state="open", creator=None)


async def open_issue(
    session: Session, full_name: str, *, title: str, labels: Sequence[str], action: CreateComment
) -> int:
    """Open an issue; give its number. To be looked for first: two calls are two issues."""
    owner, _, repo = full_name.partition("/")
    made = await session.post(
        "/repos/{owner}/{repo}/issues",
        data={"title": title, "body": action.body, "labels": list(labels)},
        owner=owner,
        repo=repo,
    )
    return int(made["number"])


async def close_issue(session: Session, full_name: str, number: int, why: Closing) -> None:
    """Close an issue; one that is not there any more needs no closing."""
    owner, _, repo = full_name.partition("/")
    try:
        await session.patch(
            "/repos/{owner}/{repo}/issues/{issue_number}",
            data={"state": "closed", "state_reason": why},
            owner=owner,
            repo=repo,
            issue_number=number,
        )
    except (NotFound, Gone):
        return


async def _list(
    session: Session, full_name: str, us: Us, *, state: str, creator: str | None
) -> list[Issue]:
    owner, _, repo = full_name.partition("/")
    listed = session.getiter(
        "/repos/{owner}/{repo}/issues{?state,creator,sort,direction}",
        owner=owner,
        repo=repo,
        state=state,
        creator=creator,
        sort="created",
        direction="asc",
    )
    return [
        Issue(
            int(said["number"]),
            str(said["title"]),
            str(said.get("body") or ""),
            is_open=said["state"] == "open",
            ours=str((said.get("user") or {}).get("login", "")).casefold() == us.login.casefold(),
        )
        async for said in listed
        if "pull_request" not in said
    ]

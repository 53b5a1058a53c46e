"""One issue of our own in a repository, found again by its marker: opened, edited, closed."""

from app.github.client import Session
from app.github.files import RepositorySeen, read_repository
from app.github.target import Us
from app.policy.home import Home
from app.policy.model import ItemRef, SubjectType, Visibility
from app.publish import CreateComment, InternalText, PublicText, TargetState, body_of, passes

ISSUES = {"metadata": "read", "issues": "write"}
"""What opening an issue takes."""


async def tell_in_issue(
    session: Session,
    full_name: str,
    *,
    title: PublicText | InternalText,
    action: CreateComment,
    us: Us,
    home: Home,
) -> int | None:
    """Make sure that one open issue of ours says this; give its number, None where it may not.

    Our open issue that begins with the action's marker is edited in place; only if there is none
    is one opened. Visibility is read right before.
    """
    await session.turn()
    seen = await read_repository(session, full_name)
    if not passes(action, _target(seen, home), home):
        return None
    ours = await find_issue(session, seen.full_name, action.marker, us)
    owner, _, repo = seen.full_name.partition("/")
    if ours is None:
        made = await session.post(
            "/repos/{owner}/{repo}/issues",
            data={"title": str(title), "body": action.body},
            owner=owner,
            repo=repo,
        )
        return int(made["number"])
    number, body = ours
    if body_of(body) != body_of(action.body):
        await session.patch(
            "/repos/{owner}/{repo}/issues/{issue_number}",
            data={"body": action.body},
            owner=owner,
            repo=repo,
            issue_number=number,
        )
    return number


async def close_issue(session: Session, full_name: str, action: CreateComment, us: Us) -> bool:
    """Close our open issue with the action's marker and its last words; False: there is none."""
    ours = await find_issue(session, full_name, action.marker, us)
    if ours is None:
        return False
    owner, _, repo = full_name.partition("/")
    await session.patch(
        "/repos/{owner}/{repo}/issues/{issue_number}",
        data={"body": action.body, "state": "closed"},
        owner=owner,
        repo=repo,
        issue_number=ours[0],
    )
    return True


async def find_issue(session: Session, full_name: str, mark: str, us: Us) -> tuple[int, str] | None:
    """Give number and body of our oldest open issue that begins with a marker."""
    owner, _, repo = full_name.partition("/")
    listed = session.getiter(
        "/repos/{owner}/{repo}/issues{?state,creator,sort,direction}",
        owner=owner,
        repo=repo,
        state="open",
        creator=us.login,
        sort="created",
        direction="asc",
    )
    async for issue in listed:
        body = issue.get("body") or ""
        by = (issue.get("user") or {}).get("login", "")
        if body.startswith(mark) and by.casefold() == us.login.casefold():
            return int(issue["number"]), body
    return None


def _target(seen: RepositorySeen, home: Home) -> TargetState:
    visibility = Visibility.PRIVATE if seen.private else Visibility.PUBLIC
    ref = ItemRef(seen.full_name, type=SubjectType.ISSUE, host=home.host)
    return TargetState(seen.id, ref, visibility)

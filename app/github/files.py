"""One file of a repository, and the pull requests that change it.

`GET /repos/{owner}/{repo}/contents/{path}` needs no more than the permission single_file for the
paths that the App is registered with; with an ETag kept, asking again costs nothing. Names are
GitHub's own (docs.github.com, "REST API endpoints for repository contents" and "… for pull
requests"); everything else in an answer is passed over.
"""

from base64 import b64decode
from binascii import Error as NoBase64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.github.client import Session
from app.github.errors import Gone, NotFound, ServerError
from app.github.replies import Json

FILES = {"metadata": "read", "single_file": "read"}
"""What reading one file takes."""
PULLS = FILES | {"pull_requests": "read"}
LATEST = 10
"""Closed pull requests that are looked through for the one that brought a file."""
T = TypeVar("T")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class RepositorySeen(_Part):
    """A repository as GitHub shows it now."""

    id: int
    full_name: str
    private: bool
    default_branch: str = ""


class _End(_Part):
    ref: str
    sha: str
    repo: RepositorySeen | None


class Proposed(_Part):
    """A pull request, as far as it matters for a file that it changes."""

    number: int
    state: Literal["open", "closed"]
    merged_at: str | None
    head: _End
    base: _End

    @property
    def is_to_default(self) -> bool:
        """Say whether merging it changes, or changed, the default branch."""
        return self.base.repo is not None and self.base.ref == self.base.repo.default_branch

    @property
    def is_from_fork(self) -> bool:
        """Say whether its branch is in another repository, or in a deleted one."""
        here = self.base.repo.id if self.base.repo else 0
        return self.head.repo is None or self.head.repo.id != here


class _Changed(_Part):
    filename: str
    previous_filename: str | None = None


class _Content(_Part):
    type: Literal["file"]
    encoding: str
    content: str
    size: Annotated[int, Field(ge=0)]


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file as it is in a repository; `content` None: it is not there, `size` in bytes.

    A file of more than a megabyte comes without its content: then it is empty, and `size` tells.
    """

    content: bytes | None
    size: int = 0


async def read_repository(session: Session, full_name: str) -> RepositorySeen:
    """Read a repository; redirects are followed. NotFound: not there, or not visible to us."""
    owner, _, repo = full_name.partition("/")
    said = await session.get("/repos/{owner}/{repo}", owner=owner, repo=repo)
    return _read(RepositorySeen.model_validate, said)


async def read_file(
    session: Session, full_name: str, path: str, *, ref: str | None = None
) -> FileRead:
    """Read one file, of the default branch or at a branch or commit.

    A directory, a submodule or a link that leads nowhere is no file: then it is not there.
    """
    owner, _, repo = full_name.partition("/")
    try:
        said = await session.get(
            "/repos/{owner}/{repo}/contents/{+path}{?ref}",
            owner=owner,
            repo=repo,
            path=path,
            ref=ref,
        )
    except (NotFound, Gone):
        return FileRead(None)
    if isinstance(said, list) or (isinstance(said, dict) and said.get("type") != "file"):
        return FileRead(None)
    found = _read(_Content.model_validate, said)
    if found.encoding != "base64":
        return FileRead(b"", found.size)
    try:
        return FileRead(b64decode(found.content), found.size)
    except NoBase64:
        raise ServerError("GitHub's answer is in a form that can't be read.") from None


async def read_proposed(session: Session, full_name: str, number: int) -> Proposed | None:
    """Read a pull request; None: there is none of that number, as for an issue."""
    owner, _, repo = full_name.partition("/")
    try:
        said = await session.get(
            "/repos/{owner}/{repo}/pulls/{pull_number}", owner=owner, repo=repo, pull_number=number
        )
    except (NotFound, Gone):
        return None
    return _read(Proposed.model_validate, said)


async def touches(session: Session, full_name: str, number: int, path: str) -> bool:
    """Say whether a pull request changes, removes or renames the file `path`."""
    owner, _, repo = full_name.partition("/")
    listed = session.getiter(
        "/repos/{owner}/{repo}/pulls/{pull_number}/files",
        owner=owner,
        repo=repo,
        pull_number=number,
    )
    async for said in listed:
        file = _read(_Changed.model_validate, said)
        if path in {file.filename, file.previous_filename}:
            return True
    return False


async def merged_lately(session: Session, full_name: str) -> list[Proposed]:
    """Give the pull requests among the LATEST closed ones that were merged, newest first."""
    owner, _, repo = full_name.partition("/")
    said = await session.get(
        "/repos/{owner}/{repo}/pulls{?state,sort,direction,per_page}",
        owner=owner,
        repo=repo,
        state="closed",
        sort="updated",
        direction="desc",
        per_page=LATEST,
    )
    found = [_read(Proposed.model_validate, one) for one in said]
    merged = (one for one in found if one.merged_at is not None and one.is_to_default)
    return sorted(merged, key=lambda one: one.merged_at or "", reverse=True)


def _read(validate: Callable[[Json], T], said: Json) -> T:
    try:
        return validate(said)
    except ValidationError:
        raise ServerError("GitHub's answer is in a form that can't be read.") from None

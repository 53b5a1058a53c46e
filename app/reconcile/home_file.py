"""Where the home's own file is on GitHub, and what it says there now.

The file is a subject of its own (space "home"), so that one process at a time looks at it.
"""

from dataclasses import dataclass
from hashlib import sha256

from app.config import LARGEST, ConfigError, Problem, load_home
from app.github.client import Session
from app.github.errors import NotFound
from app.github.files import PULLS, FileRead, RepositorySeen, read_file, read_repository
from app.policy.home import Home
from app.reconcile.access import Access
from app.store import places, subjects
from app.store.subjects import Key

SPACE = "home"
"""What a subject's number counts that is the file itself: it is 0."""


@dataclass(frozen=True, slots=True)
class Present:
    """The file as it is on the default branch, and the repository that holds it."""

    repository: RepositorySeen
    path: str
    file: FileRead

    @property
    def digest(self) -> str:
        """Give the sha256 of the bytes, of none where the file is not there."""
        return sha256(self.file.content or b"").hexdigest()

    def home(self, host: str) -> Home:
        """Give the home that the file describes; ConfigError with every problem."""
        return usable(self.file, host, self.path)


def usable(file: FileRead, host: str, source: str) -> Home:
    """Give the home that a file describes, for the GitHub `host`; raises ConfigError."""
    if file.content is None:
        raise _problem("", "there is no such file on the default branch", source)
    if file.size > LARGEST:
        raise _problem("", f"expected at most {LARGEST:,} bytes, found {file.size:,}", source)
    home = load_home(file.content, source)
    if home.host.lower() != host.lower():
        raise _problem("home.host", f"expected {host}, which is served here", source)
    return home


async def file_session(access: Access) -> Session:
    """Read the file, and pull requests that change it; raises NotFound where we aren't let in."""
    place = access.tenant.place
    installation = await access.installation_on((place.owner,)) if place else None
    if place is None or installation is None:
        where = place.owner if place else "the home's organisation"
        raise NotFound(f"the app is not installed on {where}: install it there first")
    return access.github.installation(installation, permissions=PULLS)


async def find_repository(access: Access, session: Session) -> RepositorySeen:
    """Give the repository that holds the file: the first of its possible places that is there."""
    place = access.tenant.place
    for name in place.repositories if place else ():
        try:
            seen = await read_repository(session, name)
        except NotFound:
            continue
        async with access.engine.begin() as connection:
            await places.see_repository(
                connection,
                access.tenant.host,
                seen.id,
                seen.full_name,
                access.clock.now(),
                private=seen.private,
                installation_id=session.asker.key,
            )
        return seen
    names = " nor ".join(place.repositories) if place else ""
    raise NotFound(f"there is no {names}, or the app may not see it")


async def read_present(access: Access, session: Session) -> Present:
    """Read the file of the default branch; without a change it costs nothing (ETag)."""
    path = access.tenant.place.path if access.tenant.place else ""
    repository = await find_repository(access, session)
    return Present(repository, path, await read_file(session, repository.full_name, path))


async def ask_for_file(access: Access) -> None:
    """Have the file looked at again: done every few minutes and when a change of it is merged."""
    if access.tenant.place is None:
        return
    repository = await find_repository(access, await file_session(access))
    async with access.engine.begin() as connection:
        key = Key(access.tenant.host, repository.id, 0, SPACE)
        await subjects.mark_stale(connection, access.tenant.id, [key])


def _problem(path: str, says: str, source: str) -> ConfigError:
    return ConfigError((Problem(1, 1, path, says, source),))

"""Through which installation an item is read and written, with no more rights than needed."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from app.github.asker import Usage
from app.github.client import GitHub, Session
from app.github.clock import Clock
from app.github.errors import Forbidden, NotFound
from app.github.finding import NotThere
from app.github.follow import Followed, TrackerItem, gather_items, gather_tracker_item
from app.github.replies import Json
from app.github.target import Us, who_we_are
from app.policy.model import ItemRef, SubjectType
from app.publish import Asks, TargetState
from app.store import places
from app.store.places import Tenant

READ = {"metadata": "read", "issues": "read", "pull_requests": "read"}
BOARD = {"organization_projects": "read"}


@dataclass(slots=True)
class Access:
    """Sessions for one home: its own installation, and those of upstreams that let us in.

    `usage` counts what reading through the home's installation costs. `asked` keeps for a while
    what upstream repositories ask of us, by their ids.
    """

    github: GitHub
    engine: AsyncEngine
    reader: AsyncEngine
    tenant: Tenant
    clock: Clock
    may_read_board: bool = True
    usage: Usage = field(default_factory=Usage)
    asked: dict[int, tuple[datetime, asyncio.Future[Asks | None]]] = field(default_factory=dict)
    _us: Us | None = None

    async def us(self) -> Us:
        """Give our app as GitHub shows it; asked once."""
        if self._us is None:
            self._us = await who_we_are(self.github.app())
        return self._us

    async def during_a_round(self) -> "Access":
        """Give the same for one round: its home stays as it is now, also if another is adopted."""
        await self.us()
        return replace(self)

    async def home_installation(self) -> int | None:
        """Give the installation on the home itself: remembered, or asked for at GitHub."""
        return await self.installation_on(self.tenant.facts.organisations)

    async def installation_on(self, organisations: Sequence[str]) -> int | None:
        """Give a working installation on one of these organisations."""
        async with self.reader.connect() as connection:
            known = await places.installation_of(connection, self.tenant.host, organisations)
        if known is not None:
            return known
        for login in organisations:
            try:
                said = await self.github.app_get("/orgs/{org}/installation", org=login)
            except NotFound:
                continue
            async with self.engine.begin() as connection:
                await places.see_installation(
                    connection,
                    self.tenant.host,
                    int(said["id"]),
                    account_id=int(said["account"]["id"]),
                    account_login=login,
                )
            return int(said["id"])
        return None

    async def has_left(self, installation_id: int) -> bool:
        """Ask GitHub whether an installation is gone, and remember it: nobody may have told us."""
        try:
            await self.github.app_get("/app/installations/{id}", id=installation_id)
        except NotFound:
            pass
        else:
            return False
        async with self.engine.begin() as connection:
            await places.see_installation(
                connection, self.tenant.host, installation_id, removed_at=self.clock.now()
            )
        return True

    async def reading(self, installation_id: int | None, repository_id: int) -> Session:
        """Read one repository where we are installed, else what is public, as the home."""
        if installation_id is not None:
            return self.github.installation(
                installation_id, repository_ids=(repository_id,), permissions=READ
            )
        return await self.home()

    async def home(self) -> Session:
        """Read the home's trackers and what is public; never write."""
        installation = await self.home_installation()
        if installation is None:
            names = " or ".join(self.tenant.facts.organisations)
            raise NotFound(f"the app is not installed on {names}: install it there first")
        return self._counted(self.github.installation(installation, permissions=READ))

    def as_app(self) -> Session:
        """Ask as the app itself, as for where it is installed."""
        return self._counted(self.github.app())

    def listing(self, installation_id: int) -> Session:
        """Ask an installation for what it reaches, and for nothing that stands there."""
        return self._counted(
            self.github.installation(installation_id, permissions={"metadata": "read"})
        )

    def writing(self, installation_id: int, target: TargetState) -> Session:
        """Write to one repository: labels and comments, nothing else."""
        is_pull = target.ref.type is SubjectType.PULL_REQUEST
        return self.github.installation(
            installation_id,
            repository_ids=(target.repository_id,),
            permissions={
                "metadata": "read",
                "pull_requests" if is_pull else "issues": "write",
            },
        )

    async def follow(self, refs: tuple[ItemRef, ...]) -> Followed:
        """Read what links lead to, with the board's bucket where the app may read it."""
        board = self.tenant.facts.needs.board
        home, us = self.tenant.facts, await self.us()
        if board is not None and self.may_read_board:
            session = await self.with_board()
            try:
                return await gather_items(session, refs, home=home, us=us, board=board)
            except Forbidden:
                self.may_read_board = False
        return await gather_items(await self.home(), refs, home=home, us=us)

    async def tracker_item(self, ref: ItemRef, repository_id: int) -> TrackerItem | NotThere:
        """Read an item of a tracker, with the board's bucket where the app may read it."""
        board, us = self.tenant.facts.needs.board, await self.us()
        if board is not None and self.may_read_board:
            session = await self.with_board()
            try:
                return await gather_tracker_item(
                    session, ref, us=us, board=board, repository_id=repository_id
                )
            except Forbidden:
                self.may_read_board = False
        session = await self.home()
        return await gather_tracker_item(session, ref, us=us, repository_id=repository_id)

    async def name_of(self, repository_id: int) -> str:
        """Ask for the present name of a repository that only its id is known of."""
        said = await (await self.home()).get("/repositories/{id}", id=repository_id)
        await self._see(said)
        return str(said["full_name"])

    async def repository_ids(self, names: frozenset[str]) -> dict[str, int]:
        """Map names ("owner/name", any case) to ids, asking GitHub for those not yet seen."""
        async with self.reader.connect() as connection:
            known = await places.repository_ids(connection, self.tenant.host, names)
        for name in sorted(names):
            if name.casefold() in known:
                continue
            owner, _, repo = name.partition("/")
            home = await self.home()
            try:
                said = await home.get("/repos/{owner}/{repo}", owner=owner, repo=repo)
            except NotFound:
                continue
            known[name.casefold()] = int(said["id"])
            await self._see(said)
        return known

    async def _see(self, said: Json) -> None:
        async with self.engine.begin() as connection:
            await places.see_repository(
                connection,
                self.tenant.host,
                int(said["id"]),
                str(said["full_name"]),
                self.clock.now(),
                private=bool(said["private"]),
                archived=bool(said.get("archived")),
                fork=bool(said.get("fork")),
            )

    async def with_board(self) -> Session:
        """Read the home's trackers and its board; Forbidden where the app may not."""
        installation = await self.home_installation()
        if installation is None:
            return await self.home()
        return self._counted(self.github.installation(installation, permissions=READ | BOARD))

    def _counted(self, session: Session) -> Session:
        session.asker.usage = self.usage
        return session

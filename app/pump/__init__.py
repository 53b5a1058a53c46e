"""New deliveries become stale subjects and recorded words, in batches and each exactly once.

A batch is one transaction: what a delivery means and that it was pumped are written together or
not at all. No call to GitHub is made here.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.pump.effects import Effects, InstallationChange, Said, SubjectKey, effects
from app.pump.payload import UnreadableError, read_payload
from app.store import deliveries, places, subjects, words
from app.store.deliveries import BURIED, DONE, IGNORED, PENDING, Unpumped
from app.store.places import Tenant
from app.store.tables import Concern
from app.store.upsert import insert_into

BATCH = 200
log = structlog.get_logger("pump")


@dataclass(slots=True)
class Batch:
    """What one round took and found; `subjects` are to be rung for."""

    taken: int = 0
    subjects: list[int] = field(default_factory=list)


async def pump(
    engine: AsyncEngine, tenant: Tenant, app_id: int, now: datetime, *, limit: int = BATCH
) -> Batch:
    """Take one batch of new deliveries and write down what they mean."""
    started = time.perf_counter()
    async with engine.begin() as connection:
        taken = await deliveries.take_unpumped(connection, now, limit)
        if not taken:
            return Batch()
        found: dict[int, Effects] = {}
        for one in taken:
            try:
                found[one.id] = _read(one, tenant, app_id)
            except UnreadableError as error:
                await deliveries.pumped(connection, [one.id], now, state=BURIED, reason=str(error))
        marked = await _write(connection, tenant, taken, found, now)
    ms = round((time.perf_counter() - started) * 1000, 1)
    log.info("pumped", deliveries=len(taken), subjects=len(marked), ms=ms)
    return Batch(len(taken), marked)


def _read(one: Unpumped, tenant: Tenant, app_id: int) -> Effects:
    if one.body is None:
        raise UnreadableError("the body was dropped after its days, so it can't be read again")
    return effects(
        one.event,
        read_payload(one.body),
        tenant.facts,
        received_at=one.received_at,
        app_id=app_id,
        place=tenant.place,
    )


async def _write(
    connection: AsyncConnection,
    tenant: Tenant,
    taken: Sequence[Unpumped],
    found: dict[int, Effects],
    now: datetime,
) -> list[int]:
    wanted = await _wanted(connection, tenant, found)
    await _see(connection, tenant, found, wanted, now)
    marks = await subjects.mark_stale(
        connection,
        tenant.id,
        [_key(tenant, key) for key in wanted.values()],
        installations=_installations(found, wanted),
    )
    concerns = []
    for delivery_id, key in wanted.items():
        subject_id, mark = marks[_key(tenant, key)]
        concerns.append({"delivery_id": delivery_id, "subject_id": subject_id, "mark": mark})
    if concerns:
        row = insert_into(connection, Concern)
        await connection.execute(
            row.on_conflict_do_update(
                index_elements=["delivery_id", "subject_id"], set_={"mark": row.excluded.mark}
            ),
            concerns,
        )
    await words.say(connection, tenant.id, tenant.host, _words(tenant, found, wanted, marks))
    await _finish(connection, taken, found, wanted, now)
    return [subject_id for subject_id, _ in marks.values()]


async def say(connection: AsyncConnection, tenant: Tenant, told: Sequence[Effects]) -> int:
    """Record words that no delivery brought, and mark what they are about; give how many are new.

    `told`: in the order in which it happened.
    """
    found = dict(enumerate(told))
    wanted = await _wanted(connection, tenant, found)
    keys = [_key(tenant, key) for key in wanted.values()]
    marks = await subjects.mark_stale(connection, tenant.id, keys)
    said = _words(tenant, found, wanted, marks)
    return await words.say(connection, tenant.id, tenant.host, said)


def _words(
    tenant: Tenant,
    found: dict[int, Effects],
    wanted: dict[int, SubjectKey],
    marks: Mapping[subjects.Key, tuple[int, int]],
) -> list[words.NewWord]:
    return [
        _word(marks[_key(tenant, key)][0], word)
        for number, key in wanted.items()
        for word in found[number].words
    ]


def _word(subject_id: int, said: Said) -> words.NewWord:
    return words.NewWord(
        subject_id,
        said.source,
        said.verb,
        said.by.id,
        said.by.login,
        said.at,
        said.payload,
        said.state,
        said.line,
        said.comment_id,
    )


async def _wanted(
    connection: AsyncConnection, tenant: Tenant, found: dict[int, Effects]
) -> dict[int, SubjectKey]:
    """Choose the deliveries that mark a subject: certain ones, and those about one known by now."""
    unsure = {
        _key(tenant, one.subject) for one in found.values() if one.subject and not one.certain
    }
    known = await subjects.known(connection, tenant.id, list(unsure))
    known |= {_key(tenant, one.subject) for one in found.values() if one.subject and one.certain}
    return {
        delivery_id: one.subject
        for delivery_id, one in found.items()
        if one.subject and (one.certain or _key(tenant, one.subject) in known)
    }


def _key(tenant: Tenant, key: SubjectKey) -> subjects.Key:
    return subjects.Key(tenant.host, key.repository_id, key.number, key.space)


def _installations(found: dict[int, Effects], wanted: dict[int, SubjectKey]) -> dict[int, int]:
    return {
        key.repository_id: change.id
        for delivery_id, key in wanted.items()
        if (change := found[delivery_id].installation) is not None
    }


async def _see(
    connection: AsyncConnection,
    tenant: Tenant,
    found: dict[int, Effects],
    wanted: dict[int, SubjectKey],
    now: datetime,
) -> None:
    """Remember installations and repositories under their present names, once per batch."""
    installations: dict[tuple[int, str], InstallationChange] = {}
    for delivery_id, one in found.items():
        if one.installation and (one.subject is None or delivery_id in wanted):
            installations[one.installation.id, one.installation.change] = one.installation
    for change in installations.values():
        await places.see_installation(
            connection,
            tenant.host,
            change.id,
            account_id=change.account.id if change.account else None,
            account_login=change.account.login if change.account else None,
            suspended_at=now if change.change == "suspended" else None,
            removed_at=now if change.change == "removed" else None,
        )
    repositories = {
        one.repository.id: (one.repository, one.installation)
        for delivery_id, one in found.items()
        if one.repository and (one.subject is None or delivery_id in wanted)
    }
    for repository, installation in repositories.values():
        await places.see_repository(
            connection,
            tenant.host,
            repository.id,
            repository.full_name,
            now,
            private=repository.private,
            archived=repository.archived,
            fork=repository.fork,
            installation_id=installation.id if installation else None,
        )


async def _finish(
    connection: AsyncConnection,
    taken: Sequence[Unpumped],
    found: dict[int, Effects],
    wanted: dict[int, SubjectKey],
    now: datetime,
) -> None:
    """Say of each delivery what became of it: waits for its subject, done here, or ignored."""
    await deliveries.pumped(connection, list(wanted), now, state=PENDING)
    noted = [
        id_
        for id_, one in found.items()
        if id_ not in wanted and not one.because and (one.installation or one.repository)
    ]
    await deliveries.pumped(connection, noted, now, state=DONE)
    ignored: dict[str, list[int]] = {}
    for one in taken:
        if one.id in found and one.id not in wanted and one.id not in noted:
            ignored.setdefault(found[one.id].because, []).append(one.id)
    for because, ids in ignored.items():
        await deliveries.pumped(connection, ids, now, state=IGNORED, reason=because)


async def stumble(engine: AsyncEngine, tenant: Tenant, app_id: int, now: datetime) -> None:
    """Go on after a batch that failed: one by one, putting off the one that can't be pumped."""
    for _ in range(BATCH):
        async with engine.connect() as connection:
            first = await deliveries.take_unpumped(connection, now, 1)
        if not first:
            return
        try:
            await pump(engine, tenant, app_id, now, limit=1)
        except Exception as error:  # whatever it is, the others must not wait
            reason = f"{type(error).__name__}: {error}"
            log.exception("stumbled", guid=first[0].guid, github_event=first[0].event)
            async with engine.begin() as connection:
                await deliveries.put_off_unpumped(connection, first[0].id, now, reason=reason)

"""Gather, decide, record, plan, perform: make GitHub and the ledger agree about one subject.

Level-triggered: it does not matter which event brought us here, nor how often.
"""

from dataclasses import replace

from app.github.errors import NotFound, NotInstalled
from app.policy.model import ItemRef
from app.policy.scope import is_home_repository, tracker_of
from app.reconcile.access import Access
from app.reconcile.adoption import enroll_home, keep_up, not_enrolled, reconcile_home_file
from app.reconcile.home_file import SPACE as HOME_SPACE
from app.reconcile.home_file import ask_for_file
from app.reconcile.proposals import reconcile_proposal
from app.reconcile.tracker import reconcile_tracker
from app.reconcile.upstream import reconcile_upstream
from app.store.engine import single_statement
from app.store.known import Known, known_of
from app.store.ledger import last_facts
from app.store.subjects import Leased
from app.store.writes import Write

__all__ = ["Access", "ask_for_file", "enroll_home", "keep_up", "not_enrolled", "reconcile"]


async def reconcile(access: Access, held: Leased) -> tuple[Write, ...] | None:
    """Look at the subject that is held, and do what differs.

    Gives what was written last, to be noted when the subject settles.

    Raises the errors of app.github.errors; a final one means that it can't ever be done.
    """
    await keep_up(access)
    last = await _where_it_is_installed(access, held)
    if held.key.space == HOME_SPACE:
        await keep_up(access)
    return last


async def _where_it_is_installed(access: Access, held: Leased) -> tuple[Write, ...] | None:
    """Do it, and again for each installation that proves gone: through another one, or none."""
    gone = set[int]()
    while True:
        during = await access.during_a_round()
        try:
            return await _reconcile(during, held)
        except NotInstalled as error:
            number = error.installation_id
            if number in gone or not await access.has_left(number):
                raise
            gone.add(number)
        finally:
            access.may_read_board &= during.may_read_board


async def _reconcile(access: Access, held: Leased) -> tuple[Write, ...] | None:
    if held.key.space == HOME_SPACE:
        await reconcile_home_file(access, held)
        return None
    known = await _known(access, held)
    # Where the app was installed anew, the subject's own may be the former one.
    held = replace(held, installation_id=known.installation_id)
    name = known.full_name
    ref = await _ref(access, held, name)
    home, place = access.tenant.facts, access.tenant.place
    may_change_home = held.key.space == "item" and place is not None and place.may_be_in(name)
    if may_change_home:
        await reconcile_proposal(access, held, ref)
    if held.key.space == "item" and tracker_of(name, home) is not None:
        await reconcile_tracker(access, held, ref)
    elif not (may_change_home and is_home_repository(name, home)):
        return await reconcile_upstream(access, held, ref, known)
    return None


async def _known(access: Access, held: Leased) -> Known:
    """Look at what is known, asking GitHub where the subject is if that is not."""
    reader = single_statement(access.reader)
    async with reader.connect() as connection:
        known = await known_of(connection, held)
    if known is None:
        name = await access.name_of(held.key.repository_id)
        async with reader.connect() as connection:
            known = await known_of(connection, held)
        if known is None:
            raise NotFound(f"{name} is another repository than {held.key.repository_id}")
    return known


async def _ref(access: Access, held: Leased, name: str) -> ItemRef:
    """Give what the subject is by name; a release is asked for by its tag, which the sweep kept."""
    host = held.key.host
    if held.key.space == "item":
        return ItemRef(name, held.key.number, host=host)
    if held.key.space == "repository":
        return ItemRef(name, host=host)
    async with access.reader.connect() as connection:
        facts = await last_facts(connection, held.id)
    if facts is None or facts.subject.ref.tag is None:
        raise NotFound(f"the release {held.key.number} of {name} is not known by its tag")
    return ItemRef(name, tag=facts.subject.ref.tag, host=host)

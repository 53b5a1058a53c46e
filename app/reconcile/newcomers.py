"""Whether a merged pull request was its author's first there, where GitHub says so no more.

While it is open GitHub says it itself; merging makes its author a contributor. Afterwards the
author's pull requests that were merged by then are counted: the association counts commits, so
that who pushed there without a pull request is taken for new.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC

from app.github.counting import counts
from app.github.errors import ServerError, Unreachable
from app.github.search import Ask
from app.policy.home import Home
from app.policy.model import Facts
from app.policy.scope import contributions, is_bot, is_member
from app.reconcile.access import Access
from app.reconcile.recording import remembering
from app.store import ledger

AT_ONCE = 50


async def tell_newcomers(
    access: Access, ask: Ask, found: Sequence[tuple[int | None, Facts]]
) -> list[Facts]:
    """Give the facts (each with its subject's id, if it is known) with what can be found out.

    What was known before goes first; where GitHub breaks down it stays unknown. Raises the other
    errors of app.github.errors.
    """
    home = access.tenant.facts
    told = [facts for _, facts in found]
    doubtful = list[int]()
    for n, (subject_id, facts) in enumerate(found):
        if not _in_doubt(facts, home):
            continue
        if subject_id is not None:
            async with access.reader.connect() as connection:
                told[n] = remembering(facts, await ledger.last_facts(connection, subject_id))
        if told[n].subject.author_first_time is None:
            doubtful.append(n)
    for start in range(0, len(doubtful), AT_ONCE):
        batch = doubtful[start : start + AT_ONCE]
        try:
            merged = await counts(ask, [_merged_by_then(told[n]) for n in batch])
        except (ServerError, Unreachable):
            continue
        for n, count in zip(batch, merged, strict=True):
            told[n] = _with_count(told[n], count)
    return told


def _in_doubt(facts: Facts, home: Home) -> bool:
    """Say whether it matters, and only a search can tell: an outsider's, and members had a part."""
    subject = facts.subject
    author = subject.author
    if subject.author_first_time is not None or subject.merged_at is None or author is None:
        return False
    if is_bot(author, home) or is_member(author, home, subject.created_at or subject.merged_at):
        return False
    return bool(contributions(facts, home))


def _merged_by_then(facts: Facts) -> str:
    subject = facts.subject
    if subject.author is None or subject.merged_at is None:
        raise ValueError("Only what somebody wrote and somebody merged is asked for.")
    until = subject.merged_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"is:pr repo:{subject.ref.repo} author:{subject.author.login} merged:<={until}"


def _with_count(facts: Facts, count: int) -> Facts:
    """Read the count: the pull request itself is in it, or the search does not know it yet."""
    first = None if count == 0 else count == 1
    return replace(facts, subject=replace(facts.subject, author_first_time=first))

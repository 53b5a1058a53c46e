"""The answer to people's commands: a reaction, and at most one reply per comment.

May be repeated: the reply is found again by its marker and edited in place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.commands.overrules import Spoken, standing
from app.commands.replies import Done, Outcome, ReactionOnly, answer
from app.commands.sayings import Asked
from app.github.finding import NotThere
from app.github.perform import look, perform
from app.publish import CreateComment, InternalPen, PublicPen, Seen, Served, marker
from app.reconcile.hearing import Ears, Understood, may_speak, react_to, writing_here
from app.reconcile.served import served_elsewhere
from app.reconcile.writing import keep_lease
from app.store import words


async def answer_comments(
    ears: Ears,
    understood: Sequence[Understood],
    served: tuple[Served, ...],
    *,
    seen: Seen,
    muted: bool,
) -> None:
    """React to each comment, and reply at most once, in the one comment that is edited in place.

    `served`: what is decided about the item itself, which /why asks about if it names no other.
    """
    here = ears.held.id
    asked = {one.about for one in understood if _asks(one) and one.about != here}
    reasons, elsewhere = await served_elsewhere(ears.access, asked)
    reasons, seen = {**reasons, here: served}, {**elsewhere, **seen}
    for comment_id in dict.fromkeys(one.word.comment_id for one in understood):
        lines = [one for one in understood if one.word.comment_id == comment_id]
        outcomes = [await _finished(ears, one, reasons) for one in lines]
        if may_speak(ears) and comment_id is not None:
            await _answer(ears, comment_id, outcomes, seen, muted=muted)
        async with ears.access.engine.begin() as connection:
            ids = [one.word.id for one in lines if one.word.id is not None]
            await words.answered(connection, ids, ears.access.clock.now())


def _asks(one: Understood) -> bool:
    return isinstance(one.outcome, Done) and isinstance(one.outcome.heard.saying, Asked)


async def _finished(
    ears: Ears, one: Understood, reasons: Mapping[int, tuple[Served, ...]]
) -> Outcome:
    outcome = one.outcome
    if not isinstance(outcome, Done):
        return outcome
    async with ears.access.reader.connect() as connection:
        said: list[Spoken] = await words.spoken_about(connection, one.about)
    took_back = standing(said).took_back.get(one.word.id or 0)
    return replace(outcome, took_back=took_back, reasons=reasons[one.about] if _asks(one) else ())


async def _answer(
    ears: Ears, comment_id: int, outcomes: Sequence[Outcome], seen: Seen, *, muted: bool
) -> None:
    home, target = ears.access.tenant.facts, ears.target
    internal = InternalPen.for_target(home, target)
    answered = (
        answer(outcomes, internal, target.ref, muted=muted)
        if internal is not None
        else answer(outcomes, PublicPen(home, seen, target.ref), target.ref, muted=muted)
    )
    if answered is None:
        return
    await react_to(ears, {comment_id}, answered.reaction)
    session = writing_here(ears)
    if isinstance(answered, ReactionOnly) or session is None or ears.asks != "label+comment":
        return
    us = await ears.access.us()
    action = CreateComment(answered.text, marker(us.app_id, f"reply:{comment_id}"))
    looked = await look(session, target, us=us, actions=(action,))
    if not isinstance(looked, NotThere):
        await keep_lease(ears.access, ears.held)
        await perform(session, target, action, seen=looked, home=home)

"""A person's words without the person: what they said of their own time goes, the rest stays."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from app.commands.overrules import is_personal, standing
from app.store.scrubbing import SOMEBODY, Who, scrubbed
from app.store.tables import Word
from app.store.words import spoken_about


async def forget_words(connection: AsyncConnection, who: Who) -> tuple[int, int]:
    """Delete their words about their own time, take their name off the others; give both counts.

    A word without a person holds as it did: an item that an upstream's maintainer has muted stays
    mute.
    """
    theirs = or_(
        col(Word.by_id).in_(who.ids),
        (col(Word.by_id) == 0) & func.lower(col(Word.by_login)).in_(who.logins),
    )
    rows = (await connection.execute(select(Word).where(theirs).order_by(col(Word.id)))).all()
    own = await _about_own_time(connection, who, {row.subject_id for row in rows})
    await connection.execute(delete(Word).where(col(Word.id).in_(own)))
    left = [row for row in rows if row.id not in own]
    for row in left:
        # The source tells who and where; hashed, it still makes the word happen only once.
        source = f"forgotten:{hashlib.sha256(row.source.encode()).hexdigest()}"
        await connection.execute(
            update(Word)
            .where(col(Word.id) == row.id)
            .values(
                source=source,
                by_id=0,
                by_login=SOMEBODY,
                payload=scrubbed(row.payload, who),
                line=None if row.line is None else who.without_name(row.line),
                comment_id=None if row.answered_at else row.comment_id,
            )
        )
    return len(own), len(left)


async def _about_own_time(
    connection: AsyncConnection, who: Who, subject_ids: set[int]
) -> Sequence[int]:
    """Give the ids of their /personal, and of each /undo that took one of those back.

    An /undo that was left alone would take back something else.
    """
    own: list[int] = []
    for subject_id in sorted(subject_ids):
        said = await spoken_about(connection, subject_id)
        mine = {word.id for word in said if is_personal(word) and word.by.id in who.ids}
        took = standing(said).took_back
        own += mine
        own += [undo for undo, word in took.items() if word is not None and word.id in mine]
    return own

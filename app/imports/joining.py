"""A newer file about an item that is known better: what the file can't tell stays as it was."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from app.policy.model import Act, Comment, Facts, Item, Performed, Person, Subject, Visibility

T = TypeVar("T")


def joined(told: Facts, before: Facts) -> Facts:
    """Give what the file tells, and beside it what was known before and the file can't tell.

    What it can't tell stays in `could_not_read`, because it may have changed.
    """
    return replace(
        told,
        subject=_subject(told.subject, before.subject),
        acts=_both(told.acts, before.acts, _act_key),
        comments=tuple(
            sorted(
                _both(told.comments, before.comments, _comment_key),
                key=lambda one: (one.at is None, one.at and one.at.timestamp()),
            )
        ),
        linked=_both(told.linked, before.linked, _item_key),
        backlinks=_both(told.backlinks, before.backlinks, _item_key),
    )


def _subject(told: Subject, before: Subject) -> Subject:
    kept = {
        name: getattr(before, name)
        for name in (
            "labels", "branch", "draft", "author", "author_first_time", "files", "n_files",
            "commits", "merged_at", "closed_at", "is_fork",
        )
        if getattr(told, name) is None
    }  # fmt: skip
    if told.visibility is Visibility.UNKNOWN:
        kept["visibility"] = before.visibility
    return replace(told, closes=told.closes or before.closes, **kept)


def _both(first: Iterable[T], second: Iterable[T], key: Callable[[T], object]) -> tuple[T, ...]:
    found = {key(one): one for one in second}
    found |= {key(one): one for one in first}
    return tuple(found.values())


def _act_key(one: Performed) -> tuple[Act, object]:
    return one.act, _who(one.by)


def _comment_key(one: Comment) -> object:
    return one.id if one.id is not None else (one.body, one.at)


def _item_key(one: Item) -> object:
    return one.ref.key, one.body, one.url


def _who(by: Person) -> object:
    return by.id if by.id is not None else by.login.casefold()

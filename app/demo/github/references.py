"""Mentions of one item in the text of another, as GitHub turns them into timeline events."""

import re
from collections.abc import Iterator
from datetime import datetime

from app.demo.github.model import Account, Commit, Event, Item, Repo
from app.demo.github.state import State

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_MENTION = re.compile(
    r"(?:\b(?P<closes>close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+)?"
    r"(?:https?://github\.com/(?P<linked>[\w.-]+/[\w.-]+)/(?:issues|pull)/(?P<at>\d+)"
    r"|(?<![\w/&])(?P<named>[\w.-]+/[\w.-]+)?#(?P<number>\d+))\b",
    re.IGNORECASE,
)


def mentioned(state: State, text: str, repo: Repo) -> Iterator[tuple[Item, bool]]:
    """Yield each item that `text`, written in `repo`, mentions, and whether it says "closes"."""
    for match in _MENTION.finditer(_CODE.sub("", text)):
        name = match["linked"] or match["named"]
        target = state.repo(name) if name else repo
        item = target.items.get(int(match["at"] or match["number"])) if target else None
        if item is not None:
            yield item, match["closes"] is not None


def refer(state: State, source: Item, text: str, by: Account | None, at: datetime) -> None:
    """Leave a cross-reference at everything `text` mentions, once for each source."""
    for target, closes in mentioned(state, text, source.repo):
        if target is source:
            continue
        if closes and source.pull and not target.pull and target not in source.pull.closes:
            source.pull.closes.append(target)
        if not any(event.source is source for event in target.events):
            number = state.ids.next("event")
            kind = "cross-referenced"
            target.events.append(Event(number, kind, target, by, at, source=source))


def refer_from_commit(state: State, commit: Commit, by: Account | None) -> None:
    """Leave a reference at everything that the message of a pushed commit mentions."""
    for target, _ in mentioned(state, commit.message, commit.repo):
        if not any(event.commit is commit for event in target.events):
            number = state.ids.next("event")
            target.events.append(Event(number, "referenced", target, by, commit.at, commit=commit))

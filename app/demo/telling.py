"""The demo's outcome as people read it: a table, and a comment as GitHub would show it."""

import re
from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from app.demo.github.model import Comment
from app.demo.ledger import Decided
from app.demo.outcome import Answered, Outcome
from app.demo.story import Expected, Scene

WIDE = 10_000
"""Columns where the output is no terminal: nothing is cut off."""
ROOM = 120
"""Columns below which a table on a terminal would break every name into pieces."""
PAGE = 100
"""Columns that a comment takes at most."""

_EMOJI = {"eyes": "👀", "+1": "👍", "confused": "😕"}
_HIDDEN = re.compile(r"<!--.*?-->\s*", re.DOTALL)
_NO_WIDTH = re.compile("&#8203;|\u200b")


def console() -> Console:
    """Give a console that cuts nothing off when the output is no terminal."""
    plain = Console(highlight=False)
    return plain if plain.is_terminal else Console(highlight=False, width=WIDE)


def told(console: Console, story: Sequence[Scene], outcome: Outcome) -> RenderableType:
    """Tell the outcome as a table, or as blocks of lines where a terminal is too narrow for it."""
    if console.is_terminal and console.width < ROOM:
        return Group(*(block for scene in story for block in map(_block, _rows(scene, outcome))))
    return table(story, outcome, folded=console.is_terminal)


def table(story: Sequence[Scene], outcome: Outcome, *, folded: bool) -> Table:
    """Tell of each contribution what it was decided to be, why, and what was written where.

    Below it stands what people said on it, and what became of that.

    `folded`: for a terminal, cells take several lines; else each row is one line, nothing cut off.
    """
    rows = Table(box=box.SIMPLE, show_edge=False, pad_edge=False)
    rows.add_column("contribution", overflow="fold")
    rows.add_column("kind", overflow="fold", max_width=11 if folded else None)
    rows.add_column("bucket or activity", overflow="fold", max_width=19 if folded else None)
    rows.add_column("reason", overflow="fold")
    rows.add_column("written", overflow="fold")
    for scene in story:
        for row in _rows(scene, outcome):
            rows.add_row(*map(Text, row))
    return rows


def _block(row: tuple[str, str, str, str, str]) -> Group:
    """Give a table's row as lines: its name, and indented below it the other cells."""
    name, kind, named, reason, wrote = row
    below = (" · ".join(filter(None, (kind, named))), reason, f"written: {wrote}")
    lines = (Padding(Text(line, overflow="fold"), (0, 0, 0, 4)) for line in below if line)
    return Group(Text(name, style="bold", overflow="fold"), *lines)


def comment_panel(comment: Comment) -> Panel:
    """Show a comment as GitHub would: Markdown rendered, what is hidden there left out."""
    author = comment.author.login if comment.author else "ghost"
    where = f"{comment.item.repo.full_name}#{comment.item.number}"
    return Panel(
        Markdown(shown(comment.body)),
        title=Text(f"{author} commented on {where}"),
        title_align="left",
        width=PAGE,
    )


def shown(body: str) -> str:
    """Give a comment's text without what nobody sees: HTML comments and zero-width spaces."""
    return _NO_WIDTH.sub("", _HIDDEN.sub("", body))


def _rows(scene: Scene, outcome: Outcome) -> Iterator[tuple[str, str, str, str, str]]:
    wrote = _written(scene, outcome)
    if scene.gist:
        yield (
            scene.item,
            "tried",
            "",
            _gist(scene.gist, outcome.comments.get(scene.item, ())),
            wrote,
        )
    elif not scene.expected:
        yield scene.item, "out of scope", "", scene.about, wrote
    for one in scene.expected:
        decided = outcome.decided.get((scene.item, one.who, one.act.value))
        name = f"{scene.item}, {one.act.value} by {one.who}"
        yield (name, *_said(decided), wrote)
    for answered in outcome.answered.get(scene.item, ()):
        yield _heard(scene.item, answered)


def _gist(wanted: str, comments: Sequence[Comment]) -> str:
    """Give what a comment of ours comes to: the line with what is wanted, else where it begins."""
    lines = [line for one in comments for line in shown(one.body).splitlines() if line]
    return next((line for line in lines if wanted in line), lines[0] if lines else "")


def _heard(item: str, answered: Answered) -> tuple[str, str, str, str, str]:
    if not answered.kept or not all(kept.heard for kept in answered.kept):
        state = "refused"
    elif all(kept.stands for kept in answered.kept):
        state = "stands"
        if any(kept.value and kept.value in answered.says for kept in answered.kept):
            state = "stands, kept word for word"
    else:
        state = "taken back"
    wrote = [_EMOJI.get(reaction, reaction) for reaction in answered.reactions]
    wrote += ["reply"] * answered.replies
    return f"{item}, said by {answered.who}", state, "", answered.says, " ".join(wrote) or "nothing"


def _said(decided: Decided | None) -> tuple[str, str, str]:
    if decided is None:
        return "not decided", "", ""
    found: Expected = decided.found
    kind = f"{found.kind}, provisional" if found.provisional else str(found.kind)
    named = (found.bucket, found.activity, found.community and f"for {found.community}")
    return kind, " ".join(str(name) for name in named if name), decided.because


def _written(scene: Scene, outcome: Outcome) -> str:
    """Say what the app wrote because of a scene: on its item, and on the tracker's."""
    labels = [f"label “{name}”" for name in outcome.labels.get(scene.item, ())]
    comments = [
        "comment" if item == scene.item else f"comment on {item}"
        for item in dict.fromkeys((scene.item, *scene.comments))
        if outcome.comments.get(item)
    ]
    return ", ".join([*labels, *comments]) or "nothing"

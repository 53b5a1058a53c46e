"""What is there in the end, in the app's books and on the demo GitHub, held against the story."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.demo.github import DemoGitHub
from app.demo.github.model import App, Comment, Item
from app.demo.ledger import Decided, Kept, Ledger, Who, name_of
from app.demo.story import Expected, Said, Scene
from app.policy.home import Home

_REPLY = re.compile(r"<!-- good-citizen \d+ reply:(\d+) -->")


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a person's comment: in the ledger, as reactions of ours, and in replies."""

    who: str
    says: str
    kept: tuple[Kept, ...]
    reactions: tuple[str, ...] = ()
    replies: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """The ledger, and what the app wrote where: labels of ours and comments of ours by item.

    `answered`: the people's comments that the app took for words, or reacted to, in their order.
    """

    decided: dict[Who, Decided]
    labels: dict[str, tuple[str, ...]]
    comments: dict[str, tuple[Comment, ...]]
    answered: dict[str, tuple[Answered, ...]]


def read_outcome(ledger: Ledger, demo: DemoGitHub, app: App, home: Home) -> Outcome:
    """Read what was decided, what was heard and what was written."""
    ours = {style.name.casefold() for style in home.publish.labels.values()}
    kept = ledger.kept()
    with demo.state.lock:
        items = {
            name_of(item.repo.full_name, item.number): item for item in demo.state.items.values()
        }
        labels = {
            name: tuple(sorted(x.name for x in item.labels if x.name.casefold() in ours))
            for name, item in items.items()
        }
        comments = {
            name: tuple(one for one in item.comments if one.app is app and not _answers(one))
            for name, item in items.items()
        }
        answered = {name: tuple(_answered(item, app, kept)) for name, item in items.items()}
    return Outcome(ledger.decided(), labels, comments, answered)


def _answered(item: Item, app: App, kept: dict[int, tuple[Kept, ...]]) -> Iterator[Answered]:
    replies = [_answers(one) for one in item.comments if one.app is app]
    for one in item.comments:
        reactions = tuple(x.content for x in one.reactions if x.user is app.bot)
        if one.id in kept or reactions or one.id in replies:
            who = one.author.login if one.author else "ghost"
            yield Answered(who, one.body, kept.get(one.id, ()), reactions, replies.count(one.id))


def _answers(comment: Comment) -> int | None:
    """Give the id of the comment that a comment of ours answers."""
    found = _REPLY.match(comment.body)
    return int(found[1]) if found else None


def mismatches(story: Sequence[Scene], outcome: Outcome, home: Home) -> list[str]:
    """Say in sentences what is not as the story wants it; empty: all is."""
    return [
        *_wrong_decisions(story, outcome),
        *_wrong_labels(story, outcome, home),
        *_wrong_comments(story, outcome),
        *_wrong_answers(story, outcome),
    ]


def _wrong_decisions(story: Sequence[Scene], outcome: Outcome) -> Iterator[str]:
    wanted = {
        (scene.item, one.who, one.act.value): one for scene in story for one in scene.expected
    }
    for who in sorted(wanted.keys() | outcome.decided.keys()):
        found = outcome.decided[who].found if who in outcome.decided else None
        if found != wanted.get(who):
            expected = _told(wanted.get(who))
            yield f"{who[0]}, {who[2]} by {who[1]}: {_told(found)}, expected {expected}"


def _told(one: Expected | None) -> str:
    if one is None:
        return "nothing is known"
    named = (one.kind, one.bucket, one.activity, one.community)
    says = " · ".join(str(name) for name in named if name)
    says += " (provisional)" if one.provisional else ""
    return f"{says} (by word)" if one.by_word else says


def _wrong_labels(story: Sequence[Scene], outcome: Outcome, home: Home) -> Iterator[str]:
    wanted = {
        scene.item: (home.publish.labels[scene.label].name,) for scene in story if scene.label
    }
    for item, found in sorted(outcome.labels.items()):
        if found != wanted.get(item, ()):
            yield f"{item}: labels {list(found)}, expected {list(wanted.get(item, ()))}"


def _wrong_comments(story: Sequence[Scene], outcome: Outcome) -> Iterator[str]:
    wanted = {item for scene in story for item in scene.comments}
    for item, found in sorted(outcome.comments.items()):
        if len(found) != (item in wanted):
            yield f"{item}: {len(found)} comments by the app, expected {int(item in wanted)}"
    for scene in story:
        said = [one.body for one in outcome.comments.get(scene.item, ())]
        if scene.gist and not any(scene.gist in body for body in said):
            yield f"{scene.item}: the app's comment does not say “{scene.gist}”"


def wanted_answer(said: Said) -> Answered:
    """Give what has to become of a word."""
    verb = said.line.split()[0].removeprefix("/")
    kept = Kept(verb, said.heard, said.heard and said.stands, said.value)
    reactions = ("eyes", "+1" if said.heard else "confused")
    return Answered(said.who, said.line, (kept,), reactions, int(said.heard))


def _wrong_answers(story: Sequence[Scene], outcome: Outcome) -> Iterator[str]:
    wanted = {scene.item: tuple(map(wanted_answer, scene.words)) for scene in story}
    for item in sorted(wanted.keys() | outcome.answered.keys()):
        found, expected = outcome.answered.get(item, ()), wanted.get(item, ())
        if found != expected:
            told, hoped = ("; ".join(map(_answer_told, one)) for one in (found, expected))
            yield f"{item}: {told or 'no word'}, expected {hoped or 'no word'}"


def _answer_told(one: Answered) -> str:
    states = [
        f"{kept.verb} {'stands' if kept.stands else 'taken back' if kept.heard else 'refused'}"
        + (f" and keeps “{kept.value}”" if kept.value else "")
        for kept in one.kept
    ]
    written = f"reactions {list(one.reactions)}, {one.replies} replies"
    return f"“{one.says}” by {one.who} ({', '.join(states) or 'not kept'}, {written})"

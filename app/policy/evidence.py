"""Where the texts about a subject lead into the home, and where the home mentions the subject.

Looked at: title, body, commit messages, comments by those who were members on that day, the text
of the upstream issue that it closes (one hop), and the trackers' own mentions of it. Nothing is
judged here; needs.py says what a place means.
"""

from collections.abc import Iterator

from app.policy.answers import Evidence
from app.policy.backlinks import Keys, backlinks
from app.policy.home import Home
from app.policy.iterations import is_tracking_issue
from app.policy.links import Link, links_in
from app.policy.model import Comment, Facts, Item, ItemRef, Person, Strength, Where
from app.policy.places import Place, may_lead_home, place_of, place_of_item
from app.policy.roster import is_bot, member
from app.policy.trace import Text, Trace, closed_issues, written_at

__all__ = ["Trace", "traces"]


def traces(facts: Facts, home: Home) -> tuple[Trace, ...]:
    """Give every connection between the subject and the home, in the order they are looked for."""
    found = [trace for text in _texts(facts, home) for trace in _in_text(text, facts, home)]
    if facts.linked and not _by_bot(facts.subject.author, home):
        found += _listed_links(facts, home, found)
    found += backlinks(facts, home)
    return tuple(one for one in found if not (one.item and is_tracking_issue(one.item, home)))


def _texts(facts: Facts, home: Home) -> Iterator[Text]:
    """Give the texts that may lead home: few do, and only those are worth a closer look.

    A bot's are none: it copies changelogs, which mention everything and mean nothing.
    """
    if may_lead_home(_all_of(facts), home):
        yield from _own_texts(facts, home)
        yield from _comments(facts.comments, Where.COMMENT, facts.subject.ref, home)
    if facts.linked and (closed := closed_issues(facts)):
        for item in facts.linked:
            if item.ref.key in closed:
                yield from _closed(item, home)


def _all_of(facts: Facts) -> str:
    """Give everything that stands in and below the subject: most of it leads nowhere at all."""
    subject = facts.subject
    commits = [commit.message for commit in subject.commits or ()]
    comments = [comment.body for comment in facts.comments]
    return "\n".join([subject.title or "", subject.body or "", *commits, *comments])


def _own_texts(facts: Facts, home: Home) -> Iterator[Text]:
    subject = facts.subject
    here, author, written = subject.ref, subject.author, written_at(facts)
    ours = member(author, home, written) is not None
    for where, text in ((Where.TITLE, subject.title), (Where.BODY, subject.body)):
        if may_lead_home(text, home) and not _by_bot(author, home):
            yield Text(where, text, here, author, written, ours)
    for commit in subject.commits or ():
        if may_lead_home(commit.message, home) and not _by_bot(commit.by or author, home):
            at = commit.at or written
            mine = member(commit.by, home, at) is not None if commit.by else ours
            yield Text(Where.COMMIT, commit.message, here, commit.by or author, at, mine)


def _by_bot(person: Person | None, home: Home) -> bool:
    return person is not None and is_bot(person, home)


def _closed(item: Item, home: Home) -> Iterator[Text]:
    ours = item.by is None or member(item.by, home, item.at) is not None
    for text in (item.title, item.body):
        if may_lead_home(text, home):
            yield Text(Where.CLOSED_ISSUE, text, item.ref, item.by, item.at, ours)
    yield from _comments(item.comments, Where.CLOSED_ISSUE, item.ref, home)


def _comments(
    comments: tuple[Comment, ...], where: Where, seen_in: ItemRef, home: Home
) -> Iterator[Text]:
    for comment in comments:
        if may_lead_home(comment.body, home) and member(comment.by, home, comment.at):
            yield Text(where, comment.body, seen_in, comment.by, comment.at)


def _in_text(text: Text, facts: Facts, home: Home) -> Iterator[Trace]:
    for link in links_in(text.text):
        if link.checkbox or (place := place_of(link, text.seen_in, home)) is None:
            continue
        if place.item and place.item.key == facts.subject.ref.key:
            continue
        evidence = Evidence(
            text.where,
            Strength.STATED if link.verb else Strength.LINKED,
            ref=place.item,
            url=link.url,
            seen_in=text.seen_in,
            by=text.by,
            at=text.at,
            verb=link.verb,
            private=place.pattern.private if place.pattern else False,
        )
        weak = link.example or not text.ours or not place.listed
        yield Trace(place, evidence, _known(place.item, facts), hint=weak)


def _listed_links(facts: Facts, home: Home, found: list[Trace]) -> Iterator[Trace]:
    """Take what the gatherer found linked though none of the texts that we know shows it.

    Of what is linked over another item only what the upstream issue that it closes links counts.
    """
    seen = {one.evidence.ref.key for one in found if one.evidence.ref}
    addresses = {one.evidence.url for one in found} | _linked_by_outsiders(facts, home)
    closed: Keys = frozenset()
    if any(item.hop > 1 and item.via for item in facts.linked):
        closed = closed_issues(facts)
    for item in facts.linked:
        over_closed = item.via is not None and item.via.key in closed
        if (item.hop > 1 and not over_closed) or item.url in addresses:
            continue
        place = _place_of_linked(item, home)
        if place is None or (place.item and place.item.key in seen):
            continue
        evidence = Evidence(
            Where.CLOSED_ISSUE if over_closed else Where.BODY,
            Strength.LINKED,
            ref=place.item,
            url=item.url,
            seen_in=item.via if over_closed else facts.subject.ref,
            private=place.pattern.private if place.pattern else False,
        )
        shown = facts.subject.body is not None
        yield Trace(place, evidence, item, hint=shown or not place.listed)


def _linked_by_outsiders(facts: Facts, home: Home) -> set[str | None]:
    return {
        link.url
        for comment in facts.comments
        if may_lead_home(comment.body, home) and not member(comment.by, home, comment.at)
        for link in links_in(comment.body)
    }


def _place_of_linked(item: Item, home: Home) -> Place | None:
    if item.ref.number or item.ref.sha:
        return place_of_item(item.ref, home)
    if item.url and may_lead_home(item.url, home):
        return place_of(Link(None, item.url), item.ref, home)
    return None


def _known(ref: ItemRef | None, facts: Facts) -> Item | None:
    if ref is None:
        return None
    both = (*facts.linked, *facts.backlinks)
    told = [one for one in both if one.ref.key == ref.key]
    return max(
        told,
        key=lambda one: (
            bool(one.labels or one.bucket),
            one.title is not None,
            one.body is not None,
        ),
        default=None,
    )


def to_follow(facts: Facts, home: Home) -> tuple[ItemRef, ...]:
    """Give the home's own items that have to be read before it can be decided."""
    led = (
        trace.place.item
        for trace in traces(facts, home)
        if trace.place.item and trace.place.listed and trace.item is None
    )
    mentioning = (item.ref for item in facts.backlinks if item.ref.number is not None)
    refs = {ref.key: ref for ref in (*led, *mentioning) if ref.number or ref.sha}
    return tuple(refs.values())

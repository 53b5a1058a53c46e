"""The pieces that arguments are made of, taken off the front of a text one by one.

What a piece may be is the home's facts; what fits none of them is a UsageError that says so.
"""

import re

from app.commands.declare import Arguments, UsageError
from app.commands.nearest import nearest
from app.commands.sayings import Link
from app.policy.addresses import read_address
from app.policy.answers import Name, Own, Part, Sentence
from app.policy.home import Home
from app.policy.model import Bucket, ItemRef, SubjectType
from app.publish.inert import LONGEST

MOST_MINUTES = 100 * 60
"""The longest work that one line logs; what is longer is a slip of the finger."""

_BECAUSE = re.compile(r"(?:^|\s)because(?=\s|$)", re.IGNORECASE)
_FOR = re.compile(r"for(?=\s|$)", re.IGNORECASE)
_FIRST = re.compile(r"(\S+)\s*")
_AS_A_LINK = re.compile(r"\[[^\]\s]*\]\((https?://[^\s()]+)\)[,.;:]?", re.IGNORECASE)
_ITEM = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9_.-]{1,100})#([0-9]{1,10})")
_PLACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}(?:/[A-Za-z0-9_.-]{1,100})?")
_URL = re.compile(r"https?://[^\s<>\"`]{3,2000}", re.IGNORECASE)
_LEADS_SOMEWHERE = re.compile(r"https?://\S+|www\.\S+|\S*#[0-9]+\S*", re.IGNORECASE)
_WORDS = re.compile(r"[^\W_]+")
_END = ".,;:!?"
_DURATION = re.compile(
    r"(?P<h>[0-9]{1,3})h(?:(?P<m>[0-9]{1,2})m?)?"
    r"|(?P<part>[0-9]{1,3}[.,][0-9]{1,3})h"
    r"|(?P<only>[0-9]{1,4})m(?:in)?"
    r"|(?P<clock>[0-9]{1,3}):(?P<past>[0-5][0-9])",
    re.IGNORECASE,
)


def item_in(word: str) -> ItemRef | None:
    """Read one word that is an item: owner/name#1, or its address, also over redirect.github.com.

    A repository alone is none.
    """
    url = _url_in(word)
    if url is None:
        found = _ITEM.fullmatch(word.rstrip(_END))
        return ItemRef(found[1], int(found[2])) if found and int(found[2]) else None
    item = read_address(url).item
    return None if item is None or item.type is SubjectType.REPOSITORY else item


def link_in(word: str) -> Link | None:
    """Read one word that is an item or any other address."""
    item = item_in(word)
    if item is not None:
        return item
    url = _url_in(word)
    return None if url is None else read_address(url).url


def first_word(text: str) -> tuple[str, str]:
    """Cut off the first word."""
    found = _FIRST.match(text)
    return (found[1], text[found.end() :]) if found else ("", text)


def cut_because(text: str) -> tuple[str, str | None]:
    """Cut off "because …" at the end, kept word for word."""
    found = _BECAUSE.search(text)
    if found is None:
        return text, None
    because = text[found.end() :].strip()
    if not because:
        raise UsageError(Sentence("A reason has to follow the word “because”."))
    return text[: found.start()].strip(), because


def take_link(text: str) -> tuple[Link | None, str]:
    """Take a link off the front where one stands there."""
    word, rest = first_word(text)
    link = link_in(word)
    return (None, text) if link is None else (link, rest)


def take_bucket(text: str, home: Home) -> tuple[Bucket | None, str]:
    """Take a bucket off the front, called by its own or the home's name for it."""
    said = _words(text)
    best: tuple[int, Bucket | None] = (0, None)
    for bucket in Bucket:
        for name in (bucket.value, home.bucket_names.get(bucket, bucket.value)):
            words = _words(name)
            if words and len(words) > best[0] and said[: len(words)] == words:
                best = len(words), bucket
    n_words, bucket_said = best
    if bucket_said is None:
        return None, text
    end = [found.end() for found in _WORDS.finditer(text)][n_words - 1]
    whole = end == len(text) or text[end].isspace() or text[end] in _END
    return (bucket_said, text[end:].lstrip(_END).strip()) if whole else (None, text)


def take_community(text: str, home: Home) -> str | None:
    """Read "for COMMUNITY", which is the rest of `text`; give the community's own name."""
    found = _FOR.match(text)
    if found is None:
        return None
    said = " ".join(text[found.end() :].split())
    if not said:
        raise UsageError(Sentence("The name of a community has to follow the word “for”."))
    names = {
        alias.casefold(): community for community in home.communities for alias in community.aliases
    } | {community.name.casefold(): community for community in home.communities}
    community = names.get(said.casefold()) or names.get(said.rstrip(_END).casefold())
    if community is not None:
        return community.name
    near = nearest(said, names)
    if near is None:
        raise UsageError(
            Sentence("{said} is no community in the organisation's file.", {"said": quoted(said)})
        )
    parts: dict[str, Part] = {
        "said": quoted(said),
        "near": Name(
            names[near].name, names[near].public, "one whose name is not for everybody to read"
        ),
    }
    raise UsageError(
        Sentence("{said} is no community in the organisation's file; the nearest is {near}.", parts)
    )


def activity_called(said: str, home: Home) -> str:
    """Give the activity on the home's list that is called `said`."""
    wanted = _words(said)
    for activity in home.strategic.activities:
        if _words(activity) == wanted:
            return activity
    known = ", ".join(home.strategic.activities)
    near = nearest(said, home.strategic.activities)
    parts: dict[str, Part] = {"said": quoted(said), "known": Own(known), "near": Own(near or "")}
    if near is not None:
        says = "{said} is no activity; the nearest is {near}. The list: {known}."
        raise UsageError(Sentence(says, parts))
    raise UsageError(Sentence("{said} is no activity. The list: {known}.", parts))


def minutes_in(said: str) -> int:
    """Read a duration: 2h, 90m, 1h30m, 1.5h or 1:30."""
    found = _DURATION.fullmatch(said)
    if found is None:
        raise UsageError(
            Sentence(
                "{said} is no duration; write it as 2h, 90m, 1h30m, 1.5h or 1:30.",
                {"said": quoted(said)},
            )
        )
    if found["part"]:
        minutes = round(float(found["part"].replace(",", ".")) * 60)
    else:
        hours = int(found["h"] or found["clock"] or 0)
        minutes = hours * 60 + int(found["m"] or found["only"] or found["past"] or 0)
    if not 0 < minutes <= MOST_MINUTES:
        raise UsageError(
            Sentence(
                "{said} is no duration of one piece of work: it is nothing, or over 100 hours.",
                {"said": quoted(said)},
            )
        )
    return minutes


def place_in(word: str) -> str | None:
    """Read a place upstream: "owner", "owner/name", an item, or the address of one of the last."""
    item = item_in(word)
    if item is not None:
        return str(item)
    url = _url_in(word)
    if url is not None:
        repository = read_address(url).item
        return None if repository is None else repository.repo
    return word if _PLACE.fullmatch(word) else None


def quoted(text: str) -> Own:
    """Give what somebody typed for an answer to it; where it leads to is not said again."""
    return Own(f"“{_LEADS_SOMEWHERE.sub('…', text[:LONGEST])}”")


def nothing_more(arguments: Arguments) -> None:
    """Insist that nothing follows the verb."""
    if arguments.rest:
        raise UsageError(
            Sentence(
                "Only the contribution upstream that is meant can follow, and {said} is none.",
                {"said": quoted(arguments.rest)},
            )
        )


def _url_in(word: str) -> str | None:
    if found := _AS_A_LINK.fullmatch(word):
        word = found[1]
    if word.startswith("<") and ">" in word:
        word = word[1:].partition(">")[0]
    found = _URL.match(word)
    return found[0] if found else None


def _words(text: str) -> list[str]:
    """Give the words of a name without case: "Tech-Support" and "tech support" are the same."""
    return [word.casefold() for word in _WORDS.findall(text)]

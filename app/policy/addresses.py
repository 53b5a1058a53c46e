"""What an address points to, in every form in which people and machines write it.

Where a form comes from: docs.github.com "Autolinked references and URLs"; `redirect.github.com`
and `togithub.com` are what Dependabot, Renovate and this app write to leave no back-reference.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from app.policy.model import ItemRef, SubjectType

GITHUB = "github.com"

_SAME_AS_GITHUB = frozenset(
    {GITHUB, f"www.{GITHUB}", f"redirect.{GITHUB}", f"api.{GITHUB}", f"to{GITHUB}"}
)
_NO_OWNER = re.compile(
    r"apps|enterprises|features|login|marketplace|notifications|orgs|search|settings|sponsors|stars"
    r"|teams|topics|trending|users",
    re.IGNORECASE,
)
_TYPES = {
    "issues": SubjectType.ISSUE,
    "pull": SubjectType.PULL_REQUEST,
    "pulls": SubjectType.PULL_REQUEST,
    "commit": SubjectType.COMMIT,
    "commits": SubjectType.COMMIT,
    "releases/tag": SubjectType.RELEASE,
}
_NAME = r"[A-Za-z0-9_.-]{1,100}"
_ADDRESS = re.compile(
    rf"""https?://(?P<host>[A-Za-z0-9.-]{{1,253}})(?::[0-9]{{1,5}})?/(?:repos/)?
    (?P<owner>{_NAME})/(?P<name>{_NAME})
    (?:/(?P<kind>issues|pulls?|commits?|releases/tag|discussions)/(?P<id>[^/?\#\s]{{1,200}}))?""",
    re.VERBOSE | re.IGNORECASE,
)
_IN_A_BOARD = re.compile(
    rf"[?&]issue=({_NAME})(?:%7C|\|)({_NAME})(?:%7C|\|)([0-9]{{1,10}})", re.IGNORECASE
)
_NUMBER = re.compile(r"[0-9]{1,10}(?!\w)")
_SHA = re.compile(r"[0-9a-fA-F]{7,40}")
_AT_THE_END = ".,;:!?'\"*_~…"
_PAIRS = {")": "(", "]": "[", "}": "{"}


class Address(NamedTuple):
    """An address as written, and the item it points to if it is one (a repository is one)."""

    url: str
    item: ItemRef | None


@lru_cache(maxsize=8192)
def read_address(written: str) -> Address:
    """Read an address that stands in a text, together with the punctuation that follows it."""
    url = without_punctuation(written)
    if "://" not in url[:8]:
        url = f"https://{url}"
    return Address(url, _on_a_board(url) or _item(url))


def without_punctuation(written: str) -> str:
    """Take off what ends the sentence and not the address: a full stop, an unopened bracket."""
    end = len(written)
    surplus = {
        close: written.count(close) - written.count(open_) for close, open_ in _PAIRS.items()
    }
    while end:
        last = written[end - 1]
        if last in _AT_THE_END:
            end -= 1
        elif surplus.get(last, 0) > 0:
            surplus[last] -= 1
            end -= 1
        else:
            break
    return written[:end]


def _item(url: str) -> ItemRef | None:
    found = _ADDRESS.match(url)
    if found is None or _NO_OWNER.fullmatch(found["owner"]):
        return None
    host = found["host"].lower()
    host = GITHUB if host in _SAME_AS_GITHUB else host
    repo = f"{found['owner']}/{found['name'].removesuffix('.git')}"
    if found["kind"] is None:
        # Elsewhere two segments can be anything; only an issue's or pull request's path tells.
        return ItemRef(repo, type=SubjectType.REPOSITORY) if host == GITHUB else None
    return _numbered(repo, found["kind"].lower(), found["id"], host)


def _numbered(repo: str, kind: str, id_: str, host: str) -> ItemRef | None:
    type_ = _TYPES.get(kind)
    if type_ is SubjectType.COMMIT:
        sha = id_.removesuffix(".patch").removesuffix(".diff")
        return (
            ItemRef(repo, type=type_, sha=sha.lower(), host=host) if _SHA.fullmatch(sha) else None
        )
    if type_ is SubjectType.RELEASE:
        return ItemRef(repo, type=type_, tag=id_, host=host)
    number = _NUMBER.match(id_)
    return ItemRef(repo, int(number[0]), type_, host=host) if number and int(number[0]) else None


def _on_a_board(url: str) -> ItemRef | None:
    """Read the item that a project board shows beside itself (its `issue` parameter)."""
    found = _IN_A_BOARD.search(url) if "/projects/" in url else None
    if found is None:
        return None
    return ItemRef(f"{found[1]}/{found[2]}", int(found[3]), SubjectType.ISSUE)

"""Who else wrote a commit: its Co-authored-by trailers, as people. Pure.

GitHub shows them in the message alone; asking for each commit's authors would cost a request per
commit. An address that GitHub hands out names login and id
(docs.github.com, "Creating a commit with multiple authors"); any other is private, so that beside
it only the name counts, where the home file gives it as a member's.
"""

import re
from collections.abc import Iterator

from app.policy.home import Home, Member
from app.policy.model import Person

_TRAILER = re.compile(
    r"^[ \t]*co-authored-by:[ \t]*([^<\n]*)<([^>\n]*)>", re.IGNORECASE | re.MULTILINE
)
_HANDED_OUT = re.compile(
    r"(?:(?P<id>[0-9]{1,18})\+)?(?P<login>[A-Za-z0-9-]+(?:\[bot\])?)@users\.noreply\.[\w.-]+"
)


def co_authors(message: str, home: Home) -> Iterator[Person]:
    """Give those of a commit's co-authors whom GitHub or the home file knows."""
    for name, address in _TRAILER.findall(message):
        if handed_out := _HANDED_OUT.fullmatch(address.strip()):
            login = handed_out["login"]
            number = int(handed_out["id"]) if handed_out["id"] else None
            yield Person(login, number, True if login.endswith("[bot]") else None)
        elif one := _named(name, home):
            yield Person(one.login, one.id)


def _named(name: str, home: Home) -> Member | None:
    wanted = " ".join(name.split()).casefold()
    named = [one for one in home.members if wanted in {each.casefold() for each in one.names}]
    return named[0] if len({one.login.casefold() for one in named}) == 1 else None

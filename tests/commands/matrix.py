"""Who may say what where: the answer in every cell of actor x place x verb."""

from typing import Any

import pytest

from app.commands import COMMANDS
from app.commands.authority import Place

VERBS = [*COMMANDS]
# yes: it is carried out. M: it is, by a maintainer's permission. told: refused with a sentence.
# no: refused with a reaction alone. -: not heard.
MATRIX = """
                     tactical strategic personal need value why reconsider undo mute unmute log help
member
  UPSTREAM_INSTALLED   yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  told yes
  UPSTREAM_ELSEWHERE   -    -    -    -    -    -    -    -    -    -    -    -
  TRACKER              yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes
  PRIVATE              yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes
former member
  UPSTREAM_INSTALLED   no   no   no   no   no   no   no   no   no   no   no   no
  UPSTREAM_ELSEWHERE   -    -    -    -    -    -    -    -    -    -    -    -
  TRACKER              no   no   no   no   no   no   no   no   no   no   no   no
  PRIVATE              told told told told told told told told told told told told
outsider
  UPSTREAM_INSTALLED   no   no   no   no   no   no   no   no   no   no   no   no
  UPSTREAM_ELSEWHERE   -    -    -    -    -    -    -    -    -    -    -    -
  TRACKER              no   no   no   no   no   no   no   no   no   no   no   no
  PRIVATE              told told told told told told told told told told told told
maintainer
  UPSTREAM_INSTALLED   no   no   no   no   no   no   no   no   M    M    no   no
  UPSTREAM_ELSEWHERE   -    -    -    -    -    -    -    -    -    -    -    -
  TRACKER              no   no   no   no   no   no   no   no   no   no   no   no
  PRIVATE              told told told told told told told told told told told told
bot
  UPSTREAM_INSTALLED   -    -    -    -    -    -    -    -    -    -    -    -
  UPSTREAM_ELSEWHERE   -    -    -    -    -    -    -    -    -    -    -    -
  TRACKER              -    -    -    -    -    -    -    -    -    -    -    -
  PRIVATE              -    -    -    -    -    -    -    -    -    -    -    -
ghost
  UPSTREAM_INSTALLED   -    -    -    -    -    -    -    -    -    -    -    -
  UPSTREAM_ELSEWHERE   -    -    -    -    -    -    -    -    -    -    -    -
  TRACKER              -    -    -    -    -    -    -    -    -    -    -    -
  PRIVATE              -    -    -    -    -    -    -    -    -    -    -    -
ourselves
  UPSTREAM_INSTALLED   -    -    -    -    -    -    -    -    -    -    -    -
  UPSTREAM_ELSEWHERE   -    -    -    -    -    -    -    -    -    -    -    -
  TRACKER              -    -    -    -    -    -    -    -    -    -    -    -
  PRIVATE              -    -    -    -    -    -    -    -    -    -    -    -
"""


def cells() -> list[Any]:
    """Every cell as a parameter set: actor, place, verb, answer."""
    head, *rows = MATRIX.strip("\n").splitlines()
    assert head.split() == VERBS
    actor, found = "", []
    for row in rows:
        if not row.startswith(" "):
            actor = row
            continue
        place, *answers = row.split()
        for verb, answer in zip(VERBS, answers, strict=True):
            id_ = f"{actor}-{place}-{verb}"
            found.append(pytest.param(actor, Place[place], verb, answer, id=id_))
    return found

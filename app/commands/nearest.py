"""Which known word somebody meant who typed another one."""

from collections.abc import Iterable
from difflib import get_close_matches

LEAST_ALIKE = 0.7
"""How alike two words have to be, by difflib's ratio, for one to be meant by the other."""
LONGEST = 20
"""Characters of a word that are compared; no verb is longer."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Give the known word that looks most like `word`, None where none does; case is nothing."""
    by_case = {one.casefold(): one for one in known}
    found = get_close_matches(word.casefold()[:60], list(by_case), n=1, cutoff=LEAST_ALIKE)
    return by_case[found[0]] if found else None


def is_slip_of(typed: str, word: str) -> bool:
    """Say whether `typed` is `word` with a slip of the finger: one for every four letters of it.

    Words of three letters have none: too many other words are near.
    """
    allowed = len(word) // 4
    if abs(len(typed) - len(word)) > allowed or len(typed) > LONGEST:
        return False
    return distance(typed, word) <= allowed


def distance(one: str, other: str) -> int:
    """Count the letters put in, left out, mistaken or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, above, row = row, before, [i]
        for j, b in enumerate(other, 1):
            steps = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                steps = min(steps, above[j - 2] + 1)
            row.append(steps)
    return row[-1]

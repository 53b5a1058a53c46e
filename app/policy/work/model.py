"""The learned part: sparse linear weights, added up in plain Python.

The weights are data beside this module, written by tests/training/train_work.py; their head tells
what they were learned from and how well they do on repositories left out.
"""

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files as files_of
from itertools import repeat
from struct import Struct
from typing import NamedTuple

from app.policy.model import Work
from app.policy.work.features import (
    WHOLE,
    features,
    group_names,
    piece_names,
    stem_names,
)
from app.policy.work.reading import Reading

CLASSES = (Work.BUGFIX, Work.DOCUMENTATION, Work.FEATURE, Work.MAINTENANCE, Work.RELEASE)
"""The classes that are learned together; CI is told apart from other maintenance after."""
CI = len(CLASSES)
"""The place of the log-odds of CI inside maintenance, behind the five."""

_BITS = 32
_HALF, _MASK = 1 << (_BITS - 1), (1 << _BITS) - 1
_NONE = sum(_HALF << (_BITS * place) for place in range(CI + 1))
_SIX = Struct("<6I")


@dataclass(frozen=True, slots=True)
class Weights:
    """What training found, in whole numbers over `scale`: five classes, and CI in maintenance.

    The five of one feature sum to nothing. The sixth is log-odds, and its bias is already less its
    threshold. `packed` holds the six of a feature in one whole number: hundreds of them are added
    in one call of sum(), five times as fast as one by one, and in any order to the same bit. So
    does `bias`, in thousandths of them.
    A sum over `temperature` is a calibrated log-probability but for a constant. `learned_from` are
    the repositories ("owner/name") whose changes they were learned from.
    """

    bias: int
    packed: Mapping[str, int]
    scale: int
    temperature: float
    prior: Mapping[Work, float]
    learned_from: frozenset[str] = frozenset()

    def of(self, name: str) -> tuple[float, ...]:
        """Give the six weights of one feature; an unknown one has none."""
        return tuple(whole / self.scale for whole in unpacked(self.packed.get(name, 0)))

    def total(self, names: Iterable[str]) -> int:
        """Give the weights of some features, added up and still packed."""
        return sum(map(self.packed.get, names, repeat(0)))


def packed(numbers: Sequence[int]) -> int:
    """Put whole numbers, each below 2**31 in size, into one that adds up like them."""
    return sum(number << (_BITS * place) for place, number in enumerate(numbers))


def unpacked(whole: int) -> tuple[int, ...]:
    """Give the six numbers that were packed, or the sums of those that were added.

    Adding _NONE first keeps negative ones from borrowing from the next.
    """
    a, b, c, d, e, f = _SIX.unpack((whole + _NONE).to_bytes(_SIX.size, "little"))
    return a - _HALF, b - _HALF, c - _HALF, d - _HALF, e - _HALF, f - _HALF


@cache
def weights() -> Weights:
    """Read the weights that came with the package, once."""
    return weights_from(files_of("app.policy.work").joinpath("weights.json").read_text("utf-8"))


def weights_from(text: str) -> Weights:
    """Read weights as the training script writes them."""
    told = json.loads(text)
    linear, ci = told["linear"], told["ci"]
    if tuple(told["classes"]) != CLASSES:
        raise ValueError(f"the weights are for {told['classes']}")
    none = [0] * CI
    return Weights(
        bias=packed([*told["bias"], told["ci_bias"]]) * WHOLE,
        packed={
            name: packed([*linear.get(name, none), ci.get(name, 0)])
            for name in dict.fromkeys([*linear, *ci])
        },
        scale=told["scale"],
        temperature=told["temperature"],
        prior={Work(name): share for name, share in told["prior"].items()},
        learned_from=frozenset(told["about"]["repositories"]),
    )


@lru_cache(maxsize=16384)
def _stems_weigh(word: str) -> int:
    return weights().total(stem_names(word))


@lru_cache(maxsize=16384)
def pieces_weigh(word: str) -> int:
    """Give the weights of the pieces of a title's word, added up and still packed."""
    return weights().total(piece_names(word))


@lru_cache(maxsize=16384)
def plain_weigh(word: str) -> int:
    """Give the weights of a title's word and its groups, added up and still packed."""
    return _stems_weigh(word) + weights().total(group_names(word))


class Judgement(NamedTuple):
    """What the model makes of a reading.

    `by_source` are the packed weights of each source of features, in thousandths; `sums` are
    log-odds but for a constant, in the order of CLASSES, and last those of CI inside maintenance.
    `signs` and `piece_weight` are those of its features.
    """

    by_source: Mapping[str, int]
    sums: Sequence[float]
    signs: Sequence[str]
    piece_weight: int

    def probabilities(self, hints: Mapping[Work, float]) -> dict[Work, float]:
        """Give calibrated probabilities of all six; `hints` are added to the sums."""
        sums, ci = list(self.sums[:CI]), self.sums[CI]
        for work, loud in hints.items():
            sums[CLASSES.index(Work.MAINTENANCE if work is Work.CI else work)] += loud
            ci += loud if work is Work.CI else 0.0
        top, temperature = max(sums), weights().temperature
        parts = [math.exp((one - top) / temperature) for one in sums]
        total = sum(parts)
        found = dict(zip(CLASSES, [part / total for part in parts], strict=True))
        upkeep = found[Work.MAINTENANCE]
        share = 1 / (1 + math.exp(-max(-30.0, min(30.0, ci))))
        found[Work.CI] = upkeep * share
        found[Work.MAINTENANCE] = upkeep - found[Work.CI]
        return found


def judge(reading: Reading) -> Judgement:
    """Add up what every feature says."""
    learned = weights()
    found = features(reading)
    total = learned.total
    by_source = {source: total(names) * WHOLE for source, names in found.sources.items()}
    written = [word.written for word in found.words]
    by_source["title"] += sum(map(_stems_weigh, written)) * WHOLE
    by_source["title"] += sum(map(pieces_weigh, written)) * found.piece_weight
    if found.paths:
        by_source["files"] += total(found.paths) * found.path_weight
    scale = learned.scale * WHOLE
    sums = [one / scale for one in unpacked(learned.bias + sum(by_source.values()))]
    return Judgement(by_source, sums, found.sources["signs"], found.piece_weight)


def speaking_for(work: Work) -> Callable[[int], float]:
    """Give a function that tells how much packed thousandths speak for one kind of work.

    That is how much more than for the mean class; for CI also how much they tell it apart from
    other maintenance, and the other way round.
    """
    upkeep = work is Work.CI or work is Work.MAINTENANCE
    scale = weights().scale * WHOLE
    own = _BITS * CLASSES.index(Work.MAINTENANCE if upkeep else work)
    if not upkeep:
        return lambda whole: (((whole + _NONE >> own) & _MASK) - _HALF) / scale
    sign = 1 if work is Work.CI else -1

    def loud(whole: int) -> float:
        shifted = whole + _NONE
        apart = (shifted >> _BITS * CI) - _HALF
        return (((shifted >> own) & _MASK) - _HALF + sign * apart) / scale

    return loud

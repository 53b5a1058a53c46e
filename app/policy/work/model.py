"""The learned part: sparse linear weights, added up in plain Python.

The weights are data beside this module, written by tests/training/train_work.py; their head tells
what they were learned from and how well they do on repositories left out.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as files_of
from itertools import repeat

from app.policy.model import Work
from app.policy.work.features import Features, features
from app.policy.work.reading import Reading

CLASSES = (Work.BUGFIX, Work.DOCUMENTATION, Work.FEATURE, Work.MAINTENANCE, Work.RELEASE)
"""The classes that are learned together; CI is told apart from other maintenance after."""
CI = len(CLASSES)
"""The place of the log-odds of CI inside maintenance, behind the five."""

_BITS = 32
_HALF, _MASK = 1 << (_BITS - 1), (1 << _BITS) - 1
_NONE = sum(_HALF << (_BITS * place) for place in range(CI + 1))


@dataclass(frozen=True, slots=True)
class Weights:
    """What training found, in whole numbers over `scale`: five classes, and CI in maintenance.

    The five of one feature sum to nothing. The sixth is log-odds, and its bias is already less its
    threshold. `packed` holds the six of a feature in one whole number: hundreds of them are added
    in one call of sum(), five times as fast as one by one, and in any order to the same bit.
    A sum over `temperature` is a calibrated log-probability but for a constant.
    """

    bias: tuple[int, ...]
    packed: Mapping[str, int]
    scale: int
    temperature: float
    prior: Mapping[Work, float]

    def of(self, name: str) -> tuple[float, ...]:
        """Give the six weights of one feature; an unknown one has none."""
        return tuple(whole / self.scale for whole in unpacked(self.packed.get(name, 0)))


def packed(numbers: Sequence[int]) -> int:
    """Put whole numbers, each below 2**31 in size, into one that adds up like them."""
    return sum(number << (_BITS * place) for place, number in enumerate(numbers))


def unpacked(whole: int) -> tuple[int, ...]:
    """Give the six numbers that were packed, or the sums of those that were added."""
    return tuple(number_at(place, whole) for place in range(CI + 1))


def number_at(place: int, whole: int) -> int:
    """Give one of the six; adding _NONE first keeps negative ones from borrowing from the next."""
    return ((whole + _NONE >> _BITS * place) & _MASK) - _HALF


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
        bias=(*told["bias"], told["ci_bias"]),
        packed={
            name: packed([*linear.get(name, none), ci.get(name, 0)])
            for name in dict.fromkeys([*linear, *ci])
        },
        scale=told["scale"],
        temperature=told["temperature"],
        prior={Work(name): share for name, share in told["prior"].items()},
    )


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the model makes of a reading: five sums, and the log-odds of CI inside upkeep."""

    features: Features
    sums: Mapping[Work, float]
    ci_odds: float

    def probabilities(self, hints: Mapping[Work, float]) -> dict[Work, float]:
        """Give calibrated probabilities of all six; `hints` are added to the sums."""
        learned = weights()
        ci = hints.get(Work.CI, 0.0)
        sums = {work: total + hints.get(work, 0.0) for work, total in self.sums.items()}
        sums[Work.MAINTENANCE] += ci
        logs = {work: total / learned.temperature for work, total in sums.items()}
        top = max(logs.values())
        parts = {work: math.exp(log - top) for work, log in logs.items()}
        total = sum(parts.values())
        found = {work: part / total for work, part in parts.items()}
        upkeep = found[Work.MAINTENANCE]
        share = 1 / (1 + math.exp(-max(-30.0, min(30.0, self.ci_odds + ci))))
        return found | {Work.CI: upkeep * share, Work.MAINTENANCE: upkeep * (1 - share)}


def judge(reading: Reading) -> Judgement:
    """Add up what every feature says."""
    learned = weights()
    found = features(reading)
    known = learned.packed.get
    plain = unpacked(sum(map(known, found.plain, repeat(0))))
    grams = unpacked(sum(map(known, found.grams, repeat(0))))
    sums = [
        (bias + own + found.gram_weight * of_grams) / learned.scale
        for bias, own, of_grams in zip(learned.bias, plain, grams, strict=True)
    ]
    return Judgement(found, dict(zip(CLASSES, sums[:CI], strict=True)), sums[CI])


def speaks_for(work: Work, judgement: Judgement) -> dict[str, float]:
    """Give the features that speak for `work`, with how much more than for the mean class.

    For CI, also how much they tell it apart from other maintenance.
    """
    learned = weights()
    own = CLASSES.index(Work.MAINTENANCE if work is Work.CI else work)
    apart = {Work.CI: 1.0, Work.MAINTENANCE: -1.0}.get(work, 0.0)
    out: dict[str, float] = {}
    for name, value in judgement.features.items():
        six = learned.packed.get(name, 0)
        weight = number_at(own, six) + (apart * number_at(CI, six) if apart else 0.0)
        if weight > 0:
            out[name] = value * weight / learned.scale
    return out

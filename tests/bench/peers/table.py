"""What was measured as Markdown: medians with ranges, ratios, and which bars are reached."""

import os
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.bench.peers.measures import Figures

OURS, ON_POSTGRES, PEER = "good-citizen", "good-citizen on PostgreSQL", "Probot"
WITHOUT_JOB = f"{PEER} without the job"
Found = Mapping[str, Sequence[Figures]]


@dataclass(frozen=True, slots=True)
class Bar:
    """What a figure of one side is held to: by itself, or as a ratio to the same of a peer."""

    side: str
    figure: str
    bar: float
    peer: str = ""
    at_most: bool = False

    @property
    def claim(self) -> str:
        sign, by = "≤" if self.at_most else "≥", f" / {self.peer}" if self.peer else ""
        return f"{self.side}{by}: {self.figure} {sign} {self.bar:,g}"

    def measured(self, found: Found) -> float | None:
        """Give the median, or the ratio of medians; None where a side was not measured."""
        if self.side not in found or self.peer not in {"", *found}:
            return None
        ours = _median(found[self.side], self.figure)
        return ours / (_median(found[self.peer], self.figure) or 1) if self.peer else ours

    def verdict(self, measured: float) -> str:
        reached = measured <= self.bar if self.at_most else measured >= self.bar
        return "reached" if reached else "NOT reached"


BARS: Mapping[str, Sequence[Bar]] = {
    "receive": (
        Bar(f"{OURS}, 64", "answers/s", 3.0, f"{WITHOUT_JOB}, 64"),
        Bar(f"{OURS}, 64", "p99 ms", 0.5, f"{WITHOUT_JOB}, 64", at_most=True),
        Bar(f"{ON_POSTGRES}, 64", "answers/s", 2.0, f"{WITHOUT_JOB}, 64"),
    ),
    "end-to-end": (
        Bar(OURS, "answers/s", 3.0, PEER),
        Bar(OURS, "p99 ms", 0.5, PEER, at_most=True),
        Bar(OURS, "done/s", 1.2, PEER),
        Bar(OURS, "CPU ms", 0.7, PEER, at_most=True),
        Bar(OURS, "GitHub calls", 6, at_most=True),
        Bar(ON_POSTGRES, "answers/s", 2.0, PEER),
        Bar(ON_POSTGRES, "done/s", 0.8, PEER),
    ),
    "pump": (Bar(OURS, "deliveries/s", 3_000), Bar(ON_POSTGRES, "deliveries/s", 3_000)),
    "memory": (Bar(OURS, "PSS MiB", 1.0, PEER, at_most=True),),
    "workers": (Bar("two workers", "done/s", 1.8, "one worker"),),
    "start": (),
}


def told(name: str, rounds: int, found: Found) -> str:
    """Give the table of what was found, how ours compare under the same load, and the bars."""
    names = list(next(iter(found.values()))[0])
    head = f"{name}: {rounds} rounds, {os.cpu_count()} cores, Python {sys.version}"
    rows = [[side, *(_middle(all_, one) for one in names)] for side, all_ in found.items()]
    parts = [head, _markdown(["", *names], rows)]
    if compared := [_compared(found, pair, names) for pair in _pairs(list(found))]:
        parts.append(_markdown(["median against median", *names], compared))
    judged = [(bar, bar.measured(found)) for bar in BARS[name]]
    if held := [
        [bar.claim, f"{value:,.4g}", bar.verdict(value)]
        for bar, value in judged
        if value is not None
    ]:
        parts.append(_markdown(["bar", "measured", ""], held))
    return "\n\n".join(parts) + "\n"


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _compared(found: Found, pair: tuple[str, str], names: Sequence[str]) -> list[str]:
    ours, peer = pair
    ratios = [_median(found[ours], name) / (_median(found[peer], name) or 1) for name in names]
    return [f"{ours} / {peer}", *(f"{ratio:.2f}" for ratio in ratios)]


def _pairs(sides: list[str]) -> list[tuple[str, str]]:
    ours = [side for side in sides if side.startswith(OURS)] or sides[:1]
    peers = [side for side in sides if side not in ours]
    return [(one, peer) for one in ours for peer in peers if _same_load(one, peer)]


def _same_load(one: str, other: str) -> bool:
    load = one.rpartition(", ")[2]
    return not load.isdigit() or other.endswith(f", {load}")


def _median(figures: Sequence[Figures], name: str) -> float:
    return statistics.median(one[name] for one in figures)


def _middle(figures: Sequence[Figures], name: str) -> str:
    values = [one[name] for one in figures]
    return f"{statistics.median(values):.4g} ({min(values):.4g} to {max(values):.4g})"

"""What is printed beside the peers says of each bar whether it is reached."""

from tests.bench.peers.table import BARS, OURS, PEER, Bar, told


def test_a_bar_is_a_ratio_of_medians_and_told_whether_it_is_reached_or_not() -> None:
    found = {
        OURS: [{"PSS MiB": 90.0}, {"PSS MiB": 200.0}, {"PSS MiB": 100.0}],
        PEER: [{"PSS MiB": 80.0}],
    }
    lines = told("memory", 3, found).splitlines()
    assert "| good-citizen | 100 (90 to 200) |" in lines
    assert "| good-citizen / Probot: PSS MiB ≤ 1 | 1.25 | NOT reached |" in lines
    found[PEER] = [{"PSS MiB": 100.0}]
    assert "| good-citizen / Probot: PSS MiB ≤ 1 | 1 | reached |" in told("memory", 3, found)


def test_at_least_is_reached_from_the_bar_on() -> None:
    (bar,) = (one for one in BARS["pump"] if one.side == OURS)
    assert bar.claim == "good-citizen: deliveries/s ≥ 3,000"
    assert [bar.verdict(value) for value in (2_999.0, 3_000.0)] == ["NOT reached", "reached"]


def test_without_the_peer_its_bars_are_not_told() -> None:
    assert Bar(OURS, "done/s", 1.2, PEER).measured({OURS: [{"done/s": 60.0}]}) is None

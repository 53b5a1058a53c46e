import asyncio
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.github.clock import SystemClock
from app.github.limits import (
    HOUR,
    MINUTE,
    PATIENCE,
    MemoryBudgets,
    WriteRules,
    WriteWindow,
    next_slot,
)
from tests.github.small_github import START, VirtualClock

NOW = 1_800_000_000.0
pauses = st.lists(
    st.one_of(st.just(0.0), st.floats(0, 3), st.floats(0, 120), st.floats(0, 4000)),
    min_size=1,
    max_size=60,
)


def slots_given(rules: WriteRules, pauses: list[float], each: int) -> list[float]:
    """The slots that callers get who ask `each` times after every pause, and don't wait."""
    now, window, given_away = NOW, WriteWindow(), []
    for pause in pauses:
        now += pause
        for _ in range(each):
            wait, window = next_slot(now, window, rules)
            assert wait >= 0
            if wait <= PATIENCE:
                given_away.append(now + wait)
    return given_away


def most_in_any(seconds: float, slots: list[float]) -> int:
    return max(sum(start <= slot < start + seconds - 1e-3 for slot in slots) for start in slots)


@given(pauses, st.integers(1, 20))
def test_no_minute_no_hour_and_no_second_gets_more_writes_than_allowed(
    pauses: list[float], each: int
) -> None:
    slots = slots_given(WriteRules(), pauses, each)
    assert most_in_any(MINUTE, slots) <= 60
    assert most_in_any(HOUR, slots) <= 400
    assert all(later - earlier >= 0.999 for earlier, later in pairwise(slots))


@given(
    pauses,
    st.integers(1, 20),
    st.builds(
        WriteRules,
        spacing=st.floats(0, 5),
        per_minute=st.integers(0, 9),
        per_hour=st.integers(0, 9),
    ),
)
def test_any_rules_hold_and_a_rule_of_zero_is_off(
    pauses: list[float], each: int, rules: WriteRules
) -> None:
    slots = slots_given(rules, pauses, each)
    assert not rules.per_minute or most_in_any(MINUTE, slots) <= rules.per_minute
    assert not rules.per_hour or most_in_any(HOUR, slots) <= rules.per_hour
    if rules.spacing == rules.per_minute == rules.per_hour == 0:
        assert len(slots) == each * len(pauses)


def test_a_writer_who_waits_for_every_slot_gets_the_whole_budget_of_an_hour() -> None:
    now, window, slots = NOW, WriteWindow(), list[float]()
    while now < NOW + 2 * HOUR:
        wait, window = next_slot(now, window, WriteRules())
        if wait <= PATIENCE:
            slots.append(now + wait)
        now += wait
    assert most_in_any(HOUR, slots) == 400
    assert most_in_any(MINUTE, slots) == 60
    assert len(slots) >= 800


def test_a_wait_above_patience_reserves_nothing() -> None:
    rules = WriteRules(spacing=0, per_minute=1, per_hour=0)
    _, window = next_slot(NOW, WriteWindow(), rules)
    for _ in range(50):
        wait, window = next_slot(NOW, window, rules)
        assert wait == MINUTE
    assert len(window.slots) == 1


def test_old_slots_are_forgotten() -> None:
    window = WriteWindow(tuple(NOW - 2 * HOUR + second for second in range(400)))
    assert next_slot(NOW, window, WriteRules()) == (0.0, WriteWindow((NOW,)))


def test_a_block_is_never_shortened_and_installations_do_not_touch_each_other() -> None:
    async def scene() -> None:
        budgets = MemoryBudgets(clock=VirtualClock())
        late, early = START + timedelta(hours=1), START + timedelta(minutes=1)
        await budgets.block(1, late)
        await budgets.block(1, early)
        assert await budgets.blocked_until(1) == late
        assert await budgets.blocked_until(2) is None
        assert await budgets.reserve_write(1) == 0
        assert await budgets.reserve_write(2) == 0
        assert await budgets.reserve_write(1) == 1
        await budgets.note_limit(1, 4999, 5000, late)
        assert budgets.left[1].remaining == 4999

    asyncio.run(scene())


def test_without_a_clock_the_computers_own_is_used() -> None:
    budgets = MemoryBudgets(WriteRules(spacing=9))

    async def scene() -> None:
        assert await budgets.reserve_write(1) == 0
        assert 8 < await budgets.reserve_write(1) <= 9

    asyncio.run(scene())


def test_the_computers_clock_tells_utc_and_lets_time_pass() -> None:
    clock = SystemClock()
    before = clock.now()
    asyncio.run(clock.sleep(0.001))
    assert clock.now() - before >= timedelta(seconds=0.001)
    assert before.utcoffset() == timedelta(0)

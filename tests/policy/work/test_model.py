import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policy.model import ChangedFile, Work
from app.policy.work.model import (
    CI,
    CLASSES,
    judge,
    packed,
    speaks_for,
    unpacked,
    weights,
    weights_from,
)
from app.policy.work.reading import read

WEIGHTS = files("app.policy.work").joinpath("weights.json").read_text("utf-8")


def test_the_weights_tell_what_they_were_learned_from_and_are_small() -> None:
    about = json.loads(WEIGHTS)["about"]
    assert about["rows"] == sum(about["classes"].values())
    assert len(about["repositories"]) == 19
    assert about["repositories_left_out_one_by_one"]["five_way_macro_f1"] > 0.75
    assert len(WEIGHTS.encode()) < 1_000_000


def test_the_weights_of_a_feature_sum_to_nothing_so_that_they_read_as_more_than_the_mean() -> None:
    learned = weights()
    assert all(abs(sum(learned.of(name)[:CI])) < 0.01 for name in learned.packed)


def test_weights_for_other_classes_are_refused() -> None:
    told = json.loads(WEIGHTS) | {"classes": ["feature", "bugfix"]}
    with pytest.raises(ValueError, match="the weights are for"):
        weights_from(json.dumps(told))


def test_what_speaks_for_a_class_is_at_least_what_its_sum_is_made_of() -> None:
    path = ChangedFile("jupyterhub/auth.py", 3, 2)
    judgement = judge(read("Fix crash", (), None, (path,), 1, by_a_bot=None))
    bias = {
        work: whole / weights().scale for work, whole in zip(CLASSES, weights().bias, strict=False)
    }
    for work in CLASSES:
        for_it = sum(speaks_for(work, judgement).values())
        assert for_it >= judgement.sums[work] - bias[work] - 1e-9


def test_probabilities_of_all_six_sum_to_one_and_hints_move_them() -> None:
    judgement = judge(read("Rework", (), None, (), None, by_a_bot=None))
    plain = judgement.probabilities({})
    hinted = judgement.probabilities({Work.CI: 2.0})
    assert sum(plain.values()) == pytest.approx(1)
    assert hinted[Work.CI] > plain[Work.CI]


sixes = st.lists(st.integers(-100_000, 100_000), min_size=CI + 1, max_size=CI + 1)


@given(st.lists(sixes, min_size=1, max_size=50))
def test_packed_weights_add_up_like_the_six_numbers_in_them(many: list[list[int]]) -> None:
    assert unpacked(sum(map(packed, many))) == tuple(map(sum, zip(*many, strict=True)))

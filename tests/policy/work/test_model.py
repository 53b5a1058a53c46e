import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policy.model import Work
from app.policy.work import Change, reading_of
from app.policy.work.features import WHOLE, features
from app.policy.work.model import (
    CI,
    CLASSES,
    judge,
    packed,
    speaking_for,
    unpacked,
    weights,
    weights_from,
)
from app.policy.work.reading import read
from tests.policy.work.changes import changes

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


@given(changes)
def test_a_change_weighs_what_its_features_weigh_one_by_one(change: Change) -> None:
    reading = reading_of(change)
    judgement = judge(reading)
    learned = weights()
    sums = [bias / learned.scale / WHOLE for bias in unpacked(learned.bias)]
    for name, value in features(reading).items():
        sums = [s + value * w for s, w in zip(sums, learned.of(name), strict=True)]
    assert judgement.sums == pytest.approx(tuple(sums), abs=1e-6)


def test_what_speaks_for_a_kind_is_its_weight_and_for_ci_also_what_tells_it_apart() -> None:
    learned = weights()
    for name in ("t:fix", "all:ci", "n:added 3"):
        six = learned.of(name)
        for work, alone in zip(CLASSES, six[:CI], strict=True):
            apart = -six[CI] if work is Work.MAINTENANCE else 0.0
            said = speaking_for(work)(learned.packed[name] * WHOLE)
            assert said == pytest.approx(alone + apart)
        of_ci = speaking_for(Work.CI)(learned.packed[name] * WHOLE)
        assert of_ci == pytest.approx(six[CLASSES.index(Work.MAINTENANCE)] + six[CI])


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

"""Champion and challenger on the same rows, and how sure their difference is."""

import math

import numpy as np
import pytest
from scipy import stats

from golive.errors import UsageError
from golive.release.comparing import MetricDifference, compare
from golive.release.outcomes import Outcomes


def outcomes(*, answered=None, truth=None, positive=None, **facts) -> Outcomes:
    """Outcomes with these facts; all rows have a truth and an answer unless told otherwise."""
    rows = len(next(iter(facts.values())))
    whole = np.ones(rows, dtype=bool)
    return Outcomes(
        has_truth=whole if truth is None else np.asarray(truth),
        is_answered=whole if answered is None else np.asarray(answered),
        facts={name: np.asarray(values, dtype=float) for name, values in facts.items()},
        positive=positive,
    )


def test_an_interval_is_about_that_of_the_mean_of_the_paired_differences() -> None:
    rng = np.random.default_rng(1)
    common = rng.uniform(10, 30, size=900)
    gain = rng.normal(0.3, 1, size=900)

    found = compare(
        outcomes(error=common), outcomes(error=common + gain), metric="mean_absolute_error"
    )

    low, high = stats.t.interval(0.95, 899, loc=gain.mean(), scale=stats.sem(gain))
    assert found.decisive.difference == pytest.approx(gain.mean())
    assert (found.decisive.low, found.decisive.high) == pytest.approx((low, high), abs=0.01)
    assert found.standing == "worse"


def test_an_interval_holds_a_difference_of_nothing_19_of_20_times() -> None:
    rng = np.random.default_rng(2)
    missed = 0
    for _ in range(400):
        first, second = rng.random((2, 100)) < 0.8
        gap = compare(outcomes(right=first), outcomes(right=second)).decisive
        missed += not gap.low <= 0 <= gap.high

    assert 8 <= missed <= 34  # 20 expected; outside of this 1 time in 500


def test_the_same_rows_give_the_same_interval() -> None:
    sides = outcomes(right=[1, 0, 1, 1] * 20), outcomes(right=[1, 1, 0, 1] * 20)

    assert compare(*sides) == compare(*sides)


def test_pairs_count_and_not_each_side_alone() -> None:
    rng = np.random.default_rng(3)
    champion = rng.random(500) < 0.7
    challenger = champion.copy()
    challenger[np.flatnonzero(champion)[:12]] = False

    found = compare(outcomes(right=champion), outcomes(right=challenger))

    assert found.standing == "worse"
    assert found.decisive.difference == pytest.approx(-12 / 500)


@pytest.mark.parametrize(
    ("low", "high", "less_is_better", "expected"),
    [
        (-0.3, -0.1, False, "worse"),
        (-0.3, 0.1, False, "undecided"),
        (0.1, 0.3, False, "better"),
        (-0.3, -0.1, True, "better"),
        (0.1, 0.3, True, "worse"),
        (-0.3, 0.0, False, "undecided"),
        (0.0, 0.0, True, "undecided"),
        (1e-12, 2e-12, True, "undecided"),  # rounding of a program that was compiled again
    ],
)
def test_the_whole_interval_decides(low, high, less_is_better, expected) -> None:
    gap = MetricDifference(
        champion=0.5,
        challenger=0.5 + (low + high) / 2,
        difference=(low + high) / 2,
        low=low,
        high=high,
        less_is_better=less_is_better,
    )

    assert gap.standing() == expected


def test_what_is_within_the_tolerance_is_not_worse() -> None:
    gap = MetricDifference(
        champion=0.9, challenger=0.7, difference=-0.2, low=-0.3, high=-0.1, less_is_better=False
    )

    assert [gap.standing(t) for t in (0.05, 0.1, 0.2)] == ["worse", "undecided", "undecided"]


def test_the_first_metric_that_both_give_decides() -> None:
    right = {"right": [1, 0, 1, 1] * 10}
    loss = {"loss": [0.1, 2.0, 0.3, 0.2] * 10}

    assert compare(outcomes(**right, **loss), outcomes(**right, **loss)).metric == "log_loss"
    assert compare(outcomes(**right, **loss), outcomes(**right)).metric == "accuracy"

    named = compare(outcomes(**right, **loss), outcomes(**right, **loss), metric="accuracy")
    assert named.metric == "accuracy"


def test_labels_decide_where_probabilities_are_the_same() -> None:
    """A threshold at which nearly all are told the wrong label was let through."""
    loss = {"loss": [0.1, 2.0, 0.3, 0.2] * 10}
    champion = outcomes(right=[1, 1, 1, 0] * 10, **loss)

    compared = compare(champion, outcomes(right=[1, 0, 0, 0] * 10, **loss))

    assert (compared.metric, compared.standing) == ("accuracy", "worse")


def test_a_metric_that_the_rows_do_not_give_is_refused() -> None:
    with pytest.raises(UsageError, match=r"do not give the metric roc_auc; they give: accuracy"):
        compare(outcomes(right=[1, 0]), outcomes(right=[1, 0]), metric="roc_auc")


def test_rows_are_those_that_both_answer() -> None:
    champion = outcomes(
        right=[1, 1, math.nan, math.nan, math.nan],
        truth=[True, True, True, True, False],
        answered=[True, True, False, False, True],
    )
    challenger = outcomes(
        right=[0, math.nan, 1, math.nan, math.nan],
        truth=[True, True, True, True, False],
        answered=[True, False, True, False, True],
    )

    found = compare(champion, challenger)

    counts = (found.rows, found.only_champion, found.only_challenger, found.skipped)
    assert counts == (1, 1, 1, 2)
    assert found.decisive.challenger == 0


def test_scores_of_different_classes_are_not_compared() -> None:
    facts = {"right": [1, 0], "true": [1, 0], "said": [1, 1], "score": [0.9, 0.8]}

    found = compare(outcomes(positive="yes", **facts), outcomes(positive="no", **facts))

    assert list(found.differences) == ["accuracy"]


def test_nothing_comes_of_rows_that_nobody_answers() -> None:
    none = outcomes(right=[math.nan], answered=[False])

    assert compare(none, none) is None


def test_a_metric_that_most_samples_do_not_give_is_absent() -> None:
    facts = {"right": [1, 1, 1], "true": [1, 1, 1], "said": [1, 1, 1], "score": [0.9, 0.8, 0.7]}

    found = compare(outcomes(positive=1, **facts), outcomes(positive=1, **facts))

    assert list(found.differences) == ["accuracy", "f1"]

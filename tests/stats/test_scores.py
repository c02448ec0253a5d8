import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

from golive.bundle.profile import Calibration
from golive.stats.scores import calibrate, score_profile


def test_probabilities_fall_into_a_thousand_equal_bins():
    profile = score_profile([0.0, 0.0005, 0.5, 1.0, None, float("nan")])

    assert profile is not None
    assert len(profile.edges) == 1001
    assert (profile.edges[0], profile.edges[500], profile.edges[1000]) == (0.0, 0.5, 1.0)
    assert {i: n for i, n in enumerate(profile.counts) if n} == {0: 2, 500: 1, 999: 1}
    assert (profile.quantiles[0], profile.quantiles[100]) == (0.0, 1.0)


def test_other_scores_fall_between_the_smallest_and_the_largest():
    profile = score_profile([-5.0, 5.0, 5.0], is_probability=False)

    assert profile is not None
    assert (profile.edges[0], profile.edges[-1]) == (-5.0, 5.0)
    assert (profile.counts[0], profile.counts[-1], sum(profile.counts)) == (1, 2, 3)


@pytest.mark.parametrize("value", [3.0, 1e300, -1e17])
def test_one_score_alone_has_ascending_edges(value):
    profile = score_profile([value], is_probability=False)

    assert profile is not None
    assert np.all(np.diff(profile.edges) > 0)
    assert sum(profile.counts) == 1


def test_huge_scores_have_finite_edges():
    profile = score_profile([-1.7e308, 0.0, 1.7e308], is_probability=False)

    assert profile is not None
    assert np.isfinite(profile.edges).all()
    assert sum(profile.counts) == 3


def test_no_scores_have_no_profile():
    assert score_profile([None, float("inf")]) is None


def test_calibration_by_hand():
    found = calibrate([False, True, False, True, None], [0.1, 0.2, 0.3, 0.9, 0.5])

    assert found == Calibration(scores=(0.1, 0.2, 0.3, 0.9), rates=(0.0, 0.5, 0.5, 1.0))


def test_calibration_is_that_of_scikit_learn():
    generator = np.random.default_rng(11)
    scores = generator.random(500)
    truths = generator.random(500) < scores**2
    fitted = IsotonicRegression(out_of_bounds="clip").fit(scores, truths)
    grid = np.linspace(0, 1, 77)

    found = calibrate(truths.tolist(), scores.tolist())

    assert found is not None
    assert np.interp(grid, found.scores, found.rates) == pytest.approx(
        fitted.predict(grid), abs=1e-12
    )


def test_one_class_alone_cannot_be_calibrated():
    assert calibrate([True, True, None], [0.1, 0.9, 0.5]) is None


def test_nothing_cannot_be_calibrated():
    assert calibrate([], []) is None

import pytest

from golive.bundle.profile import (
    Calibration,
    CategoryCount,
    ColumnProfile,
    Evaluation,
    Profile,
    ScoreProfile,
)
from golive.bundle.profile_format import decode_profile, encode_profile
from golive.errors import BundleError

PROFILE = Profile(
    rows=3,
    columns=(
        ColumnProfile(name="age", count=3, nulls=1, mean=2.0, std=0.5, quantiles=(1.0, 2.5)),
        ColumnProfile(
            name="sex", count=3, nulls=0, categories=(CategoryCount(value='"f"', count=2),), other=1
        ),
    ),
    evaluation=Evaluation(
        rows=2,
        skipped=1,
        metrics={"accuracy": 1.0},
        baseline={"accuracy": 0.5},
        baseline_name="majority class",
    ),
    scores=ScoreProfile(edges=(0.0, 0.5, 1.0), counts=(1, 1), quantiles=(0.25, 0.75)),
    calibration=Calibration(scores=(0.25, 0.75), rates=(0.0, 1.0)),
)


def test_a_profile_reads_back_as_it_was_written():
    assert decode_profile(encode_profile(PROFILE)) == PROFILE


def test_what_is_absent_stays_absent():
    profile = Profile(rows=0, columns=())

    assert decode_profile(encode_profile(profile)) == profile


def test_a_number_that_json_cannot_hold_is_refused():
    profile = Profile(
        rows=1, columns=(ColumnProfile(name="age", count=1, nulls=0, mean=float("nan")),)
    )

    with pytest.raises(ValueError, match="nan"):
        encode_profile(profile)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"rows": "3", "columns": []}', b"\xff"])
def test_what_is_no_profile_is_refused(data):
    with pytest.raises(BundleError, match=r"profile\.json"):
        decode_profile(data)


def test_lists_without_end_are_refused():
    with pytest.raises(BundleError, match=r"profile\.json cannot be read"):
        decode_profile(b'{"x": ' + b"[" * 100_000)

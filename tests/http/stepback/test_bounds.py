"""What a person may say that a candidate may do."""

import pytest

from golive.errors import UsageError
from golive.http.stepback.bounds import Bounds, read_bounds

USUAL = {"errors": "5%", "latency": "2x", "disagreement": None, "least": 50}


def test_the_defaults_are_those_of_the_settings():
    assert read_bounds(**USUAL) == Bounds()


@pytest.mark.parametrize(
    ("name", "text", "bound"),
    [
        ("errors", "0.5%", 0.005),
        ("errors", " 7 % ", 0.07),
        ("errors", "100", 1.0),
        ("errors", "OFF", None),
        ("latency", "1.5x", 1.5),
        ("latency", "3 X", 3.0),
        ("latency", "off", None),
        ("disagreement", "10%", 0.1),
        ("disagreement", "off", None),
    ],
)
def test_a_bound_is_a_percent_or_a_number_of_times_or_off(name, text, bound):
    assert getattr(read_bounds(**(USUAL | {name: text})), name) == pytest.approx(bound)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("errors", "0%", "--canary-errors '0%' is neither a percent above 0 nor off"),
        ("errors", "101%", "neither a percent"),
        ("errors", "few", "neither a percent"),
        ("errors", "nan", "neither a percent"),
        ("errors", "", "neither a percent"),
        ("latency", "1x", "--canary-latency '1x' is neither so many times, more than once, nor"),
        ("latency", "inf", "neither so many times"),
        ("latency", "nan", "neither so many times"),
        ("latency", "200 ms", "neither so many times"),
        ("disagreement", "-1%", "--canary-disagreement '-1%' is neither a percent"),
    ],
)
def test_anything_else_is_misuse(name, text, message):
    with pytest.raises(UsageError, match=message) as caught:
        read_bounds(**(USUAL | {name: text}))
    assert f"--canary-{name}" in caught.value.hint

import pytest

from golive.bundle.upgrades import upgrade
from golive.errors import BundleFormatError


def test_todays_format_stays_as_it_is():
    assert upgrade({"format_version": 2, "name": "a"}) == {"format_version": 2, "name": "a"}


def test_each_step_is_taken_in_turn():
    steps = {
        1: lambda raw: {**raw, "steps": [1]},
        2: lambda raw: {**raw, "steps": [*raw["steps"], 2]},
    }

    upgraded = upgrade({"format_version": 1}, to=3, upgrades=steps)

    assert upgraded == {"format_version": 3, "steps": [1, 2]}


def test_a_step_that_is_missing_is_named():
    with pytest.raises(BundleFormatError, match="format 1"):
        upgrade({"format_version": 1}, to=2, upgrades={})


@pytest.mark.parametrize("version", [0, -1, "1", True, None, 1.0])
def test_a_version_that_is_none_is_refused(version):
    with pytest.raises(BundleFormatError):
        upgrade({"format_version": version})

"""Which alias gets how much of the requests."""

import pytest

from golive.errors import UsageError
from golive.http.canary import read_canary


@pytest.mark.parametrize(
    ("text", "candidate"),
    [
        ("candidate=10", ("candidate", 0.1)),
        ("prod=90,candidate=10", ("candidate", 0.1)),
        (" candidate = 0.5 , prod = 99.5 ", ("candidate", 0.005)),
        ("staging=0", ("staging", 0.0)),
        ("8=100", ("8", 1.0)),
    ],
)
def test_a_canary_names_a_candidate_and_its_share(text, candidate):
    assert read_canary(text, usual="prod") == candidate


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no list of ALIAS=PERCENT"),
        ("candidate", "no list of ALIAS=PERCENT"),
        ("=10", "no list of ALIAS=PERCENT"),
        ("candidate=10,candidate=10", "no list of ALIAS=PERCENT"),
        ("candidate=ten", "'ten' is no percent"),
        ("candidate=101", "'101' is no percent"),
        ("candidate=-1", "'-1' is no percent"),
        ("candidate=nan", "'nan' is no percent"),
        ("prod=90", "names 0 candidates"),
        ("a=1,b=2", "names 2 candidates"),
        ("prod=80,candidate=10", "adds up to 90, not to 100"),
    ],
)
def test_anything_else_is_misuse(text, message):
    with pytest.raises(UsageError, match=message) as caught:
        read_canary(text, usual="prod")
    assert "candidate=10" in caught.value.hint

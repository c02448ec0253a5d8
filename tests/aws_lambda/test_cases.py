"""Every event of the table, answered in process."""

import json

import pytest
from tests.aws_lambda.cases import CASES, told


def test_there_are_many_cases_and_no_two_have_the_same_name():
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_event_is_answered(opened, case):
    answer = opened(case.event)

    status, labels, code = told(answer)
    json.dumps(answer, allow_nan=False)  # the runtime client would write NaN
    if case.status is not None:
        assert (status, labels, code) == (case.status, case.labels, case.code)
    assert {name: answer[name] for name in case.holds} == case.holds

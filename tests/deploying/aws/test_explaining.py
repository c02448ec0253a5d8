"""What AWS answers where it refuses, and what is made of it.

Each response is as botocore has it; the texts are those that people have reported.
"""

import json
from pathlib import Path

import pytest

from golive.deploying.aws.explaining import error_of, explain, explained
from golive.deploying.aws.failures import Failure, failure_of

RESPONSES = json.loads((Path(__file__).parent / "refusals.json").read_text())


@pytest.mark.parametrize(
    "case", RESPONSES, ids=lambda case: f"{case['explained']}-{case['operation']}"
)
def test_a_refusal_is_recognised_and_explained(case):
    failure = failure_of(case["response"], service=case["service"], operation=case["operation"])

    found = explain(failure, name="games", region="eu-central-1")

    assert found is not None
    assert found.code == case["explained"]
    assert found.passes is case.get("passes", False)
    for word in case.get("words", []):
        assert word in f"{found.message} {found.hint}"
    assert "{" not in found.message + found.hint
    assert found.hint


def test_a_denial_names_the_action_and_the_least_that_allows_it():
    message = (
        "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: "
        "lambda:CreateFunction on resource: "
        "arn:aws:lambda:eu-central-1:123456789012:function:golive-games-prod because no "
        "identity-based policy allows the lambda:CreateFunction action"
    )
    failure = Failure(
        service="lambda", operation="CreateFunction", code="AccessDeniedException", message=message
    )

    found = explain(failure, name="games", region="eu-central-1")

    assert found is not None
    assert found.policy == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["lambda:CreateFunction"],
                "Resource": ["arn:aws:lambda:eu-central-1:123456789012:function:golive-games-prod"],
            }
        ],
    }


def test_a_denial_without_a_word_names_the_action_of_the_operation():
    failure = Failure(service="s3", operation="HeadBucket", code="403", message="Forbidden")

    found = explain(failure, name="games", region="eu-central-1")

    assert found is not None
    assert "s3:ListBucket" in found.message
    assert found.policy is not None


def test_an_express_denial_has_no_policy_that_would_help():
    failure = Failure(
        service="lambda",
        operation="GetFunction",
        code="AccessDeniedException",
        message="User: arn:aws:iam::1:user/a is not authorized to perform: lambda:GetFunction on "
        "resource: arn:aws:lambda:us-east-1:1:function:x with an explicit deny in a service "
        "control policy",
    )

    found = explain(failure, name="games", region="us-east-1")

    assert found is not None
    assert (found.code, found.policy) == ("denied", None)


def test_what_is_not_in_the_table_is_not_explained():
    failure = Failure(service="lambda", operation="Invoke", code="Teapot", message="I am one")

    assert explain(failure, name="games", region="us-east-1") is None


def test_the_error_that_is_raised_holds_the_policy_and_the_code():
    failure = Failure(
        service="s3", operation="PutObject", code="AccessDenied", message="Access Denied"
    )

    error = error_of(failure, name="games", region="us-east-1")

    assert error.code == "not_allowed"
    assert error.policy is not None
    assert '"s3:PutObject"' in str(error.hint)


def test_an_unknown_refusal_is_told_as_aws_tells_it():
    failure = Failure(service="lambda", operation="Invoke", code="Teapot", message="I am one.")

    error = error_of(failure, name="games", region="us-east-1")

    assert error.message == "AWS refused lambda:Invoke: I am one. (Teapot)"
    assert (error.code, error.policy) == ("aws_refused", None)


def test_every_case_of_the_table_has_a_refusal_here():
    assert {code for code, _, _ in explained()} <= {case["explained"] for case in RESPONSES}

"""Each class of fault is planted in a model of its own, and found by its name."""

import random

import pytest
from msgspec.structs import replace
from tests.checking import planted
from tests.checking.conftest import BINARY, RECORDS

from golive.bundle.golden import GoldenRecord

pytestmark = pytest.mark.filterwarnings("ignore")  # two threads restore each other's filters


def is_emoji(value):
    return isinstance(value, str) and "🚀" in value


@pytest.mark.parametrize(
    ("column", "refuses", "expected"),
    [
        ("income", lambda v: v != v, ("error", "null", "model_failed", "income")),
        ("city", lambda v: v != v, ("error", "null", "model_failed", "city")),
        ("note", is_emoji, ("error", "emoji", "model_failed", "note")),
        (
            "note",
            lambda v: isinstance(v, str) and "文" in v,
            ("error", "unicode", "model_failed", "note"),
        ),
        ("note", lambda v: v == "", ("error", "empty_text", "model_failed", "note")),
        (
            "note",
            lambda v: isinstance(v, str) and len(v) > 9_999,
            ("error", "huge", "model_failed", "note"),
        ),
        (
            "city",
            lambda v: v == v and v not in ("Ulm", "Bonn", "Köln"),
            ("error", "unseen_category", "model_failed", "city"),
        ),
        ("age", lambda v: v < 0, ("error", "negative", "model_failed", "age")),
        ("age", lambda v: v == 0, ("error", "zero", "model_failed", "age")),
        ("income", lambda v: v > 1e300, ("warning", "extreme", "model_failed", "income")),
    ],
)
def test_a_model_that_fails_on_a_plain_value_is_found(write, found, column, refuses, expected):
    bundle = write(planted.Refusing(column, refuses))

    assert expected in found(bundle)


def test_a_sound_model_has_no_findings(write, found):
    assert found(write(planted.Classifier(planted.columns))) == []
    assert found(write(planted.Regressor(planted.columns), name="regressor")) == []


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (planted.Exponential, ("error", "huge", "non_finite_output", "age")),
        (planted.Rooting, ("error", "negative", "non_finite_output", "income")),
        (planted.BatchNormalising, ("error", "batch", "depends_on_batch", "record 0 of 7")),
        (planted.Sharing, ("error", "threads", "not_thread_safe", "")),
        (planted.Overconfident, ("error", "output", "bad_probabilities", "golden record 0")),
        (planted.Negative, ("error", "output", "bad_probabilities", "golden record 0")),
        (planted.Mislabelling, ("error", "output", "unknown_label", "golden record 0")),
        (planted.Filling, ("warning", "input", "changes_input", "")),
        (planted.Talking, ("note", "output", "warns", "")),
    ],
)
def test_a_fault_of_the_model_is_found(write, found, model, expected):
    assert expected in found(write(model()))


def test_an_order_that_is_not_kept_is_found(write, found):
    codes = {code for _, _, code, _ in found(write(planted.Sorting()))}

    assert codes == {"depends_on_batch"}


def test_a_model_that_keeps_state_is_found(write, found):
    assert ("error", "repeat", "depends_on_history", "golden record 3") in found(
        write(planted.Remembering())
    )


def test_a_model_that_draws_random_numbers_is_found(write, found):
    random.seed(1)
    assert ("error", "repeat", "not_deterministic", "golden record 0") in found(
        write(planted.Dicing())
    )


def test_a_city_for_which_the_model_gives_nan_is_found(write, found):
    records = [*RECORDS, {**RECORDS[0], "city": "Ulm"}]

    assert ("error", "golden", "non_finite_output", "golden record 4") in found(
        write(planted.Undefined(), records=records)
    )


def test_golden_records_that_are_answered_otherwise_are_found(write, found):
    golden = [GoldenRecord(record, {"score": 1.0}) for record in RECORDS]
    bundle = write(planted.Regressor(), golden=tuple(golden))

    assert found(bundle)[0] == ("error", "golden", "golden_drift", "golden record 0")
    allowed = found(bundle, allow_drifted_environment=True)
    assert allowed[0] == ("warning", "golden", "golden_drift", "golden record 0")


def test_a_model_none_of_whose_golden_records_is_answered_is_found(write, found):
    bundle = write(planted.Refusing("note", lambda _: True))

    assert found(bundle)[-1] == ("error", "golden", "no_answers", "")


def test_classes_in_the_wrong_order_are_found(write, found):
    output = replace(BINARY, classes=("yes", "no"))
    bundle = write(planted.Classifier(), output=output)

    assert ("error", "extra", "differs_from_direct", "") in found(bundle)


def test_a_null_that_is_replaced_by_a_default_is_as_promised(write, found):
    columns = {"income": {"on_null": "default", "default": 50.0, "on_missing": "default"}}

    assert found(write(planted.Regressor(), columns=columns)) == []


def test_strict_policies_are_as_promised(write, found):
    columns = {
        "age": {"on_null": "error", "on_range": "error"},
        "income": {"on_null": "error", "on_missing": "error", "on_range": "error"},
        "city": {"on_unseen": "error", "on_null": "error"},
        "note": {"on_missing": "null"},
    }

    assert found(write(planted.Refusing("age", lambda v: v < 0), columns=columns)) == []


def test_missing_that_becomes_a_null_which_the_model_refuses_is_found(write, found):
    model = planted.Refusing("income", lambda value: value != value)
    bundle = write(model, columns={"income": {"on_missing": "null"}})

    assert ("error", "missing", "model_failed", "income") in found(bundle)


FUNCTION = """
from dataclasses import dataclass

CALLS = []

@dataclass
class Request:
    amount: float
    kind: str | None
    tags: list[str]

def predict(request: Request) -> dict:
    {body}
"""
REQUESTS = [{"amount": 2.5, "kind": "a", "tags": ["x"]}, {"amount": 9.0, "kind": "b", "tags": []}]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            'return {"n": len(request.kind), "s": request.amount}',
            ("error", "null", "model_failed", "kind"),
        ),
        (
            'return {"n": {"a": 1, "b": 2}[request.kind or "a"]}',
            ("error", "emoji", "model_failed", "kind"),
        ),
        (
            'return {"n": 1 / request.amount if request.amount else float("nan")}',
            ("error", "zero", "non_finite_output", "amount"),
        ),
        ('return {"n": 1 / request.amount}', ("error", "zero", "model_failed", "amount")),
        (
            'return {"t": [ord(tag) for tag in request.tags]}',
            ("error", "empty_text", "model_failed", "tags[0]"),
        ),
    ],
)
def test_a_function_that_fails_on_a_plain_request_is_found(write_function, found, body, expected):
    bundle = write_function(FUNCTION.replace("{body}", body), REQUESTS)

    assert expected in found(bundle)


def test_a_sound_function_has_no_findings(write_function, found):
    body = 'return {"n": len(request.kind or ""), "s": request.amount, "t": request.tags}'

    assert found(write_function(FUNCTION.replace("{body}", body), REQUESTS)) == []


def test_a_function_that_changes_its_request_is_found(write_function, found):
    body = 'request.tags.append("seen"); return {"n": len(request.tags)}'

    assert ("warning", "input", "changes_input", "") in found(
        write_function(FUNCTION.replace("{body}", body), REQUESTS)
    )


def test_a_function_that_keeps_what_it_was_asked_is_found(write_function, found):
    body = 'CALLS.extend([1] * (request.amount == -1)); return {"n": len(CALLS)}'
    bundle = write_function(FUNCTION.replace("{body}", body), REQUESTS)

    assert ("error", "repeat", "depends_on_history", "golden record 1") in found(bundle)


def test_rounding_of_32_bits_is_no_fault_and_is_told(write, found):
    bundle = write(planted.Rounding(), tolerance=1e-5)

    assert found(bundle) == [("note", "batch", "rounding", "")]

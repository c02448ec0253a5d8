"""The request contract of the native protocol."""

import pytest

from golive.engine.answers import Answer, Fault
from golive.service.served import ServedModel
from golive.testing.engines import FakeEngine
from golive.testing.services import fake_service, get, post, strict_json

ID = "00000000-0000-7000-8000-000000000001"


def served(model):
    return ServedModel(name="sum", version="v1", engine=FakeEngine(model=model))


def fail_by_value(record):
    if record["x"] < 0:
        return Fault("model_failed", "The model failed.", origin="model")
    return Answer(score=record["x"])


def test_one_record_gets_one_prediction():
    response = fake_service().handle(post({"x": 2.5}))

    assert response.status == 200
    assert response.body == (
        b'{"model":"sum","version":"0123456789ab",'
        b'"request_id":"00000000-0000-7000-8000-000000000001",'
        b'"predictions":[{"score":2.5}]}'
    )
    assert response.headers == {
        "content-type": "application/json",
        "content-length": "122",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "golive-request-id": ID,
        "golive-model-version": "0123456789ab",
    }


def test_a_list_keeps_order_and_puts_errors_in_place():
    response = fake_service().handle(post([{"x": 1}, {"y": 1}, 7, {"x": "a"}, {"x": 2, "z": 0}]))

    assert response.status == 200
    assert strict_json(response)["predictions"] == [
        {"score": 1.0},
        {
            "error": {
                "code": "missing_column",
                "message": "The column 'x' is missing.",
                "field": "x",
            }
        },
        {"error": {"code": "not_an_object", "message": "A record is an object."}},
        {"error": {"code": "wrong_type", "message": "'x' must be a number.", "field": "x"}},
        {"score": 2.0},
    ]
    assert (response.facts.records, response.facts.failed) == (5, 3)
    assert response.facts.codes == {"missing_column": 1, "not_an_object": 1, "wrong_type": 1}
    assert response.facts.extra_columns == 2


def test_an_envelope_echoes_its_ids():
    response = fake_service().handle(post({"records": [{"x": 1}, {}], "ids": ["a", 2]}))

    assert strict_json(response)["predictions"] == [
        {"id": "a", "score": 1.0},
        {
            "id": 2,
            "error": {
                "code": "missing_column",
                "message": "The column 'x' is missing.",
                "field": "x",
            },
        },
    ]


def test_no_records_are_answered_with_no_predictions():
    response = fake_service().handle(post([]))

    assert response.status == 200
    assert strict_json(response)["predictions"] == []


def test_faults_of_the_input_alone_are_422_with_predictions():
    response = fake_service().handle(post([{}, {"x": None}]))

    assert response.status == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert strict_json(response) == {
        "type": "about:blank",
        "title": "Unprocessable Content",
        "status": 422,
        "detail": "None of the 2 records could be answered; `predictions` says why for each. "
        "The first: The column 'x' is missing.",
        "code": "invalid_records",
        "request_id": ID,
        "model": "sum",
        "version": "0123456789ab",
        "predictions": [
            {
                "error": {
                    "code": "missing_column",
                    "message": "The column 'x' is missing.",
                    "field": "x",
                }
            },
            {"error": {"code": "wrong_type", "message": "'x' must be a number.", "field": "x"}},
        ],
    }
    assert response.facts.codes == {"missing_column": 1, "wrong_type": 1, "invalid_records": 1}


def test_a_fault_of_the_model_among_faults_alone_is_500():
    response = fake_service(served(fail_by_value)).handle(post([{}, {"x": -1}]))

    assert response.status == 500
    assert strict_json(response)["code"] == "model_failed"
    assert len(strict_json(response)["predictions"]) == 2


def test_a_fault_of_the_model_beside_an_answer_is_200():
    response = fake_service(served(fail_by_value)).handle(post([{"x": -1}, {"x": 1}]))

    assert response.status == 200
    assert strict_json(response)["predictions"] == [
        {"error": {"code": "model_failed", "message": "The model failed."}},
        {"score": 1.0},
    ]


def test_the_query_is_one_record():
    response = fake_service().handle(get("/predict", ("x", "2.5"), ("_id", "k")))

    assert response.status == 200
    assert strict_json(response)["predictions"] == [{"id": "k", "score": 2.5}]


def test_a_query_that_is_no_record_is_422():
    response = fake_service().handle(get("/predict"))

    assert response.status == 422
    assert strict_json(response)["detail"] == "The column 'x' is missing."


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "malformed_json"),
        (b"{", 400, "malformed_json"),
        (b"[NaN]", 400, "malformed_json"),
        (b"\xff", 400, "malformed_json"),
        (b'{"records":[],"threshold":0.5}', 422, "threshold_not_supported"),
        (b'{"records":[],"ids":[1]}', 422, "bad_option"),
    ],
)
def test_a_request_that_cannot_be_read_is_a_problem(body, status, code):
    response = fake_service().handle(post(body))

    assert response.status == status
    assert response.headers["content-type"] == "application/problem+json"
    assert strict_json(response)["code"] == code
    assert "predictions" not in strict_json(response)
    assert response.facts.codes == {code: 1}


def test_a_hint_stands_in_the_problem():
    response = fake_service().handle(post({"records": [], "threshold": 1}))

    assert strict_json(response)["hint"] == "Leave `threshold` away."


def test_a_lone_surrogate_of_a_model_does_not_break_the_answer():
    model = served(lambda record: Answer(label="a\ud800b"))

    response = fake_service(model).handle(post({"x": 1}))

    assert strict_json(response)["predictions"] == [{"label": "a?b"}]

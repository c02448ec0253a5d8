"""The predict protocol of TensorFlow Serving and KServe's version 1."""

import pytest
from tests.service.served_models import ID, RECORDS, ROWS, VERSION, real_model

from golive.service.context import ServiceContext
from golive.service.exchange import Request
from golive.service.served import Readiness
from golive.testing.services import counted_ids, fake_model, fake_service, get, post, strict_json

PATHS = [
    "/v1/models/m:predict",
    f"/v1/models/m/versions/{VERSION}:predict",
    f"/v1/models/m/versions/{ID}:predict",
]


def native_labels(service):
    return [p["label"] for p in strict_json(service.handle(post(RECORDS)))["predictions"]]


@pytest.mark.parametrize("path", PATHS)
def test_rows_have_the_native_labels_under_each_name_of_the_version(path):
    service = fake_service(real_model())
    body = {"signature_name": "serving_default", "instances": RECORDS}

    response = service.handle(post(body, path=path))

    assert strict_json(response) == {"predictions": native_labels(service)}
    assert response.facts.route in {
        "/v1/models/{name}:predict",
        "/v1/models/{name}/versions/{version}:predict",
    }


def test_columns_are_answered_under_the_name_that_their_clients_read_too():
    service = fake_service(real_model())
    columns = {name: [record[name] for record in RECORDS] for name in RECORDS[0]}

    response = service.handle(post({"inputs": columns}, path=PATHS[0]))

    labels = native_labels(service)
    assert strict_json(response) == {"predictions": labels, "outputs": labels}


def test_a_failed_record_is_null_and_told_of_in_errors():
    service = fake_service(real_model())
    body = {"instances": [ROWS[0], {}], "parameters": {"output": "score"}}

    answer = strict_json(service.handle(post(body, path=PATHS[0])))

    assert answer["predictions"][1] is None
    assert isinstance(answer["predictions"][0], float)
    assert [(e["index"], e["code"], e["field"]) for e in answer["errors"]] == [
        (1, "missing_column", "age")
    ]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "bad_request_shape"),
        ([], 422, "bad_request_shape"),
        ({"instances": [], "inputs": {}}, 422, "bad_request_shape"),
        ({"instances": [], "more": 1}, 422, "bad_request_shape"),
        ({"instances": {"age": [1]}}, 422, "bad_request_shape"),
        ({"instances": [], "parameters": {"label": True}}, 422, "bad_option"),
        ({"instances": [{}]}, 422, "invalid_records"),
        ({"instances": [1] * 51}, 413, "too_many_records"),
        (b"{", 400, "malformed_json"),
    ],
)
def test_a_problem_has_the_member_that_the_clients_read(body, status, code):
    response = fake_service(real_model()).handle(post(body, path=PATHS[0]))

    problem = strict_json(response)
    assert (response.status, problem["code"]) == (status, code)
    assert problem["error"] == problem["detail"]
    assert response.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("/v1/models/x", "There is no model 'x' here; served are: a, b."),
        ("/v1/models/x:predict", "There is no model 'x' here; served are: a, b."),
        (
            "/v1/models/a/versions/3:predict",
            "a has no version '3' here; the one served is '0123456789ab'.",
        ),
        ("/v1/models/a/versions/3", "a has no version '3' here; the one served is '0123456789ab'."),
        (
            "/v1/models/a/versions/0123456789ab/more",
            "There is nothing at this path; `paths` lists what there is.",
        ),
        ("/v1/metadata", "There is nothing at this path; `paths` lists what there is."),
    ],
)
def test_what_is_not_served_is_404_and_says_what_is(path, detail):
    response = fake_service(fake_model("a"), fake_model("b")).handle(get(path))

    problem = strict_json(response)
    assert response.status == 404
    assert problem["error"] == problem["detail"] == detail
    assert "/v1/models/b:predict" in problem["paths"]


def test_the_status_is_what_both_kinds_of_client_read():
    response = fake_service().handle(get("/v1/models/sum"))

    assert strict_json(response) == {
        "name": "sum",
        "ready": True,
        "model_version_status": [
            {
                "version": "0123456789ab",
                "state": "AVAILABLE",
                "status": {"error_code": "OK", "error_message": ""},
            }
        ],
    }


def test_a_draining_service_is_not_ready():
    context = ServiceContext(new_id=counted_ids(), readiness=Readiness("draining"))

    response = fake_service(context=context).handle(get("/v1/models/sum"))

    assert (response.status, response.headers["retry-after"]) == (503, "1")


def test_models_are_listed():
    response = fake_service(fake_model("a"), fake_model("b")).handle(get("/v1/models"))

    assert strict_json(response) == {"models": ["a", "b"]}


def test_a_wrong_method_says_which_is_right():
    response = fake_service(real_model()).handle(Request(method="GET", path=PATHS[0]))

    assert (response.status, response.headers["allow"]) == (405, "POST")
    assert strict_json(response)["error"] == "This path answers to POST."

"""The OpenAPI document, held against the specification and against the service."""

import msgspec
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from tests.service.served_models import function_model

from golive.service.context import ServiceContext
from golive.service.served import Example
from golive.testing.services import (
    counted_ids,
    fake_model,
    fake_service,
    get,
    post,
    strict_json,
)


def exposition(allows=None):
    return "text/plain", b""


def document_of(service, path="/openapi.json"):
    return strict_json(service.handle(get(path)))


@pytest.mark.parametrize("names", [("a",), ("a", "b")])
def test_the_document_is_valid(names):
    models = [fake_model(name) for name in names]
    context = ServiceContext(new_id=counted_ids(), exposition=exposition)

    document = document_of(fake_service(*models, context=context))

    OpenAPIV31SpecValidator(document).validate()


def test_a_function_model_is_described_with_its_requests_as_texts():
    model = function_model(lambda request: {"n": len(request["items"])})
    examples = (Example({"items": [1]}, {"value": {"n": 1}}),)
    service = fake_service(msgspec.structs.replace(model, examples=examples))

    document = document_of(service)
    infer = document["paths"]["/v2/models/f/infer"]["post"]["requestBody"]["content"]
    body = infer["application/json"]["examples"]["texts"]["value"]
    answer = service.handle(post(body, path="/v2/models/f/infer"))

    OpenAPIV31SpecValidator(document).validate()
    assert strict_json(answer)["outputs"][0]["data"] == ['{"n":1}']


def test_one_model_stands_at_the_root_and_under_its_name():
    document = document_of(fake_service())

    assert list(document["paths"]) == [
        "/predict",
        "/models/sum/predict",
        "/models/sum",
        "/models/sum/openapi.json",
        "/models/sum/schema.json",
        "/models/sum/invocations",
        "/v1/models/sum",
        "/v1/models/sum:predict",
        "/v2/models/sum",
        "/v2/models/sum/ready",
        "/v2/models/sum/infer",
        "/v1/models/sum/versions/{version}",
        "/v1/models/sum/versions/{version}:predict",
        "/v2/models/sum/versions/{version}",
        "/v2/models/sum/versions/{version}/ready",
        "/v2/models/sum/versions/{version}/infer",
        "/",
        "/models",
        "/openapi.json",
        "/healthz",
        "/readyz",
        "/invocations",
        "/ping",
        "/version",
        "/v1/models",
        "/v2",
        "/v2/health/live",
        "/v2/health/ready",
    ]


@pytest.mark.parametrize("path", ["/", "/models/sum"])
def test_where_a_browser_gets_a_page_both_answers_are_described(path):
    document = document_of(fake_service())

    content = document["paths"][path]["get"]["responses"]["200"]["content"]

    assert list(content) == ["application/json", "text/html"]


def test_a_models_own_document_has_its_paths_alone():
    service = fake_service(fake_model("a"), fake_model("b"))

    document = document_of(service, "/models/a/openapi.json")

    OpenAPIV31SpecValidator(document).validate()
    assert list(document["paths"]) == [
        "/models/a/predict",
        "/models/a",
        "/models/a/openapi.json",
        "/models/a/schema.json",
        "/models/a/invocations",
        "/v1/models/a",
        "/v1/models/a:predict",
        "/v2/models/a",
        "/v2/models/a/ready",
        "/v2/models/a/infer",
        "/v1/models/a/versions/{version}",
        "/v1/models/a/versions/{version}:predict",
        "/v2/models/a/versions/{version}",
        "/v2/models/a/versions/{version}/ready",
        "/v2/models/a/versions/{version}/infer",
    ]


def test_golden_records_are_the_examples():
    operation = document_of(fake_service())["paths"]["/predict"]["post"]

    assert operation["requestBody"]["content"]["application/json"]["examples"] == {
        "one": {"value": {"x": 2.0}},
        "several": {"value": [{"x": 2.0}, {"x": 3.0}]},
        "envelope": {"value": {"records": [{"x": 2.0}, {"x": 3.0}], "ids": [1, 2]}},
    }
    examples = operation["responses"]["200"]["content"]["application/json"]["examples"]
    assert examples["envelope"]["value"]["predictions"] == [
        {"id": 1, "score": 2.0},
        {"id": 2, "score": 3.0},
    ]


def test_the_examples_are_answered_as_they_stand():
    service = fake_service()
    operation = document_of(service)["paths"]["/predict"]["post"]
    asked = operation["requestBody"]["content"]["application/json"]["examples"]
    shown = operation["responses"]["200"]["content"]["application/json"]["examples"]

    answered = {
        name: strict_json(service.handle(post(example["value"])))["predictions"]
        for name, example in asked.items()
    }

    assert answered == {name: example["value"]["predictions"] for name, example in shown.items()}


@pytest.mark.parametrize(
    ("request_", "schema"),
    [
        (post([{"x": 1}, {}]), "sum.predictions"),
        (post([{}]), "Problem"),
        (post(b"{"), "Problem"),
        (get("/nowhere"), "Problem"),
        (get("/healthz", host="evil.example"), "Problem"),
    ],
)
def test_bodies_fit_the_schemas(request_, schema):
    service = fake_service()
    document = document_of(service)

    body = strict_json(service.handle(request_))

    whole = {"$ref": f"#/components/schemas/{schema}", "components": document["components"]}
    Draft202012Validator(whole).validate(body)


def test_every_header_and_status_that_can_occur_is_documented():
    service = fake_service(fake_model(drifted=True))
    document = document_of(service)
    responses = document["paths"]["/predict"]["post"]["responses"]

    response = service.handle(post({"x": 1}, x_request_id="a"))

    ours = {name for name in response.headers if name.startswith(("golive-", "x-request"))}
    assert ours <= responses["200"]["headers"].keys()
    assert set(responses) == {
        "200", "400", "404", "405", "406", "408", "413", "415", "421", "422", "431",
        "500", "503", "504",
    }  # fmt: skip

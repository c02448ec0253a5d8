"""What the service tells about its models."""

from golive.testing.services import fake_model, fake_service, get, strict_json

SUMMARY = {
    "name": "sum",
    "version": "0123456789ab",
    "kind": "regression",
    "drifted": False,
    "paths": {
        "about": "/models/sum",
        "predict": "/models/sum/predict",
        "openapi": "/models/sum/openapi.json",
        "schema": "/models/sum/schema.json",
    },
}


def test_the_index_says_where_everything_is():
    response = fake_service().handle(get("/"))

    assert strict_json(response) == {
        "status": "alive",
        "models": [SUMMARY],
        "links": ["/models", "/docs", "/openapi.json", "/healthz", "/readyz"],
    }


def test_the_models_are_listed():
    response = fake_service().handle(get("/models"))

    assert strict_json(response) == {"models": [SUMMARY]}


def test_a_model_tells_its_signature_card_and_bundle():
    body = strict_json(fake_service().handle(get("/models/sum")))

    assert body["card"] == "# A sum"
    assert body["examples"] == [
        {"record": {"x": 2.0}, "output": {"score": 2.0}},
        {"record": {"x": 3.0}, "output": {"score": 3.0}},
    ]
    assert body["bundle"] == {"id": "0123456789abcdef"}
    assert [column["name"] for column in body["signature"]["columns"]] == ["x"]
    assert body["signature"]["output"]["kind"] == "regression"


def test_the_schema_of_a_model_is_a_json_schema_of_a_record():
    from jsonschema import Draft202012Validator

    schema = strict_json(fake_service().handle(get("/models/sum/schema.json")))

    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    assert validator.is_valid({"x": 1.5})
    assert not validator.is_valid({"x": "many"})
    assert {"record", "request", "answer"} <= schema["$defs"].keys()


def test_of_several_models_every_one_is_listed():
    service = fake_service(fake_model("a"), fake_model("b"))

    body = strict_json(service.handle(get("/models")))

    assert [model["name"] for model in body["models"]] == ["a", "b"]

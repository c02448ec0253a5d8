"""What answers and documents say of columns that are looked up."""

import jsonschema
import msgspec
import pytest
from tests.service.served_models import BINARY, COLUMNS, real_model

from golive.engine.filling import Filler
from golive.service.input_tensors import read_tensors, records_of
from golive.service.openapi import openapi_document
from golive.service.output_tensors import input_metadata
from golive.service.query_parameters import query_parameters
from golive.signature.json_schema import answer_schema, record_schema
from golive.signature.model import Lookup, Signature
from golive.testing.lookups import MemoryLookups
from golive.testing.services import fake_service, get, post, strict_json

ROWS = {"7": {"fare": 7.5, "member": True}, "8": {"fare": None}}
DEFAULTS = {"fare": {"on_missing": "null"}, "member": {"on_missing": "default", "default": False}}
WITH_DEFAULTS = tuple(
    msgspec.structs.replace(column, **DEFAULTS.get(column.name, {})) for column in COLUMNS
)
LOOKUP = Lookup(name="users", key="user_id", columns=("fare", "member"))
SIGNATURE = Signature(form="frame", columns=WITH_DEFAULTS, output=BINARY, lookups=(LOOKUP,))
RECORD = {"age": 30, "city": "Oslo"}
WHOLE = RECORD | {"fare": 7.5, "member": True}


def model():
    served = real_model(columns=WITH_DEFAULTS, lookups=(LOOKUP,))
    filler = Filler(served.engine.signature, {"users": MemoryLookups(ROWS)})
    served.engine.decoder.fill_with(filler)
    return served


@pytest.fixture
def service():
    return fake_service(model())


def test_an_answer_from_looked_up_columns_is_that_of_the_whole_record(service):
    looked_up = service.handle(post(RECORD | {"user_id": 7}))
    sent = service.handle(post(WHOLE))

    assert looked_up.status == 200
    assert strict_json(looked_up)["predictions"] == strict_json(sent)["predictions"]
    assert "golive-defaults" not in looked_up.headers


def test_an_answer_says_what_has_its_default_and_why(service):
    records = [RECORD | {"user_id": key} for key in ("7", "8", "nobody", "no one")]

    response = service.handle(post({"records": records, "ids": ["a", "b", "c", "d"]}))
    known, partly, unknown, _ = strict_json(response)["predictions"]

    assert "defaults" not in known
    assert list(partly) == ["id", "label", "score", "probabilities", "defaults"]
    assert partly["defaults"] == [
        {"lookup": "users", "because": "column_not_found", "columns": ["member"]}
    ]
    assert unknown["defaults"] == [
        {"lookup": "users", "because": "key_not_found", "columns": ["fare", "member"]}
    ]
    assert response.headers["golive-defaults"] == (
        "users;because=column_not_found;records=1, users;because=key_not_found;records=2"
    )
    jsonschema.validate(unknown, answer_schema(SIGNATURE))


def test_other_protocols_say_it_by_the_place_of_the_record(service):
    records = [RECORD | {"user_id": key} for key in (7, 8)]
    told = {"index": 1, "lookup": "users", "because": "column_not_found", "columns": ["member"]}

    mlflow = service.handle(post({"dataframe_records": records}, path="/invocations"))
    v1 = service.handle(post({"instances": records}, path="/v1/models/m:predict"))

    assert strict_json(mlflow)["defaults"] == [told]
    assert strict_json(v1)["defaults"] == [told]


def test_tensors_may_have_the_key_in_place_of_columns(service):
    inputs = [
        {"name": "age", "shape": [2], "datatype": "INT64", "data": [30, 30]},
        {"name": "city", "shape": [2], "datatype": "BYTES", "data": ["Oslo", "Oslo"]},
        {"name": "user_id", "shape": [2], "datatype": "BYTES", "data": ["7", "8"]},
    ]

    response = service.handle(post({"inputs": inputs}, path="/v2/models/m/infer"))

    assert response.status == 200
    told = strict_json(strict_json(response)["parameters"]["defaults"].encode())
    assert told == [
        {"index": 1, "lookup": "users", "because": "column_not_found", "columns": ["member"]}
    ]


def test_no_tensors_of_looked_up_columns_are_needed_where_there_are_no_records():
    tensors = [
        {"name": "age", "shape": [0], "datatype": "INT64", "data": []},
        {"name": "city", "shape": [0], "datatype": "BYTES", "data": []},
    ]

    assert records_of(read_tensors(tensors), SIGNATURE, lambda _: None).records == []


def test_a_csv_and_a_query_have_the_key_too(service):
    csv = service.handle(
        post(b"age,city,user_id\n30,Oslo,7\n", path="/invocations", content_type="text/csv")
    )
    query = service.handle(get("/predict", ("age", "30"), ("city", "Oslo"), ("user_id", "7")))
    whole = strict_json(service.handle(post(WHOLE)))["predictions"]

    assert strict_json(query)["predictions"] == whole
    assert strict_json(csv) == {"predictions": [whole[0]["label"]]}


@pytest.mark.parametrize(
    ("record", "is_valid"),
    [
        (RECORD | {"user_id": 7}, True),
        (RECORD | {"user_id": "7"}, True),
        (RECORD | {"user_id": None}, True),
        (WHOLE, True),
        (RECORD | {"fare": 7.5, "user_id": 7}, True),
        (RECORD, False),
        (RECORD | {"fare": 7.5}, False),
        (RECORD | {"user_id": 1.5}, False),
        (RECORD | {"user_id": True}, False),
        ({"city": "Oslo", "user_id": 7}, False),
    ],
)
def test_the_schema_of_a_record_says_what_has_to_be_sent(service, record, is_valid):
    validator = jsonschema.Draft202012Validator(record_schema(SIGNATURE))

    assert validator.is_valid(record) is is_valid
    assert (service.handle(post(record)).status == 200) is is_valid


def test_a_query_needs_neither_the_columns_nor_the_key():
    required = {p["name"]: p["required"] for p in query_parameters(SIGNATURE)}

    assert required == {
        "age": True,
        "fare": False,
        "member": False,
        "city": True,
        "user_id": False,
        "_id": False,
        "_threshold": False,
    }


def test_the_metadata_of_tensors_has_the_key():
    assert input_metadata(SIGNATURE)[-1] == {"name": "user_id", "datatype": "BYTES", "shape": [-1]}


def test_the_openapi_document_says_what_has_to_be_sent():
    document = openapi_document([model()], is_whole=True)
    schemas = document["components"]["schemas"]
    one = schemas["m.request.one"]
    infer = document["paths"]["/v2/models/m/infer"]["post"]["requestBody"]["content"]
    inputs = infer["application/json"]["schema"]["properties"]["inputs"]
    names = [tensor["properties"]["name"]["const"] for tensor in inputs["prefixItems"]]

    assert one["required"] == ["age", "city"]
    assert one["allOf"] == [
        {"anyOf": [{"required": ["user_id"]}, {"required": ["fare", "member"]}]}
    ]
    assert names == ["age", "city", "user_id", "fare", "member"]
    assert inputs["minItems"] == 3
    assert "defaults" in schemas["m.answer"]["properties"]

"""Records over a limit fail alone in every protocol."""

import json

import pytest
from tests.service.served_models import BINARY, RECORDS, function_model, real_model

from golive.engine.decode import Decoder
from golive.signature.model import Column
from golive.testing.services import fake_service, post, strict_json

DEEP = json.loads("[" * 150 + "]" * 150)
LONG = "x" * 101
ROWS = [RECORDS[0], RECORDS[1] | {"city": LONG}, RECORDS[2] | {"unknown": DEEP}]
NAMES = tuple(RECORDS[0])


def service():
    model = real_model()
    model.engine.decoder = Decoder(model.engine.signature, max_records=50, max_text=100)
    return fake_service(model)


def split(rows):
    columns = [*NAMES, "unknown"]
    return {"columns": columns, "data": [[row.get(name) for name in columns] for row in rows]}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/predict", ROWS),
        ("/invocations", {"dataframe_records": ROWS}),
        ("/invocations", {"dataframe_split": split(ROWS)}),
        ("/v1/models/m:predict", {"instances": ROWS}),
    ],
)
def test_a_deep_record_and_one_with_a_long_text_fail_and_the_other_is_answered(path, body):
    response = service().handle(post(body, path=path))

    answer = strict_json(response)
    found = [p["error"] for p in answer["predictions"] if "error" in (p or {})]
    codes = [(e["code"], e["field"]) for e in answer.get("errors", found)]
    assert response.status == 200
    assert codes == [("text_too_long", "city"), ("too_deep", "unknown")]
    assert response.facts.codes == {"text_too_long": 1, "too_deep": 1}


@pytest.mark.parametrize(
    ("path", "key"),
    [("/predict", "records"), ("/invocations", "instances"), ("/v1/models/m:predict", "instances")],
)
def test_a_body_that_nests_without_end_is_refused_as_a_whole(path, key):
    body = b'{"%s": ' % key.encode() + b"[" * 100_000

    response = service().handle(post(body, path=path))

    assert (response.status, strict_json(response)["code"]) == (400, "too_deep")


def test_a_tensor_with_a_long_text_fails_its_call_and_names_the_record():
    inputs = [
        {"name": name, "datatype": kind, "shape": [2], "data": [row[name] for row in ROWS[:2]]}
        for name, kind in zip(NAMES, ("INT64", "FP64", "BOOL", "BYTES"), strict=True)
    ]

    response = service().handle(post({"inputs": inputs}, path="/v2/models/m/infer"))

    errors = strict_json(response)["errors"]
    assert [(e["index"], e["code"], e["field"]) for e in errors] == [(1, "text_too_long", "city")]


@pytest.mark.parametrize("levels", [150, 100_000])
def test_a_request_as_text_in_a_tensor_that_nests_too_deeply_fails_alone(levels):
    data = ['{"n": 1}', '{"n": ' + "[" * levels + "]" * levels + "}"]
    inputs = [{"name": "request", "datatype": "BYTES", "shape": [2], "data": data}]

    response = fake_service(function_model(lambda record: record)).handle(
        post({"inputs": inputs}, path="/v2/models/f/infer")
    )

    errors = strict_json(response)["errors"]
    assert [(e["index"], e["code"]) for e in errors] == [(1, "too_deep")]


def test_a_text_model_of_a_large_csv_fails_the_long_text_alone():
    column = Column(name="body", type="text", dtype="object")
    model = real_model(output=BINARY, columns=(column,), form="series")
    model.engine.decoder = Decoder(model.engine.signature, max_text=100)
    body = b"body\nshort\n" + LONG.encode() + b"\n"

    response = fake_service(model).handle(post(body, path="/invocations", content_type="text/csv"))

    answer = strict_json(response)
    assert [(e["index"], e["code"]) for e in answer["errors"]] == [(1, "text_too_long")]

"""MLflow's scoring protocol."""

import pytest
from tests.service.served_models import (
    COLUMNS,
    MULTICLASS,
    RECORDS,
    ROWS,
    function_model,
    real_model,
)

from golive.service.context import ServiceContext
from golive.service.served import Readiness
from golive.signature.model import Column, Output
from golive.testing.services import counted_ids, fake_model, fake_service, get, post, strict_json

NAMES = [column.name for column in COLUMNS]
CSV = b"city,age,fare,member\nOslo,30,7.5,true\nRome,31,,false\nBonn,32,-1.0,true\n"
BODIES = {
    "split": {"dataframe_split": {"columns": NAMES, "index": [7, 8, 9], "data": ROWS}},
    "split in another order": {
        "dataframe_split": {"columns": NAMES[::-1], "data": [row[::-1] for row in ROWS]}
    },
    "records": {"dataframe_records": RECORDS},
    "instances": {"instances": RECORDS},
    "instances as lists": {"instances": ROWS},
    "inputs as columns": {"inputs": {n: [r[n] for r in RECORDS] for n in NAMES}},
    "inputs as columns of lists": {"inputs": {n: [[r[n]] for r in RECORDS] for n in NAMES}},
    "inputs as lists": {"inputs": ROWS},
    "inputs as records": {"inputs": RECORDS},
}


def natively(service, records=RECORDS, **options):
    answer = service.handle(post({"records": records, **options}))
    return strict_json(answer)["predictions"]


def invoke(service, body, **headers):
    return service.handle(post(body, path="/invocations", **headers))


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_every_shape_has_the_native_labels(body):
    service = fake_service(real_model())

    response = invoke(service, body)

    assert response.status == 200
    assert strict_json(response) == {"predictions": [p["label"] for p in natively(service)]}
    assert (response.facts.route, response.facts.records) == ("/invocations", 3)


@pytest.mark.parametrize(
    "content_type", ["text/csv", "text/csv; charset=utf-8", "text/csv; header=present"]
)
def test_csv_has_the_native_labels(content_type):
    service = fake_service(real_model())

    response = invoke(service, CSV, content_type=content_type)

    assert strict_json(response) == {"predictions": [p["label"] for p in natively(service)]}


def test_spaces_around_numbers_of_a_csv_say_nothing():
    service = fake_service(real_model())
    spaced = CSV.replace(b",30,7.5,", b", 30,7.5 ,")

    response = invoke(service, spaced, content_type="text/csv")

    assert strict_json(response) == {"predictions": [p["label"] for p in natively(service)]}


def test_the_signature_name_of_tensorflow_says_nothing():
    service = fake_service(real_model())

    response = invoke(service, {"instances": RECORDS, "signature_name": "serving_default"})

    assert strict_json(response) == {"predictions": [p["label"] for p in natively(service)]}


@pytest.mark.parametrize("name", ["label", "score", "probabilities"])
def test_params_choose_what_is_given_and_the_options(name):
    service = fake_service(real_model())
    body = {"instances": RECORDS, "params": {"output": name, "threshold": 0.2}}

    response = invoke(service, body)

    expected = [p[name] for p in natively(service, threshold=0.2)]
    assert strict_json(response)["predictions"] == expected


def test_top_cuts_probabilities():
    service = fake_service(real_model(output=MULTICLASS))
    body = {"instances": RECORDS, "params": {"output": "probabilities", "top": 1}}

    response = invoke(service, body)

    assert [len(p) for p in strict_json(response)["predictions"]] == [1, 1, 1]


def test_a_failed_record_is_null_and_told_of_in_errors():
    service = fake_service(real_model())
    body = {"instances": [RECORDS[0], {"age": "old"}, [1], 7, RECORDS[2]]}

    response = invoke(service, body)

    labels = [p["label"] for p in natively(service)]
    answer = strict_json(response)
    assert response.status == 200
    assert answer["predictions"] == [labels[0], None, None, None, labels[2]]
    assert [(e["index"], e["code"], e.get("field")) for e in answer["errors"]] == [
        (1, "wrong_type", "age"),
        (2, "not_an_object", None),
        (3, "not_an_object", None),
    ]
    assert answer["errors"][1]["message"] == (
        "A record must be a list of 4 values, in the order of the columns, got 1 values"
    )
    assert (response.facts.records, response.facts.failed) == (5, 3)


def test_no_answer_at_all_is_a_problem_with_the_members_of_mlflow():
    response = invoke(fake_service(real_model()), {"instances": [{"age": "old"}]})

    problem = strict_json(response)
    assert (response.status, problem["code"]) == (422, "invalid_records")
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["predictions"] == [None]
    assert [error["index"] for error in problem["errors"]] == [0]
    assert problem["error_code"] == "INVALID_PARAMETER_VALUE"
    assert problem["message"] == problem["detail"]


def test_a_failing_model_is_500():
    service = fake_service(real_model(fails_on=lambda record: True))

    response = invoke(service, {"instances": RECORDS})

    problem = strict_json(response)
    assert (response.status, problem["error_code"]) == (500, "INTERNAL_ERROR")
    assert problem["code"] == "model_failed"


@pytest.mark.parametrize(
    "body",
    [
        [],
        RECORDS,
        {},
        7,
        {"records": RECORDS},
        {"instances": RECORDS, "inputs": RECORDS},
        {"instances": RECORDS, "threshold": 0.5},
        {"instances": {"age": [1]}},
        {"instances": None},
        {"inputs": {}},
        {"inputs": {"age": [1, 2], "fare": [1]}},
        {"inputs": {"age": [1, 2], "fare": 1}},
        {"dataframe_records": {"age": 1}},
        {"dataframe_split": ROWS},
        {"dataframe_split": {"columns": NAMES}},
        {"dataframe_split": {"data": ROWS}},
        {"dataframe_split": {"columns": "age", "data": ROWS}},
        {"dataframe_split": {"columns": [None], "data": ROWS}},
        {"dataframe_split": {"columns": ["age", "age"], "data": ROWS}},
        {"dataframe_split": {"columns": NAMES, "data": "x"}},
        {"dataframe_split": {"columns": NAMES, "data": ROWS, "more": 1}},
        {"instances": RECORDS, "params": [1]},
    ],
)
def test_any_other_shape_is_422(body):
    response = invoke(fake_service(real_model()), body)

    assert (response.status, strict_json(response)["code"]) == (422, "bad_request_shape")


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"output": "value"}, "bad_option"),
        ({"output": 1}, "bad_option"),
        ({"treshold": 0.1}, "bad_option"),
        ({"threshold": 2}, "bad_option"),
        ({"top": 1}, "bad_option"),
    ],
)
def test_an_option_that_does_not_fit_is_422(params, code):
    response = invoke(fake_service(real_model()), {"instances": RECORDS, "params": params})

    assert (response.status, strict_json(response)["code"]) == (422, code)


def test_the_word_nan_is_null_and_infinity_its_records_fault():
    service = fake_service(real_model())
    rows = b'[30, NaN, true, "Oslo"], [31, -Infinity, true, "Rome"], [32, 1e400, true, "Bonn"]'
    body = b'{"dataframe_split": {"columns": ["age", "fare", "member", "city"], "data": [%s]}}'

    answer = strict_json(invoke(service, body % rows))

    null = {"age": 30, "fare": None, "member": True, "city": "Oslo"}
    assert answer["predictions"] == [natively(service, [null])[0]["label"], None, None]
    assert [(e["index"], e["code"]) for e in answer["errors"]] == [
        (1, "non_finite"),
        (2, "non_finite"),
    ]


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "malformed_json"),
        (b'{"instances": [[nan]]}', "application/json", 400, "malformed_json"),
        (b'{"instances": [[NaN, "\\ud800"]]}', "application/json", 400, "malformed_json"),
        (b"", "text/csv", 400, "malformed_csv"),
        (b"a,b\n1\n", "text/csv", 400, "malformed_csv"),
        (b"\xff", "text/csv", 400, "malformed_csv"),
        (CSV, "text/csv; charset=latin-1", 415, "unsupported_media_type"),
        (CSV, "text/csv; header=absent", 415, "unsupported_media_type"),
        (CSV, "text/plain", 415, "unsupported_media_type"),
        (CSV, "application/vnd.apache.parquet", 415, "unsupported_media_type"),
    ],
)
def test_what_cannot_be_read_has_its_status(body, content_type, status, code):
    response = invoke(fake_service(real_model()), body, content_type=content_type)

    assert (response.status, strict_json(response)["code"]) == (status, code)
    assert strict_json(response)["error_code"] == "BAD_REQUEST"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ({"instances": [1] * 51}, "application/json"),
        ({"inputs": {"age": [1] * 51}}, "application/json"),
        ({"dataframe_split": {"columns": [], "data": [[]] * 51}}, "application/json"),
        (b"age\n" + b"1\n" * 51, "text/csv"),
    ],
)
def test_too_many_records_are_413(body, content_type):
    response = invoke(fake_service(real_model()), body, content_type=content_type)

    assert (response.status, strict_json(response)["code"]) == (413, "too_many_records")


def test_a_number_too_large_for_a_float_is_that_records_fault():
    rows = b'{"instances": [[1, 1e400, true, "Oslo"], [1, 2.0, true, "Oslo"]]}'

    answer = strict_json(invoke(fake_service(real_model()), rows))

    assert [error["code"] for error in answer["errors"]] == ["non_finite"]
    assert answer["predictions"][1] is not None


@pytest.mark.parametrize("instances", [["a", "b"], [["a"], ["b"]], [{"q": "a"}, {"text": "b"}]])
def test_texts_alone_are_records_of_a_text_model(instances):
    columns = (Column(name="q", type="text", dtype="object"),)
    model = real_model(columns=columns, form="series", output=Output(kind="regression"))
    service = fake_service(model)

    answer = strict_json(invoke(service, {"instances": instances}))

    assert answer["predictions"] == [p["score"] for p in natively(service, ["a", "b"])]


def test_a_vector_alone_is_a_record_of_a_model_with_one():
    columns = (Column(name="v", type="vector", dtype="float64", length=2),)
    service = fake_service(real_model(columns=columns, output=Output(kind="regression")))
    records = [{"v": [1.0, 2.0]}, {"v": [3.0, 4.0]}]

    answer = strict_json(invoke(service, {"inputs": [[1, 2], [3, 4]]}))

    assert answer["predictions"] == [p["score"] for p in natively(service, records)]


@pytest.mark.parametrize(
    "body",
    [
        {"instances": [{"b": {"b64": "aGk="}}]},
        {"instances": [{"b64": "aGk="}]},
        {"instances": [[{"b64": "aGk="}]]},
        {"instances": ["aGk="]},
        {"inputs": [{"b64": "aGk="}]},
        {"inputs": {"b64": "aGk="}},
        {"inputs": {"b": {"b64": "aGk="}}},
        {"inputs": {"b": [{"b64": "aGk="}]}},
        {"inputs": {"b": [[{"b64": "aGk="}]]}},
        {"dataframe_split": {"columns": ["b"], "data": [[{"b64": "aGk="}]]}},
    ],
)
def test_bytes_may_be_written_as_tensorflow_writes_them(body):
    columns = (Column(name="b", type="bytes", dtype="object"),)
    model = real_model(
        columns=columns, output=Output(kind="custom"), answers=lambda record: record[0].decode()
    )

    assert strict_json(invoke(fake_service(model), body)) == {"predictions": ["hi"]}


def test_a_column_named_b64_is_a_column():
    columns = (Column(name="b64", type="bytes", dtype="object"),)
    model = real_model(
        columns=columns, output=Output(kind="custom"), answers=lambda record: record[0].decode()
    )
    body = {"instances": [{"b64": "aGk="}, {"b64": {"b64": "aGk="}}]}

    assert strict_json(invoke(fake_service(model), body)) == {"predictions": ["hi", "hi"]}


def test_a_function_model_takes_its_own_requests():
    service = fake_service(function_model(lambda request: {"n": len(request["items"])}))

    answer = strict_json(invoke(service, {"instances": [{"items": [1, 2]}, 5]}))

    assert answer["predictions"] == [{"n": 2}, None]
    assert answer["errors"][0]["code"] == "not_an_object"


def test_with_several_models_invocations_says_where_they_are():
    service = fake_service(fake_model("a"), fake_model("b"))

    missing = invoke(service, {"instances": [1]})
    found = service.handle(post({"instances": [1]}, path="/models/b/invocations"))

    assert missing.status == 404
    assert strict_json(missing)["paths"] == ["/models/a/invocations", "/models/b/invocations"]
    assert strict_json(missing)["error_code"] == "ENDPOINT_NOT_FOUND"
    assert strict_json(found) == {"predictions": [1.0]}
    assert (found.facts.route, found.facts.model) == ("/models/{name}/invocations", "b")


def test_below_invocations_of_a_single_model_is_nothing():
    problem = strict_json(fake_service().handle(post({}, path="/invocations/")))

    assert problem["detail"] == "There is nothing at this path; `paths` lists what there is."
    assert problem["paths"] == ["/invocations"]
    assert problem["error_code"] == "ENDPOINT_NOT_FOUND"


def test_ping_is_200_only_where_requests_are_welcome():
    draining = ServiceContext(new_id=counted_ids(), readiness=Readiness("draining"))

    assert fake_service().handle(get("/ping")).status == 200
    refused = fake_service(context=draining).handle(get("/ping"))
    assert (refused.status, strict_json(refused)["error_code"]) == (503, "TEMPORARILY_UNAVAILABLE")


def test_the_version_is_a_plain_text():
    response = fake_service().handle(get("/version", accept="text/plain"))

    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.body.count(b".") == 2

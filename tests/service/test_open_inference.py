"""The Open Inference Protocol in JSON."""

import pytest
from tests.service.served_models import (
    BINARY,
    COLUMNS,
    ID,
    MULTICLASS,
    RECORDS,
    VERSION,
    function_model,
    real_model,
)

from golive.service.context import ServiceContext
from golive.service.served import Readiness
from golive.signature.model import Column, Output
from golive.testing.services import counted_ids, fake_model, fake_service, get, post, strict_json
from golive.version import VERSION as GOLIVE_VERSION

PATH = "/v2/models/m/infer"
REQUEST_ID = "00000000-0000-7000-8000-000000000001"
DATATYPES = {"age": "INT64", "fare": "FP64", "member": "BOOL", "city": "BYTES"}


def tensor(name, data, *, shape=None, datatype=None, **more):
    return {
        "name": name,
        "shape": shape or [len(data)],
        "datatype": datatype or DATATYPES.get(name, "FP64"),
        "data": data,
        **more,
    }


def columns_of(records=RECORDS):
    return [tensor(name, [record[name] for record in records]) for name in DATATYPES]


def infer(service, inputs, *, path=PATH, **members):
    return service.handle(post({"inputs": inputs, **members}, path=path))


def natively(service, records=RECORDS, **options):
    answer = service.handle(post({"records": records, **options}))
    return strict_json(answer)["predictions"]


@pytest.mark.parametrize(
    "path", [PATH, f"/v2/models/m/versions/{VERSION}/infer", f"/v2/models/m/versions/{ID}/infer"]
)
def test_one_tensor_a_column_has_the_native_labels(path):
    service = fake_service(real_model())

    response = infer(service, columns_of(), path=path, id="mine")

    assert strict_json(response) == {
        "model_name": "m",
        "model_version": VERSION,
        "id": "mine",
        "outputs": [
            {
                "name": "label",
                "shape": [3],
                "datatype": "BYTES",
                "data": [p["label"] for p in natively(service)],
            }
        ],
    }


def test_without_an_id_the_answer_has_the_requests_own():
    assert strict_json(infer(fake_service(real_model()), columns_of()))["id"] == REQUEST_ID


def test_a_tensor_may_have_a_second_dimension_of_one():
    service = fake_service(real_model())
    inputs = [
        {**each, "shape": [3, 1], "data": [[value] for value in each["data"]]}
        for each in columns_of()
    ]

    response = infer(service, inputs)

    labels = [p["label"] for p in natively(service)]
    assert strict_json(response)["outputs"][0]["data"] == labels


@pytest.mark.parametrize("data", [[1, 2.5, 3, 4], [[1, 2.5], [3, 4]]])
def test_a_matrix_is_read_row_by_row_in_the_order_of_the_columns(data):
    columns = tuple(Column(name=name, type="number", dtype="float64") for name in ("a", "b"))
    service = fake_service(real_model(columns=columns, output=Output(kind="regression")))
    expected = natively(service, [{"a": 1.0, "b": 2.5}, {"a": 3.0, "b": 4.0}])

    response = infer(service, [tensor("input-0", data, shape=[2, 2], datatype="FP32")])

    assert strict_json(response)["outputs"] == [
        {
            "name": "score",
            "shape": [2],
            "datatype": "FP64",
            "data": [p["score"] for p in expected],
        }
    ]


@pytest.mark.parametrize("data", [[1, 2, 3, 4, 5, 6, 7, 8], [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]])
def test_a_nested_vector_is_a_tensor_of_more_dimensions(data):
    columns = (Column(name="v", type="vector", dtype="float64", shape=(2, 2)),)
    service = fake_service(real_model(columns=columns, output=Output(kind="regression")))
    expected = natively(service, [{"v": [[1, 2], [3, 4]]}, {"v": [[5, 6], [7, 8]]}])

    response = infer(service, [tensor("anything", data, shape=[2, 2, 2])])

    assert strict_json(response)["outputs"][0]["data"] == [p["score"] for p in expected]


def test_outputs_are_given_as_asked():
    service = fake_service(real_model())
    asked = [{"name": "score"}, {"name": "probabilities"}, {"name": "classes"}]

    response = infer(service, columns_of(), outputs=asked, parameters={"threshold": 0.1})

    expected = natively(service)
    assert strict_json(response)["outputs"] == [
        {"name": "score", "shape": [3], "datatype": "FP64", "data": [p["score"] for p in expected]},
        {
            "name": "probabilities",
            "shape": [3, 2],
            "datatype": "FP64",
            "data": [p["probabilities"][key] for p in expected for key in ("no", "yes")],
        },
        {"name": "classes", "shape": [3, 2], "datatype": "BYTES", "data": ["no", "yes"] * 3},
    ]


def test_a_threshold_moves_labels():
    service = fake_service(real_model())

    response = infer(service, columns_of(), parameters={"threshold": 0, "output": "label"})

    assert strict_json(response)["outputs"][0]["data"] == ["yes"] * 3


def test_cut_probabilities_come_with_their_classes():
    service = fake_service(real_model(output=MULTICLASS))

    response = infer(
        service, columns_of(), outputs=[{"name": "probabilities"}], parameters={"top": 1}
    )

    best = [p["probabilities"] for p in natively(service, top=1)]
    probabilities, classes = strict_json(response)["outputs"]
    assert probabilities["shape"] == classes["shape"] == [3, 1]
    assert probabilities["data"] == [value for each in best for value in each.values()]
    assert classes["data"] == [key for each in best for key in each]


@pytest.mark.parametrize(
    ("classes", "datatype"),
    [((1, 2, 3), "INT64"), ((0.5, 1, 2), "FP64"), (("a", 1, 2), "BYTES")],
)
def test_labels_have_the_datatype_of_the_classes(classes, datatype):
    service = fake_service(real_model(output=Output(kind="multiclass", classes=classes)))

    output = strict_json(infer(service, columns_of()))["outputs"][0]

    assert output["datatype"] == datatype
    expected = [p["label"] for p in natively(service)]
    assert output["data"] == (expected if datatype != "BYTES" else [str(v) for v in expected])


def test_a_failed_record_fails_the_call_and_is_named():
    service = fake_service(real_model())
    inputs = columns_of([RECORDS[0], {**RECORDS[1], "age": 2.5}, {**RECORDS[2], "age": None}])
    inputs[0]["datatype"] = "FP64"

    response = infer(service, inputs)

    problem = strict_json(response)
    message = '"age" must be an integer, got the number 2.5; send a whole number such as 42'
    assert (response.status, problem["code"]) == (400, "failed_records")
    assert response.headers["content-type"] == "application/json"
    assert problem["error"] == f"Record 1: {message} (1 more failed; `errors` names each)"
    assert [(e["index"], e["code"], e["field"]) for e in problem["errors"]] == [
        (1, "wrong_type", "age"),
        (2, "null_not_allowed", "age"),
    ]
    assert (response.facts.records, response.facts.failed) == (3, 2)


@pytest.mark.parametrize(
    ("datatype", "value"),
    [
        ("INT64", "30"),
        ("INT64", 1.5),
        ("INT64", True),
        ("INT8", 128),
        ("INT8", -129),
        ("UINT8", -1),
        ("UINT8", 256),
        ("UINT64", 2**64),
        ("FP64", "1"),
        ("FP32", False),
        ("BOOL", 1),
        ("BYTES", 1),
    ],
)
def test_an_element_that_is_not_of_its_tensors_datatype_is_a_fault(datatype, value):
    inputs = [*columns_of()[1:], tensor("age", [1, value, 3], datatype=datatype)]

    problem = strict_json(infer(fake_service(real_model()), inputs))

    first = next(error for error in problem["errors"] if error["index"] == 1)
    assert (first["code"], first["field"]) == ("wrong_type", "age")
    assert f'"age" must be {datatype}, as its tensor says, got ' in first["message"]


@pytest.mark.parametrize(
    ("datatype", "value"),
    [("INT8", -128), ("UINT8", 255), ("FP16", 3.0), ("BYTES", "30"), ("INT32", 4.0)],
)
def test_what_the_native_protocol_coerces_is_coerced(datatype, value):
    inputs = [*columns_of()[1:], tensor("age", [value] * 3, datatype=datatype)]

    assert infer(fake_service(real_model()), inputs).status == 200


def test_only_the_models_faults_are_the_servers():
    service = fake_service(real_model(fails_on=lambda record: record[0] == 31))

    response = infer(service, columns_of())

    assert (response.status, strict_json(response)["code"]) == (500, "model_failed")


@pytest.mark.parametrize(
    "inputs",
    [
        [],
        None,
        {},
        [7],
        [{}],
        [tensor("age", [1]), tensor("age", [1])],
        [tensor("age", [1]), tensor("fare", [1, 2])],
        [tensor("age", [1, 2], shape=[3])],
        [tensor("age", [[1], [2, 3]], shape=[3, 1])],
        [tensor("age", [[[1]]], shape=[1, 1])],
        [tensor("age", [1], shape=[-1])],
        [tensor("age", [1], shape=[1.0])],
        [tensor("age", [1], shape=[True])],
        [tensor("age", [1], shape="1")],
        [tensor("age", [], shape=[10**12, 0])],
        [tensor("age", [1], shape=[1] * 17)],
        [tensor("age", [1], datatype="FP8")],
        [tensor("age", [1], datatype=["FP64"])],
        [{"name": "age", "shape": [1], "datatype": "INT64"}],
        [tensor("x", [1, 2, 3], shape=[1, 3])],
        [tensor("x", [1])],
        [tensor("age", [])],
    ],
)
def test_tensors_of_the_wrong_shape_are_422(inputs):
    response = infer(fake_service(real_model()), inputs)

    assert (response.status, strict_json(response)["code"]) == (422, "bad_request_shape")


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"id": 7}, "bad_request_shape"),
        ({"more": 7}, "bad_request_shape"),
        ({"outputs": {"name": "label"}}, "bad_request_shape"),
        ({"outputs": ["label"]}, "bad_request_shape"),
        ({"outputs": [{"name": "value"}]}, "bad_option"),
        ({"outputs": [{}]}, "bad_option"),
        ({"parameters": []}, "bad_request_shape"),
        ({"parameters": {"treshold": 0.5}}, "bad_option"),
        ({"parameters": {"threshold": "a"}}, "bad_option"),
    ],
)
def test_members_that_do_not_fit_are_422(members, code):
    response = infer(fake_service(real_model()), columns_of(), **members)

    assert (response.status, strict_json(response)["code"]) == (422, code)


def test_the_model_may_be_named_again():
    named = {"model_name": "m", "model_version": None}

    assert infer(fake_service(real_model()), columns_of(), **named).status == 200


def test_what_tritons_client_adds_is_no_option():
    hints = {"binary_data_output": True, "priority": 1, "timeout": 5, "sequence_id": 3}
    hints |= {"sequence_start": True, "sequence_end": True, "content_type": "pd", "headers": {}}

    assert infer(fake_service(real_model()), columns_of(), parameters=hints).status == 200


def test_too_many_records_are_413():
    response = infer(fake_service(real_model()), [tensor("age", [1] * 51)])

    assert (response.status, strict_json(response)["code"]) == (413, "too_many_records")


def test_no_records_have_an_empty_answer():
    response = infer(fake_service(real_model()), [tensor(n, [], shape=[0]) for n in DATATYPES])

    assert strict_json(response)["outputs"][0] == {
        "name": "label",
        "shape": [0],
        "datatype": "BYTES",
        "data": [],
    }


@pytest.mark.parametrize("content_type", ["application/octet-stream", "application/json"])
def test_binary_tensors_are_415_and_say_what_to_do(content_type):
    service = fake_service(real_model())
    announced = {"name": "age", "shape": [1], "datatype": "INT64"}
    announced["parameters"] = {"binary_data_size": 8}
    request = post(
        {"inputs": [announced]},
        path=PATH,
        content_type=content_type,
        inference_header_content_length="90",
    )

    by_header = service.handle(request)
    by_parameter = infer(service, [announced])

    assert by_header.status == by_parameter.status == 415
    assert "binary_data=False" in strict_json(by_header)["error"]
    assert "in binary" in strict_json(by_parameter)["error"]


def test_a_body_without_a_declared_type_is_read_unless_a_browser_sent_it():
    service = fake_service(real_model())
    untyped = post({"inputs": columns_of()}, path=PATH)
    del untyped.headers["content-type"]

    answered = service.handle(untyped)
    untyped.headers["origin"] = "https://evil.example"
    refused = service.handle(untyped)

    assert (answered.status, refused.status) == (200, 415)


def test_a_function_model_takes_requests_as_texts():
    service = fake_service(function_model(lambda request: {"n": len(request["items"])}))
    path = "/v2/models/f/infer"
    texts = tensor("request", ['{"items": [1, 2]}'], datatype="BYTES")
    broken = tensor("request", ["{", '{"items": 1e400}', None], datatype="BYTES")

    answer = strict_json(infer(service, [texts], path=path))
    problem = strict_json(infer(service, [broken], path=path))

    assert answer["outputs"] == [
        {"name": "value", "shape": [1], "datatype": "BYTES", "data": ['{"n":2}']}
    ]
    assert [error["code"] for error in problem["errors"]] == [
        "wrong_type",
        "non_finite",
        "wrong_type",
    ]
    assert infer(service, [tensor("request", [1])], path=path).status == 422


def test_the_metadata_names_every_tensor():
    columns = (
        *COLUMNS,
        Column(name="seen", type="datetime", dtype="datetime64[us]"),
        Column(name="v", type="vector", dtype="float64", shape=(24, 3)),
        Column(name="w", type="vector", dtype="float64"),
        Column(name="photo", type="image", dtype="object"),
        Column(name="code", type="category", dtype="int64", categories=(1, 2)),
    )
    service = fake_service(real_model(columns=columns))

    for path in ("/v2/models/m", f"/v2/models/m/versions/{VERSION}"):
        assert strict_json(service.handle(get(path))) == {
            "name": "m",
            "versions": [VERSION],
            "platform": "golive",
            "inputs": [
                {"name": "age", "datatype": "INT64", "shape": [-1]},
                {"name": "fare", "datatype": "FP64", "shape": [-1]},
                {"name": "member", "datatype": "BOOL", "shape": [-1]},
                {"name": "city", "datatype": "BYTES", "shape": [-1]},
                {"name": "seen", "datatype": "BYTES", "shape": [-1]},
                {"name": "v", "datatype": "FP64", "shape": [-1, 24, 3]},
                {"name": "w", "datatype": "FP64", "shape": [-1, -1]},
                {"name": "photo", "datatype": "BYTES", "shape": [-1]},
                {"name": "code", "datatype": "INT64", "shape": [-1]},
            ],
            "outputs": [
                {"name": "label", "datatype": "BYTES", "shape": [-1]},
                {"name": "score", "datatype": "FP64", "shape": [-1]},
                {"name": "probabilities", "datatype": "FP64", "shape": [-1, 2]},
                {"name": "classes", "datatype": "BYTES", "shape": [-1, 2]},
            ],
        }


def test_a_classifier_without_probabilities_gives_labels_alone():
    output = Output(kind="binary", classes=BINARY.classes, positive="yes", has_probabilities=False)

    about = strict_json(fake_service(real_model(output=output)).handle(get("/v2/models/m")))

    assert [each["name"] for each in about["outputs"]] == ["label"]


def test_the_server_and_its_models_tell_how_they_are():
    service = fake_service()

    answers = {path: strict_json(service.handle(get(path))) for path in _HEALTH}

    assert answers == _HEALTH


_HEALTH = {
    "/v2": {"name": "golive", "version": GOLIVE_VERSION, "extensions": []},
    "/v2/health/live": {"live": True},
    "/v2/health/ready": {"ready": True},
    "/v2/models/sum/ready": {"name": "sum", "ready": True},
    "/v2/models/sum/versions/0123456789ab/ready": {"name": "sum", "ready": True},
}


@pytest.mark.parametrize("stage", ["starting", "draining"])
def test_a_service_that_is_not_ready_says_so_and_lives(stage):
    context = ServiceContext(new_id=counted_ids(), readiness=Readiness(stage))
    service = fake_service(context=context)

    assert service.handle(get("/v2/health/live")).status == 200
    for path in ("/v2/health/ready", "/v2/models/sum/ready"):
        response = service.handle(get(path))
        assert response.status == 503
        assert strict_json(response)["error"] == strict_json(response)["detail"]


def test_what_is_not_served_is_404_and_says_what_is():
    service = fake_service(fake_model("a"), fake_model("b"))

    unknown_model = service.handle(post({}, path="/v2/models/x/infer"))
    unknown_version = service.handle(post({}, path="/v2/models/b/versions/1/infer"))

    assert strict_json(unknown_model)["error"] == ("There is no model 'x' here; served are: a, b.")
    assert strict_json(unknown_version)["error"] == (
        "b has no version '1' here; the one served is '0123456789ab'."
    )

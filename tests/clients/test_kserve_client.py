"""KServe's own REST client against `/v1` and `/v2`."""

import asyncio

import pytest
from tests.end_to_end.agreement import batches

kserve = pytest.importorskip("kserve")
pytestmark = [
    pytest.mark.slow,
    # KServe's own use of what it depends on.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning"),
]
DATATYPES = {"int": "INT64", "float": "FP64", "str": "BYTES"}


def ask(protocol, method, *args, **kwargs):
    """What the client's method gives."""

    async def run():
        config = kserve.inference_client.RESTConfig(protocol=protocol)
        async with kserve.InferenceRESTClient(config) as client:
            return await getattr(client, method)(*args, **kwargs)

    return asyncio.run(run())


def tensors_of(records):
    """One input a column."""
    inputs = []
    for name in records[0]:
        data = [record[name] for record in records]
        kind = type(next(value for value in data if value is not None)).__name__
        inputs.append(kserve.InferInput(name, [len(data)], DATATYPES[kind], data))
    return inputs


def infer(site, inputs, model="income", **more):
    request = kserve.InferRequest(model_name=model, infer_inputs=inputs, request_id="7", **more)
    return ask("v2", "infer", site.url, request, model_name=model)


@pytest.mark.parametrize("size", [1, 7, 100])
def test_rows_get_the_models_own_labels_from_v1(site, income, size):
    labels = []
    for instances in batches(income.records, size):
        answer = ask("v1", "infer", site.url, {"instances": instances}, model_name="income")
        labels += answer["predictions"]

    assert labels == income.labels


@pytest.mark.parametrize("name", ["version", "whole_id"])
def test_v1_answers_under_the_version_too(site, income, name):
    model = f"income/versions/{getattr(site, name)}"
    instances = [list(record.values()) for record in income.records]

    answer = ask("v1", "infer", site.url, {"instances": instances}, model_name=model)

    assert answer["predictions"] == income.labels


def test_failed_records_are_null_and_named_in_v1(site, income):
    records = [dict(record) for record in income.records]
    records[5]["age"] = "old"

    answer = ask("v1", "infer", site.url, {"instances": records}, model_name="income")

    assert answer["predictions"] == [*income.labels[:5], None, *income.labels[6:]]
    assert [(e["index"], e["code"], e["field"]) for e in answer["errors"]] == [
        (5, "wrong_type", "age")
    ]


def test_the_v1_server_and_its_model_are_ready(site):
    assert ask("v1", "is_server_live", site.url)
    assert ask("v1", "is_model_ready", site.url, "income")


def test_the_client_shows_why_v1_refuses(site):
    with pytest.raises(Exception, match="There is no model 'x' here; served are: income"):
        ask("v1", "infer", site.url, {"instances": []}, model_name="x")


@pytest.mark.parametrize("size", [1, 7, 100])
def test_tensors_get_the_models_own_labels_from_v2(site, income, size):
    labels = []
    for records in batches(income.records, size):
        response = infer(site, tensors_of(records))
        assert (response.model_name, response.id) == ("income", "7")
        labels += response.outputs[0].data

    assert labels == income.labels


def test_scores_and_probabilities_are_asked_for_as_outputs(site, income):
    outputs = [kserve.protocol.infer_type.RequestedOutput(n) for n in ("score", "probabilities")]

    response = infer(site, tensors_of(income.records), request_outputs=outputs)

    score, probabilities = (output.as_numpy() for output in response.outputs)
    assert score.tolist() == pytest.approx(income.scores, rel=1e-12)
    assert probabilities.shape == (len(income.records), 2)
    assert probabilities[:, 1].tolist() == pytest.approx(income.scores, rel=1e-12)


@pytest.mark.parametrize("name", ["version", "whole_id"])
def test_v2_answers_under_the_version_too(site, income, name):
    model = f"income/versions/{getattr(site, name)}"

    assert infer(site, tensors_of(income.records), model).outputs[0].data == income.labels


def test_a_failed_record_fails_the_call_in_v2_and_the_client_shows_it(site, income):
    records = [dict(record) for record in income.records]
    records[5]["hours_per_week"] = 0.5
    inputs = tensors_of(records)
    inputs[list(records[0]).index("hours_per_week")]._datatype = "FP64"

    with pytest.raises(Exception, match="400 Bad Request") as caught:
        infer(site, inputs)

    assert 'Record 5: "hours_per_week" must be an integer, got the number 0.5' in str(caught.value)


def test_binary_tensors_are_refused_with_the_way_out(site, income):
    numpy = pytest.importorskip("numpy")
    tensor = kserve.InferInput("age", [2], "INT64")
    tensor.set_data_from_numpy(numpy.array([30, 40]), binary_data=True)

    with pytest.raises(Exception, match="415 Unsupported Media Type") as caught:
        infer(site, [tensor])

    assert "binary_data=False" in str(caught.value)


def test_the_v2_server_and_its_model_are_ready(site):
    assert ask("v2", "is_server_live", site.url)
    assert ask("v2", "is_server_ready", site.url)
    assert ask("v2", "is_model_ready", site.url, "income")
    assert not ask("v2", "is_model_ready", site.url, "x")


def test_several_models_answer_each_under_its_name(crowd, income):
    instances = {"instances": income.records}

    assert infer(crowd, tensors_of(income.records), "other").outputs[0].data == income.labels
    answer = ask("v1", "infer", crowd.url, instances, model_name="other")
    assert answer["predictions"] == income.labels

"""Triton's own HTTP client against `/v2`."""

import numpy as np
import pytest
from tests.end_to_end.agreement import batches

http = pytest.importorskip("tritonclient.http")
pytestmark = [
    pytest.mark.slow,
    # What gevent does to the interpreter.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning"),
]
DATATYPES = {"i": "INT64", "f": "FP64", "O": "BYTES"}


@pytest.fixture
def client(site):
    with http.InferenceServerClient(f"{site.host}:{site.port}") as client:
        yield client


def tensors_of(frame, *, width=0):
    """One input a column, of the shape [n] or [n, 1], with its data as JSON."""
    inputs = []
    for name in frame.columns:
        values = frame[name].to_numpy()
        values = values.astype(object) if values.dtype.kind not in "if" else values
        values = values.reshape(-1, 1) if width else values
        tensor = http.InferInput(name, list(values.shape), DATATYPES[values.dtype.kind])
        inputs.append(tensor.set_data_from_numpy(values, binary_data=False))
    return inputs


def label_of(result):
    return result.as_numpy("label").tolist()


@pytest.mark.parametrize("size", [1, 7, 100])
@pytest.mark.parametrize("width", [0, 1])
def test_tensors_get_the_models_own_labels(client, income, size, width):
    labels = []
    for rows in batches(range(len(income.frame)), size):
        frame = income.frame.iloc[list(rows)]
        labels += label_of(client.infer("income", tensors_of(frame, width=width)))

    assert labels == income.labels


@pytest.mark.parametrize("name", ["version", "whole_id"])
def test_the_version_may_be_named(client, site, income, name):
    inputs = tensors_of(income.frame)

    result = client.infer("income", inputs, model_version=getattr(site, name), request_id="7")

    assert label_of(result) == income.labels
    assert result.get_response()["id"] == "7"
    assert result.get_response()["model_version"] == site.version


def test_outputs_and_parameters_are_asked_for(client, income):
    asked = [http.InferRequestedOutput(n, binary_data=False) for n in ("score", "label")]

    result = client.infer(
        "income", tensors_of(income.frame), outputs=asked, parameters={"threshold": 0.2}
    )

    assert result.as_numpy("score").tolist() == pytest.approx(income.scores, rel=1e-12)
    expected = [">50K" if score >= 0.2 else "<=50K" for score in income.scores]
    assert label_of(result) == expected


def test_bodies_may_be_compressed_both_ways(client, income):
    result = client.infer(
        "income",
        tensors_of(income.frame),
        request_compression_algorithm="gzip",
        response_compression_algorithm="gzip",
    )

    assert label_of(result) == income.labels


def test_a_failed_record_fails_the_call_and_is_named(client, income):
    frame = income.frame.assign(age=income.frame["age"].astype(float))
    frame.loc[9, "age"] = 30.5

    with pytest.raises(http.InferenceServerException) as caught:
        client.infer("income", tensors_of(frame))

    assert caught.value.status() == "400"
    assert caught.value.message().startswith(
        'Record 9: "age" must be an integer, got the number 30.5; send a whole number such as '
    )


def test_binary_tensors_are_refused_with_the_way_out(client):
    tensor = http.InferInput("age", [2], "INT64").set_data_from_numpy(np.array([30, 40]))

    with pytest.raises(http.InferenceServerException, match="binary_data=False") as caught:
        client.infer("income", [tensor])

    assert caught.value.status() == "415"


def test_server_and_model_are_ready_and_described(client, site):
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready("income")
    assert client.is_model_ready("income", site.version)
    assert not client.is_model_ready("income", "12")
    assert client.get_server_metadata()["name"] == "golive"
    about = client.get_model_metadata("income", site.whole_id)
    assert about["versions"] == [site.version]
    assert about["inputs"][0] == {"name": "age", "datatype": "INT64", "shape": [-1]}
    assert about["outputs"][0] == {"name": "label", "datatype": "BYTES", "shape": [-1]}
    with pytest.raises(http.InferenceServerException, match="no version '12' here"):
        client.get_model_metadata("income", "12")


def test_several_models_answer_each_under_its_name(crowd, income):
    with http.InferenceServerClient(f"{crowd.host}:{crowd.port}") as client:
        assert label_of(client.infer("other", tensors_of(income.frame))) == income.labels

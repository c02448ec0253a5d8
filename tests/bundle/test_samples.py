"""A bundle of every format is kept; each must open as long as golive lives."""

import shutil
from pathlib import Path

import pytest

from golive.bundle.golden import GoldenRecord
from golive.bundle.proof import Deviation, Timing, Tried
from golive.bundle.reading import open_bundle
from golive.engine.answers import Answer
from golive.engine.loading import load_bundle

SAMPLES = Path(__file__).parent / "samples"


def opened(name, request, tmp_path, cache):
    if request.param == "archive":
        return open_bundle(SAMPLES / f"{name}.zip", cache=cache)
    shutil.copytree(SAMPLES / name, tmp_path / name)
    return open_bundle(tmp_path / name, cache=cache)


@pytest.fixture(params=["directory", "archive"])
def format_1(request, tmp_path, cache):
    return opened("format-1", request, tmp_path, cache)


@pytest.fixture(params=["directory", "archive"])
def format_2(request, tmp_path, cache):
    return opened("format-2", request, tmp_path, cache)


def test_a_bundle_of_format_1_opens(format_1):
    assert format_1.name == "sample"
    assert format_1.manifest.id == (
        "0527e94eb2c7b3cd1d6a0bb758144f8e7414929b850a67675b7dae6084419c68"
    )
    assert format_1.manifest.model.file == "model/model.joblib"
    assert format_1.card == "# sample\n"
    assert format_1.requirements == ("joblib==1.4.2", "scikit-learn==1.5.2")


def test_the_signature_of_format_1_is_read(format_1):
    age, sex = format_1.signature.columns

    assert (age.name, age.type, age.maximum, age.on_null) == ("age", "integer", 90, "error")
    assert (sex.name, sex.categories, sex.on_null) == ("sex", ("Female", "Male"), "pass")
    assert format_1.signature.output.threshold == 0.4


def test_the_golden_records_of_format_1_are_read(format_1):
    assert format_1.golden == (
        GoldenRecord(
            {"age": 39, "sex": "Male"},
            {"label": "<=50K", "score": 0.25, "probabilities": {"<=50K": 0.75, ">50K": 0.25}},
        ),
        GoldenRecord(
            {"age": None, "sex": None},
            {"error": {"code": "null_not_allowed", "message": "age is null", "field": "age"}},
        ),
    )


def test_the_profile_of_format_1_is_read(format_1):
    assert format_1.profile.rows == 2
    assert format_1.profile.evaluation is not None
    assert format_1.profile.evaluation.metrics == {"accuracy": 1.0}
    assert format_1.profile.calibration is not None
    assert format_1.profile.calibration.rates == (0.0, 1.0)


def test_the_original_answers_for_a_bundle_of_format_1(format_1):
    assert format_1.manifest.answers == "original"
    assert format_1.manifest.answers_because == (
        "It was packed by a golive that did not compile models."
    )
    assert format_1.proof is None


def test_a_bundle_of_format_2_opens(format_2):
    assert format_2.name == "sample"
    assert format_2.manifest.id == (
        "dddd92c0a51ff59a24209102419308b033b5297ad9fa9cae3fc264edf79e57e6"
    )
    assert format_2.manifest.answers == "compiled"
    assert format_2.golden == (GoldenRecord({"age": 39}, {"score": 79.0}),)


def test_the_proof_of_format_2_is_read(format_2):
    proof = format_2.proof

    assert proof is not None
    assert proof.is_chosen
    assert (proof.rows, proof.refused, proof.steps, proof.size) == (3, 1, 2, 414)
    assert proof.tried[1] == Tried(kind="infinite", rows=1, refused=1)
    assert proof.worst == Deviation(
        kind="sample",
        row={"age": 39},
        original={"score": 79.0},
        compiled={"score": 79.00000000000001},
        relative=1.8e-16,
    )
    assert proof.timings[0] == Timing(rows=1, original=41.0, compiled=1.0)


def test_the_program_of_format_2_answers_without_the_model(format_2):
    loaded = load_bundle(format_2)

    assert loaded.engine.answer(loaded.engine.decoder.decode_rows([{"age": 20}])) == [
        Answer(score=41.0)
    ]

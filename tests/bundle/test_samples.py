"""A bundle of every format is kept; each must open as long as golive lives."""

import shutil
from pathlib import Path

import pytest

from golive.bundle.golden import GoldenRecord
from golive.bundle.reading import open_bundle

SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture(params=["directory", "archive"])
def format_1(request, tmp_path, cache):
    shutil.copytree(SAMPLES / "format-1", tmp_path / "format-1")
    name = "format-1" if request.param == "directory" else "format-1.zip"
    folder = tmp_path if request.param == "directory" else SAMPLES
    return open_bundle(folder / name, cache=cache)


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

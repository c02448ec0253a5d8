from __future__ import annotations

import platform

import pytest
from tests.packing.mlflow_directories import write_mlmodel

from golive.packing.mlflow_directory import read_directory
from golive.packing.mlflow_requirements import take_over

HERE = ".".join(platform.python_version().split(".")[:2])


@pytest.fixture
def directory(tmp_path):
    def make(flavors, *requirements, python=HERE):
        (tmp_path / "model.pkl").touch()
        python_function = {"python_version": f"{python}.1"}
        return read_directory(
            write_mlmodel(
                tmp_path,
                {**flavors, "python_function": python_function},
                requirements=requirements,
            )
        )

    return make


SKLEARN = {"sklearn": {"pickled_model": "model.pkl"}}


def test_a_native_model_needs_what_it_was_proven_with_and_no_more(directory):
    found = directory(SKLEARN, "mlflow==3.17.2", "numpy==2.1.0", "pytest==8.0.0")

    requirements, notes = take_over(found, ["numpy==2.1.0", "scikit-learn==1.7.0"])

    assert requirements == ("numpy==2.1.0", "scikit-learn==1.7.0")
    assert notes == ()


def test_other_versions_than_those_that_trained_are_named(directory):
    found = directory(SKLEARN, "Scikit_Learn==1.5.2", "numpy==2.1.0", "pandas", python="3.9")

    _, notes = take_over(found, ["numpy==2.1.0+local", "scikit-learn==1.7.0"])

    versions, python = notes
    assert versions == (
        "Packed with Scikit_Learn 1.7.0 instead of 1.5.2, which MLflow wrote down when the model "
        "was saved: the answers are those of the versions here."
    )
    assert python == (
        f"The model was saved with Python 3.9.1 and packed with {platform.python_version()}."
    )


def test_a_pyfunc_keeps_what_it_may_import_later(directory):
    found = directory({}, "pytest==1.0", "no-such-package==2.0", "numpy[extra]>=1", "./local.whl")

    requirements, notes = take_over(found, ["numpy==2.1.0"])

    assert requirements == (
        "./local.whl",
        "no-such-package==2.0",
        "numpy==2.1.0",
        f"pytest=={pytest.__version__}",
    )
    assert len(notes) == 1
    assert f"pytest {pytest.__version__} instead of 1.0" in notes[0]


def test_other_models_keep_what_was_proven():
    assert take_over(None, ["numpy==2.1.0"]) == (("numpy==2.1.0",), ())

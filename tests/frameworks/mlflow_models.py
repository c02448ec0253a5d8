"""Directories that MLflow itself writes, of models that were really trained."""

import warnings
from pathlib import Path

import pandas as pd

import golive

OWN_MODEL = """
import mlflow
import pandas as pd


class Weighed(mlflow.pyfunc.PythonModel):
    def load_context(self, context):
        with open(context.artifacts["weight"]) as file:
            self.weight = float(file.read())

    def predict(self, context, model_input, params=None):
        from own_shift import SHIFT

        total = model_input["a"] * self.weight + model_input["b"] + SHIFT
        return total + (params or {}).get("plus", 0.0)


mlflow.models.set_model(Weighed())
"""


def save_pyfunc(folder: Path, inputs: pd.DataFrame, **options) -> Path:
    """A custom model with an artifact, a module of its own, a parameter and an input example."""
    import mlflow
    from mlflow.models import infer_signature

    parts = folder.with_name("parts")
    parts.mkdir()
    (parts / "own_model.py").write_text(OWN_MODEL)
    (parts / "own_shift.py").write_text("SHIFT = 0.25\n")
    (parts / "weight.txt").write_text("3.5")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mlflow.pyfunc.save_model(
            folder,
            python_model=str(parts / "own_model.py"),
            artifacts={"weight": str(parts / "weight.txt")},
            code_paths=[str(parts / "own_shift.py")],
            signature=infer_signature(inputs, [1.0], params={"plus": 10.0}),
            pip_requirements=["mlflow", "pandas"],
            **options,
        )
    return folder


def pack_small(bundle: Path) -> None:
    """Pack a custom model into `bundle`."""
    from tests.frameworks.tables import INPUTS

    golive.pack(save_pyfunc(bundle.with_name("own"), INPUTS), INPUTS, output=bundle)

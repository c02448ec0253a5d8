"""MLflow's python functions: custom models that only MLflow can load and call."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from golive.errors import ModelLoadError, UsageError
from golive.optional import require

__all__ = ["PyfuncEstimator", "load_pyfunc"]


def load_pyfunc(directory: Path) -> PyfuncEstimator:
    """Load a model with MLflow. Its code runs, and stays importable in this process.

    Raises:
        ModelLoadError: MLflow cannot load it.
        MissingExtraError: MLflow is not installed.
    """
    pyfunc = require("mlflow.pyfunc", extra="mlflow")
    sys.dont_write_bytecode = True  # a bundle does not change, whenever its code is imported
    try:
        model = pyfunc.load_model(str(directory), suppress_warnings=True)
    except Exception as error:
        raise ModelLoadError(
            f"MLflow cannot load the model: {type(error).__name__}: {error}",
            hint="Load it with mlflow.pyfunc.load_model in this environment; if a module is "
            "missing, save the model with code_paths, or pack with --code.",
        ) from error
    return PyfuncEstimator(model)


class PyfuncEstimator:
    """A pyfunc that is called, and says what it takes, as scikit-learn's estimators do.

    Parameters have the defaults of the model's signature.

    Attributes:
        feature_names_in_: The columns of its schema; absent if it names none.
        n_features_in_: The width of its one array; absent if it takes columns.
    """

    def __init__(self, model: Any) -> None:
        """Wrap a loaded pyfunc.

        Raises:
            UsageError: It takes arrays that are no rows of numbers.
        """
        self._model = model
        self._dtype: Any = None
        schema = model.metadata.get_input_schema()
        if schema is None:
            return
        if not schema.is_tensor_spec():
            if schema.has_input_names():
                self.feature_names_in_ = np.asarray(schema.input_names(), dtype=object)
            return
        [spec, *others] = schema.inputs
        if others or spec.name or len(spec.shape) != 2:
            raise UsageError(
                "The model takes named arrays, or one that is not of rank 2.",
                hint="Pack a function that makes them (file.py:function).",
            )
        self._dtype = spec.type
        if spec.shape[1] > 0:
            self.n_features_in_ = int(spec.shape[1])

    def predict(self, given: Any) -> Any:
        """One answer a row: an array, or a list of plain values for answers with several parts."""
        if self._dtype is not None:
            given = np.asarray(given).astype(self._dtype)
        return _by_row(self._model.predict(given))


def _by_row(answers: Any) -> Any:
    match answers:
        case pd.DataFrame() if answers.shape[1] == 1:
            return answers.iloc[:, 0].to_numpy()
        case pd.DataFrame():
            return _records({str(name): answers[name].tolist() for name in answers.columns})
        case pd.Series():
            return answers.to_numpy()
        case dict():
            return _records({str(name): np.asarray(v).tolist() for name, v in answers.items()})
        case _:
            return answers


def _records(columns: dict[str, list[Any]]) -> list[dict[str, Any]]:
    rows = zip(*columns.values(), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]

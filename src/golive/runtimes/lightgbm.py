"""Native LightGBM boosters, from their text files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from golive.errors import ModelLoadError
from golive.optional import require
from golive.runtimes import outputs
from golive.runtimes.boosters import BoosterFacts
from golive.runtimes.frames import input_builder
from golive.runtimes.partition import brittle_columns, predict_apart
from golive.runtimes.protocols import Batch, Outputs
from golive.signature.model import OutputKind, Signature

__all__ = ["LightgbmModel", "booster_facts", "load_booster"]

_MULTICLASS = ("multiclass", "softmax", "multiclassova", "multiclass_ova", "ova", "ovr")


def load_booster(path: Path) -> Any:
    """Read a booster from the text that `save_model` wrote.

    Raises:
        ModelLoadError: The file is no model of LightGBM.
        MissingExtraError: LightGBM is not installed.
    """
    lightgbm = require("lightgbm", extra="lightgbm")
    try:
        return lightgbm.Booster(model_file=str(path))
    except (lightgbm.basic.LightGBMError, ValueError, UnicodeDecodeError) as error:
        raise ModelLoadError(
            f"LightGBM cannot read {path.name}: {error}",
            hint="Write it with booster.save_model('model.txt').",
        ) from error


def booster_facts(booster: Any) -> BoosterFacts:
    """What a booster's file says about its input and output."""
    header = _header(booster)
    objective = header.get("objective", "custom").partition(" ")[0]
    kind, n_classes = _kind_of(objective, int(header.get("num_class", "1")))
    names = tuple(booster.feature_name())
    automatic = tuple(f"Column_{i}" for i in range(len(names)))
    categorical = tuple(names[i] for i in _categorical_positions(booster))
    stored = booster.pandas_categorical or []
    return BoosterFacts(
        objective=objective,
        kind=kind,
        n_classes=n_classes,
        has_probabilities=n_classes > 0,
        n_features=int(booster.num_feature()),
        feature_names=None if names == automatic else names,
        categorical=categorical,
        categories={
            n: tuple(v) for n, v in zip(categorical, stored, strict=False)
        } if len(stored) == len(categorical) else {},
    )  # fmt: skip


def _header(booster: Any) -> dict[str, str]:
    """The `key=value` lines that a model's text starts with."""
    text: str = booster.model_to_string(num_iteration=1).partition("\nTree=")[0]
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def _kind_of(objective: str, declared: int) -> tuple[OutputKind, int]:
    if objective == "binary":
        return "binary", 2
    if objective in _MULTICLASS:
        return "multiclass", declared
    return "regression", 0


def _categorical_positions(booster: Any) -> list[int]:
    """From the parameters that the file ends with; older files do not name them."""
    declared = booster.params.get("categorical_feature") or booster.params.get("categorical_column")
    return [int(i) for i in declared] if isinstance(declared, list) else []


class LightgbmModel:
    """Answers batches with a booster, on one thread: workers, not threads, share the cores."""

    def __init__(self, booster: Any, signature: Signature) -> None:
        """Wrap a booster.

        Raises:
            ModelLoadError: The signature's columns are not the booster's, in its order; LightGBM
                itself would go by position without a word.
        """
        _check_columns(booster, signature)
        self._booster = booster
        self._output = signature.output
        self._build = input_builder(signature, boolean_nulls="number")
        self._brittle = brittle_columns(signature)

    def predict(self, batch: Batch) -> Outputs:
        """Answer every record of the batch, in order."""
        if not batch.size:
            return outputs.empty_outputs(self._output)
        return predict_apart(batch, self._brittle, self._predict_alike)

    def _predict_alike(self, batch: Batch) -> Outputs:
        raw = self._booster.predict(self._build(batch), num_threads=1)
        match self._output.kind:
            case "regression":
                return Outputs(values=outputs.numbers(raw, batch.size))
            case "custom":
                return Outputs(values=outputs.values(raw, batch.size))
            case "binary" if raw.ndim == 1:
                scores = outputs.numbers(raw, batch.size)
                return Outputs(probabilities=[[1.0 - score, score] for score in scores])
            case _:
                n_classes = len(self._output.classes)
                return Outputs(probabilities=outputs.probability_rows(raw, batch.size, n_classes))


def _check_columns(booster: Any, signature: Signature) -> None:
    facts = booster_facts(booster)
    if signature.form != "frame":
        return
    given = tuple(name.replace(" ", "_") for name in signature.column_names)
    if facts.feature_names is None and len(given) == facts.n_features:
        return
    if given != facts.feature_names:
        raise ModelLoadError(
            f"The booster was trained with the columns {', '.join(booster.feature_name())};"
            f" the signature has {', '.join(signature.column_names)}.",
            hint="Name the signature's columns as in training, in the same order.",
        )

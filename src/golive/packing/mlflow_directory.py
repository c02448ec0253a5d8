"""MLflow model directories: what their `MLmodel` file says, read without MLflow."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from golive.bundle.manifest import Loader, RuntimeKind
from golive.bundle.requirements import decode_requirements
from golive.errors import UsageError
from golive.files import is_safe_relative
from golive.packing.mlflow_schema import DeclaredSchema, parse_schema
from golive.packing.model_files import loader_of

__all__ = ["MLMODEL", "MlflowDirectory", "is_mlflow_directory", "read_directory", "refuse_uri"]

MLMODEL = "MLmodel"
_SCHEMES = ("runs:/", "models:/", "mlflow-artifacts:/", "dbfs:/")
_PLAIN_NAMES = frozenset({"model", "artifacts"})
_Found = tuple[RuntimeKind, Loader, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MlflowDirectory:
    """A model that MLflow saved, and how golive packs it.

    Attributes:
        path: The directory.
        kind: The runtime that answers with it: the flavor's own, or `pyfunc`.
        loader: The format of its file.
        file: The model's file inside the directory; `MLmodel` for a pyfunc, which needs all files.
        code: The directory of its `code_paths`, or None.
        schema: The inputs that its signature declares; None if it has no signature.
        requirements: The lines of its requirements.txt.
        example: The file of its input example, or None.
        python_version: Of the process that saved it, or None.
        name: What to call the model if nobody says.
    """

    path: Path
    kind: RuntimeKind
    loader: Loader
    file: str
    code: Path | None
    schema: DeclaredSchema | None
    requirements: tuple[str, ...]
    example: Path | None
    python_version: str | None
    name: str

    def sample(self) -> pd.DataFrame | np.ndarray | list[Any]:
        """The input example.

        Raises:
            UsageError: There is none, or it is of a form that is no table.
        """
        if self.example is None:
            raise UsageError(
                f"There is no training sample, and {self.path} has no input example.",
                hint="Give the sample with --data, or save the model with input_example=….",
            )
        return _read_example(self.example)


def refuse_uri(reference: str) -> None:
    """Refuse an address in an MLflow server.

    Raises:
        UsageError: It is one; the hint is the command that downloads it.
    """
    if reference.startswith(_SCHEMES):
        raise UsageError(
            f"{reference} is an address in an MLflow server, which golive does not ask.",
            hint=f"mlflow artifacts download -u {reference} -d model   (then pack that directory)",
        )


def is_mlflow_directory(path: Path) -> bool:
    """Whether a path is a directory that MLflow saved a model to."""
    return (path / MLMODEL).is_file()


def read_directory(path: Path) -> MlflowDirectory:
    """Read what a directory says of its model; nothing in it is run.

    Raises:
        UsageError: `MLmodel` cannot be read, or its model is of a kind that cannot be packed.
    """
    content = _read_mlmodel(path / MLMODEL)
    flavors = {name: _settings(found) for name, found in _settings(content.get("flavors")).items()}
    kind, loader, file = _model_file(path, flavors)
    if not is_safe_relative(file) or not (path / file).is_file():
        raise UsageError(
            f"{path} names the model file {file!r}, which is not there.",
            hint="Download the whole directory again.",
        )
    python = flavors.get("python_function", {})
    code = python.get("code")
    requirements = path / "requirements.txt"
    return MlflowDirectory(
        path=path,
        kind=kind,
        loader=loader,
        file=file,
        code=path / code if isinstance(code, str) and (path / code).is_dir() else None,
        schema=parse_schema(_settings(content.get("signature")).get("inputs")),
        requirements=(
            decode_requirements(requirements.read_text("utf-8")) if requirements.is_file() else ()
        ),
        example=_example_file(path, _settings(content.get("saved_input_example_info"))),
        python_version=python.get("python_version"),
        name=_name(path, content),
    )


def _read_mlmodel(file: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(file.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}", hint="It must be YAML.") from error
    if not isinstance(content, dict) or not isinstance(content.get("flavors"), dict):
        raise UsageError(
            f"{file} names no flavors.", hint="Give a directory that MLflow's save_model wrote."
        )
    return content


def _settings(found: object) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}


def _model_file(path: Path, flavors: dict[str, dict[str, Any]]) -> _Found:
    """The first flavor that is known, the native ones first: they need no MLflow to answer."""
    for flavor, find in _NATIVE.items():
        if flavor in flavors:
            return find(path, flavors[flavor])
    if "python_function" in flavors:
        return "pyfunc", "mlflow", MLMODEL
    raise UsageError(
        f"{path} is of the flavor {', '.join(flavors)}, which golive does not pack.",
        hint=f"Known flavors are {', '.join(_NATIVE)} and python_function.",
    )


def _sklearn_file(_: Path, settings: dict[str, Any]) -> _Found:
    file = str(settings.get("pickled_model", "model.pkl"))
    return "sklearn", "skops" if file.endswith(".skops") else "pickle", file


def _xgboost_file(_: Path, settings: dict[str, Any]) -> _Found:
    return "xgboost", "xgboost", str(settings.get("data", "model.xgb"))


def _lightgbm_file(path: Path, settings: dict[str, Any]) -> _Found:
    file = str(settings.get("data", "model.lgb"))
    if file.endswith((".pkl", ".skops")):  # one of LightGBM's scikit-learn estimators
        return _sklearn_file(path, {"pickled_model": file})
    return "lightgbm", "lightgbm", file


def _keras_file(path: Path, settings: dict[str, Any]) -> _Found:
    folder = str(settings.get("data", "data"))
    for name in ("model.keras", "model.h5"):
        if (path / folder / name).is_file():
            return "keras", "keras", f"{folder}/{name}"
    raise UsageError(
        f"{path} holds a TensorFlow program and no Keras file.",
        hint="Save the Keras model as .keras: mlflow.keras.save_model(model, path).",
    )


def _pytorch_file(path: Path, settings: dict[str, Any]) -> _Found:
    folder = str(settings.get("model_data", "data"))
    file = (
        f"{folder}/model.pt2" if (path / folder / "model.pt2").is_file() else f"{folder}/model.pth"
    )
    found = loader_of(path / file) if (path / file).is_file() else ("pytorch", "torch-pickle")
    return *found, file


def _onnx_file(_: Path, settings: dict[str, Any]) -> _Found:
    return "onnx", "onnx", str(settings.get("data", "model.onnx"))


_NATIVE: dict[str, Callable[[Path, dict[str, Any]], _Found]] = {
    "sklearn": _sklearn_file,
    "xgboost": _xgboost_file,
    "lightgbm": _lightgbm_file,
    "keras": _keras_file,
    "tensorflow": _keras_file,
    "pytorch": _pytorch_file,
    "onnx": _onnx_file,
}


def _name(path: Path, content: dict[str, Any]) -> str:
    """The directory's name, or the artifact's where that one says no more than `model`."""
    own = path.resolve().name
    if own not in _PLAIN_NAMES:
        return own
    logged = str(content.get("artifact_path") or "").rstrip("/").rpartition("/")[2]
    return logged or own


def _example_file(path: Path, info: dict[str, Any]) -> Path | None:
    name = str(info.get("artifact_path") or "input_example.json")
    file = path / name
    return file if is_safe_relative(name) and file.is_file() else None


def _read_example(file: Path) -> pd.DataFrame | np.ndarray | list[Any]:
    """Tables as MLflow writes them: split, records, or a tensor under `inputs`."""
    try:
        content = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise UsageError(f"{file} is no JSON: {error}", hint="Give --data instead.") from error
    match content:
        case {"columns": list(columns), "data": list(rows)}:
            return pd.DataFrame(rows, columns=columns)
        case {"inputs": list(rows)} | {"data": list(rows)}:
            return np.asarray(rows)
        case list(rows) if rows and isinstance(rows[0], list):
            return np.asarray(rows)
        case list(rows):
            return rows
        case dict(row):
            return [row]
        case _:
            raise UsageError(
                f"The input example {file} is no table.", hint="Give the sample with --data."
            )

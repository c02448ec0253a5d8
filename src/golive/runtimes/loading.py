"""Loading a bundle's model: the runtime of each kind is imported only where it is needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never

import msgspec

from golive.bundle.manifest import ModelSpec, RuntimeKind
from golive.errors import ModelLoadError
from golive.runtimes.protocols import Model
from golive.signature.model import Signature

if TYPE_CHECKING:
    from golive.runtimes.codespace import CodeSpace

__all__ = ["Loaded", "load_estimator", "load_model", "model_for"]


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """A loaded model.

    Attributes:
        model: Answers batches.
        request_type: Function models: the annotation of the request, or None.
        estimator: What was unpickled: an estimator, a booster or a function.
    """

    model: Model
    request_type: Any
    estimator: object


def load_model(root: Path, spec: ModelSpec, signature: Signature) -> Loaded:
    """Load the model of the bundle (or staging directory) at `root`.

    Raises:
        ModelLoadError: It cannot be loaded; the message names what is missing.
        MissingExtraError: Its kind needs an extra that is not installed.
    """
    estimator = load_estimator(root, spec)
    return Loaded(
        model=model_for(estimator, spec.kind, signature),
        request_type=_request_type(estimator, spec.kind),
        estimator=estimator,
    )


def load_estimator(root: Path, spec: ModelSpec) -> object:
    """Load only the estimator, booster or function that the model is made of.

    Raises:
        ModelLoadError: As `load_model`.
        MissingExtraError: As `load_model`.
    """
    path = root / spec.file
    if not path.is_file():
        raise ModelLoadError(f"There is no file {spec.file} in {root}.")
    match spec.kind:
        case "sklearn":
            from golive.runtimes.unpickling import unpickle

            return unpickle(path, spec, _code_space(root))
        case "xgboost":
            from golive.runtimes import xgboost

            return xgboost.load_booster(path)
        case "lightgbm":
            from golive.runtimes import lightgbm

            return lightgbm.load_booster(path)
        case "function":
            return _function(root, path, spec)
        case "onnx" | "keras" | "pytorch":
            return _tensor_program(root, path, spec)
        case "pyfunc":
            from golive.runtimes.pyfunc import load_pyfunc

            return load_pyfunc(path.parent)
        case kind:
            assert_never(kind)


def model_for(estimator: Any, spec_kind: RuntimeKind, signature: Signature) -> Model:
    """Wrap an estimator, booster or function that is loaded already."""
    match spec_kind:
        case "sklearn" | "pyfunc":
            from golive.runtimes.sklearn import SklearnModel

            return SklearnModel(estimator, signature)
        case "xgboost":
            from golive.runtimes.xgboost import XgboostModel

            return XgboostModel(estimator, signature)
        case "lightgbm":
            from golive.runtimes.lightgbm import LightgbmModel

            return LightgbmModel(estimator, signature)
        case "function":
            from golive.runtimes.function import FunctionModel

            return FunctionModel(estimator)
        case "onnx" | "keras" | "pytorch":
            from golive.runtimes.tensors import TensorModel

            return TensorModel(estimator, signature)
        case kind:
            assert_never(kind)


def _code_space(root: Path) -> CodeSpace | None:
    from golive.runtimes.codespace import CodeSpace

    code = root / "code"
    return CodeSpace(code) if code.is_dir() else None


def _tensor_program(root: Path, path: Path, spec: ModelSpec) -> object:
    match spec.kind:
        case "onnx":
            from golive.runtimes import onnx

            return onnx.load_program(path)
        case "keras":
            from golive.runtimes import keras

            return keras.load_program(path, spec, _code_space(root))
        case _:
            from golive.runtimes import pytorch

            return pytorch.load_program(path, spec, _code_space(root))


def _function(root: Path, path: Path, spec: ModelSpec) -> object:
    from golive.runtimes.function import load_function

    space = _code_space(root)
    if space is None or spec.function is None:
        raise ModelLoadError("A function model needs a source file under code/ and a function.")
    return load_function(path, spec.function, space)


def _request_type(estimator: Any, kind: RuntimeKind) -> Any:
    if kind != "function":
        return None
    from golive.runtimes.function import function_types

    return function_types(estimator).request

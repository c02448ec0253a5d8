"""Keras models, from `.keras` and HDF5 files, as tensor programs."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from golive.bundle.manifest import ModelSpec
from golive.errors import GoliveError, ModelLoadError
from golive.runtimes.codespace import CodeSpace
from golive.runtimes.keras_backend import import_keras
from golive.runtimes.keras_failures import keras_failure
from golive.runtimes.keras_objects import custom_objects
from golive.runtimes.tensor_program import TensorFacts, TensorSpec

__all__ = ["KerasProgram", "load_program"]

_Array = np.ndarray[Any, Any]
_TRIAL_ROWS = 2


def load_program(path: Path, spec: ModelSpec, space: CodeSpace | None) -> KerasProgram:
    """Load a model for inference: its optimizer, losses and metrics are not read.

    Layers that hold Python bytecode (a `Lambda` of a lambda) are refused, as Keras does by itself.

    Args:
        path: A `.keras` or HDF5 file.
        spec: The backend that it was packed with, and the module that stands in for `__main__`.
        space: The bundle's own modules, whose layers and functions the model may name.

    Raises:
        ModelLoadError: It cannot be loaded; the message names the layer or function.
        MissingExtraError: Keras is not installed.
    """
    keras = import_keras(spec.backend)
    try:
        with custom_objects(space) as own, warnings.catch_warnings():
            # Keras 2 wrote the shape of the input into the first layer, which is no fault here.
            warnings.filterwarnings("ignore", "Do not pass an `input_shape`", UserWarning)
            model = keras.saving.load_model(path, custom_objects=own, compile=False)
    except GoliveError:
        raise
    except Exception as error:
        raise keras_failure(error, path) from error
    return KerasProgram(model)


class KerasProgram:
    """A model in inference mode; safe to call from several threads.

    With TensorFlow it is one graph for batches of every size, traced when it is made.

    Attributes:
        model: The Keras model.
        backend: The backend that it computes with.
        facts: The arrays that it takes and gives.
    """

    def __init__(self, model: Any) -> None:
        """Wrap a built model.

        Raises:
            ModelLoadError: It was saved before it was built, so that its inputs are not known.
        """
        self.model = model
        keras = import_keras(None)
        self.backend: str = keras.config.backend()
        inputs = _input_specs(model)
        batch_size = _fixed_batch_size(model)
        self._call = _traced(model, inputs, batch_size) if self.backend == "tensorflow" else None
        self._convert: Callable[[Any], _Array] = keras.ops.convert_to_numpy
        trial = self._outputs([_zeros(spec, batch_size or _TRIAL_ROWS) for spec in inputs])
        self.facts = TensorFacts(
            inputs=inputs,
            outputs=tuple(
                TensorSpec(name, array.dtype.name, _output_shape(model, at, array))
                for at, (name, array) in enumerate(
                    zip(_output_names(model, len(trial)), trial, strict=True)
                )
            ),
            batch_size=batch_size,
        )

    def run(self, inputs: list[_Array]) -> list[_Array]:
        """Compute the outputs of n records; see `TensorProgram.run`."""
        return self._outputs(inputs)

    def _outputs(self, inputs: list[_Array]) -> list[_Array]:
        found = _called(self.model, inputs) if self._call is None else self._call(inputs)
        return [_plain(self._convert(each)) for each in found]


def _called(model: Any, inputs: Sequence[Any]) -> list[Any]:
    """What the model gives, as a flat list of its backend's tensors."""
    keras = import_keras(None)
    given = _structured(model, inputs)
    if keras.config.backend() != "torch":
        return list(keras.tree.flatten(model(given, training=False)))
    import torch

    with torch.no_grad():
        return list(keras.tree.flatten(model(given, training=False)))


def _structured(model: Any, inputs: Sequence[Any]) -> Any:
    """The inputs in the structure in which the model was built: an array, a list or a dict."""
    keras = import_keras(None)
    if getattr(model, "inputs", None):
        return keras.tree.pack_sequence_as(_structure(model, model.inputs), list(inputs))
    shapes = _built_shapes(model)
    if isinstance(shapes, Mapping):
        return dict(zip(shapes, inputs, strict=True))
    return inputs[0] if len(inputs) == 1 else list(inputs)


def _structure(model: Any, tensors: Sequence[Any]) -> Any:
    """The structure of a model's inputs; a `Sequential` has one and does not say it."""
    return tensors[0] if len(tensors) == 1 and not hasattr(model, "output_names") else model.input


def _traced(
    model: Any, inputs: tuple[TensorSpec, ...], batch_size: int | None
) -> Callable[[list[_Array]], list[Any]]:
    import tensorflow as tf

    def call(*given: Any) -> list[Any]:
        return _called(model, given)

    shown = [
        tf.TensorSpec((batch_size, *spec.shape), _tensorflow_type(spec.dtype)) for spec in inputs
    ]
    graph = tf.function(call, input_signature=shown, autograph=False)
    compute = graph.get_concrete_function()

    def run(arrays: list[_Array]) -> list[Any]:
        given = [tf.constant(array, each.dtype) for array, each in zip(arrays, shown, strict=True)]
        return list(compute(*given))

    return run


def _tensorflow_type(dtype: str) -> str:
    return "string" if dtype == "object" else dtype


def _input_specs(model: Any) -> tuple[TensorSpec, ...]:
    if found := getattr(model, "inputs", None):
        names = _names_of(_structure(model, found), [each.name for each in found])
        return tuple(
            TensorSpec(name, _numpy_type(each.dtype), tuple(each.shape[1:]))
            for name, each in zip(names, found, strict=True)
        )
    shapes = _built_shapes(model)
    if shapes is None:
        raise ModelLoadError(
            f"The {type(model).__name__} was saved before it was built, so the shape of its input"
            " is not known.",
            hint="Call it once on a batch (or begin it with keras.Input(...)) and save it again.",
        )
    named = shapes if isinstance(shapes, Mapping) else {"input": shapes}
    return tuple(TensorSpec(n, "float32", tuple(shape[1:])) for n, shape in named.items())


def _numpy_type(dtype: Any) -> str:
    return "object" if dtype == "string" else str(dtype)


def _names_of(structure: Any, names: Sequence[str]) -> list[str]:
    """The keys of a dict in Keras's order, which is sorted; else the names that were given."""
    return sorted(structure) if isinstance(structure, Mapping) else list(names)


def _built_shapes(model: Any) -> Any:
    """Subclassed models: the shape of the input, or of each by name, that they were built with."""
    config = model.get_build_config() if model.built else None
    return (config or {}).get("input_shape")


def _fixed_batch_size(model: Any) -> int | None:
    sizes = {each.shape[0] for each in getattr(model, "inputs", None) or ()} - {None}
    return sizes.pop() if sizes else None


def _output_names(model: Any, count: int) -> list[str]:
    if not getattr(model, "outputs", None):
        return ["output"] if count == 1 else [f"output_{at}" for at in range(count)]
    if isinstance(model.outputs, list) and hasattr(model, "output_names"):
        structure = model.output
        return _names_of(structure, model.output_names)
    return [str(model.layers[-1].name)]


def _output_shape(model: Any, at: int, trial: _Array) -> tuple[int | None, ...]:
    """As the model says it, where it does; else as it was on trial."""
    found = getattr(model, "outputs", None)
    return tuple(found[at].shape[1:]) if found else trial.shape[1:]


def _zeros(spec: TensorSpec, rows: int) -> _Array:
    shape = (rows, *(1 if size is None else size for size in spec.shape))
    return np.full(shape, "", object) if spec.dtype == "object" else np.zeros(shape, spec.dtype)


def _plain(array: _Array) -> _Array:
    """The array in a type that NumPy itself has: half precision and bfloat16 as 32-bit floats."""
    return array if array.dtype.kind in "biuO" or array.itemsize >= 4 else array.astype("float32")

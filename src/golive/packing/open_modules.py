"""Modules that do not say which arrays they take: found on the sample, and kept in the bundle.

A module from memory is exported, if that gives the same answers: an exported program says what it
takes, needs none of the module's source, and runs no code of a pickle when it is loaded.
"""

from __future__ import annotations

from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from golive.bundle.manifest import ModelSpec
from golive.errors import ModelOutputError, SignatureError
from golive.packing.direct import without_nulls
from golive.packing.draft import Asked, read_frame
from golive.packing.pictures import with_pictures
from golive.packing.source import StagedModel
from golive.packing.trial_arrays import trial_arrays
from golive.runtimes.loading import load_estimator
from golive.runtimes.tensor_program import TensorFacts, TensorSpec
from golive.runtimes.torch_modules import FACTS_FILE, ModuleProgram, OpenModule

__all__ = ["described"]

_Array = np.ndarray[Any, Any]
_FEW = 3
_MANY = 500
_EXPORTED = ModelSpec(kind="pytorch", loader="torch-export", file="model/model.pt2")


def described(
    staged: StagedModel, data: object, asked: Asked
) -> tuple[StagedModel, tuple[str, ...]]:
    """The staged model with its arrays known, exported where it came from memory.

    Args:
        staged: The model; one whose arrays are known is given back as it is.
        data: The sample: a table, or the file of one.
        asked: Which column of the sample is no input, and which ones hold images.

    Returns:
        The staged model, and notes.

    Raises:
        SignatureError: The module cannot be called on the sample.
    """
    if not isinstance(staged.estimator, OpenModule):
        return staged, ()
    sample = read_frame(data, asked.target)
    files = [name for name in asked.images if name not in sample or not _holds_arrays(sample[name])]
    sample = with_pictures(sample, files, asked.pixels)
    inputs = sample.drop(columns=[name for name in sample if name == asked.target])
    whole = without_nulls(inputs).iloc[:_MANY]
    arrays, facts = _found(staged.estimator, whole)
    program = staged.estimator.described(facts)
    file = staged.root / staged.spec.file
    file.with_name(FACTS_FILE).write_bytes(msgspec.json.encode(facts))
    known = replace(staged, estimator=program)
    if staged.is_from_memory and staged.spec.loader == "torch-pickle":
        return _exported(known, program, arrays)
    return known, ()


def _holds_arrays(column: pd.Series[Any]) -> bool:
    """Arrays of images are what the module takes already."""
    return any(isinstance(value, np.ndarray) for value in column.head(_FEW))


def _found(module: OpenModule, frame: pd.DataFrame) -> tuple[list[_Array], TensorFacts]:
    """The first arrays that the module takes, and what it then gives."""
    failure: Exception | None = None
    tried: list[str] = []
    number = _own_number(module.module)
    for arrays in trial_arrays(frame, module.input_names, number):
        few = [array[:_FEW] for array in arrays]
        try:
            outputs = module.call(few)
        except Exception as error:  # noqa: BLE001  # the module's own code, of any kind
            failure = failure or error
            tried.append(" and ".join(f"{a.dtype} of shape {a.shape}" for a in few))
            continue
        _refuse_other_counts(outputs, len(few[0]))
        names = module.input_names
        return arrays, TensorFacts(
            inputs=tuple(_spec(n, array) for n, array in zip(names, few, strict=True)),
            outputs=tuple(_spec(name, array) for name, array in outputs.items()),
        )
    reason = f"{type(failure).__name__}: {str(failure).strip()[-300:]}"
    raise SignatureError(
        f"The module cannot be called on the sample (as {'; '.join(tried[:3])}): {reason}",
        hint="Give the columns as the module takes them, nested lists for more than one dimension,"
        " and the target's name with --target; or export it with torch.export and pack that.",
    ) from failure


def _own_number(module: Any) -> str:
    """The type of the module's floats; what has none takes 32 bits, as most do."""
    kinds = (p.dtype for p in module.parameters() if p.is_floating_point())
    return str(next(kinds, "torch.float32")).removeprefix("torch.")


def _spec(name: str, array: _Array) -> TensorSpec:
    return TensorSpec(name, array.dtype.name, array.shape[1:])


def _refuse_other_counts(outputs: dict[str, _Array], size: int) -> None:
    for name, array in outputs.items():
        if array.ndim == 0 or len(array) != size:
            raise ModelOutputError(
                f"The module gives an array of shape {array.shape} as {name!r} for {size} rows;"
                " the rows must come first.",
                hint="Wrap it in a module whose outputs have one entry a row.",
            )


def _exported(
    staged: StagedModel, program: ModuleProgram, arrays: list[_Array]
) -> tuple[StagedModel, tuple[str, ...]]:
    """The module as an exported program, if it can be exported and answers the same."""
    file = staged.root / _EXPORTED.file
    try:
        _export(program, arrays, file)
        exported: Any = load_estimator(staged.root, _EXPORTED)
        _refuse_other_answers(program.run(arrays), exported.run(arrays))
    except Exception as error:  # noqa: BLE001  # the exporter's, of any kind: the pickle is kept
        file.unlink(missing_ok=True)
        reason = str(error).strip().partition("\n")[0][:200]
        note = (
            "The module was packed as a pickle, which needs its source: torch.export cannot export"
            f" it ({type(error).__name__}: {reason})."
        )
        return staged, (note,)
    pickled = staged.root / staged.spec.file
    pickled.unlink()
    pickled.with_name(FACTS_FILE).unlink()
    return replace(staged, spec=_EXPORTED, estimator=exported), ()


def _export(program: ModuleProgram, arrays: list[_Array], file: Path) -> None:
    import torch

    batch = torch.export.Dim("batch")
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):  # it prints graphs it refuses
        exported = torch.export.export(
            program.module,
            tuple(torch.tensor(array[:_FEW]) for array in arrays),
            dynamic_shapes=tuple({0: batch} for _ in arrays),
        )
    with file.open("wb") as target:
        torch.export.save(exported, target)


def _refuse_other_answers(own: list[_Array], exported: list[_Array]) -> None:
    for ours, theirs in zip(own, exported, strict=True):
        if not np.allclose(ours, theirs, rtol=1e-6, atol=1e-7, equal_nan=True):
            raise ModelOutputError("its answers would differ from the module's own")

"""Selection: which columns of the sample are the model's inputs."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from difflib import get_close_matches

import numpy as np
import pandas as pd
from pandas.api import types

from golive.errors import SignatureError
from golive.packing.model_knowledge import ModelKnowledge
from golive.packing.pictures import Picture

__all__ = ["ENVELOPE_KEY", "select_columns", "select_text_column"]

ENVELOPE_KEY = "records"
_Selected = tuple[list[str], list[str]]


def select_columns(frame: pd.DataFrame, target: str | None, knowledge: ModelKnowledge) -> _Selected:
    """The input columns in the model's order, and notes.

    Raises:
        SignatureError: The target or a column that the model needs is not in the data, the number
            of columns is not the model's, or a name is reserved.
    """
    _check_target(frame, target)
    if knowledge.feature_names is None:
        names = _all_but_target(frame, target, knowledge.n_features)
        notes: list[str] = []
    else:
        names, notes = _known(frame, target, knowledge)
    _refuse_reserved(names)
    return names, notes


def select_text_column(frame: pd.DataFrame, target: str | None) -> _Selected:
    """The one column that a text model reads, and notes.

    Raises:
        SignatureError: No column holds texts, or several do and none is named `text`.
    """
    _check_target(frame, target)
    texts = [str(n) for n in frame.columns if n != target and _holds_texts(frame[n])]
    if "text" in texts:
        texts = ["text"]
    if len(texts) != 1:
        listed = ", ".join(map(repr, texts)) if texts else "none"
        raise SignatureError(
            f"The model reads one text, and it is not clear from which column ({listed}).",
            hint="Rename the column to 'text', and name the target's column with --target.",
        )
    _refuse_reserved(texts)
    return texts, _extra_notes(frame, target, texts)


def _refuse_reserved(names: Sequence[str]) -> None:
    if ENVELOPE_KEY in names:
        raise SignatureError(
            f"A column may not be called {ENVELOPE_KEY!r}: requests use that name.",
            hint="Rename the column; if the model knows its name, train again.",
        )


def _holds_texts(series: pd.Series) -> bool:
    if types.is_object_dtype(series.dtype):
        found = series.dropna()
        return len(found) > 0 and isinstance(found.iloc[0], str)
    return types.is_string_dtype(series.dtype)


def _check_target(frame: pd.DataFrame, target: str | None) -> None:
    if target is not None and target not in frame.columns:
        raise SignatureError(
            f"The data has no target column {target!r}.",
            hint=_nearest(target, frame.columns),
        )


def _nearest(target: str, columns: pd.Index) -> str:
    near = get_close_matches(target, [str(name) for name in columns], n=1)
    meant = f"Did you mean: --target {shlex.quote(near[0])}? " if near else ""
    return f"{meant}Its columns are {_listed(columns)}."


def _all_but_target(frame: pd.DataFrame, target: str | None, count: int | None) -> list[str]:
    names = [str(name) for name in frame.columns if name != target]
    if count is None or len(names) == count or (len(names) == 1 and _is_vector(frame[names[0]])):
        return names
    if target is None and len(names) == count + 1:
        hint = f"If one of them is the target, name it, such as --target {shlex.quote(names[-1])}."
    else:
        hint = "Give the columns that the model was trained on; name the target with --target."
    raise SignatureError(
        f"The model takes {count} columns and saw no names; the data has {len(names)}: "
        f"{_listed(names)}.",
        hint=hint,
    )


def _is_vector(series: pd.Series) -> bool:
    return isinstance(series.iloc[0], list | tuple | np.ndarray | Picture | bytes)


def _known(frame: pd.DataFrame, target: str | None, knowledge: ModelKnowledge) -> _Selected:
    assert knowledge.feature_names is not None
    names = [name for name in knowledge.feature_names if name not in knowledge.unused]
    if target is not None and target in names:
        raise SignatureError(
            f"The target {target!r} is one of the columns that the model was trained on.",
            hint="Train without it, or name another column with --target.",
        )
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise SignatureError(
            f"The data lacks {_listed(missing)}, which the model was trained on.",
            hint=f"Its columns are {_listed(frame.columns)}. Names must match exactly.",
        )
    notes = _extra_notes(frame, target, knowledge.feature_names)
    unused = sorted(knowledge.unused - {target})
    if unused:
        notes.append(f"The model never reads {_listed(unused)}: left out of the signature.")
    return names, notes


def _extra_notes(frame: pd.DataFrame, target: str | None, names: Sequence[str]) -> list[str]:
    extra = [str(name) for name in frame.columns if name not in names and name != target]
    if not extra:
        return []
    if target is None and len(extra) == 1:
        return [
            f"Column {extra[0]!r} looks like the target; pass --target {shlex.quote(extra[0])}."
        ]
    return [f"Not inputs of the model, left out: {_listed(extra)}."]


def _listed(names: Sequence[object] | pd.Index) -> str:
    shown = ", ".join(repr(str(name)) for name in list(names)[:30])
    return shown if len(names) <= 30 else f"{shown} and {len(names) - 30} more"

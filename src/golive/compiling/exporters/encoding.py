"""Encoders of categories and of targets.

What an encoder makes of each category is asked of the encoder itself, a row for each: so drops,
infrequent categories and the codes of missing ones need no second implementation here.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from scipy import sparse

from golive.compiling.exporting import Exporter, Exports, NotExportableError
from golive.compiling.given import Given, Made

__all__ = ["EXPORTERS"]

_UNSEEN = "\0 a category that no encoder has seen \0"


def _flags(encoder: Any, given: Given, exports: Exports) -> Made:
    nodes = _checked(given, exports)
    columns, offset = [], 0
    for at, width in enumerate(_flag_widths(encoder)):
        block = _asked(encoder, at, knows_others=encoder.handle_unknown != "error")
        places = [_place(row, offset) for row in block[:, offset : offset + width]]
        columns.append(_column(encoder, given, at, len(places)) | {"places": places})
        offset += width
        if offset > block.shape[1]:
            raise NotExportableError("OneHotEncoder with another number of columns than expected")
    gives: Any = "sparse" if encoder.sparse_output else "dense"
    nodes.append(exports.step("encoding.flags", gives, offset, args={"columns": columns}))
    after = Given(gives=gives, width=offset, is_float32=_is_float32(encoder), is_finite=True)
    return Made(node=exports.pipeline(nodes), given=after)


def _flag_widths(encoder: Any) -> list[int]:
    """How many values each column becomes."""
    widths = [len(categories) for categories in encoder.categories_]
    infrequent = getattr(encoder, "infrequent_categories_", None) or [None] * len(widths)
    dropped = encoder.drop_idx_ if encoder.drop_idx_ is not None else [None] * len(widths)
    return [
        width - (0 if few is None else len(few) - 1) - (drop is not None)
        for width, few, drop in zip(widths, infrequent, dropped, strict=True)
    ]


def _place(row: Any, offset: int) -> int:
    """Where the row has its 1; -1 if it has none."""
    found = np.flatnonzero(row)
    return int(found[0]) + offset if len(found) else -1


def _ordinal(encoder: Any, given: Given, exports: Exports) -> Made:
    knows_others = encoder.handle_unknown != "error"
    is_float32 = _is_float32(encoder)
    return _values(encoder, given, exports, knows_others=knows_others, is_float32=is_float32)


def _target(encoder: Any, given: Given, exports: Exports) -> Made:
    return _values(encoder, given, exports, knows_others=True, is_float32=False)


def _values(
    encoder: Any, given: Given, exports: Exports, *, knows_others: bool, is_float32: bool
) -> Made:
    nodes = _checked(given, exports)
    blocks = [_asked(encoder, at, knows_others=knows_others) for at in range(given.width)]
    each = blocks[0].shape[1] // given.width
    found = [block[:, at * each : (at + 1) * each] for at, block in enumerate(blocks)]
    columns = [_column(encoder, given, at, len(block)) for at, block in enumerate(found)]
    answers = np.concatenate([block.ravel() for block in found]).astype(np.float64)
    width = each * given.width
    nodes.append(
        exports.step(
            "encoding.values",
            "dense",
            width,
            args={"columns": columns, "each": each},
            arrays={"answers": answers},
        )
    )
    after = Given(gives="dense", width=width, is_float32=is_float32)
    return Made(node=exports.pipeline(nodes), given=after)


def _is_float32(encoder: Any) -> bool:
    """Whether the encoder gives 32-bit floats.

    Raises:
        NotExportableError: It gives neither these nor those of 64 bits.
    """
    dtype = np.dtype(encoder.dtype)
    if dtype not in (np.dtype(np.float64), np.dtype(np.float32)):
        raise NotExportableError(f"{type(encoder).__name__} with dtype={dtype.name}")
    return bool(dtype == np.float32)


def _checked(given: Given, exports: Exports) -> list[dict[str, Any]]:
    if given.gives not in ("table", "dense"):
        raise NotExportableError("an encoder of rows that have no columns")
    if given.gives == "table" or given.is_finite:
        return []
    return [exports.step("checking.no_infinity", "dense", given.width)]


def _column(encoder: Any, given: Given, at: int, answers: int) -> dict[str, Any]:
    """How the values of a column are found among the answers."""
    values = [_plain(value) for value in encoder.categories_[at].tolist()]
    if given.gives == "dense" and any(_is_beyond_floats(value) for value in values):
        raise NotExportableError("whole numbers beyond 2**53 as categories of rows of floats")
    missing = [place for place, value in enumerate(values) if value != value]
    floats = given.gives == "table" and given.columns[at].dtype.lower().startswith("float")
    return {
        "values": [None if value != value else value for value in values],
        "nan": missing[0] if missing else None,
        "unseen": len(values) if answers > len(values) else None,
        "is_float": floats,
    }


def _is_beyond_floats(value: Any) -> bool:
    """Whether a float may stand for it and for its neighbours too."""
    return isinstance(value, int) and abs(value) >= 1 << 53


def _plain(value: Any) -> Any:
    found = value.item() if isinstance(value, np.generic) else value
    if found is None or isinstance(found, str | bool | int | float):
        return found
    raise NotExportableError(f"categories that are a {type(found).__name__}")


def _asked(encoder: Any, at: int, *, knows_others: bool) -> Any:
    """What the encoder makes of each category of a column, and last of an unseen one."""
    known = [categories.tolist() for categories in encoder.categories_]
    asked = [*known[at], *([_UNSEEN] if knows_others else [])]
    rows = np.empty((len(asked), len(known)), dtype=object)
    for column, categories in enumerate(known):
        rows[:, column] = asked if column == at else categories[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        answers = encoder.transform(rows)
    return answers.toarray() if sparse.issparse(answers) else np.asarray(answers)


EXPORTERS: dict[str, Exporter] = {
    "sklearn.OneHotEncoder": _flags,
    "sklearn.OrdinalEncoder": _ordinal,
    "sklearn.TargetEncoder": _target,
}

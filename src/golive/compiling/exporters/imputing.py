"""Imputers and indicators of missing values."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec
import numpy as np

from golive.compiling.exporters.scaling import Rows
from golive.compiling.exporting import Exporter, Exports, NotExportableError
from golive.compiling.given import Given, Made
from golive.signature.model import Column

__all__ = ["EXPORTERS"]


def _simple(imputer: Any, given: Given, exports: Exports) -> Made:
    statistics = np.asarray(imputer.statistics_)
    kept = _kept(imputer, statistics)
    flagged = [] if imputer.indicator_ is None else imputer.indicator_.features_.tolist()
    if imputer._fit_dtype.kind == "O":
        return _objects(imputer, statistics, given, exports, kept=kept, flagged=flagged)
    _refuse_integers_for_floats(imputer, given)
    rows = Rows(given, exports)
    args = {"missing": _missing_number(imputer), "kept": kept, "flagged": flagged}
    rows.check("no_infinity" if args["missing"] is None else "finite")
    kind = np.float32 if rows.given.is_float32 else np.float64
    fills = statistics.astype(kind).astype(np.float64)
    width = len(kept) + len(flagged)
    rows.nodes.append(
        exports.step("imputing.simple", "dense", width, args=args, arrays={"fills": fills})
    )
    return rows.made(width=width, is_finite=bool(np.isfinite(fills[kept]).all()))


def _kept(imputer: Any, statistics: Any) -> list[int]:
    """The columns that had values when the imputer was fitted; it drops the others."""
    is_empty = np.array([value != value for value in statistics.tolist()], dtype=bool)
    if imputer.strategy == "constant" and is_empty.any():
        raise NotExportableError("SimpleImputer with NaN as its fill_value")
    if callable(imputer.strategy):
        raise NotExportableError("SimpleImputer with a function as its strategy")
    if getattr(imputer, "keep_empty_features", False):
        return list(range(len(statistics)))
    return [int(at) for at in np.flatnonzero(~is_empty)]


def _refuse_integers_for_floats(imputer: Any, given: Given) -> None:
    """scikit-learn refuses a fill value of floats for a frame of integers."""
    if imputer.strategy != "constant" or not given.columns:
        return
    fitted = imputer._fit_dtype.kind
    if fitted == "f" and all(column.type == "integer" for column in given.columns):
        raise NotExportableError("SimpleImputer with a constant fitted on other types")


def _missing_number(imputer: Any) -> float | None:
    """The number that stands for a missing value; None for NaN."""
    value = imputer.missing_values
    if not isinstance(value, int | float | np.integer | np.floating):
        raise NotExportableError(f"{type(imputer).__name__} with missing_values={value!r}")
    return None if value != value else float(value)


def _is_na(value: Any) -> bool:
    return type(value).__name__ == "NAType"


def _objects(
    imputer: Any, statistics: Any, given: Given, exports: Exports, *,
    kept: list[int], flagged: list[int],
) -> Made:  # fmt: skip
    """An imputer of an array of objects, such as texts."""
    _refuse_other_than_objects(given)
    missing = imputer.missing_values
    if _is_na(missing) or not (missing is None or isinstance(missing, str | float)):
        raise NotExportableError(f"SimpleImputer of texts with missing_values={missing!r}")
    args = {
        "missing": ["nan"] if missing != missing else ["value", missing],
        "kept": kept,
        "flagged": flagged,
        "fills": [_plain(value) if at in kept else None for at, value in enumerate(statistics)],
    }
    width = len(kept) + len(flagged)
    node = exports.step("imputing.objects", "table", width, args=args)
    columns = [msgspec.structs.replace(given.columns[at], dtype="object") for at in kept]
    columns += [Column(name="", type="boolean", dtype="object") for _ in flagged]
    after = dataclasses.replace(
        given, width=width, names=None, columns=tuple(columns), is_finite=False
    )
    return Made(node=node, given=after)


def _refuse_other_than_objects(given: Given) -> None:
    if given.gives != "table":
        raise NotExportableError("SimpleImputer fitted on objects where it gets numbers")
    is_numeric = all(c.type in ("integer", "number", "boolean") for c in given.columns)
    if is_numeric and not any(column.dtype == "object" for column in given.columns):
        raise NotExportableError("SimpleImputer fitted on objects where it gets numbers")
    if any(column.dtype.startswith(("string", "boolean")) for column in given.columns):
        raise NotExportableError("SimpleImputer of columns that hold pandas.NA")


def _plain(value: Any) -> Any:
    found = value.item() if isinstance(value, np.generic) else value
    if isinstance(found, str | bool | int) or (isinstance(found, float) and found == found):
        return found
    raise NotExportableError(f"SimpleImputer that fills in a {type(found).__name__}")


def _indicator(indicator: Any, given: Given, exports: Exports) -> Made:
    if indicator.sparse is True or given.gives == "sparse":
        raise NotExportableError("MissingIndicator of or to sparse rows")
    if given.gives == "table" and any(column.dtype == "object" for column in given.columns):
        raise NotExportableError("MissingIndicator of objects")
    rows = Rows(given, exports)
    missing = _missing_number(indicator)
    rows.check("no_infinity" if missing is None else "finite")
    features = [int(at) for at in indicator.features_]
    is_strict = indicator.features == "missing-only" and indicator.error_on_new
    args = {"missing": missing, "features": features, "is_strict": bool(is_strict)}
    width = len(features)
    rows.nodes.append(exports.step("imputing.indicator", "dense", width, args=args))
    flags = tuple(Column(name="", type="boolean", dtype="bool") for _ in features)
    return rows.made(width=width, is_finite=True, is_float32=False, columns=flags)


EXPORTERS: dict[str, Exporter] = {
    "sklearn.SimpleImputer": _simple,
    "sklearn.MissingIndicator": _indicator,
}

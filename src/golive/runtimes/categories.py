"""The categories that the encoders inside an estimator saw, by input column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from golive.runtimes.walking import is_passthrough, steps_of, unwrapped
from golive.signature.model import JsonValue

__all__ = ["encoder_categories"]

_Names = tuple[str | None, ...]
_Found = dict[str, tuple[JsonValue, ...]]


def encoder_categories(estimator: object, names: Sequence[str] | None) -> _Found:
    """Column to the values that one-hot, ordinal and target encoders were fitted with.

    Nulls are left out. A column that several encoders saw has the union of their values.

    Args:
        estimator: A fitted estimator.
        names: The input columns in order; None finds only encoders that know names themselves.
    """
    found: _Found = {}
    _visit(estimator, None if names is None else tuple(names), found)
    return found


def _visit(node: Any, names: _Names | None, found: _Found) -> None:
    node = unwrapped(node)
    if steps := steps_of(node):
        _visit_steps(steps, names, found)
    elif hasattr(node, "transformers_"):
        for _, part, columns in node.transformers_:
            _visit(part, _selected(columns, _own_names(node, names)), found)
    elif hasattr(node, "transformer_list"):
        for _, part in node.transformer_list:
            _visit(part, names, found)
    elif isinstance(getattr(node, "categories_", None), list):
        _collect(node.categories_, _own_names(node, names), found)
    else:
        _visit_inner(node, names, found)


def _visit_steps(steps: list[Any], names: _Names | None, found: _Found) -> None:
    """Walk a pipeline as long as the values reach the next step as they are."""
    for step in steps:
        if is_passthrough(step):
            continue
        _visit(step, names, found)
        if type(step).__name__ != "SimpleImputer":
            return
        names = _imputed_names(step, names)


def _visit_inner(node: Any, names: _Names | None, found: _Found) -> None:
    """Encoders inside gradient boosting with categories, and in members of ensembles."""
    inner = getattr(node, "_preprocessor", None)
    if inner is not None:
        _visit(inner, _own_names(node, names), found)
    if hasattr(node, "estimators_features_"):
        return  # bagging: members see subsets of the columns
    members = getattr(node, "estimators_", None)
    if isinstance(members, list):
        for member in members:
            if steps_of(member) or hasattr(member, "_preprocessor"):
                _visit(member, names, found)


def _own_names(node: Any, names: _Names | None) -> _Names | None:
    own = getattr(node, "feature_names_in_", None)
    if own is None or (names is not None and len(names) == len(own)):
        return names
    return tuple(str(name) for name in own)


def _imputed_names(imputer: Any, names: _Names | None) -> _Names | None:
    """What an imputer passes on: it drops columns that were all null and adds indicators."""
    if names is None or any(name is None for name in names):
        return names
    kept = [str(name) for name in imputer.get_feature_names_out(list(names))]
    return tuple(name if name in names else None for name in kept)


def _selected(columns: Any, names: _Names | None) -> _Names | None:
    """The names that a column transformer's selector stands for."""
    if isinstance(columns, str):
        return (columns,)
    if isinstance(columns, slice):
        return None if names is None else _sliced(columns, names)
    if hasattr(columns, "tolist"):
        columns = columns.tolist()
    chosen: list[Any] = [columns] if isinstance(columns, int) else list(columns)
    if all(isinstance(one, str) for one in chosen):
        return tuple(str(one) for one in chosen)
    if names is None:
        return None
    if all(isinstance(one, bool) for one in chosen):
        return tuple(name for name, keep in zip(names, chosen, strict=True) if keep)
    return tuple(names[int(one)] for one in chosen)


def _sliced(columns: slice, names: _Names) -> _Names:
    if not isinstance(columns.start, str) and not isinstance(columns.stop, str):
        return names[columns]
    start = 0 if columns.start is None else names.index(columns.start)
    stop = len(names) if columns.stop is None else names.index(columns.stop) + 1
    return names[start : stop : columns.step]  # a slice of labels includes its end


def _collect(categories: list[Any], names: _Names | None, found: _Found) -> None:
    if names is None or len(names) != len(categories):
        return
    for name, values in zip(names, categories, strict=True):
        if name is None:
            continue
        plain = values.tolist() if hasattr(values, "tolist") else list(values)
        merged = dict.fromkeys(found.get(name, ()))
        merged.update(dict.fromkeys(value for value in plain if not _is_null(value)))
        found[name] = tuple(merged)


def _is_null(value: object) -> bool:
    return value is None or value != value  # noqa: PLR0124  # NaN is the value unlike itself

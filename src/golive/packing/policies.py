"""Policies: what the model does with nulls and unseen categories, tried out and written down."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from msgspec.structs import replace

from golive.engine.answers import Answer, Fault
from golive.errors import PackError
from golive.signature.model import Column, JsonValue, Signature, UnseenPolicy

__all__ = ["Call", "quietly", "settle_policies", "spread", "unseen_value"]

Record = dict[str, JsonValue]
Call = Callable[[Signature, list[Record]], list[Answer | Fault]]
_CANDIDATES = 24
_ROWS = 3


def settle_policies(
    signature: Signature, rows: Sequence[Record], call: Call, *, is_made_for_nulls: bool = True
) -> tuple[Signature, tuple[str, ...]]:
    """Set every column's `on_null` and `on_unseen` to what the model really takes.

    A null, or a category that nobody knows, is put into a few sample rows, which go through the
    real decoder and the real model: `pass` where each is answered, else `error`. Unseen values of
    pandas categories are an error by default: pandas would silently turn them into nulls. So are
    nulls to a model that is not made for them, but in columns where the sample itself holds some.

    Args:
        signature: As inferred.
        rows: Records of the sample, as `rows_of` gives them.
        call: Answers records through the engine with the signature that it is given.
        is_made_for_nulls: Whether an answer to a null can mean anything, even if the sample
            holds none.

    Returns:
        The signature with its policies, and notes.

    Raises:
        PackError: No row of the sample is answered.
    """
    if signature.form == "object":
        return signature, ()
    lenient = _lenient(signature)
    tried = [c for c in signature.columns if is_made_for_nulls or c.nullable]
    strange = {c.name: unseen_value(c) for c in signature.columns if _may_pass_unseen(c)}
    with quietly():
        base = _answered(lenient, rows, call)
        nulls = _accepted(lenient, base, call, {c.name: None for c in tried})
        unseen = _accepted(lenient, base, call, strange)
    columns = tuple(
        replace(
            column,
            on_null="pass" if column.name in nulls else "error",
            on_unseen=_unseen_policy(column, unseen),
        )
        for column in signature.columns
    )
    untried = [column for column in columns if not (is_made_for_nulls or column.nullable)]
    return replace(signature, columns=columns), _notes(columns, untried)


@contextmanager
def quietly() -> Iterator[None]:
    """Probes are meant to fail: neither their tracebacks nor the model's warnings are news."""
    log = logging.getLogger("golive.engine")
    log.addFilter(_silence)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.removeFilter(_silence)


def _silence(_: logging.LogRecord) -> bool:
    return False


def unseen_value(column: Column) -> JsonValue:
    """A value of the type of the column's categories that is none of them."""
    known = column.categories
    if all(isinstance(value, str) for value in known):
        text = "an unseen category"
        while text in known:
            text += "!"
        return text
    numbers = [value for value in known if not isinstance(value, str)]
    return max(numbers) + 1


def spread(count: int, wanted: int) -> list[int]:
    """At most `wanted` positions out of `count`, evenly spread, the first and last among them."""
    if count <= wanted:
        return list(range(count))
    return sorted({round(i * (count - 1) / (wanted - 1)) for i in range(wanted)})


def _lenient(signature: Signature) -> Signature:
    """Everything reaches the model."""
    columns = tuple(replace(c, on_null="pass", on_unseen="pass") for c in signature.columns)
    return replace(signature, columns=columns)


def _answered(signature: Signature, rows: Sequence[Record], call: Call) -> list[Record]:
    candidates = [rows[i] for i in spread(len(rows), _CANDIDATES)]
    answers = call(signature, candidates)
    good = [r for r, a in zip(candidates, answers, strict=True) if isinstance(a, Answer)]
    if not good:
        fault = next((answer for answer in answers if isinstance(answer, Fault)), None)
        said = "there are no rows" if fault is None else f"{fault.code}: {fault.message}"
        raise PackError(
            f"The model answers none of the sample's rows ({said}).",
            hint="Check that the sample is what the model was trained on.",
        )
    return [good[i] for i in spread(len(good), _ROWS)]


def _accepted(
    signature: Signature, base: list[Record], call: Call, values: dict[str, JsonValue]
) -> frozenset[str]:
    """The columns for which every row with the value put in is answered."""
    if not values:
        return frozenset()
    probes = [(name, {**row, name: value}) for name, value in values.items() for row in base]
    answers = call(signature, [record for _, record in probes])
    refused = {
        name for (name, _), a in zip(probes, answers, strict=True) if not isinstance(a, Answer)
    }
    return frozenset(values) - refused


def _may_pass_unseen(column: Column) -> bool:
    return column.type == "category" and column.dtype != "category"


def _unseen_policy(column: Column, accepted: frozenset[str]) -> UnseenPolicy:
    if column.type != "category":
        return column.on_unseen
    return "pass" if column.name in accepted else "error"


def _notes(columns: tuple[Column, ...], untried: list[Column]) -> tuple[str, ...]:
    notes: list[str] = []
    if untried:
        notes.append(
            f"Nulls are errors in {_named(untried)}: the sample holds none, and such a model is"
            " not made for them."
        )
    refused = [c for c in columns if c.on_null == "error" and c not in untried]
    if refused:
        notes.append(f"The model rejects nulls, so they are errors, in {_named(refused)}.")
    held = [column for column in refused if column.nullable]
    if held:
        notes.append(f"The sample holds nulls that the model rejects in {_named(held)}.")
    unseen = [c for c in columns if c.type == "category" and c.on_unseen == "error"]
    if unseen:
        notes.append(f"Categories that the model does not know are errors in {_named(unseen)}.")
    return tuple(notes)


def _named(columns: Sequence[Column]) -> str:
    shown = ", ".join(repr(column.name) for column in columns[:10])
    return shown if len(columns) <= 10 else f"{shown} and {len(columns) - 10} more columns"

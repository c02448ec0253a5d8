"""The envelope: what a body holds beside its records, and the options in it."""

from __future__ import annotations

import math

import msgspec

from golive.engine.answers import Options
from golive.engine.numerals import INT64_MAX, INT64_MIN
from golive.engine.values import describe, show
from golive.errors import RequestError
from golive.signature.model import JsonValue, Output

__all__ = ["ENVELOPE_KEYS", "Envelope", "check_options", "open_envelope", "read_options"]

_NO_OPTIONS = Options()
ENVELOPE_KEYS = frozenset({"records", "threshold", "ids", "top"})


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """The records of a body, not yet read, and the options beside them as they were sent.

    Attributes:
        records: The records.
        single: The body was one record.
        threshold: As sent, or None.
        top: As sent, or None.
        ids: As sent, or None.
    """

    records: list[JsonValue]
    single: bool = False
    threshold: JsonValue = None
    top: JsonValue = None
    ids: JsonValue = None


def open_envelope(
    value: JsonValue, *, takes_text: bool = False, takes_list: bool = False
) -> Envelope:
    """The records of a body: one record, a list of them, or an envelope around a list.

    Args:
        value: The decoded body.
        takes_text: A text alone is a record.
        takes_list: A list is one record.

    Raises:
        RequestError: `bad_request_shape` if it is none of them.
    """
    if isinstance(value, dict):
        if "records" in value and value.keys() <= ENVELOPE_KEYS:
            return _opened(value)
        return Envelope(records=[value], single=True)
    if isinstance(value, list) and not takes_list:
        return Envelope(records=value)
    if isinstance(value, list) or (takes_text and isinstance(value, str)):
        return Envelope(records=[value], single=True)
    texts = " or a text" if takes_text else ""
    raise RequestError(
        f"The body must be a record, a list of records{texts} or an envelope, "
        f"got {describe(value)}.",
        code="bad_request_shape",
        hint='Send {"column": 1}, [{"column": 1}] or {"records": [{"column": 1}]}.',
    )


def read_options(envelope: Envelope, output: Output) -> Options:
    """The options of an envelope, checked against what the model can do.

    Raises:
        RequestError: `bad_option` or `threshold_not_supported`.
    """
    if envelope.threshold is None and envelope.top is None and envelope.ids is None:
        return _NO_OPTIONS
    return Options(
        threshold=_threshold(envelope.threshold, output),
        top=_top(envelope.top, output),
        ids=_ids(envelope.ids, len(envelope.records)),
    )


def check_options(options: Options, size: int, output: Output) -> Options:
    """The options of a Python caller, checked like those of an envelope."""
    ids = None if options.ids is None else list(options.ids)
    return Options(
        threshold=_threshold(options.threshold, output),
        top=_top(options.top, output),
        ids=_ids(ids, size),
    )


def _opened(value: dict[str, JsonValue]) -> Envelope:
    records = value["records"]
    if not isinstance(records, list):
        raise RequestError(
            f"`records` must be a list of records, got {describe(records)}.",
            code="bad_request_shape",
            hint='Send {"records": [{"column": 1}]}.',
        )
    options = {key: option for key, option in value.items() if key != "records"}
    return Envelope(records=records, **options)


def _threshold(value: JsonValue, output: Output) -> float | None:
    if value is None:
        return None
    if output.kind != "binary" or not output.has_probabilities:
        raise RequestError(
            "`threshold` needs a binary classifier that gives probabilities; this model is "
            + (output.kind if output.kind != "binary" else "without probabilities")
            + ".",
            code="threshold_not_supported",
            hint="Leave out `threshold`.",
        )
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise _bad_option("threshold", "a number from 0 to 1", value)
    return float(value)


def _top(value: JsonValue, output: Output) -> int | None:
    if value is None:
        return None
    if output.kind != "multiclass" or not output.has_probabilities:
        raise RequestError(
            "`top` needs a multiclass classifier that gives probabilities; this model is "
            + (output.kind if output.kind != "multiclass" else "without probabilities")
            + ".",
            code="bad_option",
            hint="Leave out `top`.",
        )
    count = _whole(value)
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise _bad_option("top", "an integer of at least 1", value)
    return count


def _ids(value: JsonValue, size: int) -> tuple[str | int, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise _bad_option("ids", "a list with one text or integer for each record", value)
    if len(value) != size:
        raise RequestError(
            f"`ids` has {len(value)} entries for {size} records.",
            code="bad_option",
            hint="Send one id for each record, or no `ids`.",
        )
    ids = tuple(_whole(item) for item in value)
    for at, item in enumerate(ids):
        if not _is_id(item):
            raise _bad_option(f"ids[{at}]", "a text or an integer of 64 bits", value[at])
    return ids


def _whole(value: JsonValue) -> JsonValue:
    """The value, 1.0 as the integer that it is in JSON."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _is_id(item: JsonValue) -> bool:
    if isinstance(item, bool):
        return False
    if isinstance(item, int):
        return INT64_MIN <= item <= INT64_MAX
    return isinstance(item, str)


def _bad_option(name: str, wanted: str, value: JsonValue) -> RequestError:
    shown = show(value) if isinstance(value, float) and not math.isfinite(value) else None
    got = f"got {shown or describe(value)}"
    return RequestError(
        f"`{name}` must be {wanted}, {got}.", code="bad_option", hint=f"Change `{name}`."
    )

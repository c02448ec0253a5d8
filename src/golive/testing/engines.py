"""A fake engine: the request contract over numbers, without a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec

from golive.engine.answers import Answer, Defaulted, Fault, Options
from golive.engine.csv_body import read_csv
from golive.engine.envelope import Envelope
from golive.engine.pace import Pace
from golive.engine.shortcut import Shortcut
from golive.errors import RequestError
from golive.signature.model import Column, JsonValue, Output, Signature

__all__ = ["FakeDecoded", "FakeDecoder", "FakeEngine", "regression_signature"]

_MOST_RECORDS = 1000
_ENVELOPE = frozenset({"records", "ids", "threshold", "top"})


def regression_signature(*names: str) -> Signature:
    """The signature of a regression over number columns."""
    columns = tuple(
        Column(name=name, type="number", dtype="float64", minimum=0.0, maximum=100.0, example=1.0)
        for name in names
    )
    return Signature(form="frame", columns=columns, output=Output(kind="regression"))


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeDecoded:
    """Records, faults in place of those that cannot be read."""

    records: tuple[dict[str, float] | Fault, ...]
    options: Options = field(default_factory=Options)
    extra_columns: int = 0
    out_of_range: int = 0
    defaults: dict[int, list[Defaulted]] | None = None

    @property
    def size(self) -> int:
        """The number of records in the request."""
        return len(self.records)


class FakeDecoder:
    """Reads records of number columns.

    Args:
        signature: Names the columns; every one is required.
    """

    def __init__(self, signature: Signature) -> None:
        self._columns = signature.columns

    def decode_body(self, body: bytes) -> FakeDecoded:
        """Read one record, a list or an envelope."""
        try:
            value = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise RequestError(f"The body is no JSON: {error}", code="malformed_json") from error
        ids = None
        if isinstance(value, dict) and value.keys() <= _ENVELOPE and "records" in value:
            ids, threshold = value.get("ids"), value.get("threshold")
            if threshold is not None:
                raise RequestError(
                    "This model has no threshold.",
                    code="threshold_not_supported",
                    hint="Leave `threshold` away.",
                )
            value = value["records"]
        return self._decode(value if isinstance(value, list) else [value], ids)

    def decode_query(self, pairs: Sequence[tuple[str, str]]) -> FakeDecoded:
        """Read one record of numbers as text."""
        options = {name: value for name, value in pairs if name.startswith("_")}
        if unknown := sorted(options.keys() - {"_id"}):
            raise RequestError(f"There is no option {unknown[0]}.", code="bad_option")
        record = {name: _number(value) for name, value in pairs if not name.startswith("_")}
        return self._decode([record], [options["_id"]] if "_id" in options else None)

    def decode_envelope(
        self,
        envelope: Envelope,
        *,
        has_infinity: bool = False,  # noqa: ARG002 - of the protocol, as those that follow
        may_be_deep: bool = True,  # noqa: ARG002
        size: int | None = None,  # noqa: ARG002
    ) -> FakeDecoded:
        """Read records taken out of another body."""
        self.check_size(len(envelope.records))
        if envelope.threshold is not None:
            raise RequestError("This model has no threshold.", code="threshold_not_supported")
        return self._decode(envelope.records, None)

    def decode_csv(
        self, body: bytes, *, threshold: JsonValue = None, top: JsonValue = None
    ) -> FakeDecoded:
        """Read a CSV file of numbers."""
        rows = read_csv(body, most=_MOST_RECORDS)
        records = [{name: _number(text or "") for name, text in row.items()} for row in rows]
        return self.decode_envelope(Envelope(records=records, threshold=threshold, top=top))

    def check_size(self, size: int) -> None:
        """Refuse more than a thousand records."""
        if size > _MOST_RECORDS:
            raise RequestError(f"{size} records are too many.", code="too_many_records")

    def _decode(self, records: list[JsonValue], ids: list[str | int] | None) -> FakeDecoded:
        if ids is not None and len(ids) != len(records):
            raise RequestError("There must be one id a record.", code="bad_option")
        read = tuple(self._read(record) for record in records)
        names = {column.name for column in self._columns}
        mappings = [record for record in records if isinstance(record, dict)]
        valid = [record for record in read if isinstance(record, dict)]
        return FakeDecoded(
            records=read,
            options=Options(ids=None if ids is None else tuple(ids)),
            extra_columns=sum(len(record.keys() - names) for record in mappings),
            out_of_range=sum(
                not column.minimum <= record[column.name] <= column.maximum
                for record in valid
                for column in self._columns
            ),
        )

    def _read(self, record: JsonValue | Fault) -> dict[str, float] | Fault:
        if isinstance(record, Fault):
            return record
        if not isinstance(record, dict):
            return Fault("not_an_object", "A record is an object.")
        for column in self._columns:
            if column.name not in record:
                message = f"The column {column.name!r} is missing."
                return Fault("missing_column", message, column.name)
            value = record[column.name]
            if isinstance(value, bool) or not isinstance(value, int | float):
                return Fault("wrong_type", f"{column.name!r} must be a number.", column.name)
        return {column.name: float(record[column.name]) for column in self._columns}


class FakeEngine:
    """Answers by a function of one record; the sum of its columns unless told otherwise.

    Args:
        signature: The number columns.
        model: Answers one record; what it raises passes through.
        pace: How fast that is said to be.
    """

    def __init__(
        self,
        signature: Signature | None = None,
        *,
        model: Callable[[dict[str, float]], Answer | Fault] | None = None,
        pace: Pace | None = None,
    ) -> None:
        self.pace = pace or Pace()
        self.signature = signature or regression_signature("x")
        self.decoder = FakeDecoder(self.signature)
        self.shortcut: Shortcut | None = None
        self._model = model or _sum

    def answer_all(self, requests: Sequence[FakeDecoded]) -> list[list[Answer | Fault]]:
        """The entries of each request."""
        return [self.answer(decoded) for decoded in requests]

    def cut(self, decoded: FakeDecoded, size: int) -> list[FakeDecoded]:
        """The request in parts of at most `size` records."""
        return [
            FakeDecoded(records=decoded.records[start : start + size])
            for start in range(0, decoded.size, size)
        ]

    def answer(self, decoded: FakeDecoded) -> list[Answer | Fault]:
        """One entry a record, in the order of the request."""
        return [
            record if isinstance(record, Fault) else self._model(record)
            for record in decoded.records
        ]


def _sum(record: dict[str, float]) -> Answer:
    return Answer(score=sum(record.values()))


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text

"""The decoder: bytes, query strings and Python values to batches and faults, one way for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from golive.engine.answers import Options
from golive.engine.column_rules import ColumnRule
from golive.engine.csv_body import read_csv
from golive.engine.decoded import Decoded
from golive.engine.envelope import Envelope, check_options, open_envelope, read_options
from golive.engine.json_body import read_json
from golive.engine.objects import ObjectPass
from golive.engine.record_limits import TextLimit, without_deep
from golive.engine.single_record import ReadOne
from golive.engine.slow_pass import Records, SlowPass
from golive.engine.structs import FastBody, fast_pass_for
from golive.engine.texts import TextReader, json_of
from golive.errors import RequestError
from golive.runtimes.protocols import Batch
from golive.signature.model import JsonValue, Signature

if TYPE_CHECKING:
    from golive.engine.filling import Filler
    from golive.engine.unread import UnreadPass

__all__ = ["MAX_TEXT", "Decoder"]

MAX_TEXT = 1_000_000
"""Characters of a text in a record where nobody says otherwise."""

_OPTIONS = {"_threshold": "threshold", "_top": "top", "_id": "id"}


class Decoder:
    """Reads requests for one signature.

    A fast pass decodes bodies whose values already have the right types; on any doubt a slow one
    coerces and finds every fault of every record. Both give the same.

    Args:
        signature: What the model takes.
        request_type: Function models: the type of a request, or None for plain objects.
        max_records: The most records that a body may hold.
        max_text: The most characters of a text in a record that a body may hold.
        limits_images: Whether the images of one request have a limit on their pixels together.
        unread: Function models whose types are in another process: takes their records.

    Attributes:
        takes_list: Whether a record of the model is a list in JSON.
        takes_text: Whether it may be a text in JSON.

    Raises:
        SignatureError: If a default is no value of its column.
    """

    def __init__(
        self,
        signature: Signature,
        *,
        request_type: Any = None,
        max_records: int = 10_000,
        max_text: int = MAX_TEXT,
        limits_images: bool = False,
        unread: UnreadPass | None = None,
    ) -> None:
        self._signature = signature
        self._max_records = max_records
        self._text_limit = TextLimit(signature, max_text)
        rules = [ColumnRule(column) for column in signature.columns]
        self._fast = fast_pass_for(signature, rules)
        if self._fast is not None:
            self._fast.values_of_one = self._text_limit.bounded(self._fast.values_of_one)
        self._slow = SlowPass(signature, rules, limits_images=limits_images)
        self._objects: ObjectPass | UnreadPass | None = None
        if signature.form == "object":
            self._objects = unread or ObjectPass(request_type, limits_images=limits_images)
        objects = self._objects
        self.takes_list = objects is not None and objects.takes_list
        self.takes_text = signature.form == "series" or (objects is not None and objects.takes_text)
        self._texts = TextReader(signature)
        texts = ("text",) if signature.form == "series" else ()
        self._known = frozenset((*signature.column_names, *signature.key_names))
        self._csv_names = self._known.union(texts)
        self._filler: Filler | None = None

    @property
    def values_of_one(self) -> ReadOne | None:
        """Reads bodies that are one record without any doubt, or None."""
        return None if self._fast is None or self._filler else self._fast.values_of_one

    def fill_with(self, filler: Filler) -> None:
        """Give records what they lack from now on; see `Filler`."""
        self._filler = filler

    def decode_body(self, body: bytes) -> Decoded:
        """Read a JSON body: a record, a list of records or an envelope.

        Raises:
            RequestError: `malformed_json`, `too_deep`, `bad_request_shape`, `bad_option`,
                `threshold_not_supported` or `too_many_records`.
        """
        if self._fast is None or self._filler is not None:
            return self._decode_slowly(body)
        one = self._fast.read_one(body)
        if one is not None:
            return one
        fast = self._fast.read(body)
        if fast is None or self._is_long(fast, len(body)):
            return self._decode_slowly(body)
        return self._decoded_fast(fast)

    def decode_envelope(
        self,
        envelope: Envelope,
        *,
        has_infinity: bool = False,
        may_be_deep: bool = True,
        size: int | None = None,
    ) -> Decoded:
        """Read records that another body than ours held, with the verdicts of `decode_body`.

        Args:
            envelope: JSON values; in place of a record there may be the fault of one that could
                not be taken out of its body.
            has_infinity: There is a number too large for a float among them, read as an infinity.
            may_be_deep: One of them may nest too deeply.
            size: Bytes of that body, or None where they are not known.

        Raises:
            RequestError: `bad_option`, `threshold_not_supported` or `too_many_records`.
        """
        self.check_size(len(envelope.records))
        if self._fast is not None and not (has_infinity or self._filler):
            fast = self._fast.convert(envelope)
            if fast is not None and not self._is_long(fast, size):
                return self._decoded_fast(fast)
        return self._read_envelope(
            envelope, has_infinity=has_infinity, may_be_deep=may_be_deep, size=size
        )

    def decode_csv(
        self, body: bytes, *, threshold: JsonValue = None, top: JsonValue = None
    ) -> Decoded:
        """Read a CSV file in UTF-8 with a header; what pandas takes for a null is null.

        Raises:
            RequestError: `malformed_csv`, `bad_option`, `threshold_not_supported` or
                `too_many_records`.
        """
        rows = read_csv(body, most=self._max_records, known=self._csv_names)
        self.check_size(len(rows))
        envelope = Envelope(records=list(rows), threshold=threshold, top=top)
        options = read_options(envelope, self._signature.output)
        limit = self._text_limit if len(body) > self._text_limit.most else None
        return self._decoded(envelope, options, self._read_rows_of_texts(rows, limit))

    def decode_query(self, pairs: Iterable[tuple[str, str]]) -> Decoded:
        """Read one record of texts from the pairs of a query string.

        `_threshold`, `_top` and `_id` are options unless the model has columns of these names. Of
        repeated names the last counts.

        Raises:
            RequestError: `bad_option` or `threshold_not_supported`.
        """
        record = dict(pairs)
        options = {
            option: record.pop(key)
            for key, option in _OPTIONS.items()
            if key in record and key not in self._known
        }
        envelope = Envelope(
            records=[record],
            single=True,
            threshold=_option(options.get("threshold")),
            top=_option(options.get("top")),
            ids=[options["id"]] if "id" in options else None,
        )
        return self._decoded(
            envelope,
            read_options(envelope, self._signature.output),
            self._read_texts([record], self._text_limit),
        )

    def decode_texts(self, rows: Sequence[Mapping[str, str | None]], options: Options) -> Decoded:
        """Read rows of texts, such as a CSV's; what pandas takes for a null is null.

        Raises:
            RequestError: `bad_option` or `threshold_not_supported`.
        """
        envelope = Envelope(records=list(rows))
        checked = check_options(options, len(rows), self._signature.output)
        return self._decoded(envelope, checked, self._read_rows_of_texts(rows, None))

    def decode_rows(self, rows: Sequence[object], options: Options | None = None) -> Decoded:
        """Read Python values, with the verdicts that `decode_body` has on the same values.

        Args:
            rows: One mapping a record, or a text for text models, or a request for function
                models. NumPy's scalars are read as Python's; NaN is non-finite, not null.
            options: What the caller asks beside them.

        Raises:
            RequestError: `bad_option` or `threshold_not_supported`.
        """
        envelope = Envelope(records=list(rows))
        checked = check_options(options or Options(), len(rows), self._signature.output)
        if self._objects is not None:
            return self._decoded(envelope, checked, self._objects.read(envelope.records))
        records = self._read_records(envelope.records, in_process=True)
        return self._decoded(envelope, checked, records)

    def read_objects(
        self,
        records: Sequence[object],
        *,
        check_values: bool,
        from_text: bool,
        max_text: int | None = None,
    ) -> Records:
        """Make requests of the records of a function model; see `ObjectPass.read`.

        Args:
            records: See there.
            check_values: See there.
            from_text: See there.
            max_text: The most characters of a text in one; None where none is longer.

        Raises:
            LookupError: The model is none.
        """
        if self._objects is None:
            raise LookupError("This model takes columns.")
        limit = None if max_text is None else TextLimit(self._signature, max_text)
        return self._objects.read(
            records, check_values=check_values, from_text=from_text, text_limit=limit
        )

    def _decode_slowly(self, body: bytes) -> Decoded:
        parsed = read_json(body)
        envelope = open_envelope(
            parsed.value, takes_text=self.takes_text, takes_list=self.takes_list
        )
        self.check_size(len(envelope.records))
        return self._read_envelope(
            envelope,
            has_infinity=parsed.has_infinity,
            may_be_deep=parsed.is_deep,
            size=len(body),
        )

    def _read_envelope(
        self, envelope: Envelope, *, has_infinity: bool, may_be_deep: bool, size: int | None
    ) -> Decoded:
        options = read_options(envelope, self._signature.output)
        records: Sequence[Any] = envelope.records
        if may_be_deep:
            records = without_deep(records)
        limit = self._text_limit if size is None or size > self._text_limit.most else None
        if self._objects is not None:
            read = self._objects.read(records, check_values=has_infinity, text_limit=limit)
            return self._decoded(envelope, options, read)
        return self._decoded(envelope, options, self._read_records(records, limit))

    def _is_long(self, fast: FastBody, size: int | None) -> bool:
        """Whether there is too long a text in a body of so many bytes."""
        limit = self._text_limit
        return (size is None or size > limit.most) and limit.is_exceeded(fast.columns)

    def _read_rows_of_texts(
        self, rows: Sequence[Mapping[str, str | None]], limit: TextLimit | None
    ) -> Records:
        read = [self._texts.read_row(row) for row in rows]
        if self._objects is not None:
            return self._objects.read(read, check_values=False, from_text=True, text_limit=limit)
        return self._read_records(read, limit)

    def _read_texts(self, rows: Sequence[Mapping[str, str]], limit: TextLimit) -> Records:
        if self._objects is not None:
            return self._objects.read(rows, check_values=False, from_text=True, text_limit=limit)
        return self._read_records([self._texts.read(row) for row in rows], limit)

    def _read_records(
        self,
        records: Sequence[Any],
        limit: TextLimit | None = None,
        *,
        in_process: bool = False,
    ) -> Records:
        if limit is not None:
            records = limit.without_long(records)
        if self._filler is None:
            return self._slow.read(records, in_process=in_process)
        return self._filler.read(records, partial(self._slow.read, in_process=in_process))

    def _decoded_fast(self, fast: FastBody) -> Decoded:
        size = len(fast.envelope.records)
        self.check_size(size)
        return Decoded(
            batch=Batch(fast.columns, size),
            indices=list(range(size)),
            size=size,
            options=read_options(fast.envelope, self._signature.output),
            out_of_range=fast.out_of_range,
            single=fast.envelope.single,
        )

    def _decoded(self, envelope: Envelope, options: Options, records: Records) -> Decoded:
        return Decoded(
            batch=Batch(records.columns, len(records.indices)),
            indices=records.indices,
            faults=records.faults,
            size=len(envelope.records),
            options=options,
            extra_columns=records.extra_columns,
            out_of_range=records.out_of_range,
            single=envelope.single,
            defaults=records.defaults,
        )

    def check_size(self, size: int) -> None:
        """Refuse more records than a body may hold.

        Raises:
            RequestError: `too_many_records`.
        """
        if size <= self._max_records:
            return
        raise RequestError(
            f"The request holds {size} records; at most {self._max_records} are allowed.",
            code="too_many_records",
            hint=f"Send batches of at most {self._max_records} records.",
        )


def _option(text: str | None) -> JsonValue:
    """The value that an option's text spells; `null` spells none, for an option may be left out."""
    value = json_of(text)
    return text if value is None else value

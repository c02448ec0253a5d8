"""Chaining: a model some of whose columns are the answers of other models in the same process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, Protocol

import msgspec

from golive.engine.answers import Answer, Fault, entry_to_json
from golive.engine.column_rules import ColumnRule
from golive.engine.decode import Decoder
from golive.engine.decoded import Decoded
from golive.engine.engine import Engine
from golive.errors import ModelOutputError, RecordError
from golive.runtimes.protocols import Batch, Outputs
from golive.signature.model import FeatureSource, JsonValue, Signature

__all__ = ["ChainModel", "FeatureEngine", "Source", "known_names", "output_at"]


class FeatureEngine(Protocol):
    """What a chain asks of a source."""

    @property
    def signature(self) -> Signature:
        """What the model takes and gives."""
        ...

    @property
    def decoder(self) -> Decoder:
        """Reads its requests."""
        ...

    def answer(self, decoded: Decoded) -> list[Answer | Fault]:
        """One answer or fault for each record of the request, in its order.

        Raises:
            BackendError: The process that holds the model ended, or does not run.
        """
        ...


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A model that is asked first.

    Attributes:
        features: Its name, and which of its outputs become which columns.
        engine: Answers for it; its model may be in another process.
    """

    features: FeatureSource
    engine: FeatureEngine

    def decoded(self, records: Sequence[Any], columns: Mapping[str, list[Any]]) -> Decoded:
        """The records that this model is asked about, out of those of the whole chain.

        Args:
            records: Objects, where the chain has no columns.
            columns: Checked values by column, where it has.
        """
        signature = self.engine.signature
        if signature.form != "object" and columns:
            own = tuple([columns[name] for name in signature.column_names])
            size = len(own[0])
            return Decoded(batch=Batch(own, size), indices=list(range(size)), size=size)
        known = known_names(signature)
        taken = [r if known is None else _part(r, known) for r in records]
        return self.engine.decoder.decode_rows(taken)


class ChainModel:
    """Asks its sources, then the model itself with their answers among its columns.

    A record that a source cannot answer fails with the source's error; the engine around this model
    finds out which one it is.

    Args:
        signature: Of the whole chain: what callers send, and what the model gives.
        engine: Of the model itself, whose columns it knows.
        sources: The models that are asked first.
    """

    def __init__(self, signature: Signature, engine: Engine, sources: Sequence[Source]) -> None:
        self._signature = signature
        self._engine = engine
        self._sources = tuple(sources)
        self._rules = {column.name: ColumnRule(column) for column in engine.signature.columns}

    def predict(self, batch: Batch) -> Outputs:
        """Answer every record of the batch, in order; see `Model`.

        Raises:
            RecordError: A source does not answer a record, or answers what the model does not take.
            ModelOutputError: A source fails on a record.
            BackendError: The process of a source ended, or does not run.
        """
        columns = dict(zip(self._signature.column_names, batch.columns, strict=False))
        records = [] if columns else batch.columns[0]
        made: dict[str, list[Any]] = {}
        for source in self._sources:
            made |= self._features(source, source.decoded(records, columns))
        return self._engine.model.predict(self._own(records, columns | made, made))

    def _features(self, source: Source, decoded: Decoded) -> dict[str, list[Any]]:
        name, outputs = source.features.model, source.features.outputs
        values: dict[str, list[Any]] = {column: [] for column in outputs}
        for entry in source.engine.answer(decoded):
            if isinstance(entry, Fault):
                _fail(entry, name)
            answer = entry_to_json(entry)
            for column, path in outputs.items():
                values[column].append(self._value(column, answer, path, name))
        return values

    def _value(self, column: str, answer: JsonValue, path: str, source: str) -> Any:
        found, value = output_at(answer, path)
        if not found:
            message = f'"{column}" is missing: the answer of {source} has no {path}'
            raise RecordError("missing_column", message, column)
        read = self._rules[column].read(value)
        if isinstance(read, Fault):
            raise RecordError(read.code, f"{read.message} (answered by {source})", column)
        return read

    def _own(
        self,
        records: Sequence[Any],
        columns: Mapping[str, list[Any]],
        made: Mapping[str, list[Any]],
    ) -> Batch:
        """The columns of the model itself."""
        names = self._engine.signature.column_names
        if not records:
            own = tuple([columns[name] for name in names])
            return Batch(own, len(own[0]))
        rest = {*names, *self._engine.signature.key_names} - made.keys()
        decoded = self._engine.decoder.decode_rows(
            [
                _part(record, rest) | {name: values[at] for name, values in made.items()}
                for at, record in enumerate(records)
            ]
        )
        for fault in decoded.faults.values():
            raise RecordError(fault.code, fault.message, fault.field)
        return decoded.batch


def known_names(signature: Signature) -> frozenset[str] | None:
    """The names that a record of a model may have; None where any may stand there."""
    if signature.form != "object":
        return frozenset((*signature.column_names, *signature.key_names))
    properties = (signature.json_schema or {}).get("properties")
    return None if properties is None else frozenset(properties)


def output_at(answer: Mapping[str, JsonValue], path: str) -> tuple[bool, JsonValue]:
    """Whether an answer has an output, and its value.

    Args:
        answer: As in `predictions`.
        path: `label`, `score`, `probabilities.CLASS`, `value` or `value.MEMBER.MEMBER`.
    """
    head, _, rest = path.partition(".")
    if head not in answer:
        return False, None
    value = answer[head]
    steps = [rest] if head == "probabilities" else rest.split(".")
    for step in steps if rest else ():
        if not isinstance(value, Mapping) or step not in value:
            return False, None
        value = value[step]
    return True, value


def _part(record: Any, names: frozenset[str] | set[str]) -> Any:
    return {name: value for name, value in record.items() if name in names}


def _fail(fault: Fault, source: str) -> NoReturn:
    message = f"{source}: {fault.message}"
    if fault.origin == "input":
        raise RecordError(fault.code, message, fault.field)
    code = fault.code if fault.code == "non_finite_output" else None
    raise ModelOutputError(message, code=code)

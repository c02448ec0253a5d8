"""The bundle as it is served, without a socket: JSON bytes in, predictions out, failures heard."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

import msgspec

from golive.bundle.reading import Bundle
from golive.engine.engine import Engine
from golive.service.context import ServiceContext
from golive.service.exchange import Request
from golive.service.served import Limits, ServedModel
from golive.service.service import Service
from golive.signature.model import JsonValue

__all__ = ["Reply", "Respondent", "encode_record", "hearing"]

_BODY_LIMIT = 1 << 30
_ENGINE_LOG = "golive.engine"
_SERVICE_LOG = "golive.service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What became of one record.

    Attributes:
        prediction: Its entry of `predictions`.
        failure: What the model raised, as the server's log would have it, or an empty text.
    """

    prediction: dict[str, JsonValue]
    failure: str = ""

    @property
    def code(self) -> str:
        """The code of its error; empty where it was answered."""
        error = self.prediction.get("error")
        return str(error.get("code", "")) if isinstance(error, dict) else ""

    @property
    def field(self) -> str:
        """The field that its error names, or an empty text."""
        error = self.prediction.get("error")
        return str(error.get("field") or "") if isinstance(error, dict) else ""


class Respondent:
    """Answers records as `POST /predict` does. Safe to call from several threads, as that is.

    Args:
        bundle: The opened bundle.
        engine: Its loaded engine.
    """

    def __init__(self, bundle: Bundle, engine: Engine) -> None:
        numbers = count(1)
        context = ServiceContext(
            new_id=lambda: str(next(numbers)), limits=Limits(body_bytes=_BODY_LIMIT)
        )
        served = ServedModel(name=bundle.name, version=bundle.version, engine=engine)
        self._service = Service({bundle.name: served}, context)

    def ask_all(self, records: Sequence[bytes]) -> list[dict[str, JsonValue]]:
        """The predictions of one request with these records, in order.

        A request that fails as a whole gives its problem as the error of every record.
        """
        body = b'{"records":[' + b",".join(records) + b"]}"
        request = Request(
            method="POST", path="/predict", headers={"content-type": "application/json"}, body=body
        )
        response = self._service.handle(request)
        answer = msgspec.json.decode(response.body)
        predictions: list[dict[str, JsonValue]] | None = answer.get("predictions")
        if predictions is None or len(predictions) != len(records):
            error = {"code": answer.get("code", "wrong_count"), "message": answer.get("detail")}
            return [{"error": error} for _ in records]
        return predictions

    def ask(self, record: JsonValue) -> Reply:
        """The reply to one record alone."""
        with hearing() as heard:
            prediction = self.ask_all([encode_record(record)])[0]
        return Reply(prediction=prediction, failure=heard[-1] if heard else "")


def encode_record(record: JsonValue) -> bytes:
    """The record as JSON; a float infinity becomes the number 1e400."""
    text = json.dumps(record, ensure_ascii=False)
    return text.replace("Infinity", "1e400").encode()


@contextmanager
def hearing() -> Iterator[list[str]]:
    """Collect what the engine and the service log of failures, and keep it off the terminal."""
    heard = _Heard()
    logs = [logging.getLogger(name) for name in (_ENGINE_LOG, _SERVICE_LOG)]
    before = [log.propagate for log in logs]
    for log in logs:
        log.addHandler(heard)
        log.propagate = False
    try:
        yield heard.texts
    finally:
        for log, propagate in zip(logs, before, strict=True):
            log.removeHandler(heard)
            log.propagate = propagate


class _Heard(logging.Handler):
    """Keeps the exceptions that were logged, in a line each."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record's exception, if it has one."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            said = " ".join(str(error).split())
            self.texts.append(f"{type(error).__name__}: {said[:200]}")

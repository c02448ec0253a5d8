"""Proving: a package for AWS Lambda answers its bundle's golden records, run as it is there."""

from __future__ import annotations

import base64
import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from golive.building.errors import NotProvenError
from golive.building.function_process import FunctionError, FunctionProcess, unpacked
from golive.building.runtime_api import Outcome
from golive.bundle.reading import Bundle
from golive.commands import last_lines
from golive.engine.golden import compare_all
from golive.signature.model import JsonValue

__all__ = ["Proving", "prediction_event", "prove"]

_SECONDS = 120.0
_SHOWN_LINES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Proving:
    """What was found where a package was run.

    Attributes:
        records: The golden records that it answered as it has to.
        seconds: From the start of its process to its first answer, on this machine.
    """

    records: int
    seconds: float


def prove(package: Path, bundle: Bundle, *, python: Path) -> Proving:
    """Unpack a package, run it read-only and ask it the golden records.

    Args:
        package: The zip file.
        bundle: What it was built from.
        python: The Python of the package, with AWS's client.

    Raises:
        NotProvenError: It does not start, fails, writes to itself or answers otherwise.
    """
    records = [golden.record for golden in bundle.golden]
    event = json.dumps(prediction_event(records)).encode()
    with tempfile.TemporaryFile() as log:
        try:
            with (
                unpacked(package) as root,
                FunctionProcess(root, python=str(python), logs=log) as function,
            ):
                started = time.monotonic()
                outcome = function.invoke(event, seconds=_SECONDS)
                seconds = time.monotonic() - started
        except FunctionError as error:
            raise NotProvenError(f"{error.message}\n{_said(log)}", hint=error.hint) from error
        answers = _predictions(outcome, log)
    _compare(bundle, answers)
    return Proving(records=len(records), seconds=seconds)


def prediction_event(records: list[JsonValue]) -> dict[str, Any]:
    """The event of an HTTP API (payload format 2.0) that asks for these records."""
    http = {
        "method": "POST",
        "path": "/predict",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "golive",
    }
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/predict",
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "host": "localhost"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "golive",
            "domainName": "localhost",
            "domainPrefix": "localhost",
            "http": http,
            "requestId": "golive",
            "routeKey": "$default",
            "stage": "$default",
        },
        "body": json.dumps({"records": records}),
        "isBase64Encoded": False,
    }


def _compare(bundle: Bundle, answers: list[JsonValue]) -> None:
    count = len(bundle.golden)
    if len(answers) != count:
        raise NotProvenError(f"The package gives {len(answers)} answers to {count} records.")
    differences = compare_all(bundle.golden, answers, tolerance=bundle.manifest.tolerance)
    if differences:
        worst = max(differences, key=lambda each: each.relative)
        raise NotProvenError(
            f"The package answers golden record {worst.index} otherwise: {worst.path} was packed "
            f"as {worst.packed!r} and is {worst.now!r}.",
            hint="Its packages are those of requirements.txt; try --python with the version "
            "that packed the model.",
        )


def _predictions(outcome: Outcome, log: IO[bytes]) -> list[JsonValue]:
    """The predictions in what the function returned."""
    said = outcome.body[:2000].decode(errors="replace")
    if outcome.kind != "answered":
        verb = "start" if outcome.kind == "not_started" else "answer"
        raise NotProvenError(f"The package does not {verb}: {said}\n{_said(log)}")
    try:
        reply = json.loads(outcome.body)
        body = reply["body"]
        text = base64.b64decode(body) if reply.get("isBase64Encoded") else body
        predictions: list[JsonValue] = json.loads(text)["predictions"]
    except (ValueError, KeyError, TypeError) as error:
        raise NotProvenError(
            f"The package answers the golden records with {said}\n{_said(log)}"
        ) from error
    return predictions


def _said(log: IO[bytes]) -> str:
    log.seek(0)
    return last_lines(log.read().decode(errors="replace"), _SHOWN_LINES)

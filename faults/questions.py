"""Questions whose answers are known, and the judgement of what comes back."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Question", "Reply", "batch", "echo", "linear", "moody", "of_versions"]

_REFUSALS = frozenset({408, 413, 429, 431, 500, 503, 504})


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the status, the headers and the body."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Question:
    """A request and its judge.

    Attributes:
        path: Where it goes.
        body: JSON.
        judge: The verdict on a reply; see `Ledger.settle`.
        headers: Further lines of its head, each with its end.
    """

    path: str
    body: bytes
    judge: Callable[[Reply], str]
    headers: str = ""


def linear(number: int) -> Question:
    """One record for the compiled model."""
    n = number % 1_000_000
    return _question("linear", {"n": float(n)}, [{"score": 3.0 * n + 1}])


def batch(number: int) -> Question:
    """Some records for the compiled model, in an envelope with keys."""
    ns = [(number * 7 + k) % 1_000_000 for k in range(number % 23 + 1)]
    records = {"records": [{"n": float(n)} for n in ns], "ids": [str(n) for n in ns]}
    return _question("linear", records, [{"id": str(n), "score": 3.0 * n + 1} for n in ns])


def echo(number: int, fault: str | None = None) -> Question:
    """One request for the function model."""
    n = number % 1_000_000
    asked = {"n": n} if fault is None else {"n": n, "fault": fault}
    expected = {"error": "model_failed"} if fault == "raise" else {"value": 3 * n + 1}
    return _question("echo", asked, [expected])


def moody(number: int) -> Question:
    """Records for the model that fails for whole batches; its own are good, or one is bad."""
    bad = {5: -1.0, 11: -2.0, 17: -3.0}.get(number % 20)
    ns = [float((number + k) % 1000) for k in range(3)]
    expected: list[Any] = [{"score": 3.0 * n + 1} for n in ns]
    if bad is not None:
        ns[1] = bad
        expected[1] = {"error": "non_finite_output" if bad == -3.0 else "model_failed"}
    return _question("moody", [{"n": n} for n in ns], expected)


def of_versions(
    number: int,
    formulas: Mapping[str, tuple[int, int]],
    *,
    pin: str | None = None,
    among: Callable[[bytes], Collection[str]] | None = None,
) -> Question:
    """Some records for a model whose versions answer differently; each has to be true to itself.

    Args:
        number: Of the request.
        formulas: The short id of each version to its factor and offset.
        pin: The short id of the version that is asked for by a header, or None.
        among: Gives the versions that may answer a body; all of them if None.
    """
    ns = [(number * 7 + k) % 1_000_000 for k in range(number % 3 + 1)]
    body = json.dumps([{"n": float(n)} for n in ns]).encode()
    allowed = {pin} if pin is not None else set(among(body) if among else formulas)

    def judge(reply: Reply) -> str:
        if reply.status != 200:
            return _refusal(reply)
        answer = json.loads(reply.body)
        version, named = answer["version"], reply.headers.get("golive-model-version")
        if named != version or version not in allowed:
            return f"wrong: version {version!r}, header {named!r}, allowed {sorted(allowed)}"
        factor, offset = formulas[version]
        expected = [{"score": float(factor * n + offset)} for n in ns]
        got = answer["predictions"]
        return "answered" if got == expected else f"wrong: {version} says {got}, not {expected}"

    headers = "" if pin is None else f"golive-version: {pin}\r\n"
    return Question("/predict", body, judge, headers)


def _question(model: str, body: Any, expected: list[Any]) -> Question:
    def judge(reply: Reply) -> str:
        try:
            answer = json.loads(reply.body)
        except ValueError:
            return f"wrong: {reply.status} {reply.body[:100]!r}"
        if "predictions" not in answer:
            return _refusal(reply)
        got = [_without_message(entry) for entry in answer["predictions"]]
        if got == expected and answer.get("model", model) == model:
            return "answered"
        return f"wrong: {got} is not {expected}"

    return Question(f"/models/{model}/predict", json.dumps(body).encode(), judge)


def _without_message(entry: dict[str, Any]) -> dict[str, Any]:
    error = entry.get("error")
    return entry if error is None else {**entry, "error": error["code"]}


def _refusal(reply: Reply) -> str:
    """A refusal has a status and a code of its own, or it is none."""
    try:
        code = json.loads(reply.body)["code"]
    except (ValueError, KeyError, TypeError):
        return f"wrong: {reply.status} {reply.body[:200]!r}"
    return f"refused {code}" if reply.status in _REFUSALS else f"wrong: {reply.status} {code}"

"""What is served: models with their examples, the limits, and how far the start has come."""

from __future__ import annotations

from threading import Lock
from typing import Literal

import msgspec

from golive.service.protocols import AnsweringEngine, Backend
from golive.signature.model import JsonValue

__all__ = ["Example", "Limits", "Readiness", "ServedModel", "Stage"]

Stage = Literal["starting", "ready", "draining"]


class Example(msgspec.Struct, frozen=True):
    """A golden record.

    Attributes:
        record: The record as JSON.
        output: Its entry of `predictions` when the model was packed.
    """

    record: JsonValue
    output: JsonValue


class ServedModel(msgspec.Struct, frozen=True, kw_only=True):
    """One model and what callers may learn of it.

    Attributes:
        name: As in paths and answers.
        version: The bundle's short id.
        engine: Reads and answers its requests.
        examples: Golden records, shown in the OpenAPI document.
        card: The model card (Markdown).
        names: What the version is called beside its ids: its number and its alias in a registry.
        features: The models that are asked first, by name, and the version of each.
        drifted: Golden records are answered differently here and that was allowed.
        facts: Further JSON facts of the bundle, such as its id, its Python version, and whether
            its compiled program or its original model answers (`answers`, `answers_because`).
        backend: The process that holds it, or None where this one does.
        bundle: The directory of its bundle, or None where it has none.
        alone: The model by itself, where it is answered with features of others; None: it is.
        takers: Those that take its features, put together with this version: whoever switches to
            it switches to them, too. By name; a candidate, by its slot.
    """

    name: str
    version: str
    engine: AnsweringEngine
    examples: tuple[Example, ...] = ()
    card: str = ""
    names: tuple[str, ...] = ()
    features: dict[str, str] = msgspec.field(default_factory=dict)
    drifted: bool = False
    facts: dict[str, JsonValue] = msgspec.field(default_factory=dict)
    backend: Backend | None = None
    bundle: str | None = None
    alone: ServedModel | None = None
    takers: dict[str, ServedModel] = msgspec.field(default_factory=dict)


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a request may cost.

    Attributes:
        body_bytes: Largest body.
        decompression_times: As many times larger a large body may become when decompressed.
        retry_after: Seconds that a refused caller is told to wait.
        answer_bytes: Largest answer to records, before it is compressed; None: no limit.
    """

    body_bytes: int = 10 * 1024 * 1024
    decompression_times: float = 200.0
    retry_after: int = 1
    answer_bytes: int | None = None


class Readiness:
    """How far the start has come; shared by the service and what runs it, from any thread.

    It only moves forwards: starting, ready, draining.
    """

    def __init__(self, stage: Stage = "ready") -> None:
        self._stage: Stage = stage
        self._lock = Lock()

    @property
    def stage(self) -> Stage:
        """The present stage."""
        return self._stage

    def start_serving(self) -> None:
        """The models are loaded; nothing changes if draining has begun."""
        with self._lock:
            if self._stage == "starting":
                self._stage = "ready"

    def drain(self) -> None:
        """The process will end: what is asked is still answered, but nothing new should come."""
        self._stage = "draining"

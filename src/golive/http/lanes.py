"""Lanes: by which way the questions to a model reach it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from golive.engine.batcher import LoopBatcher, ThreadBatcher
from golive.engine.pace import Pace
from golive.service.protocols import AnsweringEngine
from golive.service.served import ServedModel

__all__ = ["Lane", "lanes_of"]


class Lane:
    """The way of one model's questions.

    Attributes:
        engine: Answers.
        pace: How fast the engine is.
        on_loop: Gathers questions on the event loop.
        in_thread: Gathers questions for a thread.
    """

    __slots__ = ("engine", "in_thread", "on_loop", "pace")

    def __init__(
        self, engine: AnsweringEngine, run: Callable[[Callable[[], None]], object]
    ) -> None:
        self.engine = engine
        self.pace: Pace = engine.pace
        self.on_loop = LoopBatcher(engine)
        self.in_thread = ThreadBatcher(engine, run)


def lanes_of(
    models: Mapping[str, ServedModel], run: Callable[[Callable[[], None]], object]
) -> dict[str, Lane]:
    """A lane for each model.

    Args:
        models: By name.
        run: Runs a function in a thread, soon.
    """
    return {name: Lane(model.engine, run) for name, model in models.items()}

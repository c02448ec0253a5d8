"""Lanes: by which way the questions to a model reach it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from golive.engine.batcher import LoopBatcher, ThreadBatcher
from golive.engine.pace import Pace
from golive.http.pool import Room, Share, ThreadPool
from golive.service.protocols import AnsweringEngine, Backend
from golive.service.served import ServedModel

__all__ = ["Lane", "lanes_of"]

Run = Callable[[Callable[[], None]], object]
"""Runs a function in a thread, soon."""


class Lane:
    """The way of one model's questions.

    Attributes:
        engine: Answers.
        pace: How fast the engine is.
        run: Runs what may take any time of the model's.
        room: For its questions in the hands of threads.
        backend: The process that holds the model, or None where this one does.
        on_loop: Gathers questions on the event loop.
        in_thread: Gathers questions for a thread.
    """

    __slots__ = ("_pool", "backend", "engine", "in_thread", "on_loop", "pace", "room", "run")

    def __init__(self, engine: AnsweringEngine, run: Run, room: Room) -> None:
        self.backend: Backend | None = None
        self._pool: ThreadPool | None = None
        self.engine = engine
        self.pace: Pace = engine.pace
        self.run = run
        self.room = room
        self.on_loop = LoopBatcher(engine)
        self.in_thread = ThreadBatcher(engine, run)

    @classmethod
    def apart(cls, model: ServedModel, pool: ThreadPool, room: Room) -> Lane:
        """The lane of a model that another process holds, with threads and a room of its own."""
        lane = cls(model.engine, pool.run, room)
        lane.backend, lane._pool = model.backend, pool
        return lane

    def close(self) -> None:
        """Let its own threads end, if it has any, when they have done what was asked before."""
        if self._pool is not None:
            self._pool.close()


def lanes_of(
    models: Mapping[str, ServedModel],
    pool: ThreadPool,
    room: Room,
    *,
    leaves_room: bool = False,
    kept: Mapping[str, Lane] | None = None,
) -> dict[str, Lane]:
    """A lane for each model.

    Of several models, one whose calls hang leaves a thread, and the fair share of the room, to the
    others. One that another process holds has threads and a room of its own: what they wait for
    takes nothing of what the others need.

    Args:
        models: By name.
        pool: The threads of all of them.
        room: How many questions threads may have in hand.
        leaves_room: Whether there are others, however few these are.
        kept: Lanes that some of those have that other processes hold.
    """
    here = {name: model for name, model in models.items() if model.backend is None}
    lanes = _lanes_here(here, pool, room, leaves_room=leaves_room)
    lanes |= kept or {}
    for name, model in models.items():
        if name not in lanes:
            own = ThreadPool(threads=pool.threads, name=f"golive-{name}")
            lanes[name] = Lane.apart(model, own, Room(room.capacity))
    return lanes


def _lanes_here(
    models: Mapping[str, ServedModel], pool: ThreadPool, room: Room, *, leaves_room: bool
) -> dict[str, Lane]:
    if len(models) < 2 and not leaves_room:
        return {name: Lane(model.engine, pool.run, room) for name, model in models.items()}
    threads = max(1, pool.threads - 1)
    places = max(1, room.capacity - room.capacity // max(2, len(models)))
    return {
        name: Lane(model.engine, Share(pool, threads=threads).run, Room(places, within=room))
        for name, model in models.items()
    }

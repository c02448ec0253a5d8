"""A fake backend: runs or not as it is told, and has no process."""

from __future__ import annotations

from collections.abc import Callable

from golive.service.protocols import BackendChange
from golive.signature.model import JsonValue

__all__ = ["FakeBackend"]


class FakeBackend:
    """A `Backend` that tells who watches what it is told.

    Attributes:
        is_running: Whether its models can be asked now.
        is_closed: Whether it was ended for good.
    """

    def __init__(self, *, is_running: bool = True) -> None:
        self.is_running = is_running
        self.is_closed = False
        self._watchers: list[Callable[[BackendChange], object]] = []

    def change(self, change: BackendChange) -> None:
        """Let something happen to it."""
        self.is_running = change == "running"
        for tell in self._watchers:
            tell(change)

    def facts(self) -> dict[str, JsonValue]:
        """How it stands with it, as JSON."""
        if self.is_closed:
            return {"state": "closed"}
        return {"state": "running" if self.is_running else "restarting"}

    def watch(self, tell: Callable[[BackendChange], object]) -> None:
        """Tell of each change from now on, and at once if it is running."""
        self._watchers.append(tell)
        if self.is_running:
            tell("running")

    def close(self) -> None:
        """End it for good."""
        self.is_closed = True
        self.change("closed")

"""The seam to a place: what makes stacks there, in golive's own types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from golive.deploying.plan import PlannedStack
from golive.deploying.records import RecordedGraph

__all__ = ["Target"]


class Target(Protocol):
    """A place where stacks are deployed; one object is one account in one region.

    Implementations wrap what their vendor raises, and know nothing of other targets.
    """

    def deployed(self, stack: str) -> RecordedGraph | None:
        """What was recorded when the stack was last deployed, or None where there is none."""

    def apply(self, stack: PlannedStack, *, tell: Callable[[str], None]) -> None:
        """Make the stack what its template says, and record its graph.

        Interrupted, the same call goes on from where it was.
        """

    def destroy(self, stack: str, *, tell: Callable[[str], None]) -> None:
        """Delete the stack, but for what its template keeps."""

"""The key watch: a thread that notices when keys change or end."""

from __future__ import annotations

from collections.abc import Callable

from golive.access.gatekeeper import Gatekeeper
from golive.http.watch import Watch

__all__ = ["watch_keys"]

_SECONDS = 1.0


def watch_keys(gatekeeper: Gatekeeper, renew: Callable[[], object]) -> Watch:
    """Look at the keys every second, and when one ends.

    Args:
        gatekeeper: Looks.
        renew: Is called, in a thread, when what was decided before is void.
    """

    def look() -> None:
        if gatekeeper.look():
            renew()

    def pause() -> float:
        left = gatekeeper.seconds_to_end()
        return _SECONDS if left is None else min(_SECONDS, max(0.001, left))

    return Watch(look, pause=pause, name="golive-keys", trouble="The keys could not be looked at.")

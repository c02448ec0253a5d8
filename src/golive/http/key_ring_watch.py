"""The key ring watch: a thread that fetches the keys of an issuer of tokens."""

from __future__ import annotations

from collections.abc import Callable

from golive.access.key_ring import KeyRing
from golive.http.watch import Watch

__all__ = ["watch_key_ring"]


def watch_key_ring(ring: KeyRing, renew: Callable[[], object]) -> Watch:
    """Have a ring fetch its keys whenever it is time.

    Args:
        ring: Fetches.
        renew: Is called, in a thread, when what was decided before is void.
    """

    def look() -> None:
        if ring.turn():
            renew()

    watch = Watch(
        look,
        pause=ring.seconds_to_turn,
        name="golive-key-ring",
        trouble="The keys of the tokens' issuer could not be looked at.",
        rest=1.0,
    )
    ring.wake = watch.wake
    return watch

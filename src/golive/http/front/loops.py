"""The event loop that is best here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

__all__ = ["new_loop"]


def new_loop() -> asyncio.AbstractEventLoop:
    """A new event loop: uvloop's, or asyncio's own where there is no uvloop."""
    return _factory()()


def _factory() -> Callable[[], asyncio.AbstractEventLoop]:
    try:
        import uvloop
    except ImportError:  # not made for this platform
        return asyncio.new_event_loop
    return uvloop.new_event_loop

"""A bundle served in the test's own process, where its framework is imported already.

A process that has to import TensorFlow needs many seconds to be ready. Clean processes answer
golden records whenever a bundle is packed, and `alone.py` serves one of every framework.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

import golive

__all__ = ["Client", "Served", "serving"]

_SECONDS = 120


class Client:
    """Asks an application, from any thread, as an `httpx.Client` asks a server.

    Args:
        app: An ASGI application.
        loop: Runs in another thread.
    """

    def __init__(self, app: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = httpx.ASGITransport(app=app)
        self._loop = loop

    def post(self, path: str, **options: Any) -> httpx.Response:
        """The answer to a POST."""
        asking = asyncio.run_coroutine_threadsafe(self._post(path, options), self._loop)
        return asking.result(_SECONDS)

    async def _post(self, path: str, options: dict[str, Any]) -> httpx.Response:
        async with httpx.AsyncClient(
            transport=self._transport, base_url="http://127.0.0.1", timeout=_SECONDS
        ) as client:
            return await client.post(path, **options)


class Served:
    """What a test asks."""

    def __init__(self, client: Client) -> None:
        self.client = client


@contextmanager
def serving(bundle: Path | str) -> Iterator[Served]:
    """Serve a bundle with `golive.asgi_app` until the block ends."""
    app = golive.asgi_app(bundle)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield Served(Client(app, loop))
    finally:
        asyncio.run_coroutine_threadsafe(_end(app), loop).result(_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_SECONDS)
        loop.close()


async def _end(app: Any) -> None:
    """Let the application end as under any ASGI server."""
    told = iter(({"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}))

    async def receive() -> dict[str, str]:
        return next(told)

    async def send(message: dict[str, Any]) -> None:
        assert message["type"].endswith(".complete"), message

    await app({"type": "lifespan", "asgi": {"version": "3.0"}}, receive, send)

"""A service behind a real socket, in a thread of the test's own process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import uvicorn

from golive.http.app import create_app
from golive.http.metrics import Metrics
from golive.http.sockets import listen, url_of
from golive.http.telemetry import Telemetry
from golive.service.service import Service

__all__ = ["LiveService", "serving"]


class LiveService:
    """Where a service answers, and what it was asked.

    Attributes:
        url: Its address, without a slash at the end.
        app: The application; its `service` may be replaced while it runs.
        log: Its log lines.
    """

    def __init__(self, service: Service) -> None:
        self.log: list[str] = []
        telemetry = Telemetry(
            write=self.log.append, clock=lambda: datetime.now(UTC), metrics=Metrics()
        )
        self.app = create_app(service, telemetry=telemetry)
        self.socket = listen("127.0.0.1", 0)
        self.url = url_of(self.socket)


@contextmanager
def serving(service: Service) -> Iterator[LiveService]:
    """Serve on a free port of loopback until the block ends."""
    live = LiveService(service)
    server = uvicorn.Server(uvicorn.Config(live.app, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [live.socket]}, daemon=True)
    thread.start()
    try:
        yield live
    finally:
        server.should_exit = True
        thread.join(timeout=30)
        live.socket.close()
    assert not thread.is_alive()

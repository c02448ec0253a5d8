import asyncio
import logging
import threading
import time

import pytest
import uvloop

from golive.http.front.limits import FrontLimits
from golive.http.front.server import FrontServer
from golive.http.sockets import listen
from golive.testing.gateways import EchoGateway
from tests.http.conformance.wire import Wire


class Told(logging.Handler):
    """Keeps what is logged."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.records = []

    def emit(self, record):
        self.records.append(record)

    @property
    def lines(self):
        return [self.format(record) for record in self.records]


class RunningServer:
    """A server in a thread, on a socket of its own, over a gateway that echoes."""

    kind = ""

    def __init__(self, limits=None, *, tls=None, loop_factory=uvloop.new_event_loop):
        self.limits = limits or FrontLimits()
        self.gateway = EchoGateway()
        self.tls = tls
        self.listener = listen("127.0.0.1", 0)
        self.address = self.listener.getsockname()
        self.told = Told()
        logging.getLogger().addHandler(self.told)
        self.started = threading.Event()
        self.failure = None
        self.loop = loop_factory()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        assert self.started.wait(10)

    def _run(self):
        try:
            with asyncio.Runner(loop_factory=lambda: self.loop) as runner:
                runner.run(self._main())
        except BaseException as error:
            self.failure = error
            raise

    def wire(self, **options):
        return Wire(self.address, **options)

    def ask(self, *parts):
        """Send, and give the one answer."""
        with self.wire() as wire:
            wire.send(*parts)
            return wire.answer()

    def wait_until(self, condition):
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.002)

    def call(self, function, *args, **kwargs):
        """Call in the event loop, and wait for it."""

        async def run():
            return function(*args, **kwargs)

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(10)

    def close(self):
        self.stop()
        self.thread.join(20)
        assert not self.thread.is_alive()
        logging.getLogger().removeHandler(self.told)
        self.listener.close()
        assert self.failure is None


class Front(RunningServer):
    kind = "front"

    async def _main(self):
        self.server = FrontServer(self.gateway, self.limits, tls=self.tls)
        self.ending = asyncio.Event()
        self.grace = 5.0
        await self.server.listen(self.listener)
        self.started.set()
        await self.ending.wait()
        await self.server.end(self.grace)

    def stop(self, grace=0.0):
        def begin():
            self.grace = grace
            self.ending.set()

        if self.thread.is_alive():
            self.loop.call_soon_threadsafe(begin)


class FrontOnAsyncio(Front):
    kind = "asyncio"

    def __init__(self, limits=None, **options):
        super().__init__(limits, loop_factory=asyncio.SelectorEventLoop, **options)


KINDS = {"front": Front, "asyncio": FrontOnAsyncio}


@pytest.fixture(scope="module", params=KINDS)
def server(request):
    """Every server, with the usual limits; it must have logged nothing in the end."""
    running = KINDS[request.param]()
    yield running
    running.close()
    assert running.told.lines == []


@pytest.fixture(scope="module", params=[kind for kind in KINDS if kind != "uvicorn"])
def strict_server(request):
    """Servers that are as strict as RFC 9112 allows, and say with a problem what is wrong."""
    running = KINDS[request.param]()
    yield running
    running.close()
    assert running.told.lines == []


@pytest.fixture(params=[kind for kind in KINDS if kind != "uvicorn"])
def make_front(request):
    """Make fronts with limits of their own."""
    made = []

    def make(**options):
        tls = options.pop("tls", None)
        made.append(KINDS[request.param](FrontLimits(**options), tls=tls))
        return made[-1]

    yield make
    for running in made:
        running.close()

import asyncio
import logging
import threading
import time
from types import SimpleNamespace

import pytest
import uvicorn
import uvloop
from tests.http.conformance.wire import Wire

from golive.http.app import App
from golive.http.front.limits import FrontLimits
from golive.http.front.server import FrontServer
from golive.http.gateway import ServiceGateway
from golive.http.limits import AppLimits
from golive.http.metrics import Metrics
from golive.http.sockets import listen
from golive.testing.gateways import EchoGateway


class Told(logging.Handler):
    """Keeps what the thread of a server logs."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.records = []
        self.thread = None

    def emit(self, record):
        if record.thread != self.thread:
            return
        if record.name != "uvicorn.error" or record.levelno > logging.WARNING:
            self.records.append(record)  # uvicorn warns of every request that is none

    @property
    def lines(self):
        return [self.format(record) for record in self.records]


class RunningServer:
    """A server in a thread, on a socket of its own, over a gateway that echoes."""

    kind = ""

    def __init__(self, limits=None, *, tls=None, gateway=None, loop_factory=uvloop.new_event_loop):
        self.limits = limits or FrontLimits()
        self.gateway = gateway or EchoGateway()
        self.tls = tls
        self.counted = []
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
        self.told.thread = threading.get_ident()
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
        self.server = FrontServer(
            self.gateway,
            self.limits,
            tls=self.tls,
            count=self.counted.append,
            tells_clients_apart=self.gateway.tells_clients_apart,
        )
        self.ending = asyncio.Event()
        self.grace, self.patience = 5.0, 0.0
        await self.server.listen(self.listener)
        self.started.set()
        await self.ending.wait()
        await self.server.end(self.grace, patience=self.patience)

    def stop(self, grace=0.0, patience=0.0):
        def begin():
            self.grace, self.patience = grace, patience
            self.ending.set()

        if self.thread.is_alive():
            self.loop.call_soon_threadsafe(begin)


class FrontOnAsyncio(Front):
    kind = "asyncio"

    def __init__(self, limits=None, **options):
        super().__init__(limits, loop_factory=asyncio.SelectorEventLoop, **options)


class UvicornServer(RunningServer):
    """The ASGI application under uvicorn."""

    kind = "uvicorn"

    async def _main(self):
        is_whole = isinstance(self.gateway, ServiceGateway)
        app = App(self.gateway if is_whole else AppGateway(self.gateway))
        config = uvicorn.Config(
            app,
            http="httptools",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
        )
        self.server = uvicorn.Server(config)
        self.server.install_signal_handlers = lambda: None
        serving = asyncio.create_task(self.server.serve(sockets=[self.listener]))
        while not self.server.started:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        self.started.set()
        await serving

    def stop(self):
        self.server.should_exit = True


class AppGateway:
    """What the application wants of a gateway beside the seam."""

    def __init__(self, gateway):
        self.limits = AppLimits()
        self.telemetry = SimpleNamespace(metrics=Metrics())
        self.close = lambda: None
        self.admit, self.answer, self.refuse = gateway.admit, gateway.answer, gateway.refuse
        self.epoch = gateway.epoch
        self.tells_clients_apart = gateway.tells_clients_apart


KINDS = {"front": Front, "asyncio": FrontOnAsyncio, "uvicorn": UvicornServer}


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


@pytest.fixture(params=KINDS)
def make_server(request):
    """Make servers over gateways of their own; none may have logged anything in the end."""
    made = []

    def make(gateway, **limits):
        made.append(KINDS[request.param](FrontLimits(**limits), gateway=gateway))
        return made[-1]

    yield make
    for running in made:
        running.close()
        assert running.told.lines == []


@pytest.fixture(params=[kind for kind in KINDS if kind != "uvicorn"])
def make_front(request):
    """Make fronts with limits of their own."""
    made = []

    def make(gateway=None, **options):
        tls = options.pop("tls", None)
        made.append(KINDS[request.param](FrontLimits(**options), tls=tls, gateway=gateway))
        return made[-1]

    yield make
    for running in made:
        running.close()

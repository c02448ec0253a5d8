import json
import signal
import subprocess
import sys
from datetime import UTC, datetime

import httpx
import pytest

from golive.http.app import AppLimits, create_app
from golive.http.metrics import Metrics
from golive.http.telemetry import Telemetry
from golive.service.context import ServiceContext
from golive.testing.services import counted_ids, fake_model, fake_service

NOW = datetime(2026, 1, 2, 3, 4, 5, 678900, tzinfo=UTC)

SERVER = """
import sys, json, threading
from golive.errors import GoliveError
from golive.http.plan import ServePlan
from golive.http.server import serve
from golive.settings import ServeSettings
from golive.testing import serving

if __name__ == "__main__":
    load, flags = sys.argv[1], json.loads(sys.argv[2])
    if flags.pop("has_threads"):
        threading.Thread(target=threading.Event().wait, daemon=True).start()
    plan = ServePlan(bundles=("sum",), settings=ServeSettings.load({}, port=0, **flags))
    try:
        serve(plan, vars(serving)[load], on_ready=lambda url: print(url, flush=True))
    except GoliveError as error:
        print("failed", error.code, error.message, error.hint, sep="|", flush=True)
        sys.exit(1)
    print("ended", flush=True)
"""


class Site:
    """An application over a fake service, its log lines and a client of it."""

    def __init__(self, model=None, *, limits=None, log_inputs=False):
        self.lines = []
        self.metrics = Metrics()
        telemetry = Telemetry(
            write=self.lines.append, clock=lambda: NOW, metrics=self.metrics, log_inputs=log_inputs
        )
        context = ServiceContext(new_id=counted_ids(), exposition=self.metrics.expose)
        service = fake_service(model or fake_model(), context=context)
        self.app = create_app(service, telemetry=telemetry, limits=limits or AppLimits())
        self.metrics.describe(service.models.values())

    def client(self):
        transport = httpx.ASGITransport(app=self.app)
        return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=30)

    def log(self):
        return [json.loads(line) for line in self.lines]


@pytest.fixture
def make_site():
    return Site


@pytest.fixture(scope="module")
def module_site():
    return Site()


class Server:
    """A server in a process of its own."""

    def __init__(self, script, load, flags, *, number=0):
        command = [sys.executable, str(script), load, json.dumps(flags)]
        self.log = script.with_suffix(f".{number}.log")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        self.first_line = self.process.stdout.readline().strip()

    @property
    def url(self):
        assert self.first_line.startswith("http"), self.first_line
        return self.first_line

    def client(self):
        return httpx.Client(base_url=self.url, timeout=30)

    def signal(self, number=signal.SIGTERM):
        self.process.send_signal(number)

    def end(self):
        """Wait for its end; gives what it printed and logged since the first line."""
        printed, _ = self.process.communicate(timeout=60)
        return printed, self.log.read_text()


@pytest.fixture
def start_server(tmp_path):
    script = tmp_path / "serving_script.py"
    script.write_text(SERVER)
    servers = []

    def start(load="load_fake_models", *, has_threads=False, **flags):
        given = flags | {"has_threads": has_threads}
        servers.append(Server(script, load, given, number=len(servers)))
        return servers[-1]

    yield start

    for server in servers:
        if server.process.poll() is None:
            server.process.terminate()
            server.process.communicate(timeout=60)
        server.process.stdout.close()

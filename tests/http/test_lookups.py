"""Requests whose columns are looked up in what answers late, or never."""

import asyncio
import threading
import time

import msgspec
import pytest
from tests.http.gateways import ask, make_gateway, until
from tests.http.test_gateway import PREDICT, SIGNATURE

from golive.engine.decode import Decoder
from golive.engine.engine import Engine
from golive.engine.filling import Filler
from golive.engine.pace import Pace
from golive.http.protocols import Head
from golive.lookups.timed import TimedStore
from golive.service.served import ServedModel
from golive.signature.model import Lookup
from golive.testing.lookups import MemoryLookups
from golive.testing.models import FakeModel

X, S = SIGNATURE.columns
LOOKING = msgspec.structs.replace(
    SIGNATURE,
    columns=(msgspec.structs.replace(X, on_missing="default", default=5), S),
    lookups=(Lookup(name="users", key="user_id", columns=("x",)),),
)
HEALTH = Head(method="GET", path="/healthz", headers={"host": "localhost"})


class Hanging(MemoryLookups):
    """Answers when it is let."""

    def __init__(self):
        super().__init__({"7": {"x": 9}}, waits=True)
        self.let = threading.Event()

    def fetch(self, keys):
        self.let.wait(30)
        return super().fetch(keys)


def model_of(store, manner):
    decoder = Decoder(LOOKING)
    decoder.fill_with(Filler(LOOKING, {"users": store}))
    pace = Pace(manner=manner, call_seconds=1e-5, record_seconds=1e-4, reads_quickly=False)
    engine = Engine(LOOKING, FakeModel(LOOKING.output), decoder=decoder, pace=pace)
    return ServedModel(name="m", version="v", engine=engine)


def exposed(gateway):
    """The metrics."""
    return gateway.telemetry.metrics.expose()[1].decode()


@pytest.mark.parametrize("manner", ["at_once", "on_loop", "in_thread", "apart"])
def test_others_are_answered_while_a_store_keeps_a_request_waiting(manner):
    hanging = Hanging()
    gateway, _ = make_gateway(model_of(hanging, manner))
    body = msgspec.json.encode({"s": "a", "user_id": 7})

    async def main():
        slow, quick = [], []
        ask(gateway, gateway.admit(PREDICT), body, slow.append, started=time.perf_counter())
        ask(gateway, gateway.admit(HEALTH), b"", quick.append, started=time.perf_counter())
        await until(lambda: quick)
        waiting = list(slow)
        hanging.let.set()
        await until(lambda: slow)
        return waiting, quick[0].status, slow[0]

    waiting, status, response = asyncio.run(main())
    gateway.close()

    assert (waiting, status, response.status) == ([], 200, 200)
    assert b"defaults" not in response.body


def test_who_waits_too_long_is_answered_with_the_default():
    hanging = Hanging()
    store = TimedStore(hanging, name="users", seconds=0.02)
    gateway, _ = make_gateway(model_of(store, "at_once"))
    body = msgspec.json.encode({"s": "a", "user_id": 7})

    async def main():
        given = []
        ask(gateway, gateway.admit(PREDICT), body, given.append, started=time.perf_counter())
        await until(lambda: given)
        return given[0]

    response = asyncio.run(main())
    hanging.let.set()
    gateway.close()

    assert response.status == 200
    assert response.headers["golive-defaults"] == "users;because=timeout;records=1"
    assert 'golive_lookup_defaults_total{because="timeout",model="m"} 1.0' in exposed(gateway)

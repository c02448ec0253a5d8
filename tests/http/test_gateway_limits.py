"""What a gateway does where limits are counted elsewhere: its event loop waits for nobody."""

import asyncio
import threading
import time
from datetime import UTC, datetime

from tests.http.gateways import ask, until

from golive.access.gatekeeper import Gatekeeper
from golive.access.key_desk import KeyDesk, KeyWish
from golive.access.memory_ledger import MemoryLedger
from golive.engine.pace import Pace
from golive.http.gateway import ServiceGateway
from golive.http.metrics import Metrics
from golive.http.protocols import Head
from golive.http.telemetry import Telemetry
from golive.service.context import ServiceContext
from golive.service.served import ServedModel
from golive.service.service import Service
from golive.testing.engines import FakeEngine
from golive.testing.keys import MemoryKeys
from golive.testing.services import counted_ids

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class SlowLedger(MemoryLedger):
    """Waits until it is let go."""

    waits = True

    def __init__(self):
        super().__init__(time.time)
        self.go = threading.Event()
        self.threads = set()

    def spend(self, key, model, count):
        self.threads.add(threading.current_thread())
        assert self.go.wait(30)
        return super().spend(key, model, count)


def gateway_of(ledger, *, models, keys):
    desk = KeyDesk(keys, clock=lambda: NOW)
    texts = {
        "limited": desk.create(KeyWish(name="limited", quotas=["1/day"]))[1],
        "free": desk.create(KeyWish(name="free"))[1],
    }
    gatekeeper = Gatekeeper(keys, clock=NOW.timestamp, ledger=ledger)
    context = ServiceContext(new_id=counted_ids(), gatekeeper=gatekeeper)
    service = Service({model.name: model for model in models}, context)
    telemetry = Telemetry(write=lambda _: None, clock=lambda: NOW, metrics=Metrics())
    return ServiceGateway(service, telemetry=telemetry), texts


def test_a_ledger_that_waits_waits_in_a_thread_and_others_are_answered_meanwhile():
    engine = FakeEngine(pace=Pace(manner="at_once", call_seconds=1e-5, record_seconds=1e-5))
    ledger = SlowLedger()
    model = ServedModel(name="m", version="v", engine=engine)
    gateway, texts = gateway_of(ledger, models=[model], keys=MemoryKeys())

    def admitted(who):
        headers = {"host": "localhost", "content-type": "application/json"}
        head = Head(method="POST", path="/predict", headers=headers | {"x-api-key": texts[who]})
        return gateway.admit(head)

    async def main():
        limited, free = [], []
        for _ in range(2):
            started = time.perf_counter()
            ask(gateway, admitted("limited"), b'{"x": 1}', limited.append, started=started)
        ask(gateway, admitted("free"), b'{"x": 2}', free.append, started=time.perf_counter())
        await until(lambda: free)
        assert not limited
        ledger.go.set()
        await until(lambda: len(limited) == 2)
        return free + limited

    responses = asyncio.run(main())
    gateway.close()

    assert [responses[0].status, *sorted(one.status for one in responses[1:])] == [200, 200, 429]
    assert threading.main_thread() not in ledger.threads

"""Two versions of a fake model, one of which is the candidate."""

import asyncio
import json
from time import perf_counter

from tests.http.gateways import ask, make_gateway

from golive.engine.answers import Answer
from golive.engine.pace import Pace
from golive.http.plan import Canary
from golive.http.protocols import Head
from golive.http.shadow import Shadow, ShadowGateway
from golive.http.split import SplitGateway
from golive.http.stepback.bounds import Bounds
from golive.http.stepback.step_back import StepBack
from golive.service.served import ServedModel
from golive.testing.engines import FakeEngine
from golive.testing.services import fake_service
from golive.testing.sources import fake_named


def version(number, *, name="sum", manner="on_loop", model=None, backend=None):
    engine = FakeEngine(
        model=model or (lambda record: Answer(score=number * record["x"])), pace=Pace(manner=manner)
    )
    return ServedModel(
        name=name, version=f"v{number}", engine=engine, names=(str(number),), backend=backend
    )


class Candidacy:
    """A gateway over version 1 of `sum` and its candidate, version 2."""

    def __init__(self, *, manner="on_loop", candidate=None):
        self.told = []
        self.inner, self.lines = make_gateway(version(1, manner=manner))
        second = candidate or version(2, manner=manner)
        context = self.inner.service.context
        self.inner.serve(self.inner.service, candidate=fake_service(second, context=context))
        self.gateway = self.inner

    def answers(self, *requests):
        """The responses to pairs of head and body, one after the other."""

        async def run():
            responses = []
            for head, body in requests:
                found = asyncio.get_running_loop().create_future()
                admission = self.gateway.admit(head)
                ask(self.gateway, admission, body, found.set_result, started=perf_counter())
                responses.append(await asyncio.wait_for(found, 30))
            return responses

        return asyncio.run(run())


class SplitSite(Candidacy):
    """A split gateway over version 1 of `sum` and its candidate, version 2."""

    def __init__(self, share, *, header=None, step_back=None, pairs=None, **options):
        super().__init__(**options)
        self.gateway = SplitGateway(
            self.inner,
            Canary(named=fake_named(2), share=share, header=header, bounds=Bounds()),
            tell=lambda *facts: self.told.append(facts),
            step_back=step_back,
            pairs=pairs,
        )


class ShadowSite(Candidacy):
    """A gateway over version 1 of `sum`, whose candidate, version 2, answers copies."""

    def __init__(self, *, most=10, manner="on_loop", candidate=None, step_back=None):
        super().__init__(manner=manner, candidate=candidate)
        self.rests, self.crashes = [], []
        self.shadow = Shadow(
            model="sum",
            observe=lambda *facts: self.told.append(facts),
            crashed=lambda *facts: self.crashes.append(facts),
            most=most,
            rest=self.rests.append,
        )
        self.gateway = ShadowGateway(
            self.inner, model="sum", shadow=self.shadow, step_back=step_back
        )


def head(path="/predict", method="POST", query=b"", **headers):
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    given.setdefault("content-type", "application/json")
    return Head(method=method, path=path, headers=given, query=query)


def numbered(count):
    return [(head(), b'{"x": %d}' % number) for number in range(count)]


def versions_of(responses):
    return [json.loads(response.body)["version"] for response in responses]


def watcher(**bounds):
    """What watches version 2 of `sum`; ten requests of each version are enough for it."""
    return StepBack(Bounds(least=10, **bounds), slot="sum.candidate", candidate="sum@2", share=0.5)

import asyncio
import json
from datetime import UTC, datetime

from golive.http.gateway import ServiceGateway
from golive.http.limits import AppLimits
from golive.http.metrics import Metrics
from golive.http.telemetry import Telemetry
from golive.service.context import ServiceContext
from golive.service.exchange import Response
from golive.service.served import Limits, Readiness
from golive.service.service import Service
from golive.testing.services import counted_ids

NOW = datetime(2026, 1, 2, 3, 4, 5, 678900, tzinfo=UTC)


def make_gateway(*models, limits=None, stage="ready", body_bytes=10_000_000, **context):
    """A gateway over a service of the models, and its log lines."""
    lines = []
    metrics = Metrics()
    telemetry = Telemetry(write=lines.append, clock=lambda: NOW, metrics=metrics)
    context = ServiceContext(
        new_id=counted_ids(),
        exposition=metrics.expose,
        readiness=Readiness(stage),
        limits=Limits(body_bytes=body_bytes),
        **context,
    )
    service = Service({model.name: model for model in models}, context)
    return ServiceGateway(service, telemetry=telemetry, limits=limits or AppLimits()), lines


def read(lines):
    return [json.loads(line) for line in lines]


async def until(is_so):
    while not is_so():  # noqa: ASYNC110 (another thread makes it so)
        await asyncio.sleep(0.001)


def ask(gateway, admission, body, reply, *, started):
    """Ask and have `reply` called with the response, at once or later; the ticket if later."""
    answered = gateway.answer(admission, body, started=started)
    if isinstance(answered, Response):
        reply(answered)
        return None
    answered.reply = reply
    return answered

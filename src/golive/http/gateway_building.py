"""Gateway building: a gateway, what it writes and counts, and the models that come later."""

from __future__ import annotations

import logging
import stat
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from os import fstat
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import msgspec

from golive.http.entrance_building import (
    addresses_of,
    open_gatekeeper,
    open_token_desk,
    origins_of,
)
from golive.http.gateway import ServiceGateway
from golive.http.limits import AppLimits, limits_of
from golive.http.log_writer import LogWriter
from golive.http.metrics import Metrics
from golive.http.stage import Stage
from golive.http.telemetry import Telemetry
from golive.service.context import ServiceContext
from golive.service.protocols import Exposition
from golive.service.request_ids import request_ids
from golive.service.served import Readiness, ServedModel
from golive.service.service import Service
from golive.settings import ServeSettings
from golive.signature.model import JsonValue

if TYPE_CHECKING:
    from golive.access.gatekeeper import Gatekeeper
    from golive.http.token_building import TokenDesk

__all__ = [
    "Gatehouse",
    "build_gateway",
]

_LARGE_WRITE = 64 * 1024


class Gatehouse(msgspec.Struct, frozen=True, kw_only=True):
    """A gateway of this process, which is `starting` until it is opened.

    Attributes:
        gateway: Takes requests at once.
        readiness: How far the start has come.
        stage: The versions that answer.
        close: Ends what the gateway has begun and writes the log lines that wait.
    """

    gateway: ServiceGateway
    readiness: Readiness
    stage: Stage
    close: Callable[[], None]

    def open(self, models: Mapping[str, ServedModel]) -> None:
        """Answer with these models from now on; from any thread."""
        self.stage.open(models)


def build_gateway(
    settings: ServeSettings,
    *,
    metrics_directory: Path | None = None,
    stream: TextIO | None = None,
    change: Callable[[ServiceContext], ServiceContext] = lambda context: context,
) -> Gatehouse:
    """Build a gateway.

    Several workers that count together each build their own: after a fork both processes would
    count into the same file. Without a directory of metrics the process may fork afterwards.

    Args:
        settings: How models are served.
        metrics_directory: Where several workers count together; None for one worker.
        stream: Gets the log lines; stderr if None.
        change: Gives the context that services get for the usual one.
    """
    log = sys.stderr if stream is None else stream
    metrics = Metrics(metrics_directory)
    writer = LogWriter(log.write, **_joining(log, is_alone=metrics_directory is None))
    telemetry = Telemetry(
        write=writer.write,
        clock=lambda: datetime.now(UTC),
        metrics=metrics,
        log_inputs=settings.log_inputs,
    )
    desk = open_token_desk(settings)
    gatekeeper = open_gatekeeper(settings, metrics, desk=desk)
    context = change(_context(settings, metrics.expose, gatekeeper))
    gateway = ServiceGateway(Service({}, context), telemetry=telemetry, limits=_limits(settings))
    end_watches = [_watch(gatekeeper, gateway), _watch_ring(desk, gateway)]
    stage = Stage(gateway, context)

    def close() -> None:
        for end_watch in end_watches:
            end_watch()
        gateway.close()
        writer.close()

    return Gatehouse(
        gateway=gateway,
        readiness=context.readiness,
        stage=stage,
        close=close,
    )


def _watch_ring(desk: TokenDesk | None, gateway: ServiceGateway) -> Callable[[], None]:
    """Fetch the issuer's keys; gives what ends that."""
    if desk is None:
        return lambda: None
    from golive.http.key_ring_watch import watch_key_ring

    return watch_key_ring(desk.ring, gateway.renew).close


def _watch(gatekeeper: Gatekeeper | None, gateway: ServiceGateway) -> Callable[[], None]:
    """Watch the keys and what they use; gives what ends that."""
    if gatekeeper is None:
        return lambda: None
    from golive.http.key_watch import watch_keys
    from golive.http.ledger_watch import LedgerWatch

    keys, ledger = watch_keys(gatekeeper, gateway.renew), LedgerWatch(gatekeeper.ledger)

    def end() -> None:
        keys.close()
        ledger.close()

    return end


def _limits(settings: ServeSettings) -> AppLimits:
    return AppLimits(
        threads=settings.threads,
        queue=settings.queue,
        body_bytes=settings.body_limit,
        read_seconds=settings.read_limit,
        answer_seconds=settings.time_limit,
    )


def _joining(log: TextIO, *, is_alone: bool) -> dict[str, int]:
    """How much may be written at a time: a pipe that others write into takes little as a whole."""
    try:
        is_file = stat.S_ISREG(fstat(log.fileno()).st_mode)
    except (OSError, ValueError, AttributeError):  # it has no file behind it
        is_file = False
    return {"most_bytes": _LARGE_WRITE} if is_alone or is_file else {}


def _context(
    settings: ServeSettings,
    exposition: Exposition,
    gatekeeper: Gatekeeper | None,
) -> ServiceContext:
    return ServiceContext(
        new_id=request_ids(),
        origins=origins_of(settings),
        addresses=addresses_of(settings),
        allowed_hosts=settings.allowed_hosts,
        limits=limits_of(settings),
        readiness=Readiness("starting"),
        exposition=exposition,
        facts=_facts(gatekeeper),
        gatekeeper=gatekeeper,
        metrics_open=settings.metrics_open,
        logger=logging.getLogger("golive.service"),
    )


def _facts(gatekeeper: Gatekeeper | None) -> dict[str, Callable[[], JsonValue]]:
    if gatekeeper is None:
        return {}
    from golive.http.ledger_building import limits_facts

    tell = limits_facts(gatekeeper.ledger)
    return {} if tell is None else {"limits": tell}

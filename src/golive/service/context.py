"""What a service needs beside its models."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from golive.service.protocols import Exposition
from golive.service.served import Limits, Readiness
from golive.signature.model import JsonValue

if TYPE_CHECKING:
    from golive.access.addresses import AddressPolicy
    from golive.access.gatekeeper import Gatekeeper
    from golive.service.cors import Origins

__all__ = ["RefreshHook", "ServiceContext"]


class RefreshHook(msgspec.Struct, frozen=True, kw_only=True):
    """Lets requests have the server look for other versions.

    Attributes:
        secret: Signs them; None where only a key of administration lets them in.
        ask: Has the server look, soon; never raises.
        clock: The time, in seconds since 1970.
    """

    secret: str | None
    ask: Callable[[], object]
    clock: Callable[[], float]


class ServiceContext(msgspec.Struct, frozen=True, kw_only=True):
    """What a service needs beside its models.

    Attributes:
        new_id: Makes request ids.
        origins: Those whose pages may read answers, or None where no other origin's may.
        addresses: Whose addresses are let in, or None where addresses do not count.
        allowed_hosts: Host names that are allowed beside loopback ones; `*` is every one.
        limits: What a request may cost.
        readiness: How far the start has come.
        exposition: Writes the metrics; without it there is no `/metrics`.
        facts: What `/readyz` tells beside the models, by the name that it has there: how it stands
            with what is followed, say, or with a candidate.
        refresh_hook: Without it there is no `/admin/refresh`.
        gatekeeper: Knows the keys; without it everybody is let in.
        metrics_open: Whether `/metrics` needs no key.
        logger: Gets the traceback of what should not have happened.
    """

    new_id: Callable[[], str]
    origins: Origins | None = None
    addresses: AddressPolicy | None = None
    allowed_hosts: tuple[str, ...] = ()
    limits: Limits = msgspec.field(default_factory=Limits)
    readiness: Readiness = msgspec.field(default_factory=Readiness)
    exposition: Exposition | None = None
    facts: dict[str, Callable[[], JsonValue]] = msgspec.field(default_factory=dict)
    refresh_hook: RefreshHook | None = None
    gatekeeper: Gatekeeper | None = None
    metrics_open: bool = False
    logger: logging.Logger = msgspec.field(
        default_factory=lambda: logging.getLogger("golive.service")
    )

    def telling(self, name: str, tell: Callable[[], JsonValue]) -> ServiceContext:
        """The same, with another fact for `/readyz`."""
        return msgspec.structs.replace(self, facts=self.facts | {name: tell})

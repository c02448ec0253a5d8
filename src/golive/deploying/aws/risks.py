"""What may go wrong with a deployment, or surprise whoever made it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from golive.deploying.aws.guarding import CostGuard
from golive.deploying.aws.order import Order
from golive.deploying.aws.replacements import NAMED
from golive.deploying.changes import Change
from golive.deploying.latency import Latency, Measurement
from golive.deploying.plan import Risk

__all__ = ["Facts", "risks_of"]

_NEAR_TIMEOUT = 0.8
_NEAR_MEMORY = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What risks are read from."""

    order: Order
    guard: CostGuard
    changes: Sequence[Change]
    measured: Measurement | None
    latency: Latency | None


def risks_of(facts: Facts) -> tuple[Risk, ...]:
    """The risks, warnings first."""
    found = [risk for look in _LOOKS for risk in look(facts)]
    return tuple(sorted(found, key=lambda risk: risk.severity != "warning"))


def _warning(code: str, message: str) -> Risk:
    return Risk(code=code, severity="warning", message=message)


def _note(code: str, message: str) -> Risk:
    return Risk(code=code, severity="note", message=message)


def _of_access(facts: Facts) -> Iterator[Risk]:
    settings = facts.order.settings
    if settings.auth == "none":
        yield _warning("public", "Everybody on the internet can ask, and you pay for it.")
    if settings.auth == "key" and not settings.has_usage_plan:
        yield _note(
            "keys_in_function",
            "The function itself checks keys: requests without one are refused, and are paid for.",
        )
    if settings.has_usage_plan:
        yield _note(
            "keys_are_shared_secrets",
            "An API key is a password in a header: give each caller one of its own.",
        )
    if "*" in settings.cors_origins:
        yield _note("all_origins", "Pages of every origin may ask.")
    if len(settings.cors_origins) > 1 and settings.front_door == "rest":
        yield _note(
            "refusals_readable",
            "The gateway's own refusals can be read by pages of every origin; answers cannot.",
        )
    if settings.front_door == "rest" and settings.cors_origins and settings.auth != "none":
        yield _note(
            "preflight_open",
            "What browsers ask beforehand (OPTIONS) needs no key and invokes the function.",
        )


def _of_quota(facts: Facts) -> Iterator[Risk]:
    settings = facts.order.settings
    if not settings.has_usage_plan:
        return
    yield _note(
        "quota_best_effort",
        f"Rate ({settings.rate:g}/s), burst ({settings.burst}) and quota ({settings.quota}) of a "
        "key are kept as well as AWS can, not exactly, and in each region by itself.",
    )
    if settings.quota != "none":
        yield _note(
            "quota_ends",
            f"After {settings.quota} a key is refused with 429 until the next period begins.",
        )


def _of_cost(facts: Facts) -> Iterator[Risk]:
    if facts.guard.kind == "nothing":
        yield _warning(
            "no_concurrency_limit",
            "Nothing bounds what a flood costs: set concurrency, or take a front door that limits.",
        )
    elif facts.guard.reserved is None:
        yield _note(
            "no_concurrency_limit",
            "Concurrency is not reserved: the gateway's rate bounds the cost, and other functions "
            "of the account share its limit.",
        )
    settings = facts.order.settings
    if settings.provisioned:
        yield _note(
            "provisioned_is_paid",
            f"{settings.provisioned} environments are paid day and night, those of a former "
            "version until it is removed.",
        )


def _of_limits(facts: Facts) -> Iterator[Risk]:
    settings, measured, latency = facts.order.settings, facts.measured, facts.latency
    if measured is not None and measured.memory_mb > settings.memory * _NEAR_MEMORY:
        yield _warning(
            "memory_near_limit",
            f"It needed {measured.memory_mb:.0f} MB where it was measured, and memory is "
            f"{settings.memory}.",
        )
    if latency is not None and latency.cold_ms > settings.timeout * 1000 * _NEAR_TIMEOUT:
        yield _warning(
            "cold_start_near_timeout",
            f"A cold start may take {latency.cold_ms / 1000:.1f} s, and timeout is "
            f"{settings.timeout} s; more memory makes it quicker.",
        )
    if settings.front_door == "rest":
        yield _note("payload", "Requests and answers of more than 6 MB are refused with 413.")
    if settings.retention < 30:
        yield _note("short_logs", f"Logs are gone after {settings.retention} days.")


def _of_package(facts: Facts) -> Iterator[Risk]:
    if facts.order.package is None:
        yield _note(
            "package_not_built",
            "No package was given: the version is one of none, and its key or image is asked for "
            "when it is deployed.",
        )


def _of_people(facts: Facts) -> Iterator[Risk]:
    settings = facts.order.settings
    if settings.alarm_email is None:
        yield _warning("nobody_is_told", "Alarms are told to nobody: set alarm_email.")
    else:
        yield _note(
            "confirm_email",
            f"{settings.alarm_email} is told of nothing until its first message is confirmed.",
        )


def _of_changes(facts: Facts) -> Iterator[Risk]:
    for change in facts.changes:
        if change.action != "replace":
            continue
        name = NAMED.get(change.kind)
        if name is not None and not any(field.field == name for field in change.fields):
            yield _warning(
                "name_taken",
                f"{change.name} has to be made anew under the name that it has, which AWS cannot: "
                "destroy the deployment first, or change its stage.",
            )
        if change.kind in ("RestApi", "HttpApi", "ApiKey", "FunctionUrl"):
            yield _warning(
                "callers_notice", f"{change.name} is made anew: callers need the new one."
            )
    gone = [change.name for change in facts.changes if change.action == "delete"]
    doors = [name for name in gone if name in ("RestApi", "HttpApi", "FunctionUrl")]
    if doors:
        yield _warning("callers_notice", f"{doors[0]} is deleted, and its URL with it.")


_LOOKS: tuple[Callable[[Facts], Iterator[Risk]], ...] = (
    _of_access,
    _of_quota,
    _of_cost,
    _of_limits,
    _of_package,
    _of_people,
    _of_changes,
)

"""An order becomes graphs: the store that deployments share, and the service itself."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from golive.deploying.aws.front_doors import front_door
from golive.deploying.aws.function_resources import (
    Alias,
    Bucket,
    Function,
    LogGroup,
    Permission,
    Pings,
    Role,
    Version,
)
from golive.deploying.aws.graph import Graph, Resource
from golive.deploying.aws.guarding import CostGuard, cost_guard
from golive.deploying.aws.names import ALIAS, STORE_STACK
from golive.deploying.aws.order import Order
from golive.deploying.aws.permissions import MODELS, bucket_of, statements
from golive.deploying.aws.watching import watching

__all__ = ["HANDLER", "PING", "package_key", "service_graph", "store_graph"]

HANDLER = "handler.handler"
"""Module and function of a package that Lambda calls."""

PING = '{"golive": "ping"}'
"""The event that asks nothing."""

_OLD_DAYS = 90


def store_graph(order: Order) -> Graph:
    """The stack of the bucket, which deployments of a region share and which outlives them."""
    bucket = Bucket(name="Bucket", bucket=bucket_of(order), old_days=_OLD_DAYS)
    return Graph(
        stack=STORE_STACK,
        description="golive: packages and models",
        resources=(bucket,),
        tags=(("golive:part", "store"),),
    )


def service_graph(order: Order) -> Graph:
    """The stack of a deployment.

    Raises:
        UsageError: Everybody could ask, and nobody said so.
    """
    order.check_public()
    guard = cost_guard(order)
    settings = order.settings
    own = (("golive:model", order.model), ("golive:stage", settings.stage))
    return Graph(
        stack=order.name,
        description=f"golive: {order.model} ({settings.stage})",
        resources=(
            *_function(order, guard),
            *front_door(order, guard),
            *_pings(order),
            *watching(order),
        ),
        tags=tuple(sorted((*own, *settings.tags))),
    )


def package_key(order: Order) -> str | None:
    """The key of the package in the bucket, or None where none was built yet."""
    return None if order.package is None else f"packages/{order.name}/{order.package.sha256}.zip"


def _function(order: Order, guard: CostGuard) -> tuple[Resource, ...]:
    settings = order.settings
    logs = LogGroup(name="Logs", group=f"/aws/lambda/{order.name}", days=settings.retention)
    role = Role(name="Role", statements=statements(order, logs.group))
    function = Function(
        name="Function",
        function=order.name,
        role=role.name,
        log_group=logs.name,
        package=settings.package,
        runtime=settings.runtime,
        handler=HANDLER,
        bucket=bucket_of(order),
        key=package_key(order),
        architecture=settings.architecture,
        memory=settings.memory,
        timeout=settings.timeout,
        environment=_environment(order),
        reserved=guard.reserved,
    )
    version = _version(order, function)
    earlier = tuple(one for one in order.earlier if one.name != version.name)
    alias = Alias(name="LiveAlias", alias=ALIAS, function=order.name, version=version.name)
    return logs, role, function, *earlier, version, alias


def _version(order: Order, function: Function) -> Version:
    package = order.package
    is_zip = order.settings.package == "zip"
    held = "not built" if package is None else package.sha256[:12]
    # Lambda refuses to make two versions of the same: the name is that of all a version is made of.
    made_of = (replace(function, reserved=None), package)
    digest = hashlib.sha256(repr(made_of).encode()).hexdigest()[:12]
    return Version(
        name=f"Version{digest}",
        function=function.name,
        description=f"{order.model}, package {held}",
        code_sha256=package.sha256_base64 if package is not None and is_zip else None,
        provisioned=order.settings.provisioned,
    )


def _environment(order: Order) -> tuple[tuple[str, str], ...]:
    settings = order.settings
    found = {
        "GOLIVE_STAGE": settings.stage,
        # Its own answer is in time: a second is left until Lambda ends it.
        "GOLIVE_TIME_LIMIT": str(max(settings.timeout - 1, 1)),
    }
    if settings.cors_origins and _function_answers_browsers(order):
        found["GOLIVE_CORS_ORIGINS"] = ",".join(settings.cors_origins)
    if settings.auth == "key" and settings.keys and not settings.has_usage_plan:
        found["GOLIVE_KEYS"] = settings.keys
    if settings.auth == "jwt" and settings.front_door == "url" and settings.jwt_issuer:
        found["GOLIVE_OIDC_ISSUER"] = settings.jwt_issuer
        found["GOLIVE_OIDC_AUDIENCE"] = settings.jwt_audience[0]
    if settings.model_from == "s3":
        found["GOLIVE_BUNDLE"] = f"s3://{bucket_of(order)}/{MODELS}/{order.reference}"
    return tuple(sorted(found.items()))


def _function_answers_browsers(order: Order) -> bool:
    """Whether no gateway does; two answers would be one too many."""
    settings = order.settings
    return settings.front_door == "rest" or (settings.front_door, settings.auth) in (
        ("url", "key"),
        ("url", "jwt"),
        ("url", "none"),
    )


def _pings(order: Order) -> tuple[Resource, ...]:
    seconds = order.settings.pings
    if seconds is None:
        return ()
    pings = Pings(
        name="Pings",
        rule=f"{order.name}-pings",
        minutes=seconds // 60,
        alias="LiveAlias",
        event=PING,
    )
    source = f"arn:<partition>:events:<region>:<account>:rule/{pings.rule}"
    permission = Permission(
        name="PingsPermission",
        alias="LiveAlias",
        principal="events.amazonaws.com",
        source=source,
    )
    return pings, permission

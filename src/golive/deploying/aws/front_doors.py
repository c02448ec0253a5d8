"""The resources of a front door: REST API, HTTP API or function URL, and the domain before it."""

from __future__ import annotations

import hashlib
from typing import Literal, assert_never

from golive.deploying.aws.function_resources import Permission
from golive.deploying.aws.gateway_problems import gateway_problems
from golive.deploying.aws.gateway_resources import (
    ApiDeployment,
    ApiKey,
    ApiMethod,
    ApiPath,
    ApiStage,
    DnsRecord,
    Domain,
    DomainMapping,
    FunctionUrl,
    HttpApi,
    HttpIntegration,
    HttpRoute,
    HttpStage,
    JwtAuthorizer,
    Quota,
    RestApi,
    Throttle,
    UsagePlan,
    UsagePlanKey,
)
from golive.deploying.aws.graph import Resource
from golive.deploying.aws.guarding import CostGuard
from golive.deploying.aws.limits import TIME_LIMITS
from golive.deploying.aws.names import ALIAS
from golive.deploying.aws.order import Order
from golive.deploying.aws.setting_checks import QUOTA

__all__ = ["front_door", "read_quota"]

_COMPRESS_FROM = 1024
_GATEWAY = "apigateway.amazonaws.com"


def front_door(order: Order, guard: CostGuard) -> tuple[Resource, ...]:
    """What answers the internet, and what lets it invoke the alias."""
    match order.settings.front_door:
        case "rest":
            return _rest(order, guard) + _domain(order, "rest", "RestApi", "Stage")
        case "http":
            return _http(order) + _domain(order, "http", "HttpApi", "HttpStage")
        case "url":
            return _url(order)
        case other:
            assert_never(other)


def read_quota(text: str) -> Quota | None:
    """The quota that a setting such as `100/day` is; None for `none`."""
    found = QUOTA.fullmatch(text)
    if found is None:
        return None
    periods: dict[str, Literal["DAY", "WEEK", "MONTH"]] = {
        "day": "DAY",
        "week": "WEEK",
        "month": "MONTH",
    }
    return Quota(limit=int(found[1]), period=periods[found[2]])


def _throttle(order: Order) -> Throttle:
    return Throttle(rate=order.settings.rate, burst=order.settings.burst)


def _rest(order: Order, guard: CostGuard) -> tuple[Resource, ...]:
    settings = order.settings
    api = RestApi(
        name="RestApi",
        api=order.name,
        description=f"golive: {order.model} ({settings.stage})",
        compress_from=_COMPRESS_FROM,
    )
    proxy = ApiPath(name="ProxyPath", api=api.name, part="{proxy+}")
    methods = _methods(order, proxy.name)
    problems = gateway_problems(api.name, settings.cors_origins)
    waits = tuple(m.name for m in methods) + tuple(p.name for p in problems)
    digest = hashlib.sha256(repr((api, proxy, methods, problems)).encode()).hexdigest()[:12]
    deployment = ApiDeployment(
        name=f"ApiDeployment{digest}", api=api.name, methods=waits, digest=digest
    )
    stage = ApiStage(
        name="Stage",
        api=api.name,
        deployment=deployment.name,
        stage=settings.stage,
        throttle=_throttle(order) if guard.throttles else None,
    )
    source = "arn:<partition>:execute-api:<region>:<account>:<id:RestApi>/*"
    permission = Permission(
        name="GatewayPermission", alias="LiveAlias", principal=_GATEWAY, source=source
    )
    plan = _usage_plan(order) if settings.has_usage_plan else ()
    return (api, proxy, *methods, permission, *problems, deployment, stage, *plan)


def _methods(order: Order, proxy: str) -> tuple[ApiMethod, ...]:
    settings = order.settings

    def method(name: str, path: str | None, verb: Literal["ANY", "OPTIONS"]) -> ApiMethod:
        asked = verb == "ANY"  # browsers neither sign what they ask beforehand nor send a key
        return ApiMethod(
            name=name,
            api="RestApi",
            path=path,
            verb=verb,
            signed=asked and settings.auth == "iam",
            needs_key=asked and settings.auth == "key",
            alias="LiveAlias",
            milliseconds=TIME_LIMITS["rest"] * 1000,
        )

    usual = (method("RootMethod", None, "ANY"), method("ProxyMethod", proxy, "ANY"))
    if not settings.cors_origins or settings.auth == "none":
        return usual
    return (*usual, method("ProxyPreflight", proxy, "OPTIONS"))


def _usage_plan(order: Order) -> tuple[Resource, ...]:
    key = ApiKey(
        name="Key", key=order.name, description=f"First key of {order.name}; its text is not here."
    )
    plan = UsagePlan(
        name="UsagePlan",
        plan=order.name,
        api="RestApi",
        stage="Stage",
        throttle=_throttle(order),
        quota=read_quota(order.settings.quota),
    )
    return key, plan, UsagePlanKey(name="UsagePlanKey", plan=plan.name, key=key.name)


def _http(order: Order) -> tuple[Resource, ...]:
    settings = order.settings
    api = HttpApi(
        name="HttpApi",
        api=order.name,
        description=f"golive: {order.model} ({settings.stage})",
        origins=settings.cors_origins,
    )
    integration = HttpIntegration(
        name="HttpIntegration",
        api=api.name,
        alias="LiveAlias",
        milliseconds=TIME_LIMITS["http"] * 1000,
    )
    authorizers = _authorizers(order)
    route = HttpRoute(
        name="HttpRoute",
        api=api.name,
        integration=integration.name,
        signed=settings.auth == "iam",
        authorizer=authorizers[0].name if authorizers else None,
    )
    stage = HttpStage(name="HttpStage", api=api.name, throttle=_throttle(order))
    source = "arn:<partition>:execute-api:<region>:<account>:<id:HttpApi>/*"
    permission = Permission(
        name="GatewayPermission", alias="LiveAlias", principal=_GATEWAY, source=source
    )
    return (api, integration, *authorizers, route, stage, permission)


def _authorizers(order: Order) -> tuple[JwtAuthorizer, ...]:
    settings = order.settings
    if settings.auth != "jwt" or settings.jwt_issuer is None:
        return ()
    authorizer = JwtAuthorizer(
        name="JwtAuthorizer",
        api="HttpApi",
        authorizer=f"{order.name}-jwt",
        issuer=settings.jwt_issuer,
        audience=settings.jwt_audience,
    )
    return (authorizer,)


def _url(order: Order) -> tuple[Resource, ...]:
    signed = order.settings.auth == "iam"
    url = FunctionUrl(
        name="FunctionUrl",
        alias="LiveAlias",
        function=order.name,
        qualifier=ALIAS,
        signed=signed,
        origins=order.settings.cors_origins if signed else (),
    )
    if signed:
        return (url,)  # those who may sign for the account have what they need
    ask = Permission(name="UrlPermission", alias="LiveAlias", principal="*", by_url="url")
    invoke = Permission(
        name="UrlInvokePermission", alias="LiveAlias", principal="*", by_url="function"
    )
    return url, ask, invoke


def _domain(
    order: Order, kind: Literal["rest", "http"], api: str, stage: str
) -> tuple[Resource, ...]:
    settings = order.settings
    if settings.domain is None or settings.certificate is None:
        return ()
    # The two kinds are resources of different types, and a name keeps its type.
    name = f"{kind.capitalize()}Domain"
    domain = Domain(name=name, kind=kind, domain=settings.domain, certificate=settings.certificate)
    mapping = DomainMapping(
        name=f"{name}Mapping", kind=kind, domain=domain.name, api=api, stage=stage
    )
    if settings.hosted_zone is None:
        return domain, mapping
    record = DnsRecord(
        name="DnsRecord",
        kind=kind,
        zone=settings.hosted_zone,
        domain=domain.name,
        host=settings.domain,
    )
    return domain, mapping, record

"""Resources of the graph: what answers the internet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "ApiDeployment",
    "ApiKey",
    "ApiMethod",
    "ApiPath",
    "ApiStage",
    "DnsRecord",
    "Domain",
    "DomainMapping",
    "FunctionUrl",
    "GatewayProblem",
    "GatewayResource",
    "HttpApi",
    "HttpIntegration",
    "HttpRoute",
    "HttpStage",
    "JwtAuthorizer",
    "OtherGatewayResource",
    "Quota",
    "RestApi",
    "RestResource",
    "Throttle",
    "UsagePlan",
    "UsagePlanKey",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """Requests a second, and how many may come at once."""

    rate: float
    burst: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """Requests of a day, a week or a month."""

    limit: int
    period: Literal["DAY", "WEEK", "MONTH"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestApi:
    """A REST API.

    Attributes:
        api: Its name on AWS.
        compress_from: Bytes from which it compresses answers, for those who take that.
    """

    name: str
    api: str
    description: str
    compress_from: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiPath:
    """A path under the REST API's root, such as `{proxy+}`, which is all of them."""

    name: str
    api: str
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiMethod:
    """A method of a path, which the function answers.

    Attributes:
        path: The path's name in the graph; None for the root.
        verb: `ANY`, or `OPTIONS` for what browsers ask beforehand, without a key.
        signed: Whether callers sign with credentials of AWS.
        needs_key: Whether they need a key of the usage plan.
        alias: The alias's name in the graph.
        milliseconds: After which the gateway gives up.
    """

    name: str
    api: str
    path: str | None
    verb: Literal["ANY", "OPTIONS"]
    signed: bool
    needs_key: bool
    alias: str
    milliseconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayProblem:
    """What the gateway itself answers where it does not ask the function: one of our problems.

    Attributes:
        kind: AWS's name for the case.
        status: None where the gateway decides, for the two that stand for all others.
        body: The document, with AWS's `$context` variables.
        headers: Further headers.
    """

    name: str
    api: str
    kind: str
    status: int | None
    body: str
    headers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiDeployment:
    """A snapshot of the API, which a stage shows.

    Attributes:
        name: Named after what is in it: a changed API needs another one.
        methods: The names of what it has to wait for.
        digest: Of what is in it.
    """

    name: str
    api: str
    methods: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiStage:
    """A stage of a REST API.

    Attributes:
        stage: Its name, which is the first part of every path.
        throttle: Of all callers together, or None.
    """

    name: str
    api: str
    deployment: str
    stage: str
    throttle: Throttle | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key of API Gateway; its text is made there and is in no template."""

    name: str
    key: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UsagePlan:
    """What each key may use.

    Attributes:
        plan: Its name on AWS.
    """

    name: str
    plan: str
    api: str
    stage: str
    throttle: Throttle
    quota: Quota | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsagePlanKey:
    """That a key has a usage plan."""

    name: str
    plan: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpApi:
    """An HTTP API.

    Attributes:
        api: Its name on AWS.
        origins: Of pages that may ask.
    """

    name: str
    api: str
    description: str
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpIntegration:
    """That an HTTP API asks the alias."""

    name: str
    api: str
    alias: str
    milliseconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JwtAuthorizer:
    """Which tokens an HTTP API takes.

    Attributes:
        authorizer: Its name on AWS.
    """

    name: str
    api: str
    authorizer: str
    issuer: str
    audience: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRoute:
    """All paths of an HTTP API.

    Attributes:
        signed: Whether callers sign with credentials of AWS.
        authorizer: The name in the graph of what reads tokens, or None.
    """

    name: str
    api: str
    integration: str
    signed: bool
    authorizer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpStage:
    """The stage of an HTTP API, which shows each change at once and is no part of the path."""

    name: str
    api: str
    throttle: Throttle


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionUrl:
    """The function's own URL.

    Attributes:
        alias: The alias's name in the graph.
        function: The function's name on AWS.
        qualifier: The alias's, likewise.
        signed: Whether callers sign with credentials of AWS.
        origins: Of pages that may ask, where AWS has to tell browsers so, since what they ask
            beforehand is not signed; else the function does.
    """

    name: str
    alias: str
    function: str
    qualifier: str
    signed: bool
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A domain of one's own.

    Attributes:
        kind: Which API it is for.
        certificate: ARN of its certificate.
    """

    name: str
    kind: Literal["rest", "http"]
    domain: str
    certificate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainMapping:
    """What a domain shows.

    Attributes:
        domain: The domain's name in the graph; likewise `api` and `stage`.
    """

    name: str
    kind: Literal["rest", "http"]
    domain: str
    api: str
    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsRecord:
    """The record of a domain.

    Attributes:
        zone: Id of the zone in Route 53.
        domain: The domain's name in the graph.
        host: The domain itself.
    """

    name: str
    kind: Literal["rest", "http"]
    zone: str
    domain: str
    host: str


RestResource = (
    RestApi
    | ApiPath
    | ApiMethod
    | GatewayProblem
    | ApiDeployment
    | ApiStage
    | ApiKey
    | UsagePlan
    | UsagePlanKey
)
OtherGatewayResource = (
    HttpApi
    | HttpIntegration
    | JwtAuthorizer
    | HttpRoute
    | HttpStage
    | FunctionUrl
    | Domain
    | DomainMapping
    | DnsRecord
)
GatewayResource = RestResource | OtherGatewayResource

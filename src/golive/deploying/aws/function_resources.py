"""Resources of the graph: the function, what it may do, its versions and where packages are.

A resource's `name` is what others of the graph call it; it stays the same from one deployment to
the next, or the resource is another one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "Alias",
    "Bucket",
    "Function",
    "FunctionResource",
    "LogGroup",
    "Permission",
    "Pings",
    "Role",
    "Statement",
    "Version",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Where packages and models are kept: private, encrypted, with versions of its objects.

    Attributes:
        bucket: Its name, with places (see `golive.deploying.aws.texts`).
        old_days: Days for which an object's former versions are kept.
    """

    name: str
    bucket: str
    old_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogGroup:
    """Where the function's lines go.

    Attributes:
        group: Its name.
        days: For which lines are kept.
    """

    name: str
    group: str
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a role may do.

    Attributes:
        why: The reason, for those who read the policy.
        actions: Such as `s3:GetObject`.
        resources: ARNs, with places.
        prefix: Of the keys that may be listed, or None where the action is no listing.
    """

    why: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    prefix: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What the function may do on AWS.

    Attributes:
        statements: All of it.
    """

    name: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """The function.

    Attributes:
        function: Its name on AWS.
        role: The name of its role in the graph.
        log_group: That of its group of logs.
        package: Whether its code is a zip file in a bucket or an image.
        runtime: Of a zip file.
        handler: Likewise.
        bucket: Where the zip file is, with places.
        key: Its key; None where no package was built yet, and it is given when it is deployed.
        environment: Variables and their values.
        reserved: How many may run at a time; None for as many as the account has left.
    """

    name: str
    function: str
    role: str
    log_group: str
    package: Literal["zip", "image"]
    runtime: str
    handler: str
    bucket: str
    key: str | None
    architecture: Literal["x86_64", "arm64"]
    memory: int
    timeout: int
    environment: tuple[tuple[str, str], ...]
    reserved: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of the function, which stays when a later one takes its place in the template.

    Attributes:
        name: Named after all that it is made of, so that another package is another version.
        function: The function's name in the graph.
        description: What is in it.
        code_sha256: SHA-256 of the zip file in base64; None where that is not known.
        provisioned: How many environments are kept loaded.
    """

    name: str
    function: str
    description: str
    code_sha256: str | None
    provisioned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """The alias that the front door asks.

    Which version it names, and what share another one has, are parameters of the template.

    Attributes:
        alias: Its name on AWS.
        function: The function's name on AWS, not in the graph.
        version: The name in the graph of the version that it names at first.
    """

    name: str
    alias: str
    function: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """Who may invoke the alias.

    Attributes:
        alias: Its name in the graph.
        principal: A service of AWS, or `*` behind a function URL.
        source: ARN of what invokes it, with places; None for a function URL.
        by_url: Of a function URL: `url` to ask it, `function` to have it invoke the function.
    """

    name: str
    alias: str
    principal: str
    source: str | None = None
    by_url: Literal["url", "function"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pings:
    """A schedule that asks the alias nothing, so that an environment stays loaded.

    Attributes:
        rule: Its name on AWS.
        minutes: Between two.
        alias: The alias's name in the graph.
        event: The event, as JSON.
    """

    name: str
    rule: str
    minutes: int
    alias: str
    event: str


FunctionResource = Bucket | LogGroup | Role | Function | Version | Alias | Permission | Pings

"""What CloudFormation makes anew where a property changes, and what it leaves where it is."""

from __future__ import annotations

from golive.deploying.changes import Rules

__all__ = ["NAMED", "RULES"]

RULES = Rules(
    replacing={
        "Alarm": frozenset({"alarm"}),
        "Alias": frozenset({"alias", "function"}),
        "ApiDeployment": frozenset({"api"}),
        "ApiKey": frozenset({"key"}),
        "ApiMethod": frozenset({"api", "path", "verb"}),
        "ApiPath": frozenset({"api", "part"}),
        "ApiStage": frozenset({"api", "stage"}),
        "Bucket": frozenset({"bucket"}),
        "Dashboard": frozenset({"dashboard"}),
        "DnsRecord": frozenset({"zone"}),
        "Domain": frozenset({"domain"}),
        "DomainMapping": frozenset({"domain"}),
        "Function": frozenset({"function", "package"}),
        "FunctionUrl": frozenset({"function", "qualifier"}),
        "GatewayProblem": frozenset({"api", "kind"}),
        "HttpIntegration": frozenset({"api"}),
        "HttpRoute": frozenset({"api"}),
        "HttpStage": frozenset({"api"}),
        "JwtAuthorizer": frozenset({"api"}),
        "LogGroup": frozenset({"group"}),
        "LogMetric": frozenset({"group", "filter"}),
        "Permission": frozenset({"alias", "principal", "source", "by_url"}),
        "Pings": frozenset({"rule"}),
        "Subscription": frozenset({"topic", "email"}),
        "Topic": frozenset({"topic"}),
        "UsagePlanKey": frozenset({"plan", "key"}),
        "Version": frozenset({"function", "description", "code_sha256", "provisioned"}),
    },
    kept=frozenset({"Bucket", "Version"}),
)
"""By kind, the fields of the graph that stand for properties which cannot be changed.

A kind that is missing has none. Source: `createOnlyProperties` of the resource types' schemas.
"""

NAMED: dict[str, str] = {
    "Alarm": "alarm",
    "Bucket": "bucket",
    "Dashboard": "dashboard",
    "Domain": "domain",
    "Function": "function",
    "LogGroup": "group",
    "Pings": "rule",
    "Topic": "topic",
}
"""By kind, the field with the name that only one resource can have at a time.

Another resource is made before the old one is deleted, so it cannot have the same name.
"""

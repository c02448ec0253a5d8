"""Why each kind of resource is there, for those who read a template."""

from __future__ import annotations

from golive.deploying.aws.graph import Resource

__all__ = ["reason_of"]

_REASONS = {
    "Alarm": "Tells the topic when a bound is reached.",
    "Alias": "What the front door asks; which version that is, is a parameter.",
    "ApiDeployment": "A snapshot of the API; another one is made when the API changes.",
    "ApiKey": "The first key; its text is made by AWS and is not here.",
    "ApiMethod": "All that is asked goes to the alias.",
    "ApiPath": "Every path below the root.",
    "ApiStage": "What callers see of the API.",
    "Bucket": "Packages and models; it stays when the stack is deleted.",
    "Dashboard": "The four golden signals: latency, traffic, errors, saturation.",
    "DnsRecord": "Leads the domain to the API.",
    "Domain": "The API's own name.",
    "DomainMapping": "What the domain shows.",
    "Function": "The model behind golive's routes.",
    "FunctionUrl": "The function's own URL.",
    "GatewayProblem": "What the gateway answers by itself, in the form of golive's problems.",
    "HttpApi": "The front door.",
    "HttpIntegration": "All that is asked goes to the alias.",
    "HttpRoute": "Every path.",
    "HttpStage": "What callers see of the API, and how much they may ask.",
    "JwtAuthorizer": "Which tokens are taken.",
    "LogGroup": "The function's log; without it, AWS would keep lines for ever.",
    "LogMetric": "The memory that each request needed, out of the log.",
    "Permission": "Who may invoke the alias, and nothing else may.",
    "Pings": "Keeps one environment loaded.",
    "RestApi": "The front door: the one with keys and quotas.",
    "Role": "What the function may do: its own log, and its own model where that is in S3.",
    "Subscription": "Who is told; the address has to confirm it once.",
    "Topic": "Where alarms are told.",
    "UsagePlan": "What each key may use. AWS keeps to it as well as it can, not exactly.",
    "UsagePlanKey": "That the key has the plan.",
    "Version": "One package with its settings. It stays when a later one takes its place.",
}


def reason_of(resource: Resource) -> str:
    """A sentence."""
    return _REASONS[type(resource).__name__]

"""The graph of an order: which resources there are, and what they say."""

import json

import pytest
from hypothesis import given, settings
from tests.deploying.aws.orders import JWT, PACKAGE, order, orders

from golive.deploying.aws.building import service_graph, store_graph
from golive.deploying.aws.function_resources import (
    Alias,
    Function,
    Permission,
    Pings,
    Role,
    Version,
)
from golive.deploying.aws.gateway_resources import (
    ApiMethod,
    ApiStage,
    FunctionUrl,
    GatewayProblem,
    HttpRoute,
    UsagePlan,
)
from golive.deploying.aws.graph import Graph
from golive.deploying.aws.names import deployment_name
from golive.deploying.aws.order import Account, Order
from golive.deploying.aws.watching_resources import Alarm, Dashboard, Subscription
from golive.errors import UsageError
from golive.service.problems import STATUSES


def _graph(table: dict | None = None, **more) -> Graph:
    return service_graph(order(table, **more))


def _kinds(graph: Graph) -> set[str]:
    return {type(resource).__name__ for resource in graph}


def test_the_usual_deployment_has_a_rest_api_with_a_key_and_a_usage_plan():
    graph = _graph()

    [plan] = graph.of(UsagePlan)
    assert _kinds(graph) == {
        "Alarm", "Alias", "ApiDeployment", "ApiKey", "ApiMethod", "ApiPath", "ApiStage",
        "Dashboard", "Function", "GatewayProblem", "LogGroup", "LogMetric", "Permission",
        "RestApi", "Role", "Topic", "UsagePlan", "UsagePlanKey", "Version",
    }  # fmt: skip
    assert (plan.throttle.rate, plan.throttle.burst) == (10.0, 10)
    assert plan.quota is not None
    assert (plan.quota.limit, plan.quota.period) == (100, "DAY")
    assert all(method.needs_key for method in graph.of(ApiMethod))


def test_browsers_may_ask_beforehand_without_a_key():
    methods = _graph({"cors_origins": ["https://a.example.com"]}).of(ApiMethod)

    assert [(m.verb, m.needs_key) for m in methods] == [
        ("ANY", True),
        ("ANY", True),
        ("OPTIONS", False),
    ]


def test_everybody_may_ask_only_where_somebody_said_so():
    wanted = order({"auth": "none"})
    unsaid = Order(model="games", reference="games", settings=wanted.settings)

    assert service_graph(wanted).stack == "golive-games-dev"
    with pytest.raises(UsageError, match="everybody on the internet") as caught:
        service_graph(unsaid)
    assert "--public" in str(caught.value.hint)


def test_a_version_is_named_after_all_that_it_is_made_of_and_nothing_else():
    def version(table: dict | None = None, **more) -> str:
        return _graph(table, **more).of(Version)[0].name

    usual = version()

    assert version({"memory": 2048}) != usual
    assert version(package=None) != usual
    # Lambda refuses a second version of the same; none of these is part of a version.
    assert version({"concurrency": 5}) == usual
    assert version({"rate": 99, "quota": "1/day"}) == usual
    assert version({"alarm_email": "a@b.example"}) == usual
    assert version(account=Account(concurrency=1000)) == usual


def test_the_alias_names_the_function_by_its_name_on_aws():
    [alias] = _graph().of(Alias)

    assert (alias.alias, alias.function) == ("live", "golive-games-dev")


@pytest.mark.parametrize(
    ("table", "account", "reserved", "throttled"),
    [
        ({}, None, None, True),
        ({}, Account(concurrency=1000), 10, False),
        ({}, Account(concurrency=1000, reserved=891), None, True),
        ({}, Account(concurrency=10), None, True),
        ({"provisioned": 20}, Account(concurrency=1000), 20, False),
        ({"concurrency": 7}, Account(concurrency=10), 7, False),
        ({"auth": "iam"}, Account(concurrency=1000), 10, True),
    ],
)
def test_what_runs_at_a_time_is_bounded_where_the_account_allows_it_else_the_rate_is(
    table, account, reserved, throttled
):
    graph = _graph(table, account=account)

    [function], [stage] = graph.of(Function), graph.of(ApiStage)
    assert function.reserved == reserved
    assert (stage.throttle is not None) is throttled


def test_the_role_writes_its_own_log_and_reads_its_own_model():
    [plain] = _graph().of(Role)
    [reading] = _graph({"model_from": "s3"}).of(Role)

    assert [statement.actions for statement in plain.statements] == [
        ("logs:CreateLogStream", "logs:PutLogEvents")
    ]
    assert [(s.actions, s.resources, s.prefix) for s in reading.statements[1:]] == [
        (
            ("s3:GetObject",),
            ("arn:<partition>:s3:::golive-<account>-<region>/models/games/*",),
            None,
        ),
        (
            ("s3:ListBucket",),
            ("arn:<partition>:s3:::golive-<account>-<region>",),
            "models/games/*",
        ),
    ]


def test_an_http_api_reads_tokens_and_a_function_url_leaves_that_to_the_function():
    [route] = _graph({"front_door": "http", **JWT}).of(HttpRoute)
    by_url = _graph({"front_door": "url", **JWT})

    [url], [function] = by_url.of(FunctionUrl), by_url.of(Function)
    assert (route.authorizer, route.signed) == ("JwtAuthorizer", False)
    assert url.signed is False
    assert dict(function.environment)["GOLIVE_OIDC_ISSUER"] == "https://login.example.com"


def test_a_url_for_all_needs_both_permissions_and_a_signed_one_none():
    permissions = _graph({"front_door": "url", "auth": "none"}).of(Permission)

    assert [permission.by_url for permission in permissions] == ["url", "function"]
    assert _graph({"front_door": "url", "auth": "iam"}).of(Permission) == []


def test_pings_ask_nothing():
    [pings] = _graph({"pings": "5m"}).of(Pings)

    assert (pings.minutes, json.loads(pings.event)) == (5, {"golive": "ping"})


def test_alarms_and_the_dashboard_show_the_four_golden_signals():
    graph = _graph({"timeout": 10, "memory": 1000, "alarm_email": "team@example.com"})

    alarms = {a.name: (a.metric.metric, a.metric.statistic, a.threshold) for a in graph.of(Alarm)}
    [dashboard] = graph.of(Dashboard)
    assert alarms == {
        "ErrorsAlarm": ("Errors", "Sum", 1),
        "GatewayAlarm": ("5XXError", "Sum", 1),
        "ThrottlesAlarm": ("Throttles", "Sum", 1),
        "SlowAlarm": ("Duration", "p99", 8000),
        "MemoryAlarm": ("golive-games-dev-max-memory", "Maximum", 900),
    }
    assert [panel.title.split()[0] for panel in dashboard.panels] == [
        "Latency", "Traffic", "Errors", "Saturation",
    ]  # fmt: skip
    assert [s.email for s in graph.of(Subscription)] == ["team@example.com"]


def test_what_the_gateway_answers_itself_are_problems_with_the_status_of_their_code():
    problems = _graph({"cors_origins": ["https://a.example.com"]}).of(GatewayProblem)

    found = {p.kind: (p.status, json.loads(p.body), dict(p.headers)) for p in problems}
    statuses = {kind: status for kind, (status, _, _) in found.items()}
    assert {statuses[kind] for kind in statuses} >= {401, 403, 413, 429, 504}
    for status, body, headers in found.values():
        assert headers["content-type"] == "application/problem+json"
        assert headers["access-control-allow-origin"] == "https://a.example.com"
        assert body["request_id"] == "$context.requestId"
        assert body.get("status") == status
        assert status is None or STATUSES[body["code"]] == status
    assert found["QUOTA_EXCEEDED"][1]["code"] == "quota_exceeded"
    assert found["INVALID_API_KEY"][2]["www-authenticate"].startswith("Bearer")
    # A status here would be the status of every case that has no answer of its own.
    assert (statuses["DEFAULT_4XX"], statuses["DEFAULT_5XX"]) == (None, None)


def test_the_bucket_is_a_stack_of_its_own_that_all_deployments_share():
    games, news = store_graph(order()), store_graph(order(model="news"))

    assert games == news
    assert [resource.name for resource in games] == ["Bucket"]


@pytest.mark.parametrize(
    ("model", "stage", "name"),
    [("games", "prod", "golive-games-prod"), ("Games-2", "dev", "golive-Games-2-dev")],
)
def test_a_deployment_is_called_after_the_model_and_the_stage(model, stage, name):
    assert deployment_name(model, stage) == name


def test_models_whose_names_lose_letters_never_meet_in_one():
    names = [deployment_name(m, "prod") for m in ("a.b", "a_b", "a-b", "a--b", "a" * 99, "a" * 100)]

    assert len(set(names)) == len(names)
    assert all(len(name) <= 48 and name.replace("-", "").isalnum() for name in names)


@settings(deadline=None, max_examples=40)
@given(orders())
def test_each_resource_comes_after_those_that_it_names_and_has_a_name_of_its_own(wanted: Order):
    graph = service_graph(wanted)
    names = [resource.name for resource in graph]

    assert len(set(names)) == len(names)
    assert all(name.isalnum() for name in names)
    assert graph == service_graph(wanted)


def test_the_key_of_a_package_is_its_hash():
    [function] = _graph().of(Function)

    assert function.key == f"packages/golive-games-dev/{PACKAGE.sha256}.zip"
    assert _graph(package=None).of(Function)[0].key is None

"""The plan: changes, costs, latency and risks, and that it is bound to its template."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from tests.deploying.aws.orders import order, orders

from golive.deploying.aws.building import service_graph, store_graph
from golive.deploying.aws.graph import recorded
from golive.deploying.aws.order import Account, Order
from golive.deploying.aws.planning import make_plan
from golive.deploying.aws.prices import PRICES
from golive.deploying.aws.timing import core_share, expected_latency
from golive.deploying.cost import Traffic
from golive.deploying.latency import Measurement, read_measurement
from golive.deploying.plan import Plan, PlanOutdatedError
from golive.deploying.records import read_graph, write_graph
from golive.errors import UsageError

TRAFFIC = Traffic(requests=1_000_000, milliseconds=10)
MEASURED = Measurement(init_seconds=0.1, first_ms=5, warm_ms=0.5, memory_mb=60)


def _plan(wanted: Order, before: Order | None = None, **more) -> Plan:
    graphs = [] if before is None else [store_graph(before), service_graph(before)]
    deployed = {g.stack: read_graph(write_graph(recorded(g)), "test") for g in graphs}
    return make_plan(wanted, deployed=deployed, traffic=more.pop("traffic", TRAFFIC), **more)


def _codes(plan: Plan) -> set[str]:
    return {risk.code for risk in plan.risks}


def test_a_first_deployment_only_adds():
    plan = _plan(order())

    assert [stack.stack for stack in plan.stacks] == ["golive-store", "golive-games-dev"]
    assert set(plan.counts()) == {"add"}


@settings(deadline=None, max_examples=40)
@given(orders())
def test_what_was_deployed_and_is_wanted_again_changes_nothing(wanted: Order):
    assert _plan(wanted, wanted).counts() == {}


def test_another_memory_changes_the_function_and_makes_another_version():
    plan = _plan(order({"memory": 2048}), order())

    found = {change.kind: change.action for change in plan.stacks[1].changes}
    assert found["Function"] == "change"
    assert found["Alias"] == "change"
    assert found["Version"] == "add"
    assert set(plan.counts()) == {"add", "change"}


def test_earlier_versions_stay_in_the_stack_as_long_as_they_are_kept():
    deployed, kept = {}, []
    for memory in (512, 1024, 2048, 3008):
        plan = make_plan(
            order({"memory": memory, "keep_versions": 3}), deployed=deployed, traffic=TRAFFIC
        )
        stack = plan.stacks[1]
        deployed = {stack.stack: stack.graph}
        kept.append([r.name for r in stack.graph.resources if r.kind == "Version"])
    again = make_plan(
        order({"memory": 1024, "keep_versions": 3}), deployed=deployed, traffic=TRAFFIC
    )

    assert [len(names) for names in kept] == [1, 2, 3, 3]
    assert kept[3][:2] == kept[2][1:]
    assert [(c.action, c.kind) for c in stack.changes if c.kind == "Version"] == [
        ("add", "Version"),
        ("keep", "Version"),
    ]
    # A version that is still there is not made again.
    assert [c.kind for c in again.stacks[1].changes if c.kind == "Version"] == []
    assert json.loads(stack.template)["Resources"].keys() >= set(kept[3])


def test_another_front_door_is_told_to_whoever_calls():
    plan = _plan(order({"front_door": "http", "auth": "iam"}), order())

    assert "callers_notice" in _codes(plan)
    assert plan.counts()["delete"] > 20


def test_a_zip_cannot_become_an_image_under_the_same_name():
    plan = _plan(order({"package": "image"}), order())

    assert "name_taken" in _codes(plan)


def test_what_is_planned_is_what_is_applied():
    [_, stack] = _plan(order()).stacks
    [_, other] = _plan(order({"memory": 2048})).stacks

    stack.check(stack.template_sha256)
    with pytest.raises(PlanOutdatedError, match="is not the one that was planned"):
        stack.check(other.template_sha256)


def test_a_plan_is_json():
    plan = _plan(order({"regions": ["eu-central-1", "us-east-1"]}), measured=MEASURED)

    told = json.loads(json.dumps(plan.to_json()))

    assert told["regions"] == ["eu-central-1", "us-east-1"]
    assert told["stacks"][1]["template_sha256"] == plan.stacks[1].template_sha256
    assert told["cost"]["as_of"] == "2025-12"
    assert "template" not in told["stacks"][1]


def test_the_cost_of_a_month_is_the_sum_of_its_lines():
    cost = _plan(order({"memory": 1024})).cost

    lines = {line.item: round(line.usd, 4) for line in cost.lines}
    assert lines == {
        "requests": 0.2,
        "compute x86_64": 0.1667,
        "front door (rest)": 3.5,
        "answers sent": 0.045,
        "logs": 0.85,
        "kept logs": 0.051,
        "alarms": 0.5,
        "metrics": 0.3,
        "dashboard": 3.0,
        "packages": 0.0002,
    }
    assert cost.usd == pytest.approx(8.6129, abs=0.001)


def test_each_region_is_paid_for():
    one = _plan(order()).cost.usd
    two = _plan(order({"regions": ["eu-central-1", "us-east-1"]})).cost.usd

    assert two == pytest.approx(2 * one)


def test_a_function_url_and_arm_are_cheaper_and_warmth_is_paid_for():
    def usd(**table) -> float:
        return _plan(order({"auth": "iam", **table})).cost.usd

    assert usd(front_door="url") < usd(front_door="http") < usd(front_door="rest")
    assert usd(architecture="arm64") < usd()
    assert usd(pings="5m") < usd() + 0.01
    assert usd(provisioned=1) - usd() == pytest.approx(
        730 * 3600 * PRICES["provisioned x86_64"].usd - 10_000 * (0.0000166667 - 0.0000097222)
    )


def test_what_bounds_a_flood_is_told_with_what_it_costs_at_most():
    reserved = _plan(order(account=Account(concurrency=1000))).guard
    by_rate = _plan(order()).guard
    unbounded = _plan(order({"front_door": "url", "auth": "none"}))

    assert reserved.kind == "concurrency"
    assert reserved.usd_per_day == pytest.approx(10 * 86_400 * 0.0000166667 + 0.0432 * 3.7)
    assert by_rate.kind == "rate"
    assert "was not read" in by_rate.message
    assert unbounded.guard.usd_per_day is None
    assert {"public", "no_concurrency_limit"} <= {
        risk.code for risk in unbounded.risks if risk.severity == "warning"
    }


def test_latency_is_what_was_measured_under_the_share_of_a_processor():
    latency = expected_latency(MEASURED, 1769 // 2)

    assert core_share(1769) == core_share(10240) == 1
    assert core_share(442) == pytest.approx(0.25, abs=0.001)
    assert latency.warm_ms == pytest.approx(1.0, rel=0.01)
    assert latency.cold_ms == pytest.approx(210, rel=0.01)


def test_a_measurement_that_does_not_fit_is_a_risk():
    slow = replace(MEASURED, init_seconds=25, memory_mb=1000)

    assert {"memory_near_limit", "cold_start_near_timeout"} <= _codes(_plan(order(), measured=slow))
    assert not {"memory_near_limit", "cold_start_near_timeout"} & _codes(
        _plan(order(), measured=MEASURED)
    )


def test_a_measurement_is_read():
    text = '{"init_seconds": 0.1, "first_ms": 5, "warm_ms": 0.5, "memory_mb": 60, "more": 1}'

    assert read_measurement(text, "m.json") == MEASURED
    for wrong in [
        "[]",
        '{"init_seconds": 1}',
        text.replace("0.5", "1e999"),
        text.replace("5", "-5"),
    ]:
        with pytest.raises(UsageError, match=r"m\.json"):
            read_measurement(wrong, "m.json")


def test_without_a_region_there_is_no_plan():
    with pytest.raises(UsageError, match="No region is named"):
        _plan(order({"regions": None}))


def test_quotas_are_told_as_what_they_are():
    plan = _plan(order())

    told = {risk.code: risk.message for risk in plan.risks}
    assert "not exactly" in told["quota_best_effort"]
    assert "100/day" in told["quota_ends"]
    assert "nobody_is_told" in told
    assert "confirm_email" in _codes(_plan(order({"alarm_email": "a@example.com"})))
    assert "package_not_built" in _codes(_plan(order(package=None)))

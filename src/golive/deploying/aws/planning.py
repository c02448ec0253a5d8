"""An order becomes a plan: what is made, what it costs, how quick it is and what may go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from golive.deploying.aws.building import service_graph, store_graph
from golive.deploying.aws.cloudformation.template import template_sha256, template_text
from golive.deploying.aws.costing import flood_per_day, monthly_cost
from golive.deploying.aws.function_resources import Version
from golive.deploying.aws.graph import Graph, recorded
from golive.deploying.aws.guarding import CostGuard, cost_guard
from golive.deploying.aws.order import Order
from golive.deploying.aws.replacements import RULES
from golive.deploying.aws.risks import Facts, risks_of
from golive.deploying.aws.timing import expected_latency
from golive.deploying.changes import compare
from golive.deploying.cost import Traffic
from golive.deploying.latency import Measurement
from golive.deploying.plan import Guard, Plan, PlannedStack
from golive.deploying.records import RecordedGraph
from golive.errors import UsageError

__all__ = ["make_plan", "planned_stack"]


def make_plan(
    order: Order,
    *,
    deployed: Mapping[str, RecordedGraph],
    traffic: Traffic,
    measured: Measurement | None = None,
) -> Plan:
    """The plan of an order.

    Args:
        order: What is wanted.
        deployed: What is there already, by the stack's name.
        traffic: For the cost of a month, in each region.
        measured: For the latency; None where nothing was measured.

    Raises:
        UsageError: No region is named, or everybody could ask and nobody said so.
    """
    if not order.settings.regions:
        raise UsageError(
            "No region is named.",
            hint='regions = ["eu-central-1"] under [aws] in golive.toml, or --region eu-central-1',
        )
    order = replace(order, earlier=_earlier(order, deployed.get(order.name)))
    service = service_graph(order)
    stacks = tuple(
        planned_stack(graph, deployed.get(graph.stack)) for graph in (store_graph(order), service)
    )
    guard = cost_guard(order)
    latency = None if measured is None else expected_latency(measured, order.settings.memory)
    facts = Facts(
        order=order,
        guard=guard,
        changes=[change for stack in stacks for change in stack.changes],
        measured=measured,
        latency=latency,
    )
    return Plan(
        name=order.name,
        regions=order.settings.regions,
        stacks=stacks,
        cost=monthly_cost(order, service, traffic),
        latency=latency,
        guard=_guard(order, guard),
        risks=risks_of(facts),
    )


def planned_stack(graph: Graph, deployed: RecordedGraph | None) -> PlannedStack:
    """A stack with its template, and what changes where a graph is deployed."""
    text = template_text(graph)
    wanted = recorded(graph)
    return PlannedStack(
        stack=graph.stack,
        template=text,
        template_sha256=template_sha256(text),
        graph=wanted,
        changes=compare(deployed, wanted, RULES),
    )


def _earlier(order: Order, deployed: RecordedGraph | None) -> tuple[Version, ...]:
    """The versions that stay in the stack, so that there is something to go back to.

    Older ones leave it, and the account keeps them until they are removed there.
    """
    if deployed is None:
        return ()
    [new] = service_graph(order).of(Version)
    properties: list[dict[str, Any]] = [
        {**record.properties, "name": record.name}
        for record in deployed.resources
        if record.kind == Version.__name__ and record.name != new.name
    ]
    return tuple(Version(**found) for found in properties[1 - order.settings.keep_versions :])


def _guard(order: Order, guard: CostGuard) -> Guard:
    settings = order.settings
    further = ""
    if settings.has_usage_plan and settings.quota != "none":
        further = f"; requests without a key are not passed on, and a key has {settings.quota}"
    return Guard(
        kind=guard.kind, message=guard.why + further, usd_per_day=flood_per_day(order, guard)
    )

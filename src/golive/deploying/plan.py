"""The plan: what a deployment will do, cost and risk, bound to the template that does it."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from golive.deploying.changes import Change
from golive.deploying.cost import Cost
from golive.deploying.latency import Latency
from golive.deploying.records import RecordedGraph
from golive.errors import GoliveError

__all__ = ["Guard", "Plan", "PlanOutdatedError", "PlannedStack", "Risk"]


class PlanOutdatedError(GoliveError):
    """What would be applied is not what was planned."""

    code = "plan_outdated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """What may go wrong, or be a surprise.

    Attributes:
        code: Stable, snake_case name.
        severity: `warning` is for what somebody should have wanted.
    """

    code: str
    severity: Literal["warning", "note"]
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What bounds the cost of a flood.

    Attributes:
        kind: Whether what runs at a time is bounded, or the rate at the gateway, or nothing.
        message: Which and why.
        usd_per_day: What a flood of a whole day would cost at most; None where nothing bounds it.
    """

    kind: Literal["concurrency", "rate", "nothing"]
    message: str
    usd_per_day: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStack:
    """A stack and what becomes of it.

    Attributes:
        template: The template itself, which is what is applied.
        template_sha256: Of it.
        graph: What it was rendered from, which is recorded once it is deployed.
    """

    stack: str
    template: str = field(repr=False)
    template_sha256: str
    graph: RecordedGraph = field(repr=False)
    changes: tuple[Change, ...]

    def check(self, template_sha256: str) -> None:
        """Refuse to apply another template.

        Raises:
            PlanOutdatedError: It is another one.
        """
        if template_sha256 != self.template_sha256:
            raise PlanOutdatedError(
                f"The template of {self.stack} is not the one that was planned: "
                f"{template_sha256[:12]} instead of {self.template_sha256[:12]}.",
                hint="Settings, the package or golive itself changed since; plan again.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All of it.

    Attributes:
        name: Of the deployment.
        stacks: In the order in which they are made; the same in each region.
        latency: None where nothing was measured.
    """

    name: str
    regions: tuple[str, ...]
    stacks: tuple[PlannedStack, ...]
    cost: Cost
    latency: Latency | None
    guard: Guard
    risks: tuple[Risk, ...]

    def counts(self) -> Counter[str]:
        """How many resources are added, changed, replaced, deleted and kept."""
        return Counter(change.action for stack in self.stacks for change in stack.changes)

    def to_json(self) -> dict[str, Any]:
        """The plan for a script, without the templates themselves."""
        return {
            "name": self.name,
            "regions": list(self.regions),
            "stacks": [
                {
                    "stack": stack.stack,
                    "template_sha256": stack.template_sha256,
                    "changes": [asdict(change) for change in stack.changes],
                }
                for stack in self.stacks
            ],
            "cost": {
                "usd_per_month": round(self.cost.usd, 4),
                "region_of_prices": self.cost.region,
                "as_of": self.cost.as_of,
                "regions": self.cost.regions,
                "lines": [
                    asdict(line) | {"usd_per_month": round(line.usd, 4)} for line in self.cost.lines
                ],
                "notes": list(self.cost.notes),
            },
            "latency": None if self.latency is None else asdict(self.latency),
            "guard": asdict(self.guard),
            "risks": [asdict(risk) for risk in self.risks],
        }

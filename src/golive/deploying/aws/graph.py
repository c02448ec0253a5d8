"""The graph: all resources of a stack, as values that know nothing of a format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TypeVar

from golive.deploying.aws.function_resources import FunctionResource
from golive.deploying.aws.gateway_resources import GatewayResource
from golive.deploying.aws.watching_resources import WatchingResource
from golive.deploying.records import Record, RecordedGraph, plain

__all__ = ["Graph", "Resource", "recorded"]

Resource = FunctionResource | GatewayResource | WatchingResource
_Kind = TypeVar("_Kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A stack.

    Attributes:
        stack: Its name.
        description: What it is.
        resources: In an order in which each comes after those that it names.
        tags: Of all resources.
    """

    stack: str
    description: str
    resources: tuple[Resource, ...]
    tags: tuple[tuple[str, str], ...]

    def __iter__(self) -> Iterator[Resource]:
        """The resources."""
        return iter(self.resources)

    def of(self, kind: type[_Kind]) -> list[_Kind]:
        """The resources of a kind."""
        return [resource for resource in self.resources if isinstance(resource, kind)]


def recorded(graph: Graph) -> RecordedGraph:
    """The graph as it is kept, to be compared with a later one."""
    records = tuple(_record(resource) for resource in graph)
    return RecordedGraph(stack=graph.stack, resources=records, tags=dict(graph.tags))


def _record(resource: Resource) -> Record:
    properties = plain(asdict(resource))
    name = properties.pop("name")
    return Record(kind=type(resource).__name__, name=str(name), properties=properties)

"""A graph of resources as it is kept: plain values, in a format with a version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from golive.errors import UsageError
from golive.signature.model import JsonValue

__all__ = ["Record", "RecordedGraph", "plain", "read_graph", "write_graph"]

_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A resource.

    Attributes:
        kind: What it is, such as `Function`.
        name: Its name in the graph.
        properties: All else of it, by name; where it names another resource, that one's name.
    """

    kind: str
    name: str
    properties: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedGraph:
    """The resources of a stack, as they were when it was deployed or as they are wanted."""

    stack: str
    resources: tuple[Record, ...]
    tags: Mapping[str, str]

    def by_name(self) -> dict[str, Record]:
        """The resources by their names."""
        return {record.name: record for record in self.resources}


def plain(value: Any) -> Any:
    """The value in types of JSON; pairs that begin with a text become members of an object."""
    match value:
        case dict():
            return {str(key): plain(member) for key, member in value.items()}
        case tuple() | list() if value and all(_is_pair(member) for member in value):
            return {key: plain(member) for key, member in value}
        case tuple() | list():
            return [plain(member) for member in value]
        case _:
            return value


def _is_pair(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], str)


def write_graph(graph: RecordedGraph) -> str:
    """The graph as JSON, the same text for the same graph."""
    resources = [
        {"kind": r.kind, "name": r.name, "properties": dict(r.properties)} for r in graph.resources
    ]
    document = {
        "format": _FORMAT,
        "stack": graph.stack,
        "tags": dict(graph.tags),
        "resources": resources,
    }
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def read_graph(text: str, source: str) -> RecordedGraph:
    """The graph that `write_graph` wrote.

    Raises:
        UsageError: The text is none; the message names `source`.
    """
    try:
        document = json.loads(text)
        version = document["format"]
        if version != _FORMAT:
            raise UsageError(
                f"{source} has format {version}; this golive reads {_FORMAT}.",
                hint="pip install --upgrade golive",
            )
        resources = tuple(
            Record(kind=str(r["kind"]), name=str(r["name"]), properties=dict(r["properties"]))
            for r in document["resources"]
        )
        return RecordedGraph(
            stack=str(document["stack"]), resources=resources, tags=dict(document["tags"])
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{source} is no recorded graph: {error!r}.") from error

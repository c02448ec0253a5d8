"""Values that CloudFormation itself fills in."""

from __future__ import annotations

from typing import Any

from golive.deploying.aws.texts import fill, has_places

__all__ = ["Properties", "attribute", "filled", "ref", "typed", "without_none"]

Properties = dict[str, Any]
"""Of a resource, as it stands in a template."""

_PSEUDO = {"account": "AWS::AccountId", "region": "AWS::Region", "partition": "AWS::Partition"}


def ref(name: str) -> Properties:
    """The id, name or ARN of a resource, or the value of a parameter."""
    return {"Ref": name}


def attribute(name: str, of_it: str) -> Properties:
    """An attribute of a resource."""
    return {"Fn::GetAtt": [name, of_it]}


def filled(text: str) -> Any:
    """A text of the graph, with its places filled by CloudFormation."""
    if not has_places(text):
        return text
    return {"Fn::Sub": fill(text, _variable, literal=lambda part: part.replace("${", "${!"))}


def _variable(place: str) -> str:
    return "${" + _PSEUDO.get(place, place.removeprefix("id:")) + "}"


def without_none(properties: Properties) -> Properties:
    """The properties that are set."""
    return {name: value for name, value in properties.items() if value is not None}


def typed(kind: str, **properties: object) -> Properties:
    """A resource with those properties that are set."""
    return {"Type": kind, "Properties": without_none(properties)}

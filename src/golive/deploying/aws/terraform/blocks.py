"""Blocks of Terraform, and which of their texts are expressions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from golive.deploying.aws.texts import fill, has_places

__all__ = ["Block", "Body", "Expression", "attribute", "block", "escaped", "filled", "label"]

Body = dict[str, Any]
"""Of a block."""

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_KNOWN = {
    "account": "${data.aws_caller_identity.current.account_id}",
    "region": "${data.aws_region.current.id}",
    "partition": "${data.aws_partition.current.partition}",
    "id:RestApi": "${aws_api_gateway_rest_api.rest_api.id}",
    "id:HttpApi": "${aws_apigatewayv2_api.http_api.id}",
}


class Expression(str):
    """A text that Terraform evaluates; any other is what it is."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A resource of Terraform.

    Attributes:
        kind: Such as `aws_lambda_function`.
        label: Its name there.
    """

    kind: str
    label: str
    body: Body

    @property
    def address(self) -> str:
        """What others call it."""
        return f"{self.kind}.{self.label}"


def label(name: str) -> str:
    """The name of a resource of the graph as Terraform writes names.

    Examples:
        >>> label("LiveAlias")
        'live_alias'
    """
    return _WORD.sub("_", name).lower()


def block(kind: str, name: str, body: Body) -> Block:
    """The block of a resource of the graph, by its name there."""
    return Block(kind=kind, label=label(name), body=body)


def attribute(kind: str, name: str, of_it: str = "id") -> Expression:
    """An attribute of a resource of the graph, by its name there."""
    return Expression(f"${{{kind}.{label(name)}.{of_it}}}")


def filled(text: str) -> str:
    """A text of the graph, with its places filled by Terraform."""
    if not has_places(text):
        return text
    return Expression(fill(text, _KNOWN.__getitem__, literal=_escape))


def escaped(value: Any) -> Any:
    """The value as it stands in a file: texts that are no expressions are not evaluated."""
    match value:
        case Expression():
            return str(value)
        case str():
            return _escape(value)
        case dict():
            return {key: escaped(member) for key, member in value.items()}
        case list():
            return [escaped(member) for member in value]
        case _:
            return value


def _escape(text: str) -> str:
    return text.replace("${", "$${").replace("%{", "%%{")

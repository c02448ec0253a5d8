"""Files that a person reads, reviews and deploys without golive."""

from __future__ import annotations

import json
from typing import Any, Literal, assert_never

import yaml

from golive.deploying.aws.building import service_graph, store_graph
from golive.deploying.aws.cloudformation.template import render, template
from golive.deploying.aws.graph import Graph
from golive.deploying.aws.order import Order
from golive.deploying.aws.reasons import reason_of
from golive.deploying.aws.terraform.configuration import configuration

__all__ = ["EjectFormat", "eject", "template_yaml"]

EjectFormat = Literal["cloudformation", "terraform", "cdk"]

_WIDTH = 100


def eject(order: Order, form: EjectFormat) -> dict[str, str]:
    """The files of an order, by their paths.

    Raises:
        UsageError: Everybody could ask, and nobody said so.
    """
    graphs = {"store": store_graph(order), "service": service_graph(order)}
    match form:
        case "cloudformation":
            return {f"{name}.yaml": template_yaml(graph) for name, graph in graphs.items()}
        case "terraform":
            return {f"{name}/main.tf.json": _terraform(graph) for name, graph in graphs.items()}
        case "cdk":
            templates = {f"{name}.yaml": template_yaml(graph) for name, graph in graphs.items()}
            return templates | {
                "app.py": _APP.format(stacks={n: g.stack for n, g in graphs.items()}),
                "cdk.json": json.dumps({"app": "python3 app.py"}, indent=2) + "\n",
                "requirements.txt": "aws-cdk-lib>=2.180,<3\nconstructs>=10,<11\n",
            }
        case other:
            assert_never(other)


def template_yaml(graph: Graph) -> str:
    """The template of CloudFormation as YAML, with the reason of each resource before it."""
    document = template(graph)
    resources = document["Resources"]
    lines = [f"# {graph.description}", "# Written by golive; edit golive.toml instead.", ""]
    for name, part in document.items():
        if name != "Resources":
            lines += [_yaml({name: part}), ""]
            continue
        lines.append("Resources:")
        for resource in graph:
            lines.append(f"  # {reason_of(resource)}")
            for own in render(resource):
                lines += [_indented(_yaml({own: resources[own]})), ""]
    return "\n".join(lines)


def _yaml(value: Any) -> str:
    return yaml.safe_dump(value, sort_keys=False, width=_WIDTH, allow_unicode=True).rstrip("\n")


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" if line else line for line in text.split("\n"))


def _terraform(graph: Graph) -> str:
    return json.dumps(configuration(graph), indent=2, ensure_ascii=False) + "\n"


_APP = '''"""The stacks of golive as an app of the CDK: `cdk deploy --all`.

The templates are included as they are; resources can be reached with `get_resource` and changed
from here.
"""

import aws_cdk as cdk
from aws_cdk import cloudformation_include

STACKS = {stacks!r}

app = cdk.App()
for template, name in STACKS.items():
    stack = cdk.Stack(app, name, stack_name=name)
    cloudformation_include.CfnInclude(stack, "Included", template_file=f"{{template}}.yaml")
app.synth()
'''

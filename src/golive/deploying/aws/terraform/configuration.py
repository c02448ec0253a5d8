"""The whole configuration of a graph: one file of Terraform's JSON syntax."""

from __future__ import annotations

from typing import Any

from golive.deploying.aws.function_resources import (
    Alias,
    Bucket,
    Function,
    FunctionResource,
    Version,
)
from golive.deploying.aws.gateway_resources import (
    ApiKey,
    ApiStage,
    FunctionUrl,
    GatewayResource,
    HttpApi,
)
from golive.deploying.aws.graph import Graph, Resource
from golive.deploying.aws.reasons import reason_of
from golive.deploying.aws.terraform.blocks import Block, Body, Expression, escaped
from golive.deploying.aws.terraform.functions import render_function_resource
from golive.deploying.aws.terraform.gateways import render_gateway_resource
from golive.deploying.aws.terraform.watching import render_watching_resource

__all__ = ["NEWER_PROVIDER", "addresses", "configuration", "render"]

_PROVIDER = ">= 5.100"
NEWER_PROVIDER = ">= 6.29"
"""Version of the provider that can open a function URL to all and knows Python 3.14."""


def render(resource: Resource) -> list[Block]:
    """The resources of Terraform that a resource of the graph is."""
    if isinstance(resource, FunctionResource):
        return render_function_resource(resource)
    if isinstance(resource, GatewayResource):
        return render_gateway_resource(resource)
    return render_watching_resource(resource)


def addresses(resource: Resource) -> list[str]:
    """What the resource is called in Terraform; a version is part of its function."""
    found = [block.address for block in render(resource)]
    return [*found, "aws_lambda_function.function"] if isinstance(resource, Version) else found


def configuration(graph: Graph) -> Body:
    """The configuration of a graph."""
    resources: dict[str, dict[str, Body]] = {}
    for resource in graph:
        for block in render(resource):
            told = {"//": reason_of(resource)}
            resources.setdefault(block.kind, {})[block.label] = told | block.body
    found: Body = {
        "//": f"{graph.description}. Written by golive; edit golive.toml instead.",
        "terraform": {
            "required_version": ">= 1.5",
            "required_providers": {
                "aws": {"source": "hashicorp/aws", "version": _provider_version(graph)}
            },
        },
        "provider": {"aws": {"default_tags": {"tags": dict(graph.tags)}}},
        "data": {
            "aws_caller_identity": {"current": {}},
            "aws_partition": {"current": {}},
            "aws_region": {"current": {}},
        },
        "variable": _variables(graph),
        "resource": resources,
        "output": _outputs(graph),
    }
    return {name: escaped(part) for name, part in found.items() if part}


def _provider_version(graph: Graph) -> str:
    has_open_url = any(not url.signed for url in graph.of(FunctionUrl))
    is_new = any(function.runtime == "python3.14" for function in graph.of(Function))
    return NEWER_PROVIDER if has_open_url or is_new else _PROVIDER


def _variables(graph: Graph) -> Body:
    found: Body = {}
    if graph.of(Alias):
        found["live_version"] = {
            "type": "string",
            "default": "",
            "description": "Version that answers; empty: the newest.",
        }
        found["canary_version"] = {
            "type": "string",
            "default": "",
            "description": "Version that answers a share of the requests; empty: none.",
        }
        found["canary_weight"] = {
            "type": "number",
            "default": 0,
            "description": "That share, from 0 to 1.",
        }
    for function in graph.of(Function):
        if function.package == "image":
            found["image_uri"] = {"type": "string", "description": "Image in ECR, by digest."}
        elif function.key is None:
            found["package_key"] = {
                "type": "string",
                "description": "Key of the zip file in the bucket.",
            }
    return found


def _outputs(graph: Graph) -> Body:
    values: dict[str, Any] = {}
    if graph.of(Bucket):
        values["bucket_name"] = "${aws_s3_bucket.bucket.id}"
    if graph.of(Function):
        values["function_name"] = "${aws_lambda_function.function.function_name}"
        values["new_version"] = "${aws_lambda_function.function.version}"
        values["alias_arn"] = "${aws_lambda_alias.live_alias.arn}"
        values["topic_arn"] = "${aws_sns_topic.alarms.arn}"
    if graph.of(ApiStage):
        values["url"] = "${aws_api_gateway_stage.stage.invoke_url}"
    if graph.of(HttpApi):
        values["url"] = "${aws_apigatewayv2_api.http_api.api_endpoint}"
    if graph.of(FunctionUrl):
        values["url"] = "${aws_lambda_function_url.function_url.function_url}"
    if graph.of(ApiKey):
        values["key_id"] = "${aws_api_gateway_api_key.key.id}"
    return {name: {"value": Expression(value)} for name, value in values.items()}

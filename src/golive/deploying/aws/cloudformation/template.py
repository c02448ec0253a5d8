"""The whole template of a graph, as data and as text."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from golive.deploying.aws.cloudformation.functions import (
    CANARY,
    FOLLOWS,
    render_function_resource,
)
from golive.deploying.aws.cloudformation.gateways import render_gateway_resource
from golive.deploying.aws.cloudformation.intrinsics import Properties, attribute, ref
from golive.deploying.aws.cloudformation.watching import render_watching_resource
from golive.deploying.aws.function_resources import Alias, Bucket, Function, FunctionResource
from golive.deploying.aws.gateway_resources import (
    ApiKey,
    ApiStage,
    FunctionUrl,
    GatewayResource,
    HttpApi,
)
from golive.deploying.aws.graph import Graph, Resource
from golive.deploying.aws.watching_resources import Topic

__all__ = ["LARGEST_INLINE", "render", "template", "template_sha256", "template_text"]

LARGEST_INLINE = 51_200
"""Bytes of a template that CloudFormation takes without a bucket."""

_TAG_LISTS = frozenset(
    {
        "AWS::ApiGateway::ApiKey",
        "AWS::ApiGateway::DomainName",
        "AWS::ApiGateway::RestApi",
        "AWS::ApiGateway::Stage",
        "AWS::ApiGateway::UsagePlan",
        "AWS::IAM::Role",
        "AWS::Lambda::Function",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::SNS::Topic",
    }
)
_TAG_MAPS = frozenset(
    {"AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::DomainName", "AWS::ApiGatewayV2::Stage"}
)


def render(resource: Resource) -> dict[str, Properties]:
    """The resources of CloudFormation that a resource of the graph is, by their logical ids."""
    if isinstance(resource, FunctionResource):
        return render_function_resource(resource)
    if isinstance(resource, GatewayResource):
        return render_gateway_resource(resource)
    return render_watching_resource(resource)


def template(graph: Graph) -> Properties:
    """The template of a graph."""
    resources: dict[str, Any] = {}
    for resource in graph:
        resources |= {name: _tagged(r, graph.tags) for name, r in render(resource).items()}
    found: Properties = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": graph.description,
        "Parameters": _parameters(graph),
        "Conditions": _conditions(graph),
        "Resources": resources,
        "Outputs": _outputs(graph),
    }
    return {name: part for name, part in found.items() if part}


def template_text(graph: Graph) -> str:
    """The template as it is deployed: JSON without blanks, the same for the same graph."""
    return json.dumps(template(graph), separators=(",", ":"), ensure_ascii=False)


def template_sha256(text: str) -> str:
    """What a template's text is known by."""
    return hashlib.sha256(text.encode()).hexdigest()


def _tagged(rendered: Properties, tags: tuple[tuple[str, str], ...]) -> Properties:
    kind = rendered["Type"]
    if kind in _TAG_LISTS:
        listed: Any = [{"Key": key, "Value": value} for key, value in tags]
    elif kind in _TAG_MAPS:
        listed = dict(tags)
    else:
        return rendered
    return {**rendered, "Properties": {**rendered["Properties"], "Tags": listed}}


def _parameters(graph: Graph) -> Properties:
    found: Properties = {}
    if graph.of(Alias):
        found["LiveVersion"] = {
            "Type": "String",
            "Default": "",
            "AllowedPattern": "[0-9]*",
            "Description": "Version that answers; empty: the one of this template.",
        }
        found["CanaryVersion"] = {
            "Type": "String",
            "Default": "",
            "AllowedPattern": "[0-9]*",
            "Description": "Version that answers a share of the requests; empty: none.",
        }
        found["CanaryWeight"] = {
            "Type": "Number",
            "Default": 0,
            "MinValue": 0,
            "MaxValue": 1,
            "Description": "That share.",
        }
    for function in graph.of(Function):
        if function.package == "image":
            found["ImageUri"] = {
                "Type": "String",
                "Description": "Image in ECR, by digest.",
            }
        elif function.key is None:
            found["PackageKey"] = {
                "Type": "String",
                "Description": "Key of the zip file in the bucket.",
            }
    return found


def _conditions(graph: Graph) -> Properties:
    if not graph.of(Alias):
        return {}
    return {
        FOLLOWS: {"Fn::Equals": [ref("LiveVersion"), ""]},
        CANARY: {"Fn::Not": [{"Fn::Equals": [ref("CanaryVersion"), ""]}]},
    }


def _outputs(graph: Graph) -> Properties:
    found: Properties = {}
    for bucket in graph.of(Bucket):
        found["BucketName"] = {"Value": ref(bucket.name)}
    for function in graph.of(Function):
        found["FunctionName"] = {"Value": ref(function.name)}
    for alias in graph.of(Alias):
        found["NewVersion"] = {"Value": attribute(alias.version, "Version")}
        found["AliasArn"] = {"Value": ref(alias.name)}
    for stage in graph.of(ApiStage):
        host = f"https://${{{stage.api}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}"
        found["Url"] = {"Value": {"Fn::Sub": f"{host}/{stage.stage}"}}
    for api in graph.of(HttpApi):
        found["Url"] = {"Value": attribute(api.name, "ApiEndpoint")}
    for url in graph.of(FunctionUrl):
        found["Url"] = {"Value": attribute(url.name, "FunctionUrl")}
    for key in graph.of(ApiKey):
        found["KeyId"] = {"Value": ref(key.name)}
    for topic in graph.of(Topic):
        found["TopicArn"] = {"Value": ref(topic.name)}
    return found

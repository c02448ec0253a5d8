"""A REST API as resources of Terraform."""

from __future__ import annotations

from typing import assert_never

from golive.deploying.aws.gateway_resources import (
    ApiDeployment,
    ApiKey,
    ApiMethod,
    ApiPath,
    ApiStage,
    GatewayProblem,
    RestApi,
    RestResource,
    UsagePlan,
    UsagePlanKey,
)
from golive.deploying.aws.terraform.blocks import Block, Body, Expression, attribute, block, label

__all__ = ["render_rest_resource"]

_API = "aws_api_gateway_rest_api"
_STAGE = "aws_api_gateway_stage"
_METHOD, _INTEGRATION = "aws_api_gateway_method", "aws_api_gateway_integration"
_PROBLEM = "aws_api_gateway_gateway_response"


def render_rest_resource(resource: RestResource) -> list[Block]:  # noqa: PLR0911 - one a kind
    """The resource's own resources of Terraform."""
    match resource:
        case RestApi():
            body: Body = {
                "name": resource.api,
                "description": resource.description,
                "endpoint_configuration": {"types": ["REGIONAL"]},
                "minimum_compression_size": str(resource.compress_from),
            }
            return [block(_API, resource.name, body)]
        case ApiPath():
            body = {
                "rest_api_id": attribute(_API, resource.api),
                "parent_id": attribute(_API, resource.api, "root_resource_id"),
                "path_part": resource.part,
            }
            return [block("aws_api_gateway_resource", resource.name, body)]
        case ApiMethod():
            return _method(resource)
        case GatewayProblem():
            return [block(_PROBLEM, resource.name, _problem(resource))]
        case ApiDeployment():
            return [_deployment(resource)]
        case ApiStage():
            return _stage(resource)
        case ApiKey():
            body = {"name": resource.key, "description": resource.description, "enabled": True}
            return [block("aws_api_gateway_api_key", resource.name, body)]
        case UsagePlan():
            return [block("aws_api_gateway_usage_plan", resource.name, _usage_plan(resource))]
        case UsagePlanKey():
            body = {
                "usage_plan_id": attribute("aws_api_gateway_usage_plan", resource.plan),
                "key_id": attribute("aws_api_gateway_api_key", resource.key),
                "key_type": "API_KEY",
            }
            return [block("aws_api_gateway_usage_plan_key", resource.name, body)]
        case other:
            assert_never(other)


def _method(method: ApiMethod) -> list[Block]:
    root = attribute(_API, method.api, "root_resource_id")
    path = root if method.path is None else attribute("aws_api_gateway_resource", method.path)
    place = {"rest_api_id": attribute(_API, method.api), "resource_id": path}
    asked = {
        "http_method": method.verb,
        "authorization": "AWS_IAM" if method.signed else "NONE",
        "api_key_required": method.needs_key,
    }
    answered = {
        "http_method": attribute(_METHOD, method.name, "http_method"),
        "type": "AWS_PROXY",
        "integration_http_method": "POST",
        "uri": attribute("aws_lambda_alias", method.alias, "invoke_arn"),
        "timeout_milliseconds": method.milliseconds,
    }
    return [
        block(_METHOD, method.name, place | asked),
        block(_INTEGRATION, method.name, place | answered),
    ]


def _problem(problem: GatewayProblem) -> Body:
    body: Body = {
        "rest_api_id": attribute(_API, problem.api),
        "response_type": problem.kind,
        "response_parameters": {
            f"gatewayresponse.header.{name}": f"'{value}'" for name, value in problem.headers
        },
        "response_templates": {"application/json": problem.body},
    }
    if problem.status is not None:
        body["status_code"] = str(problem.status)
    return body


def _deployment(deployment: ApiDeployment) -> Block:
    waits = [
        f"{kind}.{label(name)}"
        for name in deployment.methods
        for kind in ((_PROBLEM,) if name.startswith("Problem") else (_METHOD, _INTEGRATION))
    ]
    body: Body = {
        "rest_api_id": attribute(_API, deployment.api),
        "description": f"golive {deployment.digest}",
        "triggers": {"redeployment": deployment.digest},
        "depends_on": waits,
        "lifecycle": {"create_before_destroy": True},
    }
    return block("aws_api_gateway_deployment", "ApiDeployment", body)


def _stage(stage: ApiStage) -> list[Block]:
    body: Body = {
        "rest_api_id": attribute(_API, stage.api),
        "deployment_id": Expression("${aws_api_gateway_deployment.api_deployment.id}"),
        "stage_name": stage.stage,
    }
    shown = block(_STAGE, stage.name, body)
    if stage.throttle is None:
        return [shown]
    settings: Body = {
        "throttling_rate_limit": stage.throttle.rate,
        "throttling_burst_limit": stage.throttle.burst,
    }
    of_methods: Body = {
        "rest_api_id": attribute(_API, stage.api),
        "stage_name": attribute(_STAGE, stage.name, "stage_name"),
        "method_path": "*/*",
        "settings": settings,
    }
    return [shown, block("aws_api_gateway_method_settings", stage.name, of_methods)]


def _usage_plan(plan: UsagePlan) -> Body:
    body: Body = {
        "name": plan.plan,
        "api_stages": {
            "api_id": attribute(_API, plan.api),
            "stage": attribute(_STAGE, plan.stage, "stage_name"),
        },
        "throttle_settings": {
            "rate_limit": plan.throttle.rate,
            "burst_limit": plan.throttle.burst,
        },
    }
    if plan.quota is not None:
        body["quota_settings"] = {"limit": plan.quota.limit, "period": plan.quota.period}
    return body

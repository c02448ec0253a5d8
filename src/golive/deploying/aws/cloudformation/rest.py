"""A REST API as resources of CloudFormation."""

from __future__ import annotations

from typing import assert_never

from golive.deploying.aws.cloudformation.intrinsics import (
    Properties,
    attribute,
    ref,
    typed,
)
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

__all__ = ["render_rest_resource"]


def render_rest_resource(resource: RestResource) -> dict[str, Properties]:
    """The resource of CloudFormation, by its logical id."""
    return {resource.name: _render(resource)}


def _render(resource: RestResource) -> Properties:  # noqa: PLR0911 - one a kind
    match resource:
        case RestApi():
            return typed(
                "AWS::ApiGateway::RestApi",
                Name=resource.api,
                Description=resource.description,
                EndpointConfiguration={"Types": ["REGIONAL"]},
                MinimumCompressionSize=resource.compress_from,
            )
        case ApiPath():
            return typed(
                "AWS::ApiGateway::Resource",
                RestApiId=ref(resource.api),
                ParentId=attribute(resource.api, "RootResourceId"),
                PathPart=resource.part,
            )
        case ApiMethod():
            return _method(resource)
        case GatewayProblem():
            return _problem(resource)
        case ApiDeployment():
            found = typed(
                "AWS::ApiGateway::Deployment",
                RestApiId=ref(resource.api),
                Description=f"golive {resource.digest}",
            )
            return {**found, "DependsOn": list(resource.methods)}
        case ApiStage():
            return _stage(resource)
        case ApiKey():
            return typed(
                "AWS::ApiGateway::ApiKey",
                Name=resource.key,
                Description=resource.description,
                Enabled=True,
            )
        case UsagePlan():
            return _usage_plan(resource)
        case UsagePlanKey():
            return typed(
                "AWS::ApiGateway::UsagePlanKey",
                UsagePlanId=ref(resource.plan),
                KeyId=ref(resource.key),
                KeyType="API_KEY",
            )
        case other:
            assert_never(other)


def _method(method: ApiMethod) -> Properties:
    root = attribute(method.api, "RootResourceId")
    uri = (
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
        f"${{{method.alias}}}/invocations"
    )
    integration = {
        "Type": "AWS_PROXY",
        "IntegrationHttpMethod": "POST",
        "Uri": {"Fn::Sub": uri},
        "TimeoutInMillis": method.milliseconds,
    }
    return typed(
        "AWS::ApiGateway::Method",
        RestApiId=ref(method.api),
        ResourceId=root if method.path is None else ref(method.path),
        HttpMethod=method.verb,
        AuthorizationType="AWS_IAM" if method.signed else "NONE",
        ApiKeyRequired=method.needs_key,
        Integration=integration,
    )


def _problem(problem: GatewayProblem) -> Properties:
    return typed(
        "AWS::ApiGateway::GatewayResponse",
        RestApiId=ref(problem.api),
        ResponseType=problem.kind,
        StatusCode=None if problem.status is None else str(problem.status),
        ResponseParameters={
            f"gatewayresponse.header.{name}": f"'{value}'" for name, value in problem.headers
        },
        ResponseTemplates={"application/json": problem.body},
    )


def _stage(stage: ApiStage) -> Properties:
    throttle = stage.throttle
    settings = None
    if throttle is not None:
        settings = {
            "ResourcePath": "/*",
            "HttpMethod": "*",
            "ThrottlingRateLimit": throttle.rate,
            "ThrottlingBurstLimit": throttle.burst,
        }
    return typed(
        "AWS::ApiGateway::Stage",
        RestApiId=ref(stage.api),
        DeploymentId=ref(stage.deployment),
        StageName=stage.stage,
        MethodSettings=None if settings is None else [settings],
    )


def _usage_plan(plan: UsagePlan) -> Properties:
    quota = plan.quota
    return typed(
        "AWS::ApiGateway::UsagePlan",
        UsagePlanName=plan.plan,
        ApiStages=[{"ApiId": ref(plan.api), "Stage": ref(plan.stage)}],
        Throttle={"RateLimit": plan.throttle.rate, "BurstLimit": plan.throttle.burst},
        Quota=None if quota is None else {"Limit": quota.limit, "Period": quota.period},
    )

"""Front doors as resources of Terraform."""

from __future__ import annotations

from typing import assert_never

from golive.deploying.aws.browser_headers import (
    BROWSER_HEADERS,
    BROWSER_METHODS,
    PREFLIGHT_SECONDS,
    READABLE_HEADERS,
)
from golive.deploying.aws.gateway_resources import (
    DnsRecord,
    Domain,
    DomainMapping,
    FunctionUrl,
    GatewayResource,
    HttpApi,
    HttpIntegration,
    HttpRoute,
    HttpStage,
    JwtAuthorizer,
    OtherGatewayResource,
    RestResource,
)
from golive.deploying.aws.terraform.blocks import Block, Body, Expression, attribute, block, label
from golive.deploying.aws.terraform.rest import render_rest_resource

__all__ = ["render_gateway_resource"]

_API = "aws_apigatewayv2_api"
_ALIAS = "aws_lambda_alias"
_DOMAINS = {"rest": "aws_api_gateway_domain_name", "http": "aws_apigatewayv2_domain_name"}


def render_gateway_resource(resource: GatewayResource) -> list[Block]:
    """The resource's own resources of Terraform."""
    if isinstance(resource, RestResource):
        return render_rest_resource(resource)
    kind, body = _render(resource)
    return [block(kind, resource.name, body)]


def _render(resource: OtherGatewayResource) -> tuple[str, Body]:  # noqa: PLR0911 - one a kind
    match resource:
        case HttpApi():
            return _API, _http_api(resource)
        case HttpIntegration():
            return "aws_apigatewayv2_integration", {
                "api_id": attribute(_API, resource.api),
                "integration_type": "AWS_PROXY",
                "integration_uri": attribute(_ALIAS, resource.alias, "arn"),
                "payload_format_version": "2.0",
                "timeout_milliseconds": resource.milliseconds,
            }
        case JwtAuthorizer():
            return "aws_apigatewayv2_authorizer", {
                "api_id": attribute(_API, resource.api),
                "authorizer_type": "JWT",
                "name": resource.authorizer,
                "identity_sources": ["$request.header.Authorization"],
                "jwt_configuration": {
                    "issuer": resource.issuer,
                    "audience": list(resource.audience),
                },
            }
        case HttpRoute():
            return "aws_apigatewayv2_route", _route(resource)
        case HttpStage():
            return "aws_apigatewayv2_stage", {
                "api_id": attribute(_API, resource.api),
                "name": "$default",
                "auto_deploy": True,
                "default_route_settings": {
                    "throttling_rate_limit": resource.throttle.rate,
                    "throttling_burst_limit": resource.throttle.burst,
                },
            }
        case FunctionUrl():
            return "aws_lambda_function_url", _url(resource)
        case Domain():
            return _DOMAINS[resource.kind], _domain(resource)
        case DomainMapping():
            return _mapping(resource)
        case DnsRecord():
            return "aws_route53_record", _record(resource)
        case other:
            assert_never(other)


def _cors(origins: tuple[str, ...]) -> Body:
    return {
        "allow_origins": list(origins),
        "allow_methods": list(BROWSER_METHODS),
        "allow_headers": list(BROWSER_HEADERS),
        "expose_headers": list(READABLE_HEADERS),
        "max_age": PREFLIGHT_SECONDS,
    }


def _http_api(api: HttpApi) -> Body:
    body: Body = {"name": api.api, "description": api.description, "protocol_type": "HTTP"}
    return body | ({"cors_configuration": _cors(api.origins)} if api.origins else {})


def _route(route: HttpRoute) -> Body:
    body: Body = {
        "api_id": attribute(_API, route.api),
        "route_key": "$default",
        "target": Expression(
            f"integrations/${{aws_apigatewayv2_integration.{label(route.integration)}.id}}"
        ),
        "authorization_type": "AWS_IAM" if route.signed else "NONE",
    }
    if route.authorizer is not None:
        authorizer = attribute("aws_apigatewayv2_authorizer", route.authorizer)
        body |= {"authorization_type": "JWT", "authorizer_id": authorizer}
    return body


def _url(url: FunctionUrl) -> Body:
    body: Body = {
        "function_name": attribute(_ALIAS, url.alias, "function_name"),
        "qualifier": attribute(_ALIAS, url.alias, "name"),
        "authorization_type": "AWS_IAM" if url.signed else "NONE",
        "invoke_mode": "BUFFERED",
    }
    return body | ({"cors": _cors(url.origins)} if url.origins else {})


def _domain(domain: Domain) -> Body:
    if domain.kind == "rest":
        return {
            "domain_name": domain.domain,
            "regional_certificate_arn": domain.certificate,
            "endpoint_configuration": {"types": ["REGIONAL"]},
            "security_policy": "TLS_1_2",
        }
    return {
        "domain_name": domain.domain,
        "domain_name_configuration": {
            "certificate_arn": domain.certificate,
            "endpoint_type": "REGIONAL",
            "security_policy": "TLS_1_2",
        },
    }


def _mapping(mapping: DomainMapping) -> tuple[str, Body]:
    domain = attribute(_DOMAINS[mapping.kind], mapping.domain, "domain_name")
    if mapping.kind == "rest":
        return "aws_api_gateway_base_path_mapping", {
            "domain_name": domain,
            "api_id": attribute("aws_api_gateway_rest_api", mapping.api),
            "stage_name": attribute("aws_api_gateway_stage", mapping.stage, "stage_name"),
        }
    return "aws_apigatewayv2_api_mapping", {
        "domain_name": domain,
        "api_id": attribute(_API, mapping.api),
        "stage": attribute("aws_apigatewayv2_stage", mapping.stage),
    }


def _record(record: DnsRecord) -> Body:
    kind = _DOMAINS[record.kind]
    if record.kind == "rest":
        name, zone = "regional_domain_name", "regional_zone_id"
    else:
        name = "domain_name_configuration[0].target_domain_name"
        zone = "domain_name_configuration[0].hosted_zone_id"
    target = {
        "name": attribute(kind, record.domain, name),
        "zone_id": attribute(kind, record.domain, zone),
        "evaluate_target_health": False,
    }
    return {"zone_id": record.zone, "name": record.host, "type": "A", "alias": target}

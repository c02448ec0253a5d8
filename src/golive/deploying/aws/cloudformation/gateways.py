"""Front doors as resources of CloudFormation."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from golive.deploying.aws.browser_headers import (
    BROWSER_HEADERS,
    BROWSER_METHODS,
    PREFLIGHT_SECONDS,
    READABLE_HEADERS,
)
from golive.deploying.aws.cloudformation.intrinsics import (
    Properties,
    attribute,
    ref,
    typed,
)
from golive.deploying.aws.cloudformation.rest import render_rest_resource
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

__all__ = ["render_gateway_resource"]


def render_gateway_resource(resource: GatewayResource) -> dict[str, Properties]:
    """The resource's own resources of CloudFormation, by their logical ids."""
    if isinstance(resource, RestResource):
        return render_rest_resource(resource)
    return {resource.name: _render(resource)}


def _render(resource: OtherGatewayResource) -> Properties:  # noqa: PLR0911 - one a kind
    match resource:
        case HttpApi():
            return _http_api(resource)
        case HttpIntegration():
            return typed(
                "AWS::ApiGatewayV2::Integration",
                ApiId=ref(resource.api),
                IntegrationType="AWS_PROXY",
                IntegrationUri=ref(resource.alias),
                PayloadFormatVersion="2.0",
                TimeoutInMillis=resource.milliseconds,
            )
        case JwtAuthorizer():
            return typed(
                "AWS::ApiGatewayV2::Authorizer",
                ApiId=ref(resource.api),
                AuthorizerType="JWT",
                Name=resource.authorizer,
                IdentitySource=["$request.header.Authorization"],
                JwtConfiguration={
                    "Issuer": resource.issuer,
                    "Audience": list(resource.audience),
                },
            )
        case HttpRoute():
            return _route(resource)
        case HttpStage():
            return typed(
                "AWS::ApiGatewayV2::Stage",
                ApiId=ref(resource.api),
                StageName="$default",
                AutoDeploy=True,
                DefaultRouteSettings={
                    "ThrottlingRateLimit": resource.throttle.rate,
                    "ThrottlingBurstLimit": resource.throttle.burst,
                },
            )
        case FunctionUrl():
            return _url(resource)
        case Domain():
            return _DOMAINS[resource.kind](resource)
        case DomainMapping():
            return _mapping(resource)
        case DnsRecord():
            return _record(resource)
        case other:
            assert_never(other)


def _cors(origins: tuple[str, ...]) -> Properties:
    return {
        "AllowOrigins": list(origins),
        "AllowMethods": list(BROWSER_METHODS),
        "AllowHeaders": list(BROWSER_HEADERS),
        "ExposeHeaders": list(READABLE_HEADERS),
        "MaxAge": PREFLIGHT_SECONDS,
    }


def _http_api(api: HttpApi) -> Properties:
    return typed(
        "AWS::ApiGatewayV2::Api",
        Name=api.api,
        Description=api.description,
        ProtocolType="HTTP",
        CorsConfiguration=_cors(api.origins) if api.origins else None,
    )


def _route(route: HttpRoute) -> Properties:
    kind = "AWS_IAM" if route.signed else "NONE" if route.authorizer is None else "JWT"
    return typed(
        "AWS::ApiGatewayV2::Route",
        ApiId=ref(route.api),
        RouteKey="$default",
        Target={"Fn::Sub": f"integrations/${{{route.integration}}}"},
        AuthorizationType=kind,
        AuthorizerId=None if route.authorizer is None else ref(route.authorizer),
    )


def _url(url: FunctionUrl) -> Properties:
    found = typed(
        "AWS::Lambda::Url",
        TargetFunctionArn=url.function,
        Qualifier=url.qualifier,
        AuthType="AWS_IAM" if url.signed else "NONE",
        InvokeMode="BUFFERED",
        Cors=_cors(url.origins) if url.origins else None,
    )
    return {**found, "DependsOn": [url.alias]}  # which it names, and nothing else says so


def _rest_domain(domain: Domain) -> Properties:
    return typed(
        "AWS::ApiGateway::DomainName",
        DomainName=domain.domain,
        RegionalCertificateArn=domain.certificate,
        EndpointConfiguration={"Types": ["REGIONAL"]},
        SecurityPolicy="TLS_1_2",
    )


def _http_domain(domain: Domain) -> Properties:
    configuration = {
        "CertificateArn": domain.certificate,
        "EndpointType": "REGIONAL",
        "SecurityPolicy": "TLS_1_2",
    }
    return typed(
        "AWS::ApiGatewayV2::DomainName",
        DomainName=domain.domain,
        DomainNameConfigurations=[configuration],
    )


_DOMAINS: dict[str, Callable[[Domain], Properties]] = {"rest": _rest_domain, "http": _http_domain}


def _mapping(mapping: DomainMapping) -> Properties:
    if mapping.kind == "rest":
        return typed(
            "AWS::ApiGateway::BasePathMapping",
            DomainName=ref(mapping.domain),
            RestApiId=ref(mapping.api),
            Stage=ref(mapping.stage),
        )
    return typed(
        "AWS::ApiGatewayV2::ApiMapping",
        DomainName=ref(mapping.domain),
        ApiId=ref(mapping.api),
        Stage=ref(mapping.stage),
    )


def _record(record: DnsRecord) -> Properties:
    target = {
        "DNSName": attribute(record.domain, "RegionalDomainName"),
        "HostedZoneId": attribute(record.domain, "RegionalHostedZoneId"),
    }
    return typed(
        "AWS::Route53::RecordSet",
        HostedZoneId=record.zone,
        Name=record.host,
        Type="A",
        AliasTarget=target,
    )

"""The function, its permissions, versions and bucket as resources of CloudFormation."""

from __future__ import annotations

from typing import Any, assert_never

from golive.deploying.aws.cloudformation.intrinsics import (
    Properties,
    attribute,
    filled,
    ref,
    without_none,
)
from golive.deploying.aws.function_resources import (
    Alias,
    Bucket,
    Function,
    FunctionResource,
    LogGroup,
    Permission,
    Pings,
    Role,
    Version,
)
from golive.deploying.aws.policies import bucket_policy, role_policy, trust_policy

__all__ = ["CANARY", "FOLLOWS", "render_function_resource"]

FOLLOWS = "FollowsTemplate"
"""Condition: no version is chosen, so that the alias names the one of the template."""
CANARY = "HasCanary"
"""Condition: a second version has a share of the requests."""


def render_function_resource(resource: FunctionResource) -> dict[str, Properties]:  # noqa: PLR0911 - one a kind
    """The resource's own resources of CloudFormation, by their logical ids."""
    match resource:
        case Bucket():
            return _bucket(resource)
        case LogGroup():
            return {
                resource.name: {
                    "Type": "AWS::Logs::LogGroup",
                    "Properties": {
                        "LogGroupName": resource.group,
                        "RetentionInDays": resource.days,
                    },
                }
            }
        case Role():
            return {resource.name: _role(resource)}
        case Function():
            return {resource.name: _function(resource)}
        case Version():
            return {resource.name: _version(resource)}
        case Alias():
            return {resource.name: _alias(resource)}
        case Permission():
            return {resource.name: _permission(resource)}
        case Pings():
            return {resource.name: _pings(resource)}
        case other:
            assert_never(other)


def _bucket(bucket: Bucket) -> dict[str, Properties]:
    rule = {
        "Id": "former-versions",
        "Status": "Enabled",
        "NoncurrentVersionExpiration": {"NoncurrentDays": bucket.old_days},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    }
    encrypted = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    arns = [attribute(bucket.name, "Arn"), {"Fn::Sub": f"${{{bucket.name}.Arn}}/*"}]
    return {
        bucket.name: {
            "Type": "AWS::S3::Bucket",
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": {
                "BucketName": filled(bucket.bucket),
                "BucketEncryption": {"ServerSideEncryptionConfiguration": [encrypted]},
                "VersioningConfiguration": {"Status": "Enabled"},
                "LifecycleConfiguration": {"Rules": [rule]},
                "PublicAccessBlockConfiguration": {
                    "BlockPublicAcls": True,
                    "BlockPublicPolicy": True,
                    "IgnorePublicAcls": True,
                    "RestrictPublicBuckets": True,
                },
            },
        },
        f"{bucket.name}Policy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {"Bucket": ref(bucket.name), "PolicyDocument": bucket_policy(arns)},
        },
    }


def _role(role: Role) -> Properties:
    policy = {"PolicyName": "function", "PolicyDocument": role_policy(role, filled)}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": trust_policy(),
            "Policies": [policy],
        },
    }


def _function(function: Function) -> Properties:
    properties: Properties = {
        "FunctionName": function.function,
        "Role": attribute(function.role, "Arn"),
        "Architectures": [function.architecture],
        "MemorySize": function.memory,
        "Timeout": function.timeout,
        "Environment": {"Variables": {name: filled(value) for name, value in function.environment}},
        "LoggingConfig": {"LogFormat": "JSON", "LogGroup": ref(function.log_group)},
        "ReservedConcurrentExecutions": function.reserved,
    }
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": without_none(properties | _code(function)),
    }


def _code(function: Function) -> Properties:
    if function.package == "image":
        return {"PackageType": "Image", "Code": {"ImageUri": ref("ImageUri")}}
    key: Any = ref("PackageKey") if function.key is None else function.key
    return {
        "Runtime": function.runtime,
        "Handler": function.handler,
        "Code": {"S3Bucket": filled(function.bucket), "S3Key": key},
    }


def _version(version: Version) -> Properties:
    kept_loaded = {"ProvisionedConcurrentExecutions": version.provisioned}
    return {
        "Type": "AWS::Lambda::Version",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": without_none(
            {
                "FunctionName": ref(version.function),
                "Description": version.description,
                "CodeSha256": version.code_sha256,
                "ProvisionedConcurrencyConfig": kept_loaded if version.provisioned else None,
            }
        ),
    }


def _alias(alias: Alias) -> Properties:
    newest = attribute(alias.version, "Version")
    weight = {"FunctionVersion": ref("CanaryVersion"), "FunctionWeight": ref("CanaryWeight")}
    shares = {"AdditionalVersionWeights": [weight]}
    return {
        "Type": "AWS::Lambda::Alias",
        "Properties": {
            "Name": alias.alias,
            "FunctionName": alias.function,
            "FunctionVersion": {"Fn::If": [FOLLOWS, newest, ref("LiveVersion")]},
            "RoutingConfig": {"Fn::If": [CANARY, shares, ref("AWS::NoValue")]},
        },
    }


def _permission(permission: Permission) -> Properties:
    by_url = permission.by_url
    properties: Properties = {
        "FunctionName": ref(permission.alias),
        "Action": "lambda:InvokeFunctionUrl" if by_url == "url" else "lambda:InvokeFunction",
        "Principal": permission.principal,
        "SourceArn": None if permission.source is None else filled(permission.source),
        "FunctionUrlAuthType": "NONE" if by_url == "url" else None,
        "InvokedViaFunctionUrl": True if by_url == "function" else None,
    }
    return {"Type": "AWS::Lambda::Permission", "Properties": without_none(properties)}


def _pings(pings: Pings) -> Properties:
    unit = "minute" if pings.minutes == 1 else "minutes"
    return {
        "Type": "AWS::Events::Rule",
        "Properties": {
            "Name": pings.rule,
            "ScheduleExpression": f"rate({pings.minutes} {unit})",
            "State": "ENABLED",
            "Targets": [{"Id": "live", "Arn": ref(pings.alias), "Input": pings.event}],
        },
    }

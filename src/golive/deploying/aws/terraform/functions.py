"""The function, its permissions, versions and bucket as resources of Terraform."""

from __future__ import annotations

import json
from typing import Any, assert_never

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
from golive.deploying.aws.terraform.blocks import (
    Block,
    Body,
    Expression,
    attribute,
    block,
    filled,
    label,
)

__all__ = ["render_function_resource"]

_ALIAS = "aws_lambda_alias"
_FUNCTION = "aws_lambda_function"


def render_function_resource(resource: FunctionResource) -> list[Block]:  # noqa: PLR0911 - one a kind
    """The resource's own resources of Terraform."""
    match resource:
        case Bucket():
            return _bucket(resource)
        case LogGroup():
            body = {"name": resource.group, "retention_in_days": resource.days}
            return [block("aws_cloudwatch_log_group", resource.name, body)]
        case Role():
            return _role(resource)
        case Function():
            return [block(_FUNCTION, resource.name, _function(resource))]
        case Version():
            return _version(resource)
        case Alias():
            return [block(_ALIAS, resource.name, _alias(resource))]
        case Permission():
            return [block("aws_lambda_permission", resource.name, _permission(resource))]
        case Pings():
            return _pings(resource)
        case other:
            assert_never(other)


def _bucket(bucket: Bucket) -> list[Block]:
    kind, name = "aws_s3_bucket", bucket.name
    whose = attribute(kind, name)
    arn = f"${{{kind}.{label(name)}.arn}}"
    policy = json.dumps(bucket_policy([arn, f"{arn}/*"]))
    rule = {
        "id": "former-versions",
        "status": "Enabled",
        "filter": {},
        "noncurrent_version_expiration": {"noncurrent_days": bucket.old_days},
        "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
    }
    blocked = ("block_public_acls", "block_public_policy", "ignore_public_acls")
    return [
        block(
            kind,
            name,
            {"bucket": filled(bucket.bucket), "lifecycle": {"prevent_destroy": True}},
        ),
        block(
            "aws_s3_bucket_server_side_encryption_configuration",
            name,
            {
                "bucket": whose,
                "rule": {"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}},
            },
        ),
        block(
            "aws_s3_bucket_versioning",
            name,
            {"bucket": whose, "versioning_configuration": {"status": "Enabled"}},
        ),
        block("aws_s3_bucket_lifecycle_configuration", name, {"bucket": whose, "rule": rule}),
        block(
            "aws_s3_bucket_public_access_block",
            name,
            {"bucket": whose, "restrict_public_buckets": True} | dict.fromkeys(blocked, True),
        ),
        block("aws_s3_bucket_policy", name, {"bucket": whose, "policy": Expression(policy)}),
    ]


def _role(role: Role) -> list[Block]:
    assumed = json.dumps(trust_policy())
    policy = json.dumps(role_policy(role, filled))
    return [
        block("aws_iam_role", role.name, {"assume_role_policy": assumed}),
        block(
            "aws_iam_role_policy",
            role.name,
            {
                "name": "function",
                "role": attribute("aws_iam_role", role.name),
                "policy": Expression(policy),
            },
        ),
    ]


def _function(function: Function) -> Body:
    body: Body = {
        "function_name": function.function,
        "role": attribute("aws_iam_role", function.role, "arn"),
        "architectures": [function.architecture],
        "memory_size": function.memory,
        "timeout": function.timeout,
        "publish": True,
        "environment": {"variables": {name: filled(value) for name, value in function.environment}},
        "logging_config": {
            "log_format": "JSON",
            "log_group": attribute("aws_cloudwatch_log_group", function.log_group, "name"),
        },
        "depends_on": [f"aws_iam_role_policy.{label(function.role)}"],
    }
    if function.reserved is not None:
        body["reserved_concurrent_executions"] = function.reserved
    return body | _code(function)


def _code(function: Function) -> Body:
    if function.package == "image":
        return {"package_type": "Image", "image_uri": Expression("${var.image_uri}")}
    key: Any = Expression("${var.package_key}") if function.key is None else function.key
    return {
        "runtime": function.runtime,
        "handler": function.handler,
        "s3_bucket": filled(function.bucket),
        "s3_key": key,
    }


def _version(version: Version) -> list[Block]:
    """Versions are made by the function itself (`publish`) and stay when a later one is made."""
    if not version.provisioned:
        return []
    body = {
        "function_name": attribute(_FUNCTION, version.function, "function_name"),
        "qualifier": attribute(_FUNCTION, version.function, "version"),
        "provisioned_concurrent_executions": version.provisioned,
    }
    return [block("aws_lambda_provisioned_concurrency_config", "Version", body)]


def _alias(alias: Alias) -> Body:
    newest = f"{_FUNCTION}.function.version"
    shares = {
        "for_each": Expression('${var.canary_version == "" ? [] : [1]}'),
        "content": {
            "additional_version_weights": Expression(
                "${ { (var.canary_version) = var.canary_weight } }"
            )
        },
    }
    return {
        "name": alias.alias,
        "function_name": attribute(_FUNCTION, "Function", "function_name"),
        "function_version": Expression(
            f'${{var.live_version == "" ? {newest} : var.live_version}}'
        ),
        "dynamic": {"routing_config": shares},
    }


def _permission(permission: Permission) -> Body:
    by_url = permission.by_url
    body: Body = {
        "action": "lambda:InvokeFunctionUrl" if by_url == "url" else "lambda:InvokeFunction",
        "function_name": attribute(_ALIAS, permission.alias, "function_name"),
        "qualifier": attribute(_ALIAS, permission.alias, "name"),
        "principal": permission.principal,
    }
    if permission.source is not None:
        body["source_arn"] = filled(permission.source)
    if by_url == "url":
        body["function_url_auth_type"] = "NONE"
    if by_url == "function":
        body["invoked_via_function_url"] = True
    return body


def _pings(pings: Pings) -> list[Block]:
    unit = "minute" if pings.minutes == 1 else "minutes"
    rule = "aws_cloudwatch_event_rule"
    schedule = f"rate({pings.minutes} {unit})"
    return [
        block(rule, pings.name, {"name": pings.rule, "schedule_expression": schedule}),
        block(
            "aws_cloudwatch_event_target",
            pings.name,
            {
                "rule": attribute(rule, pings.name, "name"),
                "arn": attribute(_ALIAS, pings.alias, "arn"),
                "input": pings.event,
            },
        ),
    ]

"""Policies of AWS, which are the same document wherever they are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from golive.deploying.aws.function_resources import Role, Statement

__all__ = ["Policy", "bucket_policy", "role_policy", "trust_policy"]

Policy = dict[str, Any]


def trust_policy() -> Policy:
    """Who may take the role of a function: Lambda."""
    return _policy(
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    )


def role_policy(role: Role, filled: Callable[[str], Any]) -> Policy:
    """What a role may do.

    Args:
        role: The role.
        filled: Fills the places of an ARN.
    """
    return _policy(*(_allowed(statement, filled) for statement in role.statements))


def bucket_policy(resources: Sequence[Any]) -> Policy:
    """What nobody may do with a bucket: ask it without encryption.

    Args:
        resources: The ARNs of the bucket and of what is in it.
    """
    return _policy(
        {
            "Sid": "OnlyEncryptedConnections",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": list(resources),
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    )


def _policy(*statements: dict[str, Any]) -> Policy:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _allowed(statement: Statement, filled: Callable[[str], Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "Effect": "Allow",
        "Action": list(statement.actions),
        "Resource": [filled(resource) for resource in statement.resources],
    }
    if statement.prefix is not None:
        found["Condition"] = {"StringLike": {"s3:prefix": [statement.prefix]}}
    return found

"""Refusals for want of a permission: which action is missing, and the least that allows it."""

from __future__ import annotations

import re
from typing import Any

from golive.deploying.aws.failures import Explanation, Failure

__all__ = ["explain_denial", "least_policy"]

_CODES = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"})
_TOLD = re.compile(
    r"(?:User: (?P<who>\S+) )?is not authorized to perform: (?P<action>[a-z0-9-]+:\w+)"
    r"(?: on resource: (?P<resource>\S+))?"
)
_ACTIONS = {
    ("s3", "HeadBucket"): "s3:ListBucket",
    ("s3", "HeadObject"): "s3:GetObject",
    ("s3", "ListObjectsV2"): "s3:ListBucket",
    ("s3", "ListObjectVersions"): "s3:ListBucketVersions",
    ("s3", "UploadPart"): "s3:PutObject",
    ("s3", "CreateMultipartUpload"): "s3:PutObject",
    ("lambda", "Invoke"): "lambda:InvokeFunction",
    ("lambda", "PublishVersion"): "lambda:PublishVersion",
}
"""Operations that are not called what their permission is."""


def explain_denial(failure: Failure) -> Explanation | None:
    """What is missing, or None where the failure is no denial."""
    if failure.code not in _CODES:
        return None
    found = _TOLD.search(failure.message)
    action = found["action"] if found else _action(failure)
    resource = (found["resource"] if found else None) or "*"
    who = (found["who"] if found else None) or "These credentials"
    if "explicit deny" in failure.message:
        return Explanation(
            code="denied",
            message=f"{who} may not {action} on {resource}: a policy denies it expressly.",
            hint="Nothing that is allowed besides helps; ask who administers the account.",
        )
    return Explanation(
        code="not_allowed",
        message=f"{who} may not {action} on {resource}.",
        hint="Have the policy below added, and run the same command again.",
        policy=least_policy(action, resource.rstrip(".,")),
    )


def _action(failure: Failure) -> str:
    usual = f"{failure.service}:{failure.operation}"
    return _ACTIONS.get((failure.service, failure.operation), usual)


def least_policy(action: str, resource: str) -> dict[str, Any]:
    """The policy that allows an action on a resource, and nothing else."""
    statement = {"Effect": "Allow", "Action": [action], "Resource": [resource]}
    return {"Version": "2012-10-17", "Statement": [statement]}

"""What the function may do on AWS: no more than it needs."""

from __future__ import annotations

from golive.deploying.aws.function_resources import Statement
from golive.deploying.aws.order import Order

__all__ = ["MODELS", "OPEN_RESOURCES", "bucket_of", "model_prefix", "statements"]

MODELS = "models"
"""The registry of models in the bucket."""

OPEN_RESOURCES: dict[str, str] = {}
"""Actions that AWS allows on all resources only, and why; there are none at present."""


def bucket_of(order: Order) -> str:
    """The bucket of packages and models, with places."""
    return order.settings.bucket or "golive-<account>-<region>"


def model_prefix(order: Order) -> str:
    """What the keys of the model's files begin with."""
    return f"{MODELS}/{order.model}/"


def statements(order: Order, log_group: str) -> tuple[Statement, ...]:
    """What the function may do: write its own log, and read its own model where that is in S3."""
    logs = f"arn:<partition>:logs:<region>:<account>:log-group:{log_group}:*"
    found = [
        Statement(
            why="Its lines go into streams of its own group.",
            actions=("logs:CreateLogStream", "logs:PutLogEvents"),
            resources=(logs,),
        )
    ]
    if order.settings.model_from == "s3":
        bucket = f"arn:<partition>:s3:::{bucket_of(order)}"
        prefix = f"{model_prefix(order)}*"
        found += [
            Statement(
                why="It reads its model, and no other.",
                actions=("s3:GetObject",),
                resources=(f"{bucket}/{prefix}",),
            ),
            Statement(
                why="It looks which versions there are; without that, what is absent is denied.",
                actions=("s3:ListBucket",),
                resources=(bucket,),
                prefix=prefix,
            ),
        ]
    return tuple(found)

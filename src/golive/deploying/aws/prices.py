"""Prices of AWS: one table, dated, of one region, without free tiers and volume discounts."""

from __future__ import annotations

from golive.deploying.cost import Price

__all__ = ["AS_OF", "PRICES", "REGION_OF_PRICES"]

AS_OF = "2025-12"
"""Year and month of the lists."""

REGION_OF_PRICES = "us-east-1"
"""Other regions are up to a half dearer, most of them by less than a tenth."""

_LAMBDA = "https://aws.amazon.com/lambda/pricing/"
_GATEWAY = "https://aws.amazon.com/api-gateway/pricing/"
_CLOUDWATCH = "https://aws.amazon.com/cloudwatch/pricing/"
_S3 = "https://aws.amazon.com/s3/pricing/"
_EC2 = "https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer"

PRICES: dict[str, Price] = {
    "requests": Price(usd=0.20, unit="million requests", source=_LAMBDA),
    "compute x86_64": Price(usd=0.0000166667, unit="GB-second", source=_LAMBDA),
    "compute arm64": Price(usd=0.0000133334, unit="GB-second", source=_LAMBDA),
    "provisioned x86_64": Price(usd=0.0000041667, unit="GB-second", source=_LAMBDA),
    "provisioned arm64": Price(usd=0.0000033334, unit="GB-second", source=_LAMBDA),
    "provisioned compute x86_64": Price(usd=0.0000097222, unit="GB-second", source=_LAMBDA),
    "provisioned compute arm64": Price(usd=0.0000077778, unit="GB-second", source=_LAMBDA),
    "rest": Price(usd=3.50, unit="million requests", source=_GATEWAY),
    "http": Price(usd=1.00, unit="million requests", source=_GATEWAY),
    "logs": Price(usd=0.50, unit="GB", source=_CLOUDWATCH),
    "kept logs": Price(usd=0.03, unit="GB-month", source=_CLOUDWATCH),
    "alarms": Price(usd=0.10, unit="alarm", source=_CLOUDWATCH),
    "metrics": Price(usd=0.30, unit="metric", source=_CLOUDWATCH),
    "dashboard": Price(usd=3.00, unit="dashboard", source=_CLOUDWATCH),
    "packages": Price(usd=0.023, unit="GB-month", source=_S3),
    "answers": Price(usd=0.09, unit="GB", source=_EC2),
}
"""Item to its price."""

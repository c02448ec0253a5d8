"""The settings of a function (AWS Lambda), beside those of serving."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from golive.errors import UsageError
from golive.serve_settings import SERVE_SETTINGS
from golive.setting import Setting
from golive.settings import SETTINGS, load_settings

__all__ = ["FUNCTION_SETTINGS", "FunctionSettings", "LambdaFacts", "with_packed"]

FUNCTION_SETTINGS: tuple[Setting, ...] = (
    Setting(
        name="bundle",
        type="text",
        default="bundle",
        sentence="What a function answers with: a folder of its package, or a version in a "
        "registry such as s3://BUCKET/PREFIX/games@prod.",
    ),
    Setting(
        name="base_path",
        type="text",
        default="",
        sentence="What stands before every path that a function is asked, such as /models: the "
        "base path of a custom domain, or the beginning of a route.",
    ),
    Setting(
        name="refresh_limit",
        type="duration",
        default=5.0,
        sentence="How long an invocation may take to look for another version, and to pull one.",
        minimum=0.1,
    ),
    Setting(
        name="keys_text",
        type="text",
        default=None,
        sentence="What a file of API keys holds, for functions whose package shall hold none; "
        "unset: the file that GOLIVE_KEYS names.",
    ),
    Setting(
        name="metrics_namespace",
        type="text",
        default="golive",
        sentence="Namespace of a function's metrics in CloudWatch.",
    ),
    Setting(
        name="answers_queue",
        type="text",
        default=None,
        sentence="URL of the queue (SQS) to which a function sends its answers to messages; unset: "
        "they are written to its log.",
    ),
)


class FunctionSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a function has beside the settings of serving; see `FUNCTION_SETTINGS`."""

    bundle: str
    base_path: str
    refresh_limit: float
    keys_text: str | None
    metrics_namespace: str
    answers_queue: str | None

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, **flags: Any) -> FunctionSettings:
        """The settings of the flags, the environment and the defaults, in this order.

        Args:
            environ: The environment; the process's own if None.
            **flags: Settings by name; None stands for one that was not given.

        Raises:
            UsageError: A value is not of the setting's type, or there is no such setting.
        """
        return cls(**load_settings(FUNCTION_SETTINGS, environ, flags))


class LambdaFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What Lambda tells a function of itself.

    Attributes:
        root: Where its package is, or None where this is no function.
        name: Its name.
        version: Its version, as Lambda counts them.
        is_warm: Whether it is started before anybody asks (provisioned concurrency).
    """

    root: Path | None
    name: str
    version: str
    is_warm: bool

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> LambdaFacts:
        """The facts in an environment."""
        root = environ.get("LAMBDA_TASK_ROOT")
        return cls(
            root=Path(root) if root else None,
            name=environ.get("AWS_LAMBDA_FUNCTION_NAME", "golive"),
            version=environ.get("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            is_warm=environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "provisioned-concurrency",
        )


def with_packed(packed: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, str]:
    """An environment behind which stands what a package says.

    A front asks under a name of its own, which no caller chooses, so that every host is allowed
    unless something says otherwise.

    Args:
        packed: Settings by name, as `golive-lambda.json` has them.
        environ: The environment.

    Raises:
        UsageError: There is no such setting.
    """
    known = {setting.name for setting in (*SETTINGS, *SERVE_SETTINGS, *FUNCTION_SETTINGS)}
    if unknown := sorted(packed.keys() - known):
        raise UsageError(f"golive-lambda.json names {unknown[0]!r}, which is no setting.")
    said = {f"GOLIVE_{name.upper()}": _as_text(value) for name, value in packed.items()}
    return {"GOLIVE_ALLOWED_HOSTS": "*", **said, **environ}


def _as_text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)

"""The settings that a deployment has: those of golive.toml, of its stage and of the flags."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from golive.deploying.aws.limits import FrontDoor
from golive.deploying.aws.setting_checks import check_settings, refuse_ended_runtime
from golive.deploying.aws.setting_table import AWS_SETTINGS, STAGES
from golive.errors import UsageError
from golive.setting import Setting, SettingValue, parse_duration

__all__ = ["Auth", "AwsSettings", "load_settings", "read_settings"]

Auth = Literal["key", "iam", "jwt", "none"]

_BY_NAME = {setting.name: setting for setting in AWS_SETTINGS}
_KINDS: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "text": (str,),
    "list": (list, tuple, str),
    "count": (int, str),
    "duration": (int, float, str),
}
_ARTICLES = {
    "integer": "a whole number",
    "number": "a number",
    "text": "a text",
    "list": "a list of texts",
    "count": 'a whole number or "auto"',
    "duration": 'a duration such as "30s" or "5m"',
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsSettings:
    """How a model goes live on AWS; see `AWS_SETTINGS` for what each is.

    Attributes:
        tags: Of all resources, beside golive's own.
    """

    regions: tuple[str, ...]
    stage: Literal["dev", "staging", "prod"]
    front_door: FrontDoor
    auth: Auth
    runtime: str
    architecture: Literal["x86_64", "arm64"]
    package: Literal["zip", "image"]
    memory: int
    timeout: int
    concurrency: int | Literal["auto"]
    provisioned: int
    pings: int | None
    rate: float
    burst: int
    quota: str
    jwt_issuer: str | None
    jwt_audience: tuple[str, ...]
    keys: str | None
    cors_origins: tuple[str, ...]
    model_from: Literal["package", "s3"]
    bucket: str | None
    alarm_email: str | None
    retention: int
    keep_versions: int
    domain: str | None
    certificate: str | None
    hosted_zone: str | None
    tags: tuple[tuple[str, str], ...]

    @property
    def has_usage_plan(self) -> bool:
        """Whether API Gateway itself knows the keys, their rates and their quotas."""
        return self.front_door == "rest" and self.auth == "key"


def load_settings(file: Path | None, **flags: Any) -> AwsSettings:
    """The settings of a file's table `[aws]`.

    Args:
        file: The file; None where there is none, which is as good as an empty one.
        **flags: Settings that count before those of the file; None stands for one not given.

    Raises:
        UsageError: The file is no TOML, or a setting cannot be as it is.
    """
    if file is None:
        return read_settings({}, **flags)
    try:
        document = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}.") from error
    table = document.get("aws", {})
    if not isinstance(table, dict):
        raise UsageError(f"aws in {file} is no table.", hint="write [aws] on a line of its own")
    return read_settings(table, **flags)


def read_settings(table: Mapping[str, Any], **flags: Any) -> AwsSettings:
    """The settings of a table `[aws]`.

    A table of a stage, such as `[aws.prod]`, counts before what stands in `[aws]` itself.

    Raises:
        UsageError: There is no such setting, or it cannot be as it is.
    """
    given = {name: value for name, value in flags.items() if value not in (None, ())}
    stage = _value(_BY_NAME["stage"], given.get("stage", table.get("stage")))
    shared = {name: value for name, value in table.items() if name not in STAGES}
    staged = table.get(str(stage), {})
    if not isinstance(staged, dict):
        raise UsageError(f"aws.{stage} is no table of settings.")
    _refuse_unknown(shared, "[aws]")
    _refuse_unknown(staged, f"[aws.{stage}]")
    if "stage" in staged:
        raise UsageError(f"[aws.{stage}] sets stage; only [aws] or --stage can.")
    merged = {**shared, **staged, **given}
    refuse_ended_runtime(merged.get("runtime"))
    values: dict[str, Any] = {s.name: _value(s, merged.get(s.name)) for s in AWS_SETTINGS}
    tags = _tags({**_table_of_tags(shared), **_table_of_tags(staged)})
    check_settings(values, given=frozenset(merged))
    values["timeout"] = int(values["timeout"])
    values["pings"] = None if values["pings"] is None else int(values["pings"])
    return AwsSettings(**values, tags=tags)


def _refuse_unknown(table: Mapping[str, Any], place: str) -> None:
    known = [*_BY_NAME, "tags"]
    for name in table:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(sorted(known))}."
            raise UsageError(f"There is no setting {name!r} of {place}.", hint=hint)


def _value(setting: Setting, raw: Any) -> SettingValue:
    if raw is None:
        return setting.default
    source = f"{setting.name} of [aws]"
    article = _ARTICLES[setting.type]
    wrong = UsageError(f"{source} is {raw!r}, not {article}.", hint=setting.sentence)
    is_of_kind = isinstance(raw, _KINDS[setting.type])
    if isinstance(raw, bool) or not is_of_kind:
        raise wrong
    match setting.type:
        case "list":
            texts = (raw,) if isinstance(raw, str) else tuple(raw)
            if not all(isinstance(text, str) for text in texts):
                raise wrong
            return texts
        case "duration" if isinstance(raw, str):
            try:
                return setting.check(parse_duration(raw), source)
            except ValueError as error:
                raise wrong from error
        case "count" if isinstance(raw, str) and raw != "auto":
            raise wrong
        case "number" | "duration":
            return setting.check(float(raw), source)
        case _:
            checked: SettingValue = setting.check(raw, source)
            return checked


def _table_of_tags(table: Mapping[str, Any]) -> dict[str, Any]:
    tags = table.get("tags", {})
    if not isinstance(tags, dict):
        raise UsageError("tags of [aws] is no table.", hint='[aws.tags] holds KEY = "text".')
    return tags


def _tags(table: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    for name, value in table.items():
        if not isinstance(value, str) or len(value) > _LONGEST_VALUE:
            raise UsageError(f"The tag {name!r} of [aws] is no text of at most 256 characters.")
        if not 0 < len(name) <= _LONGEST_NAME or name.lower().startswith(_RESERVED):
            raise UsageError(
                f"{name!r} cannot be a tag.",
                hint="A tag's name has 1 to 128 characters; those with aws: and golive: are taken.",
            )
    if len(table) > _MOST_TAGS:
        raise UsageError(f"[aws.tags] has {len(table)} tags; {_MOST_TAGS} fit beside golive's own.")
    return tuple(sorted(table.items()))


_LONGEST_NAME, _LONGEST_VALUE, _MOST_TAGS = 128, 256, 40
_RESERVED = ("aws:", "golive:")

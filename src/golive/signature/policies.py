"""Policies: which are legal for which fault and column type, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

import msgspec

from golive.errors import SignatureError
from golive.signature.model import Column, ColumnType

__all__ = ["NULLING", "POLICIES", "Policy", "check_policies", "policy_table"]

_HEAD = "| fault | key | policy | what happens | column types | code |"
_EXTRA = "| a column outside the signature | `on_extra` "
_EXTRA_IGNORED = _EXTRA + "| `ignore` | it is ignored and counted | all | |"
_EXTRA_ERROR = _EXTRA + "| `error` | the record fails | all | `extra_column` |"
_WRONG_TYPE = (
    "| a value of the wrong type, after the coercions | | | the record fails | all | `wrong_type` |"
)
_NULL = 'as if it were null; not together with `on_null = "error"`'
_ALL: tuple[ColumnType, ...] = get_args(ColumnType)


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What may be set for one fault.

    Attributes:
        key: The column's attribute and the key in the signature's TOML.
        fault: The fault in words.
        code: The error code of a record that it fails.
        choices: Policy to the column types that it is legal for; the default comes first.
        meaning: What each policy does.
    """

    key: str
    fault: str
    code: str
    choices: Mapping[str, tuple[ColumnType, ...]]
    meaning: Mapping[str, str]

    def legal_for(self, column_type: ColumnType) -> tuple[str, ...]:
        """The policies that a column of the type may have."""
        return tuple(name for name, types in self.choices.items() if column_type in types)


POLICIES: tuple[Policy, ...] = (
    Policy(
        key="on_missing",
        fault="the column is not in the record",
        code="missing_column",
        choices={"error": _ALL, "null": _ALL, "default": _ALL},
        meaning={
            "error": "the record fails",
            "null": _NULL,
            "default": "the column's `default` is used",
        },
    ),
    Policy(
        key="on_null",
        fault="the value is null",
        code="null_not_allowed",
        choices={"error": _ALL, "pass": _ALL, "default": _ALL},
        meaning={
            "error": "the record fails",
            "pass": "the model gets the null",
            "default": "the column's `default` is used",
        },
    ),
    Policy(
        key="on_unseen",
        fault="a category that neither the sample nor the model knows",
        code="unseen_category",
        choices={"pass": _ALL, "error": ("category",), "null": ("category",)},
        meaning={
            "pass": "the model gets it, if it has the JSON type of the known ones",
            "error": "the record fails",
            "null": _NULL,
        },
    ),
    Policy(
        key="on_non_finite",
        fault="NaN, an infinity, or a number too large for a float",
        code="non_finite",
        choices={"error": _ALL, "null": tuple(name for name in _ALL if name != "vector")},
        meaning={"error": "the record fails", "null": _NULL},
    ),
    Policy(
        key="on_range",
        fault="outside `minimum` to `maximum`",
        code="out_of_range",
        choices={"count": _ALL, "error": ("integer", "number", "datetime")},
        meaning={"count": "it is passed and counted", "error": "the record fails"},
    ),
)
"""Every policy of a column. A value of the wrong type always fails its record."""

NULLING = ("on_missing", "on_unseen", "on_non_finite")
"""The keys whose policy may be `null`; what becomes of a null is for `on_null` to say."""


def check_policies(column: Column) -> None:
    """Refuse a policy that is not legal for the column's type.

    Raises:
        SignatureError: Naming the column, the key and the policies that are legal; or two that
            contradict each other.
    """
    for policy in POLICIES:
        value = getattr(column, policy.key)
        legal = policy.legal_for(column.type)
        if value not in legal:
            raise SignatureError(
                f'{policy.key} = "{value}" is not legal for the {column.type} column '
                f'"{column.name}"; legal: {", ".join(legal)}.',
                hint=f"Set {policy.key} to one of: {', '.join(legal)}.",
            )
    _check_nulling(column)
    if "default" in (column.on_missing, column.on_null) and column.default is None:
        raise SignatureError(
            f'The column "{column.name}" uses a default and has none.',
            hint=f'Set `default` of "{column.name}", or choose another policy.',
        )


def _check_nulling(column: Column) -> None:
    """Refuse to make something null where null is an error: the record would fail all the same."""
    for key in NULLING:
        if getattr(column, key) == "null" and column.on_null == "error":
            raise SignatureError(
                f'{key} = "null" contradicts on_null = "error" of the column "{column.name}".',
                hint=f'Set {key} to another policy, or on_null to "pass" or "default".',
            )


def policy_table() -> str:
    """Which policy is legal for which fault and type, as a Markdown table."""
    lines = [_HEAD, "|---|---|---|---|---|---|"]
    lines += [
        f"| {policy.fault} | `{policy.key}` | `{name}` | {policy.meaning[name]} "
        f"| {_types(types)} | {_code(policy, name)} |"
        for policy in POLICIES
        for name, types in policy.choices.items()
    ]
    lines += [_EXTRA_IGNORED, _EXTRA_ERROR, _WRONG_TYPE]
    return "\n".join(lines) + "\n"


def _types(types: tuple[ColumnType, ...]) -> str:
    if types == _ALL:
        return "all"
    left_out = [name for name in _ALL if name not in types]
    return f"all but {left_out[0]}" if len(left_out) == 1 else ", ".join(types)


def _code(policy: Policy, name: str) -> str:
    return f"`{policy.code}`" if name == "error" else ""

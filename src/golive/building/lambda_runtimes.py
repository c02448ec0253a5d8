"""The Pythons of AWS Lambda, and which of them a bundle gets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from golive.building.platforms import parse_python
from golive.errors import UsageError

__all__ = ["RUNTIMES", "RUNTIMES_AS_OF", "Choice", "LambdaRuntime", "choose_runtime"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LambdaRuntime:
    """A managed runtime.

    Attributes:
        python: Its Python.
        glibc: The N of its glibc 2.N.
        deprecated: From this day on AWS mends it no more.
        create_blocked: From this day on no function can be created with it.
    """

    python: tuple[int, int]
    glibc: int
    deprecated: date
    create_blocked: date


RUNTIMES_AS_OF = date(2026, 11, 28)
"""When the table was last compared with the one that cfn-lint 1.58 has from AWS."""

# python3.11 is left out: it runs on Amazon Linux 2, and wheels of today do not load with its glibc
# 2.26. The others run on Amazon Linux 2023.
RUNTIMES = (
    LambdaRuntime(
        python=(3, 12),
        glibc=34,
        deprecated=date(2028, 10, 31),
        create_blocked=date(2028, 11, 30),
    ),
    LambdaRuntime(
        python=(3, 13),
        glibc=34,
        deprecated=date(2029, 6, 30),
        create_blocked=date(2029, 7, 31),
    ),
    LambdaRuntime(
        python=(3, 14),
        glibc=34,
        deprecated=date(2029, 6, 30),
        create_blocked=date(2029, 7, 31),
    ),
)
"""Oldest first."""

_FOR_COMPILED = (3, 13)


@dataclass(frozen=True, slots=True)
class Choice:
    """A runtime, and why it was taken, in a sentence."""

    runtime: LambdaRuntime
    because: str


def choose_runtime(
    *, trained_with: str, is_compiled: bool, wanted: str | None, today: date
) -> Choice:
    """The runtime of a bundle.

    Args:
        trained_with: The Python that packed it, such as `3.11.7`.
        is_compiled: Whether its compiled program answers, which any Python runs alike.
        wanted: The Python that was asked for, such as `3.12`, or None.
        today: Runtimes that are deprecated on it are taken only where they were asked for.

    Raises:
        UsageError: AWS Lambda has no such Python.
    """
    if wanted is not None:
        return Choice(_named(wanted), "It was asked for.")
    in_time = {each.python: each for each in RUNTIMES if today < each.deprecated}
    supported = in_time or {RUNTIMES[-1].python: RUNTIMES[-1]}
    newest = supported[max(supported)]
    if is_compiled:
        usual = supported.get(_FOR_COMPILED, newest)
        return Choice(usual, "A compiled program answers alike with every Python.")
    trained = parse_python(trained_with)
    if trained in supported:
        return Choice(supported[trained], "The model was packed with it.")
    return Choice(
        newest,
        f"The model was packed with Python {trained_with}, which AWS Lambda does not offer (any "
        "more); this is the newest that it does.",
    )


def _named(wanted: str) -> LambdaRuntime:
    python = parse_python(wanted)
    for runtime in RUNTIMES:
        if runtime.python == python:
            return runtime
    offered = ", ".join(f"{major}.{minor}" for major, minor in (r.python for r in RUNTIMES))
    raise UsageError(
        f"There is no Python {wanted} for packages of AWS Lambda.", hint=f"Choose one of {offered}."
    )

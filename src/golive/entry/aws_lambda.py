"""The handler of a function of AWS Lambda: `golive.entry.aws_lambda.handler`.

It is made, and so the model loaded, when it is first taken from here, which a package does while
Lambda starts it: `from golive.entry.aws_lambda import handler`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from golive.aws_lambda.function import LambdaFunction

__all__ = ["handler"]

handler: LambdaFunction


@cache
def _handler() -> LambdaFunction:
    from golive.wiring.aws_lambda import open_function

    return open_function()


def __getattr__(name: str) -> LambdaFunction:
    """The handler, made once.

    Raises:
        GoliveError: The function cannot be started.
        AttributeError: It is another name.
    """
    if name != "handler":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _handler()

"""Optional packages: the one place that names the extra that brings each."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from golive.errors import MissingExtraError

__all__ = ["require"]


def require(module: str, *, extra: str) -> Any:
    """Import and return an optional module.

    Args:
        module: Dotted module name, such as `xgboost`.
        extra: The extra of golive that installs it.

    Raises:
        MissingExtraError: The module is not installed; the hint is the command that installs it.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != module.partition(".")[0]:
            raise
        raise MissingExtraError(
            f"This needs the package {module.partition('.')[0]!r}, which is not installed.",
            hint=f"pip install 'golive[{extra}]'",
        ) from error

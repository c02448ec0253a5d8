"""References on the command line: what names a bundle becomes a path on this machine."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click

from golive.cli.output import progress

__all__ = ["BUNDLE", "MODEL", "REGISTRY", "WHY", "placed", "registry_of"]


class _Bundle(click.ParamType):  # type: ignore[type-arg]  # generic only in newer versions of click
    """A bundle's path, or a version in a registry, which is pulled."""

    name = "bundle"

    def convert(
        self,
        value: Any,
        param: click.Parameter | None,  # noqa: ARG002 - click's signature
        ctx: click.Context | None,
    ) -> Path:
        """The path of the bundle that the text names."""
        if isinstance(value, Path) or Path(value).exists() or ctx is None:
            return Path(value)
        from golive.registry.reference import reference_or_none

        reference = reference_or_none(value)
        if reference is None:
            return Path(value)
        with progress(only_on_terminal=True) as tell:
            tell(f"Pulling {reference}")
            path: Path = ctx.obj.pull(value)
        return path


BUNDLE = _Bundle()
"""A bundle, as an argument: PATH or [REGISTRY/]NAME[@VERSION|@ALIAS]."""

MODEL = "MODEL is NAME, or REGISTRY/NAME."

REGISTRY = click.option(
    "--registry",
    metavar="LOCATION",
    help="A folder, s3://BUCKET/PREFIX or gs://BUCKET/PREFIX. Default: GOLIVE_REGISTRY, or a "
    "folder among your own data.",
)

WHY = click.option("--why", default="", help="A reason to record. Default: none.")


def registry_of(name: str, registry: str | None) -> str | None:
    """The registry that was named: before the name, or else by the option."""
    return name.rpartition("/")[0] or registry


def placed(name: str, registry: str | None) -> str:
    """A name as one types it for the registry that was named, quoted for a shell."""
    return shlex.quote(name if registry is None else f"{registry.rstrip('/')}/{name}")

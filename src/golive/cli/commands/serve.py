"""`golive serve`: bundles become an HTTP service."""

from __future__ import annotations

from typing import Any

import click

from golive.cli.actions import Actions
from golive.cli.options import loading, original, serve_settings
from golive.cli.output import say, say_on_terminal
from golive.settings import ServeSettings

__all__ = ["command"]


@click.command("serve", short_help="Serve one or more bundles over HTTP.")
@click.argument("bundles", nargs=-1, required=True, metavar="BUNDLE...")
@serve_settings
@loading
@original
@click.pass_obj
def command(
    actions: Actions,
    /,
    *,
    bundles: tuple[str, ...],
    verify: bool,
    allow_drifted_environment: bool,
    original: bool,
    **flags: Any,
) -> None:
    """Serve one or more bundles over HTTP until Ctrl-C.

    BUNDLE is a path, or a version in a registry: NAME@VERSION, NAME@ALIAS.

    One bundle answers at /predict; several answer at /models/NAME/predict. Once they answer, the
    address and a curl that works when pasted are printed. Logs go to stderr, one JSON line a
    request, without the records.

    \b
    golive serve churn.bundle
    golive serve churn.bundle --port 0 --workers 2
    golive serve churn.bundle income.bundle --host 0.0.0.0 --allow-host models.example.com
    """  # noqa: D301 - \b is click's mark for a block that is not wrapped
    given = {name: value for name, value in flags.items() if value not in (None, ())}
    say_on_terminal(f"Loading {', '.join(bundles)} …")
    actions.serve(
        bundles,
        ServeSettings.load(**given),
        verify=verify,
        allow_drifted_environment=allow_drifted_environment,
        original=original,
        announce=say,
    )

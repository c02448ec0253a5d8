"""The command `golive`: finds the command that was typed and ends with its exit code."""

from __future__ import annotations

import errno
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import click

from golive.cli.actions import Actions
from golive.cli.output import print_error
from golive.errors import GoliveError, UsageError

__all__ = ["COMMANDS", "CommandGroup", "command", "main", "run"]

COMMANDS = (
    "pack", "inspect", "check", "diff", "predict", "serve", "push", "versions", "promote",
    "rollback", "pull", "refresh", "gc", "keys", "repack", "compile", "export", "build", "invoke",
    "aws", "sbom", "completion",
)  # fmt: skip
FAILED, MISUSED, INTERRUPTED = 1, 2, 130
_OF_THE_DISK = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}
)


class CommandGroup(click.Group):
    """Commands whose modules are imported when they are needed; errors without tracebacks."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names of the commands, in the order in which one meets them."""
        return list(COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        cmd_name: str,
    ) -> click.Command | None:
        """The command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = import_module(f"golive.cli.commands.{cmd_name}").command
        return found

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error becomes two lines and an exit code."""
        try:
            return super().invoke(ctx)
        except GoliveError as error:
            if ctx.params["debug"]:
                raise
            print_error(error.message, error.hint or f"golive {ctx.invoked_subcommand} --help")
            ctx.exit(MISUSED if isinstance(error, UsageError) else FAILED)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:
            sys.stdout = None  # nobody reads: nothing is left to flush
            ctx.exit(FAILED)
        except Exception as error:
            if ctx.params["debug"]:
                raise
            print_error(*_told(error))
            ctx.exit(FAILED)


def _told(error: Exception) -> tuple[str, str]:
    """What is said of an error that is none of golive's own, and what to do about it."""
    if isinstance(error, OSError) and error.errno in _OF_THE_DISK:
        where = "" if error.filename is None else f"{error.filename}: "
        hint = "make sure that the disk is there and has room, and that you may write to it"
        return f"{where}{error.strerror}.", hint
    return (
        f"golive itself failed: {type(error).__name__}: {error}",
        "run it again as `golive --debug …` and report what it prints",
    )


def _print_version(ctx: click.Context, _: click.Parameter, value: Any) -> None:
    if value and not ctx.resilient_parsing:
        from golive import __version__

        click.echo(f"golive {__version__}")
        ctx.exit()


@click.group(
    cls=CommandGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version and exit.",
)
@click.option(
    "--debug",
    is_flag=True,
    envvar="GOLIVE_DEBUG",
    help="Show the traceback of an error (also GOLIVE_DEBUG=1).",
)
def command(*, debug: bool) -> None:
    """Take a trained model to an endpoint that answers correctly.

    \b
    golive pack model.joblib --data train.csv --target churned -o churn.bundle
    golive inspect churn.bundle
    golive check churn.bundle
    golive predict churn.bundle new_rows.csv
    golive serve churn.bundle

    Data goes to stdout, everything else to stderr. Exit codes: 0 done, 1 failed, 2 misused.
    """  # noqa: D301 - \b is click's mark for a block that is not wrapped


def run(arguments: Sequence[str] | None = None, *, actions: Actions | None = None) -> int:
    """Run a command line and return its exit code.

    Args:
        arguments: The words after `golive`; those of the process if None.
        actions: What the commands call; golive's own if None.
    """
    try:
        code = command.main(
            None if arguments is None else list(arguments),
            prog_name="golive",
            standalone_mode=False,
            obj=actions or Actions(),
        )
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return MISUSED
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "golive"
        print_error(error.format_message(), f"{path} --help")
        return MISUSED
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    return code if isinstance(code, int) else 0


def main() -> NoReturn:
    """Run the command line of the process and exit."""
    sys.exit(run())

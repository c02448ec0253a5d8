"""`golive completion`: the script that completes commands and options in a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

__all__ = ["command"]


@click.command("completion", short_help="Print the completion script of a shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    \b
    Bash:  golive completion bash >> ~/.bashrc
    Zsh:   golive completion zsh >> ~/.zshrc
    Fish:  golive completion fish > ~/.config/fish/completions/golive.fish
    """  # noqa: D301 - \b is click's mark for a block that is not wrapped
    completion = get_completion_class(shell)
    if completion is None:
        raise click.UsageError(f"There is no completion for {shell}.")
    root = context.find_root().command
    click.echo(completion(root, {}, "golive", "_GOLIVE_COMPLETE").source())

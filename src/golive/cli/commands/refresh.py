"""`golive refresh`: servers look at once for the version that their reference names."""

from __future__ import annotations

import click

from golive.cli.actions import Actions
from golive.cli.options import as_json
from golive.cli.output import print_json, say
from golive.errors import UsageError

__all__ = ["command"]


@click.command("refresh", short_help="Have running servers look for another version now.")
@click.option(
    "--pid",
    type=int,
    default=None,
    help="Process id of the server. Default: every server of yours on this machine.",
)
@click.option(
    "--url",
    default=None,
    help="Where a server answers, maybe on another machine: asked with the key in "
    "GOLIVE_ADMIN_KEY, or signed with GOLIVE_REFRESH_SECRET.",
)
@as_json
@click.pass_obj
def command(actions: Actions, /, *, pid: int | None, url: str | None, as_json: bool) -> None:
    """Have servers that were started with --refresh look for another version now.

    They are told, and go on by themselves: /readyz of each says which version serves, and why
    another one was not taken. A version that was refused is tried again, and a candidate that
    stepped back is asked again. On other machines, use POST /admin/refresh; see "How to change
    versions without a break". Keys are taken from the environment, never from the command line.

    \b
    golive refresh
    golive refresh --pid 4711
    golive refresh --url https://models.example.com
    """  # noqa: D301 - \b is click's mark for a block that is not wrapped
    if url is not None:
        if pid is not None:
            raise UsageError("--pid and --url name two servers.", hint="leave one of them out")
        asked_at = actions.refresh_at(url)
        print_json([{"url": url}]) if as_json else click.echo(url)
        say(f"It was asked by POST {asked_at}.\nnext: curl {url.rstrip('/')}/readyz")
        return
    asked = actions.refresh(pid)
    if as_json:
        print_json(
            [
                {"pid": server.process, "url": server.url, "references": list(server.references)}
                for server in asked
            ]
        )
        return
    for server in asked:
        click.echo(server.url)
        say(f"{', '.join(server.references)} of process {server.process} is looked at now.")
        say(f"next: curl {server.url}/readyz")

"""Servers that follow references: started with what looks for other versions, found by a command.

While such a server answers, a file of the cache's directory `serving` names its process, so that
`golive refresh` signals no process that would not understand it.
"""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from golive import settings
from golive.errors import UsageError
from golive.files import private_directory, write_atomically
from golive.http.counters import begun_at, is_running
from golive.http.plan import ServePlan
from golive.http.server import serve
from golive.wiring.models import load_models
from golive.wiring.refreshing import open_source

__all__ = ["Running", "ask_to_refresh", "running_servers", "serve_following"]

_logger = logging.getLogger("golive.refresh")


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """A server of this machine and user that follows references.

    Attributes:
        process: Its process id.
        begun: When the process began, in clock ticks; 0 where the system does not tell.
        url: Where it answers.
        references: What it follows.
    """

    process: int
    begun: int
    url: str
    references: tuple[str, ...]


def serve_following(plan: ServePlan, *, announce: Callable[[str], object]) -> None:
    """Serve a plan that follows references, until a signal; called from the main thread.

    Args:
        plan: What to serve, its references pinned.
        announce: Told the address once requests are answered.

    Raises:
        UsageError: The address cannot be had, or the secret of the hook is too short.
        GoliveError: The models could not be loaded.
    """
    plan = msgspec.structs.replace(plan, refresh_secret=settings.refresh_secret())

    def on_ready(url: str) -> None:
        try:
            _note(url, plan)
        except OSError as error:  # the disk is full, or may not be written to
            _logger.warning("`golive refresh` will not find this server: %s", error)
        announce(url)

    try:
        serve(plan, load_models, on_ready=on_ready, open_source=open_source)
    finally:
        with suppress(OSError):
            _note_of(os.getpid()).unlink(missing_ok=True)


def _note(url: str, plan: ServePlan) -> None:
    process = os.getpid()
    running = Running(
        process=process,
        begun=begun_at(process) or 0,
        url=url,
        references=tuple(named.reference for named in plan.followed.values()),
    )
    write_atomically(_note_of(process), msgspec.json.encode(running))


def _note_of(process: int) -> Path:
    return _directory() / f"{process}.json"


def running_servers() -> list[Running]:
    """The servers of this machine and user that follow references and answer now."""
    found = []
    for file in sorted(_directory().glob("*.json")):
        running = _read(file)
        if running is not None and is_running(running.process, running.begun):
            found.append(running)
        else:
            file.unlink(missing_ok=True)  # it was killed
    return found


def ask_to_refresh(process: int | None = None) -> list[Running]:
    """Have servers look at once whether their references name other versions.

    Args:
        process: The id of the one to ask; all of this machine and user if None.

    Raises:
        UsageError: There is no such server.
    """
    running = [r for r in running_servers() if process is None or r.process == process]
    if not running:
        which = "No server" if process is None else f"Process {process} is no server that"
        raise UsageError(
            f"{which} {'of yours on this machine ' if process is None else ''}follows a reference.",
            hint="golive serve NAME@prod --refresh 30s",
        )
    for server in running:
        os.kill(server.process, signal.SIGHUP)
    return running


def _directory() -> Path:
    return private_directory(settings.cache_dir() / "serving")


def _read(file: Path) -> Running | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Running)
    except (OSError, msgspec.DecodeError):
        return None

"""What runs the model of a check: a process of its own, so that no model can take the check along.

The parent reads JSON lines: steps, what the model is asked next, and findings as they are found.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import msgspec

from golive.bundle.reading import Bundle, open_bundle
from golive.checking.dynamic import Ears, RunOptions, examine
from golive.checking.report import Finding
from golive.errors import GoliveError

if TYPE_CHECKING:
    from io import BufferedReader

__all__ = ["Task", "command", "examine_apart", "main"]

_BOOT = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from golive.settings import limit_numeric_threads; limit_numeric_threads(1); "
    "from golive.checking.child import main; main(sys.argv[2], int(sys.argv[3]))"
)
_PATIENCE = 120.0
"""Seconds without a word after which the model hangs."""
_FIRST_WORDS = 200
_FIRST_BYTES = 4096
_LAST_WORDS = 5.0
_READ = 1 << 16


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What the process is asked to examine."""

    path: str
    options: dict[str, Any]


def main(task: str, channel: int) -> None:
    """Examine the bundle of a task (JSON) and write JSON lines into a file descriptor."""
    asked = msgspec.json.decode(task, type=Task)
    warnings.simplefilter("ignore")  # those that count are collected
    with os.fdopen(channel, "wb", buffering=0) as sink:

        def send(**message: Any) -> None:
            sink.write(msgspec.json.encode(message) + b"\n")

        ears = Ears(step=lambda text: send(step=text), probe=lambda text: send(probe=text))
        try:
            bundle = open_bundle(Path(asked.path))
            for finding in examine(bundle, RunOptions(**asked.options), ears):
                send(finding=finding)
        except GoliveError as error:
            send(finding=_not_loadable(error.message, error.hint))
        send(done=True)


def examine_apart(
    bundle: Bundle, options: RunOptions, tell: Callable[[str], None]
) -> Iterator[Finding]:
    """Examine a bundle in another process; its end, or its silence, is a finding as well."""
    task = Task(path=str(bundle.source), options=msgspec.to_builtins(options))
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb", buffering=0) as news:
        process = subprocess.Popen(  # noqa: S603  # our own interpreter, our own program
            command(_BOOT, msgspec.json.encode(task).decode(), str(writer)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(writer,),
        )
        os.close(writer)
        printed = _Printed(process)
        printed.start()
        try:
            yield from _heard(process, news.fileno(), tell)
        finally:
            process.kill()
            process.wait()
        yield from printed.findings()


def command(boot: str, *arguments: str) -> list[str]:
    """A command of this interpreter that can import this golive and nothing of the directory."""
    package_home = str(Path(__file__).resolve().parents[2])
    return [sys.executable, "-P", "-c", boot, package_home, *arguments]


def _heard(
    process: subprocess.Popen[bytes], channel: int, tell: Callable[[str], None]
) -> Iterator[Finding]:
    asked, is_done = "", False
    for line in _lines(channel):
        if line is None:
            yield _fatal("hangs", f"nothing came back for {_PATIENCE:.0f} s", asked)
            return
        message = msgspec.json.decode(line)
        if "step" in message:
            tell(message["step"])
        elif "probe" in message:
            asked = message["probe"]
        elif "finding" in message:
            yield msgspec.convert(message["finding"], Finding)
        is_done = is_done or "done" in message
    code = process.wait()
    if not is_done:
        how = f"with code {code}" if code >= 0 else f"by {signal.Signals(-code).name}"
        yield _fatal("process_ended", f"the process ended {how}", asked)


def _lines(channel: int) -> Iterator[bytes | None]:
    """The lines that are written into a pipe until it is closed; None where nothing comes."""
    held = b""
    while True:
        ready, _, _ = select.select([channel], [], [], _PATIENCE)
        if not ready:
            yield None
            return
        data = os.read(channel, _READ)
        if not data:
            return
        *lines, held = (held + data).split(b"\n")
        yield from lines


def _fatal(code: str, what: str, asked: str) -> Finding:
    where = f" while it was asked {asked}" if asked else " while the model was loaded"
    return Finding(
        check="process",
        severity="error",
        code=code,
        subject=asked,
        message=what + where,
        hint="the served model would not come back either; nothing after it was tried",
    )


def _not_loadable(message: str, hint: str | None) -> Finding:
    return Finding(check="load", severity="error", code="not_loadable", message=message, hint=hint)


class _Printed(threading.Thread):
    """Reads what a process prints, however much it is, and keeps the first of it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        super().__init__(daemon=True)
        self._stream = cast("BufferedReader", process.stdout)
        self._first = b""
        self._size = 0

    def run(self) -> None:
        """Read until nobody can print any more."""
        with self._stream:
            while data := self._stream.read1(_READ):
                self._first += data[: _FIRST_BYTES - len(self._first)]
                self._size += len(data)

    def findings(self) -> Iterator[Finding]:
        """What was printed; to be asked when the process has ended."""
        self.join(_LAST_WORDS)  # a process that the model started may keep the stream open
        words = " ".join(self._first.decode(errors="replace").split())
        if words:
            yield Finding(
                check="output",
                severity="note",
                code="prints",
                message=f"the model prints {self._size:,} bytes: {words[:_FIRST_WORDS]}",
            )

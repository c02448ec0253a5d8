"""A function model that does what a file says, on import or when called."""

from __future__ import annotations

import json
from pathlib import Path

from tests.once_a_run import OnceARun

import golive
from golive.bundle.reading import Bundle

__all__ = ["dangerous_bundle"]

_SOURCE = """
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

HELD = []


def file(name):
    return Path(os.environ.get("DANGER_FOLDER", "nowhere")) / f"{name}-{number}"


def wanted():
    return file("danger").read_text() if file("danger").exists() else ""


def tell(process):
    file("told").write_text(str(process))


def act(when):
    then, _, what = wanted().partition(" ")
    if then != when:
        return
    match what:
        case "abort":
            os.abort()
        case "segfault":
            ctypes.string_at(0)
        case "exit":
            os._exit(7)
        case "exit 0":
            os._exit(0)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "close":
            os.closerange(3, 64)
            time.sleep(0.3)
            os._exit(7)
        case "close_and_hang":
            os.closerange(3, 64)
            time.sleep(600)
        case "hang":
            time.sleep(600)
        case "tell_and_hang":
            tell(os.getpid())
            time.sleep(600)
        case "raise":
            raise ValueError("not today")
        case "leave":
            sys.exit(3)
        case "spawn":
            tell(subprocess.Popen(["sleep", "600"]).pid)
            time.sleep(600)
        case "thread":
            threading.Thread(target=time.sleep, args=(600,)).start()
        case "count":
            with file("told").open("a") as told:
                told.write(".")
        case "eat":
            while True:
                HELD.append(bytearray(os.urandom(1 << 12) * (1 << 12)))
                time.sleep(0.05)


@dataclass
class Request:
    x: int


def answer(request: Request) -> int:
    act("call")
    return {number} * request.x + (wanted() == "call differ")


act("import")
"""


def dangerous_bundle(once: OnceARun, number: int = 1) -> Bundle:
    """A version of `games` that answers `number` times `x`.

    What it does beside stands in the file `danger-NUMBER` of the folder that DANGER_FOLDER names;
    while it is packed, there is none. It may write into `told-NUMBER` there.
    """
    return once.bundle(f"dangerous/{number}", lambda output: _pack(number, output))


def _pack(number: int, output: Path) -> None:
    folder = output.parent
    (folder / "requests.jsonl").write_text("".join(json.dumps({"x": x}) + "\n" for x in range(8)))
    source = folder / f"dangerous_{number}.py"
    source.write_text(_SOURCE.replace("{number}", str(number)))
    data = folder / "requests.jsonl"
    golive.pack(f"{source}:answer", data, name="games", output=output)

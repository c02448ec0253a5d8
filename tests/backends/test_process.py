from __future__ import annotations

import json
import os
import stat
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from golive.backends.process import start_process

CHILD = """#!{python}
import json, os, socket, struct, sys
link = socket.socket(fileno=int(sys.argv[-2]))
told = {{name: value for name, value in os.environ.items() if name.startswith("GOLIVE_")}}
told["order"] = link.recv(100)[8:].decode()
told["arguments"] = [sys.argv[1], sys.argv[-1]]
message = json.dumps(told).encode()
link.sendall(struct.pack("!Q", len(message)) + message)
sys.exit(7)
"""


def write_python(folder):
    """A Python that tells what it was given, and ends."""
    python = folder / "python"
    python.write_text(CHILD.format(python=sys.executable))
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    return str(python)


def test_it_gets_its_order_and_none_of_golives_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("GOLIVE_REFRESH_SECRET", "not for models, which may be anybody's")
    monkeypatch.setenv("GOLIVE_CACHE_DIR", "/cache")

    process = start_process(write_python(tmp_path), b"an order", label="games, chess")
    told = json.loads(process.read())

    assert told == {
        "GOLIVE_CACHE_DIR": "/cache",
        "order": "an order",
        "arguments": ["-E", "games, chess"],
    }
    assert process.read() is None
    assert process.end() == "ended with exit code 7"


def test_one_that_goes_on_is_ended(tmp_path):
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexec sleep 300\n")
    python.chmod(0o700)

    process = start_process(str(python), b"")

    assert process.end() == "was ended by SIGKILL"


FORKING = """#!{python}
import os, socket, sys, time
link = socket.socket(fileno=int(sys.argv[-2]))
link.recv(100)
child = os.fork()
if not child:
    time.sleep(600)
link.sendall({message})
os._exit(7)
"""


@pytest.fixture
def forking(tmp_path):
    """Starts a process that forks a child, says something and ends; the child goes on."""

    def start(message):
        python = tmp_path / "python"
        python.write_text(FORKING.format(python=sys.executable, message=message))
        python.chmod(0o700)
        return start_process(str(python), b"", label=str(tmp_path))

    return start


def named(text):
    """The processes whose arguments hold a text."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if text.encode() in file.read_bytes():
                found.append(file.parent.name)
    return found


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="nothing tells of its end here")
def test_one_that_has_a_child_has_ended_when_it_ends_and_takes_that_along(forking, tmp_path):
    """The child holds the other end of the socket open: nobody would hear of the end there."""
    process = forking("bytes(7) + bytes([2]) + b'ok'")

    assert process.read() == b"ok"
    assert process.read() is None
    assert len(named(str(tmp_path))) == 1  # of one that has ended nobody is told the arguments
    assert process.end() == "ended with exit code 7"
    deadline = time.monotonic() + 30
    while named(str(tmp_path)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert named(str(tmp_path)) == []


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="nothing tells of its end here")
def test_one_that_has_a_child_and_ends_within_a_message_has_ended(forking):
    process = forking("bytes(7) + bytes([200]) + b'cut'")

    assert process.read() is None
    assert process.end() == "ended with exit code 7"


def test_no_descriptor_is_left_of_one_that_has_ended(tmp_path):
    before = descriptors()
    for _ in range(3):
        process = start_process(write_python(tmp_path), b"an order")
        process.read()
        process.end()

    assert descriptors() == before


def descriptors():
    return sorted(file.name for file in Path("/proc/self/fd").iterdir())

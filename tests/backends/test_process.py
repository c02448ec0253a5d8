from __future__ import annotations

import json
import stat
import sys

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

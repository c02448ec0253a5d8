"""One small bundle for each extra: packed where all frameworks are, served where one is.

`python -m tests.frameworks.alone pack EXTRA BUNDLE` and `… serve EXTRA BUNDLE`. The second runs
where golive has only that extra, so it uses nothing but golive and the standard library.
"""

import importlib
import importlib.util
import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Extra:
    """How an extra is tested alone.

    Attributes:
        packer: The function that trains a model and packs it, as `module:function`.
        runtime: A module of golive that must be importable.
        brings: A package that the extra installs.
        needs: Packages of other extras that this one's own packages depend on.
    """

    packer: str
    runtime: str
    brings: str
    needs: tuple[str, ...] = ()


EXTRAS = {
    "images": Extra("tests.frameworks.images:pack_small", "golive.engine.images", "PIL"),
    "keras": Extra("tests.frameworks.keras_models:pack_small", "golive.runtimes.keras", "keras"),
    "lightgbm": Extra(
        "tests.frameworks.tables:pack_lightgbm", "golive.runtimes.lightgbm", "lightgbm"
    ),
    "mlflow": Extra(
        "tests.frameworks.mlflow_models:pack_small",
        "golive.runtimes.pyfunc",
        "mlflow",
        needs=("PIL", "pydantic", "skops"),
    ),
    "onnx": Extra("tests.frameworks.onnx_models:pack_small", "golive.runtimes.onnx", "onnxruntime"),
    "onnx-export": Extra(
        "tests.frameworks.tables:pack_plain",
        "golive.compiling.onnx_graph",
        "skl2onnx",
        needs=("onnxruntime",),
    ),
    "pydantic": Extra(
        "tests.frameworks.tables:pack_pydantic", "golive.runtimes.function", "pydantic"
    ),
    "pytorch": Extra(
        "tests.frameworks.torch_models:pack_small", "golive.runtimes.pytorch", "torch"
    ),
    "skops": Extra("tests.frameworks.tables:pack_skops", "golive.runtimes.sklearn", "skops"),
    "xgboost": Extra("tests.frameworks.tables:pack_xgboost", "golive.runtimes.xgboost", "xgboost"),
}


def main(verb: str, name: str, bundle: str) -> None:
    """Pack or serve the bundle of one extra."""
    if name not in EXTRAS:
        raise SystemExit(f"tests/frameworks/alone.py has no small bundle for the extra {name}")
    match verb:
        case "pack":
            module, _, function = EXTRAS[name].packer.partition(":")
            getattr(importlib.import_module(module), function)(Path(bundle))
        case "serve":
            check_alone(name)
            importlib.import_module(EXTRAS[name].runtime)
            check_answers(Path(bundle))
        case _:
            raise SystemExit(f"pack or serve, not {verb}")


def check_alone(name: str) -> None:
    """Fail where the extra is absent, or another one is there."""
    for other, extra in EXTRAS.items():
        if extra.brings in EXTRAS[name].needs:
            continue
        is_there = importlib.util.find_spec(extra.brings) is not None
        if is_there != (extra.brings == EXTRAS[name].brings):
            raise SystemExit(f"{extra.brings} of the extra {other} is there: {is_there}")


def check_answers(path: Path) -> None:
    """Serve the bundle and compare what it answers with its golden records."""
    from golive.bundle.reading import open_bundle
    from golive.engine.golden import compare

    bundle = open_bundle(path)
    with serving(path) as url:
        for at, golden in enumerate(bundle.golden):
            [answer] = ask(url, golden.record)
            differences = compare(at, golden.output, answer, tolerance=bundle.manifest.tolerance)
            if differences:
                raise SystemExit(f"golden record {at} is answered differently: {differences}")
    print(f"{path.name}: {len(bundle.golden)} golden records are answered as when packed")


def ask(url: str, record: object) -> list[object]:
    """The predictions for one record, whatever the status."""
    request = urllib.request.Request(
        f"{url}/predict",
        data=json.dumps([record]).encode(),
        headers={"content-type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            body = json.load(response)
    except urllib.error.HTTPError as error:
        body = json.load(error)
    return body["predictions"]


@contextmanager
def serving(bundle: Path) -> Iterator[str]:
    """Serve the bundle in a process of its own; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "golive", "serve", str(bundle), "--port", str(port)]
    log = bundle.with_suffix(".log")
    with log.open("wb") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=sink)
    url = f"http://127.0.0.1:{port}"
    try:
        if not is_ready(url, process):
            raise SystemExit(f"golive serve did not become ready:\n{log.read_text()[-3000:]}")
        yield url
    finally:
        process.terminate()
        code = process.wait(timeout=60)
    if code != 0:
        raise SystemExit(f"golive serve ended with code {code}:\n{log.read_text()[-3000:]}")


def is_ready(url: str, process: subprocess.Popen[bytes]) -> bool:
    """Wait for the server, at most two minutes."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=10):
                return True
        except OSError:
            time.sleep(0.2)
    return False


if __name__ == "__main__":
    main(*sys.argv[1:])

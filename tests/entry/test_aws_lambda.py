"""The handler of a function: what it imports, how large that is, and that it answers alone."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.wiring.test_slim_package import MOST_BYTES, pack_slim

PROGRAM = """
import json, sys, threading
sys.path.insert(0, sys.argv[1])
before = set(sys.modules)
from golive.entry.aws_lambda import handler
event = {
    "version": "2.0",
    "rawPath": "/predict",
    "headers": {"content-type": "application/json"},
    "requestContext": {"http": {"method": "POST"}},
    "body": '[{"a": 0.5, "b": -0.5}]',
}
over_http, direct = handler(event, None), handler([{"a": 0.5, "b": -0.5}], None)
found = sorted(set(sys.modules) - before)
files = {
    name: module.__file__
    for name, module in sys.modules.items()
    if name.partition(".")[0] in ("golive", "msgspec") and getattr(module, "__file__", None)
}
told = {
    "over_http": over_http, "direct": direct, "modules": found, "files": files,
    "threads": threading.active_count(),
}
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def task(bundle, tmp_path_factory):
    """The folder of a package, without golive."""
    root = tmp_path_factory.mktemp("task")
    shutil.copytree(bundle.path, root / "bundle")
    return root


def run(task, path, *options):
    environ = {
        "LAMBDA_TASK_ROOT": str(task),
        "GOLIVE_CACHE_DIR": str(task.parent / "cache"),
        "AWS_LAMBDA_FUNCTION_NAME": "m",
    }
    done = subprocess.run(
        [sys.executable, *options, "-c", PROGRAM, str(path)],
        capture_output=True, check=True, cwd=task, env=environ,
    )  # fmt: skip
    *log, told = done.stdout.splitlines()
    assert [json.loads(line)["event"] for line in log] == ["init", "request", "request"]
    assert done.stderr == b""
    return json.loads(told)


@pytest.fixture(scope="module")
def told(task):
    return run(task, Path(__file__).resolve().parents[2] / "src")


def test_it_answers_a_front_and_a_direct_invocation(told):
    body = json.loads(told["over_http"]["body"])

    assert told["over_http"]["statusCode"] == 200
    assert body["predictions"] == told["direct"]["predictions"]
    assert body["predictions"][0]["label"] == "yes"


def test_it_imports_the_standard_library_and_msgspec_and_no_server(told):
    tops = {name.partition(".")[0] for name in told["modules"]}

    # msgspec takes types of typing_extensions along, where it is installed
    assert tops - sys.stdlib_module_names - {"typing_extensions"} == {"golive", "msgspec"}
    assert not tops & {
        "asyncio", "pickle", "_pickle", "subprocess", "multiprocessing", "zipfile", "ssl",
        "tempfile", "socket", "selectors",
    }  # fmt: skip
    parts = {
        ".".join(name.split(".")[:2]) for name in told["modules"] if name.startswith("golive.")
    }
    assert not parts & {"golive.cli", "golive.packing", "golive.registry", "golive.blobs"}
    assert "golive.http.gateway" not in told["modules"]
    assert "golive.service.openapi" not in told["modules"]


def test_nothing_runs_beside_it(told):
    assert told["threads"] == 1


def test_what_it_imports_answers_alone_and_is_small(told, task, tmp_path):
    target = tmp_path / "slim"

    size = pack_slim(told["files"], target)
    alone = run(task, target, "-I", "-S")

    assert alone["direct"]["predictions"] == told["direct"]["predictions"]
    assert {Path(file).is_relative_to(target) for file in alone["files"].values()} == {True}
    assert size < MOST_BYTES


def test_importing_the_module_loads_nothing():
    program = "import sys, golive.entry.aws_lambda; print('golive.wiring' in sys.modules)"

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )

    assert done.stdout == "False\n"


def test_a_package_without_a_bundle_says_what_is_missing(tmp_path):
    program = "from golive.entry.aws_lambda import handler"
    environ = {"LAMBDA_TASK_ROOT": str(tmp_path), "GOLIVE_CACHE_DIR": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=False, text=True,
        env=environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src")},
    )  # fmt: skip

    assert done.returncode == 1
    assert f"UsageError: There is no bundle at {tmp_path}/bundle." in done.stderr

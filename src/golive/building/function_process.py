"""A function's process: a package is run as Lambda runs it, under AWS's own runtime client.

The package is unpacked, made read-only, and run by a fresh process of the Python that is to run it,
which sees nothing but the standard library, the package and what Lambda's runtime brings.
"""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import msgspec

from golive.building.runtime_api import Outcome, RuntimeApi
from golive.errors import GoliveError, MissingExtraError, UsageError
from golive.settings import environment

__all__ = ["HANDLER", "FunctionError", "FunctionProcess", "invoke_package", "unpacked"]

HANDLER = "handler.handler"
_CLIENT = ("awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py")
_RUNTIME = (*_CLIENT, "boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
_PROBE = """
import json, sys
from importlib.util import find_spec
found = {}
for name in sys.argv[1:]:
    spec = find_spec(name)
    if spec is not None:
        found[name] = list(spec.submodule_search_locations or [spec.origin])[0]
print(json.dumps({"found": found, "version": list(sys.version_info[:2])}))
"""
_BOOTSTRAP = """
import sys
root, runtime, handler = sys.argv[1:4]
sys.path.insert(0, root)
sys.path.append(runtime)
from awslambdaric.__main__ import main
main(["awslambdaric", handler])
"""
_GRACE_SECONDS = 5.0


class FunctionError(GoliveError):
    """A function did not answer as it has to."""

    code = "function_failed"


class FunctionProcess:
    """A process of a function, from `start` to the end of its `with` block.

    Args:
        root: The unpacked package.
        python: Runs it; awslambdaric must be installed there.
        environ: What it finds in its environment beside what Lambda sets, such as `GOLIVE_BUNDLE`.
        logs: Gets what it writes to stdout and stderr; None: stderr of this process.
        handler: Module and function.

    Raises:
        UsageError: There is no such Python.
        MissingExtraError: awslambdaric is not installed there.
    """

    def __init__(
        self,
        root: Path,
        *,
        python: str = sys.executable,
        environ: Mapping[str, str] | None = None,
        logs: IO[bytes] | None = None,
        handler: str = HANDLER,
    ) -> None:
        self._root = root
        self._python = python
        self._environ = dict(environ or {})
        self._logs = logs
        self._handler = handler
        self._scratch = tempfile.TemporaryDirectory(prefix="golive-invoke-")
        self._api = RuntimeApi(name="golive-invoke")
        try:
            version = _link_runtime(python, Path(self._scratch.name) / "runtime")
        except BaseException:
            self._scratch.cleanup()
            self._api.close()
            raise
        self._process = self._start(version)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._api.close()
        self._scratch.cleanup()

    def wait(self, seconds: float) -> bool:
        """Wait until the function has started; whether it has, in this time."""
        return self._api.wait(seconds)

    def invoke(self, event: bytes, *, seconds: float) -> Outcome:
        """Invoke the function with an event; its answer is strict JSON.

        Args:
            event: JSON.
            seconds: What the function has, its start included where it is the first.

        Raises:
            FunctionError: It did not answer in time, its process ended, or its answer is no JSON.
        """
        invocation = self._api.begin(event, seconds=seconds)
        left = seconds + _GRACE_SECONDS
        while left > 0:
            outcome = self._api.outcome(invocation, seconds=0.1)
            if outcome is not None:
                return _checked(outcome)
            code = self._process.poll()
            if code is not None:
                outcome = self._api.outcome(invocation, seconds=0.2)
                if outcome is not None:
                    return _checked(outcome)
                raise FunctionError(f"The function's process ended with {code} and no answer.")
            left -= 0.1
        raise FunctionError(
            f"The function did not answer within {seconds:g} seconds.",
            hint="give it more time with --timeout, or look at its log above",
        )

    def _start(self, version: tuple[int, int]) -> subprocess.Popen[bytes]:
        scratch = Path(self._scratch.name)
        command = [
            self._python, "-I", "-S", "-B", "-c", _BOOTSTRAP,
            str(self._root), str(scratch / "runtime"), self._handler,
        ]  # fmt: skip
        log = self._logs if self._logs is not None else sys.stderr.fileno()
        return subprocess.Popen(  # noqa: S603 - the Python that was asked for
            command,
            cwd=self._root,
            env=self._environment(version, scratch),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )

    def _environment(self, version: tuple[int, int], scratch: Path) -> dict[str, str]:
        own = environment()
        kept = {n: v for n, v in own.items() if n.startswith("AWS_") or n == "PATH"}
        region = own.get("AWS_REGION") or own.get("AWS_DEFAULT_REGION") or "us-east-1"
        return {
            **kept,
            "LANG": "C.UTF-8",
            "TZ": ":UTC",
            "HOME": str(scratch),
            "TMPDIR": str(scratch),
            "GOLIVE_CACHE_DIR": str(scratch / "cache"),
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_python{version[0]}.{version[1]}",
            "AWS_LAMBDA_FUNCTION_NAME": "golive-invoke",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "LAMBDA_TASK_ROOT": str(self._root),
            **self._environ,
            "_HANDLER": self._handler,
            "AWS_LAMBDA_RUNTIME_API": self._api.address,
        }


def invoke_package(
    package: Path, event: bytes, *, python: str, seconds: float, environ: Mapping[str, str]
) -> Outcome:
    """Run a package with one event, as Lambda would.

    Args:
        package: A zip file.
        event: JSON.
        python: Runs it; awslambdaric must be installed there.
        seconds: What the function has, its start included.
        environ: What it finds in its environment beside what Lambda sets.

    Raises:
        UsageError: The package is no zip file, the event is no JSON, or there is no such Python.
        MissingExtraError: awslambdaric is not installed there.
        FunctionError: It did not answer in time, or not with JSON, or changed its package.
    """
    try:
        msgspec.json.decode(event)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"The event is no JSON: {error}.") from error
    with unpacked(package) as root, FunctionProcess(root, python=python, environ=environ) as it:
        return it.invoke(event, seconds=seconds)


@contextmanager
def unpacked(package: Path) -> Iterator[Path]:
    """The content of a package, read-only, as long as the block lasts.

    Raises:
        UsageError: It is no zip file.
        FunctionError: Something in it was changed meanwhile, which Lambda would not allow.
    """
    if not zipfile.is_zipfile(package):
        raise UsageError(f"{package} is no zip file.", hint="golive build lambda BUNDLE")
    with tempfile.TemporaryDirectory(prefix="golive-package-") as scratch:
        root = Path(scratch) / "task"
        with zipfile.ZipFile(package) as archive:
            archive.extractall(root)
        _set_writable(root, is_writable=False)
        before = _state(root)
        try:
            yield root
            if _state(root) != before:
                raise FunctionError("The function wrote into its package, which Lambda refuses.")
        finally:
            _set_writable(root, is_writable=True)


def _set_writable(root: Path, *, is_writable: bool) -> None:
    for folder, _, files in os.walk(root):
        for file in files:
            _chmod(Path(folder) / file, is_writable=is_writable)
        _chmod(Path(folder), is_writable=is_writable)


def _chmod(path: Path, *, is_writable: bool) -> None:
    mode = stat.S_IMODE(path.stat().st_mode) | 0o444
    path.chmod(mode | 0o200 if is_writable else mode & ~0o222)


def _state(root: Path) -> dict[str, tuple[int, int]]:
    found = {}
    for path in root.rglob("*"):
        status = path.stat()
        found[str(path)] = (status.st_size, status.st_mtime_ns)
    return found


def _link_runtime(python: str, folder: Path) -> tuple[int, int]:
    """Link what Lambda's runtime brings into a folder; gives the version of the Python.

    Raises:
        UsageError: There is no such Python.
        MissingExtraError: awslambdaric is not installed there.
    """
    command = [python, "-I", "-c", _PROBE, *_RUNTIME]
    try:
        done = subprocess.run(  # noqa: S603 - the Python that was asked for
            command, capture_output=True, check=True, timeout=60, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise UsageError(f"{python} is no Python that runs: {error}") from error
    told = json.loads(done.stdout)
    missing = [name for name in _CLIENT if name not in told["found"]]
    if missing:
        raise MissingExtraError(
            f"This needs the package 'awslambdaric', which is not installed for {python}.",
            hint=f"{python} -m pip install awslambdaric, or pip install 'golive[lambda]'",
        )
    folder.mkdir()
    for place in told["found"].values():
        (folder / Path(place).name).symlink_to(place)
    major, minor = told["version"]
    return major, minor


def _checked(outcome: Outcome) -> Outcome:
    """The outcome, if it is strict JSON, which the runtime client does not look after."""
    try:
        msgspec.json.decode(outcome.body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FunctionError(f"The function's answer is no JSON: {error}.") from error
    return outcome

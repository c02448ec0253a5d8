"""Trials: a version is loaded in a process of its own before the one that serves loads it.

A model may hang, crash or take all memory while it is loaded. Where it does that, the process that
serves must not be the first to find out.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

import msgspec

from golive.errors import ModelLoadError
from golive.settings import child_environment
from golive.wiring.free_memory import Memory, memory_now
from golive.wiring.load_memory import LoadMemory, raise_refusal, too_slow
from golive.wiring.trial_process import Report, TrialTask, report_of

__all__ = ["try_apart"]

_BOOT = (
    "import sys; sys.path.append(sys.argv[1]); from golive.wiring.trial_process import main; "
    "main(int(sys.argv[2]), int(sys.argv[3]))"
)
_LOOK_SECONDS = 0.05
_READ = 1 << 16


def try_apart(task: TrialTask, *, memory: Callable[[], Memory | None] = memory_now) -> None:
    """Load a version in another process, replay its golden records there and ask it once.

    Args:
        task: What is tried, and how long that may take.
        memory: The memory that there is.

    Raises:
        SourceUnavailableError: It could not be tried, which says nothing of the version.
        GoliveError: It does not load or answers differently; where it hung, crashed, ended or took
            too much memory, the code is `model_not_loadable`.
    """
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb", buffering=0) as told:
        try:
            process = _start(task, writer)
        finally:
            os.close(writer)
        try:
            report = _wait(task, process, told.fileno(), memory)
        finally:
            with suppress(ProcessLookupError):  # those that the model started, too
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    raise_refusal(report)


def _start(task: TrialTask, writer: int) -> subprocess.Popen[bytes]:
    """Start the process; it is told the task by a pipe, for anybody may read arguments."""
    package_home = str(Path(__file__).resolve().parents[2])
    process = subprocess.Popen(  # noqa: S603  # our own interpreter, our own program
        [sys.executable, "-P", "-c", _BOOT, package_home, str(writer), str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(writer,),
        start_new_session=True,
        env=child_environment(),
    )
    stdin = cast("IO[bytes]", process.stdin)
    with suppress(BrokenPipeError), stdin:  # it has ended: how, is found out later
        pickle.dump(task, stdin)
    return process


def _wait(
    task: TrialTask,
    process: subprocess.Popen[bytes],
    channel: int,
    memory: Callable[[], Memory | None],
) -> Report:
    """Wait for the report; where there is none, say why.

    Raises:
        SourceUnavailableError: There is no memory to try it.
        ModelLoadError: It is the version's fault.
    """
    deadline, told, is_open = time.monotonic() + task.seconds, b"", True
    watch = LoadMemory(task.label, most=task.plan.settings.worker_memory, memory=memory)
    while time.monotonic() < deadline:
        has_ended = process.poll() is not None  # before looking: what it has told is there then
        if is_open and select.select([channel], [], [], 0 if has_ended else _LOOK_SECONDS)[0]:
            data = os.read(channel, _READ)
            told, is_open = told + data, bool(data)
            continue
        if has_ended:
            return _read(told) or _ended(task, process.returncode)
        if not is_open:
            time.sleep(_LOOK_SECONDS)
        if (report := watch.look(process.pid)) is not None:
            return report
    return report_of(too_slow(task.label, task.seconds))


def _read(told: bytes) -> Report | None:
    """The report, or None where the process ended before it was written."""
    try:
        return msgspec.json.decode(told, type=Report)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _refused(message: str, hint: str) -> Report:
    return Report(code=ModelLoadError.code, message=message, hint=hint)


def _ended(task: TrialTask, code: int) -> Report:
    how = f"with code {code}"
    if code < 0:
        how = f"by {signal.Signals(-code).name}"
        if -code == signal.SIGKILL:
            how += ", as the system ends what takes too much memory"
    return _refused(
        f"The process in which {task.label} was loaded first ended {how}.",
        f"golive check {task.label} tells what it does",
    )

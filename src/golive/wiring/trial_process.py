"""What a trial runs: a process that loads a version, replays its golden records and asks it once.

It writes what came of it, as JSON, into a file descriptor, and ends at once: threads and exit
handlers of the model's are not waited for.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import warnings
from pathlib import Path

import msgspec

from golive.errors import GoliveError
from golive.http.plan import ServePlan
from golive.http.process_names import TRIAL_NAME
from golive.own_process import be_called, be_ended_first, end_with_parent

__all__ = ["Report", "TrialTask", "main", "report_of"]

_ANYTHING = BaseException  # models raise what is no Exception, too, such as SystemExit
_LONGEST = 800


class TrialTask(msgspec.Struct, frozen=True, kw_only=True):
    """What is tried, and how it will be served.

    Attributes:
        path: Of the bundle.
        name: Under which name it will be served.
        label: As a person calls it, such as `games@8`.
        seconds: How long it may take.
        plan: How it will be served.
        slot: What it is called among what is followed, if it is part of a chain.
        beside: The models that it is put together with, which serve: slot to name and bundle.
    """

    path: str
    name: str
    label: str
    seconds: float
    plan: ServePlan
    slot: str = ""
    beside: dict[str, tuple[str, str]] = msgspec.field(default_factory=dict)


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a trial.

    Attributes:
        code: Of the error, or None where it is fit to serve.
        message: What is wrong.
        hint: What to do about it, or None.
        says_nothing: Whether that says nothing of the version, such as a full disk.
    """

    code: str | None = None
    message: str = ""
    hint: str | None = None
    says_nothing: bool = False


def main(channel: int, parent: int) -> None:
    """Try what a task on stdin says and write a report (JSON); does not come back.

    Args:
        channel: The file descriptor to write to.
        parent: The process that waits for it, without which it is to end.
    """
    asked: TrialTask = pickle.load(sys.stdin.buffer)  # noqa: S301  # the parent wrote it
    _end_in_time(asked.seconds, parent)
    warnings.simplefilter("ignore")  # those of the process that will serve it are logged
    try:
        _load_and_ask(asked)
        report = Report()
    except _ANYTHING as error:
        report = report_of(error)
    os.write(channel, msgspec.json.encode(report))
    os._exit(0)


def _end_in_time(seconds: float, parent: int) -> None:
    """Be ended by the system if it takes too long or the parent ends, and first if memory does."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds + 5.0)
    if sys.platform != "linux":
        return
    be_called(TRIAL_NAME)
    end_with_parent()
    if os.getppid() != parent:
        os._exit(1)
    be_ended_first()


def _load_and_ask(task: TrialTask) -> None:
    from golive.bundle.reading import open_bundle
    from golive.service.context import ServiceContext
    from golive.service.probing import probe
    from golive.service.request_ids import request_ids
    from golive.wiring.models import load_model

    model = load_model(task.plan, task.name, open_bundle(Path(task.path)))
    if task.beside:
        from golive.wiring.chains import try_chain  # few versions are part of one

        models = {
            slot: load_model(task.plan, name, open_bundle(Path(bundle)))
            for slot, (name, bundle) in task.beside.items()
        }
        model = try_chain(task.plan, models | {task.slot: model})[task.slot]
    probe(model, ServiceContext(new_id=request_ids()))


def report_of(error: BaseException) -> Report:
    """What is told of an error; one of the system or of other files says nothing of the version."""
    from golive.lookups.errors import LookupNotReadError

    if isinstance(error, GoliveError):
        message, hint = error.message[:_LONGEST], error.hint
        return Report(
            code=error.code,
            message=message,
            hint=hint and hint[:_LONGEST],
            says_nothing=isinstance(error, LookupNotReadError),
        )
    message = f"{type(error).__name__}: {error}"[:_LONGEST]
    says_nothing = isinstance(error, OSError)
    return Report(code="model_not_loadable", message=message, says_nothing=says_nothing)

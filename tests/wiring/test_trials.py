"""A version is loaded where it can do no harm, whatever it does."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.wiring.dangerous import dangerous_bundle

from golive.errors import GoliveError, ModelLoadError
from golive.http.memory.reading import memory_of
from golive.http.plan import ServePlan
from golive.http.refreshing.source import SourceUnavailableError
from golive.lookups.errors import LookupNotReadError
from golive.settings import ServeSettings
from golive.wiring.free_memory import Memory
from golive.wiring.trial_process import TrialTask, report_of
from golive.wiring.trials import try_apart

AS_OF_MEMORY = ", as the system ends what takes too much memory."
PLENTY = Memory(1 << 40, 1 << 41)


@pytest.fixture(scope="module")
def dangerous(once_a_run):
    return dangerous_bundle(once_a_run)


@pytest.fixture
def attempt(dangerous, tmp_path, monkeypatch):
    """Try the version with what it is to do; gives what it is refused for, or None."""

    def attempt(what="", *, seconds=30.0, memory=lambda: PLENTY, settings=None, **options):
        monkeypatch.setenv("GOLIVE_CACHE_DIR", str(tmp_path))
        monkeypatch.setenv("DANGER_FOLDER", str(tmp_path))
        (tmp_path / "danger-1").write_text(what)
        task = TrialTask(
            path=str(dangerous.path),
            name="games",
            label="games@2",
            seconds=seconds,
            plan=ServePlan(bundles=(), settings=settings or ServeSettings.load({}), **options),
        )
        try:
            try_apart(task, memory=memory)
        except GoliveError as error:
            return error
        return None

    return attempt


def test_a_good_version_passes(attempt):
    assert attempt() is None


@pytest.mark.parametrize("when", ["import", "call"])
@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("abort", "The process in which games@2 was loaded first ended by SIGABRT."),
        ("segfault", "The process in which games@2 was loaded first ended by SIGSEGV."),
        ("exit", "The process in which games@2 was loaded first ended with code 7."),
        ("exit 0", "The process in which games@2 was loaded first ended with code 0."),
        ("kill", f"The process in which games@2 was loaded first ended by SIGKILL{AS_OF_MEMORY}"),
        ("close", "The process in which games@2 was loaded first ended with code 7."),
    ],
)
def test_one_that_ends_its_process_is_refused(attempt, when, what, message):
    error = attempt(f"{when} {what}")

    assert (error.code, error.message) == ("model_not_loadable", message)
    assert "golive check games@2" in error.hint


@pytest.mark.parametrize("what", ["import hang", "call hang", "import close_and_hang"])
def test_one_that_hangs_is_refused_in_time(attempt, what):
    began = time.monotonic()

    error = attempt(what, seconds=4.0)

    assert time.monotonic() - began < 20
    assert error.code == "model_not_loadable"
    assert error.message == "games@2 was not loaded within 4 seconds."
    assert "--load-limit" in error.hint


@pytest.mark.parametrize(
    ("what", "code", "message"),
    [
        ("import raise", "model_not_loadable", "not today"),
        ("import leave", "model_not_loadable", "3"),
        ("call differ", "environment_drift", "golden"),
    ],
)
def test_one_that_fails_is_refused_as_it_would_be_by_the_server(attempt, what, code, message):
    error = attempt(what)

    assert error.code == code
    assert message in error.message


def test_what_is_allowed_there_is_allowed_here(attempt):
    assert attempt("call differ", allow_drifted_environment=True) is None


def test_what_a_model_starts_is_ended_too(attempt, tmp_path):
    attempt("import spawn", seconds=5.0)

    deadline = time.monotonic() + 10
    child = int((tmp_path / "told-1").read_text())
    while _runs(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(child)


def test_threads_of_a_model_are_not_waited_for(attempt):
    assert attempt("import thread", seconds=20.0) is None


def test_one_that_takes_the_memory_is_ended_before_anything_else_is(attempt):
    """What is free shrinks by what the version takes."""

    def memory():
        return Memory((200 << 20) - _held_by_children(), 400 << 20)

    error = attempt("import eat", memory=memory)

    assert error.code == "model_not_loadable"
    assert error.message.startswith("games@2 took so much memory while it was loaded that ")
    assert "it was ended" in error.message


def test_one_that_takes_more_than_a_worker_may_is_refused(attempt):
    settings = ServeSettings.load({}, worker_memory=150 << 20)

    error = attempt("import eat", settings=settings)

    assert error.code == "model_not_loadable"
    assert error.message == (
        "games@2 took more than the 150 MiB of --worker-memory while it was loaded."
    )


@pytest.mark.skipif(sys.platform != "linux", reason="its name is read from /proc")
def test_its_memory_is_not_counted_as_the_workers(attempt, tmp_path):
    found = []

    def memory():
        if (tmp_path / "told-1").exists():
            child = int((tmp_path / "told-1").read_text() or 0)
            found.append((memory_of(os.getpid(), above=1 << 60), memory_of(child, above=1 << 60)))
        return PLENTY

    attempt("import tell_and_hang", seconds=5.0, memory=memory)
    own = memory_of(os.getpid(), above=1 << 60)

    assert all(abs(whole - own) < child / 2 for whole, child in found if child)
    assert found


def test_where_others_take_the_memory_it_says_nothing_of_the_version(attempt):
    frees = iter([1 << 40, 1 << 10])

    error = attempt("import hang", memory=lambda: Memory(next(frees), 1 << 41))

    assert isinstance(error, SourceUnavailableError)
    assert "could not be tried" in error.message


@pytest.mark.parametrize(
    ("error", "code", "says_nothing"),
    [
        (ModelLoadError("no"), "model_not_loadable", False),
        (MemoryError(), "model_not_loadable", False),
        (OSError(28, "No space left on device"), "model_not_loadable", True),
        (LookupNotReadError("users: users.json cannot be read"), "usage", True),
    ],
)
def test_a_full_disk_or_another_file_says_nothing_of_the_version(error, code, says_nothing):
    report = report_of(error)

    assert (report.code, report.says_nothing) == (code, says_nothing)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it ends when its time is over")
def test_it_ends_with_the_process_that_waits_for_it(dangerous, tmp_path):
    program = (
        "import sys; from golive.http.plan import ServePlan; "
        "from golive.settings import ServeSettings; "
        "from golive.wiring.trial_process import TrialTask; "
        "from golive.wiring.trials import try_apart; "
        "plan = ServePlan(bundles=(), settings=ServeSettings.load({})); "
        "names = {'name': 'games', 'label': 'games@2', 'seconds': 60.0}; "
        "try_apart(TrialTask(path=sys.argv[1], plan=plan, **names))"
    )
    file = tmp_path / "told-1"
    (tmp_path / "danger-1").write_text("import tell_and_hang")
    environment = os.environ | {"DANGER_FOLDER": str(tmp_path), "GOLIVE_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", program, str(dangerous.path)]
    parent = subprocess.Popen(command, env=environment)
    deadline = time.monotonic() + 60
    while not (file.exists() and file.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    child = int(file.read_text())

    runs = _runs(child)
    parent.kill()
    parent.wait()
    while _runs(child) and time.monotonic() < deadline:
        time.sleep(0.05)

    assert runs
    assert not _runs(child)


def _runs(process):
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def _held_by_children():
    own, held = os.getpid(), 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == own:
                    held += int((folder / "statm").read_text().split()[1])
            except (OSError, IndexError):
                continue
    return held * os.sysconf("SC_PAGE_SIZE")

"""What a process asks the system about itself."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the system is not asked elsewhere")

_TELL = """
from pathlib import Path
from golive.own_process import be_called, be_ended_first
be_called("golive-trial")
be_ended_first()
print(Path("/proc/self/comm").read_text(), Path("/proc/self/oom_score_adj").read_text())
"""
_CHILD = """
import time
from golive.own_process import end_with_parent
end_with_parent()
print("begun", flush=True)
time.sleep(60)
"""
_PARENT = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {_CHILD!r}], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(60)
"""


def test_a_process_is_called_as_it_says_and_is_ended_first() -> None:
    told = subprocess.run(
        [sys.executable, "-c", _TELL], check=True, stdout=subprocess.PIPE, text=True
    )

    assert told.stdout.split() == ["golive-trial", "1000"]


def test_a_process_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 20
    while _runs(child) and time.monotonic() < deadline:
        time.sleep(0.02)

    assert not _runs(child)


def _runs(process: int) -> bool:
    try:
        stat = Path(f"/proc/{process}/stat").read_text("ascii", "replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"

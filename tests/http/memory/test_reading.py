"""The memory of processes, as the kernel tells it."""

import os
import subprocess
import sys
from mmap import PAGESIZE

import pytest

from golive.http.memory.reading import can_read_memory, memory_of

ROLLUP = """55d0-7ffd ---p 00000000 00:00 0 [rollup]
Rss:               40000 kB
Pss:               12345 kB
Pss_Dirty:          1234 kB
"""


def process(folder, *, pages, rollup=None):
    """What the kernel tells of the process 7."""
    own = folder / "7"
    own.mkdir()
    (own / "statm").write_text(f"9999 {pages} 300 1 0 500 0\n")
    if rollup is not None:
        (own / "smaps_rollup").write_text(rollup)
    return folder


def process_of(folder, number, *, pages, children=()):
    """What the kernel tells of a process with two threads, one of which has begun others."""
    own = folder / str(number)
    for thread in (number, number + 1):
        (own / f"task/{thread}").mkdir(parents=True)
        (own / f"task/{thread}/children").write_text("")
    (own / f"task/{number + 1}/children").write_text(" ".join(map(str, children)))
    (own / "statm").write_text(f"9999 {pages} 300 1 0 500 0\n")


def test_what_the_children_have_counts(tmp_path):
    process_of(tmp_path, 10, pages=1, children=(20, 30))
    process_of(tmp_path, 20, pages=20, children=(40,))
    process_of(tmp_path, 40, pages=400)

    assert memory_of(10, processes=tmp_path) == 421 * PAGESIZE
    assert memory_of(40, processes=tmp_path) == 400 * PAGESIZE


@pytest.mark.parametrize("name", ["golive-trial", "golive-shadow"])
def test_what_a_version_takes_that_is_tried_or_answers_copies_does_not(tmp_path, name):
    """Else a large new version would have the worker replaced that tries it."""
    process_of(tmp_path, 10, pages=1, children=(20, 30))
    process_of(tmp_path, 20, pages=20, children=(40,))
    process_of(tmp_path, 30, pages=3)
    process_of(tmp_path, 40, pages=400)
    (tmp_path / "20/comm").write_text(f"{name}\n")
    (tmp_path / "30/comm").write_text("python3\n")

    assert memory_of(10, processes=tmp_path) == 4 * PAGESIZE


def test_what_is_shared_counts_in_part(tmp_path):
    processes = process(tmp_path, pages=10_000, rollup=ROLLUP)

    assert memory_of(7, processes=processes) == 12345 * 1024


def test_the_pages_are_not_looked_at_where_the_resident_set_will_do(tmp_path):
    processes = process(tmp_path, pages=10_000, rollup=ROLLUP)

    assert memory_of(7, above=10_000 * PAGESIZE, processes=processes) == 10_000 * PAGESIZE


@pytest.mark.parametrize("rollup", [None, "", "Rss: 1 kB\n"])
def test_the_resident_set_counts_where_there_is_no_other(tmp_path, rollup):
    processes = process(tmp_path, pages=10_000, rollup=rollup)

    assert memory_of(7, processes=processes) == 10_000 * PAGESIZE


def test_a_process_that_has_gone_has_none(tmp_path):
    assert memory_of(7, processes=tmp_path) is None
    assert memory_of(7, processes=process(tmp_path, pages=0)) is None


def test_a_system_without_such_files_is_known(tmp_path):
    assert not can_read_memory(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="it is read from /proc")
def test_a_real_process_is_as_large_as_what_it_holds():
    code = "held = b'x' * 100_000_000; print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        child.stdout.readline()
        found = memory_of(child.pid)
        child.communicate(b"\n")

    assert can_read_memory()
    assert 100_000_000 < found < 200_000_000
    assert memory_of(child.pid) is None
    assert memory_of(os.getpid(), above=2**40) >= memory_of(os.getpid())

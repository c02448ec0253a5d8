"""How much memory is free, as written-out files of the system say."""

import pytest

from golive.wiring.free_memory import Memory, memory_by, memory_now

MEMINFO = "MemTotal:       16000 kB\nMemFree:          100 kB\nMemAvailable:    8000 kB\n"
MACHINE = Memory(8000 * 1024, 16000 * 1024)
VERSION_1 = "4:cpu,cpuacct:/docker/abc\n3:memory:/docker/abc\n1:name=systemd:/docker/abc\n"
VERSION_2 = "0::/kubepods/pod1/box\n"


def memory(files, *, membership=VERSION_2, meminfo=MEMINFO):
    return memory_by(meminfo, membership, lambda place: files.get(str(place)))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, MACHINE),
        ({"memory.max": "max\n", "memory.current": "1000\n"}, MACHINE),
        ({"memory.max": "5000\n", "memory.current": "1000\n"}, Memory(4000, 5000)),
        (
            {
                "memory.max": "5000\n",
                "memory.current": "4500\n",
                "memory.stat": "anon 1\ninactive_file 2000\nactive_file 7\n",
            },
            Memory(2500, 5000),
        ),
        (
            {
                "kubepods/pod1/box/memory.max": "9000\n",
                "kubepods/pod1/box/memory.current": "1000\n",
                "kubepods/memory.max": "5000\n",
                "kubepods/memory.current": "2000\n",
            },
            Memory(3000, 5000),
        ),
        ({"memory.max": "nonsense\n", "memory.current": "1000\n"}, MACHINE),
    ],
)
def test_the_least_of_machine_and_cgroups_counts(files, expected):
    assert memory(files) == expected


def test_version_1_has_other_files():
    files = {
        "memory/docker/abc/memory.limit_in_bytes": "5000\n",
        "memory/docker/abc/memory.usage_in_bytes": "1000\n",
        "memory/docker/abc/memory.stat": "cache 1\ntotal_inactive_file 500\n",
    }

    assert memory(files, membership=VERSION_1) == Memory(4500, 5000)


def test_where_nothing_tells_nothing_is_known():
    assert memory({}, membership="", meminfo="") is None


def test_this_machine_tells():
    now = memory_now()

    assert now is None or 0 < now.free <= now.whole

"""Processors, as written-out cgroups say."""

import pytest

from golive.http.processors import processors, usable_processors

VERSION_1 = "4:cpu,cpuacct:/docker/abc\n3:memory:/docker/abc\n1:name=systemd:/docker/abc\n"
VERSION_2 = "0::/kubepods/pod1/box\n"
HYBRID = "1:cpu:/\n0::/\n"


def usable(files, *, affinity=8, membership=VERSION_2):
    return usable_processors(affinity, membership, lambda place: files.get(str(place)))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, 8),
        ({"cpu.max": "max 100000\n"}, 8),
        ({"cpu.max": "200000 100000\n"}, 2),
        ({"cpu.max": "250000 100000\n"}, 2),
        ({"cpu.max": "50000 100000\n"}, 1),
        ({"cpu.max": "1600000 100000\n"}, 8),
        ({"kubepods/pod1/box/cpu.max": "300000 100000\n"}, 3),
        ({"kubepods/pod1/box/cpu.max": "max 100000\n", "kubepods/cpu.max": "400000 100000\n"}, 4),
        ({"cpu.max": "nonsense\n"}, 8),
    ],
)
def test_version_2_limits_wherever_it_stands(files, expected):
    assert usable(files) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, 8),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, 8),
        ({"cpu/cpu.cfs_quota_us": "200000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 2),
        (
            {
                "cpu,cpuacct/docker/abc/cpu.cfs_quota_us": "150000\n",
                "cpu,cpuacct/docker/abc/cpu.cfs_period_us": "50000\n",
            },
            3,
        ),
        ({"cpu/cpu.cfs_quota_us": "200000\n"}, 8),
        ({"cpu/cpu.cfs_quota_us": "200000\n", "cpu/cpu.cfs_period_us": "0\n"}, 8),
    ],
)
def test_version_1_limits_by_quota_and_period(files, expected):
    assert usable(files, membership=VERSION_1) == expected


def test_the_least_of_both_versions_counts():
    files = {
        "cpu/cpu.cfs_quota_us": "400000\n",
        "cpu/cpu.cfs_period_us": "100000\n",
        "cpu.max": "300000 100000\n",
    }

    assert usable(files, membership=HYBRID) == 3


def test_affinity_alone_counts_without_cgroups():
    assert usable({}, affinity=3, membership="") == 3


def test_this_process_may_use_a_processor():
    assert processors() >= 1

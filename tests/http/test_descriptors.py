"""Limits of descriptors."""

import resource
import subprocess
import sys

import pytest

from golive.http.descriptors import wanted_limit

NONE = resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("soft", "hard", "expected"),
    [
        (1024, 4096, 1256),
        (1024, NONE, 1256),
        (1024, 1100, 1100),
        (1256, 4096, 1256),
        (65536, 65536, 65536),
        (NONE, NONE, NONE),
    ],
)
def test_the_limit_is_raised_as_far_as_it_is_needed_and_may_be(soft, hard, expected):
    assert wanted_limit(1000, soft=soft, hard=hard) == expected


def test_a_limit_that_stays_too_low_is_told():
    program = (
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (300, 600))\n"
        "from golive.http.descriptors import allow_connections\n"
        "allow_connections(1000); print(resource.getrlimit(resource.RLIMIT_NOFILE))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == "(600, 600)\n"
    assert done.stderr == (
        "1000 connections may be open, but the machine allows this process 600 descriptors "
        "(ulimit -n)\n"
    )

"""The machine that it is measured on."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from benchmarks.results import Machine

__all__ = ["this_machine"]

_VARIABLES = re.compile(r"^(OMP|OPENBLAS|MKL|BLIS|GOMP)_")


def this_machine() -> Machine:
    """What decides how fast it is."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return Machine(
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)),
        memory_bytes=pages * size,
        kernel=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        load_tool=_load_tool(),
        load_before=round(os.getloadavg()[0], 2),
        variables={n: v for n, v in sorted(os.environ.items()) if _VARIABLES.match(n)},
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _load_tool() -> str:
    program = shutil.which("wrk")
    if program is None:
        return "none"
    done = subprocess.run([program, "-v"], capture_output=True, text=True, check=False)
    found = re.search(r"wrk \S*?([\d.]+)", done.stdout + done.stderr)
    return f"wrk {found[1]}" if found else "wrk"

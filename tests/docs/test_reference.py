import re
import subprocess
import sys
from pathlib import Path

from golive.cli.options import flag_of
from golive.http.connection_families import ENDINGS
from golive.http.metrics import Metrics
from golive.service.problems import KNOWN_CODES
from golive.settings import SERVE_SETTINGS


def test_the_reference_is_what_the_code_says(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, project / "tools" / "reference.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def rows_of(project: Path) -> list[list[str]]:
    page = (project / "docs" / "reference" / "limits.md").read_text()
    lines = [line for line in page.splitlines() if line.startswith("| ")][1:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_limit_that_ends_or_fails_anything_is_counted(project: Path) -> None:
    exposed = Metrics().expose()[1].decode()
    families = set(re.findall(r"^# TYPE (\w+)", exposed, re.MULTILINE))

    uncounted = []
    for what, _, _, _, counted in rows_of(project):
        names = re.findall(r"`(\w+)[`{]", counted)
        assert set(names) <= KNOWN_CODES | families, what
        if not names:
            uncounted.append(what)

    assert uncounted == ["requests of one connection at a time"]  # others wait, and are answered


def test_every_limit_that_a_setting_has_is_on_the_page(project: Path) -> None:
    of_operators = {"load_limit"}  # of versions, not of callers
    others = {"threads", "queue", "connections", "worker_memory"}
    flags = {
        flag_of(setting)
        for setting in SERVE_SETTINGS
        if setting.name.endswith("_limit") or setting.name.startswith("max_")
        if setting.name not in of_operators
    } | {f"--{name.replace('_', '-')}" for name in others}

    listed = {flag for row in rows_of(project) for flag in re.findall(r"`(--[\w-]+)`", row[2])}

    assert listed == flags


def test_every_way_in_which_a_connection_ends_unanswered_is_on_the_page(project: Path) -> None:
    counted = " ".join(row[4] for row in rows_of(project))

    named = re.findall(r'golive_connections_ended_total{limit="(\w+)"}', counted)
    assert set(named) == ENDINGS

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from golive.checking.report import Finding
from golive.cli.check_table import next_command, verdict_line

FAULT = Finding(
    check="unseen_category",
    severity="error",
    code="model_failed",
    subject="city[0]",
    message="'x' makes the model fail: KeyError",
    hint='set on_unseen = "error"',
)


def with_findings(report, *findings):
    return replace(report, findings=findings)


def test_warnings_are_told_and_do_not_fail(golive, actions, capsys):
    code = golive("check", "income.bundle")

    out, err = capsys.readouterr()
    assert code == 0
    assert actions.calls == [
        (
            "check",
            (Path("income.bundle"),),
            {"measures": True, "seed": 0, "verify": False, "allow_drifted_environment": False},
        )
    ]
    for words in [
        "warning",
        "2 blanks [x]",
        "as it should be (8 asked)",
        "starts in 1.25 s, 210 MiB resident, one record warm in 1.5 ms (p50), 2.5 ms (p99)",
        "income 0123456789ab is ready, with warnings: 0 errors, 1 warning, 0 notes",
    ]:
        assert words in out
    assert err == "next: golive serve income.bundle\n"


def test_warnings_fail_where_it_is_strict(golive):
    assert golive("check", "income.bundle", "--strict") == 1


def test_errors_fail_and_say_what_to_do(golive, actions, capsys):
    actions.report = with_findings(actions.report, *[FAULT] * 6)

    code = golive("check", "income.bundle", "--no-measure", "--seed", "7")

    out, err = capsys.readouterr()
    assert code == 1
    assert actions.calls[0][2]["measures"] is False
    assert actions.calls[0][2]["seed"] == 7
    assert out.count("city[0]") == 4
    assert "… and 2 more like it (--json has all)" in out
    assert "is not ready: 6 errors, 0 warnings, 0 notes" in out
    assert err == 'next: set on_unseen = "error"\n'


def test_json_is_the_whole_report(golive, actions, capsys):
    code = golive("check", "income.bundle", "--json")

    assert code == 0
    assert json.loads(capsys.readouterr().out) == actions.report.to_json()


def test_the_table_fits_a_narrow_terminal(golive, actions, capsys, monkeypatch):
    actions.report = with_findings(actions.report, FAULT)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "50")

    golive("check", "income.bundle")

    table = re.sub("\x1b\\[[0-9;]*m", "", capsys.readouterr().out).split("Served here")[0]
    assert max(map(len, table.splitlines())) <= 50


@pytest.mark.parametrize(
    ("findings", "line"),
    [
        ((), "income 0123456789ab is ready: 0 errors, 0 warnings, 0 notes"),
        ((FAULT,), "income 0123456789ab is not ready: 1 error, 0 warnings, 0 notes"),
    ],
)
def test_the_verdict_is_one_line(actions, findings, line):
    assert verdict_line(with_findings(actions.report, *findings)) == line


def test_what_comes_next_can_be_pasted(actions):
    report = replace(actions.report, bundle="my model.bundle", findings=())

    assert next_command(report) == "golive serve 'my model.bundle'"

import errno
import subprocess
import sys

import pytest

from golive.errors import BundleCorruptError, UsageError


def test_help_teaches_the_four_commands_one_types_first(golive, capsys):
    code = golive("--help")

    out = capsys.readouterr().out
    assert code == 0
    assert "golive pack model.joblib --data train.csv --target churned -o churn.bundle" in out
    assert "Exit codes: 0 done, 1 failed, 2 misused." in " ".join(out.split())


@pytest.mark.parametrize(
    "name",
    [
        "pack",
        "repack",
        "inspect",
        "serve",
        "predict",
        "completion",
        "push",
        "promote",
        "rollback",
        "pull",
        "gc",
    ],
)
def test_the_help_of_a_command_has_an_example(golive, capsys, name):
    code = golive(name, "--help")

    assert code == 0
    assert f"golive {name} " in capsys.readouterr().out.split("\n\n", 1)[1]


def test_an_error_is_two_lines_and_code_1(golive, actions, capsys):
    actions.error = BundleCorruptError(
        "card.md is not the file that was packed.", file="card.md", hint="pack it again"
    )

    code = golive("inspect", "income.bundle")

    captured = capsys.readouterr()
    assert code == 1
    assert captured.out == ""
    assert captured.err == "error: card.md is not the file that was packed.\nhint: pack it again\n"


def test_what_was_asked_wrongly_is_code_2(golive, actions, capsys):
    actions.error = UsageError("There is no bundle at x.bundle.", hint="golive pack M --data D")

    code = golive("inspect", "x.bundle")

    assert code == 2
    assert capsys.readouterr().err == (
        "error: There is no bundle at x.bundle.\nhint: golive pack M --data D\n"
    )


def test_a_missing_argument_names_the_help(golive, capsys):
    code = golive("pack")

    assert code == 2
    assert capsys.readouterr().err == (
        "error: Missing argument 'MODEL'.\nhint: golive pack --help\n"
    )


def test_an_unknown_command_is_misuse(golive, capsys):
    code = golive("deplyo")

    assert code == 2
    assert "deplyo" in capsys.readouterr().err


def test_a_defect_shows_no_traceback(golive, actions, capsys):
    actions.error = ZeroDivisionError("division by zero")

    code = golive("inspect", "income.bundle")

    assert code == 1
    assert capsys.readouterr().err == (
        "error: golive itself failed: ZeroDivisionError: division by zero\n"
        "hint: run it again as `golive --debug …` and report what it prints\n"
    )


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device."),
        (
            OSError(errno.EROFS, "Read-only file system", "/a/b"),
            "/a/b: Read-only file system.",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "/a"), "/a: Permission denied."),
    ],
)
def test_a_disk_that_is_full_or_locked_is_no_defect(golive, actions, capsys, error, told):
    actions.error = error

    code = golive("inspect", "income.bundle")

    assert code == 1
    assert capsys.readouterr().err == (
        f"error: {told}\n"
        "hint: make sure that the disk is there and has room, and that you may write to it\n"
    )


def test_debug_shows_the_traceback(golive, actions):
    actions.error = ZeroDivisionError("division by zero")

    with pytest.raises(ZeroDivisionError):
        golive("--debug", "inspect", "income.bundle")


def test_golive_debug_does_the_same(golive, actions, monkeypatch):
    actions.error = UsageError("no")
    monkeypatch.setenv("GOLIVE_DEBUG", "1")

    with pytest.raises(UsageError):
        golive("inspect", "income.bundle")


def test_ctrl_c_ends_quietly(golive, actions, capsys):
    actions.error = KeyboardInterrupt()

    code = golive("inspect", "income.bundle")

    assert code == 130
    assert capsys.readouterr().err.strip() == ""


def test_a_reader_that_went_away_is_no_error_message(golive, actions, capsys):
    actions.error = BrokenPipeError()

    code = golive("inspect", "income.bundle")

    assert code == 1
    assert capsys.readouterr().err == ""


def test_it_runs_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "golive", "--version"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("golive 0.")


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("bash", "complete -o nosort -F _golive_completion golive"),
        ("zsh", "compdef _golive_completion golive"),
        ("fish", 'complete --no-files --command golive --arguments "(_golive_completion)";'),
    ],
)
def test_completion_prints_the_script_of_a_shell(golive, capsys, shell, line):
    code = golive("completion", shell)

    assert code == 0
    assert line in capsys.readouterr().out


def test_golive_alone_prints_its_help_and_is_misuse(golive, capsys):
    code = golive()

    captured = capsys.readouterr()
    assert code == 2
    assert captured.out == ""
    assert captured.err.startswith("Usage: golive [OPTIONS] COMMAND [ARGS]...\n")
    assert "error:" not in captured.err


def test_an_error_without_a_hint_ends_with_the_help_of_its_command(golive, actions, capsys):
    actions.error = UsageError("That is no threshold of this model.")

    code = golive("repack", "income.bundle", "--threshold", "0.4")

    assert code == 2
    assert capsys.readouterr().err == (
        "error: That is no threshold of this model.\nhint: golive repack --help\n"
    )

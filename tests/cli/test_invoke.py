"""`golive invoke`."""

import pytest

from golive.building.runtime_api import Outcome


@pytest.fixture
def files(tmp_path):
    package, event = tmp_path / "deploy.zip", tmp_path / "event.json"
    package.write_bytes(b"zip")
    event.write_bytes(b'{"a": 1}')
    return str(package), str(event)


def test_the_answer_goes_to_stdout(golive, actions, capsys, files):
    code = golive("invoke", *files, "--timeout", "3", "--env", "GOLIVE_BUNDLE=a=b")

    [(action, (package, event), how)] = actions.calls
    assert (code, capsys.readouterr().out) == (0, '{"label": "yes"}\n')
    assert (action, str(package), event) == ("invoke", files[0], b'{"a": 1}')
    assert how == {"python": None, "seconds": 3.0, "environ": {"GOLIVE_BUNDLE": "a=b"}}


@pytest.mark.parametrize(
    ("kind", "told"), [("failed", "It failed."), ("not_started", "The function did not start.")]
)
def test_a_function_that_fails_is_exit_code_1(golive, actions, capsys, files, kind, told):
    actions.outcome = Outcome(kind=kind, body=b'{"errorType": "ValueError"}')

    code = golive("invoke", *files)

    out, err = capsys.readouterr()
    assert (code, out) == (1, '{"errorType": "ValueError"}\n')
    assert told in err


def test_a_variable_without_a_value_is_misused(golive, files):
    assert golive("invoke", *files, "--env", "GOLIVE_BUNDLE") == 2

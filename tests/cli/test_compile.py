import json
from dataclasses import replace
from pathlib import Path

from tests.cli.conftest import PROOF

from golive.compiling.refusal import NotProvenError

REFUSED = NotProvenError(
    "Not compiled: KernelPCA has no exporter.",
    proof=replace(PROOF, is_chosen=False, reason="KernelPCA has no exporter."),
    hint="golive serve a.bundle",
)


def test_every_option_reaches_compile(golive, actions, capsys):
    Path("train.csv").touch()

    code = golive("compile", "a.bundle", "--data", "train.csv", "-o", "b.bundle")

    assert code == 0
    assert actions.calls == [
        ("compile", (Path("a.bundle"),), {"data": Path("train.csv"), "output": Path("b.bundle")})
    ]
    printed = capsys.readouterr()
    assert printed.out == "income.bundle\n"
    assert "The program is equal on 4,100 rows." in printed.err
    assert "2.5e-16" in printed.err


def test_what_is_not_proven_fails_and_names_the_next_command(golive, actions, capsys):
    actions.error = REFUSED

    code = golive("compile", "a.bundle")

    printed = capsys.readouterr()
    assert code == 1
    assert printed.out == ""
    assert "Not compiled: KernelPCA has no exporter." in printed.err
    assert "golive serve a.bundle" in printed.err


def test_a_script_gets_the_proof_of_what_failed_as_json(golive, actions, capsys):
    actions.error = REFUSED

    code = golive("compile", "a.bundle", "--json")

    told = json.loads(capsys.readouterr().out)
    assert code == 1
    assert told["error"] == "Not compiled: KernelPCA has no exporter."
    assert told["proof"]["is_chosen"] is False
    assert told["proof"]["worst"]["row"] == {"age": 39.5}

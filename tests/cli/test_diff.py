import json
from dataclasses import replace
from pathlib import Path


def test_changes_are_told_and_a_breaking_one_fails(golive, actions, capsys):
    code = golive("diff", "a.bundle", "b.bundle")

    out = capsys.readouterr().out
    assert code == 1
    assert actions.calls == [
        ("diff", (Path("a.bundle"), Path("b.bundle")), {"answers": True, "verify": False})
    ]
    for words in [
        "type number → integer [y]",
        "10 → 12 bytes",
        "income 0123456789ab → income ba9876543210 is breaking: 1 breaking, 1 note; 3 of 20",
    ]:
        assert words in out


def test_compatible_changes_do_not_fail(golive, actions, capsys):
    actions.difference = replace(actions.difference, changes=actions.difference.changes[1:])

    assert golive("diff", "a.bundle", "b.bundle", "--no-answers") == 0
    assert actions.calls[0][2]["answers"] is False
    assert "is compatible: 1 note" in capsys.readouterr().out


def test_two_that_are_the_same_are_said_to_be(golive, actions, capsys):
    actions.difference = replace(actions.difference, changes=(), answers=None)

    assert golive("diff", "a.bundle", "b.bundle") == 0
    assert capsys.readouterr().out == "income 0123456789ab → income ba9876543210: the same\n"


def test_json_is_the_whole_difference(golive, actions, capsys):
    code = golive("diff", "a.bundle", "b.bundle", "--json")

    assert code == 1
    assert json.loads(capsys.readouterr().out) == actions.difference.to_json()

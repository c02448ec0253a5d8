"""`golive keys`: secrets once on stdout, everything else on stderr."""

import json
import re

import pytest

from golive.cli.main import run


@pytest.fixture
def keys(tmp_path, capsys):
    def call(name, *arguments):
        code = run(["keys", name, "--keys", str(tmp_path / "keys.json"), *arguments])
        return code, *capsys.readouterr()

    return call


def test_a_key_is_printed_once_and_listed_without_its_secret(keys, tmp_path):
    limits = ["--rate", "10/s", "--burst", "20", "--quota", "100/day", "--models", "games"]
    code, printed, said = keys("create", "--name", "partner", *limits)
    _, listed, _ = keys("list", "--json")

    assert code == 0
    assert re.fullmatch(r"gl_[0-9a-f]{12}_[A-Za-z0-9_-]{43}\n", printed)
    assert said == "The key of partner; it is shown only now:\n"
    [facts] = json.loads(listed)
    assert facts["id"] == printed[3:15]
    assert (facts["rate"], facts["burst"], facts["quotas"]) == ("10/1s", 20, ["100/day"])
    assert facts["models"] == ["games"]
    secret = printed.strip()[16:]
    assert secret not in listed + (tmp_path / "keys.json").read_text()


def test_rotate_gives_another_secret_and_revoke_takes_it_back(keys):
    _, first, _ = keys("create", "--name", "partner")
    _, rotated, _ = keys("rotate", "partner", "--overlap", "24h", "--json")
    code, printed, said = keys("revoke", "partner")
    _, listed, _ = keys("list")

    assert json.loads(rotated)["key"][:16] == first[:16]
    assert json.loads(rotated)["key"] != first.strip()
    assert (code, printed, said) == (0, "", "partner is revoked.\n")
    assert "revoked 20" in listed


def test_what_cannot_be_is_misuse(keys):
    keys("create", "--name", "partner")

    assert keys("revoke", "nobody")[0] == 2
    assert keys("create", "--name", "a", "--rate", "fast")[2] == (
        "error: 'fast' is no rate.\nhint: write it as 10/s, 600/min or 100/h\n"
    )

"""`golive keys`: secrets once on stdout, everything else on stderr."""

import json
import re
import time

import pytest

from golive.access.limits import Used, period_of
from golive.access.usage_file import UsageFile
from golive.cli.main import run


@pytest.fixture
def keys(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("GOLIVE_REGISTRY", str(tmp_path / "registry"))

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


def test_a_key_of_administration_is_listed_as_one(keys):
    keys("create", "--name", "partner")
    keys("create", "--name", "deployer", "--admin")
    _, listed, _ = keys("list")
    _, as_json, _ = keys("list", "--json")

    partner, deployer = listed.splitlines()
    assert "admin" not in partner
    assert "  deployer  " in deployer
    assert "admin yes" in deployer
    assert [key["admin"] for key in json.loads(as_json)] == [False, True]


def test_where_a_key_may_be_used_is_listed(keys):
    keys("create", "--name", "a", "--from", "10.0.0.0/8", "--from", "2001:db8::1")
    _, listed, _ = keys("list", "--json")

    [facts] = json.loads(listed)
    assert facts["from"] == ["10.0.0.0/8", "2001:db8::1/128"]


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
    assert keys("create", "--name", "a", "--from", "10.0.0.5/8")[2] == (
        "error: --from '10.0.0.5/8' is an address within a network.\n"
        "hint: write 10.0.0.0/8, or 10.0.0.5 for this address alone\n"
    )
    assert keys("create", "--name", "a", "--rate", "fast")[2] == (
        "error: 'fast' is no rate.\nhint: write it as 10/s, 600/min or 100/h\n"
    )


def test_usage_tells_what_is_used_and_what_is_left(keys, tmp_path):
    _, printed, _ = keys("create", "--name", "partner", "--quota", "5/month", "--models", "games")
    keys("create", "--name", "free")
    used = Used(2, *period_of("month", time.time()))
    file = UsageFile(tmp_path / "keys.json.usage")
    file.add({(printed[3:15], "games", "month"): used}, time.time())

    code, told, _ = keys("usage", "partner")
    _, document, _ = keys("usage", "--json")

    assert code == 0
    assert re.fullmatch(
        r"[0-9a-f]{12}  partner  model games  2 of 5 requests a month  "
        r"3 left until \d{4}-\d\d-01 00:00 UTC\n",
        told,
    )
    [facts] = json.loads(document)
    [model] = facts["models"]
    assert (facts["name"], facts["per"], model["model"]) == ("partner", "request", "games")
    [quota] = model["quotas"]
    assert (quota["period"], quota["limit"], quota["used"], quota["left"]) == ("month", 5, 2, 3)


def test_usage_of_keys_that_have_asked_nothing_or_have_no_quota(keys):
    keys("create", "--name", "free")
    assert keys("usage")[1:] == ("", "No key has a quota.\n")

    keys("create", "--name", "partner", "--quota", "5/month")
    assert keys("usage")[1].endswith("  partner  nothing was asked yet\n")


def test_a_password_on_the_command_line_is_refused(keys):
    keys("create", "--name", "partner")
    code, _, said = keys("usage", "--limits-in", "redis://:secret@localhost/0")

    assert code == 2
    assert "give it in the environment" in said
    assert "secret" not in said
    assert "GOLIVE_LIMITS_IN" in said


def test_a_key_that_would_open_nothing_is_not_made(keys, tmp_path):
    routes = keys("create", "--name", "a", "--routes", "predict")
    expired = keys("create", "--name", "a", "--expires", "2020-01-01")
    versions = keys("create", "--name", "a", "--models", "games@prod")

    assert [code for code, _, _ in (routes, expired, versions)] == [2, 2, 2]
    assert routes[2].startswith(
        "error: --routes: 'predict' is no path of a server; the key would open nothing.\n"
        "hint: a route is a path, or the beginning of some with *: /, /predict, /models, "
    )
    assert expired[2].startswith("error: --expires: '2020-01-01' is over at ")
    assert versions[2].startswith("error: --models: no model can be called 'games@prod'; ")
    assert not (tmp_path / "keys.json").exists()


def test_when_a_key_ends_is_said(keys):
    code, _, said = keys("create", "--name", "a", "--expires", "2999-01-31")

    assert code == 0
    assert said == "The key of a, which ends at 2999-01-31 00:00 UTC; it is shown only now:\n"


def test_a_model_that_is_in_no_registry_is_told_and_the_key_is_made(keys, tmp_path):
    event = tmp_path / "registry" / "games" / "history" / "00000001.json"
    before = keys("create", "--name", "a", "--models", "gmaes")
    event.parent.mkdir(parents=True)
    event.write_text("{}")
    known = keys("create", "--name", "b", "--models", "games", "--models", "*")
    unknown = keys("create", "--name", "c", "--models", "games", "--models", "gmaes")

    assert [code for code, _, _ in (before, known, unknown)] == [0, 0, 0]
    assert before[2] == "The key of a; it is shown only now:\n"
    assert known[2] == "The key of b; it is shown only now:\n"
    assert unknown[2] == (
        "No model gmaes is in the registry; until one is served so, the key does not ask it.\n"
        "The key of c; it is shown only now:\n"
    )


@pytest.mark.parametrize("place", ["~nobody-of-this-name/registry", "/" + 300 * "r"])
def test_a_registry_that_cannot_be_looked_at_keeps_no_key_from_its_owner(keys, monkeypatch, place):
    """A key that is made and not printed is lost."""
    monkeypatch.setenv("GOLIVE_REGISTRY", place)

    code, printed, said = keys("create", "--name", "a", "--models", "games")

    assert (code, printed[:3]) == (0, "gl_")
    assert said == "The key of a; it is shown only now:\n"

import pytest

from golive.settings import ServeSettings


def test_flags_become_settings(golive, actions, capsys):
    code = golive(
        *("serve", "a.bundle", "b.bundle", "--host", "0.0.0.0", "--port", "0", "--workers", "2"),
        *("--allow-host", "a.example", "--allow-host", "b.example", "--max-body", "1000"),
        *("--time-limit", "2.5", "--max-records", "7", "--log-inputs", "--verify"),
        *("--allow-drifted-environment", "--original"),
    )

    [(name, (bundles, settings), options)] = actions.calls
    assert code == 0
    assert (name, bundles) == ("serve", ("a.bundle", "b.bundle"))
    assert (settings.host, settings.port, settings.workers) == ("0.0.0.0", 0, 2)
    assert settings.allowed_hosts == ("a.example", "b.example")
    assert (settings.body_limit, settings.time_limit, settings.max_records) == (1000, 2.5, 7)
    assert settings.log_inputs
    assert options == {"verify": True, "allow_drifted_environment": True, "original": True}
    assert capsys.readouterr() == ("", "http://127.0.0.1:8000\n")


def test_flags_that_are_not_given_leave_the_defaults(golive, actions):
    golive("serve", "a.bundle")

    assert actions.calls[0][1][1] == ServeSettings.load({})


def test_the_environment_counts_where_a_flag_is_not_given(golive, actions, monkeypatch):
    monkeypatch.setenv("GOLIVE_PORT", "9001")
    monkeypatch.setenv("GOLIVE_LOG_INPUTS", "true")
    monkeypatch.setenv("GOLIVE_ALLOWED_HOSTS", "a.example")

    golive("serve", "a.bundle", "--host", "::1")

    settings = actions.calls[0][1][1]
    assert (settings.host, settings.port) == ("::1", 9001)
    assert (settings.log_inputs, settings.allowed_hosts) == (True, ("a.example",))


def test_a_bundle_is_required(golive):
    assert golive("serve") == 2


def test_a_port_that_cannot_be_is_misuse(golive, capsys):
    code = golive("serve", "a.bundle", "--port", "70000")

    assert code == 2
    assert "70000" in capsys.readouterr().err


@pytest.mark.parametrize(
    "place",
    [
        "users=redis://user:secret@localhost/0",
        "users=rediss://:secret@localhost/0?prefix=user:",
        "users=redis://localhost/0?password=secret",
        "redis://user:secret@localhost/0",
    ],
)
@pytest.mark.parametrize("command", ["serve", "predict"])
def test_a_place_with_a_password_is_refused_on_the_command_line(golive, capsys, command, place):
    code = golive(command, "a.bundle", "--lookup", place)

    said = capsys.readouterr().err
    assert code == 2
    assert (
        "others can read a password on the command line; give it in the environment, "
        "in GOLIVE_LOOKUP"
    ) in " ".join(said.split())
    assert "secret" not in said


def test_places_without_one_are_settings(golive, actions):
    places = ("users=users@home.json", "orders=redis://localhost/0?prefix=order:")

    golive("serve", "a.bundle", "--lookup", places[0], "--lookup", places[1])

    assert actions.calls[0][1][1].lookup == places


def test_the_environment_may_hold_a_place_with_a_password(golive, actions, monkeypatch):
    monkeypatch.setenv("GOLIVE_LOOKUP", "users=redis://:secret@localhost/0")

    assert golive("serve", "a.bundle") == 0
    assert actions.calls[0][1][1].lookup == ("users=redis://:secret@localhost/0",)

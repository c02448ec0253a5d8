import json

from golive.errors import UsageError


def test_the_servers_that_were_asked_are_told(golive, actions, capsys):
    code = golive("refresh")

    assert (code, actions.calls) == (0, [("refresh", (None,), {})])
    assert capsys.readouterr() == (
        "http://127.0.0.1:8000\n",
        "games@prod of process 4711 is looked at now.\nnext: curl http://127.0.0.1:8000/readyz\n",
    )


def test_one_server_is_asked_by_its_process_id_and_told_as_json(golive, actions, capsys):
    code = golive("refresh", "--pid", "4711", "--json")

    assert (code, actions.calls) == (0, [("refresh", (4711,), {})])
    assert json.loads(capsys.readouterr().out) == [
        {"pid": 4711, "url": "http://127.0.0.1:8000", "references": ["games@prod"]}
    ]


def test_a_server_elsewhere_is_asked_by_its_url(golive, actions, capsys):
    code = golive("refresh", "--url", "https://models.example.com")

    assert (code, actions.calls) == (0, [("refresh_at", ("https://models.example.com",), {})])
    printed, said = capsys.readouterr()
    assert printed == "https://models.example.com\n"
    assert said == (
        "It was asked by POST https://models.example.com/admin/refresh.\n"
        "next: curl https://models.example.com/readyz\n"
    )


def test_a_url_and_a_process_are_misuse(golive, actions, capsys):
    assert golive("refresh", "--url", "https://models.example.com", "--pid", "4711") == 2
    assert "--pid and --url name two servers." in capsys.readouterr().err
    assert actions.calls == []


def test_that_there_is_none_is_misuse(golive, actions, capsys):
    actions.error = UsageError("No server of yours on this machine follows a reference.")

    assert golive("refresh") == 2
    assert "follows a reference" in capsys.readouterr().err


def test_a_duration_is_read_and_anything_else_is_misuse(golive, actions, capsys):
    golive("serve", "games@prod", "--refresh", "1.5m")
    code = golive("serve", "games@prod", "--refresh", "soon")

    assert actions.calls[0][1][1].refresh == 90.0
    assert code == 2
    assert "'soon' is not a duration such as 30s, 15m, 24h or 90d." in capsys.readouterr().err

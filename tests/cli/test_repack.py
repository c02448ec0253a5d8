from pathlib import Path


def test_every_option_reaches_repack(golive, actions, capsys, tmp_path):
    (tmp_path / "edited.toml").touch()
    (tmp_path / "card.md").touch()

    code = golive(
        *("repack", "a.bundle", "--threshold", "0.4", "--signature", "edited.toml"),
        *("--card", "card.md", "--name", "b", "-o", "b.bundle"),
    )

    assert code == 0
    assert actions.calls == [
        (
            "repack",
            (Path("a.bundle"),),
            {
                "threshold": 0.4,
                "signature": Path("edited.toml"),
                "card": Path("card.md"),
                "name": "b",
                "output": Path("b.bundle"),
            },
        )
    ]
    assert capsys.readouterr().out == "income.bundle\n"


def test_without_an_output_repack_names_one_itself(golive, actions):
    code = golive("repack", "a.bundle", "--threshold", "0.4")

    assert code == 0
    assert actions.calls[0][2]["output"] is None

"""Promotions with real models and a real registry."""

import shutil
import threading
from pathlib import Path

import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import golive
from golive.errors import UsageError
from golive.registry.registry import Registry
from golive.settings import cache_dir
from golive.wiring.registries import open_registry


@pytest.fixture
def registry(small_versions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Where the good one is `prod` and the others are 2 and 3."""
    monkeypatch.setenv("GOLIVE_REGISTRY", str(tmp_path / "registry"))
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(tmp_path / "cache"))
    for bundle in (small_versions.good, small_versions.worse, small_versions.breaking):
        golive.push(bundle)
    golive.promote("games@1", "prod", check=False)
    return open_registry()


def test_the_better_one_takes_the_alias_from_the_worse(registry, small_versions) -> None:
    registry.move("games", "prod", 2)

    done = golive.promote(
        "games@1", "prod", check=False, data=small_versions.held_out, anyway="whatever it is"
    )

    assert registry.events("games")[-1].why == ""  # nothing had to be overridden
    assert (done.verdict.name, done.is_moved, done.champion) == ("passed", True, 2)
    assert done.found.comparison.standing == "better"
    assert registry.history("games").aliases == {"prod": 1}
    assert registry.events("games")[-1].what.evidence == done.evidence


def test_the_worse_one_is_refused_and_nothing_is_written(registry, small_versions) -> None:
    before = registry.history("games")

    done = golive.promote("games@2", "prod", check=False, data=small_versions.held_out)

    assert (done.verdict.name, done.is_moved) == ("refused", False)
    assert [reason.code for reason in done.verdict.reasons] == ["worse"]
    assert registry.history("games") == before


def test_what_was_decided_on_another_champion_is_refused(registry) -> None:
    def while_it_decides(step: str) -> None:
        if step.startswith("Answering"):
            registry.move("games", "prod", 3)

    with pytest.raises(UsageError, match=r"moved meanwhile by somebody else; .* version 3 now"):
        golive.promote("games@2", "prod", check=False, progress=while_it_decides)

    assert registry.history("games").aliases == {"prod": 3}


def test_of_two_that_promote_at_once_one_is_refused(registry) -> None:
    both = threading.Barrier(2)
    ends = []

    def promote(reference: str) -> None:
        def wait(step: str) -> None:
            if step.startswith("Answering"):
                both.wait(60)

        try:
            done = golive.promote(reference, "prod", check=False, breaking=True, progress=wait)
            ends.append(done.is_moved)
        except UsageError as error:
            ends.append(error.message)

    threads = [threading.Thread(target=promote, args=(f"games@{n}",)) for n in (2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(end is True for end in ends) == [False, True]
    assert any("was moved meanwhile" in str(end) for end in ends)


def test_a_model_that_no_longer_answers_rows_is_refused(registry, small_versions, tmp_path) -> None:
    rows = pd.read_csv(small_versions.held_out)
    rows.loc[:4, "c"] = float("inf")
    rows.to_csv(tmp_path / "rows.csv", index=False)

    done = golive.promote("games@3", "prod", check=False, breaking=True, data=tmp_path / "rows.csv")

    assert done.verdict.missing == ("--anyway",)
    assert done.found.comparison.only_champion == 5
    assert done.found.comparison.rows == 395


def test_a_champion_that_cannot_be_read_needs_a_reason(registry) -> None:
    version = registry.history("games").versions[1]
    (Path(registry.location) / "games" / version.content.key).write_bytes(b"changed")
    shutil.rmtree(cache_dir() / "pulled")

    done = golive.promote("games@2", "prod", check=False)

    assert [reason.code for reason in done.verdict.reasons] == ["unreadable"]
    assert golive.promote("games@2", "prod", check=False, anyway="it is damaged").is_moved
    assert registry.events("games")[-1].why == "anyway: it is damaged"


def test_rows_that_a_model_was_trained_on_are_refused(registry, small_versions, tmp_path) -> None:
    rows = pd.read_csv(small_versions.held_out)
    data = tmp_path / "train.csv"
    rows.to_csv(data, index=False)
    model = LogisticRegression().fit(rows[["a", "b", "c"]], rows["won"])
    bundle = tmp_path / "trained.bundle"
    golive.pack(model, data, target="won", name="games", output=bundle)
    golive.push(bundle)

    with pytest.raises(UsageError, match=r"train\.csv is the sample that games \w+ was trained on"):
        golive.promote("games", "prod", check=False, data=data)


def test_a_target_that_the_rows_lack_is_named(registry, small_versions) -> None:
    with pytest.raises(UsageError, match="lacks the columns lost"):
        golive.promote("games@2", "prod", check=False, data=small_versions.held_out, target="lost")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"metric": "accuracy"}, "needs labelled rows"),
        ({"data": "x.csv", "metric": "precision"}, "no metric 'precision'"),
        ({"data": "x.csv", "tolerance": -0.1}, "A tolerance of -0.1 cannot be"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_read(options, message) -> None:
    with pytest.raises(UsageError, match=message):
        golive.promote("games@2", "prod", **options)


@pytest.mark.slow
def test_the_check_is_part_of_the_gate(registry, small_versions) -> None:
    registry.move("games", "prod", 2)

    done = golive.promote("games@1", "prod", data=small_versions.held_out, why="the good one")

    assert done.is_moved
    assert done.evidence["check"]["made"] is True
    assert done.evidence["check"]["codes"]["error"] == []
    assert registry.events("games")[-1].why == "the good one"

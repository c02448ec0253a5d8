"""What is asked for at the command line becomes an order."""

import shutil
from pathlib import Path

import pytest

from golive.bundle.reading import open_bundle
from golive.deploying.aws.ordering import Wish, plan_wish, read_order
from golive.deploying.cost import Traffic
from golive.errors import UsageError

SAMPLE = Path(__file__).parents[2] / "bundle" / "samples" / "format-2"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")


def test_a_reference_names_the_model_and_its_registry_is_not_the_function_s():
    found = read_order(Wish(name="s3://team/models/games@prod"))

    assert (found.model, found.reference) == ("games", "games@prod")
    assert found.settings.regions == ("eu-west-1",)
    assert (found.package, found.account, found.public) == (None, None, False)


def test_a_bundle_is_called_as_it_calls_itself(tmp_path):
    shutil.copytree(SAMPLE, tmp_path / "sample.bundle")

    found = read_order(Wish(name="sample.bundle", account_concurrency=50))

    opened = open_bundle(tmp_path / "sample.bundle")
    assert (found.model, found.reference) == (opened.name, f"{opened.name}@{opened.version}")
    assert found.account is not None
    assert found.account.concurrency == 50


def test_what_was_measured_takes_the_place_of_the_times_of_the_traffic():
    Path("measured.json").write_text(
        '{"init_seconds": 1, "first_ms": 0, "warm_ms": 10, "memory_mb": 70}'
    )
    Path("golive.toml").write_text("[aws]\nmemory = 1769\n")

    plan = plan_wish(
        Wish(name="games"),
        traffic=Traffic(requests=1_000_000, milliseconds=99),
        measured=Path("measured.json"),
    )

    compute = next(line for line in plan.cost.lines if line.item == "compute x86_64")
    # 10 ms each, and a second of loading for one in a hundred.
    assert compute.quantity == pytest.approx(1_000_000 * 0.02 * 1769 / 1024)


@pytest.mark.parametrize("option", ["package", "config"])
def test_a_file_that_is_not_there_is_told(option):
    with pytest.raises(UsageError, match=r"no\.file cannot be read"):
        read_order(Wish(name="games", **{option: Path("no.file")}))

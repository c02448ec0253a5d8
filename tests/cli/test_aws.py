"""`golive aws`: what is typed, what is printed, and what is written."""

import json
from pathlib import Path

import pytest
from tests.deploying.aws.orders import order

from golive.deploying.aws.building import service_graph, store_graph
from golive.deploying.aws.graph import recorded
from golive.deploying.records import write_graph


@pytest.fixture(autouse=True)
def _no_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)


def test_a_plan_tells_what_is_made_what_it_costs_and_what_may_go_wrong(typed):
    code, out, _ = typed("aws", "plan", "games@prod", "--region", "eu-central-1")

    assert code == 0
    for words in [
        "golive-games-dev in eu-central-1",
        "+ GatewayProblem (19 of them)",
        "+ UsagePlanKey",
        "to add",
        "front door (rest)",
        "a month (prices of us-east-1 as of 2025-12)",
        "Latency: nothing was measured (--measured).",
        "A flood costs at most $",
        "warning Alarms are told to nobody",
        "(quota_best_effort)",
    ]:
        assert words in out


def test_a_plan_as_json_is_the_one_that_is_written(typed, tmp_path):
    words = ["aws", "plan", "games@prod", "--region", "eu-central-1", "--requests", "5"]

    code, out, _ = typed(*words, "--json", "-o", "plan.json")

    assert code == 0
    assert json.loads(out) == json.loads(Path("plan.json").read_text())
    assert json.loads(out)["name"] == "golive-games-dev"


def test_what_is_deployed_is_compared(typed):
    before = order({"memory": 512}, package=None)
    for graph in (store_graph(before), service_graph(before)):
        Path(f"{graph.stack}.json").write_text(write_graph(recorded(graph)))
    Path("golive.toml").write_text('[aws]\nregions = ["eu-central-1"]\nmemory = 1024\n')
    Path("measured.json").write_text(
        '{"init_seconds": 0.2, "first_ms": 4, "warm_ms": 1, "memory_mb": 70}'
    )

    code, out, _ = typed(
        "aws", "plan", "games@prod", "--measured", "measured.json",
        "--deployed", "golive-store.json", "--deployed", "golive-games-dev.json",
    )  # fmt: skip

    assert code == 0
    assert "~ Function Function\n      memory: 512 → 1024\n" in out
    assert "+ Version\n" in out
    assert "Expected: 1.7 ms loaded, 352 ms cold, with 58% of a processor." in out


def test_the_region_of_the_environment_counts_where_no_other_is_named(typed, monkeypatch):
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    _, usual, _ = typed("aws", "plan", "games@prod")
    Path("golive.toml").write_text('[aws]\nregions = ["eu-central-1"]\n')
    _, named, _ = typed("aws", "plan", "games@prod")

    assert "golive-games-dev in us-west-2" in usual
    assert "golive-games-dev in eu-central-1" in named


def test_without_a_region_or_with_a_wrong_setting_nothing_is_planned(typed):
    code, out, err = typed("aws", "plan", "games@prod")
    wrong, _, told = typed("aws", "plan", "games@prod", "--region", "eu-centrl-1")

    assert (code, out) == (2, "")
    assert "No region is named." in err
    assert "--region eu-central-1" in err
    assert wrong == 2
    assert "Did you mean eu-central-1?" in told


def test_everybody_may_ask_only_with_public(typed):
    Path("golive.toml").write_text('[aws]\nregions = ["eu-central-1"]\nauth = "none"\n')

    refused, _, err = typed("aws", "plan", "games@prod")
    code, out, _ = typed("aws", "plan", "games@prod", "--public")

    assert refused == 2
    assert "--public" in err
    assert code == 0
    assert "warning Everybody on the internet can ask" in out


def test_files_are_written_and_never_over_others(typed):
    words = ["aws", "eject", "games@prod", "--region", "eu-central-1", "--format", "terraform"]

    code, out, _ = typed(*words)
    again, _, err = typed(*words)

    assert code == 0
    assert out.split() == ["aws-terraform/store/main.tf.json", "aws-terraform/service/main.tf.json"]
    assert "aws_lambda_function" in Path("aws-terraform/service/main.tf.json").read_text()
    assert again == 2
    assert "is there already" in err


def test_a_package_names_its_version_and_key(typed):
    Path("deploy.zip").write_bytes(b"zip")

    code, _, _ = typed(
        "aws", "eject", "games@prod", "--region", "eu-central-1", "--package", "deploy.zip"
    )

    assert code == 0
    template = Path("aws-cloudformation/service.yaml").read_text()
    assert "packages/golive-games-dev/" in template
    assert "PackageKey" not in template

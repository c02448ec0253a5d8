import json
from pathlib import Path

import pytest

from golive.building.errors import NotProvenError
from golive.building.lambda_contents import Contents, Part
from golive.building.lambda_limits import Delivery
from golive.building.lambda_package import LambdaPackage
from golive.building.platforms import Platform
from golive.building.proving import Proving


@pytest.fixture
def package(actions):
    """A package of the bundle that needs no disk."""
    actions.package = LambdaPackage(
        path=Path.cwd() / "deploy.zip",
        sha256="e" * 64,
        bundle=actions.bundle,
        platform=Platform(python=(3, 13), architecture="x86_64", glibc=34),
        python_because="It was asked for.",
        contents=Contents(
            parts=(
                Part(name="golive", size=2 * 2**20, because="It answers the requests."),
                Part(name="msgspec", version="0.21", size=2**19, because="golive needs it."),
            ),
            saved={"tests": 5},
            without=("pyarrow",),
        ),
        zipped=2**20,
        unzipped=3 * 2**20,
        delivery=Delivery(way="direct", because="It is small."),
        proving=Proving(records=8, seconds=0.25),
    )
    return actions.package


@pytest.fixture(autouse=True)
def _builds(actions):
    def build_lambda(bundle, *, progress, **options):
        actions._called("build_lambda", bundle, **options)
        progress("Writing the zip file")
        return actions.package

    actions.build_lambda = build_lambda


def test_a_package_is_told_with_its_size_its_parts_and_how_it_was_proven(
    golive, actions, package, capsys
):
    code = golive("build", "lambda", "a.bundle", "-o", "deploy.zip")

    printed = capsys.readouterr()
    assert code == 0
    assert printed.out.endswith("deploy.zip\n")
    assert printed.err.splitlines() == [
        "Writing the zip file …",
        "income 0123456789ab (original) for python3.13, x86_64. It was asked for.",
        "proven: 8 golden records under AWS's client, read-only; first answer after 0.25 s",
        "size: 1.0 MB of 50 MB zipped, 3.0 MB of 250 MB unzipped",
        "      2.0 MB  golive                   It answers the requests.",
        "      0.5 MB  msgspec 0.21             golive needs it.",
        "left out: pyarrow, used only where it is installed (golive.toml, [lambda] keep)",
        "upload: direct upload. It is small.",
    ]
    assert actions.calls == [
        (
            "build_lambda",
            (Path("a.bundle"),),
            {
                "output": Path("deploy.zip"),
                "python": None,
                "architecture": "x86_64",
                "unproven": False,
                "config": None,
            },
        )
    ]


def test_a_script_is_told_all_as_json(golive, package, capsys):
    code = golive("build", "lambda", "a.bundle", "--json")

    told = json.loads(capsys.readouterr().out)
    assert code == 0
    assert told["handler"] == "handler.handler"
    assert told["runtime"] == "python3.13"
    assert told["zip_bytes"] == 2**20
    assert told["delivery"] == {"way": "direct", "because": "It is small."}
    assert told["parts"][1]["version"] == "0.21"
    assert told["proven"] == {"records": 8, "seconds": 0.25}


def test_options_are_passed_on(golive, actions, package):
    code = golive(
        "build", "lambda", "a.bundle", "--python", "3.14", "--arch", "arm64", "--unproven"
    )

    assert code == 0
    options = actions.calls[0][2]
    assert (options["python"], options["architecture"]) == ("3.14", "arm64")
    assert options["unproven"]


def test_one_that_is_not_proven_ends_with_1_and_says_what_to_do(golive, actions, capsys):
    actions.error = NotProvenError("No python3.14 is here.", hint="--unproven writes it.")

    code = golive("build", "lambda", "a.bundle", "--python", "3.14")

    printed = capsys.readouterr()
    assert code == 1
    assert "No python3.14 is here." in printed.err
    assert "--unproven" in printed.err

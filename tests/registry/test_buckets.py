"""A registry in a bucket, from several threads and from the command line."""

import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
from tests.docs.documents import Block, Reader, blocks_of
from tests.prepared_examples import PreparedExamples
from tests.registry.bundles import small_bundle
from tests.small_versions import SmallVersions

from golive.blobs.opening import open_store
from golive.blobs.store import StoreUnavailableError
from golive.bundle.reading import open_bundle
from golive.cli.main import run
from golive.registry.errors import ContentCorruptError
from golive.registry.registry import Registry


def opened(location: str, by: str = "ada") -> Registry:
    return Registry(open_store(location), location=location, by=by)


@pytest.fixture(
    params=[
        pytest.param("s3", marks=pytest.mark.requires("s3")),
        pytest.param("gs", marks=pytest.mark.requires("gcs")),
    ]
)
def location(request: pytest.FixtureRequest) -> str:
    name = {"s3": "S3", "gs": "GCS"}[request.param]
    return f"{request.param}://{os.environ[f'GOLIVE_TEST_{name}_BUCKET']}/{uuid4().hex}/team"


def test_versions_are_pushed_moved_fetched_and_removed(location: str, tmp_path: Path) -> None:
    registry = opened(location)
    for content in ("one", "two", "three"):
        registry.push(small_bundle(tmp_path, content))
    registry.move("games", "prod", 1)
    registry.move("games", "prod", 3)
    history = opened(location).rollback("games", "prod", why="precision fell")
    assert history.aliases == {"prod": 1}
    opened(location).fetch("games", history.versions[3], tmp_path / "fetched.zip")
    assert (tmp_path / "fetched.zip").read_bytes() == b"three"
    assert registry.collect("games", keep=1).versions == (2,)
    with pytest.raises(ContentCorruptError, match="is missing"):
        registry.fetch("games", history.versions[2], tmp_path / "gone.zip")
    assert opened(location).models() == ["games"]
    assert [event.why for event in opened(location).events("games")][-2] == "precision fell"


@pytest.mark.requires("s3")
def test_writers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    location = f"s3://{os.environ['GOLIVE_TEST_S3_BUCKET']}/{uuid4().hex}"

    def write(writer: int) -> list[int]:
        registry = opened(location, by=f"writer {writer}")
        pushes = [
            registry.push(small_bundle(tmp_path, f"{writer}-{number}")) for number in range(5)
        ]
        return [push.version.number for push in pushes]

    with ThreadPoolExecutor(6) as pool:
        numbers = sorted(number for pushed in pool.map(write, range(6)) for number in pushed)
    assert numbers == list(range(1, 31))
    assert list(opened(location).history("games").versions) == numbers


@pytest.mark.requires("s3")
def test_an_object_that_was_overwritten_is_refused(tmp_path: Path) -> None:
    import boto3

    bucket, prefix = os.environ["GOLIVE_TEST_S3_BUCKET"], uuid4().hex
    registry = opened(f"s3://{bucket}/{prefix}")
    version = registry.push(small_bundle(tmp_path, "one")).version
    key = f"{prefix}/games/{version.content.key}"
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=b"eve")
    with pytest.raises(ContentCorruptError, match="SHA-256 differs"):
        registry.fetch("games", version, tmp_path / "fetched.zip")


@pytest.mark.requires("s3")
def test_a_bucket_that_is_not_there_says_what_to_look_at() -> None:
    registry = opened(f"s3://golive-no-such-bucket-{uuid4().hex}")
    with pytest.raises(StoreUnavailableError, match="NoSuchBucket") as raised:
        registry.history("games")
    assert "aws s3 ls" in str(raised.value.hint)


@pytest.mark.requires("gcs")
def test_a_gcs_bucket_that_is_not_there_says_so() -> None:
    registry = opened(f"gs://golive-no-such-bucket-{uuid4().hex}")
    with pytest.raises(StoreUnavailableError):
        registry.history("games")


@pytest.mark.requires("s3")
def test_a_store_that_does_not_answer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    with pytest.raises(StoreUnavailableError, match="s3://bucket/games/history/"):
        opened("s3://bucket").history("games")


def test_commands_take_a_bucket(
    location: str,
    small_versions: SmallVersions,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = ["--data", str(small_versions.held_out), "--target", "won", "--no-check"]

    def typed(*words: str) -> tuple[int, str]:
        code = run([*words, "--registry", location])
        return code, capsys.readouterr().out

    assert typed("versions", "--json") == (0, "[]\n")
    assert typed("versions", "games") == (2, "")
    assert typed("push", str(small_versions.good)) == (0, "games@1\n")
    assert typed("promote", "games@1", "prod", *rows)[0] == 0
    assert typed("push", str(small_versions.worse)) == (0, "games@2\n")
    assert typed("promote", "games@2", "prod", *rows)[0] == 1
    assert typed("promote", "games@2", "prod", "--no-check", "--anyway", "a test")[0] == 0
    assert typed("rollback", "games")[0] == 0
    (model,) = json.loads(typed("versions", "--json")[1])
    assert (model["model"], model["aliases"]) == ("games", {"prod": 1})
    assert run(["pull", f"{location}/games@prod", "-o", "got.zip"]) == 0
    assert open_bundle(Path("got.zip")).manifest == open_bundle(small_versions.good).manifest
    assert run(["inspect", f"{location}/games@2"]) == 0
    assert typed("gc", "games", "--keep", "1", "--yes")[0] == 0


def test_the_guide_for_buckets_works_when_typed(
    location: str, tmp_path: Path, prepared_examples: PreparedExamples, project: Path
) -> None:
    guide = (project / "docs" / "how-to" / "keep-versions.md").read_text()
    place = f"{location.partition(':')[0]}://acme-models/team"
    (typed,) = [
        text for text in re.findall(r"```bash\n(.*?)```", guide, re.DOTALL) if place in text
    ]
    tools = tmp_path / "tools"
    tools.mkdir()

    with Reader(tmp_path, tools, prepared_examples) as reader:
        reader.type(blocks_of(guide)[0])  # packs the bundle
        reader.type(Block("bash", typed.replace(place, location), 0))

    (version,) = opened(location).history("income").versions.values()
    assert version.why == "first release"
    assert any(tmp_path.glob("from-*.bundle"))

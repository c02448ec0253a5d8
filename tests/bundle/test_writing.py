from datetime import UTC, datetime, timedelta, timezone

import pytest

from golive.bundle.golden import GoldenRecord
from golive.bundle.manifest import ModelSpec
from golive.bundle.reading import open_bundle
from golive.bundle.writing import write_bundle
from golive.errors import PackError, UsageError

CREATED = datetime(2026, 1, 2, 4, 4, 5, tzinfo=timezone(timedelta(hours=1)))


def test_the_files_of_a_bundle_are_these(bundle):
    files = sorted(str(p.relative_to(bundle.path)) for p in bundle.path.rglob("*") if p.is_file())

    assert files == [
        "card.md",
        "code/steps.py",
        "golden.jsonl",
        "manifest.json",
        "model/model.joblib",
        "profile.json",
        "requirements.txt",
        "signature.toml",
    ]
    assert (bundle.path / "model/model.joblib").read_bytes() == b"not a model"
    assert (bundle.path / "requirements.txt").read_text() == "joblib==1.4.2\nscikit-learn==1.5.2\n"


def test_nothing_else_is_left_beside_it(bundle):
    assert [path.name for path in bundle.path.parent.iterdir()] == ["income.bundle"]


def test_it_can_be_entered_by_others(bundle):
    assert bundle.path.stat().st_mode & 0o777 == 0o755


def test_dates_are_written_in_utc(tmp_path, contents):
    written = write_bundle(contents(), tmp_path / "a", created_at=CREATED)

    assert written.manifest.created_at == "2026-01-02T03:04:05+00:00"


def test_the_id_depends_on_neither_date_commit_name_nor_card(tmp_path, contents):
    first = write_bundle(contents(), tmp_path / "a", created_at=CREATED)
    again = contents(git_commit="abc", card="# other\n", name="other", notes=("x",))
    second = write_bundle(again, tmp_path / "b", created_at=datetime.now(UTC))

    assert first.manifest.id == second.manifest.id


def test_the_id_depends_on_the_code(tmp_path, contents):
    first = write_bundle(contents(), tmp_path / "a", created_at=CREATED)
    changed = contents(model_files={"model/model.joblib": b"not a model"})
    second = write_bundle(changed, tmp_path / "b", created_at=CREATED)

    assert first.manifest.id != second.manifest.id


def test_model_files_are_copied_byte_for_byte(tmp_path, contents):
    (tmp_path / "m.joblib").write_bytes(bytes(range(256)))
    given = contents(model_files={"model/model.joblib": tmp_path / "m.joblib"})

    written = write_bundle(given, tmp_path / "a", created_at=CREATED)

    assert (written.path / "model/model.joblib").read_bytes() == bytes(range(256))


def test_an_older_bundle_is_replaced(bundle, contents, cache):
    (bundle.path / "code" / "__pycache__").mkdir()
    (bundle.path / "code" / "__pycache__" / "steps.pyc").write_bytes(b"")

    write_bundle(contents(card="# new\n"), bundle.path, created_at=CREATED)

    assert open_bundle(bundle.path, cache=cache).card == "# new\n"
    assert sorted(path.name for path in bundle.path.parent.iterdir()) == ["cache", "income.bundle"]


def test_an_older_archive_is_replaced(archive, contents, cache):
    write_bundle(contents(card="# new\n"), archive, created_at=CREATED, cache=cache)

    assert open_bundle(archive, cache=cache).card == "# new\n"


@pytest.mark.parametrize("name", ["a", "a.zip"])
def test_a_file_at_the_destination_is_left_alone(tmp_path, contents, cache, name):
    (tmp_path / name).write_bytes(b"precious")

    with pytest.raises(UsageError, match="is not a bundle"):
        write_bundle(contents(), tmp_path / name, created_at=CREATED, cache=cache)

    assert (tmp_path / name).read_bytes() == b"precious"


@pytest.mark.parametrize("name", ["a", "a.zip"])
def test_a_directory_at_the_destination_is_left_alone(tmp_path, contents, cache, name):
    (tmp_path / name).mkdir()
    (tmp_path / name / "thesis.tex").write_bytes(b"precious")

    with pytest.raises(UsageError):
        write_bundle(contents(), tmp_path / name, created_at=CREATED, cache=cache)

    assert (tmp_path / name / "thesis.tex").read_bytes() == b"precious"


def test_a_bundle_in_which_someone_keeps_a_file_is_left_alone(bundle, contents):
    (bundle.path / "thesis.tex").write_bytes(b"precious")

    with pytest.raises(UsageError):
        write_bundle(contents(), bundle.path, created_at=CREATED)

    assert (bundle.path / "thesis.tex").read_bytes() == b"precious"


def test_a_link_at_the_destination_is_left_alone(bundle, contents, tmp_path):
    (tmp_path / "current").symlink_to(bundle.path)

    with pytest.raises(UsageError):
        write_bundle(contents(), tmp_path / "current", created_at=CREATED)


def test_directories_on_the_way_are_made(tmp_path, contents, cache):
    written = write_bundle(contents(), tmp_path / "deep/er/a", created_at=CREATED)

    assert open_bundle(written.path, cache=cache).manifest == written.manifest


def test_a_file_on_the_way_is_a_mistake_of_the_caller(tmp_path, contents):
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(UsageError, match="cannot be made"):
        write_bundle(contents(), tmp_path / "file" / "a", created_at=CREATED)


def test_a_failure_leaves_the_older_bundle_and_nothing_else(bundle, contents, tmp_path, cache):
    given = contents(model_files={"model/model.joblib": tmp_path / "absent"})

    with pytest.raises(FileNotFoundError):
        write_bundle(given, bundle.path, created_at=CREATED)

    assert open_bundle(bundle.path, cache=cache).manifest == bundle.manifest
    assert [path.name for path in tmp_path.iterdir() if path != cache] == ["income.bundle"]


@pytest.mark.parametrize("path", ["card.md", "manifest.json", "../x", "/x", "x.py"])
def test_a_path_outside_model_and_code_is_refused(tmp_path, contents, path):
    with pytest.raises(PackError, match="has no place"):
        write_bundle(contents(model_files={path: b""}), tmp_path / "a", created_at=CREATED)


def test_a_model_without_its_file_is_refused(tmp_path, contents):
    spec = ModelSpec(kind="sklearn", loader="joblib", file="model/other.joblib")

    with pytest.raises(PackError, match=r"model/other\.joblib"):
        write_bundle(contents(model=spec), tmp_path / "a", created_at=CREATED)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {1, 2}.__iter__])
def test_a_golden_record_that_json_cannot_hold_is_refused(tmp_path, contents, value):
    golden = (GoldenRecord({"age": [value]}, {"score": 0.5}),)

    with pytest.raises(PackError, match="JSON"):
        write_bundle(contents(golden=golden), tmp_path / "a", created_at=CREATED)

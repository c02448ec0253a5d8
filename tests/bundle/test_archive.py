import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from golive.bundle.reading import open_bundle
from golive.bundle.writing import write_bundle
from golive.errors import BundleCorruptError, UsageError


def rewrite(archive, target, *, compression=zipfile.ZIP_STORED, add=()):
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(target, "w", compression) as new:
        for info in old.infolist():
            new.writestr(info.filename, old.read(info))
        for name, content in add:
            new.writestr(name, content)


def test_an_archive_opens_as_the_directory_does(archive, bundle, cache):
    opened = open_bundle(archive, cache=cache)

    assert opened.manifest == bundle.manifest
    assert opened.source == archive
    assert opened.path.parent == cache / "extracted"
    assert (opened.path / "code/steps.py").read_bytes() == b"STEPS = 1\n"


def test_the_same_contents_give_the_same_bytes(archive, tmp_path, contents, cache, bundle):
    created = datetime.fromisoformat(bundle.manifest.created_at)
    write_bundle(contents(), tmp_path / "again.zip", created_at=created, cache=cache)

    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_changed_byte_is_refused(archive, tmp_path, cache, data):
    content = bytearray(archive.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    changed = tmp_path / "changed.zip"
    changed.write_bytes(content)

    with pytest.raises(BundleCorruptError):
        open_bundle(changed, cache=cache)


def test_an_archive_whose_end_moves_the_entries_before_its_begin_is_refused(archive, cache):
    content = bytearray(archive.read_bytes())
    content[-6:-2] = (int.from_bytes(content[-6:-2], "little") + 512).to_bytes(4, "little")
    archive.write_bytes(content)

    with pytest.raises(BundleCorruptError, match="begins before the file does"):
        open_bundle(archive, cache=cache)


def test_a_changed_file_is_named(archive, tmp_path, cache):
    content = archive.read_bytes().replace(b"not a model", b"not a modem")
    archive.write_bytes(content)

    with pytest.raises(BundleCorruptError, match=r"model/model\.joblib") as caught:
        open_bundle(archive, cache=cache)

    assert caught.value.file == "model/model.joblib"


def test_a_truncated_archive_is_refused(archive, cache):
    archive.write_bytes(archive.read_bytes()[:-100])

    with pytest.raises(BundleCorruptError, match=r"income\.bundle\.zip"):
        open_bundle(archive, cache=cache)


@pytest.mark.parametrize("name", ["../escaped.txt", "/tmp/escaped.txt", "model/../../escaped.txt"])
def test_a_path_that_leads_outside_is_refused(archive, tmp_path, cache, name):
    rewrite(archive, tmp_path / "evil.zip", add=[(name, b"evil")])

    with pytest.raises(BundleCorruptError) as caught:
        open_bundle(tmp_path / "evil.zip", cache=cache)

    assert caught.value.file == name
    assert list(tmp_path.rglob("escaped.txt")) == []


def test_a_bomb_is_refused_before_it_is_unpacked(archive, tmp_path, cache):
    bomb = [("model/zeros", bytes(50_000_000))]
    rewrite(archive, tmp_path / "bomb.zip", compression=zipfile.ZIP_DEFLATED, add=bomb)

    with pytest.raises(BundleCorruptError, match="compressed"):
        open_bundle(tmp_path / "bomb.zip", cache=cache)


def test_an_archive_made_by_hand_is_refused_with_a_way_out(archive, tmp_path, cache):
    rewrite(archive, tmp_path / "hand.zip")

    with pytest.raises(BundleCorruptError, match="headers") as caught:
        open_bundle(tmp_path / "hand.zip", cache=cache)

    assert caught.value.hint is not None
    assert "unzipped" in caught.value.hint


def test_a_refused_archive_leaves_nothing_in_the_cache(archive, tmp_path, cache):
    before = sorted((cache / "extracted").iterdir())
    rewrite(archive, tmp_path / "hand.zip")

    with pytest.raises(BundleCorruptError):
        open_bundle(tmp_path / "hand.zip", cache=cache)

    assert sorted((cache / "extracted").iterdir()) == before


def test_a_cache_that_cannot_be_used_is_named(archive, tmp_path):
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(UsageError, match="No bundle in one file") as caught:
        open_bundle(archive, cache=tmp_path / "file" / "cache")

    assert caught.value.hint is not None
    assert "GOLIVE_CACHE_DIR" in caught.value.hint


def test_a_cache_that_cannot_be_used_is_found_before_anything_is_written(contents, tmp_path):
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(UsageError):
        write_bundle(
            contents(),
            tmp_path / "a.zip",
            created_at=datetime.now(UTC),
            cache=tmp_path / "file" / "cache",
        )

    assert not (tmp_path / "a.zip").exists()


def test_a_file_that_is_no_zip_is_no_bundle(tmp_path):
    (tmp_path / "rows.csv").write_text("a,b\n1,2\n")

    with pytest.raises(BundleCorruptError) as caught:
        open_bundle(tmp_path / "rows.csv", cache=tmp_path / "cache")

    assert caught.value.message == (
        f"{tmp_path / 'rows.csv'}: This is no bundle: neither a directory nor a whole zip file."
    )

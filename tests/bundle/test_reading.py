import hashlib
import os
import time

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from golive.bundle.golden import GoldenRecord
from golive.bundle.profile import ColumnProfile, Profile
from golive.bundle.reading import open_bundle
from golive.bundle.stamps import Stamp
from golive.bundle.verification import file_states
from golive.errors import BundleCorruptError, UsageError

FILES = [
    "card.md",
    "code/steps.py",
    "golden.jsonl",
    "manifest.json",
    "model/model.joblib",
    "profile.json",
    "requirements.txt",
    "signature.toml",
]
WITHIN_A_TEST = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def stamps_in(cache):
    return list((cache / "verified").glob("*.json"))


def test_a_bundle_gives_back_its_parts(bundle, cache, contents):
    opened = open_bundle(bundle.path, cache=cache)

    assert opened.name == "income"
    assert opened.version == opened.manifest.id[:12]
    assert opened.signature == contents().signature
    assert opened.requirements == ("joblib==1.4.2", "scikit-learn==1.5.2")
    assert opened.golden[0] == GoldenRecord({"age": 39}, {"label": 0, "score": 0.25})
    assert opened.profile == Profile(rows=2, columns=(ColumnProfile(name="age", count=2, nulls=1),))
    assert opened.card == "# income\n"
    assert opened.manifest == bundle.manifest


@pytest.mark.parametrize("file", FILES)
@WITHIN_A_TEST
@given(data=st.data())
def test_any_changed_byte_of_any_file_is_refused_by_name(bundle, cache, file, data):
    open_bundle(bundle.path, cache=cache)
    path = bundle.path / file
    original = path.read_bytes()
    content = bytearray(original)
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)

    with pytest.raises(BundleCorruptError, match=file.replace(".", r"\.")) as caught:
        open_bundle(bundle.path, cache=cache)

    assert caught.value.file == file
    path.write_bytes(original)


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_refused_by_name(bundle, cache, file):
    (bundle.path / file).unlink()

    with pytest.raises(BundleCorruptError, match=file) as caught:
        open_bundle(bundle.path, cache=cache)

    assert caught.value.file == file


def test_a_message_names_the_bundle_and_the_file(bundle, cache):
    (bundle.path / "card.md").write_bytes(b"# Income\n")

    with pytest.raises(BundleCorruptError) as caught:
        open_bundle(bundle.path, cache=cache)

    assert caught.value.message == (
        f"{bundle.path}: card.md is not the file that was packed: its SHA-256 differs."
    )


@pytest.mark.parametrize("file", ["notes.txt", "code/__pycache__/steps.cpython-311.pyc"])
def test_an_added_file_is_refused_by_name(bundle, cache, file):
    open_bundle(bundle.path, cache=cache)
    (bundle.path / file).parent.mkdir(exist_ok=True)
    (bundle.path / file).write_bytes(b"added")

    with pytest.raises(BundleCorruptError, match="was added") as caught:
        open_bundle(bundle.path, cache=cache)

    assert caught.value.file == file


@pytest.mark.parametrize("file", ["model/model.joblib", "manifest.json"])
def test_a_link_in_place_of_a_file_is_refused(bundle, cache, tmp_path, file):
    elsewhere = tmp_path / "elsewhere"
    (bundle.path / file).rename(elsewhere)
    (bundle.path / file).symlink_to(elsewhere)

    with pytest.raises(BundleCorruptError) as caught:
        open_bundle(bundle.path, cache=cache)

    assert caught.value.file == file


def test_a_link_in_place_of_a_directory_is_refused(bundle, cache, tmp_path):
    (bundle.path / "model").rename(tmp_path / "model")
    (bundle.path / "model").symlink_to(tmp_path / "model")

    with pytest.raises(BundleCorruptError) as caught:
        open_bundle(bundle.path, cache=cache)

    assert caught.value.file == "model"


def test_nothing_at_the_path_is_a_mistake_of_the_caller(tmp_path, cache):
    with pytest.raises(UsageError, match="no bundle at"):
        open_bundle(tmp_path / "absent", cache=cache)


def test_a_file_that_is_no_zip_is_refused(tmp_path, cache):
    (tmp_path / "model.pkl").write_bytes(b"\x80\x04")

    with pytest.raises(BundleCorruptError, match=r"model\.pkl"):
        open_bundle(tmp_path / "model.pkl", cache=cache)


def test_a_bundle_leaves_a_private_stamp_once_it_was_verified(bundle, cache):
    time.sleep(0.06)

    open_bundle(bundle.path, cache=cache)

    (stamp,) = stamps_in(cache)
    assert stamp.name == hashlib.sha256(str(bundle.path.resolve()).encode()).hexdigest() + ".json"
    assert stamp.stat().st_mode & 0o777 == 0o600
    assert stamp.parent.stat().st_mode & 0o777 == 0o700
    assert msgspec.json.decode(stamp.read_bytes())["id"] == bundle.manifest.id


def test_a_bundle_that_just_changed_gets_no_stamp_yet(bundle, cache):
    open_bundle(bundle.path, cache=cache)

    assert stamps_in(cache) == []


def test_a_stamp_spares_the_hashes_until_all_are_asked_for(bundle, cache):
    (bundle.path / "card.md").write_bytes(b"# INCOME\n")
    manifest_sha256 = hashlib.sha256((bundle.path / "manifest.json").read_bytes()).hexdigest()
    stamp = Stamp(
        id=bundle.manifest.id,
        manifest_sha256=manifest_sha256,
        files=file_states(bundle.path),
    )
    name = hashlib.sha256(str(bundle.path.resolve()).encode()).hexdigest()
    (cache / "verified").mkdir(parents=True, mode=0o700)
    (cache / "verified" / f"{name}.json").write_bytes(msgspec.json.encode(stamp))

    opened = open_bundle(bundle.path, cache=cache)

    with pytest.raises(BundleCorruptError, match=r"card\.md changed after"):
        _ = opened.card
    with pytest.raises(BundleCorruptError, match=r"card\.md is not the file"):
        open_bundle(bundle.path, cache=cache, verify_all=True)


def test_a_change_that_hides_its_date_is_found(bundle, cache):
    time.sleep(0.06)
    open_bundle(bundle.path, cache=cache)
    path = bundle.path / "card.md"
    status = path.stat()
    path.write_bytes(b"# INCOME\n")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    with pytest.raises(BundleCorruptError, match=r"card\.md"):
        open_bundle(bundle.path, cache=cache)


def test_a_stamp_that_others_could_have_written_is_not_used(bundle, cache):
    time.sleep(0.06)
    (cache / "verified").mkdir(parents=True)
    (cache / "verified").chmod(0o777)

    open_bundle(bundle.path, cache=cache)

    assert stamps_in(cache) == []


def test_a_cache_that_cannot_be_written_does_not_matter(bundle, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    time.sleep(0.06)

    opened = open_bundle(bundle.path, cache=tmp_path / "file" / "cache")

    assert opened.manifest == bundle.manifest


def test_a_broken_stamp_is_written_anew(bundle, cache):
    time.sleep(0.06)
    open_bundle(bundle.path, cache=cache)
    (stamp,) = stamps_in(cache)
    stamp.write_bytes(b"\xff{")

    open_bundle(bundle.path, cache=cache)

    assert msgspec.json.decode(stamp.read_bytes())["id"] == bundle.manifest.id


def test_without_a_cache_the_settings_name_it(bundle, tmp_path, monkeypatch):
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(tmp_path / "named"))
    time.sleep(0.06)

    open_bundle(bundle.path)

    assert len(stamps_in(tmp_path / "named")) == 1

import hashlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from golive.bundle.encoding import compact_json, indented_json
from golive.bundle.manifest import FileEntry, Manifest, ModelSpec
from golive.bundle.manifest_format import bundle_id, decode_manifest, encode_manifest
from golive.errors import BundleCorruptError, BundleFormatError

SPEC = ModelSpec(kind="sklearn", loader="joblib", file="model/m.joblib")
FILES = {
    path: FileEntry(sha256=hashlib.sha256(path.encode()).hexdigest(), size=3)
    for path in (
        "card.md",
        "golden.jsonl",
        "model/m.joblib",
        "profile.json",
        "requirements.txt",
        "signature.toml",
    )
}
MANIFEST = Manifest(
    format_version=2,
    id=bundle_id(FILES, SPEC),
    name="größe",
    model=SPEC,
    files=FILES,
    python_version="3.11.7",
    golive_version="0.1.0",
    created_at="2026-01-02T03:04:05+00:00",
    tolerance=1e-6,
    notes=("One note.",),
    answers="original",
    answers_because="Nobody asked to compile it.",
)


def signed(raw):
    checksum = hashlib.sha256(compact_json(raw)).hexdigest()
    return indented_json({**raw, "checksum": checksum})


def raw_manifest():
    raw = msgspec.json.decode(encode_manifest(MANIFEST))
    del raw["checksum"]
    return raw


def test_a_manifest_reads_back_as_it_was_written():
    assert decode_manifest(encode_manifest(MANIFEST)) == MANIFEST


def test_a_whole_number_as_tolerance_reads_back():
    manifest = replace(MANIFEST, tolerance=0)

    assert decode_manifest(encode_manifest(manifest)) == manifest


def test_the_bytes_are_indented_sorted_and_end_with_a_line_feed():
    lines = encode_manifest(MANIFEST).decode().splitlines(keepends=True)

    assert lines[0] == "{\n"
    assert lines[1] == '  "answers": "original",\n'
    assert lines[3].startswith('  "checksum": "')
    assert lines[4] == '  "created_at": "2026-01-02T03:04:05+00:00",\n'
    assert lines[-1] == "}\n"


@given(st.data())
def test_any_changed_byte_is_refused(data):
    content = bytearray(encode_manifest(MANIFEST))
    position = data.draw(st.integers(0, len(content) - 1))
    content[position] ^= data.draw(st.integers(1, 255))

    with pytest.raises(BundleCorruptError, match=r"^manifest\.json ") as caught:
        decode_manifest(bytes(content))

    assert caught.value.file == "manifest.json"


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000])
def test_what_is_no_manifest_is_refused(data):
    with pytest.raises(BundleCorruptError):
        decode_manifest(data)


def test_another_spelling_of_the_same_manifest_is_refused():
    with pytest.raises(BundleCorruptError):
        decode_manifest(encode_manifest(MANIFEST).rstrip())


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "model/../../x", "code//a", "x.txt"])
def test_a_path_outside_the_bundle_is_refused(path):
    raw = raw_manifest()
    raw["files"] = {**raw["files"], path: raw["files"]["card.md"]}

    with pytest.raises(BundleCorruptError) as caught:
        decode_manifest(signed(raw))

    assert caught.value.file == path


def test_a_manifest_without_its_model_is_refused():
    raw = raw_manifest()
    del raw["files"]["model/m.joblib"]

    with pytest.raises(BundleCorruptError, match=r"no entry for model/m\.joblib"):
        decode_manifest(signed(raw))


def test_an_id_that_is_not_that_of_the_files_is_refused():
    with pytest.raises(BundleCorruptError, match="its id"):
        decode_manifest(signed({**raw_manifest(), "id": "0" * 64}))


def test_a_newer_format_says_how_to_read_it():
    with pytest.raises(BundleFormatError, match="format 3") as caught:
        decode_manifest(signed({**raw_manifest(), "format_version": 3, "new": []}))

    assert caught.value.hint == "pip install --upgrade golive"


def test_a_program_is_there_where_it_answers_and_only_there():
    program = dict.fromkeys(("scorer/arrays.bin", "scorer/program.json"), FILES["card.md"])
    files = {**FILES, **program}
    compiled = replace(MANIFEST, files=files, id=bundle_id(files, SPEC), answers="compiled")

    assert decode_manifest(encode_manifest(compiled)) == compiled
    with pytest.raises(BundleCorruptError, match=r"no entry for scorer/arrays\.bin"):
        decode_manifest(encode_manifest(replace(MANIFEST, answers="compiled")))
    with pytest.raises(BundleCorruptError, match="says that the original answers"):
        decode_manifest(encode_manifest(replace(compiled, answers="original")))


def test_an_unknown_entry_is_refused():
    with pytest.raises(BundleFormatError):
        decode_manifest(signed({**raw_manifest(), "surprise": 1}))


def test_an_entry_of_another_type_is_refused():
    with pytest.raises(BundleCorruptError):
        decode_manifest(signed({**raw_manifest(), "name": 1}))


def test_the_id_covers_the_model_and_all_files_but_the_card():
    changed = FileEntry(sha256="f" * 64, size=3)

    assert bundle_id({**FILES, "card.md": changed}, SPEC) == MANIFEST.id
    assert bundle_id({**FILES, "golden.jsonl": changed}, SPEC) != MANIFEST.id
    assert bundle_id(FILES, replace(SPEC, loader="pickle")) != MANIFEST.id


def test_the_id_stays_what_it_was():
    assert MANIFEST.id == "cfd377ae645683c1210c4bd1fd27591dd94e1e571d9431a144b0a02e26ddd7f4"


def test_a_spec_without_a_backend_is_written_as_before_there_were_backends():
    raw = msgspec.json.decode(encode_manifest(MANIFEST))

    assert "backend" not in raw["model"]


def test_the_backend_of_a_keras_model_is_kept_and_is_part_of_the_id():
    spec = ModelSpec(kind="keras", loader="keras", file="model/m.joblib", backend="torch")
    manifest = replace(MANIFEST, model=spec, id=bundle_id(FILES, spec))

    assert decode_manifest(encode_manifest(manifest)) == manifest
    assert manifest.id != bundle_id(FILES, replace(spec, backend="jax"))

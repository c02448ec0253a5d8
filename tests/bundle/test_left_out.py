"""A bundle in a package: what answering does without is absent, all else is verified as ever."""

import pytest
from tests.bundle.conftest import CREATED

from golive.bundle.left_out import encode_left_out, needless
from golive.bundle.reading import open_bundle
from golive.bundle.writing import write_bundle
from golive.errors import BundleCorruptError

PROGRAM = {"scorer/program.json": b"{}", "scorer/arrays.bin": b""}
NEEDLESS = frozenset({"model/model.joblib", "code/steps.py"})


@pytest.fixture
def compiled(tmp_path, contents):
    """A bundle whose compiled program answers."""
    return write_bundle(contents(program=PROGRAM), tmp_path / "c.bundle", created_at=CREATED)


def leave_out(bundle, files):
    for file in files:
        (bundle.path / file).unlink(missing_ok=True)
    (bundle.path / "left-out.json").write_bytes(encode_left_out(frozenset(files)))


def test_what_the_original_needs_is_needless_where_the_program_answers(compiled, bundle):
    assert needless(compiled.manifest) == NEEDLESS
    assert needless(bundle.manifest) == frozenset()


def test_a_bundle_without_what_is_needless_opens_and_keeps_its_id(compiled, cache):
    leave_out(compiled, NEEDLESS)

    opened = open_bundle(compiled.path, cache=cache, verify_all=True)

    assert opened.left_out == NEEDLESS
    assert opened.manifest == compiled.manifest
    assert opened.signature == compiled.signature
    assert opened.proof is None


def test_what_is_there_all_the_same_is_verified(compiled, cache):
    leave_out(compiled, NEEDLESS)
    (compiled.path / "model" / "model.joblib").write_bytes(b"not A model")

    with pytest.raises(BundleCorruptError, match=r"model/model\.joblib"):
        open_bundle(compiled.path, cache=cache)


@pytest.mark.parametrize("file", ["scorer/arrays.bin", "signature.toml", "elsewhere"])
def test_what_answering_needs_cannot_be_left_out(compiled, cache, file):
    leave_out(compiled, {file})

    with pytest.raises(BundleCorruptError, match="left-out") as caught:
        open_bundle(compiled.path, cache=cache)

    assert caught.value.file == "left-out.json"


def test_the_model_of_a_bundle_without_a_program_cannot_be_left_out(bundle, cache):
    leave_out(bundle, {"model/model.joblib"})

    with pytest.raises(BundleCorruptError, match=r"model/model\.joblib"):
        open_bundle(bundle.path, cache=cache)


def test_a_missing_file_that_is_not_named_is_missed(compiled, cache):
    leave_out(compiled, NEEDLESS)
    (compiled.path / "card.md").unlink()

    with pytest.raises(BundleCorruptError, match=r"card\.md is missing"):
        open_bundle(compiled.path, cache=cache)


def test_naming_files_where_none_is_left_out_is_an_addition(compiled, cache):
    (compiled.path / "left-out.json").write_bytes(encode_left_out(NEEDLESS))

    with pytest.raises(BundleCorruptError, match=r"left-out\.json was added"):
        open_bundle(compiled.path, cache=cache)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"files": [1]}', b'{"files": [], "more": 1}', b"\xff"]
)
def test_a_file_that_golive_does_not_write_is_refused(compiled, cache, content):
    (compiled.path / "left-out.json").write_bytes(content)

    with pytest.raises(BundleCorruptError, match="left-out"):
        open_bundle(compiled.path, cache=cache)


def test_the_names_are_written_in_one_order():
    assert encode_left_out(NEEDLESS) == (
        b'{\n  "files": [\n    "code/steps.py",\n    "model/model.joblib"\n  ]\n}\n'
    )

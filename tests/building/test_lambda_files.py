import json
import os
import subprocess
import sys

import pytest

import golive
from golive.building.lambda_files import PACKED_SETTINGS, place_all
from golive.building.lambda_settings import ExtraData, LambdaSettings
from golive.bundle.reading import open_bundle
from golive.errors import ModelLoadError, UsageError
from golive.wiring import aws_lambda as wiring


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "package"
    folder.mkdir()
    return folder


@pytest.fixture
def nltk(tmp_path):
    """A folder of data as NLTK keeps it."""
    folder = tmp_path / "nltk_data"
    for path in ("corpora/stopwords/english", "corpora/brown/ca01", "tokenizers/punkt.zip"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    return folder


def placed(root):
    return sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())


def test_a_compiled_bundle_is_taken_without_its_original_model(compiled, root, tmp_path):
    place_all(compiled, LambdaSettings(folder=tmp_path), root)

    assert placed(root) == [
        "bundle/card.md",
        "bundle/golden.jsonl",
        "bundle/left-out.json",
        "bundle/manifest.json",
        "bundle/profile.json",
        "bundle/requirements.txt",
        "bundle/scorer/arrays.bin",
        "bundle/scorer/program.json",
        "bundle/signature.toml",
        "handler.py",
    ]
    opened = open_bundle(root / "bundle", verify_all=True)
    assert opened.manifest == compiled.manifest
    assert opened.left_out == {"model/model.cloudpickle", "proof.json"} & set(
        compiled.manifest.files
    ) | {compiled.manifest.model.file}


def test_an_original_bundle_is_taken_whole(original, root, tmp_path):
    place_all(original, LambdaSettings(folder=tmp_path), root)

    assert (root / "bundle" / original.manifest.model.file).is_file()
    assert open_bundle(root / "bundle", verify_all=True).manifest == original.manifest


def test_the_handler_is_the_entry_and_nothing_else(compiled, root, tmp_path):
    place_all(compiled, LambdaSettings(folder=tmp_path), root)

    assert (root / "handler.py").read_text() == (
        '"""What AWS Lambda calls; made by `golive build lambda`."""\n\n'
        "from golive.entry.aws_lambda import handler\n\n"
        '__all__ = ["handler"]\n'
    )


def test_only_the_named_parts_of_data_are_taken_and_their_folder_is_found(
    compiled, root, nltk, tmp_path
):
    data = ExtraData(
        source="nltk_data",
        parts=("corpora/stopwords", "tokenizers/punkt"),
        variable="NLTK_DATA",
    )
    place_all(compiled, LambdaSettings(folder=tmp_path, data=(data,)), root)

    assert [p for p in placed(root) if p.startswith("data/")] == [
        "data/nltk_data/corpora/stopwords/english",
        "data/nltk_data/tokenizers/punkt.zip",
    ]
    assert environment_in(root, "NLTK_DATA") == str(root / "data" / "nltk_data")


def test_what_the_function_is_told_to_use_counts_before_the_package(compiled, root, nltk, tmp_path):
    data = ExtraData(source="nltk_data", parts=("corpora/stopwords",), variable="NLTK_DATA")
    place_all(compiled, LambdaSettings(folder=tmp_path, data=(data,)), root)

    assert environment_in(root, "NLTK_DATA", NLTK_DATA="/mnt/nltk") == "/mnt/nltk"


def test_libraries_are_loaded_before_anything_else(compiled, root, tmp_path):
    library = tmp_path / "libnothing.so"
    library.write_text("no library")
    settings = LambdaSettings(folder=tmp_path, libraries=("libnothing.so",))
    place_all(compiled, settings, root)

    done = subprocess.run(
        [sys.executable, "-c", "import handler"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (root / "lib" / "libnothing.so").is_file()
    assert "OSError" in done.stderr
    assert "libnothing.so" in done.stderr


@pytest.mark.parametrize("part", ["corpora/nothing", "../elsewhere", "/etc/hostname"])
def test_a_part_that_is_not_below_the_folder_is_refused(compiled, root, nltk, tmp_path, part):
    data = ExtraData(source="nltk_data", parts=(part,))

    with pytest.raises(UsageError, match="There is no"):
        place_all(compiled, LambdaSettings(folder=tmp_path, data=(data,)), root)


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ({"data": (ExtraData(source="nowhere", parts=("a",)),)}, "There is no folder"),
        ({"libraries": ("nowhere.so",)}, "There is no file"),
    ],
)
def test_a_folder_or_library_that_is_not_there_is_refused(compiled, root, tmp_path, added, said):
    with pytest.raises(UsageError, match=said):
        place_all(compiled, LambdaSettings(folder=tmp_path, **added), root)


def test_a_package_of_the_same_name_is_refused(compiled, root, tmp_path):
    (root / "handler.py").write_text("")

    with pytest.raises(UsageError, match=r"handler\.py"):
        place_all(compiled, LambdaSettings(folder=tmp_path), root)


def environment_in(root, name, **variables):
    """What handler.py sets, without golive: its import of that fails, which is after it."""
    code = (
        "import os\n"
        "try:\n    import handler\nexcept ImportError:\n    pass\n"
        f"print(os.environ[{name!r}])"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=root,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_settings_stand_in_the_file_that_the_entry_reads(compiled, root, tmp_path):
    place_all(compiled, LambdaSettings(folder=tmp_path, settings={"max_records": 10}), root)

    assert PACKED_SETTINGS == wiring.PACKED_SETTINGS
    assert json.loads((root / PACKED_SETTINGS).read_text()) == {"max_records": 10}


def test_a_bundle_in_a_package_answers_and_knows_that_its_original_was_left_out(
    compiled, root, tmp_path
):
    place_all(compiled, LambdaSettings(folder=tmp_path), root)

    [answer] = golive.load(root / "bundle").predict({"a": 0.5, "b": -0.5})

    assert answer["label"] == "yes"
    with pytest.raises(ModelLoadError, match="was left out of this package"):
        golive.load(root / "bundle", original=True)

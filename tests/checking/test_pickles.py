import bz2
import gzip
import lzma
import pickle
import zipfile
import zlib
from collections import OrderedDict

import cloudpickle
import joblib
import numpy as np
import pytest
from msgspec.structs import replace
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from tests.checking import planted

from golive.bundle.manifest import ModelSpec
from golive.checking.import_rules import KNOWN_LIBRARIES, judge_imports
from golive.checking.pickle_imports import imports_of
from golive.checking.pickles import pickle_findings, pickles_in

SPEC = ModelSpec(kind="sklearn", loader="joblib", file="model/model.joblib")
KNOWN = {"sklearn", "numpy", "joblib", "builtins", "collections", "cloudpickle"}


@pytest.fixture(scope="module")
def model():
    texts = [f"text {i % 7} of {i % 3}" for i in range(40)]
    labels = np.array([f"class {i % 2}" for i in range(40)], dtype=object)
    return make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(texts, labels)


def imported(path):
    with path.open("rb") as file:
        return list(imports_of(file).names)


def findings(root, path="model/model.joblib", requirements=()):
    files = [path]
    return [
        (f.severity, f.code, f.subject) for f in pickle_findings(root, files, SPEC, requirements)
    ]


def test_imports_of_a_joblib_file_are_found_across_its_arrays(model, tmp_path):
    path = tmp_path / "model.joblib"
    joblib.dump(model, path)

    found = imported(path)

    assert found[0] == ("sklearn.pipeline", "Pipeline")
    assert found[-1][0].startswith(("sklearn", "numpy"))
    assert ("sklearn.linear_model._logistic", "LogisticRegression") in found


def test_arrays_of_every_kind_are_stepped_over(tmp_path):
    arrays = [
        np.arange(12.0).reshape(3, 4),
        np.array(["ä", "bcd"]),
        np.array([b"ab"]),
        np.array([True, False]),
        np.array([1, 2], dtype="int8"),
        np.array([1 + 2j]),
        np.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")]),
        np.array(["2024-01-01"], dtype="datetime64[ns]"),
        np.array([OrderedDict(a=1), None], dtype=object),
        np.zeros(0),
        np.float64(1.5),
    ]
    joblib.dump([*arrays, LogisticRegression()], tmp_path / "arrays.joblib")

    found = imported(tmp_path / "arrays.joblib")

    assert ("collections", "OrderedDict") in found
    assert found[-1] == ("sklearn.linear_model._logistic", "LogisticRegression")


@pytest.mark.parametrize("compress", [("zlib", 3), ("gzip", 3), ("bz2", 3), ("lzma", 3), ("xz", 3)])
def test_a_compressed_joblib_file_is_read(model, tmp_path, compress):
    (tmp_path / "model").mkdir()
    joblib.dump(model, tmp_path / "model/model.joblib", compress=compress)

    assert findings(tmp_path) == [("ok", "ok", "model/model.joblib")]


@pytest.mark.parametrize("write", [gzip.compress, bz2.compress, lzma.compress, zlib.compress])
@pytest.mark.parametrize("protocol", range(6))
def test_a_pickle_of_every_protocol_that_runs_a_command_is_an_error(
    tmp_path, capfd, protocol, write
):
    (tmp_path / "model").mkdir()
    path = tmp_path / "model/model.pkl"
    path.write_bytes(write(pickle.dumps({"a": planted.Evil()}, protocol=protocol)))

    found = findings(tmp_path, "model/model.pkl")

    assert found == [("error", "dangerous_import", "model/model.pkl")]
    assert capfd.readouterr().out == ""


def test_a_command_hidden_in_an_array_of_objects_is_found(tmp_path, capfd):
    (tmp_path / "model").mkdir()
    array = np.array([planted.Evil(), 1], dtype=object)
    joblib.dump({"weights": np.ones(3), "hidden": array}, tmp_path / "model/model.joblib")

    assert findings(tmp_path) == [("error", "dangerous_import", "model/model.joblib")]
    assert capfd.readouterr().out == ""


def test_a_pickle_in_a_zip_is_found(tmp_path):
    (tmp_path / "model").mkdir()
    with zipfile.ZipFile(tmp_path / "model/model.pt", "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(planted.Evil()))

    found = findings(tmp_path, "model/model.pt")

    assert found == [("error", "dangerous_import", "model/model.pt/archive/data.pkl")]


def test_files_that_are_no_pickles_are_none(tmp_path):
    (tmp_path / "code").mkdir()
    (tmp_path / "code/steps.py").write_text("import os\n")

    assert list(pickles_in(tmp_path / "code/steps.py", "code/steps.py")) == []
    assert findings(tmp_path, "code/steps.py") == [("ok", "ok", "")]


def test_an_unknown_library_is_a_warning_unless_it_is_required():
    imports = [("sklearn.svm", "SVC"), ("some_library.models", "Model")]

    assert [f.code for f in judge_imports("m", imports, KNOWN)] == ["unknown_import"]
    assert list(judge_imports("m", imports, KNOWN | {"some_library"})) == []


@pytest.mark.parametrize(
    "imported",
    [
        ("os", "system"),
        ("posix", "system"),
        ("subprocess", "Popen"),
        ("builtins", "eval"),
        ("builtins", "exec"),
        ("builtins", "__import__"),
        ("sklearn.utils", "os.system"),
        ("runpy", "run_path"),
        ("socket", "socket"),
        ("joblib", "load"),
        ("torch", "load"),
        ("torch.serialization", "load"),
        ("pandas.io.pickle", "read_pickle"),
        ("pandas", "eval"),
        ("numpy", "testing.os.kill"),
        ("numpy", "os"),
        ("pathlib", "Path.unlink"),
        ("io", "open"),
        ("_thread", "start_new_thread"),
    ],
)
def test_what_no_model_needs_is_an_error(imported):
    known = KNOWN | {"torch"}

    assert [f.code for f in judge_imports("m", [imported], known)] == ["dangerous_import"]


def test_the_own_code_of_a_bundle_may_have_any_name():
    imports = [("code", "Steps")]

    assert list(judge_imports("m", imports, {"code"}, {"code"})) == []


def test_functions_that_cloudpickle_carries_are_no_danger(tmp_path):
    (tmp_path / "model").mkdir()
    cloudpickle.register_pickle_by_value(planted)
    try:
        content = cloudpickle.dumps(planted.Exiting())
    finally:
        cloudpickle.unregister_pickle_by_value(planted)
    (tmp_path / "model/model.pkl").write_bytes(content)

    assert findings(tmp_path, "model/model.pkl") == [("note", "holds_code", "model/model.pkl")]


def test_bytes_that_are_no_pickle_are_unreadable(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model/model.joblib").write_bytes(b"not a pickle")

    assert findings(tmp_path) == [("warning", "unreadable_pickle", "model/model.joblib")]


def test_a_command_before_garbage_is_found(tmp_path):
    (tmp_path / "model").mkdir()
    content = pickle.dumps(planted.Evil())[:-1] + b"\xff\xff"
    (tmp_path / "model/model.pkl").write_bytes(content)

    assert [code for _, code, _ in findings(tmp_path, "model/model.pkl")] == [
        "dangerous_import",
        "unreadable_pickle",
    ]


def test_a_pickle_without_the_marks_of_one_is_read_if_the_model_is_loaded_from_it(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model/model.bin").write_bytes(b"cposix\nsystem\n(S'true'\ntR.")
    spec = replace(SPEC, loader="pickle", file="model/model.bin")

    found = list(pickle_findings(tmp_path, ["model/model.bin"], spec, ()))

    assert [f.code for f in found] == ["dangerous_import"]


def test_a_command_in_the_second_pickle_of_a_file_is_found(tmp_path):
    (tmp_path / "model").mkdir()
    content = pickle.dumps(119547037146038801333356) + pickle.dumps(planted.Evil())
    (tmp_path / "model/model.pt").write_bytes(content)

    assert findings(tmp_path, "model/model.pt") == [("error", "dangerous_import", "model/model.pt")]


def test_a_command_that_is_fetched_attribute_by_attribute_is_found(tmp_path):
    (tmp_path / "model").mkdir()
    content = b"cbuiltins\ngetattr\n(cpandas\nio\nS'common'\ntRp0\n0cbuiltins\ngetattr\n"
    content += b"(cbuiltins\ngetattr\n(g0\nS'os'\ntRS'system'\ntR(S'true'\ntR."
    (tmp_path / "model/model.pkl").write_bytes(content)

    assert findings(tmp_path, "model/model.pkl") == [
        ("error", "dangerous_import", "model/model.pkl")
    ]


def test_an_extension_code_is_unknown(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model/model.pkl").write_bytes(b"\x80\x02\x82\x01.")

    assert findings(tmp_path, "model/model.pkl") == [
        ("warning", "unknown_import", "model/model.pkl")
    ]


def test_the_types_within_a_torchscript_archive_are_known():
    imports = [("__torch__.torch.nn.modules.linear", "Linear")]

    assert list(judge_imports("m", imports, KNOWN_LIBRARIES)) == []

import gzip
import pickle
import sys
import types
import warnings

import joblib
import pytest
import skops.io
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import InconsistentVersionWarning
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from golive.bundle.manifest import ModelSpec
from golive.errors import ModelLoadError
from golive.runtimes.codespace import CodeSpace
from golive.runtimes.unpickling import unpickle, untrusted_types


def spec(loader, **facts):
    return ModelSpec(kind="sklearn", loader=loader, file="model/m", **facts)


def write(path, content):
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", ["m.joblib", "m.joblib.gz", "m.pkl.gz"])
def test_joblib_reads_what_it_compressed(tmp_path, name):
    joblib.dump(StandardScaler(), tmp_path / name)

    assert isinstance(unpickle(tmp_path / name, spec("joblib"), None), StandardScaler)


@pytest.mark.parametrize("name", ["m.pkl", "m.pkl.gz"])
def test_a_file_of_joblib_may_be_called_a_pickle(tmp_path, name):
    fitted = StandardScaler().fit([[1.0], [3.0]])
    joblib.dump(fitted, tmp_path / name)

    assert unpickle(tmp_path / name, spec("pickle"), None).mean_ == [2.0]


@pytest.mark.parametrize("compress", [bytes, gzip.compress])
def test_pickles_are_read_plain_and_compressed(tmp_path, compress):
    path = write(tmp_path / "m.pkl", compress(pickle.dumps(StandardScaler())))

    assert isinstance(unpickle(path, spec("pickle"), None), StandardScaler)


def test_skops_reads_what_is_trusted(tmp_path):
    path = tmp_path / "m.skops"
    skops.io.dump(make_pipeline(FunctionTransformer(sys.getsizeof), DummyClassifier()), path)
    trusted = untrusted_types(path)

    assert trusted == ("sys.getsizeof",)
    assert unpickle(path, spec("skops", trusted_types=trusted), None) is not None
    with pytest.raises(ModelLoadError, match=r"not trusted: sys\.getsizeof"):
        unpickle(path, spec("skops"), None)


def pickle_of_class(module, name):
    """A pickle of an object whose class was in a module that is gone."""
    return f"c{module}\n{name}\n)\x81.".encode("latin-1")


def test_a_class_of_main_is_named_with_the_mend(tmp_path):
    path = write(tmp_path / "m.pkl", pickle_of_class("__main__", "InverseLabelEncoder"))

    with pytest.raises(ModelLoadError, match=r"needs __main__\.InverseLabelEncoder") as caught:
        unpickle(path, spec("pickle"), None)

    assert "golive.pack(model, ...)" in caught.value.hint
    assert "--code SCRIPT.py" in caught.value.hint


@pytest.mark.parametrize("loader", ["pickle", "joblib"])
def test_a_missing_module_is_named_with_the_mend(tmp_path, loader):
    path = write(tmp_path / "m.pkl", pickle_of_class("absent_steps.inner", "Step"))

    with pytest.raises(ModelLoadError, match="needs the module 'absent_steps'") as caught:
        unpickle(path, spec(loader), None)

    assert "--code absent_steps.py" in caught.value.hint


def test_a_class_that_a_module_lost_is_named(tmp_path):
    path = write(tmp_path / "m.pkl", pickle_of_class("sklearn.dummy", "Gone"))

    with pytest.raises(ModelLoadError, match=r"needs sklearn\.dummy\.Gone") as caught:
        unpickle(path, spec("pickle"), None)

    assert "version of sklearn.dummy" in caught.value.hint


@pytest.mark.parametrize("loader", ["pickle", "joblib", "skops"])
def test_what_is_no_such_file_is_refused(tmp_path, loader):
    path = write(tmp_path / "m.pkl", b"not a pickle")

    with pytest.raises(ModelLoadError, match=r"m\.pkl cannot be loaded"):
        unpickle(path, spec(loader), None)


@pytest.fixture
def code(tmp_path):
    (tmp_path / "code").mkdir()
    (tmp_path / "code/train.py").write_text("class Step:\n    size = 3\n")
    return CodeSpace(tmp_path / "code")


def test_classes_come_from_the_bundles_own_module(tmp_path, code):
    path = write(tmp_path / "m.pkl", pickle_of_class("train", "Step"))

    assert unpickle(path, spec("pickle"), code).size == 3
    assert "train" not in sys.modules


def test_a_module_stands_in_for_main_while_unpickling(tmp_path, code):
    main = sys.modules["__main__"]
    path = write(tmp_path / "m.pkl", pickle_of_class("__main__", "Step"))

    assert unpickle(path, spec("pickle", main_module="train"), code).size == 3
    assert sys.modules["__main__"] is main


@pytest.mark.parametrize("text", ["raise SystemExit(2)", "open('no_such_file.csv')"])
def test_a_script_that_cannot_stand_in_for_main_is_named(tmp_path, text):
    (tmp_path / "code").mkdir()
    (tmp_path / "code/train.py").write_text(text)
    path = write(tmp_path / "m.pkl", pickle_of_class("__main__", "Step"))

    with pytest.raises(ModelLoadError, match=r"train\.py, which stands in for __main__") as caught:
        unpickle(path, spec("pickle", main_module="train"), CodeSpace(tmp_path / "code"))

    assert 'if __name__ == "__main__":' in caught.value.hint


def test_no_types_are_read_from_what_is_no_file_of_skops(tmp_path):
    with pytest.raises(ModelLoadError, match=r"m\.skops cannot be loaded"):
        untrusted_types(write(tmp_path / "m.skops", b"nothing"))


def test_a_module_of_the_process_gives_way_and_comes_back(tmp_path, code, monkeypatch):
    other = types.ModuleType("train")
    monkeypatch.setitem(sys.modules, "train", other)
    path = write(tmp_path / "m.pkl", pickle_of_class("train", "Step"))

    assert unpickle(path, spec("pickle"), code).size == 3
    assert sys.modules["train"] is other


def test_a_class_missing_from_the_bundles_own_module_has_its_public_name(tmp_path, code):
    path = write(tmp_path / "m.pkl", pickle_of_class("train", "Gone"))

    with pytest.raises(ModelLoadError, match=r"needs train\.Gone"):
        unpickle(path, spec("pickle"), code)


def test_the_warning_about_another_version_is_passed_on(tmp_path):
    content = pickle.dumps(StandardScaler()).replace(b"1.", b"0.")
    path = write(tmp_path / "m.pkl", content)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        unpickle(path, spec("pickle"), None)

    assert [warning.category for warning in caught] == [InconsistentVersionWarning]

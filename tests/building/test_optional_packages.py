from types import SimpleNamespace

import pytest

from golive.building.optional_packages import without_optional

LOCKED = ("numpy==2.4.6", "pandas==3.1.1", "pyarrow==26.0.1")


@pytest.fixture
def bundle(tmp_path):
    column = SimpleNamespace(dtype="float64")
    return SimpleNamespace(path=tmp_path, signature=SimpleNamespace(columns=(column,)))


def test_what_only_speeds_another_up_is_left_out(bundle):
    assert without_optional(LOCKED, bundle) == (("numpy==2.4.6", "pandas==3.1.1"), ("pyarrow",))


def test_it_stays_where_one_says_so(bundle):
    assert without_optional(LOCKED, bundle, keep=("pyarrow",)) == (LOCKED, ())


def test_it_stays_where_the_other_is_not_there(bundle):
    assert without_optional(("pyarrow==26.0.1",), bundle) == (("pyarrow==26.0.1",), ())


def test_it_stays_where_a_column_has_its_type(bundle):
    bundle.signature.columns[0].dtype = "string[pyarrow]"

    assert without_optional(LOCKED, bundle) == (LOCKED, ())


def test_it_stays_where_the_models_own_code_names_it(bundle, tmp_path):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "steps.py").write_text("import pyarrow\n")

    assert without_optional(LOCKED, bundle) == (LOCKED, ())

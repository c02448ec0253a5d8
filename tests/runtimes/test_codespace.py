import sys

import pytest

from golive.runtimes.codespace import CodeSpace, public_name


@pytest.fixture
def make_space(tmp_path):
    def make(name, **files):
        for path, text in files.items():
            target = tmp_path / name / (path.replace("__", "/") + ".py")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        return CodeSpace(tmp_path / name)

    return make


def test_modules_of_the_same_name_in_two_bundles_do_not_collide(make_space):
    one = make_space("one", match="import features\nvalue = features.VALUE", features="VALUE = 1")
    two = make_space("two", match="import features\nvalue = features.VALUE", features="VALUE = 2")

    assert one.module("match").value == 1
    assert two.module("match").value == 2
    assert "features" not in sys.modules


def test_an_import_inside_a_function_finds_the_bundles_own_module(make_space):
    lazy = "def value():\n    from features import VALUE\n    return VALUE"
    one = make_space("one", match=lazy, features="VALUE = 1")
    two = make_space("two", match=lazy, features="VALUE = 2")

    assert two.module("match").value() == 2
    assert one.module("match").value() == 1


def test_packages_submodules_and_relative_imports_work(make_space):
    space = make_space(
        "bundle",
        match="import pack.inner as inner\nimport pack.other\nfrom pack import inner as again",
        pack__inner="from .other import VALUE",
        pack__other="VALUE = 5",
    )

    module = space.module("match")

    assert module.inner.VALUE == 5
    assert module.pack.other.VALUE == 5
    assert module.again is module.inner


def test_no_bytecode_is_written_beside_the_code(make_space, tmp_path):
    make_space("bundle", match="import features", features="").module("match")

    assert list(tmp_path.rglob("__pycache__")) == []


def test_borrowed_names_are_given_back(make_space):
    space = make_space("bundle", features="VALUE = 1", train="NAME = __name__")
    before = sys.modules["__main__"]

    with space.borrowed_names(main_module="train"):
        import features

        assert features is space.module("features")
        assert sys.modules["__main__"] is space.module("train")

    assert "features" not in sys.modules
    assert sys.modules["__main__"] is before
    assert features.__spec__.name == features.__name__


def test_borrowed_names_are_given_back_after_an_error(make_space):
    space = make_space("bundle", features="raise OSError('no disk')")
    hooks = list(sys.meta_path)

    with pytest.raises(OSError, match="no disk"), space.borrowed_names():
        import features  # noqa: F401

    assert "features" not in sys.modules
    assert sys.meta_path == hooks


def test_annotations_that_are_strings_are_resolved_in_the_private_module(make_space):
    from typing import get_type_hints

    text = (
        "from __future__ import annotations\nfrom dataclasses import dataclass\n"
        "@dataclass\nclass Inner:\n    a: int\n"
        "@dataclass\nclass Request:\n    inner: list[Inner]\n"
    )
    module = make_space("bundle", match=text).module("match")

    assert get_type_hints(module.Request) == {"inner": list[module.Inner]}


def test_private_names_are_shown_as_in_the_source():
    assert public_name("No module named '_golive_code_12.features.x'") == (
        "No module named 'features.x'"
    )

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.files import (
    is_safe_relative,
    private_directory,
    reserve,
    sha256_of,
    temporary_sibling,
    write_atomically,
    write_durably,
)


def test_the_hash_is_that_of_the_content(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")

    assert sha256_of(tmp_path / "a") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


@pytest.mark.parametrize("path", ["a", "a/b.c", ".hidden", "größe/x y", "a..b", "..a"])
def test_a_plain_path_is_safe(path):
    assert is_safe_relative(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "..",
        "../a",
        "a/../b",
        "a/..",
        "/a",
        "//a",
        "a//b",
        "./a",
        "a/",
        "a\\b",
        "C:a",
        "a\nb",
    ],
)
def test_any_other_path_is_not(path):
    assert not is_safe_relative(path)


@given(st.text(alphabet="./\\a:\0", max_size=12))
def test_a_safe_path_never_leads_outside(path):
    if is_safe_relative(path):
        assert os.path.normpath(f"/srv/{path}") == f"/srv/{path}"


def test_a_file_is_replaced_whole_and_private(tmp_path):
    (tmp_path / "a").write_bytes(b"old")

    write_atomically(tmp_path / "a", b"new")

    assert (tmp_path / "a").read_bytes() == b"new"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [tmp_path / "a"]


def test_a_file_that_cannot_be_replaced_leaves_nothing_behind(tmp_path):
    (tmp_path / "a").mkdir()

    with pytest.raises(OSError, match="directory"):
        write_atomically(tmp_path / "a", b"new")

    assert list(tmp_path.iterdir()) == [tmp_path / "a"]


def test_a_new_file_is_copied_with_its_directory(tmp_path):
    (tmp_path / "source").write_bytes(b"x" * 3_000_000)

    write_durably(tmp_path / "deep/er/copy", tmp_path / "source")

    assert (tmp_path / "deep/er/copy").read_bytes() == b"x" * 3_000_000


def test_a_new_file_overwrites_none(tmp_path):
    write_durably(tmp_path / "a", b"first")

    with pytest.raises(FileExistsError):
        write_durably(tmp_path / "a", b"second")


def test_a_temporary_sibling_is_gone_afterwards(tmp_path):
    with temporary_sibling(tmp_path / "a") as directory:
        (directory / "x").write_bytes(b"")
        assert directory.parent == tmp_path

    assert list(tmp_path.iterdir()) == []


def test_a_private_directory_is_for_its_owner_only(tmp_path):
    assert private_directory(tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_a_directory_that_others_can_write_to_is_not_private(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a").chmod(0o777)

    with pytest.raises(PermissionError):
        private_directory(tmp_path / "a")


def test_room_for_a_file_is_set_aside_and_what_is_in_it_stays(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    with (tmp_path / "a").open("r+b") as file:
        reserve(file.fileno(), 5_000)
        reserve(file.fileno(), 10)
        assert os.fstat(file.fileno()).st_blocks * 512 >= 5_000

    assert (tmp_path / "a").read_bytes() == b"abc" + bytes(4_997)

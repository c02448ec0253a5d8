import os
import stat
import zipfile

import pytest

from golive.building.deterministic_zip import unpack_zip, write_zip


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "tree"
    (root / "b").mkdir(parents=True)
    (root / "b" / "c.py").write_text("C = 1\n" * 50)
    (root / "a.so").write_bytes(bytes(100))
    (root / "run").write_text("#!/bin/sh\n")
    (root / "run").chmod(0o755)
    (root / "a.so").chmod(0o755)
    return root


def test_the_same_files_give_the_same_bytes_whatever_their_times_and_modes(tree, tmp_path):
    write_zip(tree, tmp_path / "one.zip")
    os.utime(tree / "a.so", (1, 1))
    (tree / "b" / "c.py").chmod(0o600)
    write_zip(tree, tmp_path / "two.zip")

    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_entries_are_sorted_dated_and_readable(tree, tmp_path):
    write_zip(tree, tmp_path / "one.zip")

    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == ["a.so", "b/c.py", "run"]
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert [stat.filemode(entry.external_attr >> 16) for entry in entries] == [
        "-rw-r--r--",
        "-rw-r--r--",
        "-rwxr-xr-x",
    ]


def test_what_is_unpacked_is_what_was_written(tree, tmp_path):
    write_zip(tree, tmp_path / "one.zip")

    unpack_zip(tmp_path / "one.zip", tmp_path / "again")

    assert (tmp_path / "again" / "b" / "c.py").read_text() == "C = 1\n" * 50
    assert os.access(tmp_path / "again" / "run", os.X_OK)

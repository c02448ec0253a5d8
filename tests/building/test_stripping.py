import shutil
import struct
import subprocess
import sysconfig
from pathlib import Path

import pytest

from golive.building.platforms import Platform
from golive.building.stripping import is_loadable, strip_all

HERE = next(
    (
        platform
        for architecture in ("x86_64", "arm64")
        if (
            platform := Platform(python=(3, 13), architecture=architecture, glibc=34)
        ).is_of_this_machine
    ),
    None,
)
needs_strip = pytest.mark.skipif(
    shutil.which("strip") is None or HERE is None, reason="strip is not installed"
)


def elf(*, offset=0, address=0, align=0x1000, size=120):
    """A file of 64 bits with one segment that is to be mapped."""
    head = b"\x7fELF\x02\x01" + bytes(10)
    head += struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    return head + struct.pack("<IIQQQQQQ", 1, 5, offset, address, address, size, size, align)


def test_a_file_whose_segments_are_aligned_and_inside_it_is_loadable():
    assert is_loadable(elf())
    assert is_loadable(elf(address=0x3000))


def test_a_file_whose_segment_is_not_aligned_is_not():
    assert not is_loadable(elf(address=0x3010))


def test_a_file_whose_segment_ends_behind_it_is_not():
    assert not is_loadable(elf(size=5000))


@pytest.mark.parametrize("data", [b"", b"\x7fELF\x02\x01", b"no library"])
def test_what_is_no_whole_file_is_not(data):
    assert not is_loadable(data)


class Strip:
    """Writes given bytes as the stripped file, and perhaps a warning."""

    def __init__(self, written, said="", returncode=0):
        self._written = written
        self._said = said
        self._returncode = returncode
        self.files = []

    def __call__(self, command):
        *_, output, source = command
        self.files.append(Path(source).name)
        Path(output).write_bytes(self._written)
        return subprocess.CompletedProcess(command, self._returncode, stdout=self._said)


@pytest.fixture
def site(tmp_path):
    (tmp_path / "a.libs").mkdir()
    for path in ("a.libs/libb.so.1", "a.so"):
        (tmp_path / path).write_bytes(elf() + bytes(1000))
    (tmp_path / "a.so.txt").write_text("no library")
    return tmp_path


@needs_strip
def test_a_library_becomes_smaller_and_those_in_libs_are_not_touched(site):
    run = Strip(elf())

    saved = strip_all(site, HERE, run=run)

    assert run.files == ["a.so"]
    assert saved == 1000
    assert (site / "a.so").read_bytes() == elf()


@needs_strip
@pytest.mark.parametrize(
    "run",
    [
        Strip(elf(address=0x3010)),
        Strip(elf(), said="warning: allocated section `.dynsym' not in segment"),
        Strip(elf(), returncode=1),
        Strip(elf() + bytes(2000)),
    ],
    ids=["not aligned", "warned", "failed", "grew"],
)
def test_a_library_that_strip_may_have_broken_stays_as_it_was(site, run):
    saved = strip_all(site, HERE, run=run)

    assert saved == 0
    assert (site / "a.so").read_bytes() == elf() + bytes(1000)
    assert sorted(p.name for p in site.iterdir()) == ["a.libs", "a.so", "a.so.txt"]


def test_nothing_is_done_where_there_is_no_strip_for_the_machine(site, monkeypatch):
    monkeypatch.setenv("PATH", str(site))

    assert strip_all(site, Platform(python=(3, 13), architecture="arm64", glibc=34)) == 0


@needs_strip
def test_a_real_extension_module_is_loadable_after_it():
    folder = Path(sysconfig.get_path("platlib"))
    extension = next(folder.glob("msgspec/_core*.so"))

    assert is_loadable(extension.read_bytes())

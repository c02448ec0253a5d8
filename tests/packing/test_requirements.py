from __future__ import annotations

import sys
from importlib.metadata import version

from golive.packing.requirements import imported_requirements


def test_what_was_imported_since_is_pinned_once_and_sorted(tmp_path):
    import joblib  # noqa: F401 - imported to be found
    import yaml  # noqa: F401

    before = set(sys.modules) - {
        n for n in sys.modules if n.partition(".")[0] in ("joblib", "yaml")
    }

    assert imported_requirements(before, code=tmp_path / "code") == (
        f"joblib=={version('joblib')}",
        f"PyYAML=={version('pyyaml')}",
    )


def test_nothing_imported_is_no_requirement(tmp_path):
    assert imported_requirements(sys.modules, code=tmp_path / "code") == ()


def test_what_the_bundles_own_code_imports_counts_even_if_it_was_there_before(tmp_path):
    (tmp_path / "m.py").write_text("import msgspec\nfrom . import helper\n")

    assert imported_requirements(sys.modules, code=tmp_path) == (f"msgspec=={version('msgspec')}",)


def test_a_local_builds_suffix_is_left_out(tmp_path, monkeypatch):
    (tmp_path / "localbuild.py").write_text("")
    info = tmp_path / "localbuild-2.13.0+cpu.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: localbuild\nVersion: 2.13.0+cpu\n")
    (info / "RECORD").write_text("localbuild.py,,\n")
    monkeypatch.syspath_prepend(tmp_path)
    import localbuild  # noqa: F401 - imported to be found

    before = set(sys.modules) - {"localbuild"}

    assert imported_requirements(before, code=tmp_path / "code") == ("localbuild==2.13.0",)

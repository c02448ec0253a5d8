"""The same files give the same id; a changed byte is refused with the file's name."""

from __future__ import annotations

import subprocess
import sys

import joblib
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from tests.end_to_end.live_server import child_environment

import golive
from golive.errors import BundleCorruptError


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("identity")
    frame = pd.DataFrame({"a": range(40), "b": [i % 7 for i in range(40)]})
    frame["y"] = (frame["a"] > 20).map({True: "yes", False: "no"})
    model = LogisticRegression().fit(frame[["a", "b"]], frame["y"])
    joblib.dump(model, folder / "model.joblib")
    frame.to_csv(folder / "train.csv", index=False)
    golive.pack(
        folder / "model.joblib",
        folder / "train.csv",
        target="y",
        name="m",
        output=folder / "first.bundle",
    )
    return folder


def test_two_runs_over_the_same_files_give_the_same_id(packed):
    command = "pack model.joblib --data train.csv --target y --name m -o second.bundle"
    subprocess.run(
        [sys.executable, "-m", "golive", *command.split()],
        cwd=packed,
        env={**child_environment(), "PYTHONHASHSEED": "7"},
        check=True,
    )

    first, second = (golive.load(packed / f"{n}.bundle").bundle for n in ("first", "second"))

    assert first.manifest.id == second.manifest.id


def files_of(folder):
    return sorted(
        str(p.relative_to(folder / "first.bundle"))
        for p in (folder / "first.bundle").rglob("*")
        if p.is_file()
    )


def test_a_byte_changed_in_any_file_is_refused_with_its_name(packed):
    for name in files_of(packed):
        path = packed / "first.bundle" / name
        original = path.read_bytes()
        for position in {0, len(original) // 2, len(original) - 1}:
            changed = bytearray(original)
            changed[position] ^= 1
            path.write_bytes(changed)
            with pytest.raises(BundleCorruptError, match=name.replace(".", r"\.")) as caught:
                golive.load(packed / "first.bundle")
            assert caught.value.file == name
        path.write_bytes(original)
    assert golive.load(packed / "first.bundle").predict({"a": 1, "b": 2})[0]["label"] == "no"

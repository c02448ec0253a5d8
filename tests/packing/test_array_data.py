"""Arrays as a sample."""

import numpy as np
import pandas as pd
import pytest

from golive.errors import UsageError
from golive.packing.data import as_frame, read_table

IMAGES = np.arange(24, dtype="uint8").reshape(2, 3, 4)


def test_an_array_of_more_axes_is_one_column():
    frame = as_frame(IMAGES)

    assert list(frame.columns) == ["input"]
    np.testing.assert_array_equal(frame["input"][1], IMAGES[1])


def test_a_matrix_has_a_column_for_each_of_its_own():
    assert list(as_frame(np.eye(3)).columns) == ["x0", "x1", "x2"]


def test_an_array_of_one_axis_is_no_sample():
    with pytest.raises(UsageError, match=r"shape \(3,\) is no sample"):
        as_frame(np.zeros(3))


def test_named_arrays_are_columns():
    frame = as_frame({"image": IMAGES, "y": np.array(["a", "b"]), "size": [1, 2]})

    assert list(frame.columns) == ["image", "y", "size"]
    assert frame["y"].tolist() == ["a", "b"]
    assert frame["image"][0].shape == (3, 4)


@pytest.mark.parametrize("arrays", [{"a": [1, 2], "b": [1]}, {"a": []}, {"a": 3}])
def test_named_arrays_have_equally_many_records(arrays):
    with pytest.raises(UsageError, match="equally many records"):
        as_frame(arrays)


def test_array_files_are_read(tmp_path):
    np.save(tmp_path / "x.npy", IMAGES)
    np.savez(tmp_path / "named.npz", image=IMAGES, y=[0, 1])
    np.savez(tmp_path / "unnamed.npz", IMAGES)

    assert list(read_table(tmp_path / "x.npy").columns) == ["input"]
    assert list(read_table(tmp_path / "named.npz").columns) == ["image", "y"]
    assert list(read_table(tmp_path / "unnamed.npz").columns) == ["input"]


@pytest.mark.parametrize("name", ["x.npy", "x.npz"])
def test_nothing_of_an_array_file_is_unpickled(tmp_path, name):
    objects = np.array([{"a": 1}, None], dtype=object)
    (np.save if name.endswith("npy") else np.savez)(tmp_path / name, objects)

    with pytest.raises(UsageError, match="allow_pickle=False"):
        read_table(tmp_path / name)


def test_what_is_no_array_file_is_refused(tmp_path):
    (tmp_path / "x.npz").write_bytes(b"PK\x03\x04 nothing")

    with pytest.raises(UsageError, match="cannot be read"):
        read_table(tmp_path / "x.npz")


def test_nested_lists_of_a_file_are_arrays(tmp_path):
    cells = [[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]
    pd.DataFrame({"grid": cells, "flat": [[1, 2], [3, 4]]}).to_parquet(tmp_path / "x.parquet")

    frame = read_table(tmp_path / "x.parquet")

    assert frame["grid"][0].shape == (2, 2)
    assert list(frame["flat"][1]) == [3, 4]


def test_nested_lists_of_unequal_lengths_stay():
    frame = as_frame(pd.DataFrame({"grid": [[[1.0], [2.0, 3.0]]]}))

    assert frame["grid"][0] == [[1.0], [2.0, 3.0]]

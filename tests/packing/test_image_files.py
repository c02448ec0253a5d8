"""Image files of a sample."""

import pandas as pd
import pytest
from PIL import Image
from tests.images import png

from golive.errors import UsageError
from golive.packing.data import as_frame, read_table
from golive.packing.held_out_data import refuse_training_rows
from golive.packing.image_files import ImageFile, read_folder

DOT = png(Image.new("L", (1, 1), 7))


@pytest.fixture
def photos(tmp_path):
    for name in ["cat/b.png", "cat/a.PNG", "dog/deep/c.png", "dog/notes.txt"]:
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "photos" / name).write_bytes(DOT)
    return tmp_path / "photos"


def test_the_sub_folders_are_the_classes(photos):
    frame = read_folder(photos, "label")

    assert frame["label"].tolist() == ["cat", "cat", "dog"]
    assert frame["image"].tolist() == [DOT] * 3
    assert isinstance(frame["image"][0], ImageFile)


def test_without_a_target_there_are_only_images(photos):
    assert list(read_folder(photos, None).columns) == ["image"]


def test_an_image_without_a_class_is_named(photos):
    (photos / "z.png").write_bytes(DOT)

    with pytest.raises(UsageError, match=r"z\.png lies in no sub-folder"):
        read_folder(photos, "label")


def test_a_folder_is_not_its_own_held_out_sample(photos):
    with pytest.raises(UsageError, match="is the training sample"):
        refuse_training_rows(photos, str(photos))


def test_a_folder_without_images_is_refused(tmp_path):
    with pytest.raises(UsageError, match="has no images"):
        read_folder(tmp_path, None)


def test_the_structs_of_image_sets_are_image_files(tmp_path):
    cells = [{"bytes": DOT, "path": "a.png"}, None, {"bytes": DOT, "path": None}]
    pd.DataFrame({"image": cells}).to_parquet(tmp_path / "x.parquet")

    frame = read_table(tmp_path / "x.parquet")

    assert frame["image"].tolist() == [DOT, None, DOT]
    assert isinstance(frame["image"][0], ImageFile)


def test_a_struct_without_bytes_is_refused():
    with pytest.raises(UsageError, match=r"holds an image's path \(a\.png\) without its bytes"):
        as_frame(pd.DataFrame({"image": [{"bytes": None, "path": "a.png"}]}))

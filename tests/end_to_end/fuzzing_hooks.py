"""What JSON Schema cannot say of a request, for Schemathesis; loaded by `SCHEMATHESIS_HOOKS`."""

from __future__ import annotations

import schemathesis

_PHOTO = (
    "iVBORw0KGgoAAAANSUhEUgAAAAYAAAAECAAAAACIbxGfAAAAC0lEQVR4nGNgwA0AABwAAVTiHp4AAAAASUVORK5CYII="
)
_TABLE = "age,photo\n"  # of either model: a header with one of its columns, and no record


@schemathesis.hook
def before_call(context, case, kwargs):
    """Make what is right by the schema right altogether.

    A schema can neither make two lists equally long (records and their ids, a tensor's data and
    its shape), nor say which bytes are an image: a text of the column `photo` becomes one.
    Nor can it say what a table is.
    """
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if case.media_type == "text/csv":
        case.body = _TABLE
        return
    case.body = with_photos(case.body)
    case.query = with_photos(case.query)
    body = case.body
    if not isinstance(body, dict):
        return
    if "/infer" in case.path:
        case.body = {**body, "inputs": fitted(body["inputs"])}
    if isinstance(body.get("dataframe_split"), dict):
        case.body = {**body, "dataframe_split": with_photo_column(body["dataframe_split"])}
    if isinstance(body.get("ids"), list) and isinstance(body.get("records"), list):
        spare = range(len(body["ids"]), len(body["records"]))
        case.body = {**body, "ids": [*body["ids"], *spare][: len(body["records"])]}


def with_photos(value):
    """The value with an image for every text that stands for one."""
    if isinstance(value, list):
        return [with_photos(item) for item in value]
    if isinstance(value, dict):
        return {
            key: _PHOTO if key == "photo" and isinstance(item, str) else with_photos(item)
            for key, item in value.items()
        }
    return value


def fitted(tensors):
    """The tensors with the shape that their data has, all of the same number of records."""
    size = min(len(tensor["data"]) for tensor in tensors)
    return [{**tensor, **fitted_data(tensor, tensor["data"][:size])} for tensor in tensors]


def fitted_data(tensor, data):
    if tensor["name"] == "photo":
        return {"shape": [len(data)], "data": [_PHOTO if v is not None else v for v in data]}
    shape, level = [len(data)], data
    while level and all(isinstance(item, list) for item in level):
        shape.append(len(level[0]))
        level = [inner for item in level for inner in item]
    return {"shape": shape, "data": data}


def with_photo_column(split):
    """The table with an image for every text in the column of images."""
    if "photo" not in split["columns"]:
        return split
    at = split["columns"].index("photo")
    rows = [
        [*row[:at], _PHOTO, *row[at + 1 :]] if len(row) > at and isinstance(row[at], str) else row
        for row in (row if isinstance(row, list) else [] for row in split["data"])
    ]
    return {**split, "data": rows}

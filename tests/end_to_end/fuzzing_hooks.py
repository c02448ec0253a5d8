"""What JSON Schema cannot say of a request, for Schemathesis; loaded by `SCHEMATHESIS_HOOKS`."""

from __future__ import annotations

import schemathesis

_PHOTO = (
    "iVBORw0KGgoAAAANSUhEUgAAAAYAAAAECAAAAACIbxGfAAAAC0lEQVR4nGNgwA0AABwAAVTiHp4AAAAASUVORK5CYII="
)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Make what is right by the schema right altogether.

    A schema can neither make two lists equally long, the records and their ids, nor say which
    bytes are an image: a text of the column `photo` becomes one.
    """
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    case.body = with_photos(case.body)
    case.query = with_photos(case.query)
    body = case.body
    if not isinstance(body, dict) or not isinstance(body.get("ids"), list):
        return
    if isinstance(body.get("records"), list):
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

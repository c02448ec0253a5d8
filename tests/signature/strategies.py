"""Hypothesis strategies for signatures."""

import base64

from hypothesis import strategies as st
from PIL import Image
from tests.images import png

from golive.signature.model import Column, Output, Signature, integer_bounds
from golive.signature.policies import NULLING, POLICIES

INT64 = st.integers(-(2**63), 2**63 - 1)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
MOMENTS = st.datetimes().map(lambda moment: moment.isoformat())
SCALARS = st.one_of(TEXTS, INT64, FLOATS, st.booleans())
DTYPES = {
    "integer": ["int64", "Int64"],
    "number": ["float64"],
    "boolean": ["bool", "object"],
    "string": ["object", "str"],
    "text": ["object"],
    "category": ["object", "category"],
    "datetime": ["datetime64[us]", "datetime64[us, UTC]"],
    "vector": ["object", "float32", "int64", "uint8"],
    "bytes": ["object"],
    "image": ["object", "float32"],
}
BOUNDS = {"integer": INT64, "number": FLOATS, "datetime": MOMENTS}
CATEGORIES = st.one_of(
    st.lists(st.sampled_from(["a", "b", "1", "1.0", "", "true", "é"]), min_size=1),
    st.lists(st.sampled_from([0, 1, 2, -3]), min_size=1),
    st.lists(st.sampled_from([0.5, 1.0, 2.0]), min_size=1),
    st.lists(st.booleans(), min_size=1),
    st.lists(st.sampled_from(["1", 1, 2.5, True, "true"]), min_size=1),
)


# Images of one pixel and more, one of each mode that a PNG has, and a GIF.
IMAGES = tuple(
    base64.b64encode(data).decode()
    for data in (
        png(Image.new("L", (1, 1), 7)),
        png(Image.new("RGB", (3, 2), (1, 2, 3))),
        png(Image.new("RGBA", (2, 2), (200, 100, 0, 128))),
        png(Image.new("P", (2, 1), 1)),
        png(Image.new("I;16", (2, 2), 40_000)),
        png(Image.new("L", (2, 3), 9), "GIF"),
    )
)


def vectors(shape, elements):
    """Nested lists of the shape."""
    strategy = elements
    for size in reversed(shape):
        strategy = st.lists(strategy, min_size=size, max_size=size)
    return strategy


def elements_of(dtype):
    """Numbers that a vector of the dtype holds."""
    bounds = integer_bounds(dtype)
    return FLOATS if bounds is None else st.integers(*bounds)


def values_of(column_type, categories=(), shape=(1,), dtype="object"):
    """Values that a column of the type takes as they are."""
    return {
        "integer": INT64,
        "number": FLOATS,
        "boolean": st.booleans(),
        "string": TEXTS,
        "text": TEXTS,
        "category": st.sampled_from(list(categories) or ["x"]),
        "datetime": MOMENTS,
        "vector": vectors(shape, elements_of(dtype)),
        "bytes": st.binary(max_size=9).map(lambda data: base64.b64encode(data).decode()),
        "image": st.sampled_from(IMAGES),
    }[column_type]


PIXELS = {
    "shape": st.sampled_from([(2, 2, 1), (4, 3, 3), (1, 1, 4)]),
    "max_pixels": st.integers(100, 10_000),
    "pixel_mode": st.sampled_from(["L", "RGB", "RGBA"]),
    "pixel_scale": st.sampled_from(["0..255", "0..1", "-1..1"]),
    "pixel_layout": st.sampled_from(["hwc", "chw", "hw", "flat"]),
}


@st.composite
def columns(draw, name=TEXTS, types=tuple(DTYPES)):
    """Columns with legal policies that do not contradict each other."""
    kind = draw(st.sampled_from(types))
    chosen = {policy.key: draw(st.sampled_from(policy.legal_for(kind))) for policy in POLICIES}
    if "null" in [chosen[key] for key in NULLING] and chosen["on_null"] == "error":
        chosen["on_null"] = "pass"
    settings = {"name": draw(name), "dtype": draw(st.sampled_from(DTYPES[kind]))}
    if kind == "category":
        settings["categories"] = tuple(dict.fromkeys(draw(CATEGORIES)))
    if kind == "vector":
        settings |= draw(
            st.integers(1, 3).map(lambda size: {"length": size})
            | st.sampled_from([(2,), (2, 3), (1, 2, 2)]).map(lambda shape: {"shape": shape})
        )
    if kind in ("bytes", "image"):
        settings["max_bytes"] = draw(st.none() | st.integers(10_000, 20_000))
    if kind == "image":
        settings |= draw(st.fixed_dictionaries({}, optional=PIXELS))
    if kind in BOUNDS:
        settings["minimum"] = draw(st.none() | BOUNDS[kind])
        settings["maximum"] = draw(st.none() | BOUNDS[kind])
    shape = settings.get("shape", (settings.get("length", 1),))
    values = values_of(kind, settings.get("categories", ()), shape, settings["dtype"])
    settings["example"] = draw(st.none() | values)
    if "default" in (chosen["on_missing"], chosen["on_null"]):
        settings["default"] = draw(values)
    return Column(
        type=kind,
        nullable=draw(st.booleans()),
        description=draw(TEXTS),
        null_as=draw(st.sampled_from(["nan", "none"])),
        **settings,
        **chosen,
    )


@st.composite
def outputs(draw):
    """Outputs of every kind."""
    kind = draw(st.sampled_from(["binary", "multiclass", "regression", "custom"]))
    return Output(
        kind=kind,
        classes=tuple(draw(st.lists(SCALARS, max_size=3))),
        positive=draw(st.none() | SCALARS),
        threshold=draw(st.none() | st.floats(0, 1)),
        has_probabilities=draw(st.booleans()),
        label_source=draw(st.sampled_from(["argmax", "predict"])),
        activation=draw(st.sampled_from(["none", "sigmoid", "softmax"])),
        tensor=draw(TEXTS),
        name=draw(TEXTS),
        json_schema=draw(st.none() | JSON_OBJECTS),
        description=draw(TEXTS),
    )


JSON_OBJECTS = st.dictionaries(
    TEXTS, st.recursive(st.none() | SCALARS, lambda inner: st.lists(inner, max_size=2)), max_size=3
)


@st.composite
def signatures(draw, forms=("frame", "matrix", "series", "object", "tensors")):
    """Signatures of the forms."""
    form = draw(st.sampled_from(forms))
    listed = []
    if form == "series":
        listed = [draw(columns(name=st.sampled_from(["text", "body"]), types=("text",)))]
    elif form != "object":
        drawn = st.lists(columns(), min_size=1, max_size=4, unique_by=lambda column: column.name)
        listed = draw(drawn)
    return Signature(
        form=form,
        columns=tuple(listed),
        output=draw(outputs()),
        on_extra=draw(st.sampled_from(["ignore", "error"])),
        json_schema=draw(JSON_OBJECTS) if form == "object" else None,
    )

"""Hypothesis strategies for signatures."""

from hypothesis import strategies as st

from golive.signature.model import Column, Output, Signature
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
    "vector": ["object"],
}
BOUNDS = {"integer": INT64, "number": FLOATS, "datetime": MOMENTS}
CATEGORIES = st.one_of(
    st.lists(st.sampled_from(["a", "b", "1", "1.0", "", "true", "é"]), min_size=1),
    st.lists(st.sampled_from([0, 1, 2, -3]), min_size=1),
    st.lists(st.sampled_from([0.5, 1.0, 2.0]), min_size=1),
    st.lists(st.booleans(), min_size=1),
    st.lists(st.sampled_from(["1", 1, 2.5, True, "true"]), min_size=1),
)


def values_of(column_type, categories=(), length=None):
    """Values that a column of the type takes as they are."""
    return {
        "integer": INT64,
        "number": FLOATS,
        "boolean": st.booleans(),
        "string": TEXTS,
        "text": TEXTS,
        "category": st.sampled_from(list(categories) or ["x"]),
        "datetime": MOMENTS,
        "vector": st.lists(FLOATS, min_size=length or 1, max_size=length or 1),
    }[column_type]


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
        settings["length"] = draw(st.integers(1, 3))
    if kind in BOUNDS:
        settings["minimum"] = draw(st.none() | BOUNDS[kind])
        settings["maximum"] = draw(st.none() | BOUNDS[kind])
    values = values_of(kind, settings.get("categories", ()), settings.get("length"))
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
        name=draw(TEXTS),
        json_schema=draw(st.none() | JSON_OBJECTS),
        description=draw(TEXTS),
    )


JSON_OBJECTS = st.dictionaries(
    TEXTS, st.recursive(st.none() | SCALARS, lambda inner: st.lists(inner, max_size=2)), max_size=3
)


@st.composite
def signatures(draw, forms=("frame", "matrix", "series", "object")):
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

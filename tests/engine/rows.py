"""Hypothesis strategies for the rows of a signature, right and wrong."""

from hypothesis import strategies as st
from tests.signature.strategies import (
    CATEGORIES,
    FLOATS,
    IMAGES,
    INT64,
    MOMENTS,
    TEXTS,
    elements_of,
    values_of,
    vectors,
)

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    INT64,
    FLOATS,
    TEXTS,
    MOMENTS,
    CATEGORIES.map(lambda listed: listed[0]),
    st.sampled_from([float("inf"), 2**64, 10**400, "1", "1.0", "-3", "nan", "1e400", "", "TRUE"]),
    st.sampled_from([0, 1, 1.0, 0.0, -0.0, 0.5, "2024-05-31", "2024-05-31T09:30:00+02:00"]),
    st.lists(FLOATS | INT64 | st.none(), max_size=3),
    vectors((2, 3), FLOATS | INT64),
    st.sampled_from(
        [
            *IMAGES,
            IMAGES[0][:-8],
            "AAAA",
            "AA",
            "AA=",
            "A",
            "-_-_",
            "-/",
            "AA\n",
            "data:;base64,AAAA",
            f"data:image/png;base64,{IMAGES[1]}",
            "data:,AAAA",
        ]
    ),
    st.just({}),
)


@st.composite
def rows_for(draw, signature):
    """Rows that mostly have the signature's columns, with values right and wrong."""
    names = [*signature.column_names, *signature.column_names, "text", "extra"]
    record = st.dictionaries(st.sampled_from(names), VALUES, max_size=6)
    return draw(st.lists(record | VALUES, max_size=3))


@st.composite
def valid_rows_for(draw, signature):
    by_type = {
        "integer": INT64,
        "number": FLOATS | INT64,
        "boolean": st.booleans(),
        "string": TEXTS,
        "text": TEXTS,
        "datetime": MOMENTS,
    }

    def values(column):
        if column.type == "category":
            return st.sampled_from(column.categories)
        if column.type == "vector":
            return vectors(column.dimensions, elements_of(column.dtype))
        if column.type in ("bytes", "image"):
            return values_of(column.type)
        return by_type[column.type]

    record = st.fixed_dictionaries(
        {
            c.name: values(c) | (st.none() if c.on_null != "error" else st.nothing())
            for c in signature.columns
        }
    )
    return draw(st.lists(record, max_size=3))

"""Columns of a signature that other models answer."""

import pytest
from msgspec.structs import replace

from golive.errors import SignatureError
from golive.signature.features import chained_signature, check_features, check_outputs
from golive.signature.model import Column, FeatureSource, Lookup, Output, Signature
from golive.signature.toml_format import dumps
from golive.signature.toml_reading import loads

PRICE, RISK, AGE = (
    Column(name=name, type="number", dtype="float64") for name in ("price", "risk", "age")
)
RISKS = FeatureSource(model="scorer", outputs={"risk": "probabilities.a.b"})
OWN = Signature(
    form="frame", columns=(PRICE, RISK), output=Output(kind="regression"), features=(RISKS,)
)
SCORER = Signature(
    form="matrix", columns=(AGE, PRICE), output=Output(kind="binary", classes=("no", "a.b"))
)
REQUEST = {
    "type": "object",
    "properties": {"text": {"type": "string"}, "size": {"$ref": "#/$defs/Size"}},
    "required": ["text"],
    "$defs": {"Size": {"type": "integer"}},
}
FUNCTION = Signature(form="object", columns=(), output=Output(kind="custom"), json_schema=REQUEST)


def sourced(**outputs):
    return replace(OWN, features=(FeatureSource(model="scorer", outputs=outputs),))


def test_features_are_a_table_that_is_read_back():
    text = dumps(OWN)

    assert '[[features]]\nmodel = "scorer"\noutputs = {risk = "probabilities.a.b"}\n' in text
    assert loads(text) == OWN


@pytest.mark.parametrize(
    ("signature", "message"),
    [
        (sourced(), 'The features of "scorer": there are none.'),
        (sourced(age="score"), 'The features of "scorer": "age" is no column of the model.'),
        (
            replace(OWN, features=(RISKS, RISKS)),
            'The features of "scorer" stand there twice.',
        ),
        (
            replace(OWN, features=(RISKS, replace(RISKS, model="other"))),
            'The features of "other": the column "risk" is already given by "scorer".',
        ),
        (
            replace(OWN, lookups=(Lookup(name="users", key="id", columns=("risk",)),)),
            'The features of "scorer": the column "risk" is already given by a lookup.',
        ),
        (
            replace(OWN, form="series"),
            'The features of "scorer": a model of the form series has no columns for them.',
        ),
    ],
)
def test_features_that_cannot_be_are_refused(signature, message):
    with pytest.raises(SignatureError) as caught:
        check_features(signature)

    assert caught.value.message == message


def test_features_that_cannot_be_are_refused_when_they_are_read():
    with pytest.raises(SignatureError, match='"age" is no column of the model'):
        loads(dumps(sourced(age="score")))
    with pytest.raises(SignatureError, match="must be a table of texts, not 3"):
        loads(dumps(OWN).replace('outputs = {risk = "probabilities.a.b"}', "outputs = 3"))


@pytest.mark.parametrize(
    ("output", "path"),
    [
        (SCORER.output, "label"),
        (SCORER.output, "probabilities.a.b"),
        (Output(kind="multiclass", classes=(1, True, 3)), "probabilities.1"),
        (Output(kind="regression"), "score"),
        (Output(kind="custom"), "value"),
        (Output(kind="custom"), "value.a.b"),
    ],
)
def test_an_output_that_there_is_is_taken(output, path):
    check_outputs(FeatureSource(model="scorer", outputs={"risk": path}), output)


@pytest.mark.parametrize(
    ("output", "path"),
    [
        (SCORER.output, "value"),
        (SCORER.output, "probabilities"),
        (SCORER.output, "probabilities.c"),
        (Output(kind="binary", classes=("a", "b"), has_probabilities=False), "score"),
        (Output(kind="regression"), "value.a"),
        (Output(kind="custom"), "values"),
    ],
)
def test_an_output_that_there_is_not_is_refused(output, path):
    with pytest.raises(SignatureError, match="gives no such output"):
        check_outputs(FeatureSource(model="scorer", outputs={"risk": path}), output)


def test_callers_send_the_columns_of_both_but_for_those_that_are_answered():
    chained = chained_signature(OWN, {"scorer": SCORER})

    assert chained.column_names == ("price", "age")
    assert (chained.form, chained.output) == ("frame", OWN.output)


def test_a_column_of_both_needs_the_same_rules():
    other = replace(SCORER, columns=(AGE, replace(PRICE, on_null="pass")))
    ranged = replace(SCORER, columns=(AGE, replace(PRICE, minimum=1.0, example=2.0)))

    assert chained_signature(OWN, {"scorer": ranged}).column_names == ("price", "age")
    with pytest.raises(SignatureError, match='The column "price" of scorer has other rules'):
        chained_signature(OWN, {"scorer": other})


def test_what_both_look_up_is_looked_up():
    users = Lookup(name="users", key="user_id", columns=("price",))
    shops = Lookup(name="shops", key="shop", columns=("age",))

    chained = chained_signature(
        replace(OWN, lookups=(users,)), {"scorer": replace(SCORER, lookups=(users, shops))}
    )

    assert chained.lookups == (users, shops)
    assert chained.key_names == ("user_id", "shop")


def test_with_a_function_callers_send_one_object_with_all_members():
    own = sourced(risk="value.risk")

    chained = chained_signature(own, {"scorer": FUNCTION})

    assert chained.form == "object"
    assert chained.json_schema == {
        "type": "object",
        "properties": {
            "price": {"type": "number"},
            "text": {"type": "string"},
            "size": {"$ref": "#/$defs/Size"},
        },
        "required": ["price", "text"],
        "$defs": {"Size": {"type": "integer"}},
    }


def test_a_function_whose_request_is_no_object_is_refused():
    listing = replace(FUNCTION, json_schema={"type": "array"})

    with pytest.raises(SignatureError, match="scorer takes no object with members"):
        chained_signature(OWN, {"scorer": listing})

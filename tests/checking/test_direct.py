"""The model called directly: many inputs together, and alone where that is not enough."""

from golive.bundle.manifest import ModelSpec
from golive.checking.direct import direct_model
from golive.runtimes.loading import Loaded, model_for
from golive.signature.model import Column, Output, Signature

SIGNATURE = Signature(
    form="frame",
    columns=(
        Column(name="a", type="number", dtype="float64"),
        Column(name="city", type="string", dtype="object", nullable=True),
    ),
    output=Output(kind="regression"),
)
SPEC = ModelSpec(kind="sklearn", loader="joblib", file="model/model.joblib")


class Doubling:
    """Answers twice `a`; remembers how many rows each call had."""

    def __init__(self):
        self.calls = []

    def predict(self, frame):
        self.calls.append(len(frame))
        return 2.0 * frame["a"].to_numpy()


class Centring(Doubling):
    """Answers how far `a` is from the mean of the call: 0 alone."""

    def predict(self, frame):
        return super().predict(frame) - 2.0 * frame["a"].mean()


class Refusing(Doubling):
    """Takes no negative `a`."""

    def predict(self, frame):
        answers = super().predict(frame)
        if (frame["a"] < 0).any():
            raise ValueError("negative")
        return answers


class Writing(Doubling):
    """Changes what it is given."""

    def predict(self, frame):
        answers = super().predict(frame)
        frame["a"] = 0.0
        return answers


def direct(estimator):
    loaded = Loaded(
        model=model_for(estimator, "sklearn", SIGNATURE), request_type=None, estimator=estimator
    )
    return direct_model(loaded, SPEC, SIGNATURE)


def inputs(*numbers, city="Ulm"):
    return [{"a": number, "city": city} for number in numbers]


def test_what_is_foreseen_is_not_asked_again():
    model = Doubling()
    asked, many = direct(model), inputs(*map(float, range(50)))

    asked.foresee(many)
    found = [asked.difference(given, {"score": 2.0 * given["a"]}) for given in many]

    assert found == [None] * 50
    assert model.calls == [50]


def test_an_answer_that_differs_is_asked_alone_and_told():
    model = Doubling()
    asked, [first, second] = direct(model), inputs(1.0, 2.0)

    asked.foresee([first, second])

    assert asked.difference(first, {"score": 2.0}) is None
    assert asked.difference(second, {"score": 5.0}) == "score 5.0 instead of 4.0"
    assert model.calls == [2, 1]


def test_what_depends_on_the_others_is_judged_alone():
    asked, many = direct(Centring()), inputs(1.0, 2.0, 6.0)

    asked.foresee(many)

    assert [asked.difference(given, {"score": 0.0}) for given in many] == [None] * 3


def test_those_that_make_it_fail_are_told_and_the_others_are_not_asked_again():
    model = Refusing()
    asked, many = direct(model), inputs(*map(float, range(7)), -1.0)

    asked.foresee(many)
    model.calls.clear()
    found = [asked.difference(given, {"score": 2.0 * given["a"]}) for given in many]

    assert found == [*[None] * 7, "an answer instead of ValueError: negative"]
    assert model.calls == [1]


def test_nulls_are_asked_beside_nulls_alone():
    model = Doubling()
    asked, many = direct(model), [*inputs(1.0, 2.0), *inputs(3.0, city=None)]

    asked.foresee(many)

    assert model.calls == [2, 1]


def test_a_changed_input_is_noticed():
    asked = direct(Writing())

    asked.foresee(inputs(1.0, 2.0))

    assert asked.has_mutated

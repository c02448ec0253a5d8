from __future__ import annotations

import json
import shlex

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

import golive
from golive.errors import UsageError
from golive.http.plan import ServePlan
from golive.settings import ServeSettings
from golive.wiring.models import load_models, open_all
from golive.wiring.serving import announcement


def plan_of(*bundles, **options):
    settings = ServeSettings.load({})
    return ServePlan(bundles=tuple(str(b) for b in bundles), settings=settings, **options)


def test_the_models_of_a_plan_answer_and_know_their_bundle(bundle):
    models = load_models(plan_of(bundle.path))

    served = models["m"]
    decoded = served.engine.decoder.decode_body(b'{"a": 3.0, "b": 0.0}')
    [answer] = served.engine.answer(decoded)
    assert answer.label == "yes"
    assert (served.name, served.version) == ("m", bundle.version)
    assert served.facts["id"] == bundle.manifest.id
    assert any(line.startswith("scikit-learn==") for line in served.facts["requirements"])
    assert served.facts["evaluation"] is None
    assert served.facts["score_quantiles"] == []
    assert served.drifted is False
    assert len(served.examples) == len(bundle.golden)


def test_a_model_tells_what_answers_and_why(bundle):
    by_default = load_models(plan_of(bundle.path))["m"].facts
    asked_for = load_models(plan_of(bundle.path, original=True))["m"].facts

    manifest = bundle.manifest
    assert manifest.answers == "compiled"
    assert (by_default["answers"], by_default["answers_because"]) == (
        "compiled",
        manifest.answers_because,
    )
    assert (asked_for["answers"], asked_for["answers_because"]) == (
        "original",
        "The bundle has a compiled program, and the original was asked for.",
    )


def test_a_model_that_was_not_compiled_tells_why_too(tmp_path):
    rows = pd.DataFrame({"a": np.arange(50.0), "b": np.arange(50.0) % 7})
    model = LinearRegression().fit(rows, rows["a"])
    packed = golive.pack(model, rows, name="n", output=tmp_path / "n.bundle", compile=False)

    facts = load_models(plan_of(packed.path))["n"].facts

    assert (facts["answers"], facts["answers_because"]) == (
        "original",
        "It was packed without compiling it.",
    )


def test_two_bundles_of_one_name_are_refused_before_anything_is_loaded(bundle):
    with pytest.raises(UsageError, match="both named 'm'") as caught:
        load_models(plan_of(bundle.path, bundle.path))
    assert "golive repack" in caught.value.hint


def test_what_is_announced_is_the_address_and_a_curl_of_an_answered_record(bundle):
    lines = announcement(open_all(plan_of(bundle.path)), "http://127.0.0.1:8000")

    assert lines[:2] == [
        f"m {bundle.version} answers at http://127.0.0.1:8000/predict",
        "Try it:",
    ]
    assert lines[-1] == "Or open http://127.0.0.1:8000/ in a browser."
    words = shlex.split(lines[2])
    assert words[:2] == ["curl", "http://127.0.0.1:8000/predict"]
    assert set(json.loads(words[-1])) == {"a", "b"}

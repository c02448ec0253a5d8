from __future__ import annotations

import json
import shlex

import pytest

from golive.errors import UsageError
from golive.http.plan import ServePlan
from golive.settings import ServeSettings
from golive.wiring.models import load_models, open_all
from golive.wiring.serving import announcement


def plan_of(*bundles):
    return ServePlan(bundles=tuple(str(b) for b in bundles), settings=ServeSettings.load({}))


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

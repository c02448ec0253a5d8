"""Served models whose features other served models answer."""

import jsonschema
import numpy as np
import pandas as pd
import pytest
from msgspec.structs import replace
from sklearn.linear_model import LinearRegression, LogisticRegression
from tests.small_bundles import binary_bundle

import golive
from golive.errors import GoliveError, UsageError
from golive.http.plan import Canary, Named, ServePlan
from golive.http.refreshing.source import ChainRefusedError
from golive.http.stepback.bounds import Bounds
from golive.service.openapi import openapi_document
from golive.settings import ServeSettings
from golive.signature.model import FeatureSource, Output, Signature
from golive.signature.toml_format import dumps
from golive.testing.services import fake_service, get, post, strict_json
from golive.wiring.chains import ask_order, chain_models, chain_of, rechain, sent_record
from golive.wiring.isolating import isolate
from golive.wiring.models import load_model, load_models, pin
from golive.wiring.refreshing import open_source
from golive.wiring.registries import open_registry
from golive.wiring.serving import announcement

FUNCTION = """
from typing import TypedDict

from golive.errors import RecordError


class Request(TypedDict):
    text: str
    weight: float


class Features(TypedDict):
    length: int
    more: dict[str, float]


def prepare(request: Request) -> Features:
    if not request["text"]:
        raise RecordError("empty_text", "there is no text", "text")
    return {"length": len(request["text"]), "more": {"heavy": request["weight"] * 2}}
"""


def chained(once, bundle, name, *features):
    """The bundle with features of others."""

    def repack(output):
        edited = output.with_suffix(".toml")
        edited.write_text(dumps(replace(bundle.signature, features=features)))
        golive.repack(bundle.path, signature=edited, name=name, output=output)

    return once.bundle(f"chains/{name}", repack)


@pytest.fixture(scope="session")
def scorer(once_a_run):
    """A binary model `scorer` of `a` and `b`."""
    return binary_bundle(once_a_run, "scorer")


@pytest.fixture(scope="session")
def plain(once_a_run):
    """A regression of `a` and two columns that are answers of others."""
    return once_a_run.bundle("chains/plain", pack_plain)


def pack_plain(output):
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {"a": rng.normal(size=60), "length": rng.integers(1, 20, 60), "risk": rng.uniform(size=60)}
    )
    model = LinearRegression().fit(frame, frame["a"] + frame["length"] + 10 * frame["risk"])
    golive.pack(model, frame, name="plain", output=output)


@pytest.fixture(scope="session")
def prepared(once_a_run):
    """A function `prepare` of a text."""
    return once_a_run.bundle("chains/prepare", pack_function)


def pack_function(output):
    source = output.with_suffix(".py")
    source.write_text(FUNCTION)
    data = [{"text": "abc", "weight": 0.25}, {"text": "abcdef", "weight": 0.5}]
    golive.pack(f"{source}:prepare", data, name="prepare", output=output)


@pytest.fixture(scope="session")
def final(once_a_run, plain):
    """Takes the column `risk` from the scorer."""
    risk = FeatureSource(model="scorer", outputs={"risk": "probabilities.yes"})
    return chained(once_a_run, plain, "final", risk)


@pytest.fixture(scope="session")
def both(once_a_run, plain):
    """Takes all but `a` from the function."""
    features = FeatureSource(
        model="prepare", outputs={"length": "value.length", "risk": "value.more.heavy"}
    )
    return chained(once_a_run, plain, "both", features)


def load(*bundles, **flags):
    settings = ServeSettings.load({}, **flags)
    return load_models(ServePlan(bundles=tuple(str(b.path) for b in bundles), settings=settings))


def ask(service, name, records):
    return service.handle(post(records, path=f"/models/{name}/predict"))


RECORDS = [{"a": 0.5, "b": -0.5, "length": 7}, {"a": -2.0, "b": 1.5, "length": 3}]


def test_answers_are_those_of_the_model_with_the_answers_of_its_source(final, scorer, plain):
    service = fake_service(*load(final, scorer).values())
    risks = [p["probabilities"]["yes"] for p in golive.load(scorer.path).predict(RECORDS)]
    whole = [record | {"risk": risk} for record, risk in zip(RECORDS, risks, strict=True)]

    response = ask(service, "final", RECORDS)

    assert response.status == 200
    expected = golive.load(plain.path).predict(whole)
    found = strict_json(response)["predictions"]
    assert [p["score"] for p in found] == pytest.approx([p["score"] for p in expected], rel=1e-12)


def test_compiled_models_are_chained_beside_one_that_is_served_apart(final, scorer, tmp_path):
    (tmp_path / "alone.py").write_text("def alone(request: dict) -> int:\n    return 1\n")
    alone = golive.pack(
        f"{tmp_path / 'alone.py'}:alone", [{"n": 1}, {"n": 2}], output=tmp_path / "alone.bundle"
    )
    bundles = (final, scorer, alone)
    plan = ServePlan(
        bundles=tuple(str(b.path) for b in bundles),
        settings=ServeSettings.load({}, isolate="model"),
    )
    plan = isolate(plan, {b.name: b for b in bundles}, tell=[].append)
    models = load_models(plan)
    try:
        service = fake_service(*models.values())
        answers = [ask(service, "final", RECORDS), ask(service, "alone", {"n": 1})]
    finally:
        models["alone"].backend.close()

    assert [response.status for response in answers] == [200, 200]
    assert answers[0].headers["golive-feature-versions"] == f"scorer={scorer.version}"


@pytest.fixture
def apart(both, prepared):
    """The models of a chain whose source has a process of its own."""
    plan = ServePlan(
        bundles=(str(both.path), str(prepared.path)),
        settings=ServeSettings.load({}, isolate="model"),
    )
    plan = isolate(plan, {"both": both, "prepare": prepared}, tell=[].append)
    models = load_models(plan)
    yield models
    models["prepare"].backend.close()


def test_a_source_that_is_served_apart_gives_the_same_to_the_byte(apart, both, prepared):
    good = {"a": 0.5, "text": "abc", "weight": 0.25}
    bodies = [
        good, [good, good | {"text": ""}, good], good | {"weight": "much"}, {"a": 1.0}, [],
        [good | {"a": "x"}, good | {"text": 5}], {"records": [good], "ids": [7]},
    ]  # fmt: skip
    here, there = fake_service(*load(both, prepared).values()), fake_service(*apart.values())

    for body in bodies:
        one, other = ask(here, "both", body), ask(there, "both", body)
        assert (other.status, other.body) == (one.status, one.body)
    assert (apart["both"].backend, apart["both"].engine.pace.manner) == (None, "apart")


def test_without_the_process_of_its_source_a_model_cannot_be_asked(apart):
    service = fake_service(*apart.values())
    apart["prepare"].backend.close()

    response = ask(service, "both", {"a": 0.5, "text": "abc", "weight": 0.25})

    assert (response.status, strict_json(response)["code"]) == (503, "backend_unavailable")
    assert response.headers["retry-after"] == "1"


def test_the_headers_of_an_answer_name_both_versions(final, scorer):
    service = fake_service(*load(final, scorer).values())

    response = ask(service, "final", RECORDS)

    assert response.headers["golive-model-version"] == final.version
    assert response.headers["golive-feature-versions"] == f"scorer={scorer.version}"
    assert "golive-feature-versions" not in ask(service, "scorer", RECORDS).headers


def test_the_models_tell_of_the_chain(final, scorer):
    service = fake_service(*load(final, scorer).values())

    listed = strict_json(service.handle(get("/models")))["models"]

    assert {model["name"]: model.get("features") for model in listed} == {
        "final": {"scorer": scorer.version},
        "scorer": None,
    }


def test_callers_send_the_columns_of_the_source_and_not_its_answers(final, scorer):
    model = load(final, scorer)["final"]
    document = openapi_document([model], is_whole=False)
    schema = document["components"]["schemas"]["final.record"]

    assert sorted(schema["required"]) == ["a", "b", "length"]
    assert set(schema["properties"]) == {"a", "b", "length"}
    for example in model.examples:
        jsonschema.validate(example.record, schema)


def test_the_documents_of_a_chain_with_a_function_have_examples_that_are_answered(both, prepared):
    service = fake_service(*load(both, prepared).values())

    document = strict_json(service.handle(get("/openapi.json")))

    for name in ("both", "prepare"):
        path = f"/v2/models/{name}/infer"
        content = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        example = content["examples"]["texts"]["value"]
        assert service.handle(post(example, path=path)).status == 200


def test_the_error_of_a_source_is_that_of_its_record_alone(both, prepared):
    service = fake_service(*load(both, prepared).values())
    good = {"a": 0.5, "text": "abc", "weight": 0.25}

    response = ask(service, "both", [good, good | {"text": ""}, good])
    first, failed, last = strict_json(response)["predictions"]

    assert response.status == 200
    assert first == last
    assert failed["error"] == {
        "code": "empty_text",
        "message": "prepare: there is no text",
        "field": "text",
    }


def test_a_function_gives_members_of_its_answer_to_a_model(both, prepared, plain):
    service = fake_service(*load(both, prepared).values())
    expected = golive.load(plain.path).predict({"a": 0.5, "length": 3, "risk": 0.5})

    found = strict_json(ask(service, "both", {"a": 0.5, "text": "abc", "weight": 0.25}))

    assert found["predictions"][0]["score"] == pytest.approx(expected[0]["score"], rel=1e-12)


def test_a_chain_keeps_to_the_limits_of_records_and_texts(both, prepared):
    models = load(both, prepared, max_text=1024, max_records=2)
    service = fake_service(*models.values())
    good = {"a": 0.5, "text": "abc", "weight": 0.25}

    long = ask(service, "both", [good, good | {"text": "a" * 1025}])
    many = ask(service, "both", [good] * 3)

    assert strict_json(long)["predictions"][1]["error"]["code"] == "text_too_long"
    assert strict_json(many)["code"] == "too_many_records"


def test_with_a_function_there_is_no_query(both, prepared):
    service = fake_service(*load(both, prepared).values())

    response = service.handle(get("/models/both/predict", ("text", "abc")))

    assert (response.status, response.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"a": "much"}, "wrong_type", "a"),
        ({"weight": "much"}, "wrong_type", "weight"),
    ],
)
def test_what_a_caller_sends_is_checked_by_whom_it_is_for(both, prepared, changes, code, field):
    service = fake_service(*load(both, prepared).values())
    record = {"a": 0.5, "text": "abc", "weight": 0.25} | changes

    response = ask(service, "both", record)

    error = strict_json(response)["predictions"][0]["error"]
    assert (response.status, error["code"], error["field"]) == (422, code, field)


def test_one_service_of_features_is_shared_by_two_models(final, both, scorer, prepared):
    service = fake_service(*load(final, both, scorer, prepared).values())

    statuses = [
        ask(service, "final", RECORDS[0]).status,
        ask(service, "both", {"a": 0.5, "text": "abc", "weight": 0.25}).status,
        ask(service, "scorer", RECORDS[0]).status,
    ]

    assert statuses == [200, 200, 200]


def test_a_source_may_take_features_itself(once_a_run, plain, scorer, final):
    score = FeatureSource(model="final", outputs={"risk": "score"})
    last = chained(once_a_run, plain, "last", score)
    models = load(last, final, scorer)

    response = ask(fake_service(*models.values()), "last", RECORDS)

    assert response.status == 200
    assert set(models["last"].engine.signature.column_names) == {"a", "b", "length"}


def test_golden_records_go_through_the_whole_chain(final, scorer):
    examples = load(final, scorer)["final"].examples

    assert examples
    assert {"a", "b", "length"} == set(examples[0].record)
    assert "score" in examples[0].output


def test_the_curl_that_is_printed_has_what_callers_send(final, scorer, both, prepared):
    bundles = {bundle.name: bundle for bundle in (final, scorer, both, prepared)}
    service = fake_service(*load(final, scorer, both, prepared).values())

    records = {name: sent_record(name, bundles) for name in bundles}
    curls = [line for line in announcement(bundles, "http://h") if line.startswith("  curl")]

    assert set(records["final"]) == {"a", "b", "length"}
    assert set(records["both"]) == {"a", "text", "weight"}
    assert [ask(service, name, record).status for name, record in records.items()] == [200] * 4
    assert '"text": ' in curls[2]
    assert '"risk"' not in curls[0] + curls[2]


def test_a_source_that_is_not_served_is_refused(final):
    with pytest.raises(UsageError) as caught:
        load(final)

    assert caught.value.message == "final takes features of scorer, which is not served here."
    assert caught.value.hint == "golive serve final.bundle scorer.bundle"


@pytest.mark.parametrize("output", ["probabilities.maybe", "value", "scores"])
def test_an_output_that_a_source_does_not_have_is_refused(once_a_run, plain, scorer, output):
    name = f"wrong-{output}"
    source = FeatureSource(model="scorer", outputs={"risk": output})
    wrong = chained(once_a_run, plain, name, source)

    with pytest.raises(UsageError) as caught:
        load(wrong, scorer)

    assert caught.value.message == (
        f'{name}: The column "risk" is to be {output} of scorer, which gives no such output.'
    )
    assert caught.value.hint == "It gives label, score, probabilities.no, probabilities.yes."


def test_answers_that_the_model_does_not_take_are_refused_at_the_start(once_a_run, plain, scorer):
    label = FeatureSource(model="scorer", outputs={"risk": "label"})
    wrong = chained(once_a_run, plain, "labels", label)

    with pytest.raises(UsageError, match="labels takes none of the answers of scorer"):
        load(wrong, scorer)


def signature_of(*sources):
    features = tuple(FeatureSource(model=s, outputs={}) for s in sources)
    return Signature(form="frame", columns=(), output=Output(kind="regression"), features=features)


def test_sources_are_asked_before_those_who_take_their_features():
    signatures = {"c": signature_of("b", "a"), "b": signature_of("a"), "a": signature_of()}

    assert ask_order(signatures) == ["a", "b", "c"]


def test_a_circle_is_refused():
    signatures = {"x": signature_of("a"), "a": signature_of("b"), "b": signature_of("a")}

    with pytest.raises(UsageError) as caught:
        ask_order(signatures)

    assert caught.value.message == ("Models take features of each other in a circle: a ← b ← a.")


def test_a_check_says_that_it_is_not_served_by_itself(final):
    report = golive.check(final.path)
    [start] = [finding for finding in report.findings if finding.check == "start"]

    assert report.count("error") == 0
    assert (start.severity, start.code) == ("note", "not_alone")
    assert "it takes features of scorer" in start.message


# Versions of a chain that come while others serve.


@pytest.fixture(scope="session")
def scorer_2(once_a_run):
    """Another version of `scorer`, which answers otherwise."""
    return packed_scorer(once_a_run, "scorer-2", column="b", labels=("yes", "no"))


@pytest.fixture(scope="session")
def scorer_without_yes(once_a_run):
    """A version of `scorer` that does not give what `final` takes."""
    return packed_scorer(once_a_run, "scorer-3", column="a", labels=("good", "bad"))


def packed_scorer(once, file, *, column, labels):
    def pack(output):
        rng = np.random.default_rng(2)
        frame = pd.DataFrame({"a": rng.normal(size=60), "b": rng.normal(size=60)})
        model = LogisticRegression().fit(frame, np.where(frame[column] > 0, *labels))
        golive.pack(model, frame, name="scorer", output=output)

    return once.bundle(f"chains/{file}", pack)


@pytest.fixture(scope="session")
def final_2(final, once_a_run):
    """Another version of `final`, which takes the same."""

    def repack(output):
        card = output.with_name("card.md")
        card.write_text("# Another version\n")
        golive.repack(final.path, card=card, output=output)

    return once_a_run.bundle("chains/final-2", repack)


PLAN = ServePlan(bundles=(), settings=ServeSettings.load({}))


def of_candidate(model):
    named = Named(reference=f"{model}@next", model=model, version=2, sha256="0" * 64)
    return replace(PLAN, canary=Canary(named=named, share=0.5, bounds=Bounds()))


def moved(bundle, serving, *, name, slot=None, plan=PLAN):
    return rechain(plan, serving, load_model(plan, name, bundle), slot=slot or name)


def test_who_takes_features_moves_with_their_source(final, scorer, scorer_2, plain):
    serving = load(final, scorer)

    found = moved(scorer_2, serving, name="scorer")
    [taker] = found.takers.values()
    risks = [p["probabilities"]["yes"] for p in golive.load(scorer_2.path).predict(RECORDS)]
    whole = [record | {"risk": risk} for record, risk in zip(RECORDS, risks, strict=True)]
    expected = golive.load(plain.path).predict(whole)
    response = ask(fake_service(found, taker), "final", RECORDS)

    answers = strict_json(response)["predictions"]
    assert [p["score"] for p in answers] == pytest.approx([p["score"] for p in expected], rel=1e-12)
    assert response.headers["golive-feature-versions"] == f"scorer={scorer_2.version}"
    assert serving["final"].features == {"scorer": scorer.version}  # it goes on as it was


def test_a_version_that_takes_features_is_put_together_with_the_source_that_serves(
    final, final_2, scorer, scorer_2
):
    serving = load(final, scorer)
    source = moved(scorer_2, serving, name="scorer")
    serving |= {"scorer": source, **source.takers}

    found = moved(final_2, serving, name="final")

    assert (found.version, found.takers) == (final_2.version, {})
    assert found.features == {"scorer": scorer_2.version}


def test_a_chain_of_three_moves_as_one(once_a_run, plain, final, scorer, scorer_2):
    last = chained(
        once_a_run, plain, "last-of-three", FeatureSource(model="final", outputs={"risk": "score"})
    )
    serving = load(last, final, scorer)

    found = moved(scorer_2, serving, name="scorer")

    assert set(found.takers) == {"final", "last-of-three"}
    answers = ask(fake_service(found, *found.takers.values()), "last-of-three", RECORDS)
    before = ask(fake_service(*serving.values()), "last-of-three", RECORDS)
    assert answers.status == 200
    assert strict_json(answers)["predictions"] != strict_json(before)["predictions"]


def test_who_has_nothing_to_do_with_a_version_stays_as_it_is(
    final, both, scorer, scorer_2, prepared
):
    serving = load(final, both, scorer, prepared)

    assert set(moved(scorer_2, serving, name="scorer").takers) == {"final"}


def test_a_source_that_gives_no_more_what_is_taken_is_refused(final, scorer, scorer_without_yes):
    with pytest.raises(ChainRefusedError) as caught:
        moved(scorer_without_yes, load(final, scorer), name="scorer")

    assert caught.value.code == "chain_refused"
    assert caught.value.message == (
        'final: The column "risk" is to be probabilities.yes of scorer, which gives no such output.'
    )


def test_a_version_that_takes_what_is_not_given_is_refused(once_a_run, plain, final, scorer):
    wrong = chained(
        once_a_run, plain, "final-3", FeatureSource(model="scorer", outputs={"risk": "label"})
    )
    absent = chained(
        once_a_run, plain, "final-4", FeatureSource(model="nobody", outputs={"risk": "score"})
    )

    with pytest.raises(ChainRefusedError, match="takes none of the answers of scorer"):
        moved(wrong, load(final, scorer), name="final")
    with pytest.raises(ChainRefusedError, match="takes features of nobody, which is not served"):
        moved(absent, load(final, scorer), name="final")


def test_a_candidate_that_takes_features_moves_with_their_source(final, final_2, scorer, scorer_2):
    plan, serving = of_candidate("final"), load(final, scorer)
    candidate = moved(final_2, serving, name="final", slot="final.candidate", plan=plan)

    found = moved(scorer_2, serving | {"final.candidate": candidate}, name="scorer", plan=plan)

    assert candidate.features == {"scorer": scorer.version}
    assert {slot: model.version for slot, model in found.takers.items()} == {
        "final": final.version,
        "final.candidate": final_2.version,
    }
    assert found.takers["final.candidate"].features == {"scorer": scorer_2.version}


def test_a_source_of_features_has_no_candidate(final, scorer):
    with pytest.raises(UsageError, match="scorer gives features to final") as caught:
        chain_models(of_candidate("scorer"), load(final, scorer))
    assert "--refresh" in caught.value.hint


def test_a_chain_is_what_a_model_is_put_together_with():
    signatures = {"c": signature_of("b"), "b": signature_of("a"), "a": signature_of(),
                  "d": signature_of("a"), "x": signature_of("y"), "y": signature_of(),
                  "z": signature_of("gone")}  # fmt: skip

    assert chain_of("b", signatures) == {"a", "c", "d"}
    assert chain_of("x", signatures) == {"y"}
    assert chain_of("z", signatures) == {"gone"}


@pytest.fixture
def followed(final, scorer, scorer_2, scorer_without_yes, tmp_path, monkeypatch):
    """What follows `scorer@prod` beside `final@prod`, and a version of it that comes."""
    monkeypatch.setenv("GOLIVE_REGISTRY", str(tmp_path / "registry"))
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(tmp_path / "cache"))
    registry = open_registry()
    for bundle in (scorer, scorer_2, scorer_without_yes):
        registry.push(bundle, model="scorer")
    registry.push(final, model="final")
    for model in ("scorer", "final"):
        registry.move(model, "prod", 1)

    def follow(version, **options):
        plan = ServePlan(
            bundles=("final@prod", "scorer@prod"),
            settings=ServeSettings.load({}, refresh=30),
            **options,
        )
        plan = pin(plan)
        models = load_models(plan)
        source = open_source(plan, plan.pinned["scorer@prod"], lambda: models)
        registry.move("scorer", "prod", version)
        return source, source.look()

    return follow


@pytest.mark.parametrize("original", [False, True])
def test_a_followed_version_comes_with_those_that_take_its_features(followed, scorer_2, original):
    source, named = followed(2, original=original)

    source.try_out(named)
    model = source.load(named)

    assert (model.version, set(model.takers)) == (scorer_2.version, {"final"})


def test_an_original_is_tried_with_those_that_take_its_features(followed):
    """In another process: what comes out of a model may be what another one does not survive."""
    source, named = followed(3, original=True)

    with pytest.raises(GoliveError, match="of scorer, which gives no such output") as caught:
        source.try_out(named)
    assert caught.value.code == "chain_refused"


def test_a_compiled_version_that_does_not_go_with_them_is_refused_when_it_is_loaded(followed):
    source, named = followed(3)

    source.try_out(named)
    with pytest.raises(ChainRefusedError, match="which gives no such output"):
        source.load(named)

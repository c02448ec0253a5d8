"""Bundles whose columns are looked up, loaded and served."""

import json
import subprocess
import sys

import pytest
from msgspec.structs import replace

import golive
from golive.cli.main import run
from golive.errors import UsageError
from golive.http.plan import ServePlan
from golive.settings import ServeSettings
from golive.signature.model import Lookup
from golive.signature.toml_format import dumps
from golive.testing.services import fake_service, post, strict_json
from golive.wiring.lookups import read_locations
from golive.wiring.models import load_models


@pytest.fixture(scope="session")
def looking(bundle, tmp_path_factory):
    """The bundle `m`, whose column `b` is looked up by `user_id` and is 0 by default."""
    folder = tmp_path_factory.mktemp("looking")
    a, b = bundle.signature.columns
    signature = replace(
        bundle.signature,
        columns=(a, replace(b, on_missing="default", default=0.0)),
        lookups=(Lookup(name="users", key="user_id", columns=("b",)),),
    )
    edited = folder / "edited.toml"
    edited.write_text(dumps(signature))
    return golive.repack(bundle.path, signature=edited, output=folder / "looking.bundle")


@pytest.fixture
def users(tmp_path):
    path = tmp_path / "users.json"
    path.write_text('{"7": {"b": 2.5}}')
    return path


def plan_of(bundle, *lookup):
    settings = ServeSettings.load({}, lookup=lookup)
    return ServePlan(bundles=(str(bundle.path),), settings=settings)


def test_a_loaded_bundle_looks_up_what_rows_lack(looking, users):
    predictor = golive.load(looking.path, lookup={"users": str(users)})

    looked_up, by_default = predictor.predict([{"a": 0.5, "user_id": 7}, {"a": 0.5, "user_id": 8}])

    assert looked_up == predictor.predict({"a": 0.5, "b": 2.5})[0]
    assert by_default == predictor.predict({"a": 0.5, "b": 0.0})[0] | {
        "defaults": [{"lookup": "users", "because": "key_not_found", "columns": ["b"]}]
    }


def test_a_loaded_bundle_without_places_takes_whole_rows(looking):
    predictor = golive.load(looking.path)

    whole, part = predictor.predict([{"a": 0.5, "b": 2.5}, {"a": 0.5, "user_id": 7}])

    assert "defaults" not in whole
    assert part["defaults"] == [{"lookup": "users", "because": "unavailable", "columns": ["b"]}]


def test_a_served_bundle_looks_up_what_requests_lack(looking, users):
    service = fake_service(*load_models(plan_of(looking, f"users={users}")).values())

    response = service.handle(post({"a": 0.5, "user_id": 8}))

    assert response.status == 200
    assert strict_json(response)["predictions"][0]["defaults"][0]["because"] == "key_not_found"


def test_golden_records_are_answered_with_the_values_that_they_hold(looking, tmp_path):
    users = tmp_path / "users.json"
    users.write_text(json.dumps({str(key): {"b": "no number"} for key in range(1000)}))

    models = load_models(plan_of(looking, f"users={users}"))

    assert not models["m"].drifted


def test_small_bodies_are_read_on_the_loop_with_a_file_and_not_with_a_redis(looking, users):
    pytest.importorskip("redis")

    file = load_models(plan_of(looking, f"users={users}"))["m"].engine
    redis = load_models(plan_of(looking, "users=redis://127.0.0.1:1/0"))["m"].engine

    assert (file.pace.reads_quickly, file.shortcut) == (True, None)
    assert (redis.pace.reads_quickly, redis.shortcut) == (False, None)


def test_a_lookup_without_a_place_is_refused(looking):
    with pytest.raises(UsageError) as caught:
        load_models(plan_of(looking))

    assert caught.value.message == "m looks up b in users, and nothing says where that is."
    assert caught.value.hint == ("--lookup users=FILE.json, or --lookup users=redis://HOST:PORT/0")


def test_a_place_of_no_lookup_is_refused(bundle, looking, users):
    with pytest.raises(UsageError, match="No model that is served looks anything up in user"):
        load_models(plan_of(looking, f"users={users}", f"user={users}"))
    with pytest.raises(UsageError, match="No model that is served looks anything up in users"):
        load_models(plan_of(bundle, f"users={users}"))


@pytest.mark.parametrize("text", ["users", "users=", "=users.json", "", "redis://h/0?prefix=user:"])
def test_a_place_is_a_name_and_a_location(text):
    with pytest.raises(UsageError, match="does not say where something is looked up"):
        read_locations([text])


def test_a_password_is_not_told():
    with pytest.raises(UsageError) as caught:
        read_locations(["redis://me:secret@host/0?prefix=user:"])

    assert "secret" not in caught.value.message


def test_two_places_of_one_lookup_are_refused():
    with pytest.raises(UsageError, match="users is given twice"):
        read_locations(["users=a.json", "users=b.json"])


def test_a_url_may_hold_equals_signs():
    url = "redis://h/0?prefix=user:&form=json"

    assert read_locations([f"users={url}"]) == {"users": url}


def test_nothing_of_it_is_imported_where_nothing_is_looked_up(bundle):
    program = (
        "import sys, golive\n"
        "golive.load(sys.argv[1]).predict({'a': 1.0, 'b': 1.0})\n"
        "print([n for n in sys.modules if 'lookups' in n or 'filling' in n or n == 'redis'])"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, str(bundle.path)], capture_output=True, check=True
    )

    assert done.stdout.strip() == b"[]"


def test_a_check_serves_it_with_nothing_to_look_up(looking):
    report = golive.check(looking.path)

    assert report.measurements is not None
    assert report.count("error") == 0


@pytest.fixture
def predict(looking, tmp_path, capsys, monkeypatch):
    """What `golive predict` gives for two rows without the looked-up column: code, answers, words.

    The second row's key is not there.
    """
    monkeypatch.delenv("GOLIVE_LOOKUP", raising=False)
    rows = tmp_path / "rows.csv"
    rows.write_text("a,user_id\n0.5,7\n0.5,8\n")

    def call(*options, bundle=looking):
        code = run(["predict", str(bundle.path), str(rows), *options])
        said = capsys.readouterr()
        return code, [json.loads(line) for line in said.out.splitlines()], said.err

    return call


def because(answers):
    return [[one["because"] for one in answer.get("defaults", ())] for answer in answers]


def test_rows_of_a_file_get_their_looked_up_columns(predict, looking, users):
    code, answers, said = predict("--lookup", f"users={users}")

    whole = golive.load(looking.path).predict({"a": 0.5, "b": 2.5})
    assert (code, answers[0]) == (0, whole[0])
    assert because(answers) == [[], ["key_not_found"]]
    assert said.endswith(
        "records: 2, answered: 2, with defaults for what was not found: 1, failed: 0\n"
    )


def test_the_environment_may_say_where_they_are_and_more_than_one_model_needs(
    predict, bundle, users, monkeypatch
):
    monkeypatch.setenv("GOLIVE_LOOKUP", f"users={users},orders=orders.json")

    _, answers, _ = predict()
    code, others, _ = predict(bundle=bundle)

    assert because(answers) == [[], ["key_not_found"]]
    assert (code, because(others)) == (1, [[], []])  # b is missing, and nothing is looked up


def test_without_places_rows_have_their_defaults(predict):
    assert because(predict()[1]) == [["unavailable"], ["unavailable"]]


def test_a_place_of_no_lookup_is_refused_for_a_file_of_rows_too(predict, users):
    code, _, said = predict("--lookup", f"user={users}")

    assert code == 2
    assert "nothing says where that is" in said


@pytest.mark.requires("redis")
def test_rows_of_a_file_may_be_looked_up_in_a_redis(predict, redis_server):
    redis = pytest.importorskip("redis")
    with redis.Redis.from_url(redis_server.url) as client:
        client.hset("user:7", "b", "2.5")

    _, answers, _ = predict("--lookup", f"users={redis_server.url}?prefix=user:")

    assert because(answers) == [[], ["key_not_found"]]


def test_a_redis_that_does_not_answer_is_waited_for_as_long_as_was_said(predict):
    pytest.importorskip("redis")

    _, answers, _ = predict("--lookup", "users=redis://127.0.0.1:1/0", "--lookup-timeout", "100ms")

    assert because(answers) == [["unavailable"], ["unavailable"]]

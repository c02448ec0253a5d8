"""A served bundle whose columns are looked up, while what has them goes and comes back."""

import json
import time

import numpy as np
import pandas as pd
import pytest
from msgspec.structs import replace
from sklearn.linear_model import LinearRegression
from tests.end_to_end.live_server import serving
from tests.redis_server import RedisServer

import golive
from golive.signature.model import Lookup
from golive.signature.toml_format import dumps

pytestmark = pytest.mark.slow
DEFAULT, KNOWN = -1000.0, 5.0


@pytest.fixture(scope="module")
def looking(tmp_path_factory):
    """Gives the sum of `a` and `b`, which is looked up by `user_id`."""
    folder = tmp_path_factory.mktemp("looking")
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=60), "b": rng.normal(size=60)})
    model = LinearRegression().fit(frame, frame["a"] + frame["b"])
    bundle = golive.pack(model, frame, name="sums", output=folder / "sums.bundle")
    a, b = bundle.signature.columns
    edited = folder / "edited.toml"
    edited.write_text(
        dumps(
            replace(
                bundle.signature,
                columns=(a, replace(b, on_missing="default", default=DEFAULT)),
                lookups=(Lookup(name="users", key="user_id", columns=("b",)),),
            )
        )
    )
    return golive.repack(bundle.path, signature=edited, output=folder / "looking.bundle").path


def ask(served, *keys):
    """The `b` that each record had, and why it has its default."""
    records = [{"a": 0.0, "user_id": key} for key in keys]
    response = served.client.post("/predict", json=records)
    assert response.status_code == 200, response.text
    return [
        (round(p["score"], 6), p.get("defaults", [{"because": None}])[0]["because"])
        for p in response.json()["predictions"]
    ]


def wait_until(is_so):
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.requires("redis")
def test_a_redis_may_come_late_stand_still_and_go(looking, tmp_path):
    redis = pytest.importorskip("redis")
    server = RedisServer(tmp_path)
    url = f"{server.url}?prefix=user:"
    options = ["--lookup", f"users={url}", "--lookup-timeout", "200ms", "--workers", "2"]

    with serving(looking, tmp_path, *options) as served:
        early = ask(served, 7)
        server.start()
        with redis.Redis.from_url(server.url) as client:
            client.hset("user:7", "b", KNOWN)
        wait_until(lambda: ask(served, 7)[0] == (KNOWN, None))
        there = ask(served, 7, 8)
        server.halt()
        started = time.monotonic()
        halted = [ask(served, 7)[0] for _ in range(20)]
        took = time.monotonic() - started
        server.go_on()
        wait_until(lambda: ask(served, 7)[0] == (KNOWN, None))
        server.kill()
        gone = [ask(served, 7)[0] for _ in range(20)]

    assert early == [(DEFAULT, "unavailable")]
    assert there == [(KNOWN, None), (DEFAULT, "key_not_found")]
    assert set(halted) <= {(DEFAULT, "timeout"), (DEFAULT, "unavailable")}
    assert took < 20  # of two workers three requests each waited, and each second one more
    assert set(gone) == {(DEFAULT, "unavailable")}


def test_a_file_is_read_again_by_every_worker_and_a_broken_one_is_not(looking, tmp_path):
    path = tmp_path / "users.json"
    path.write_text(json.dumps({"7": {"b": KNOWN}}))

    def put(text):
        beside = tmp_path / "new"
        beside.write_text(text)
        beside.replace(path)

    def always(expected):
        return all(ask(served, 7)[0] == expected for _ in range(10))

    with serving(looking, tmp_path, "--lookup", f"users={path}", "--workers", "2") as served:
        before = ask(served, 7, 8)
        put(json.dumps({"7": {"b": 6.0}}))
        wait_until(lambda: always((6.0, None)))
        put("{")
        wait_until(lambda: served.log.read_text().count("cannot be read") == 2)
        kept = ask(served, 7)

    assert before == [(KNOWN, None), (DEFAULT, "key_not_found")]
    assert kept == [(6.0, None)]

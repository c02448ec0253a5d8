"""A chain follows references: its source or its taker moves, under load and by itself."""

from __future__ import annotations

import asyncio
import json
import re
import signal

import numpy as np
import pandas as pd
import pytest
from msgspec.structs import replace
from sklearn.linear_model import LinearRegression
from tests.end_to_end.live_server import serving
from tests.end_to_end.test_hot_refresh import sample
from tests.end_to_end.test_hot_refresh import until as until_soon
from tests.end_to_end.test_isolated_models import descendants, started

import golive
from faults.ledger import Ledger
from faults.load import Load
from faults.questions import Question
from golive.errors import UsageError
from golive.http.plan import ServePlan
from golive.settings import ServeSettings
from golive.signature.model import FeatureSource
from golive.signature.toml_format import dumps
from golive.wiring.models import load_models, pin
from golive.wiring.registries import open_registry

pytestmark = pytest.mark.slow

FOLLOWED = ("--refresh", "200ms")
ROWS = pd.DataFrame({"a": np.arange(1.0, 51.0), "b": np.arange(50.0) % 7})


def pack_source(factor, folder, *, output="score"):
    """Gives `factor` times `a`; by a function under the name `twice`, if that is what it gives."""
    name = f"source-{factor}-{output}"
    if output == "score":
        model = LinearRegression(fit_intercept=False).fit(ROWS[["a"]], ROWS["a"] * factor)
        return golive.pack(
            model, ROWS[["a"]], name="source", output=folder / f"{name}.bundle", compile=factor != 3
        )
    script = folder / f"{name.replace('-', '_')}.py"
    script.write_text(
        f"def source(request: dict) -> dict:\n    return {{'{output}': request['a']}}\n"
    )
    records = [{"a": float(number)} for number in range(1, 6)]
    return golive.pack(f"{script}:source", records, name="source", output=folder / f"{name}.bundle")


def pack_taker(factor, folder, *, path="score"):
    """Gives `b` and `factor` times what the source gives of `a`."""
    frame = pd.DataFrame({"b": ROWS["b"], "given": ROWS["a"]})
    model = LinearRegression(fit_intercept=False).fit(frame, frame["b"] + factor * frame["given"])
    whole = golive.pack(model, frame, name="taker", output=folder / f"whole-{factor}-{path}.bundle")
    edited = folder / "edited.toml"
    features = FeatureSource(model="source", outputs={"given": path})
    edited.write_text(dumps(replace(whole.signature, features=(features,))))
    output = folder / f"taker-{factor}-{path}.bundle"
    return golive.repack(whole.path, signature=edited, output=output)


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("chain")
    sources = [pack_source(1, folder), pack_source(3, folder)]
    takers = [pack_taker(10, folder), pack_taker(100, folder)]
    odd = pack_source(1, folder, output="given"), pack_taker(10, folder, path="value.given")
    return sources, takers, odd


@pytest.fixture
def registry(packed, tmp_path, monkeypatch):
    """Sources 1 to 3, of which the last gives no score, and takers 1 to 3, of which the last takes
    what that one gives; `prod` is 1.
    """
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(tmp_path / "cache"))
    opened = open_registry(str(tmp_path / "registry"))
    sources, takers, (odd_source, odd_taker) = packed
    for bundle in (*sources, odd_source):
        opened.push(bundle, model="source")
    for bundle in (*takers, odd_taker):
        opened.push(bundle, model="taker")
    opened.move("source", "prod", 1)
    opened.move("taker", "prod", 1)
    return opened


def until(is_so, seconds=90):
    until_soon(is_so, seconds)


def references(tmp_path):
    return [tmp_path / "registry" / f"{name}@prod" for name in ("taker", "source")]


def asking(packed):
    """Questions whose answers have to be those of the versions that they name."""
    sources, takers, _ = packed
    of_source = {sources[0].version: 1, sources[1].version: 3}
    of_taker = {takers[0].version: 10, takers[1].version: 100}

    def ask(number):
        a, b = number % 40 + 1, number % 5

        def judge(reply):
            answer = json.loads(reply.body)
            if reply.status != 200:
                return f"refused {answer['code']}"
            version = reply.headers["golive-feature-versions"].removeprefix("source=")
            wanted = b + of_taker[answer["version"]] * of_source[version] * a
            right = abs(answer["predictions"][0]["score"] - wanted) < 1e-6 * wanted
            return "answered" if right else f"wrong: {answer} {version}"

        return Question("/models/taker/predict", json.dumps({"a": a, "b": b}).encode(), judge)

    return ask


def metric(server, name, **labels):
    wanted = {f'{key}="{value}"' for key, value in labels.items()}
    found = re.findall(rf"^{name}{{(.*)}} (\S+)$", server.get("/metrics").decode(), re.MULTILINE)
    return sum(float(value) for text, value in found if wanted <= set(text.split(",")))


@pytest.mark.parametrize(
    ("workers", "more"),
    [
        (1, ()),
        (2, ()),
        (1, ("--isolate", "model", "--keep-previous", "0", "--time-limit", "3")),
    ],
)
def test_source_and_taker_move_under_load_and_each_answer_is_of_the_versions_that_it_names(
    registry, packed, tmp_path, workers, more
):
    """Source 2 is not compiled: it is served apart where that is asked for."""
    ledger = Ledger()
    moves = [("source", 2), ("taker", 2), ("source", 1), ("taker", 1), ("source", 2)]

    async def run():
        options = (*FOLLOWED, "--workers", str(workers), *more)
        async with started(tmp_path, *references(tmp_path), options=options) as server:
            load = Load(server, ledger, seed=1)
            tasks = [asyncio.create_task(load.client(asking(packed))) for _ in range(3)]
            for number, (model, version) in enumerate(moves, 1):
                registry.move(model, "prod", version)
                done = number * workers
                await asyncio.to_thread(
                    until, lambda done=done: metric(server, "golive_refreshes_total") == done
                )
            load.end()
            await asyncio.gather(*tasks)
            expected = 1 if more else (0, 0, 2)[workers]
            await asyncio.to_thread(until, lambda: len(descendants(server.pid)) == expected)

    asyncio.run(run())
    ledger.close()

    assert ledger.is_clean, ledger.details
    assert ledger.answered == ledger.sent > 100


def test_what_does_not_go_together_is_refused_until_its_counterpart_moves(registry, tmp_path):
    first, second = references(tmp_path)
    # `serving` starts one bundle: the other one is an option's value to it
    with serving(first, tmp_path, str(second), *FOLLOWED) as server:

        def score():
            response = server.client.post("/models/taker/predict", json={"a": 2.0, "b": 1.0})
            return round(response.json()["predictions"][0]["score"], 6)

        def refused(model):
            return server.client.get("/readyz").json()["refresh"][model].get("refused")

        before = score()
        registry.move("source", "prod", 3)
        until(lambda: sample(server, "golive_refresh_failures_total", model="source") == 1)
        source, still = refused("source"), score()
        registry.move("taker", "prod", 3)
        until(lambda: sample(server, "golive_refresh_failures_total", model="taker") == 1)
        taker = refused("taker")
        registry.move("source", "prod", 2)
        until(lambda: sample(server, "golive_refreshes_total", model="source") == 1)
        until(lambda: sample(server, "golive_refresh_failures_total", model="taker") == 2)
        after = score()
        registry.move("taker", "prod", 2)
        until(lambda: sample(server, "golive_refreshes_total", model="taker") == 1)
        last = score()
        server.process.send_signal(signal.SIGHUP)

    assert (before, still, after, last) == (21.0, 21.0, 61.0, 601.0)
    assert (source["version"], source["code"]) == ("source@3", "chain_refused")
    assert source["message"] == (
        'taker: The column "given" is to be score of source, which gives no such output.'
    )
    assert (taker["version"], taker["code"]) == ("taker@3", "chain_refused")


def test_a_candidate_of_the_taker_is_asked_with_the_source_that_serves(registry, tmp_path):
    registry.move("taker", "next", 2)
    first, second = references(tmp_path)
    options = (str(second), *FOLLOWED, "--canary", "taker@next=50")
    with serving(first, tmp_path, *options) as server:

        def scores(source):
            found = set()
            for number in range(40):
                body = {"a": 2.0, "b": number / 64}
                response = server.client.post("/models/taker/predict", json=body)
                score = response.json()["predictions"][0]["score"] - number / 64
                found.add(round(score / (2.0 * source)))
            return found

        before = scores(1)
        registry.move("source", "prod", 2)
        until(lambda: sample(server, "golive_refreshes_total") == 1)
        after = scores(3)

    assert before == after == {10, 100}


def test_a_candidate_of_the_source_is_refused_at_the_start(registry, tmp_path):
    registry.move("source", "next", 2)
    settings = ServeSettings.load({}, shadow="source@next")
    plan = ServePlan(bundles=tuple(map(str, references(tmp_path))), settings=settings)
    with pytest.raises(UsageError, match="source gives features to taker"):
        load_models(pin(plan))

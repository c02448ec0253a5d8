"""A candidate is tried before a server starts, and loaded where it does the least harm."""

import os
import signal
import time
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.wiring.dangerous import pack_dangerous

from golive.errors import ModelLoadError
from golive.http.plan import ServePlan
from golive.http.refreshing.board import Board
from golive.http.stepback.noted_model import NotedModel
from golive.http.stepback.notice import Notice
from golive.http.stepback.running import take_running
from golive.http.stepback.verdict import Verdict
from golive.settings import ServeSettings
from golive.wiring.candidate_trials import tried
from golive.wiring.models import pin
from golive.wiring.refreshing import open_source
from golive.wiring.registries import open_registry


@pytest.fixture(scope="module")
def dangerous(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dangerous")
    return pack_dangerous(folder, 1), pack_dangerous(folder, 2)


@pytest.fixture
def registry(dangerous, bundle, tmp_path, monkeypatch):
    """A registry with versions of `games`: `prod`, a dangerous `candidate` and `compiled`."""
    monkeypatch.setenv("GOLIVE_REGISTRY", str(tmp_path / "registry"))
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("DANGER_FOLDER", str(tmp_path))
    opened = open_registry()
    for number, each in enumerate((*dangerous, bundle), 1):
        opened.push(each, model="games")
        opened.move("games", ("prod", "candidate", "compiled")[number - 1], number)
    return opened


def plan_of(tmp_path, *, is_alone=False, **settings):
    loaded = ServeSettings.load({}, **settings)
    plan = pin(ServePlan(bundles=("games@prod",), settings=loaded))
    directory = tmp_path / "board"
    directory.mkdir(exist_ok=True)
    return plan if is_alone else replace(plan, metrics_directory=directory)


def load(plan):
    return open_source(plan, plan.canary.named, dict).load(plan.canary.named)


def answer(model, body=b'{"x": 3}'):
    [entry] = model.engine.answer(model.engine.decoder.decode_body(body))
    return entry.value


@pytest.fixture
def loaded_apart(registry, tmp_path):
    """Loads a shadow, whose process is ended at the end."""
    models = []

    def run(**settings):
        models.append(load(plan_of(tmp_path, shadow="candidate", **settings)))
        deadline = time.monotonic() + 60
        while not models[-1].backend.is_running and time.monotonic() < deadline:
            time.sleep(0.02)
        return models[-1]

    yield run
    for model in models:
        model.backend.close()


@pytest.mark.parametrize("settings", [{"canary": "candidate=10"}, {"shadow": "candidate"}])
@pytest.mark.parametrize(
    ("danger", "message"),
    [
        ("import segfault", "The process in which games@2 was loaded first ended by SIGSEGV."),
        ("call exit", "The process in which games@2 was loaded first ended with code 7."),
    ],
)
def test_a_candidate_that_fails_where_it_is_tried_is_refused(
    registry, tmp_path, settings, danger, message
):
    (tmp_path / "danger-2").write_text(danger)

    refusal = tried(plan_of(tmp_path, is_alone=True, **settings)).canary.refusal

    assert (refusal.named.label, refusal.code) == ("games@2", "model_not_loadable")
    assert (refusal.message, refusal.says_nothing) == (message, False)


def test_a_good_one_is_not_and_a_plan_without_one_stays_as_it_is(registry, tmp_path):
    with_one, without = plan_of(tmp_path, canary="candidate=10"), plan_of(tmp_path)

    assert tried(with_one) == with_one
    assert tried(without) == without


def test_a_compiled_one_is_loaded_to_find_out(registry, tmp_path):
    plan = plan_of(tmp_path, is_alone=True, canary="compiled=10")
    good = tried(plan).canary.refusal
    path = next(Path(tmp_path / "cache").rglob("program*"))
    path.chmod(0o600)
    path.write_bytes(b"?")

    refusal = tried(replace(plan, verify=True)).canary.refusal

    assert good is None
    assert refusal.code == "bundle_corrupt"


def test_a_canary_is_loaded_here_and_its_calls_are_noted(registry, tmp_path):
    plan = plan_of(tmp_path, canary="candidate=10")

    model = load(plan)

    assert isinstance(model.engine.model, NotedModel)
    assert (answer(model), model.backend) == (6, None)
    assert take_running(plan.metrics_directory, os.getpid()) is None


@pytest.mark.parametrize(
    "options",
    [{"canary": "compiled=10"}, {"canary": "candidate=10", "is_alone": True}],
)
def test_a_compiled_one_and_that_of_a_lone_process_are_not(registry, tmp_path, options):
    model = load(plan_of(tmp_path, **options))

    assert not isinstance(model.engine.model, NotedModel)


def stepped_back(plan, dangerous, reason):
    verdict = Verdict(reason=reason, message="worker 7 was ended by SIGSEGV")
    notice = Notice(candidate="games@2", version=dangerous[1].version, verdict=verdict, at="now")
    board = Board(plan.metrics_directory)
    board.tell_stepped_back(plan.canary.slot, notice)
    return board


def test_one_that_has_brought_down_a_worker_is_not_loaded_again_until_somebody_asks(
    registry, dangerous, tmp_path
):
    plan = plan_of(tmp_path, canary="candidate=10")
    board = stepped_back(plan, dangerous, "crashed")

    with pytest.raises(ModelLoadError, match="It crashes: worker 7 was ended by SIGSEGV") as caught:
        load(plan)
    board.ask()

    assert caught.value.code == "crashed"
    assert answer(load(plan)) == 6


def test_one_that_only_fails_is_loaded_for_who_asks_for_it(registry, dangerous, tmp_path):
    plan = plan_of(tmp_path, canary="candidate=10")
    stepped_back(plan, dangerous, "errors")

    assert answer(load(plan)) == 6


def test_a_shadow_answers_in_a_process_of_its_own_that_yields_to_all_others(loaded_apart):
    model = loaded_apart()

    assert (model.version, model.names, answer(model)) == (model.version, ("2", "candidate"), 6)
    process = model.backend._process.id
    assert Path(f"/proc/{process}/comm").read_text() == "golive-shadow\n"
    assert Path(f"/proc/{process}/oom_score_adj").read_text() == "1000\n"
    assert os.getpriority(os.PRIO_PROCESS, process) == 19


def test_when_it_crashes_it_is_started_again(loaded_apart):
    model = loaded_apart()
    first = model.backend._process.id

    os.kill(first, signal.SIGSEGV)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (
        model.backend.is_running and model.backend._process.id != first
    ):
        time.sleep(0.02)

    assert answer(model) == 6
    assert model.backend.facts()["ends"] == 1


def test_one_that_does_not_start_is_waited_for_when_it_is_to_take_a_place(registry, tmp_path):
    """Not at the start of a server, where it was tried."""
    plan = plan_of(tmp_path, shadow="candidate", load_limit=0)
    source = open_source(plan, plan.canary.named)
    (tmp_path / "danger-2").write_text("import segfault")
    source.try_out(plan.canary.named)

    with pytest.raises(ModelLoadError, match="was ended by SIGSEGV before it was ready"):
        source.load(plan.canary.named)

"""Versions in processes of their own: loaded there, refused there, asked as if they were here."""

import os
import resource
import stat
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from tests.two_environments import TwoEnvironments
from tests.wiring.dangerous import dangerous_bundle
from tests.wiring.test_refreshing import plan_of

import golive
from golive.backends.environments import EnvironmentNotMadeError
from golive.bundle.reading import open_bundle
from golive.errors import GoliveError
from golive.http.plan import Named, Placement
from golive.http.refreshing.source import SourceUnavailableError
from golive.signature.model import Lookup
from golive.signature.toml_format import dumps
from golive.testing.services import fake_service, post, strict_json
from golive.wiring.apart import load_version
from golive.wiring.free_memory import Memory
from golive.wiring.isolating import candidate_placement
from golive.wiring.models import load_models, pin
from golive.wiring.refreshing import open_source
from golive.wiring.registries import open_registry

PLENTY = Memory(1 << 40, 1 << 41)
HERE = Placement(models=("games",), python=sys.executable)


@pytest.fixture(scope="module")
def bundles(once_a_run):
    return dangerous_bundle(once_a_run, 1), dangerous_bundle(once_a_run, 2)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("GOLIVE_REGISTRY", str(tmp_path / "registry"))
    monkeypatch.setenv("DANGER_FOLDER", str(tmp_path))
    return tmp_path


@pytest.fixture
def attempt(bundles, folder):
    """Load version 2 with what it is to do; gives what it is refused for, or None."""

    def attempt(what="", *, memory=lambda: PLENTY, **settings):
        (folder / "danger-2").write_text(what)
        plan = plan_of("games@prod", isolate="model", **settings)
        named = Named(reference="games@prod", model="games", version=2, sha256="0" * 64)
        try:
            model = load_version(plan, named, bundles[1], HERE, memory=memory)
        except (GoliveError, SourceUnavailableError) as error:
            return error
        model.backend.close()
        return None

    return attempt


def test_a_good_version_is_taken(attempt):
    assert attempt() is None


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("import abort", "was ended by SIGABRT before it was ready"),
        ("call segfault", "was ended by SIGSEGV before it was ready"),
        ("import exit", "ended with exit code 7 before it was ready"),
        ("import raise", "not today"),
        ("call differ", "golden"),
    ],
)
def test_one_that_fails_is_refused_and_leaves_no_process(attempt, what, message):
    before = children()

    error = attempt(what)

    assert message in error.message
    assert error.code in ("model_not_loadable", "environment_drift")
    assert children() == before


@contextmanager
def no_process():
    """No file can be opened, and so no process begun."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_where_no_process_can_be_begun_nothing_is_said_of_the_version(bundles, folder):
    """Else a moment without descriptors would refuse it until somebody asks."""
    plan = plan_of("games@prod", isolate="model")
    named = Named(reference="games@prod", model="games", version=2, sha256="0" * 64)

    assert bundles[1].signature.columns is not None  # it has been read
    refused = pytest.raises(SourceUnavailableError, match=r"games@2 cannot be started: .*Too many")
    with refused, no_process():
        load_version(plan, named, bundles[1], HERE, memory=lambda: PLENTY)


def test_one_that_hangs_is_refused_in_time(attempt):
    before, began = children(), time.monotonic()

    error = attempt("import hang", load_limit=2.0)

    assert time.monotonic() - began < 20
    assert error.code == "model_not_loadable"
    assert error.message == "games@2 was not loaded within 2 seconds."
    assert "--load-limit" in error.hint
    assert children() == before


def test_one_that_takes_all_memory_is_refused_before_that_is_gone(attempt):
    error = attempt("import eat", worker_memory=200 << 20)

    assert error.message == (
        "games@2 took more than the 200 MiB of --worker-memory while it was loaded."
    )


def test_where_others_take_the_memory_nothing_is_said_of_the_version(attempt):
    left = iter([PLENTY])

    error = attempt("import hang", memory=lambda: next(left, Memory(1 << 20, 1 << 41)))

    assert isinstance(error, SourceUnavailableError)
    assert "games@2 could not be tried" in error.message


def children():
    listed = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return sorted(child for file in listed for child in file.read_text().split())


@pytest.fixture
def registry(bundles, folder):
    """A registry with two versions of `games`; `prod` is the first."""
    opened = open_registry()
    for bundle in bundles:
        opened.push(bundle)
    opened.move("games", "prod", 1)
    return opened


def source_of(registry, **settings):
    """What follows `games@prod`, which stands for the second version by now, and that version."""
    plan = pin(plan_of("games@prod", refresh=30, isolate="model", **settings))
    source = open_source(plan, plan.pinned["games@prod"])
    registry.move("games", "prod", 2)
    return source, source.look()


def ask(model, record):
    return strict_json(fake_service(model).handle(post(record)))


def test_a_version_answers_in_the_process_in_which_it_was_tried(registry, folder):
    (folder / "danger-2").write_text("import count")
    source, named = source_of(registry)

    source.try_out(named)
    model = source.load(named)
    answer = ask(model, {"x": 3})
    model.backend.close()

    assert (folder / "told-2").read_text() == "."  # it was imported once
    assert answer["predictions"] == [{"value": 6}]
    assert (model.name, model.names) == ("games", ("2", "prod"))


def test_what_was_tried_and_never_asked_for_is_ended(registry):
    before = children()
    source, named = source_of(registry)

    source.try_out(named)
    begun = children()
    source.try_out(named)  # it has passed

    assert len(begun) == len(before) + 1
    assert children() == before


def test_the_models_of_a_worker_that_begins_later_are_placed_anew(registry, bundles):
    """Else it would run a version in an environment that was made for another one."""
    plan = pin(plan_of("games@prod", refresh=30, isolate="model"))
    stale = Placement(models=("games",), python="/no/such/python")
    plan = msgspec.structs.replace(plan, placements=(stale,))

    model = load_models(plan)["games"]
    answer = ask(model, {"x": 3})
    model.backend.close()

    assert answer["predictions"] == [{"value": 3}]


@pytest.fixture
def installer(folder, monkeypatch):
    """What stands in for uv: makes no environment, but does and says what a test wants."""
    script = folder / "bin" / "uv"
    script.parent.mkdir()
    monkeypatch.setenv("PATH", f"{script.parent}{os.pathsep}{os.environ['PATH']}")

    def make(text, *, shebang="#!/bin/sh"):
        script.write_text(f"{shebang}\n{text}\n")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)

    return make


@pytest.fixture(scope="module")
def environments(tmp_path_factory):
    return TwoEnvironments(tmp_path_factory.mktemp("environments"))


@pytest.fixture
def needing(environments, registry):
    """What follows `games@prod`, which needs a package that is not here, and that version."""
    registry.push(open_bundle(environments.games), model="games")
    plan = pin(plan_of("games@prod", refresh=30, isolate="environment"))
    source = open_source(plan, plan.pinned["games@prod"])
    registry.move("games", "prod", 3)
    return source, source.look()


def test_the_environment_of_a_version_is_made_before_it_is_loaded(needing, environments, installer):
    home = environments.python_of_games.parents[1]
    installer(f"case $1 in venv) shift 3; cp -r {home} $1;; esac")
    source, named = needing

    source.try_out(named)
    model = source.load(named)
    answer = ask(model, {"n": 4})
    model.backend.close()

    assert answer["predictions"] == [{"value": 12}]


def test_a_version_whose_environment_cannot_be_made_is_refused(needing, installer):
    installer("echo there is no such package; exit 1")
    source, named = needing

    with pytest.raises(EnvironmentNotMadeError, match="there is no such package"):
        source.try_out(named)


def test_where_no_installer_can_be_run_nothing_is_said_of_the_version(needing, installer):
    installer("", shebang="#!/no/such/shell")
    source, named = needing

    with pytest.raises(SourceUnavailableError, match="cannot be installed"):
        source.try_out(named)


def test_looked_up_columns_are_as_they_are_in_one_process(bundle, folder):
    a, b = bundle.signature.columns
    signature = replace(
        bundle.signature,
        columns=(a, replace(b, on_missing="default", default=0.0)),
        lookups=(Lookup(name="users", key="user_id", columns=("b",)),),
    )
    (folder / "edited.toml").write_text(dumps(signature))
    (folder / "users.json").write_text('{"7": {"b": 2.5}}')
    looking = golive.repack(
        bundle.path, signature=folder / "edited.toml", output=folder / "looking.bundle"
    )
    records = [{"a": 0.5, "user_id": key} for key in (7, 8, None)] + [{"a": 0.5}, {"a": 1, "b": 2}]
    lookup = (f"users={folder / 'users.json'}",)
    plan = replace(plan_of(looking.path, lookup=lookup), original=True)
    named = Named(reference="m@prod", model="m", version=1, sha256="0" * 64)

    here = load_models(plan)["m"]
    there = load_version(plan, named, looking, Placement(models=("m",), python=sys.executable))
    answers = [fake_service(model).handle(post(records)) for model in (here, there)]
    there.backend.close()

    assert answers[0].body == answers[1].body
    assert answers[0].headers["golive-defaults"] == answers[1].headers["golive-defaults"]
    assert b"key_not_found" in answers[1].body


def test_the_process_of_a_candidate_is_known_before_anything_is_served(registry):
    registry.move("games", "next", 2)
    plan = pin(plan_of("games@prod", isolate="model", canary="next=10"))

    placement = candidate_placement(plan, tell=[].append)

    assert placement == Placement(models=("games@2",), python=sys.executable)

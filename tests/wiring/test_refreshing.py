"""Plans are pinned to what their references name, and followed references become models."""

import json
import os
import shutil
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
import pandas as pd
import pytest
from msgspec.structs import replace
from sklearn.linear_model import LogisticRegression
from tests.wiring.dangerous import pack_dangerous

import golive
from golive.errors import BundleCorruptError, GoliveError, UsageError
from golive.http.plan import ServePlan
from golive.http.refreshing.policy import Schedule
from golive.http.refreshing.refresher import Chances, Effects, Refresher
from golive.http.refreshing.source import SourceUnavailableError
from golive.registry.errors import ContentCorruptError
from golive.settings import ServeSettings
from golive.signature.model import Lookup
from golive.signature.toml_format import dumps
from golive.wiring.following import ask_to_refresh, running_servers
from golive.wiring.models import load_models, open_all, pin
from golive.wiring.refreshing import open_source
from golive.wiring.registries import open_registry


@pytest.fixture(scope="session")
def other_bundle(tmp_path_factory):
    """A packed model that answers otherwise than `bundle`."""
    frame = pd.DataFrame({"a": np.arange(60.0), "b": np.arange(60.0) % 7})
    model = LogisticRegression().fit(frame, np.where(frame["b"] > 3, "yes", "no"))
    folder = tmp_path_factory.mktemp("other")
    return golive.pack(model, frame, name="m", output=folder / "m.bundle")


@pytest.fixture
def registry(bundle, other_bundle, tmp_path, monkeypatch):
    """A registry with two versions of `games`; `prod` is the first."""
    monkeypatch.setenv("GOLIVE_REGISTRY", str(tmp_path / "registry"))
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(tmp_path / "cache"))
    opened = open_registry()
    opened.push(bundle, model="games")
    opened.push(other_bundle, model="games")
    opened.move("games", "prod", 1)
    return opened


def plan_of(*bundles, **settings):
    loaded = ServeSettings.load({}, **settings)
    return ServePlan(bundles=tuple(str(b) for b in bundles), settings=loaded)


def test_a_pinned_plan_serves_what_was_named_then_under_the_name_in_the_registry(registry, bundle):
    plan = pin(plan_of("games@prod"))
    registry.move("games", "prod", 2)

    models = load_models(plan)

    assert list(models) == ["games"]
    assert (models["games"].name, models["games"].version) == ("games", bundle.version)


def test_a_pinned_plan_needs_no_registry_where_the_bundle_is_on_this_machine(registry, tmp_path):
    plan = pin(plan_of("games@prod"))
    open_all(plan)
    shutil.rmtree(tmp_path / "registry")

    assert list(open_all(plan)) == ["games"]


def test_a_pinned_plan_asks_the_registry_again_where_the_cache_was_emptied(
    registry, bundle, tmp_path
):
    plan = pin(plan_of("games@prod"))
    open_all(plan)
    shutil.rmtree(tmp_path / "cache")
    registry.move("games", "prod", 2)

    assert open_all(plan)["games"].version == bundle.version


@pytest.mark.parametrize("reference", ["games", "games@prod"])
def test_what_may_name_another_version_is_followed(registry, reference):
    plan = pin(plan_of(reference, refresh=30))

    assert {slot: named.reference for slot, named in plan.followed.items()} == {"games": reference}


@pytest.mark.parametrize("reference", ["games@1", "games@{id}"])
def test_what_always_names_the_same_is_not(registry, bundle, reference):
    text = reference.format(id=bundle.manifest.id[:12])

    with pytest.raises(UsageError, match="nothing to follow"):
        pin(plan_of(text, refresh=30))


def test_a_candidate_is_what_its_alias_names_and_is_followed_too(registry):
    registry.move("games", "next", 2)
    settings = {"canary": "next=10", "sticky_header": "X-User"}

    plan = pin(plan_of("games@prod", refresh=30, **settings))

    assert (plan.canary.named.label, plan.canary.share, plan.canary.header) == (
        "games@2",
        0.1,
        "x-user",
    )
    assert {slot: named.label for slot, named in plan.followed.items()} == {
        "games": "games@1",
        "games.candidate": "games@2",
    }


def test_a_candidate_goes_with_one_reference_alone(registry, bundle):
    with pytest.raises(UsageError, match="one model from a registry"):
        pin(plan_of(bundle.path, canary="next=10"))
    with pytest.raises(UsageError, match="no games@next"):
        pin(plan_of("games@prod", canary="next=10"))


def test_of_several_models_a_candidate_names_its_own(registry, bundle):
    registry.push(bundle, model="chess")
    registry.move("chess", "next", 1)

    plan = pin(plan_of("games@prod", "chess", refresh=30, canary="chess@next=10"))
    shadow = pin(plan_of("games@prod", "chess", refresh=30, shadow="chess@next"))

    assert (plan.canary.named.label, plan.canary.share, plan.canary.slot) == (
        "chess@1",
        0.1,
        "chess.candidate",
    )
    assert set(plan.followed) == {"games", "chess", "chess.candidate"}
    assert (shadow.canary.named.label, shadow.canary.is_shadow) == ("chess@1", True)


@pytest.mark.parametrize(
    ("canary", "message"),
    [
        ("next=10", "say which"),
        ("games@next=10,chess@prod=90", "names games and chess"),
        ("draughts@next=10", "draughts is none that is served here"),
    ],
)
def test_a_candidate_of_none_of_several_models_is_misuse(registry, bundle, canary, message):
    registry.push(bundle, model="chess")

    with pytest.raises(UsageError, match=message) as caught:
        pin(plan_of("games@prod", "chess", canary=canary))
    assert "NAME@candidate=10" in caught.value.hint


def test_without_refresh_nothing_is_followed(registry):
    assert pin(plan_of("games@prod")).followed == {}


def test_to_follow_a_path_is_misuse(bundle):
    with pytest.raises(UsageError, match="nothing to follow") as caught:
        pin(plan_of(bundle.path, refresh=30))
    assert "--refresh 30s" in caught.value.hint


def test_a_source_tells_what_the_reference_names_and_loads_it(registry, other_bundle):
    plan = pin(plan_of("games@prod", refresh=30))
    source = open_source(plan, plan.pinned["games@prod"])

    before = source.look()
    registry.move("games", "prod", 2)
    after = source.look()
    model = source.load(after)

    assert (before.label, after.label) == ("games@1", "games@2")
    assert (model.name, model.version) == ("games", other_bundle.version)


def test_a_registry_that_is_gone_or_damaged_says_nothing_of_the_version(registry, tmp_path):
    plan = pin(plan_of("games@prod", refresh=30))
    source = open_source(plan, plan.pinned["games@prod"])

    registry.move("games", "prod", None)
    with pytest.raises(SourceUnavailableError, match="no games@prod"):
        source.look()
    for event in (tmp_path / "registry" / "games" / "history").iterdir():
        event.write_text("{}")
    with pytest.raises(SourceUnavailableError, match="json"):
        open_source(plan, plan.pinned["games@prod"]).look()
    shutil.rmtree(tmp_path / "registry")
    with pytest.raises(SourceUnavailableError):
        source.look()


def test_a_version_whose_file_was_changed_is_refused(registry, tmp_path):
    plan = pin(plan_of("games@prod", refresh=30))
    source = open_source(plan, plan.pinned["games@prod"])
    registry.move("games", "prod", 2)
    named = source.look()
    file = next((tmp_path / "registry" / "games" / "bundles").glob(f"{named.sha256}*"))
    file.write_bytes(b"x" + file.read_bytes()[1:])

    with pytest.raises((ContentCorruptError, BundleCorruptError)):
        source.load(named)


def test_only_servers_that_run_are_asked(tmp_path, monkeypatch):
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(tmp_path))
    folder = tmp_path / "serving"
    folder.mkdir(mode=0o700)
    dead = {"process": 2**22 + 1, "begun": 1, "url": "http://a", "references": ["a@prod"]}
    other = dead | {"process": os.getpid(), "begun": 1}  # the id of another process by now
    (folder / "1.json").write_text(json.dumps(dead))
    (folder / "2.json").write_text(json.dumps(other))
    (folder / "3.json").write_text("{")

    assert running_servers() == []
    assert list(folder.iterdir()) == []
    with pytest.raises(UsageError, match="No server of yours on this machine follows"):
        ask_to_refresh()
    with pytest.raises(UsageError, match=f"Process {os.getpid()} is no server"):
        ask_to_refresh(os.getpid())


@pytest.fixture
def dangers(registry, tmp_path, monkeypatch):
    """A version 3 of `games` that does what the file `danger-3` says."""
    registry.push(pack_dangerous(tmp_path, 3), model="games")
    monkeypatch.setenv("DANGER_FOLDER", str(tmp_path))
    return tmp_path / "danger-3"


def source_of(registry, version, **options):
    """A source whose reference names a version while the first one serves, and that version."""
    plan = pin(plan_of("games@prod", refresh=30, **options))
    source = open_source(plan, plan.pinned["games@prod"])
    registry.move("games", "prod", version)
    return source, source.look()


def test_a_version_that_would_end_the_server_is_refused_in_a_process_of_its_own(registry, dangers):
    dangers.write_text("import abort")
    source, named = source_of(registry, 3)

    with pytest.raises(GoliveError, match=r"games@3 was loaded first ended by SIGABRT") as caught:
        source.try_out(named)
    dangers.write_text("")
    source.try_out(named)
    dangers.write_text("import abort")
    source.try_out(named)  # it has passed
    dangers.write_text("")
    model = source.load(named)

    assert caught.value.code == "model_not_loadable"
    assert model.names == ("3", "prod")


def test_a_compiled_program_is_not_tried_and_neither_is_anything_without_a_limit(registry, dangers):
    dangers.write_text("import abort")
    program, named_program = source_of(registry, 2)
    unlimited, named = source_of(registry, 3, load_limit=0)

    program.try_out(named_program)
    unlimited.try_out(named)


@pytest.fixture
def places(registry, bundle, tmp_path):
    """Where version 3 of `games`, unlike those before, looks a column up."""
    a, b = bundle.signature.columns
    signature = replace(
        bundle.signature,
        columns=(a, replace(b, on_missing="default", default=0.0)),
        lookups=(Lookup(name="users", key="user_id", columns=("b",)),),
    )
    (tmp_path / "edited.toml").write_text(dumps(signature))
    (tmp_path / "users.json").write_text('{"7": {"b": 2.5}}')
    looking = golive.repack(
        bundle.path, signature=tmp_path / "edited.toml", output=tmp_path / "looking.bundle"
    )
    registry.push(looking, model="games")
    return (f"users={tmp_path / 'users.json'}",)


def test_a_version_is_tried_as_it_will_be_served(registry, places):
    """One whose columns are looked up does not load without the place where they are."""
    plan = pin(
        msgspec.structs.replace(plan_of("games@prod", refresh=30, lookup=places), original=True)
    )
    source = open_source(plan, plan.pinned["games@prod"])
    registry.move("games", "prod", 3)
    named = source.look()

    source.try_out(named)

    [lookup] = source.load(named).engine.signature.lookups
    assert lookup.name == "users"


def taken(source, named):
    """A version, as a refresher takes it."""
    source.try_out(named)
    return source.load(named)


@pytest.mark.parametrize("original", [False, True])
def test_a_file_that_cannot_be_read_now_says_nothing_of_the_version(
    registry, places, tmp_path, original
):
    """A batch job was writing it, and the version was refused until somebody asked."""
    plan = plan_of("games@prod", refresh=30, lookup=places)
    plan = pin(msgspec.structs.replace(plan, original=original))
    source = open_source(plan, plan.pinned["games@prod"])
    registry.move("games", "prod", 3)
    named = source.look()
    (tmp_path / "users.json").rename(tmp_path / "away.json")

    with pytest.raises(SourceUnavailableError, match=r"users\.json cannot be read: No such file"):
        taken(source, named)
    (tmp_path / "away.json").rename(tmp_path / "users.json")

    assert taken(source, named).name == "games"


@pytest.mark.parametrize("setting", [{"refresh": 30}, {"canary": "3=10"}, {"shadow": "3"}])
def test_a_place_may_be_that_of_another_version_than_the_one_that_serves(registry, places, setting):
    """Else no version that looks columns up could come, and none that does not come back."""
    plan = pin(plan_of("games@prod", lookup=places, **setting))

    assert list(load_models(plan)) == ["games"]


def test_a_trial_is_ended_when_its_time_is_over(registry, dangers):
    dangers.write_text("import hang")
    source, named = source_of(registry, 3, load_limit=3)

    with pytest.raises(GoliveError, match="games@3 was not loaded within 3 seconds"):
        source.try_out(named)


class Following:
    """A refresher of a registry's alias by clocks of its own: what it does in each second."""

    def __init__(self, plan):
        self.seconds = 0.0
        self.day = datetime(2026, 1, 2, tzinfo=UTC)
        self.switched = []
        named = plan.followed["games"]
        self.refresher = Refresher(
            {"games": open_source(plan, named)},
            {"games": named},
            schedule=Schedule(10.0),
            effects=Effects(
                switch=lambda slot, model: self.switched.append(model.version),
                count=lambda model, outcome: None,
                let_go=lambda: None,
                collect=lambda: None,
            ),
            chances=Chances(clock=lambda: self.seconds, now=lambda: self.day, share=lambda: 0.5),
        )

    def pass_by(self, seconds):
        for _ in range(seconds):
            self.seconds += 1
            self.refresher.turn()

    @property
    def facts(self):
        return self.refresher.facts()["games"]


def test_a_registry_that_is_gone_for_ten_minutes_is_followed_when_it_is_back(
    registry, other_bundle, tmp_path
):
    following = Following(pin(plan_of("games@prod", refresh="10s")))
    registry.move("games", "prod", 2)
    (tmp_path / "registry").rename(tmp_path / "gone")

    following.pass_by(600)
    gone = following.facts
    (tmp_path / "gone").rename(tmp_path / "registry")
    following.pass_by(300)

    assert (gone["serves"], gone["unavailable"]["looks"]) == ("games@1", 7)
    assert following.switched == [other_bundle.version]
    assert (following.facts["serves"], "unavailable" in following.facts) == ("games@2", False)


@pytest.mark.parametrize("jump", [timedelta(days=-4000), timedelta(days=4000)])
def test_a_clock_that_jumps_neither_speeds_looks_up_nor_keeps_them_back(
    registry, other_bundle, jump
):
    following = Following(pin(plan_of("games@prod", refresh="10s")))
    registry.move("games", "prod", 2)

    following.day += jump
    following.pass_by(9)
    before = list(following.switched)
    following.pass_by(1)

    assert (before, following.switched) == ([], [other_bundle.version])
    assert following.facts["since"] == following.day.isoformat(timespec="seconds")

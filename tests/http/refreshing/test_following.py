"""What one process follows, from its beginning to its end."""

import threading

import pytest

from golive.http.gateway_building import build_gateway
from golive.http.plan import ServePlan
from golive.http.refreshing.following import Following
from golive.settings import ServeSettings
from golive.testing.sources import FakeSource, fake_named, fake_version


@pytest.fixture
def house(tmp_path):
    with (tmp_path / "log").open("w") as log:
        made = build_gateway(ServeSettings.load({}), stream=log)
        made.open({"sum": fake_version(1)})
        yield made
        made.close()


@pytest.fixture
def following():
    plan = ServePlan(
        bundles=("sum@prod",),
        settings=ServeSettings.load({}, refresh=3600.0),
        pinned={"sum@prod": fake_named(1)},
    )
    return Following(plan, lambda plan, named, serving: FakeSource(1))


def refreshers():
    return {thread for thread in threading.enumerate() if thread.name == "golive-refresh"}


def test_its_thread_ends_when_it_is_closed(house, following):
    others = refreshers()
    following.begin(house)
    [own] = refreshers() - others

    following.close()

    own.join(30)
    assert not own.is_alive()


def test_what_was_closed_while_models_were_loaded_does_not_begin(house, following):
    others = refreshers()

    following.close()
    following.begin(house)

    assert refreshers() <= others

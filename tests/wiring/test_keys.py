"""The file of keys, as whatever serves bundles finds it."""

from datetime import UTC, datetime

import pytest

import golive
from golive.access.errors import KeysError
from golive.access.key_desk import KeyDesk, KeyWish
from golive.errors import UsageError
from golive.http.plan import ServePlan
from golive.settings import ServeSettings
from golive.testing.services import get
from golive.wiring.answering import open_service
from golive.wiring.keys import check_keys, open_keys
from golive.wiring.models import open_all
from golive.wiring.serving import announcement, serve


def test_the_flag_or_the_environment_names_the_file(tmp_path, monkeypatch):
    with pytest.raises(UsageError, match="Nothing says which file the keys are in"):
        open_keys(None)

    monkeypatch.setenv("GOLIVE_KEYS", str(tmp_path / "keys.json"))
    open_keys(None).change(lambda keys: keys)

    assert open_keys(tmp_path / "keys.json").read() == ()


def test_nothing_is_served_without_the_file_that_was_named(bundle, tmp_path):
    settings = ServeSettings.load({}, keys=tmp_path / "keys.json")
    plan = ServePlan(bundles=(str(bundle.path),), settings=settings)

    with pytest.raises(KeysError, match="There is no file of keys at"):
        serve(plan, announce=print)
    with pytest.raises(KeysError, match="There is no file of keys at"):
        open_service(bundle.path, settings=settings)
    with pytest.raises(KeysError, match="There is no file of keys at"):
        golive.asgi_app(bundle.path, keys=tmp_path / "keys.json")


def test_a_service_without_a_server_needs_the_key_as_well(bundle, tmp_path):
    path = tmp_path / "keys.json"
    _, text = KeyDesk(open_keys(path), clock=lambda: datetime.now(UTC)).create(KeyWish(name="a"))
    service = open_service(bundle.path, settings=ServeSettings.load({}, keys=path))

    without = service.handle(get("/models", host="localhost"))
    with_key = service.handle(get("/models", host="localhost", x_api_key=text))

    assert (without.status, with_key.status) == (401, 200)


def test_a_file_without_a_key_lets_nobody_in(bundle, tmp_path):
    path = tmp_path / "keys.json"
    open_keys(path).change(lambda keys: keys)
    service = open_service(bundle.path, settings=ServeSettings.load({}, keys=path))

    answers = [service.handle(get(path, host="localhost")) for path in ("/models", "/healthz")]

    assert [answer.status for answer in answers] == [401, 200]


def test_the_curl_that_is_announced_has_a_place_for_the_key(bundle, tmp_path):
    path = tmp_path / "keys.json"
    open_keys(path).change(lambda keys: keys)
    assert not check_keys(path)
    KeyDesk(open_keys(path), clock=lambda: datetime.now(UTC)).create(KeyWish(name="a"))
    assert check_keys(path)

    plan = ServePlan(bundles=(str(bundle.path),), settings=ServeSettings.load({}))
    lines = announcement(open_all(plan), "http://x", needs_key=True)

    assert lines[1] == "Try it, with your key in $KEY:"
    assert '-H "x-api-key: $KEY" -d' in lines[2]

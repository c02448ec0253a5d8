"""Who may pass."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from golive.access.decision import Asked, Denied, Granted, decide
from golive.access.keys import Former, Key, Scopes, hash_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECRET, OLD = "a" * 43, "_-" + "b" * 41
KEY = Key(id="0123456789ab", name="partner", sha256=hash_of(SECRET), created=NOW)


def text(secret=SECRET, id="0123456789ab"):  # noqa: A002 - as it is named
    return f"gl_{id}_{secret}"


def decided(key=KEY, *, now=NOW, text=text(), path="/predict", **asked):
    return decide(Asked(text=text, path=path, **asked), {key.id: key}, now)


def with_(**changes):
    return msgspec.structs.replace(KEY, **changes)


def test_the_right_key_passes():
    assert decided() == Granted(KEY)


@pytest.mark.parametrize(
    "wrong",
    ["", "gl_", text("c" * 43), text(id="ffffffffffff"), text(SECRET[:-1]), text() + " ", "ä"],
)
def test_a_wrong_key_does_not(wrong):
    denied = decided(text=wrong)

    assert isinstance(denied, Denied)
    assert denied.code == "bad_key"
    assert SECRET not in denied.detail


def test_without_a_key_it_says_how_to_send_one():
    denied = decided(text=None)

    assert denied == Denied(
        code="key_required",
        detail="Send a key in the header x-api-key, or as `authorization: Bearer KEY`.",
    )


def test_a_revoked_key_does_not_pass():
    assert decided(with_(revoked=NOW)) == Denied(code="bad_key", detail="The key was revoked.")


def test_a_key_passes_until_it_expires():
    key = with_(expires=NOW + timedelta(seconds=1))

    assert decided(key) == Granted(key)
    assert decided(key, now=NOW + timedelta(seconds=1)) == Denied(
        code="bad_key", detail="The key has expired."
    )


def test_the_former_secret_passes_until_its_end():
    key = with_(former=Former(sha256=hash_of(OLD), until=NOW + timedelta(seconds=1)))

    assert decided(key, text=text(OLD)) == decided(key) == Granted(key)
    assert decided(key, text=text(OLD), now=NOW + timedelta(seconds=1)) == Denied(
        code="bad_key", detail="There is no such key."
    )


@pytest.mark.parametrize(
    ("scopes", "path", "model", "passes"),
    [
        (Scopes(models=("games",)), "/predict", "games", True),
        (Scopes(models=("games",)), "/predict", "other", False),
        (Scopes(models=("games",)), "/openapi.json", None, True),
        (Scopes(routes=("/predict",)), "/predict", "games", True),
        (Scopes(routes=("/predict",)), "/predict/x", "games", False),
        (Scopes(routes=("/models/*",)), "/models/games/predict", "games", True),
        (Scopes(routes=("/models/*",)), "/predict", "games", False),
    ],
)
def test_scopes_bound_a_key(scopes, path, model, passes):
    decision = decided(with_(scopes=scopes), path=path, model=model)

    assert isinstance(decision, Granted) is passes
    assert passes or decision.code == "not_allowed"


def test_only_a_key_of_administration_opens_what_needs_one():
    assert decided(needs_admin=True).code == "not_allowed"
    assert isinstance(decided(with_(is_admin=True), needs_admin=True), Granted)


@pytest.mark.parametrize(
    ("models", "model", "passes"),
    [
        ((), None, True),
        ((), "games", False),
        (("games",), "games", True),
        (("games",), "other", False),
        (("*",), "other", True),
    ],
)
def test_a_key_of_administration_asks_only_the_models_that_it_names(models, model, passes):
    key = with_(is_admin=True, scopes=Scopes(models=models))

    assert isinstance(decided(key, model=model), Granted) is passes


def test_a_key_of_administration_opens_only_the_routes_that_it_names():
    key = with_(is_admin=True, scopes=Scopes(routes=("/admin/refresh",)))

    assert isinstance(decided(key, path="/admin/refresh", needs_admin=True), Granted)
    assert decided(key, path="/admin/other", needs_admin=True).code == "not_allowed"


def test_an_asterisk_is_every_model():
    assert isinstance(decided(with_(scopes=Scopes(models=("*",))), model="games"), Granted)

"""Routes of keys: those that match something that a server answers."""

import pytest

from golive.access.paths import PATTERNS, checked_routes, may_match
from golive.errors import UsageError


def matched(route):
    return [pattern for pattern in PATTERNS if may_match(route, pattern)]


@pytest.mark.parametrize(
    ("route", "pattern"),
    [
        ("/predict", "/predict"),
        ("/models/games/predict", "/models/{name}/predict"),
        ("/v1/models/games:predict", "/v1/models/{name}:predict"),
        ("/v2/models/games/versions/12ab/infer", "/v2/models/{name}/versions/{version}/infer"),
        ("/metrics", "/metrics"),
        ("/admin/refresh", "/admin/refresh"),
        ("*", "/"),
        ("/*", "/predict"),
        ("/pre*", "/predict"),
        ("/predict*", "/predict"),
        ("/models*", "/models"),
        ("/models/*", "/models/{name}"),
        ("/models/gam*", "/models/{name}/predict"),
        ("/models/games/*", "/models/{name}/schema.json"),
        ("/v1/models/games:pre*", "/v1/models/{name}:predict"),
        ("/v2/models/games/versions/1*", "/v2/models/{name}/versions/{version}/infer"),
        ("/static/*", "/static/{version}/{file}"),
    ],
)
def test_a_path_and_the_beginning_of_one_match(route, pattern):
    assert pattern in matched(route)


@pytest.mark.parametrize(
    "route",
    [
        "",
        "predict",
        "predict*",
        "/predict/",
        "/predict/x",
        "/predicts",
        "/predict?x=1",
        "/model/games/predict",
        "/models/games/predict/",
        "/models//predict",
        "/models//pre*",
        "/models/games/pre/*",
        "/*/predict",
        "/v3*",
        "http://localhost/predict",
    ],
)
def test_what_no_path_is_matches_nothing_and_is_refused(route):
    assert matched(route) == []
    with pytest.raises(UsageError) as caught:
        checked_routes(["/predict", route], is_admin=True)
    assert caught.value.message == (
        f"--routes: {route!r} is no path of a server; the key would open nothing."
    )
    assert "/predict, /models, /models/{name}" in caught.value.hint


def test_what_only_administration_opens_is_for_its_keys():
    for route in ("/admin/refresh", "/admin/*", "/adm*"):
        with pytest.raises(UsageError, match="opened by keys of administration alone") as caught:
            checked_routes([route], is_admin=False)
        assert caught.value.hint == "add --admin"
        assert checked_routes([route], is_admin=True) == (route,)

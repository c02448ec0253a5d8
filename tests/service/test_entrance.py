"""Keys and limits, as requests meet them."""

from base64 import b64encode
from datetime import UTC, datetime

import msgspec
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from golive.access.errors import LedgerError
from golive.access.gatekeeper import Gatekeeper
from golive.access.key_desk import KeyDesk, KeyWish
from golive.service.context import RefreshHook, ServiceContext
from golive.service.entrance import enter
from golive.service.refresh_hook import signature_of
from golive.service.routes import Endpoint, Route
from golive.testing.keys import MemoryKeys
from golive.testing.ledgers import FakeSharedLedger
from golive.testing.services import counted_ids, fake_model, fake_service, get, post, strict_json

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def exposition(allows=None):
    told = [name for name in ("sum", "other", "gone") if allows is None or allows(name)]
    return "text/plain", " ".join(told).encode()


class Setup:
    def __init__(self, *, metrics_open=False, ledger=None, **wish):
        store = MemoryKeys()
        self.now = NOW.timestamp()
        desk = KeyDesk(store, clock=lambda: NOW)
        self.key, self.text = desk.create(KeyWish(name="partner", **wish))
        context = ServiceContext(
            new_id=counted_ids(),
            gatekeeper=Gatekeeper(store, clock=lambda: self.now, ledger=ledger),
            exposition=exposition,
            metrics_open=metrics_open,
        )
        self.service = fake_service(fake_model("sum"), fake_model("other"), context=context)

    def ask(self, body=None, *, path="/models/sum/predict", **headers):
        request = post(body or {"x": 1}, path=path, host="localhost", **headers)
        return self.service.handle(request)

    def get(self, path, **headers):
        return self.service.handle(get(path, host="localhost", **headers))


@pytest.fixture
def setup():
    return Setup()


def codes(*responses):
    return [(r.status, strict_json(r).get("code")) for r in responses]


def test_without_a_key_it_is_401_and_says_how(setup):
    response = setup.ask()

    assert codes(response) == [(401, "key_required")]
    assert response.headers["www-authenticate"] == 'Bearer realm="golive"'


def test_a_signed_request_for_a_refresh_needs_no_key():
    setup = Setup()
    hook = RefreshHook(secret="s" * 16, ask=lambda: None, clock=lambda: setup.now)
    context = msgspec.structs.replace(setup.service.context, refresh_hook=hook)
    service = fake_service(fake_model("sum"), context=context)
    response = service.handle(post({}, path="/admin/refresh", host="localhost"))

    assert codes(response) == [(401, "not_authenticated")]


class AdminSetup(Setup):
    """A server that can be asked to refresh."""

    def __init__(self, *, secret="s" * 16, **wish):
        super().__init__(**wish)
        self.asked = []
        hook = RefreshHook(secret=secret, ask=lambda: self.asked.append(1), clock=lambda: self.now)
        context = msgspec.structs.replace(self.service.context, refresh_hook=hook)
        self.service = fake_service(fake_model("sum"), fake_model("other"), context=context)

    def refresh(self, **headers):
        return self.ask(path="/admin/refresh", **headers)

    def signed(self, **headers):
        timestamp = f"{self.now:.0f}"
        signature = signature_of("s" * 16, timestamp, b'{"x":1}')
        given = {"golive_timestamp": timestamp, "golive_signature": signature}
        return self.refresh(**given, **headers)


@pytest.mark.parametrize("secret", ["s" * 16, None])
def test_a_key_of_administration_has_the_server_refresh(secret):
    setup = AdminSetup(secret=secret, is_admin=True)

    response = setup.refresh(x_api_key=setup.text)

    assert (response.status, setup.asked) == (202, [1])


@pytest.mark.parametrize("secret", ["s" * 16, None])
def test_any_other_key_does_not(secret):
    setup = AdminSetup(secret=secret)

    assert codes(setup.refresh(x_api_key=setup.text)) == [(403, "not_allowed")]
    assert codes(setup.refresh(x_api_key="gl_x")) == [(401, "bad_key")]
    assert codes(setup.refresh()) == [(401, "not_authenticated")]
    assert setup.asked == []


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer of a proxy"}])
def test_a_signature_opens_it_whatever_the_key(headers):
    setup = AdminSetup()

    assert setup.signed(**headers).status == 202
    assert setup.signed(x_api_key=setup.text).status == 202
    assert setup.asked == [1, 1]


def test_a_wrong_signature_opens_nothing_where_the_key_does_not():
    setup = AdminSetup()

    response = setup.refresh(x_api_key=setup.text, golive_signature="sha256=0")

    assert (codes(response), setup.asked) == ([(401, "not_authenticated")], [])


def test_without_a_secret_a_signature_opens_nothing():
    setup = AdminSetup(secret=None)

    assert codes(setup.signed()) == [(401, "not_authenticated")]
    assert setup.asked == []


def test_without_any_key_and_without_a_secret_nothing_opens_it():
    setup = AdminSetup(secret=None)
    gatekeeper = Gatekeeper(MemoryKeys(), clock=lambda: setup.now)
    context = msgspec.structs.replace(setup.service.context, gatekeeper=gatekeeper)
    setup.service = fake_service(context=context)

    assert codes(setup.refresh()) == [(401, "not_authenticated")]
    assert setup.asked == []


def test_a_password_which_a_browser_sends_by_itself_opens_nothing_of_administration():
    setup = AdminSetup(is_admin=True)
    basic = b64encode(f"anyone:{setup.text}".encode()).decode()

    assert codes(setup.refresh(authorization=f"Basic {basic}")) == [(401, "bad_key")]
    assert setup.asked == []


def test_below_admin_everything_needs_a_key_of_administration():
    ordinary, admin = Setup(), Setup(is_admin=True)

    there = ordinary.get("/admin/nothing", x_api_key=ordinary.text)
    found = admin.get("/admin/nothing", x_api_key=admin.text)

    assert codes(there, found) == [(403, "not_allowed"), (404, "not_found")]


def test_a_key_of_administration_asks_no_model_unless_it_names_it():
    plain, named = Setup(is_admin=True), Setup(is_admin=True, models=["sum"])

    assert codes(plain.ask(x_api_key=plain.text)) == [(403, "not_allowed")]
    assert plain.get("/metrics", x_api_key=plain.text).status == 200
    assert named.ask(x_api_key=named.text).status == 200


@pytest.mark.parametrize(
    ("wish", "described"),
    [
        ({}, {"sum", "other"}), ({"models": ["*"]}, {"sum", "other"}),
        ({"models": ["sum"]}, {"sum"}),
        ({"models": ["another"]}, set()), ({"is_admin": True}, set()),
        ({"is_admin": True, "models": ["other"]}, {"other"}),
    ],
)  # fmt: skip
def test_the_document_describes_the_models_that_a_key_may_ask(wish, described):
    setup = Setup(**wish)
    everybody = Setup()
    everybody.get("/openapi.json", x_api_key=everybody.text)

    response = setup.get("/openapi.json", x_api_key=setup.text)
    document = strict_json(response)

    OpenAPIV31SpecValidator(document).validate()
    models = {name for name in ("sum", "other") if f"/models/{name}/predict" in document["paths"]}
    assert models == described
    assert all(
        f"/{name}/".encode() not in response.body and f'"{name}.'.encode() not in response.body
        for name in {"sum", "other"} - described
    )
    assert "/predict" not in document["paths"]
    assert "/models" in document["paths"]


def test_a_wrong_key_is_401_and_is_not_told(setup):
    wrong = setup.text[:-43] + "x" * 43
    response = setup.ask(x_api_key=wrong)

    assert codes(response) == [(401, "bad_key")]
    assert response.headers["www-authenticate"] == 'Bearer realm="golive", error="invalid_token"'
    assert wrong.encode() not in response.body


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_a_key_passes_in_either_header(setup, scheme):
    assert setup.ask(x_api_key=setup.text).status == 200
    assert setup.ask(authorization=f"{scheme} {setup.text}").status == 200


def test_a_browser_is_asked_for_a_password_which_is_the_key(setup):
    asked = setup.get("/", accept="text/html")
    basic = b64encode(f"anyone:{setup.text}".encode()).decode()
    page = setup.get("/", accept="text/html", authorization=f"Basic {basic}")

    assert "Basic realm=" in asked.headers["www-authenticate"]
    assert (asked.status, page.status) == (401, 200)
    assert page.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("value", ["Basic !", "Basic", "Digest x", "Bearer", "Basic /w=="])
def test_other_credentials_are_a_bad_key(setup, value):
    assert codes(setup.ask(authorization=value)) == [(401, "bad_key")]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/ping", "/v2/health/live"])
def test_health_needs_no_key(setup, path):
    assert setup.get(path).status == 200


@pytest.mark.parametrize("path", ["/", "/metrics", "/openapi.json", "/docs", "/models", "/nothing"])
def test_everything_else_does(setup, path):
    assert codes(setup.get(path)) == [(401, "key_required")]


def test_metrics_are_open_where_that_was_said():
    setup = Setup(metrics_open=True)

    assert setup.get("/metrics").status == 200


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        ({}, "sum other gone"), ({"models": ["*"]}, "sum other gone"),
        ({"models": ["sum"]}, "sum"), ({"models": ["another"]}, ""), ({"is_admin": True}, ""),
        ({"is_admin": True, "models": ["*"]}, "sum other gone"),
    ],
)  # fmt: skip
def test_a_key_sees_the_metrics_of_the_models_that_it_may_ask(wish, told):
    setup = Setup(**wish)

    response = setup.get("/metrics", x_api_key=setup.text)

    assert (response.status, response.body) == (200, told.encode())


def test_metrics_that_are_open_are_those_of_all_models():
    setup = Setup(metrics_open=True, models=["sum"])

    assert setup.get("/metrics", x_api_key=setup.text).body == b"sum other gone"


def test_a_key_out_of_scope_is_403():
    setup = Setup(models=["sum"])

    here = setup.ask(x_api_key=setup.text)
    there = setup.ask(path="/models/other/predict", x_api_key=setup.text)

    assert here.status == 200
    assert codes(there) == [(403, "not_allowed")]


def test_another_host_is_refused_before_any_key_is_looked_at(setup):
    request = post({"x": 1}, path="/models/sum/predict", host="evil.example")

    assert codes(setup.service.handle(request)) == [(421, "host_not_allowed")]


def test_over_the_rate_is_429_and_later_it_passes():
    setup = Setup(rate="1/s", burst=2)

    first, second, third = (setup.ask(x_api_key=setup.text) for _ in range(3))
    setup.now += int(third.headers["retry-after"])
    fourth = setup.ask(x_api_key=setup.text)

    assert codes(third) == [(429, "rate_limited")]
    assert [r.status for r in (first, second, fourth)] == [200, 200, 200]
    assert first.headers["ratelimit-policy"] == '"rate";q=2;w=2'
    assert [r.headers["ratelimit"] for r in (first, second, third)] == [
        '"rate";r=1;t=1',
        '"rate";r=0;t=2',
        '"rate";r=0;t=2',
    ]


def test_a_quota_counts_records_where_it_should():
    setup = Setup(quotas=["3/day"], per="record")

    two = setup.ask([{"x": 1}, {"x": 2}], x_api_key=setup.text)
    too_many = setup.ask([{"x": 1}, {"x": 2}], x_api_key=setup.text)
    one = setup.ask(x_api_key=setup.text)

    assert [two.status, one.status] == [200, 200]
    assert codes(too_many) == [(429, "quota_exceeded")]
    assert too_many.headers["retry-after"] == "86400"
    assert "1 are left" in strict_json(too_many)["detail"]


def test_limits_count_what_asks_a_model_and_nothing_else():
    setup = Setup(quotas=["1/day"])

    for _ in range(3):
        assert setup.get("/openapi.json", x_api_key=setup.text).status == 200
        assert setup.get("/models/sum", x_api_key=setup.text).status == 200

    assert setup.ask(x_api_key=setup.text).status == 200
    assert setup.ask(path="/models/other/predict", x_api_key=setup.text).status == 200
    assert codes(setup.ask(x_api_key=setup.text)) == [(429, "quota_exceeded")]


def test_where_nobody_knows_what_was_used_it_is_503_and_says_when_to_come_again():
    ledger = FakeSharedLedger(lambda: 0.0)
    ledger.failure = LedgerError("Redis does not answer.")
    setup = Setup(ledger=ledger, quotas=["3/day"])

    refused = setup.ask(x_api_key=setup.text)
    ledger.failure = None

    assert codes(refused) == [(503, "limits_unavailable")]
    assert refused.headers["retry-after"] == "1"
    assert "ratelimit" not in refused.headers
    assert setup.ask(x_api_key=setup.text).headers["ratelimit"] == '"day";r=2;t=86400'


def test_the_document_declares_the_schemes(setup):
    document = strict_json(setup.get("/openapi.json", x_api_key=setup.text))

    assert document["security"] == [{"key": []}, {"bearer": []}]
    assert document["components"]["securitySchemes"]["key"] == {
        "type": "apiKey",
        "in": "header",
        "name": "x-api-key",
    }
    assert document["paths"]["/healthz"]["get"]["security"] == []
    assert "security" not in document["paths"]["/models/sum/predict"]["post"]


def test_the_document_says_how_those_without_a_key_are_refused(setup):
    document = strict_json(setup.get("/openapi.json", x_api_key=setup.text))
    paths, named = document["paths"], document["components"]["responses"]

    assert {"401", "403", "429"} <= paths["/models/sum/predict"]["post"]["responses"].keys()
    assert paths["/models"]["get"]["responses"]["401"] == {
        "$ref": "#/components/responses/Problem401"
    }
    assert "401" not in paths["/healthz"]["get"]["responses"]
    for path in paths.values():
        for operation in path.values():
            for response in operation.get("responses", {}).values():
                if "$ref" in response:
                    assert response["$ref"].rpartition("/")[2] in named


def test_only_a_key_with_limits_takes_the_shortcut_away():
    endpoint = Endpoint(handler=lambda _: None, effort="model", shortcut=lambda *_: None)
    route = Route("/predict", {"POST": endpoint}, fake_model())

    def endpoint_for(setup):
        head = post({}, host="localhost", x_api_key=setup.text)
        gatekeeper = setup.service.context.gatekeeper
        entrance = enter(head, route, endpoint, gatekeeper, metrics_open=False)
        return endpoint if entrance.meter is None else entrance.meter(endpoint)

    assert endpoint_for(Setup()) is endpoint
    assert endpoint_for(Setup(rate="1/s")).shortcut is None

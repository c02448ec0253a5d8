"""The signed request that has a server look for other versions."""

import msgspec
import pytest

from golive.service.context import RefreshHook, ServiceContext
from golive.service.exchange import Request
from golive.service.refresh_hook import signature_of, why_refused
from golive.testing.services import counted_ids, fake_service, post

SECRET = "a secret of the tests"
NOW = 1_800_000_000.0


def make_service(asked):
    hook = RefreshHook(secret=SECRET, ask=lambda: asked.append(1), clock=lambda: NOW)
    return fake_service(context=ServiceContext(new_id=counted_ids(), refresh_hook=hook))


def signed(body=b"", *, timestamp="1800000000", secret=SECRET, **headers):
    given = {
        "golive-timestamp": timestamp,
        "golive-signature": signature_of(secret, timestamp, body),
    }
    return Request(method="POST", path="/admin/refresh", headers=given | headers, body=body)


def test_the_signature_is_what_openssl_makes_of_it():
    # printf '1800000000.{}' | openssl dgst -sha256 -hmac 'a secret of the tests'
    assert signature_of(SECRET, "1800000000", b"{}") == (
        "sha256=1446964a30c0ad809312e559805382894f63119507b7372972862c1ec1551fc5"
    )


@pytest.mark.parametrize("body", [b"", b'{"pushed": true}', b"\xff"])
def test_a_signed_request_is_accepted_and_asks(body):
    asked = []

    response = make_service(asked).handle(signed(body))

    assert (response.status, msgspec.json.decode(response.body)) == (202, {"status": "accepted"})
    assert asked == [1]


@pytest.mark.parametrize(
    ("request_", "detail"),
    [
        (post(b"{}", path="/admin/refresh"), "is not signed"),
        (signed(secret="another secret of 20"), "is not that of"),
        (signed(timestamp="1799999699"), "more than 300 seconds"),
        (signed(timestamp="1800000301"), "more than 300 seconds"),
        (signed(timestamp="1e9"), "whole seconds"),
        (signed(timestamp="٣"), "whole seconds"),
        (signed(**{"golive-timestamp": "1800000001"}), "is not that of"),
        (signed(**{"golive-signature": "sha256="}), "is not that of"),
        (signed(**{"golive-signature": "ü"}), "is not that of"),
    ],
)
def test_any_other_request_is_refused_and_asks_nothing(request_, detail):
    asked = []

    response = make_service(asked).handle(request_)

    problem = msgspec.json.decode(response.body)
    assert (response.status, problem["code"], asked) == (401, "not_authenticated", [])
    assert detail in problem["detail"]
    assert response.headers["www-authenticate"] == "golive-signature"


def test_a_changed_body_is_refused():
    request = signed(b"one")
    changed = msgspec.structs.replace(request, body=b"two")

    assert make_service([]).handle(changed).status == 401


@pytest.mark.parametrize("timestamp", ["1799999700", "1800000300"])
def test_five_minutes_either_way_are_in_time(timestamp):
    signature = signature_of(SECRET, timestamp, b"")

    assert why_refused(SECRET, timestamp, signature, b"", now=NOW) is None


def test_without_a_secret_there_is_no_such_path():
    assert fake_service().handle(signed()).status == 404


def test_readiness_tells_of_what_is_followed_only_where_something_is():
    context = ServiceContext(
        new_id=counted_ids(), facts={"refresh": lambda: {"sum": {"serves": "1"}}}
    )
    request = Request(method="GET", path="/readyz")

    with_it = msgspec.json.decode(fake_service(context=context).handle(request).body)
    without = msgspec.json.decode(fake_service().handle(request).body)

    assert with_it["refresh"] == {"sum": {"serves": "1"}}
    assert "refresh" not in without


def test_without_a_secret_it_says_what_opens_it():
    hook = RefreshHook(secret=None, ask=lambda: None, clock=lambda: NOW)
    service = fake_service(context=ServiceContext(new_id=counted_ids(), refresh_hook=hook))

    problem = msgspec.json.decode(service.handle(signed()).body)

    assert problem["detail"] == (
        "This server takes no signed requests: send a key of administration."
    )

"""The keys of an issuer, as they come over HTTP."""

import json

import jwt
import pytest
from tests.access.issuing import Issuer, private_key, published

from golive.access.errors import IssuerError
from golive.access.issuer import Issuer as Source
from golive.access.issuer import check_url, read_key_set
from golive.errors import UsageError

DISCOVERY = "/.well-known/openid-configuration"


@pytest.fixture
def issuer():
    running = Issuer()
    yield running
    running.close()


def test_the_keys_are_where_the_discovery_document_says(issuer):
    assert list(Source(issuer.url).fetch()) == ["first"]
    assert issuer.asked == [DISCOVERY, "/keys"]


def test_the_keys_are_where_the_settings_say(issuer):
    assert list(Source("https://login.example.com", jwks=f"{issuer.url}/keys").fetch()) == ["first"]
    assert issuer.asked == ["/keys"]


@pytest.mark.parametrize(
    ("path", "status", "headers", "body", "message"),
    [
        (DISCOVERY, 404, {}, b"", "cannot be fetched: HTTP Error 404"),
        (DISCOVERY, 200, {}, b"<html>", "is no discovery document"),
        (DISCOVERY, 200, {}, b'{"issuer": "https://a", "jwks_uri": ""}', "of another issuer"),
        (DISCOVERY, 302, {"location": "/keys"}, b"", "cannot be fetched: HTTP Error 302"),
        ("/keys", 500, {}, b"", "cannot be fetched: HTTP Error 500"),
        ("/keys", 200, {}, b"[]", "is no set of keys"),
        ("/keys", 200, {}, b'{"keys": []}', "publishes no key"),
        ("/keys", 200, {}, b" " * (1024 * 1024 + 1), "is larger than"),
    ],
)
def test_what_is_no_answer_is_an_error(issuer, path, status, headers, body, message):
    issuer.document[path] = (status, headers, body)

    with pytest.raises(IssuerError, match=message):
        Source(issuer.url).fetch()


@pytest.mark.parametrize("address", ["http://login.example.com/keys", "file:///etc/passwd"])
def test_keys_are_not_fetched_from_where_anybody_could_put_them(issuer, address):
    body = json.dumps({"issuer": issuer.url, "jwks_uri": address}).encode()
    issuer.document[DISCOVERY] = (200, {}, body)

    with pytest.raises(IssuerError, match="jwks_uri"):
        Source(issuer.url).fetch()


def test_an_issuer_that_is_gone_is_an_error(issuer):
    issuer.close()

    with pytest.raises(IssuerError, match="cannot be fetched"):
        Source(issuer.url).fetch()


def test_only_keys_that_sign_with_the_three_algorithms_are_taken():
    rsa, ec, ed = (private_key(name) for name in ("RS256", "ES256", "EdDSA"))
    weak = private_key("RS256", bits=1024)
    private = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(rsa))
    keys = [
        published(rsa, "RS256", kid="rsa"),
        published(ec, "ES256", kid="ec"),
        published(ed, "EdDSA", kid="ed"),
        published(weak, "RS256", kid="weak"),
        published(rsa, "RS256", kid="encrypts", use="enc"),
        published(rsa, "RS256", kid="other", alg="RS512"),
        private | {"kid": "private"},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "secret", "alg": "HS256"},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "confused", "alg": "RS256"},
        {"kid": "nothing"},
    ]

    found = read_key_set(json.dumps({"keys": keys}).encode())

    assert {kid: key.algorithm for kid, key in found.items()} == {
        "rsa": "RS256",
        "ec": "ES256",
        "ed": "EdDSA",
    }


@pytest.mark.parametrize(
    "url", ["https://login.example.com", "http://localhost:1", "http://127.0.0.1", "http://[::1]"]
)
def test_what_is_safe_to_fetch_from(url):
    check_url(url, source="a test")


@pytest.mark.parametrize(
    "url", ["login.example.com", "http://login.example.com", "ftp://a", "https://", "https://a#b"]
)
def test_what_is_not(url):
    with pytest.raises(UsageError, match="a test"):
        check_url(url, source="a test")


def test_a_password_is_refused_and_not_said():
    with pytest.raises(UsageError, match="holds a name or a password") as caught:
        check_url("https://user:secret@login.example.com", source="a test")

    assert "secret" not in f"{caught.value} {caught.value.hint}"

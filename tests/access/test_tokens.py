"""Tokens, as an issuer over HTTP signs them and as others forge them."""

import base64
import hashlib
import hmac
import json

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.access.issuing import AUDIENCE, Issuer, private_key

from golive.access.issuer import Issuer as Source
from golive.access.key_ring import KeyRing
from golive.access.keys import Key
from golive.access.tokens import TokenRules, TokenVerifier

NOW = 1_800_000_000.0


class Setup:
    def __init__(self, issuer, **rules):
        self.issuer = issuer
        self.seconds = 0.0
        self.ring = KeyRing(Source(issuer.url).fetch, clock=lambda: self.seconds)
        self.ring.turn()
        given = TokenRules(issuer=issuer.url, audience=AUDIENCE, **rules)
        self.verifier = TokenVerifier(given, self.ring)

    def verify(self, text, now=NOW):
        return self.verifier.verify(text, now)

    def found(self, now=NOW, **claims):
        return self.verify(self.issuer.token(NOW, **claims), now).found


@pytest.fixture(params=["RS256", "ES256", "EdDSA"])
def issuer(request):
    running = Issuer(request.param)
    yield running
    running.close()


@pytest.fixture
def rsa_issuer():
    running = Issuer()
    yield running
    running.close()


@pytest.fixture
def setup(rsa_issuer):
    return Setup(rsa_issuer)


def encoded(part):
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def claims(issuer):
    return {"iss": issuer.url, "aud": AUDIENCE, "exp": int(NOW) + 300}


def test_a_token_of_the_issuer_is_a_key_until_it_ends(issuer):
    setup = Setup(issuer)

    verdict = setup.verify(issuer.token(NOW))

    assert isinstance(verdict.found, Key)
    assert (verdict.found.name, verdict.found.is_admin) == ("somebody", False)
    assert verdict.found.allows_model("games")
    assert verdict.until == NOW + 310


def test_a_wrong_signature_is_none(issuer):
    setup = Setup(issuer)
    head, body, signature = issuer.token(NOW).split(".")
    changed = encoded(claims(issuer) | {"sub": "admin"})
    middle = len(signature) // 2
    broken = (
        signature[:middle] + ("A" if signature[middle] != "A" else "B") + signature[middle + 1 :]
    )

    forged = [
        f"{head}.{changed}.{signature}",
        f"{head}.{body}.{broken}",
        f"{head}.{body}.",
        issuer.token(NOW, key=private_key(issuer.algorithm)),
    ]

    for text in forged:
        assert setup.verify(text).found.code == "bad_key"
        assert setup.verify(text).until is None


@pytest.mark.parametrize("name", ["none", "None", "NONE", ""])
def test_the_algorithm_none_is_none(setup, name):
    head = encoded({"alg": name, "kid": "first", "typ": "JWT"})
    body = encoded(claims(setup.issuer))

    for signature in ("", encoded(b"x")):
        assert setup.verify(f"{head}.{body}.{signature}").found.code == "bad_key"


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
@pytest.mark.parametrize("form", ["pem", "der", "jwk"])
def test_the_public_key_is_no_secret_to_sign_with(setup, algorithm, form):
    public = setup.issuer.keys["first"].public_key()
    secret = {
        "pem": lambda: public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "der": lambda: public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "jwk": lambda: setup.issuer.answer("/keys")[2],
    }[form]()
    signed = f"{encoded({'alg': algorithm, 'kid': 'first'})}.{encoded(claims(setup.issuer))}"
    digest = f"sha{algorithm[2:]}"
    signature = hmac.new(secret, signed.encode(), getattr(hashlib, digest)).digest()

    assert setup.verify(f"{signed}.{encoded(signature)}").found.code == "bad_key"


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
def test_another_algorithm_of_the_same_key_is_none(setup, algorithm):
    assert setup.found(algorithm=algorithm).code == "bad_key"


@pytest.mark.parametrize("headers", [{"jku": "http://127.0.0.1:9/keys"}, {"x5u": "http://a"}])
def test_where_a_token_says_its_key_is_does_not_count(setup, headers):
    asked = len(setup.issuer.asked)
    key = private_key("RS256")

    assert setup.found(key=key, headers=headers).code == "bad_key"
    assert len(setup.issuer.asked) == asked


def test_a_key_inside_the_token_does_not_count(setup):
    key = private_key("RS256")
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))

    assert setup.found(key=key, headers={"jwk": public}).code == "bad_key"


def test_a_token_passes_until_it_expires_and_ten_seconds_more(setup):
    assert isinstance(setup.found(now=NOW + 309), Key)
    denied = setup.found(now=NOW + 310)

    assert (denied.code, denied.detail) == ("bad_key", "The token has expired.")


def test_a_token_passes_from_its_beginning_and_ten_seconds_before(setup):
    text = setup.issuer.token(NOW, nbf=int(NOW) + 60)

    early, then = setup.verify(text, NOW + 49), setup.verify(text, NOW + 50)

    assert early.found.detail == "The token is not valid yet."
    assert early.until == NOW + 50
    assert isinstance(then.found, Key)


@pytest.mark.parametrize(
    ("wrong", "detail"),
    [
        ({"aud": "others"}, "The token is for another audience."),
        ({"aud": ["others", "more"]}, "The token is for another audience."),
        ({"iss": "https://other.example"}, "The token is of another issuer."),
        ({"aud": None}, "The token needs the claims exp, iss and aud."),
        ({"iss": None}, "The token needs the claims exp, iss and aud."),
        ({"exp": None}, "The token needs the claims exp, iss and aud."),
        ({"exp": "soon"}, "The token's times are no numbers of seconds since 1970."),
        ({"exp": True}, "The token's times are no numbers of seconds since 1970."),
        ({"exp": 10**400}, "The token's times are no numbers of seconds since 1970."),
        ({"nbf": [1]}, "The token's times are no numbers of seconds since 1970."),
    ],
)
def test_what_a_token_has_to_say(setup, wrong, detail):
    if isinstance(wrong.get("iss"), str) or "nbf" in wrong or isinstance(wrong.get("exp"), str):
        text = _signed(setup, wrong)
    else:
        text = setup.issuer.token(NOW, **wrong)

    denied = setup.verify(text).found

    assert (denied.code, denied.detail) == ("bad_key", detail)


def _signed(setup, wrong):
    """A token whose claims PyJWT would not write."""
    payload = json.dumps(claims(setup.issuer) | wrong).encode()
    key = setup.issuer.keys["first"]
    return jwt.PyJWS().encode(payload, key, algorithm="RS256", headers={"kid": "first"})


def test_one_of_several_audiences_is_enough(setup):
    assert isinstance(setup.found(aud=["others", AUDIENCE]), Key)


def test_a_token_that_never_ends_is_taken_for_one_that_ends_late(setup):
    assert isinstance(setup.found(exp=10**15), Key)


@pytest.mark.parametrize(
    "text",
    [
        "..",
        "a.b.c",
        "ä.ö.ü",
        "e30.e30.e30",
        f"{encoded(b'[' * 20_000)}.e30.e30",
        f"{encoded({'alg': 'RS256', 'kid': 7})}.e30.e30",
        f"{encoded(b'[]')}.e30.e30",
        f"{encoded({'alg': 'RS256', 'kid': 'first', 'crit': ['x']})}.e30.e30",
        "\x00.\x00.\x00",
    ],
)
def test_what_is_no_token_is_a_bad_key(setup, text):
    assert setup.verify(text).found.code == "bad_key"


def test_deep_nesting_that_the_issuer_signed_is_a_bad_key(setup):
    payload = b"[" * 20_000
    key = setup.issuer.keys["first"]
    text = jwt.PyJWS().encode(payload, key, algorithm="RS256", headers={"kid": "first"})

    assert setup.verify(text).found.code == "bad_key"


@pytest.mark.parametrize(
    ("value", "good", "bad"),
    [
        ("openid golive:games golive:other", ["games", "other"], ["third"]),
        (["golive:games", 7, "games"], ["games"], ["7", "other"]),
        ("golive:*", ["games", "other"], []),
    ],
)
def test_a_claim_names_models(rsa_issuer, value, good, bad):
    key = Setup(rsa_issuer, claim="scope").found(scope=value)

    assert [key.allows_model(name) for name in good] == [True] * len(good)
    assert [key.allows_model(name) for name in bad] == [False] * len(bad)


@pytest.mark.parametrize("value", [None, "", "openid games", [], {"golive:games": 1}, 7])
def test_a_token_that_names_no_model_is_for_none(rsa_issuer, value):
    denied = Setup(rsa_issuer, claim="scope").found(scope=value)

    assert denied.code == "not_allowed"
    assert denied.detail == "The token names no model: its claim scope has no golive:MODEL."


def test_a_key_that_is_not_there_yet_is_fetched_and_one_that_never_was_is_none(setup):
    first = setup.issuer.token(NOW)
    setup.issuer.rotate("second")
    second = setup.issuer.token(NOW)
    assert isinstance(setup.verify(first).found, Key)

    setup.seconds = 10.0
    early = setup.verify(second).found
    setup.seconds = 29.0
    soon = setup.verify(second).found
    setup.seconds = 30.0
    has_changed = setup.ring.turn()

    assert (early.code, soon.code, has_changed) == ("bad_key", "keys_unavailable", True)
    assert isinstance(setup.verify(second).found, Key)
    assert setup.verify(first).found.code == "bad_key"


def test_without_any_keys_a_token_is_not_refused_for_good(rsa_issuer):
    setup = Setup(rsa_issuer)
    setup.ring = KeyRing(Source(rsa_issuer.url).fetch, clock=lambda: 0.0)
    verifier = TokenVerifier(TokenRules(issuer=rsa_issuer.url, audience=AUDIENCE), setup.ring)

    assert verifier.verify(rsa_issuer.token(NOW), NOW).found.code == "keys_unavailable"


def test_an_issuer_that_is_gone_leaves_its_keys(setup, caplog):
    text = setup.issuer.token(NOW)
    unknown = setup.issuer.token(NOW, kid="second")
    setup.issuer.close()

    setup.seconds = 600.0
    setup.ring.turn()

    assert isinstance(setup.verify(text).found, Key)
    assert setup.verify(unknown).found.code in ("bad_key", "keys_unavailable")
    assert "stay as they were" in caplog.text
    assert not any(part in caplog.text for part in text.split("."))


def test_a_token_without_a_kid_is_of_the_only_key(setup):
    assert isinstance(setup.found(kid=None), Key)

    setup.issuer.keys["second"] = private_key("RS256")
    setup.seconds = 600.0
    setup.ring.turn()

    assert setup.found(kid=None).code in ("bad_key", "keys_unavailable")
    assert isinstance(setup.found(), Key)


def test_nothing_of_a_token_is_said_again(setup):
    text = setup.issuer.token(NOW, key=private_key("RS256"), sub="a-secret-subject")

    denied = setup.verify(text).found

    assert not any(part in denied.detail for part in [*text.split("."), "a-secret-subject"])

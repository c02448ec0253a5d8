"""Tokens: JSON Web Tokens of one issuer (RFC 7519), verified with the keys that it publishes.

The key decides the algorithm, never the token: RS256, ES256 or EdDSA, and no other. So `none` and
HMAC with a public key as its secret are nothing that could be asked for. Who holds a valid token
holds a key for as long as the token is valid.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from math import isfinite
from typing import Any

import msgspec

from golive.access.decision import Denied
from golive.access.key_ring import KeyRing, PublishedKey
from golive.access.keys import Key, Scopes
from golive.optional import require

__all__ = ["TokenRules", "TokenVerifier", "Verdict"]

_PREFIX = "golive:"
_LEEWAY_SECONDS = 10.0
_LONGEST_SUBJECT = 200
_LAST = datetime.max.replace(tzinfo=UTC).timestamp() - 86_400
_NO_SECRET = "0" * 64


class TokenRules(msgspec.Struct, frozen=True, kw_only=True):
    """What a token has to say.

    Attributes:
        issuer: Who gives tokens out, to the character.
        audience: Whom they are for; one of those that a token names.
        claim: What names models, as `golive:MODEL` or `golive:*`: a text of words or a list of
            texts. None: a token is good for every model.
    """

    issuer: str
    audience: str
    claim: str | None = None


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What comes of a token.

    Attributes:
        found: The key that it stands for, or why it stands for none.
        until: When that turns, in seconds since 1970, or None where no time turns it.
    """

    found: Key | Denied
    until: float | None = None


class TokenVerifier:
    """Verifies tokens; never waits for anything.

    Args:
        rules: What they have to say.
        ring: The issuer's keys.

    Raises:
        MissingExtraError: PyJWT is not installed.
    """

    def __init__(self, rules: TokenRules, ring: KeyRing) -> None:
        self._rules = rules
        self._ring = ring
        self._jwt = require("jwt", extra="oidc")

    def verify(self, text: str, now: float) -> Verdict:
        """Verify a token.

        Args:
            text: The token; nothing of it is in what is said of it.
            now: Seconds since 1970.
        """
        kid = self._kid(text)
        if isinstance(kid, Denied):
            return Verdict(found=kid)
        found = self._ring.find(kid)
        if found is None:
            return Verdict(found=self._unknown())
        claims = self._claims(text, found)
        return Verdict(found=claims) if isinstance(claims, Denied) else self._judge(claims, now)

    def _kid(self, text: str) -> str | Denied | None:
        try:
            kid = self._jwt.get_unverified_header(text).get("kid")
        except Exception:  # noqa: BLE001 - what strangers send may make a library raise anything
            return _bad("What was sent is no key and no token.")
        return kid if kid is None or isinstance(kid, str) else _bad("The token names no key.")

    def _unknown(self) -> Denied:
        """The keys may have changed since they were fetched."""
        self._ring.want()
        if self._ring.is_about_to_fetch:
            detail = "The keys of the token's issuer are being fetched; ask again."
            return Denied(code="keys_unavailable", detail=detail)
        return _bad("The token is signed with a key that its issuer does not have.")

    def _claims(self, text: str, found: PublishedKey) -> dict[str, Any] | Denied:
        jwt, rules = self._jwt, self._rules
        options = {"require": ["exp", "iss", "aud"], **_OWN_TIMES}
        try:
            claims: dict[str, Any] = jwt.decode(
                text,
                found.key,
                algorithms=[found.algorithm],
                audience=rules.audience,
                issuer=rules.issuer,
                options=options,
            )
        except jwt.InvalidAudienceError:
            return _bad("The token is for another audience.")
        except jwt.InvalidIssuerError:
            return _bad("The token is of another issuer.")
        except jwt.MissingRequiredClaimError:
            return _bad("The token needs the claims exp, iss and aud.")
        except Exception:  # noqa: BLE001 - as above
            return _bad("The token is not signed by its issuer, or is none.")
        return claims

    def _judge(self, claims: Mapping[str, Any], now: float) -> Verdict:
        exp, nbf = _time(claims.get("exp")), _time(claims.get("nbf", 0))
        if exp is None or nbf is None:
            return Verdict(found=_bad("The token's times are no numbers of seconds since 1970."))
        end, begin = exp + _LEEWAY_SECONDS, nbf - _LEEWAY_SECONDS
        if now >= end:
            return Verdict(found=_bad("The token has expired."))
        if now < begin:
            return Verdict(found=_bad("The token is not valid yet."), until=begin)
        return Verdict(found=self._key(claims, now, end), until=end)

    def _key(self, claims: Mapping[str, Any], now: float, end: float) -> Key | Denied:
        models = self._models(claims)
        if not models:
            detail = f"The token names no model: its claim {self._rules.claim} has no golive:MODEL."
            return Denied(code="not_allowed", detail=detail)
        subject = str(claims.get("sub", ""))
        return Key(
            id=sha256(f"{self._rules.issuer}\n{subject}".encode("utf-8", "replace")).hexdigest()[
                :12
            ],
            name=subject[:_LONGEST_SUBJECT],
            sha256=_NO_SECRET,
            created=datetime.fromtimestamp(now, UTC),
            expires=datetime.fromtimestamp(min(end, _LAST), UTC),
            scopes=Scopes(models=models),
        )

    def _models(self, claims: Mapping[str, Any]) -> tuple[str, ...]:
        """The models that a token is good for; `*` is every one."""
        if self._rules.claim is None:
            return ("*",)
        named = claims.get(self._rules.claim, ())
        words = named.split() if isinstance(named, str) else named
        if not isinstance(words, list | tuple):
            return ()
        texts = [word for word in words if isinstance(word, str)]
        return tuple(text.removeprefix(_PREFIX) for text in texts if text.startswith(_PREFIX))


_OWN_TIMES = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}


def _bad(detail: str) -> Denied:
    return Denied(code="bad_key", detail=detail)


def _time(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    try:
        seconds = float(value) if is_number else None  # type: ignore[arg-type]  # a number
    except OverflowError:
        return None
    return seconds if seconds is not None and isfinite(seconds) else None

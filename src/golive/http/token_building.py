"""Token building: what verifies tokens, as the settings say."""

from __future__ import annotations

import time

import msgspec

from golive.access.issuer import Issuer, check_url
from golive.access.key_ring import KeyRing
from golive.access.tokens import TokenRules, TokenVerifier
from golive.errors import UsageError
from golive.settings import ServeSettings

__all__ = ["TokenDesk", "build_token_desk"]


class TokenDesk(msgspec.Struct, frozen=True):
    """What takes tokens.

    Attributes:
        verifier: Verifies them.
        ring: The keys with which it does, which somebody has to fetch.
    """

    verifier: TokenVerifier
    ring: KeyRing


def build_token_desk(settings: ServeSettings) -> TokenDesk | None:
    """What takes tokens, or None where the settings name no issuer.

    Nothing is fetched.

    Raises:
        UsageError: The issuer is no HTTPS URL, or the audience is missing.
        MissingExtraError: PyJWT is not installed.
    """
    url = settings.oidc_issuer
    if url is None:
        if settings.oidc_audience or settings.oidc_jwks or settings.oidc_claim:
            hint = "add --oidc-issuer https://login.example.com"
            raise UsageError("There is no issuer whose tokens are taken.", hint=hint)
        return None
    check_url(url, source="--oidc-issuer", may_have_query=False)
    if settings.oidc_jwks is not None:
        check_url(settings.oidc_jwks, source="--oidc-jwks")
    if settings.oidc_audience is None:
        raise UsageError(
            "Tokens of the issuer for other services would be taken, too.",
            hint="add --oidc-audience, what tokens for this service have as aud",
        )
    rules = TokenRules(issuer=url, audience=settings.oidc_audience, claim=settings.oidc_claim)
    ring = KeyRing(Issuer(url, jwks=settings.oidc_jwks).fetch, clock=time.monotonic)
    return TokenDesk(TokenVerifier(rules, ring), ring)

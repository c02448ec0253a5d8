"""The issuer: the keys that it publishes, over HTTPS (RFC 7517, OpenID Connect Discovery)."""

from __future__ import annotations

import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import msgspec

from golive.access.errors import IssuerError
from golive.access.key_ring import PublishedKey
from golive.errors import UsageError
from golive.optional import require

__all__ = ["Issuer", "check_url", "read_key_set"]

_SECONDS = 10.0
_MOST_BYTES = 1024 * 1024
_LEAST_RSA_BITS = 2048
_ALGORITHMS = frozenset({"RS256", "ES256", "EdDSA"})


class _Discovered(msgspec.Struct, frozen=True):
    issuer: str
    jwks_uri: str


class _KeySet(msgspec.Struct, frozen=True):
    keys: list[dict[str, Any]]


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follow none: keys come from where the settings say."""
        return


class Issuer:
    """Fetches the keys of an issuer.

    Args:
        url: The issuer's; its discovery document says where its keys are.
        jwks: Where its keys are, or None to ask that document.
    """

    def __init__(self, url: str, *, jwks: str | None = None) -> None:
        self._url = url
        self._jwks = jwks
        self._opener = urllib.request.build_opener(_NoRedirection)

    def fetch(self) -> Mapping[str, PublishedKey]:
        """The keys by their ids; a key without an id has an empty one.

        Raises:
            IssuerError: They cannot be had.
        """
        return read_key_set(self._get(self._jwks or self._discover()))

    def _discover(self) -> str:
        address = f"{self._url.rstrip('/')}/.well-known/openid-configuration"
        try:
            found = msgspec.json.decode(self._get(address), type=_Discovered)
        except msgspec.DecodeError as error:
            raise IssuerError(f"What is at {address} is no discovery document.") from error
        if found.issuer != self._url:
            raise IssuerError(f"What is at {address} is of another issuer.")
        try:
            check_url(found.jwks_uri, source="jwks_uri")
        except UsageError as error:
            raise IssuerError(error.message, hint=error.hint) from error
        return found.jwks_uri

    def _get(self, address: str) -> bytes:
        try:
            with self._opener.open(address, timeout=_SECONDS) as response:
                content: bytes = response.read(_MOST_BYTES + 1)
        except (OSError, HTTPException, ValueError) as error:
            raise IssuerError(f"{address} cannot be fetched: {error}.") from error
        if len(content) > _MOST_BYTES:
            raise IssuerError(f"What is at {address} is larger than {_MOST_BYTES} bytes.")
        return content


def check_url(url: str, *, source: str, may_have_query: bool = True) -> None:
    """Check that what comes from a URL can be trusted: HTTPS, or this machine.

    Raises:
        UsageError: It is none, or anybody on the way could put other keys in.
    """
    hint = "write it as https://login.example.com"
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as error:
        raise UsageError(f"{source} {url!r} is no URL.", hint=hint) from error
    is_whole = host and parts.scheme in ("http", "https") and not parts.fragment
    if not host or not is_whole or (parts.query and not may_have_query):
        raise UsageError(f"{source} {url!r} is no URL.", hint=hint)
    if "@" in parts.netloc:  # it would be in logs and in the list of processes
        without = "the keys of an issuer are public; write it without"
        raise UsageError(f"{source} holds a name or a password.", hint=without)
    if parts.scheme == "http" and not _is_loopback(host):
        raise UsageError(f"{source} {url!r} is no https:// URL.", hint=hint)


def read_key_set(content: bytes) -> dict[str, PublishedKey]:
    """The keys of a set that sign with RS256, ES256 or EdDSA; others are left out.

    Raises:
        IssuerError: It is no set of keys, or none of them is such a key.
    """
    try:
        found = msgspec.json.decode(content, type=_KeySet)
    except msgspec.DecodeError as error:
        raise IssuerError("What the issuer publishes is no set of keys.") from error
    read = [(str(given.get("kid", "")), _read_key(given)) for given in found.keys]
    keys = {kid: key for kid, key in read if key is not None}
    if not keys:
        raise IssuerError("The issuer publishes no key for RS256, ES256 or EdDSA.")
    return keys


def _read_key(given: dict[str, Any]) -> PublishedKey | None:
    jwt = require("jwt", extra="oidc")
    if given.get("use", "sig") != "sig":
        return None
    try:
        key = jwt.PyJWK(given)
    except Exception:  # noqa: BLE001 - whatever a library raises of it, it is no such key
        return None
    is_strong = given.get("kty") != "RSA" or key.key.key_size >= _LEAST_RSA_BITS
    if key.algorithm_name not in _ALGORITHMS or not is_strong or "d" in given:
        return None
    mark = msgspec.json.encode(given, order="sorted")
    return PublishedKey(key=key, algorithm=key.algorithm_name, mark=mark)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

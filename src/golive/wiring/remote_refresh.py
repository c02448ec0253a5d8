"""Remote refresh: a server on another machine is asked to look for another version now."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

import msgspec

from golive import settings
from golive.errors import GoliveError, UsageError
from golive.service.refresh_hook import SIGNATURE, TIMESTAMP, signature_of

__all__ = ["RefreshFailedError", "ask_remote"]

_SECONDS = 30.0
_MOST_BYTES = 64 * 1024


class RefreshFailedError(GoliveError):
    """A server does not answer, or does not do what it was asked."""

    code = "refresh_failed"


class _Problem(msgspec.Struct):
    code: str = ""
    detail: str = ""


def ask_remote(url: str, *, clock: Callable[[], float] = time.time) -> str:
    """Have the server at a URL look at once whether its references name other versions.

    It is asked with the key in GOLIVE_ADMIN_KEY, or else by a request that is signed with
    GOLIVE_REFRESH_SECRET. Redirections are not followed: they would be sent the key.

    Args:
        url: Where it answers, such as `https://models.example.com`.
        clock: Seconds since 1970.

    Returns:
        The URL that was asked.

    Raises:
        UsageError: The URL is none, the key would be sent in the clear, or there is neither a key
            nor a secret.
        RefreshFailedError: The server cannot be reached, or refuses.
    """
    parts = _parts(url)
    headers = _headers(parts, clock())
    path = f"{parts.path.rstrip('/')}/admin/refresh"
    try:
        status, body = _post(parts, path, headers)
    except (OSError, http.client.HTTPException) as error:
        why = str(error) or type(error).__name__
        raise RefreshFailedError(f"{url} cannot be asked: {why}.") from error
    if status != 202:
        raise RefreshFailedError(f"{url} answers {status}{_why(body)}.", hint=_HINTS.get(status))
    return f"{parts.scheme}://{parts.netloc}{path}"


_HINTS = {
    401: "set GOLIVE_ADMIN_KEY to what `golive keys create --admin` printed",
    403: "set GOLIVE_ADMIN_KEY to what `golive keys create --admin` printed",
    404: "start the server with --refresh, and with --keys FILE or GOLIVE_REFRESH_SECRET",
    421: "start the server with --allow-host and this name",
}


def _parts(url: str) -> SplitResult:
    hint = "write it as https://models.example.com"
    try:
        parts = urlsplit(url)
        is_one = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError as error:
        raise UsageError(f"{url!r} is no URL.", hint=hint) from error
    if not is_one or parts.query or parts.fragment or parts.username is not None:
        raise UsageError(f"{url!r} is no URL of a server.", hint=hint)
    return parts


def _headers(parts: SplitResult, now: float) -> dict[str, str]:
    key, secret = settings.admin_key(), settings.refresh_secret()
    if key is not None:
        if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
            raise UsageError("The key would be sent in the clear.", hint="ask by https://")
        return {"x-api-key": key}
    if secret is None:
        hint = "export GOLIVE_ADMIN_KEY=…, what `golive keys create --admin` printed"
        raise UsageError("There is no key to ask with, and no secret to sign with.", hint=hint)
    timestamp = str(int(now))
    return {TIMESTAMP: timestamp, SIGNATURE: signature_of(secret, timestamp, b"")}


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _post(parts: SplitResult, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_SECONDS)
    try:
        connection.request("POST", path, body=b"", headers=headers)
        response = connection.getresponse()
        return response.status, response.read(_MOST_BYTES)
    finally:
        connection.close()


def _why(body: bytes) -> str:
    try:
        problem = msgspec.json.decode(body, type=_Problem)
    except (msgspec.DecodeError, ValueError):
        return ""
    return f": {problem.code}, {problem.detail.rstrip('.')}" if problem.code else ""

"""The entrance: which requests need a key, and what a key's limits do to what answers them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from golive.service.answering import Question
from golive.service.calls import Call, Reply, problem_reply
from golive.service.exchange import Request
from golive.service.problems import Problem
from golive.service.routes import Area, Endpoint, Handler, Route

if TYPE_CHECKING:
    from golive.access.addresses import Address
    from golive.access.gatekeeper import Gatekeeper
    from golive.access.meters import Meter, Spent

__all__ = ["OPEN_ENTRANCE", "OPEN_PATTERNS", "SIGNATURE", "Entrance", "enter"]

SIGNATURE = "golive-signature"
"""The header of a signed request."""

OPEN_PATTERNS = frozenset({"/healthz", "/readyz", "/ping", "/v2/health/live", "/v2/health/ready"})
"""What is answered without a key."""
_ADMIN = "/admin/"
_RETRY_SECONDS = "5"


class Entrance(msgspec.Struct, frozen=True, kw_only=True):
    """What the key of a head decides.

    Attributes:
        problem: Why the requests are not let in, or None.
        key: Name and id of the key that lets them in, or None where none is needed.
        meter: Wraps what answers in the limits of the key; None where it has none.
        headers: Of every response.
        is_admin: Whether it is a key of administration that lets them in.
        allows_model: Whether the key may ask a model, or None where none is needed.
    """

    problem: Problem | None = None
    key: tuple[str, str] | None = None
    meter: Callable[[Endpoint], Endpoint] | None = None
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    is_admin: bool = False
    allows_model: Callable[[str], bool] | None = None


OPEN_ENTRANCE = Entrance()
"""No key is needed."""


def enter(
    head: Request,
    place: Route | Area,
    endpoint: Endpoint | None,
    gatekeeper: Gatekeeper,
    *,
    address: Address | None = None,
    metrics_open: bool,
) -> Entrance:
    """Decide about all requests of a head.

    A request that is signed, or has to be, is let in without a key: what answers it looks at the
    signature.

    Args:
        head: The head.
        place: Where it leads.
        endpoint: What answers there, or None.
        gatekeeper: Knows the keys.
        address: From which the requests come, or None if it is not known.
        metrics_open: Whether `/metrics` needs no key.
    """
    from golive.access.decision import Asked, Granted
    from golive.access.meters import policy_header

    pattern = place.pattern
    if pattern in OPEN_PATTERNS or (metrics_open and pattern == "/metrics"):
        return OPEN_ENTRANCE
    model = None if place.model is None else place.model.name
    needs_admin = head.path.startswith(_ADMIN)
    text = _key_text(head, takes_password=not needs_admin)
    asked = Asked(text=text, path=head.path, model=model, address=address, needs_admin=needs_admin)
    decision = gatekeeper.decide(asked)
    if decision is None:
        return OPEN_ENTRANCE
    if not isinstance(decision, Granted) and _may_be_signed(head, endpoint, text):
        return OPEN_ENTRANCE
    if not isinstance(decision, Granted):
        return Entrance(problem=_problem(decision.code, decision.detail, head))
    key, meter = decision.key, None
    if model is not None and endpoint is not None and endpoint.effort == "model":
        meter = gatekeeper.meter(key, model)
    if meter is None:
        return Entrance(key=(key.name, key.id), is_admin=needs_admin, allows_model=key.allows_model)
    return Entrance(
        key=(key.name, key.id),
        meter=lambda metered: _metered(metered, meter),
        headers={"ratelimit-policy": policy_header(key)},
    )


def _may_be_signed(head: Request, endpoint: Endpoint | None, text: str | None) -> bool:
    """Whether a signature lets the request in where its key does not."""
    is_signable = endpoint is not None and endpoint.by_admin is not None
    return is_signable and (text is None or SIGNATURE in head.headers)


def _key_text(head: Request, *, takes_password: bool) -> str | None:
    """What was sent as a key: x-api-key, a bearer, or the password of a browser that asked.

    A browser sends a password with requests that other pages make, too.
    """
    headers = head.headers
    if "x-api-key" in headers:
        return headers["x-api-key"].strip()
    scheme, _, value = headers.get("authorization", "").strip().partition(" ")
    match scheme.lower():
        case "":
            return None
        case "bearer":
            return value.strip()
        case "basic" if takes_password:
            return _password(value.strip())
        case _:
            return ""


def _password(value: str) -> str:
    try:
        decoded = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
    return decoded.partition(":")[2]


def _problem(code: str, detail: str, head: Request) -> Problem:
    headers = {}
    if code in ("key_required", "bad_key"):
        challenge = 'Bearer realm="golive"' + (', error="invalid_token"' * (code == "bad_key"))
        if "text/html" in head.headers.get("accept", ""):  # a browser asks for a password
            challenge += ', Basic realm="golive: the key is the password", charset="UTF-8"'
        headers = {"www-authenticate": challenge}
    elif code == "keys_unavailable":
        headers = {"retry-after": _RETRY_SECONDS}
    return Problem(code=code, detail=detail, headers=headers)


def _metered(endpoint: Endpoint, meter: Meter) -> Endpoint:
    """What answers, within the limits of a key."""
    by_record = meter.key.unit == "record"
    handler = _by_record(endpoint.handler, meter) if by_record else _by_request(endpoint, meter)
    return msgspec.structs.replace(endpoint, handler=handler, shortcut=None, waits=meter.waits)


def _by_request(endpoint: Endpoint, meter: Meter) -> Handler:
    def handle(call: Call) -> Reply | Question:
        spent = meter.spend(1)
        if spent.code is not None:
            return _refusal(call, spent)
        return _telling(endpoint.handler(call), spent)

    return handle


def _by_record(handler: Handler, meter: Meter) -> Handler:
    def handle(call: Call) -> Reply | Question:
        begun = handler(call)
        if isinstance(begun, Reply):  # nothing was asked of the model
            return begun
        spent = meter.spend(begun.decoded.size)
        return _refusal(call, spent) if spent.code is not None else _telling(begun, spent)

    return handle


def _refusal(call: Call, spent: Spent) -> Reply:
    headers = {"retry-after": str(spent.retry_after)}
    if spent.header:
        headers["ratelimit"] = spent.header
    problem = Problem(code=spent.code or "", detail=spent.detail, headers=headers)
    return problem_reply(problem, call.request_id, call.style)


def _telling(begun: Reply | Question, spent: Spent) -> Reply | Question:
    """The same, with a header that tells what is left."""
    if isinstance(begun, Reply):
        begun.headers = begun.headers | {"ratelimit": spent.header}
        return begun
    reply_of = begun.reply_of
    begun.reply_of = lambda call, outcome: _told(reply_of(call, outcome), spent)
    return begun


def _told(reply: Reply, spent: Spent) -> Reply:
    reply.headers = reply.headers | {"ratelimit": spent.header}
    return reply

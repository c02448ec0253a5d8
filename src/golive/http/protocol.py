"""HTTP/1.1 as uvicorn speaks it, with problems where it would answer in plain text."""

from __future__ import annotations

import sys
from collections.abc import MutableMapping
from http import HTTPStatus
from typing import Any, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from golive.http.app import App
from golive.service.exchange import Response
from golive.service.problems import Problem

__all__ = ["ProblemProtocol"]

_TOO_LARGE = Problem(
    code="headers_too_large",
    detail="The request line and the headers are too large; send less in them.",
    headers={"connection": "close"},
)
_UNREADABLE = Problem(
    code="bad_request",
    detail="This is no valid HTTP/1.1 request.",
    headers={"connection": "close"},
)


class ProblemProtocol(H11Protocol):
    """Answers what is not HTTP with a problem, too, and tells of it in log and metrics."""

    def send_400_response(self, msg: str) -> None:
        """Answer a request that cannot be parsed, and close the connection."""
        if not isinstance(self.app, App):
            super().send_400_response(msg)
        elif self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            error = sys.exception()
            is_large = isinstance(error, h11.ProtocolError) and error.error_status_hint == 431
            problem = _TOO_LARGE if is_large else _UNREADABLE
            self._send(self.app.refuse_unreadable(problem, self._open_scope()))
        self.transport.close()

    def _open_scope(self) -> MutableMapping[str, Any] | None:
        """The scope of the request whose body is being read, if there is one."""
        cycle = self.cycle
        if cycle is None or cycle.response_started:
            return None
        return cast("MutableMapping[str, Any]", cycle.scope)

    def _send(self, response: Response) -> None:
        headers = [(name.encode(), value.encode()) for name, value in response.headers.items()]
        reason = HTTPStatus(response.status).phrase.encode()
        for event in (
            h11.Response(status_code=response.status, headers=headers, reason=reason),
            h11.Data(data=response.body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")

"""Responses as bytes."""

from __future__ import annotations

from http import HTTPStatus
from time import gmtime

from golive.service.exchange import Response

__all__ = ["CONTINUE", "Writer"]

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_PHRASES = {status.value: status.phrase for status in HTTPStatus} | {499: "Client Closed Request"}
_WITHOUT_BODY = frozenset({204, 304})
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Writer:
    """Writes responses; what begins them is put together once a second.

    Args:
        now: Seconds since 1970.
    """

    def __init__(self, now: float) -> None:
        self._second = 0
        self._date = ""
        self._beginnings: dict[int, str] = {}
        self.tell_time(now)

    def tell_time(self, now: float) -> None:
        """Let later responses have the date of `now` (seconds since 1970)."""
        if int(now) != self._second:
            self._second = int(now)
            self._date = _date(self._second)
            self._beginnings = {}

    def write(self, response: Response, connection: str, *, has_body: bool) -> bytes:
        """The bytes of a response.

        Args:
            response: The response.
            connection: The line that says what becomes of the connection, or an empty text.
            has_body: False after HEAD.
        """
        status, lines, body = response.status, response.lines, response.body
        beginning = self._beginnings.get(status) or self._beginning(status)
        if not _has_length(lines) and status not in _WITHOUT_BODY:
            lines += f"content-length: {len(body)}\r\n"
        head = f"{beginning}{lines}{connection}\r\n".encode("latin-1", "replace")
        return head + body if has_body and status not in _WITHOUT_BODY else head

    def _beginning(self, status: int) -> str:
        phrase = _PHRASES.get(status, "")
        beginning = f"HTTP/1.1 {status} {phrase}\r\ndate: {self._date}\r\n"
        self._beginnings[status] = beginning
        return beginning


def _date(now: int) -> str:
    """As HTTP writes it, in English whatever the locale."""
    year, month, day, hour, minute, second, weekday, _, _ = gmtime(now)
    return (
        f"{_DAYS[weekday]}, {day:02} {_MONTHS[month - 1]} {year} {hour:02}:{minute:02}:{second:02}"
        " GMT"
    )


def _has_length(lines: str) -> bool:
    return "\ncontent-length: " in lines or lines.startswith("content-length: ")

"""The request line: what is logged of one request, as JSON, whatever transport brought it."""

from __future__ import annotations

from golive.service.admission import Admitted
from golive.service.exchange import Response
from golive.service.json_text import encode_json
from golive.signature.model import JsonValue

__all__ = ["RequestLine"]

_LONGEST_PATH = 200


class RequestLine:
    """The parts of a log line that a head decides."""

    __slots__ = ("_about_model", "_about_request", "_admitted")

    def __init__(self, admitted: Admitted) -> None:
        head, place = admitted.head, admitted.place
        self._admitted = admitted
        self._about_request = (
            f'","caller_request_id":{_json(admitted.echoed.get("x-request-id"))}'
            f',"traceparent":{_json(admitted.echoed.get("traceparent"))}'
            f',"method":{_json(head.method)},"path":{_json(head.path[:_LONGEST_PATH])}'
            f',"route":{_json(place.pattern)},"status":'
        )
        model = place.model
        key = admitted.key
        about_key = "" if key is None else f',"key":{_json(key[0])},"key_id":{_json(key[1])}'
        self._about_model = (
            f'{about_key},"model":{_json(None if model is None else model.name)}'
            f',"version":{_json(None if model is None else model.version)},"records":'
        )

    def text(self, time: str, response: Response, seconds: float, bytes_in: int) -> str:
        """The line of an exchange, but for its end.

        Args:
            time: When, as it is written.
            response: As it is sent.
            seconds: What it took.
            bytes_in: Of the body that was received.
        """
        facts, status = response.facts, response.status
        return (
            f'{{"time":"{time}","level":"{"error" if status >= 500 else "info"}"'
            f',"event":"request","request_id":"{facts.request_id}{self._about_request}{status}'
            f'{self._about_model}{facts.records},"failed":{facts.failed}'
            f',"codes":{_json(facts.codes) if facts.codes else "{}"}'
            f',"extra_columns":{facts.extra_columns},"out_of_range":{facts.out_of_range}'
            f',"milliseconds":{seconds * 1000:.3f},"bytes_in":{bytes_in}'
            f',"bytes_out":{len(response.body)}'
        )

    def inputs(self, body: bytes) -> str:
        """What was sent, for lines that are to hold it; they stand before its end."""
        query = _json([list(pair) for pair in self._admitted.head.query])
        return f',"query":{query},"body":{_json(body.decode("utf-8", "replace"))}'


def _json(value: JsonValue) -> str:
    return encode_json(value).decode()

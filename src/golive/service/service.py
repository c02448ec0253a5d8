"""The service: one request in, one response out, whatever happens in between."""

from __future__ import annotations

from collections.abc import Mapping

from golive.errors import BackendError, RequestError
from golive.service.admission import Admitted, admit
from golive.service.answering import Entries, Question
from golive.service.calls import Call, Reply, problem_reply
from golive.service.context import ServiceContext
from golive.service.exchange import Facts, Request, Response, header_lines
from golive.service.problems import Problem
from golive.service.route_building import build_routes
from golive.service.served import ServedModel

__all__ = ["Service"]

_ANYTHING = BaseException  # models raise what is no Exception, too, such as the panics of Rust


class Service:
    """Answers requests without knowing how they came. Safe to call from several threads.

    `handle` does all of it. A transport that does more than one thing at a time takes the steps
    by itself: `admit` (once for all requests of the same head), `begin`, then, where that gave a
    question, `conclude` with the answers of the model's engine, and `respond`. None of them
    raises.

    Args:
        models: The models by name; none while they are being loaded.
        context: What it needs beside them.
    """

    def __init__(self, models: Mapping[str, ServedModel], context: ServiceContext) -> None:
        self.models = dict(models)
        self.context = context
        self._routes = build_routes(self.models, context)
        self._is_drifted = any(model.drifted for model in self.models.values())

    def handle(self, request: Request) -> Response:
        """Answer the request; never raises."""
        admitted = self.admit(request)
        request_id = self.context.new_id()
        begun = self.begin(admitted, request.body, request_id)
        reply = begun if isinstance(begun, Reply) else self.answer(begun)
        return self.respond(admitted, request_id, reply)

    def admit(self, head: Request) -> Admitted:
        """Find out all that the head of a request decides; its body is not looked at."""
        return admit(head, self._routes, self.context, is_drifted=self._is_drifted)

    def begin(self, admitted: Admitted, body: bytes, request_id: str) -> Reply | Question:
        """Read a request; gives its reply, or the question that has to be answered first."""
        try:
            return self._begin(admitted, body, request_id)
        except _ANYTHING as error:
            return self.fail(admitted, request_id, error)

    def answer(self, question: Question) -> Reply:
        """Ask the model at once."""
        try:
            entries = question.call.served.engine.answer(question.decoded)
        except _ANYTHING as error:
            return self._failed(question.call, error)
        return self.conclude(question, entries)

    def conclude(self, question: Question, entries: Entries | BaseException) -> Reply:
        """The reply to a question.

        Args:
            question: What `begin` gave.
            entries: What the engine says of each record, or what it raised instead.
        """
        if isinstance(entries, BaseException):
            return self._failed(question.call, entries)
        try:
            reply, limit = question.reply(entries), self.context.limits.answer_bytes
            if limit is None or len(reply.body) <= limit:
                return reply
            from golive.service.answer_size import bounded  # few answers are too large

            return bounded(question, entries, reply, limit=limit)
        except _ANYTHING as error:
            return self._failed(question.call, error)

    def fail(self, admitted: Admitted, request_id: str, error: BaseException) -> Reply:
        """The reply to a request that something was raised for."""
        call = Call(request=admitted.head, request_id=request_id, style=admitted.place.style)
        return self._failed(call, error)

    def refuse(self, request: Request, problem: Problem) -> Response:
        """The response to a request that the transport could not or would not hand over."""
        return self.refuse_admitted(self.admit(request), problem)

    def refuse_admitted(self, admitted: Admitted, problem: Problem) -> Response:
        """As `refuse`, where the head was admitted before."""
        request_id = self.context.new_id()
        reply = problem_reply(problem, request_id, admitted.place.style)
        return self.respond(admitted, request_id, reply)

    def respond(self, admitted: Admitted, request_id: str, reply: Reply) -> Response:
        """The response to a request with this reply."""
        body, place = reply.body, admitted.place
        if reply.headers or len(body) >= admitted.least_encoded:
            vary = ", ".join(
                filter(None, (admitted.headers.get("vary"), reply.headers.get("vary")))
            )
            body, encoding = admitted.encoded(body, vary)
            headers = admitted.headers | {
                "content-type": reply.content_type,
                "content-length": str(len(body)),
                "golive-request-id": request_id,
            }
            varying = {"vary": vary} if vary else {}
            headers = headers | reply.headers | varying | encoding | admitted.echoed
            if reply.status == 204:  # RFC 9110, 8.6
                del headers["content-type"], headers["content-length"]
            lines = header_lines(headers)
        else:
            before, after = admitted.usual_lines
            lines = (
                f"content-type: {reply.content_type}\r\ncontent-length: {len(body)}\r\n"
                f"{before}{request_id}{after}"
            )
        model = place.model
        facts = Facts(
            request_id=request_id,
            route=place.pattern,
            model=None if model is None else model.name,
            version=None if model is None else model.version,
            records=reply.records,
            failed=reply.failed,
            codes=reply.codes,
            extra_columns=reply.extra_columns,
            out_of_range=reply.out_of_range,
            defaulted=reply.defaulted,
        )
        sent = b"" if admitted.head.method == "HEAD" else body
        return Response(status=reply.status, lines=lines, body=sent, facts=facts)

    def _begin(self, admitted: Admitted, body: bytes, request_id: str) -> Reply | Question:
        endpoint, place = admitted.endpoint, admitted.place
        if endpoint is None or admitted.refuses is not None:
            refuses = admitted.refuses
            if refuses is None:
                raise LookupError("Nothing answers this request, and nothing says why.")
            return problem_reply(refuses(), request_id, place.style)
        read = admitted.read(body, limits=self.context.limits)
        if isinstance(read, Problem):
            return problem_reply(read, request_id, place.style)
        call = Call(
            request=admitted.head,
            body=read,
            request_id=request_id,
            model=place.model,
            style=place.style,
        )
        return endpoint.handler(call)

    def _headers_of(self, error: RequestError) -> dict[str, str]:
        if not isinstance(error, BackendError):
            return {}
        return {"retry-after": str(self.context.limits.retry_after)}

    def _failed(self, call: Call, error: BaseException) -> Reply:
        if isinstance(error, RequestError):
            members = {} if error.hint is None else {"hint": error.hint}
            problem = Problem(
                code=error.code,
                detail=error.message,
                members=members,
                headers=self._headers_of(error),
            )
            return problem_reply(problem, call.request_id, call.style)
        self.context.logger.error("request %s failed", call.request_id, exc_info=error)
        problem = Problem(
            code="internal_error",
            detail="Something failed that should not have; the log tells more under this "
            "request_id.",
        )
        return problem_reply(problem, call.request_id, call.style)

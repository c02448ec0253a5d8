"""Head plans: what the gateway remembers of a head."""

from __future__ import annotations

from golive.http.lanes import Lane
from golive.http.telemetry import Teller
from golive.service.admission import Admitted
from golive.service.problems import Problem
from golive.service.service import Service

__all__ = ["SMALL_BODY", "HeadPlan"]

SMALL_BODY = 16 * 1024
"""In bytes; larger bodies are read in a thread."""


class HeadPlan:
    """How the requests of a head are answered.

    Attributes:
        service: Answers them.
        admitted: What the service knows of the head.
        teller: Tells of their exchanges.
        lane: The way to the model that they are about, or None.
        problem: What is wrong with their query, or with what their headers ask for, or None.
        effort: What their replies cost.
        is_instant: Whether the replies cost next to nothing, whatever is in the body.
        reads_on_loop: Whether small bodies are read on the event loop.
        shortcut: Replies at once to some bodies, or None.
        answers_at_once: Whether few records are answered there and then, too.
        answers_on_loop: Whether few records are gathered to be answered on the event loop.
        most_on_loop: How many are few.
        answers_apart: Whether each request has a thread, for as long as it takes.
    """

    __slots__ = (
        "admitted",
        "answers_apart",
        "answers_at_once",
        "answers_on_loop",
        "effort",
        "is_instant",
        "lane",
        "most_on_loop",
        "problem",
        "reads_on_loop",
        "service",
        "shortcut",
        "teller",
    )

    def __init__(
        self,
        *,
        service: Service,
        admitted: Admitted,
        teller: Teller,
        lane: Lane | None,
        problem: Problem | None,
    ) -> None:
        self.service = service
        self.admitted = admitted
        self.teller = teller
        self.lane = lane
        self.problem = problem
        endpoint = admitted.endpoint
        is_refused = endpoint is None or admitted.refuses is not None or problem is not None
        self.effort = "instant" if endpoint is None else endpoint.effort
        self.is_instant = is_refused or self.effort == "instant"
        manner = "apart" if lane is None else lane.pace.manner
        self.reads_on_loop = (
            self.effort == "model"
            and manner != "apart"
            and lane is not None
            and lane.pace.reads_quickly
            and admitted.content_encoding is None
            and not (endpoint is not None and endpoint.waits)
        )
        self.shortcut = None
        limits = service.context.limits
        reads_small = limits.body_bytes >= SMALL_BODY and limits.answer_bytes is None
        if endpoint is not None and reads_small and not (is_refused or admitted.refuses_body):
            self.shortcut = endpoint.shortcut if manner == "at_once" else None
        self.answers_at_once = manner == "at_once"
        self.answers_on_loop = manner in ("at_once", "on_loop")
        self.answers_apart = self.effort == "model" and manner == "apart"
        self.most_on_loop = 0 if lane is None else lane.pace.most_on_loop

"""Which messages of a queue are done, and which get another try."""

import pytest
from tests.aws_lambda.events import QUEUE, queue

from golive.aws_lambda.deadline import Deadline
from golive.aws_lambda.messages import answer_messages
from golive.errors import GoliveError
from golive.service.exchange import Facts, Response


class Sink:
    def __init__(self, refuses=()):
        self.taken, self.refuses = [], refuses

    def send(self, message_id, answer):
        if message_id in self.refuses:
            raise GoliveError("It is full.", code="answer_not_sent")
        self.taken.append(message_id)


def run(statuses, *, codes=None, arn=QUEUE, refuses=()):
    """Answer a message for each status; gives what Lambda takes back, why, and what was sent."""
    sink = Sink(refuses)

    def answer(message):
        at = int(message.id[1:]) - 1
        facts = Facts(request_id="1", route="/predict", codes=(codes or {}).get(message.id, {}))
        return Response(status=statuses[at], lines="", body=b"{}", facts=facts)

    answered, left = answer_messages(
        queue(*["{}"] * len(statuses), arn=arn),
        answer=answer,
        sink=sink,
        deadline=Deadline(None),
        takes_text=False,
    )
    return [item["itemIdentifier"] for item in answered["batchItemFailures"]], left, sink.taken


def test_what_is_wrong_with_the_input_is_done_and_what_failed_is_tried_again():
    failures, left, taken = run([200, 422, 500, 400], codes={"m3": {"model_failed": 1}})

    assert failures == ["m3"]
    assert left == {"m3": "model_failed"}
    assert taken == ["m1", "m2", "m4"]


def test_a_message_that_was_answered_in_part_is_tried_again():
    failures, left, taken = run([200], codes={"m1": {"deadline_exceeded": 3}})

    assert (failures, left, taken) == (["m1"], {"m1": "deadline_exceeded"}, [])


def test_an_answer_that_nobody_takes_is_tried_again():
    assert run([200, 200], refuses=("m1",)) == (["m1"], {"m1": "answer_not_sent"}, ["m2"])


@pytest.mark.parametrize(
    ("arn", "failures"), [(QUEUE, ["m2"]), (f"{QUEUE}.fifo", ["m2", "m3", "m4"])]
)
def test_in_a_fifo_queue_those_after_it_wait(arn, failures):
    assert run([200, 500, 200, 200], arn=arn)[0] == failures

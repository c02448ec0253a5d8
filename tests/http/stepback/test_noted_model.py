"""Calls of a candidate are noted while they last, and answers are the model's own."""

import os

import pytest

from golive.http.stepback.noted_model import NotedModel
from golive.http.stepback.running import Running, RunningNote, take_running
from golive.runtimes.protocols import Batch, Outputs

ABOUT = Running(slot="sum.candidate", candidate="sum@2", version="v2")


class Looking:
    """A model that looks at what is running while it answers."""

    answers_at_once = True

    def __init__(self, folder):
        self.folder = folder
        self.found = []

    def look(self):
        self.found.append(take_running(self.folder, os.getpid()))

    def predict(self, batch):
        if batch.columns[0][0] < 0:
            raise ValueError("not today")
        self.look()
        return Outputs(values=batch.columns[0])


@pytest.fixture
def looking(tmp_path):
    return Looking(tmp_path)


def test_a_call_is_noted_while_it_lasts(looking, tmp_path):
    model = NotedModel(looking, RunningNote(tmp_path, ABOUT))

    assert model.predict(Batch(([3.0],), 1)).values == [3.0]
    assert looking.found == [ABOUT]
    assert model.answers_at_once


def test_one_that_raises_runs_no_more(looking, tmp_path):
    model = NotedModel(looking, RunningNote(tmp_path, ABOUT))

    with pytest.raises(ValueError, match="not today"):
        model.predict(Batch(([-1.0],), 1))
    looking.look()

    assert looking.found == [None]

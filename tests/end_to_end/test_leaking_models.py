"""A packed model that leaks: its workers are replaced under load, wherever the model lives."""

import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from tests.end_to_end.live_server import serving

FUNCTION = """
from dataclasses import dataclass

HELD = []


@dataclass(frozen=True)
class Question:
    n: int


def answer(question: Question) -> int:
    if question.n > 1000:
        HELD.append(bytearray(question.n))
    return 3 * question.n + 1
"""
REPLACED = re.compile(r'^golive_workers_replaced_total{reason="memory"} (\S+)$', re.MULTILINE)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    folder = tmp_path_factory.mktemp("leaking")
    (folder / "model.py").write_text(FUNCTION)
    (folder / "sample.jsonl").write_text('{"n": 1}\n{"n": 2}\n')
    command = ["pack", "model.py:answer", "--data", "sample.jsonl", "-o", "leaking.bundle"]
    subprocess.run([sys.executable, "-m", "golive", *command], cwd=folder, check=True)
    return folder / "leaking.bundle"


def replaced(server):
    return float(REPLACED.findall(server.client.get("/metrics").text)[0])


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize("options", [(), ("--isolate", "model")], ids=["inside", "apart"])
def test_a_model_that_leaks_is_replaced_and_every_request_is_answered(bundle, tmp_path, options):
    finished = []

    def ask(number):
        answered = 0
        with httpx.Client(base_url=server.client.base_url, timeout=60) as client:
            while not finished:
                n = 600_000 + number
                [entry] = client.post("/predict", json={"n": n}).json()["predictions"]
                assert entry == {"value": 3 * n + 1}
                answered += 1
        return answered

    with serving(bundle, tmp_path, "--worker-memory", "256MiB", *options) as server:
        with ThreadPoolExecutor(8) as pool:
            asking = [pool.submit(ask, number) for number in range(8)]
            deadline = time.monotonic() + 60
            while replaced(server) < 1 and time.monotonic() < deadline:
                time.sleep(0.2)
            time.sleep(3)  # who leaves is asked for two seconds more
            finished.append(True)
            answered = [each.result() for each in asking]
        number = replaced(server)

    assert number >= 1
    assert min(answered) > 0

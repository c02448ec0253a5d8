"""Counters of several processes."""

import subprocess
import sys

from golive.http.counters import Counters, counts_of_others
from golive.http.metrics import Metrics
from golive.testing.services import fake_model

OTHER = """
import sys
from pathlib import Path
from golive.http.metrics import Metrics
from golive.testing.services import fake_model
from golive.service.exchange import Facts, Response

metrics = Metrics(Path(sys.argv[1]))
metrics.describe([fake_model("other")])
metrics.begin()
metrics.saturate(0.75)
facts = Facts(request_id="", route="/predict", model='a"b', records=3, failed=1)
metrics.count(
    metrics.series("/predict", "POST"),
    Response(status=200, lines="", body=b"", facts=facts),
    0.002,
)
print("counted", flush=True)
sys.stdin.read()
"""


def counted_elsewhere(directory):
    """A process that has counted and lives until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", OTHER, str(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "counted\n"
    return process


def end(process):
    process.communicate("", timeout=30)


def test_a_slot_keeps_its_series_and_its_number(tmp_path):
    counters = Counters(tmp_path)

    first, second = counters.slot(("a", "x")), counters.slot(("b",), 3)
    counters.values[first] += 2.5
    counters.values[second + 2] += 1.0

    assert counters.slot(("a", "x")) == first
    assert dict(counters.counts()) == {("a", "x"): [2.5], ("b",): [0.0, 0.0, 1.0]}
    assert [(key, numbers) for _, key, numbers in counts_of_others(tmp_path)] == [
        (("a", "x"), [2.5]),
        (("b",), [0.0, 0.0, 1.0]),
    ]


def test_there_is_always_room_for_more(tmp_path):
    for counters in (Counters(), Counters(tmp_path)):
        for number in range(10_000):
            slot = counters.slot((f"s{number}",))
            counters.values[slot] = float(number)

        assert [numbers for _, numbers in counters.counts()] == [[float(n)] for n in range(10_000)]
    assert len(list(counts_of_others(tmp_path))) == 10_000


def test_workers_are_summed_and_the_gauges_of_those_that_ended_are_forgotten(tmp_path):
    metrics = Metrics(tmp_path)
    metrics.begin()
    metrics.saturate(0.5)
    metrics.describe([fake_model("mine")])
    process = counted_elsewhere(tmp_path)

    together = metrics.expose()[1].decode().splitlines()
    end(process)
    afterwards = metrics.expose()[1].decode().splitlines()

    assert 'golive_requests_total{method="POST",route="/predict",status="200"} 1.0' in together
    assert {"golive_requests_in_flight 2.0", "golive_queue_saturation 0.75"} <= set(together)
    assert {"golive_requests_in_flight 1.0", "golive_queue_saturation 0.5"} <= set(afterwards)
    assert [line for line in together if line.startswith("golive_model_info")] == [
        'golive_model_info{drifted="false",model="mine",version="0123456789ab"} 1.0',
        'golive_model_info{drifted="false",model="other",version="0123456789ab"} 1.0',
    ]
    assert len([line for line in afterwards if line.startswith("golive_model_info")]) == 1
    kept = [line for line in afterwards if "total" in line or "seconds" in line]
    assert kept == [line for line in together if "total" in line or "seconds" in line]


def test_a_process_that_was_given_the_id_of_one_that_ended_is_not_taken_for_it(tmp_path):
    metrics = Metrics(tmp_path)
    metrics.describe([fake_model("before")])
    for file in list(tmp_path.iterdir()):
        process, begun, number = file.name.split("-")
        file.rename(tmp_path / f"{process}-{int(begun) + 1}-{number}")

    Metrics(tmp_path).describe([fake_model("now")])
    text = metrics.expose()[1].decode()

    assert 'model="now"' in text
    assert 'model="before"' not in text


def test_the_text_is_what_prometheus_reads(tmp_path):
    process = counted_elsewhere(tmp_path)

    text = Metrics(tmp_path).expose()[1].decode()
    end(process)

    assert r'golive_records_total{model="a\"b",outcome="answered"} 2.0' in text
    assert text.count('golive_request_seconds_bucket{le="0.0025",route="/predict"} 1.0') == 1
    assert 'golive_request_seconds_bucket{le="0.001",route="/predict"} 0.0' in text
    assert 'golive_request_seconds_bucket{le="+Inf",route="/predict"} 1.0' in text
    assert 'golive_request_seconds_sum{route="/predict"} 0.002' in text

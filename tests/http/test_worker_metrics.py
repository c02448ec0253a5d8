"""What a supervisor counts of its workers is told by every worker."""

from golive.http.metrics import Metrics
from golive.http.worker_metrics import WorkerMetrics


def told(metrics):
    text = metrics.expose()[1].decode()
    return [line for line in text.splitlines() if line.startswith("golive_worker")]


def test_each_worker_tells_what_the_supervisor_counts(tmp_path):
    supervisor, worker = WorkerMetrics(tmp_path, workers=2), Metrics(tmp_path)

    supervisor.count_replaced("memory")
    supervisor.tell_memory({0: 1024}, over=1)
    supervisor.tell_memory({0: 2048, 1: 4096}, over=0)

    assert told(worker) == [
        'golive_worker_memory_bytes{worker="0"} 2048.0',
        'golive_worker_memory_bytes{worker="1"} 4096.0',
        "golive_workers_over_memory 0.0",
        'golive_workers_replaced_total{reason="died"} 0.0',
        'golive_workers_replaced_total{reason="memory"} 1.0',
    ]


def test_a_lone_process_tells_nothing_of_workers():
    assert told(Metrics()) == []

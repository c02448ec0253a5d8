from benchmarks.pipelines import pipelines
from golive.compiling.table import EXPORTERS


def test_every_exporter_is_measured_or_named_as_left_out():
    names = {name.rpartition(".")[2] for name, _ in pipelines()}

    assert {name.partition(".")[2] for name in EXPORTERS} - names == set()

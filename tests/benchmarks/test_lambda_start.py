from benchmarks.lambda_start import Measured, Measurements, lambda_table
from benchmarks.results import Machine

MACHINE = Machine(
    processor="Example CPU",
    cores=2,
    memory_bytes=8 * 2**30,
    kernel="Linux 6.1",
    python="3.11.7",
    load_tool="none",
    load_before=0.1,
    variables={},
)


def test_a_table_has_a_row_for_each_model_and_way():
    measured = Measured(
        model="games",
        way="compiled",
        model_bytes=1000,
        zip_bytes=950_000,
        unzipped_bytes=32_000_000,
        init_seconds=(0.3, 0.2, 0.25),
        first_seconds=(0.31, 0.21, 0.26),
    )

    assert lambda_table(Measurements(machine=MACHINE, day="2026-11-28", measured=(measured,))) == (
        "| model, and what answers | zip, MB | unzipped, MB | init, s | first answer, s |\n"
        "| --- | ---: | ---: | ---: | ---: |\n"
        "| games: compiled | 0.95 | 32.0 | 0.25 | 0.26 |\n\n"
        "Medians of 5 starts, files in the disk's cache; 2 cores, Example CPU, 2026-11-28."
    )

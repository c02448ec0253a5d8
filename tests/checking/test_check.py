"""The whole check: in a process of its own, with measurements, as a report."""

import pickle

import msgspec
import pytest
from tests.checking import planted
from tests.checking.conftest import RECORDS

import golive
from golive.bundle.card import BLANK
from golive.bundle.golden import GoldenRecord
from golive.bundle.profile import Profile
from golive.checking.child import examine_apart
from golive.checking.dynamic import RunOptions
from golive.checking.measuring import memory_findings, percentile
from golive.checking.probes import Probe, most_telling
from golive.checking.report import Finding, Measurements, Report


def codes(report, *severities):
    return [(f.check, f.code) for f in report.findings if f.severity in severities]


def test_a_sound_bundle_is_clean_and_measured(write):
    steps = []

    report = golive.check(write(planted.Regressor()).path, progress=steps.append)

    assert codes(report, "error", "warning") == []
    assert report.verdict == "clean"
    assert report.measurements.starts >= 1
    assert report.measurements.requests > 50
    assert 0 < report.measurements.latency_p50_ms <= report.measurements.latency_p99_ms
    assert report.measurements.start_seconds > 0
    assert steps[0] == "Reading the card, the pickles and the environment"
    assert steps[-1] == "Serving it to measure start, memory and latency"


def test_a_bundle_that_is_not_there_is_misuse(tmp_path):
    with pytest.raises(golive.GoliveError, match="There is no bundle"):
        golive.check(tmp_path / "missing.zip", measures=False)


def test_the_same_check_finds_the_same_faults(write):
    path = write(planted.Refusing("note", lambda v: v == "")).path

    first, second = (golive.check(path, measures=False) for _ in range(2))

    assert codes(first, "error", "warning") == codes(second, "error", "warning")
    assert codes(first, "error") == [("empty_text", "model_failed")]
    assert first.verdict == "faults"
    assert first.measurements is None


def test_a_model_that_ends_its_process_is_found(write):
    report = golive.check(write(planted.Exiting()).path)

    assert codes(report, "error") == [("process", "process_ended")]
    (fault,) = [f for f in report.findings if f.severity == "error"]
    assert fault.message == "the process ended with code 7 while it was asked age = -1"
    assert report.measurements is None


def test_what_a_model_prints_is_a_note(write):
    report = golive.check(write(planted.Talking()).path, measures=False)

    assert ("output", "prints") in codes(report, "note")
    assert ("output", "warns") in codes(report, "note")


def test_a_model_that_does_not_load_is_found(write):
    bundle = write(planted.Regressor())
    content = (bundle.path / "model/model.pkl").read_bytes()
    broken = write(
        planted.Regressor(),
        name="broken",
        model_files={"model/model.pkl": content.replace(b"make_pipeline", b"make_pipelinX")},
    )

    report = golive.check(broken.path)

    assert codes(report, "error") == [("load", "not_loadable")]


def test_a_pickle_that_runs_a_command_is_not_loaded(write, capfd):
    bundle = write(
        planted.Regressor(), model_files={"model/model.pkl": pickle.dumps(planted.Evil())}
    )

    report = golive.check(bundle.path)

    assert codes(report, "error") == [("pickles", "dangerous_import")]
    assert "os.system" in report.findings[0].message or "posix.system" in report.findings[0].message
    assert capfd.readouterr().out == ""


def test_blanks_of_the_card_and_no_evaluation_are_warnings(write):
    bundle = write(
        planted.Regressor(),
        card=f"# planted\n\n{BLANK} who answers for it\n",
        profile=Profile(rows=80, columns=()),
    )

    report = golive.check(bundle.path, measures=False)

    assert codes(report, "warning") == [("card", "card_blanks"), ("evaluation", "no_evaluation")]
    assert report.verdict == "warnings"
    assert "who answers for it" in report.findings[0].message


def test_another_environment_is_a_note(write):
    bundle = write(
        planted.Regressor(),
        requirements=("scikit-learn==0.1", "no-such-package==1.0"),
        python_version="3.9.1",
    )

    (note,) = [
        f for f in golive.check(bundle.path, measures=False).findings if f.check == "environment"
    ]

    assert (note.severity, note.code) == ("note", "other_versions")
    assert "Python 3.9.1, here" in note.message
    assert "no-such-package==1.0, not installed here" in note.message
    assert "scikit-learn==0.1, here" in note.message


def test_a_tampered_file_is_no_bundle(write):
    path = write(planted.Regressor()).path
    with (path / "golden.jsonl").open("a") as file:
        file.write("{}\n")

    with pytest.raises(golive.GoliveError, match=r"golden\.jsonl is not the file that was packed"):
        golive.check(path)


def test_drift_that_is_allowed_is_a_warning(write):
    golden = tuple(GoldenRecord(record, {"score": 1.0}) for record in RECORDS)
    path = write(planted.Regressor(), golden=golden).path

    strict = golive.check(path)
    lenient = golive.check(path, allow_drifted_environment=True)

    assert strict.verdict == "faults"
    assert strict.measurements is None
    assert lenient.verdict == "warnings"
    assert lenient.measurements is not None


def test_findings_arrive_from_the_other_process_whole(write):
    bundle = write(planted.Refusing("note", lambda v: v == ""))

    found = [
        f for f in examine_apart(bundle, RunOptions(), lambda _: None) if f.severity == "error"
    ]

    assert found == [
        Finding(
            check="empty_text",
            severity="error",
            code="model_failed",
            subject="note",
            message="an empty text makes the model fail: KeyError: ''",
            hint="mend the model's preprocessing, or raise golive.RecordError with a code and the "
            "field",
        )
    ]


def test_a_report_is_json_with_a_verdict():
    finding = Finding(check="null", severity="error", code="model_failed", message="x")
    report = Report(bundle="b", name="n", version="v", findings=(finding,))

    assert report.to_json() == {
        "verdict": "faults",
        "counts": {"error": 1, "warning": 0, "note": 0, "ok": 0},
        "bundle": "b",
        "name": "n",
        "version": "v",
        "findings": [
            {
                "check": "null",
                "severity": "error",
                "code": "model_failed",
                "message": "x",
                "subject": "",
                "hint": None,
            }
        ],
        "measurements": None,
    }
    assert msgspec.json.decode(msgspec.json.encode(report.to_json())) == report.to_json()


def test_a_percentile_is_one_of_the_values():
    values = [float(n) for n in range(100, 0, -1)]

    assert percentile(values, 50) == 50.0
    assert percentile(values, 99) == 99.0
    assert percentile([3.0], 99) == 3.0


@pytest.mark.parametrize(
    ("grown", "expected"),
    [(None, []), (2**20, []), (15 * 2**20, []), (300 * 2**20, [("memory", "grows", "warning")])],
)
def test_a_model_that_keeps_what_it_is_asked_is_found(grown, expected):
    measured = Measurements(
        start_seconds=1.0,
        starts=1,
        memory_bytes=2**29,
        memory_growth_bytes=grown,
        latency_p50_ms=1.0,
        latency_p99_ms=2.0,
        requests=300,
    )

    assert [(f.check, f.code, f.severity) for f in memory_findings(measured)] == expected


def test_of_too_many_probes_each_check_of_each_field_is_asked_first():
    kinds = [("null", "a"), ("null", "a"), ("huge", "a"), ("huge", "a"), ("null", "b")]
    probes = [
        Probe(check=check, field=field, what=str(at), record={})
        for at, (check, field) in enumerate(kinds)
    ]

    assert [p.what for p in most_telling(probes, 3)] == ["0", "2", "4"]
    assert [p.what for p in most_telling(probes, 4)] == ["0", "2", "4", "1"]
    assert [p.what for p in most_telling(probes, 9)] == ["0", "2", "4", "1", "3"]
    assert [p.what for p in most_telling(probes, 1)] == ["0"]

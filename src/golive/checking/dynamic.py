"""The part of a check that runs the model: load it, ask it, and judge every answer."""

from __future__ import annotations

import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from golive.bundle.reading import Bundle
from golive.checking.answering import Reply, Respondent, encode_record, hearing
from golive.checking.consistency import (
    Asked,
    batch_findings,
    history_findings,
    repeat_findings,
    thread_findings,
)
from golive.checking.direct import DirectModel, direct_model
from golive.checking.judging import judge_answer, judge_refusal, judge_values, shown
from golive.checking.probes import Probe, column_probes, most_telling
from golive.checking.report import Finding, Severity
from golive.checking.request_probes import request_probes
from golive.engine.decode import Decoder
from golive.engine.engine import Engine
from golive.engine.golden import compare
from golive.runtimes.compiled import load_compiled
from golive.runtimes.loading import load_model
from golive.signature.model import JsonValue

__all__ = ["Ears", "RunOptions", "examine"]

_MOST_PROBES = 2_500
_CALLS_A_PROBE = 2.5
_BATCHES = (1, 7, 1_000)
_FEWEST = 20
_LONGEST = 30.0
_BASES = 3
_REPEATED = 5
_TOGETHER = 100
"""So many hostile records are asked before the model is called directly with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How the model is examined.

    Attributes:
        seed: Of the order of records in batches and threads.
        seconds: What the probes may cost together, as one answer's time promises; likewise the
            batches.
        thread_seconds: How long two threads ask at once.
        allow_drifted_environment: Golden records that are answered differently are a warning.
    """

    seed: int = 0
    seconds: float = 15.0
    thread_seconds: float = 1.0
    allow_drifted_environment: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ears:
    """Who is told how far the examination has come.

    Attributes:
        step: Told in a sentence what is done now.
        probe: Told in words what the model is asked next.
    """

    step: Callable[[str], None] = field(default=lambda _: None)
    probe: Callable[[str], None] = field(default=lambda _: None)


def examine(bundle: Bundle, options: RunOptions, ears: Ears | None = None) -> Iterator[Finding]:
    """Load the bundle's model here and say what is wrong with it, as it is found.

    Raises:
        GoliveError: The model does not load.
    """
    ears = ears or Ears()
    ears.step("Loading the model")
    examination = _Examination.of(bundle, options, ears)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield from examination.golden()
    yield from _warned([f"{w.category.__name__}: {w.message}" for w in caught])
    if not examination.answered:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it says of hostile records is no news
        yield from examination.probes()
        yield from examination.steadiness()
        yield from examination.mutation()


def _warned(texts: Sequence[str]) -> Iterator[Finding]:
    if not texts:
        return
    text, times = Counter(texts).most_common(1)[0]
    yield Finding(
        check="output",
        severity="note",
        code="warns",
        message=f"the model warns {len(texts)} times while it answers the golden records, "
        f"{times} times: {' '.join(text.split())[:200]}",
    )


class _Examination:
    """One loaded bundle, and what its records were answered alone."""

    def __init__(
        self,
        bundle: Bundle,
        respondent: Respondent,
        direct: DirectModel,
        options: RunOptions,
        ears: Ears,
    ) -> None:
        self._bundle, self._respondent, self._direct = bundle, respondent, direct
        self._options, self._ears = options, ears
        self._output = bundle.signature.output
        self._tolerance = bundle.manifest.tolerance
        self._seconds_each = 0.0
        self.answered: list[Asked] = []
        self._others: list[Asked] = []

    @classmethod
    def of(cls, bundle: Bundle, options: RunOptions, ears: Ears) -> _Examination:
        """Load what answers, and the original to compare with it."""
        spec, signature = bundle.manifest.model, bundle.signature
        loaded = load_model(bundle.path, spec, signature)
        decoder = Decoder(signature, request_type=loaded.request_type)
        is_compiled = bundle.manifest.answers == "compiled"
        model = load_compiled(bundle.path, signature) if is_compiled else loaded.model
        engine = Engine(signature, model, decoder=decoder)
        direct = direct_model(loaded, spec, signature)
        return cls(bundle, Respondent(bundle, engine), direct, options, ears)

    def golden(self) -> Iterator[Finding]:
        """Replay the golden records; what is answered is the ground of everything after."""
        golden = self._bundle.golden
        self._ears.step(f"Replaying {len(golden)} golden records")
        found: list[Finding] = []
        times = []
        for index, item in enumerate(golden):
            self._ears.probe(f"golden record {index}")
            began = time.perf_counter()
            reply = self._respondent.ask(item.record)
            times.append(time.perf_counter() - began)
            found += self._judge_golden(index, item.record, item.output, reply)
            asked = self._others if reply.code else self.answered
            asked.append((item.record, reply.prediction))
        self._seconds_each = sorted(times)[len(times) // 2] if times else 0.0
        yield from found
        if not self.answered:
            message = "no golden record is answered, so nothing else can be tried"
            yield Finding(check="golden", severity="error", code="no_answers", message=message)
        elif not found:
            yield _fine("golden", f"{len(golden)} golden records are answered as packed")

    def _judge_golden(
        self, index: int, record: JsonValue, packed: JsonValue, reply: Reply
    ) -> list[Finding]:
        subject = f"golden record {index}"
        tolerance = self._bundle.manifest.tolerance
        differences = compare(index, packed, reply.prediction, tolerance=tolerance)
        if differences:
            first = max(differences, key=lambda difference: difference.relative)
            allowed = self._options.allow_drifted_environment
            return [
                Finding(
                    check="golden",
                    severity="warning" if allowed else "error",
                    code="golden_drift",
                    subject=subject,
                    message=f"{first.path or 'the answer'} was {shown(first.packed)} when packed "
                    f"and is {shown(first.now)} now"
                    + (f" ({reply.failure})" * bool(reply.failure)),
                    hint="install the versions in the bundle's requirements.txt, or pack again",
                )
            ]
        if reply.code:
            probe = Probe(check="golden", field=subject, what="it", record=record, may_fail=True)
            failed = judge_answer(probe, reply)
            return [failed] if failed is not None else []
        wrong = judge_values(reply.prediction, self._output, check="output", subject=subject)
        return [wrong] if wrong is not None else []

    def probes(self) -> Iterator[Finding]:
        """Ask every probe that the time allows."""
        probes, cut = self._chosen_probes()
        self._ears.step(f"Asking {len(probes):,} hostile records")
        if cut:
            yield Finding(
                check="probes",
                severity="note",
                code="cut_short",
                message=f"{len(probes):,} of {cut:,} hostile records were asked, spread over the "
                f"fields: an answer takes {self._seconds_each * 1000:.0f} ms",
            )
        found: Counter[str] = Counter()
        right: Counter[str] = Counter()
        for start in range(0, len(probes), _TOGETHER):
            for probe, finding in self._judged(probes[start : start + _TOGETHER]):
                if finding is None:
                    right[probe.check] += 1
                    continue
                found[probe.check] += 1
                yield finding
        for check, count in right.items():
            if not found[check]:
                yield _fine(check, f"as it should be ({count} asked)")

    def _chosen_probes(self) -> tuple[list[Probe], int]:
        """The probes, and how many there would be if they are not all; 0 if they are."""
        probes = list(self._all_probes())
        calls = self._options.seconds / max(self._seconds_each * _CALLS_A_PROBE, 1e-9)
        most = max(_FEWEST, min(_MOST_PROBES, int(calls)))
        return most_telling(probes, most), len(probes) * (len(probes) > most)

    def _all_probes(self) -> Iterator[Probe]:
        signature = self._bundle.signature
        records = [record for record, _ in self.answered]
        bases = [records[0], records[len(records) // 2], records[-1]][: len(records)][:_BASES]
        if signature.form == "object":
            return request_probes(records)
        names = signature.column_names
        tables = [r if isinstance(r, dict) else {names[0]: r} for r in bases]
        return column_probes(signature, tables)

    def _judged(self, probes: Sequence[Probe]) -> Iterator[tuple[Probe, Finding | None]]:
        """What is wrong with each answer; what seems right is compared with direct calls."""
        compared: list[tuple[Probe, Reply]] = []
        for probe in probes:
            self._ears.probe(f"{probe.field} = {probe.what}" if probe.field else probe.what)
            reply = self._respondent.ask(probe.record)
            finding = self._judge(probe, reply)
            is_answered = not (probe.codes or reply.code)
            if finding is None and is_answered and self._given(probe) is not None:
                compared.append((probe, reply))
            else:
                yield probe, finding
        with hearing():
            self._direct.foresee([self._given(probe) for probe, _ in compared])
        for probe, reply in compared:
            yield probe, self._differing(probe, reply)

    def _judge(self, probe: Probe, reply: Reply) -> Finding | None:
        if probe.codes:
            return judge_refusal(probe, reply)
        finding = judge_answer(probe, reply)
        if finding is not None or reply.code:
            return finding
        if len(self.answered) < _BATCHES[-1]:
            self._others.append((probe.record, reply.prediction))
        subject = probe.field or probe.what
        return judge_values(reply.prediction, self._output, check=probe.check, subject=subject)

    def _given(self, probe: Probe) -> JsonValue:
        """What the model must get."""
        return probe.values if self._bundle.signature.form != "object" else probe.record

    def _differing(self, probe: Probe, reply: Reply) -> Finding | None:
        with hearing():
            difference = self._direct.difference(self._given(probe), reply.prediction)
        if difference is None:
            return None
        return Finding(
            check=probe.check,
            severity=probe.severity,
            code="differs_from_direct",
            subject=probe.field,
            message=f"{probe.what} is not answered as by the model called directly: {difference}",
            hint="the signature's types are not those that the model was trained with: see "
            "signature.toml, and golive repack --signature",
        )

    def steadiness(self) -> Iterator[Finding]:
        """Ask the same again, alone, in batches and from threads."""
        self._ears.step("Asking the same records again")
        tolerance, ask = self._tolerance, self._respondent
        found = repeat_findings(
            ask, self._affordable(self.answered, 3)[:_REPEATED], tolerance=tolerance
        )
        if not found:
            found = history_findings(ask, self._affordable(self.answered, 1), tolerance=tolerance)
        if not found:
            yield _fine("repeat", "the same records get the same answers")
            yield from self.batches()
            yield from self.threads()
            return
        yield from found
        text = "batches and threads were not tried: the same record alone is answered in two ways"
        yield Finding(check="batch", severity="note", code="not_tried", message=text)

    def batches(self) -> Iterator[Finding]:
        """Ask requests of many records."""
        affordable = self._affordable_batch()
        sizes = sorted({min(size, affordable) for size in _BATCHES})
        self._ears.step(f"Asking {sizes[-1]:,} records at once")
        found = batch_findings(
            self._respondent,
            self.answered + self._others,
            tolerance=self._tolerance,
            sizes=sizes,
            seed=self._options.seed,
        )
        said = ", ".join(f"{size:,}" for size in sizes)
        fine = _fine("batch", f"requests of {said} records get the answers of each alone")
        yield from found or [fine]

    def _affordable_batch(self) -> int:
        """How many records of one request can be answered in time, as one of a few promises."""
        few = max(min(_BATCHES[1], int(self._options.seconds / max(self._seconds_each, 1e-9))), 2)
        records = [record for record, _ in self.answered]
        asked = [encode_record(records[at % len(records)]) for at in range(few)]
        began = time.perf_counter()
        with hearing():
            self._respondent.ask_all(asked)
        each = (time.perf_counter() - began) / few
        return max(int(self._options.seconds / max(each, 1e-9)), 2)

    def threads(self) -> Iterator[Finding]:
        """Ask from two threads at once."""
        self._ears.step("Asking from two threads at once")
        seconds = min(max(self._options.thread_seconds, 4 * self._seconds_each), _LONGEST)
        found = thread_findings(
            self._respondent,
            self.answered,
            tolerance=self._tolerance,
            seconds=seconds,
            seed=self._options.seed,
        )
        yield from found or [_fine("threads", "two threads at once get the same answers")]

    def mutation(self) -> Iterator[Finding]:
        """Say whether the model has changed an input that it was given."""
        if self._direct.has_mutated:
            yield Finding(
                check="input",
                severity="warning",
                code="changes_input",
                message="the model changes the input that it is given",
                hint="copy the input before changing it in predict",
            )

    def _affordable(self, asked: Sequence[Asked], calls: int) -> list[Asked]:
        most = int(self._options.seconds / max(self._seconds_each * calls, 1e-9))
        return list(asked[: max(most, 2)])


def _fine(check: str, message: str, severity: Severity = "ok") -> Finding:
    return Finding(check=check, severity=severity, code="ok", message=message)

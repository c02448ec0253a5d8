"""`golive.promote`: a version takes an alias, if the gate allows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from golive.bundle.reading import Bundle
from golive.checking.check import check as check_bundle
from golive.checking.diff import diff
from golive.checking.report import Report
from golive.errors import BundleError, UsageError
from golive.registry.errors import RegistryError
from golive.registry.history import History
from golive.registry.layout import checked_alias
from golive.registry.reference import parse_reference
from golive.registry.registry import Registry, select
from golive.release.gate import Found, NotMade, Permission, decide
from golive.release.labelled import LabelledRows, compare_on, read_pair
from golive.release.metrics import METRICS
from golive.release.promotion import Promotion, evidence_of
from golive.wiring.registries import Located, open_registry, pull

__all__ = ["promote"]

_Tell = Callable[[str], None]
_NO_ROWS = "no labelled rows were given (--data)"


def promote(  # noqa: PLR0913 - what a person may want is one argument each
    reference: str,
    alias: str,
    *,
    data: str | Path | None = None,
    target: str | None = None,
    metric: str | None = None,
    tolerance: float = 0.0,
    check: bool = True,
    breaking: bool = False,
    anyway: str = "",
    why: str = "",
    dry_run: bool = False,
    registry: str | None = None,
    progress: _Tell | None = None,
) -> Promotion:
    """Let an alias stand for a version, if nothing speaks against it.

    The version is checked, compared with the bundle that the alias stands for as `golive.diff`
    does, and, with labelled rows, by how well both answer those; see `golive.release.gate.decide`.
    If somebody moves the alias meanwhile, nothing is moved.

    Args:
        reference: `[REGISTRY/]NAME[@VERSION|@ALIAS]`; without a version the newest.
        alias: Such as `prod`.
        data: A file of labelled rows that neither model was trained on.
        target: The column of the truths; the name that was packed as the target's if None.
        metric: What decides, one of `golive.release.metrics.METRICS`; the first of them that the
            rows give if None.
        tolerance: How much worse than the champion the version may be in it.
        check: Whether the version is checked.
        breaking: Allow changes that break callers.
        anyway: Allow everything else, for this reason, which is recorded.
        why: A reason to record.
        dry_run: Decide and move nothing.
        registry: Where, if the reference does not say it; the usual one if None.
        progress: Told in a sentence what is being done.

    Returns:
        What came of it. A promotion that is refused is returned as well, with `is_moved` False.

    Raises:
        UsageError: There is no such version, the alias cannot be one, the rows do not fit, or the
            alias was moved meanwhile.
        RegistryError: The registry's history, or a bundle, is not what was written.
        StoreUnavailableError: The registry does not answer.
    """
    checked_alias(alias)
    _refuse_halves(data, target, metric, tolerance)
    parsed = parse_reference(reference)
    store = open_registry(parsed.registry or registry)
    history = store.history(parsed.model)
    version = select(history, parsed.selector, model=parsed.model)
    holder = history.aliases.get(alias)
    asked = Promotion(model=parsed.model, alias=alias, version=version.number, champion=holder)
    if holder == version.number:
        return asked
    look = _Look(store, history, parsed.model, check=check, tell=progress or _say_nothing)
    challenger = look.pulled(version.number)
    rows = _rows(data, target, challenger, metric=metric, tolerance=tolerance)
    found = look.at(challenger, holder, rows)
    permission = Permission(breaking=breaking, anyway=anyway)
    verdict = decide(found, permission)
    evidence = evidence_of(found, verdict, permission, holder) | _source(rows)
    is_moved = verdict.is_allowed and not dry_run
    if is_moved:
        overridden = f"anyway: {anyway}" if verdict.is_overridden else ""
        reason = "; ".join(filter(None, (why, overridden)))
        store.move(
            parsed.model,
            alias,
            version.number,
            decided_on=history,
            why=reason,
            evidence=evidence,
        )
    return replace(asked, found=found, verdict=verdict, evidence=evidence, is_moved=is_moved)


class _Look:
    """Looks at everything that the gate decides on; a dangerous model is not run."""

    def __init__(
        self, store: Registry, history: History, model: str, *, check: bool, tell: _Tell
    ) -> None:
        self._store = store
        self._history = history
        self._model = model
        self._check = check
        self._tell = tell

    def pulled(self, number: int) -> Bundle:
        """The bundle of a version."""
        version = self._history.versions[number]
        self._tell(f"Pulling {self._model}@{number}")
        return pull(Located(registry=self._store, model=self._model, version=version))

    def at(self, challenger: Bundle, holder: int | None, rows: LabelledRows | None) -> Found:
        """What is found about a challenger of the version that holds the alias."""
        if holder is None:
            return Found(
                check=self._report(challenger), comparison=NotMade("no version holds the alias")
            )
        try:
            champion = self.pulled(holder)
        except (RegistryError, BundleError) as error:
            report = self._report(challenger)
            return Found(check=report, comparison=NotMade(error.message), unreadable=error.message)
        pair = NotMade(_NO_ROWS) if rows is None else read_pair(rows, champion, challenger)
        report = self._report(challenger)
        may_run = isinstance(report, NotMade) or not _is_dangerous(report)
        if not may_run:
            pair = NotMade("the check says not to load the model")
        difference = diff(champion.source, challenger.source, answers=may_run, progress=self._tell)
        if isinstance(pair, NotMade):
            return Found(check=report, comparison=pair, difference=difference)
        self._tell(f"Answering the rows of {pair.rows.data} with both")
        comparison, failure = compare_on(pair)
        return Found(check=report, comparison=comparison, difference=difference, failure=failure)

    def _report(self, challenger: Bundle) -> Report | NotMade:
        if not self._check:
            return NotMade("it was left out (--no-check)")
        return check_bundle(challenger.source, progress=self._tell)


def _is_dangerous(report: Report) -> bool:
    return any(f.code == "dangerous_import" and f.severity == "error" for f in report.findings)


def _rows(
    data: str | Path | None,
    target: str | None,
    challenger: Bundle,
    *,
    metric: str | None,
    tolerance: float,
) -> LabelledRows | None:
    if data is None:
        return None
    column = target or challenger.signature.output.name
    if not column:
        raise UsageError("The rows' truth is in an unknown column.", hint="pass --target COLUMN")
    return LabelledRows(Path(data), column, metric=metric, tolerance=tolerance)


def _source(rows: LabelledRows | None) -> dict[str, str]:
    return {} if rows is None else {"data": rows.data.name, "data_sha256": rows.sha256}


def _refuse_halves(
    data: str | Path | None, target: str | None, metric: str | None, tolerance: float
) -> None:
    if data is None and (target or metric or tolerance):
        raise UsageError(
            "A target, a metric or a tolerance needs labelled rows.", hint="pass --data FILE"
        )
    if metric is not None and metric not in METRICS:
        raise UsageError(
            f"There is no metric {metric!r} to compare by.", hint=f"one of {', '.join(METRICS)}"
        )
    if not 0 <= tolerance < float("inf"):
        raise UsageError(f"A tolerance of {tolerance} cannot be.", hint="Give 0 or more.")


def _say_nothing(_: str) -> None:
    """Progress that nobody watches."""

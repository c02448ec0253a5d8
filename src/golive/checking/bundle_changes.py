"""Changes of everything but the input: output, metrics, model, environment, size and card."""

from __future__ import annotations

from collections.abc import Iterator

from golive.bundle.card import card_blanks
from golive.bundle.reading import Bundle
from golive.checking.difference import Area, Change, Effect
from golive.checking.schema_changes import schema_changes
from golive.signature.model import JsonValue, Output

__all__ = ["bundle_changes", "output_changes"]

_LESS_IS_BETTER = ("error", "loss", "brier", "deviation")
_SAME = 1e-9


def bundle_changes(before: Bundle, after: Bundle) -> Iterator[Change]:
    """What differs beside the input, without running anything."""
    yield from output_changes(before.signature.output, after.signature.output)
    yield from _metric_changes(before, after)
    yield from _model_changes(before, after)
    yield from _environment_changes(before, after)
    yield from _size_changes(before, after)
    if before.card != after.card:
        blanks = [len(card_blanks(bundle.card)) for bundle in (before, after)]
        message = f"another text; blanks: {blanks[0]} → {blanks[1]}"
        yield _change("card", "card.md", "note", message, *blanks)


def output_changes(before: Output, after: Output) -> Iterator[Change]:
    """What a caller of the old output meets in the new one."""
    if before.kind != after.kind:
        message = f"kind {before.kind} → {after.kind}"
        yield _change("output", "kind", "breaking", message, before.kind, after.kind)
        return
    old, new = list(before.classes), list(after.classes)
    if old != new:
        same = sorted(map(repr, old)) == sorted(map(repr, new))
        effect: Effect = "compatible" if same else "breaking"
        message = "the classes have another order" if same else "the classes are others"
        yield _change("output", "classes", effect, message, old, new)
    if before.positive != after.positive:
        message = f"the score is of {after.positive!r} instead of {before.positive!r}"
        yield _change("output", "positive", "breaking", message, before.positive, after.positive)
    if before.has_probabilities != after.has_probabilities:
        effect = "compatible" if after.has_probabilities else "breaking"
        message = "probabilities are given now" if after.has_probabilities else "no probabilities"
        yield _change("output", "probabilities", effect, message)
    if before.threshold != after.threshold:
        was, is_now = (
            "the model's own" if side.threshold is None else f"{side.threshold:g}"
            for side in (before, after)
        )
        message = f"threshold {was} → {is_now}"
        yield _change(
            "output", "threshold", "compatible", message, before.threshold, after.threshold
        )
    # What is read must be what was promised: the new answers have to fit the old schema.
    for place, effect, found in schema_changes(after.json_schema or {}, before.json_schema or {}):
        message = "the answer's schema changed"
        if effect == "breaking":
            message = f"the answer may be one that the old schema does not allow ({found})"
        yield _change("output", place, effect, message)


def _metric_changes(before: Bundle, after: Bundle) -> Iterator[Change]:
    old, new = before.profile.evaluation, after.profile.evaluation
    if old is None or new is None:
        if old is not new:
            had, has = ("none" if e is None else f"{e.rows:,} rows" for e in (old, new))
            yield _change("metrics", "evaluation", "note", f"held-out sample: {had} → {has}")
        return
    if old.rows != new.rows:
        message = f"held-out rows {old.rows:,} → {new.rows:,}: metrics are of other samples"
        yield _change("metrics", "rows", "note", message, old.rows, new.rows)
    for name in dict.fromkeys([*old.metrics, *new.metrics]):
        was, is_now = old.metrics.get(name), new.metrics.get(name)
        if was is None or is_now is None:
            yield _change("metrics", name, "note", "only one of them has it", was, is_now)
        elif abs(was - is_now) > _SAME * max(abs(was), abs(is_now)):
            message = f"{was:.4g} → {is_now:.4g}"
            yield _change("metrics", name, _trend(name, was, is_now), message, was, is_now)


def _trend(name: str, was: float, is_now: float) -> Effect:
    less_is_better = any(word in name for word in _LESS_IS_BETTER)
    return "better" if (is_now < was) == less_is_better else "worse"


def _model_changes(before: Bundle, after: Bundle) -> Iterator[Change]:
    old, new = before.manifest, after.manifest
    if old.name != new.name:
        yield _change("model", "name", "note", f"{old.name} → {new.name}", old.name, new.name)
    if old.model.kind != new.model.kind:
        message = f"kind {old.model.kind} → {new.model.kind}"
        yield _change("model", "kind", "note", message, old.model.kind, new.model.kind)
    for folder in ("model", "code"):
        was, is_now = _hashes(before, folder), _hashes(after, folder)
        differing = sorted(p for p in was.keys() | is_now.keys() if was.get(p) != is_now.get(p))
        if differing:
            yield _change("model", folder, "note", f"other files: {', '.join(differing[:5])}")


def _hashes(bundle: Bundle, folder: str) -> dict[str, str]:
    files = bundle.manifest.files
    return {path: e.sha256 for path, e in files.items() if path.startswith(f"{folder}/")}


def _environment_changes(before: Bundle, after: Bundle) -> Iterator[Change]:
    old, new = before.manifest, after.manifest
    versions = [
        ("Python", old.python_version, new.python_version),
        ("golive", old.golive_version, new.golive_version),
    ]
    pins = [dict(_pin(line) for line in bundle.requirements) for bundle in (before, after)]
    names = sorted(pins[0].keys() | pins[1].keys(), key=str.lower)
    versions += [(name, pins[0].get(name, ""), pins[1].get(name, "")) for name in names]
    for name, was, is_now in versions:
        if was != is_now:
            message = f"{was or 'none'} → {is_now or 'none'}"
            yield _change("environment", name, "note", message, was, is_now)


def _pin(line: str) -> tuple[str, str]:
    name, _, version = line.partition("==")
    return name, version


def _size_changes(before: Bundle, after: Bundle) -> Iterator[Change]:
    for subject, prefix in (("bundle", ""), ("model", "model/")):
        was, is_now = (
            sum(e.size for path, e in bundle.manifest.files.items() if path.startswith(prefix))
            for bundle in (before, after)
        )
        if was != is_now:
            message = f"{was:,} → {is_now:,} bytes"
            yield _change("size", subject, "note", message, was, is_now)


def _change(
    area: Area,
    subject: str,
    effect: Effect,
    message: str,
    before: JsonValue = None,
    after: JsonValue = None,
) -> Change:
    return Change(
        area=area, subject=subject, effect=effect, message=message, before=before, after=after
    )

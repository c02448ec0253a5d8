"""Chains: served models whose features other served models answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from msgspec.structs import replace

from golive.bundle.reading import Bundle
from golive.engine.answers import entry_to_json
from golive.engine.chaining import ChainModel, FeatureEngine, Source, known_names, output_at
from golive.engine.decode import Decoder
from golive.engine.engine import Engine
from golive.engine.golden import compare, refuse_drift
from golive.engine.timing import measure_pace
from golive.errors import EnvironmentDriftError, SignatureError, UsageError
from golive.http.plan import ServePlan
from golive.http.refreshing.source import ChainRefusedError
from golive.lookups.errors import LookupNotReadError
from golive.service.served import Example, ServedModel
from golive.signature.features import chained_signature, check_outputs
from golive.signature.model import JsonValue, Signature

__all__ = ["ask_order", "chain_models", "chain_of", "rechain", "sent_record", "try_chain"]

_TOLERANCE = 1e-6


def chain_models(plan: ServePlan, models: Mapping[str, ServedModel]) -> dict[str, ServedModel]:
    """The models, of which those that take features of others ask those first.

    Golden records of the sources go through each chain: what comes out has to be what the model
    says of the answers that the sources gave when they were packed.

    Args:
        plan: How they are served.
        models: By name, each by itself.

    Raises:
        UsageError: A source is not served, comes back to itself, or has a candidate; it gives no
            such output; or no golden record gets through.
        EnvironmentDriftError: A golden record comes out otherwise.
    """
    signatures = _signatures(models)
    _refuse_candidate(plan, signatures)
    chained = dict(models)
    for name in ask_order(signatures):
        if models[name].engine.signature.features:
            chained[name] = _chained(plan, chained[name], chained)
    return chained


def rechain(
    plan: ServePlan, serving: Mapping[str, ServedModel], changed: ServedModel, *, slot: str
) -> ServedModel:
    """A version put together with the models that serve, and those that take its features with it.

    Golden records go through each chain that becomes another one; see `chain_models`.

    Args:
        plan: How they are served.
        serving: What serves, by name or slot.
        changed: The version, by itself.
        slot: What it is called among what is followed.

    Returns:
        The version; its `takers` are to be switched to together with it.

    Raises:
        LookupNotReadError: A file of looked-up values cannot be read.
        ChainRefusedError: They do not go together; see `chain_models`.
    """
    with _refusing():
        return _rechained(plan, {**serving, slot: changed}, slot)


def try_chain(plan: ServePlan, models: Mapping[str, ServedModel]) -> dict[str, ServedModel]:
    """As `chain_models`, of which some serve, and others are to.

    Raises:
        LookupNotReadError: A file of looked-up values cannot be read.
        ChainRefusedError: They do not go together.
    """
    with _refusing():
        return chain_models(plan, models)


def _rechained(plan: ServePlan, found: dict[str, ServedModel], slot: str) -> ServedModel:
    alone = {name: model.alone or model for name, model in found.items()}
    signatures = _signatures(alone)
    _refuse_candidate(plan, signatures)
    others = {slot}
    for name in ask_order(signatures):
        sources = {each.model for each in signatures[name].features}
        if name == slot or sources & others:
            others.add(name)
            found[name] = _chained(plan, alone[name], found) if sources else alone[name]
    takers = {name: model for name, model in found.items() if name in others and name != slot}
    return replace(found[slot], takers=takers)


def chain_of(slot: str, signatures: Mapping[str, Signature]) -> frozenset[str]:
    """What a model is put together with: its sources and takers, theirs, and so on; not itself.

    Args:
        slot: What the model is called.
        signatures: Of all models by themselves, this one among them.
    """
    near: dict[str, set[str]] = {name: set() for name in signatures}
    for name, signature in signatures.items():
        for each in signature.features:
            near[name].add(each.model)
            near.setdefault(each.model, set()).add(name)
    found, waiting = {slot}, [slot]
    while waiting:
        more = near[waiting.pop()] - found
        found |= more
        waiting += more
    return frozenset(found - {slot})


def ask_order(signatures: Mapping[str, Signature]) -> list[str]:
    """The names of models, each behind those whose features it takes.

    Raises:
        UsageError: One of those is not served, or takes features of its own taker.
    """
    order: list[str] = []
    for name in signatures:
        _visit(name, signatures, order, path=())
    return order


def sent_record(name: str, bundles: Mapping[str, Bundle]) -> dict[str, JsonValue] | None:
    """What callers may send to a model of a chain, out of golden records; None where there is none.

    Args:
        name: The model's.
        bundles: All that are served, by name.
    """
    bundle = bundles[name]
    features = bundle.signature.features
    golden = next((g.record for g in bundle.golden if "error" not in g.output), None)
    if golden is None:
        return None
    made = {column for source in features for column in source.outputs}
    record = _as_sent(golden, bundle.signature)
    record = {member: value for member, value in record.items() if member not in made}
    for source in features:
        part = sent_record(source.model, bundles)
        if part is None:
            return None
        record |= part
    return record


@contextmanager
def _refusing() -> Iterator[None]:
    """What is wrong with a chain is said of the version that would be a part of it."""
    try:
        yield
    except LookupNotReadError:
        raise
    except (UsageError, EnvironmentDriftError) as error:
        raise ChainRefusedError(error.message, hint=error.hint) from error


def _signatures(models: Mapping[str, ServedModel]) -> dict[str, Signature]:
    return {name: model.engine.signature for name, model in models.items()}


def _refuse_candidate(plan: ServePlan, signatures: Mapping[str, Signature]) -> None:
    """Refuse a candidate of a model whose features others take.

    Raises:
        UsageError: There is one.
    """
    if plan.canary is None:
        return
    model = plan.canary.named.model
    takers = [name for name, s in signatures.items() if model in {f.model for f in s.features}]
    if takers:
        raise UsageError(
            f"{model} gives features to {takers[0]}, so that it can have no candidate: of one "
            "request, one part would be answered by it, and another not.",
            hint="Give it to the model that takes the features, or follow the alias by --refresh.",
        )


def _visit(
    name: str, signatures: Mapping[str, Signature], order: list[str], *, path: tuple[str, ...]
) -> None:
    if name in order:
        return
    if name in path:
        circle = [*path[path.index(name) :], name]
        raise UsageError(
            f"Models take features of each other in a circle: {' ← '.join(circle)}.",
            hint="Take one [[features]] table out of its signature.toml, and repack.",
        )
    for source in signatures[name].features:
        if source.model not in signatures:
            raise UsageError(
                f"{name} takes features of {source.model}, which is not served here.",
                hint=f"golive serve {name}.bundle {source.model}.bundle",
            )
        _visit(source.model, signatures, order, path=(*path, name))
    order.append(name)


def _chained(plan: ServePlan, own: ServedModel, models: Mapping[str, ServedModel]) -> ServedModel:
    features = own.engine.signature.features
    sources = {each.model: models[each.model] for each in features}
    try:
        for each in features:
            check_outputs(each, sources[each.model].engine.signature.output)
        signature = chained_signature(
            own.engine.signature, {name: model.engine.signature for name, model in sources.items()}
        )
    except SignatureError as error:
        raise UsageError(f"{own.name}: {error.message}", hint=error.hint) from error
    engine = _engine(plan, own, sources, signature)
    examples = _checked_examples(own, sources, engine)
    engine.pace = measure_pace(
        engine,
        [each.record for each in examples],
        "function" if _takes_any_time(own, sources) else own.facts["kind"],
    )
    if signature.lookups:
        from golive.wiring.lookups import add_lookups, read_locations  # few models have any

        locations = read_locations(plan.settings.lookup)
        add_lookups(engine, locations, seconds=plan.settings.lookup_timeout)
    return replace(
        own,
        engine=engine,
        examples=tuple(examples),
        features={name: model.version for name, model in sources.items()},
        alone=own,
        drifted=own.drifted or any(model.drifted for model in sources.values()),
    )


def _engine(
    plan: ServePlan,
    own: ServedModel,
    sources: Mapping[str, ServedModel],
    signature: Signature,
) -> Engine:
    asked = [
        Source(features=each, engine=_source_engine(sources[each.model]))
        for each in own.engine.signature.features
    ]
    decoder = Decoder(
        signature,
        max_records=plan.settings.max_records,
        max_text=plan.settings.max_text,
        limits_images=True,
    )
    return Engine(signature, ChainModel(signature, _own_engine(own), asked), decoder=decoder)


def _own_engine(model: ServedModel) -> Engine:
    if isinstance(model.engine, Engine):
        return model.engine
    raise UsageError(
        f"{model.name} is answered by another process, where it can take no features of others.",
        hint=f"golive compile it, or serve {model.name} without --isolate.",
    )


def _source_engine(model: ServedModel) -> FeatureEngine:
    if isinstance(model.engine, Engine):
        return model.engine
    from golive.backends.engine import RemoteEngine  # few servers isolate anything

    if isinstance(model.engine, RemoteEngine):
        return model.engine
    raise LookupError(f"{model.name} cannot be asked for features.")


def _takes_any_time(own: ServedModel, sources: Mapping[str, ServedModel]) -> bool:
    """Whether one of the models may, is in another process, or asks a store that may."""
    return any(
        m.backend is not None or m.engine.pace.manner == "apart" or not m.engine.pace.reads_quickly
        for m in (own, *sources.values())
    )


def _checked_examples(
    own: ServedModel, sources: Mapping[str, ServedModel], engine: Engine
) -> list[Example]:
    """Golden records of the whole chain, after they came out of it as they should."""
    examples: list[Example] = []
    differences: list[Any] = []
    fault: JsonValue = None
    for at, (record, expected) in enumerate(_expected(own, sources)):
        [entry] = engine.answer(engine.decoder.decode_rows([record]))
        answer = entry_to_json(entry)
        differences += compare(at, expected, answer, tolerance=_TOLERANCE)
        if "error" in answer:
            fault = fault or answer["error"]
        else:
            examples.append(Example(record, answer))
    refuse_drift(f"The chain of {own.name}", differences)
    if fault is not None and not examples:
        raise UsageError(
            f"{own.name} takes none of the answers of {', '.join(sources)} to their golden "
            f"records. The first error: {fault['message']}",
            hint="Look at the outputs in its [[features]] tables.",
        )
    return examples


def _expected(
    own: ServedModel, sources: Mapping[str, ServedModel]
) -> Iterator[tuple[dict[str, JsonValue], JsonValue]]:
    """Records as callers send them, and what the model says of the packed answers to them."""
    engine, features = _own_engine(own), own.engine.signature.features
    made = {column for each in features for column in each.outputs}
    answered = [_answered(model) for model in (own, *sources.values())]
    if not all(answered):
        return
    for at in range(max(map(len, answered))):
        mine, *theirs = [examples[at % len(examples)] for examples in answered]
        record = {name: value for name, value in mine.record.items() if name not in made}
        signatures = [model.engine.signature for model in sources.values()]
        sent = [_as_sent(e.record, s) for e, s in zip(theirs, signatures, strict=True)]
        if _is_at_odds(sent):
            continue
        for part in sent:
            record |= part
        given = dict(record)
        for source, example in zip(features, theirs, strict=True):
            for column, path in source.outputs.items():
                found, value = output_at(example.output, path)
                if found:
                    given[column] = value
        [entry] = engine.answer(engine.decoder.decode_rows([_known(given, engine.signature)]))
        yield record, entry_to_json(entry)


def _answered(model: ServedModel) -> list[Example]:
    return [
        example
        for example in model.examples
        if isinstance(example.output, dict) and "error" not in example.output
    ]


def _as_sent(record: JsonValue, signature: Signature) -> dict[str, JsonValue]:
    """A golden record as an object of the columns; of a text model it may be the text."""
    if not isinstance(record, dict):
        return {signature.column_names[0]: record}
    if signature.form == "series" and "text" in record:
        return {signature.column_names[0]: record["text"]}
    return record


def _is_at_odds(records: list[dict[str, JsonValue]]) -> bool:
    """Whether two records have other values of the same name."""
    together: dict[str, JsonValue] = {}
    for record in records:
        if any(name in together and together[name] != v for name, v in record.items()):
            return True
        together |= record
    return False


def _known(record: dict[str, JsonValue], signature: Signature) -> dict[str, JsonValue]:
    names = known_names(signature) or frozenset(record)
    return {name: value for name, value in record.items() if name in names}

"""Bundles become served models, whatever transport brings the requests."""

from __future__ import annotations

import msgspec

from golive.bundle.manifest import Answering
from golive.bundle.reading import Bundle
from golive.engine.loading import LoadedBundle, load_bundle
from golive.errors import UsageError
from golive.http.plan import Named, ServePlan
from golive.service.served import Example, ServedModel
from golive.signature.model import JsonValue
from golive.wiring.loading import open_reference, reference_of

__all__ = ["examples_of", "facts_of", "load_model", "load_models", "open_all", "pin"]


def pin(plan: ServePlan) -> ServePlan:
    """The plan with the version that each reference names now: every worker serves that one.

    Raises:
        UsageError: A reference names no version, or there is nothing to follow.
        RegistryError: The registry's history is not what was written.
        StoreUnavailableError: The registry does not answer.
    """
    pinned: dict[str, Named] = {}
    for ref in plan.bundles:
        reference = reference_of(ref)
        if reference is not None:
            from golive.wiring.registries import named_now  # nobody else waits for it

            pinned[ref] = named_now(ref, reference)
    canary = None
    if plan.settings.canary is not None or plan.settings.shadow is not None:
        from golive.wiring.canaries import canary_of  # few servers have one

        canary = canary_of(plan, pinned)
    found = msgspec.structs.replace(plan, pinned=pinned, canary=canary)
    if plan.settings.refresh is not None and not found.followed:
        raise UsageError(
            f"There is nothing to follow: {', '.join(plan.bundles)} always names the same.",
            hint="--refresh goes with a model or an alias in a registry: golive serve NAME@prod "
            "--refresh 30s",
        )
    return found


def load_models(plan: ServePlan) -> dict[str, ServedModel]:
    """Load the models of a plan, by name; called in each worker.

    Raises:
        UsageError: A lookup has no location, or none that can be read, or a model takes features
            of one that is not served.
        BundleError: A bundle is not what was packed.
        ModelLoadError: A model does not load here.
        EnvironmentDriftError: Golden records are answered differently and that is not allowed.
    """
    names = {named.model: named.names for named in plan.pinned.values()}
    bundles = open_all(plan)
    if plan.settings.lookup:
        from golive.wiring.lookups import check_lookups, read_locations  # few servers have any

        signatures = {name: bundle.signature for name, bundle in bundles.items()}
        others_may_come = bool(plan.followed) or plan.canary is not None
        locations = read_locations(plan.settings.lookup)
        check_lookups(locations, signatures, is_all=not others_may_come)
    if plan.placements or (plan.settings.isolate is not None and plan.followed):
        from golive.wiring.apart import load_isolated  # few servers isolate anything

        models = load_isolated(plan, bundles, names)
    else:
        models = {
            name: load_model(plan, name, bundle, names=names.get(name, ()))
            for name, bundle in bundles.items()
        }
    if any(model.engine.signature.features for model in models.values()):
        from golive.wiring.chains import chain_models  # few servers have any

        return chain_models(plan, models)
    return models


def load_model(
    plan: ServePlan, name: str, bundle: Bundle, *, names: tuple[str, ...] = ()
) -> ServedModel:
    """Load one model as a plan says; see `load_models`.

    Args:
        plan: How it is served.
        name: Under which name.
        bundle: The bundle.
        names: What the version is called beside its ids.
    """
    loaded = load_bundle(
        bundle,
        allow_drifted_environment=plan.allow_drifted_environment,
        original=plan.original,
        no_pickle=plan.settings.no_pickle,
        max_records=plan.settings.max_records,
        max_text=plan.settings.max_text,
        limits_images=True,
    )
    if bundle.signature.lookups:
        from golive.wiring.lookups import add_named_lookups  # few have any

        add_named_lookups(name, loaded.engine, plan.settings)
    return _served(name, loaded, names)


def open_all(plan: ServePlan) -> dict[str, Bundle]:
    """The bundles of a plan by name, verified, their models not loaded.

    What comes from a registry has the name that it has there.

    Raises:
        UsageError: One is missing, or two have the same name.
        BundleError: One is not what was packed.
    """
    bundles: dict[str, Bundle] = {}
    for ref in plan.bundles:
        named = plan.pinned.get(ref)
        if named is None:
            bundle = open_reference(ref, verify=plan.verify)
            name = bundle.name
        else:
            from golive.wiring.registries import pull_named

            name, bundle = named.model, pull_named(named, verify=plan.verify)
        if name in bundles:
            raise UsageError(
                f"{ref} and {bundles[name].source} are both named {name!r}.",
                hint=f"golive repack {ref} --name OTHER -o other.bundle",
            )
        bundles[name] = bundle
    return bundles


def _served(name: str, loaded: LoadedBundle, names: tuple[str, ...]) -> ServedModel:
    bundle = loaded.bundle
    return ServedModel(
        name=name,
        names=names,
        version=bundle.version,
        engine=loaded.engine,
        examples=examples_of(bundle),
        card=bundle.card,
        drifted=bool(loaded.differences),
        facts=facts_of(bundle, loaded.answers, loaded.answers_because),
        bundle=str(bundle.path),
    )


def examples_of(bundle: Bundle) -> tuple[Example, ...]:
    """The golden records of a bundle."""
    return tuple(Example(g.record, g.output) for g in bundle.golden)


def facts_of(bundle: Bundle, answers: Answering, because: str) -> dict[str, JsonValue]:
    """What callers may learn of a bundle.

    Args:
        bundle: The bundle.
        answers: Whether its compiled program or its original model answers here.
        because: Why, in a sentence.
    """
    manifest, profile = bundle.manifest, bundle.profile
    return {
        "id": manifest.id,
        "created_at": manifest.created_at,
        "python_version": manifest.python_version,
        "golive_version": manifest.golive_version,
        "git_commit": manifest.git_commit,
        "kind": manifest.model.kind,
        "answers": answers,
        "answers_because": because,
        "requirements": list(bundle.requirements),
        "evaluation": msgspec.to_builtins(profile.evaluation),
        "score_quantiles": [] if profile.scores is None else list(profile.scores.quantiles),
    }

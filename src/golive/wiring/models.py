"""Bundles become served models, whatever transport brings the requests."""

from __future__ import annotations

import msgspec

from golive.bundle.reading import Bundle
from golive.engine.loading import LoadedBundle, load_bundle
from golive.errors import UsageError
from golive.http.plan import ServePlan
from golive.service.served import Example, ServedModel
from golive.signature.model import JsonValue
from golive.wiring.loading import open_reference

__all__ = ["load_models", "open_all"]


def load_models(plan: ServePlan) -> dict[str, ServedModel]:
    """Load the models of a plan, by name; called in each worker.

    Raises:
        BundleError: A bundle is not what was packed.
        ModelLoadError: A model does not load here.
        EnvironmentDriftError: Golden records are answered differently and that is not allowed.
    """
    return {
        name: _served(
            load_bundle(
                bundle,
                allow_drifted_environment=plan.allow_drifted_environment,
                original=plan.original,
                no_pickle=plan.settings.no_pickle,
                max_records=plan.settings.max_records,
                limits_images=True,
            )
        )
        for name, bundle in open_all(plan).items()
    }


def open_all(plan: ServePlan) -> dict[str, Bundle]:
    """The bundles of a plan by name, verified, their models not loaded.

    Raises:
        UsageError: One is missing, or two have the same name.
        BundleError: One is not what was packed.
    """
    bundles: dict[str, Bundle] = {}
    for ref in plan.bundles:
        bundle = open_reference(ref, verify=plan.verify)
        if bundle.name in bundles:
            raise UsageError(
                f"{ref} and {bundles[bundle.name].source} are both named {bundle.name!r}.",
                hint=f"golive repack {ref} --name OTHER -o other.bundle",
            )
        bundles[bundle.name] = bundle
    return bundles


def _served(loaded: LoadedBundle) -> ServedModel:
    bundle, manifest, profile = loaded.bundle, loaded.bundle.manifest, loaded.bundle.profile
    facts: dict[str, JsonValue] = {
        "id": manifest.id,
        "created_at": manifest.created_at,
        "python_version": manifest.python_version,
        "golive_version": manifest.golive_version,
        "git_commit": manifest.git_commit,
        "kind": manifest.model.kind,
        "answers": loaded.answers,
        "answers_because": loaded.answers_because,
        "requirements": list(bundle.requirements),
        "evaluation": msgspec.to_builtins(profile.evaluation),
        "score_quantiles": [] if profile.scores is None else list(profile.scores.quantiles),
    }
    return ServedModel(
        name=bundle.name,
        version=bundle.version,
        engine=loaded.engine,
        examples=tuple(Example(g.record, g.output) for g in bundle.golden),
        card=bundle.card,
        drifted=bool(loaded.differences),
        facts=facts,
    )

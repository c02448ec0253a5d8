"""`golive versions`: what a registry holds."""

from __future__ import annotations

import click

from golive.cli.actions import Actions
from golive.cli.options import as_json
from golive.cli.output import print_json, say
from golive.cli.references import MODEL, REGISTRY
from golive.cli.versions_table import (
    event_facts,
    model_facts,
    print_events,
    print_models,
    print_versions,
    version_facts,
)

__all__ = ["command"]


@click.command("versions", short_help="List the models of a registry, or a model's versions.")
@click.argument("model", required=False)
@click.option("--history", is_flag=True, help="List who did what, when and why. Default: versions.")
@as_json
@REGISTRY
@click.pass_obj
def command(
    actions: Actions, /, *, model: str | None, history: bool, as_json: bool, registry: str | None
) -> None:
    """List the models of a registry, or the versions of MODEL and the aliases of each."""
    if model is None:
        store = actions.registry(registry)
        models = [model_facts(name, store.history(name)) for name in store.models()]
        print_json(models) if as_json else print_models(models, store.location)
        if not models:
            say(f"There is no model in {store.location}.\nnext: golive push BUNDLE")
        return
    store, name, _ = actions.in_registry(model, registry)
    if history:
        events = [event_facts(event) for event in store.events(name)]
        print_json(events) if as_json else print_events(events)
        return
    versions = version_facts(store.history(name))
    print_json(versions) if as_json else print_versions(name, versions)


command.help = f"{command.help}\n\n{MODEL}"

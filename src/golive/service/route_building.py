"""Route building: which paths a service answers, and what answers each.

Whatever adds paths gives pairs of a path and its route; `build_routes` puts them together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from golive.service.catalog import catalog_routes
from golive.service.context import ServiceContext
from golive.service.docs_page.routes import docs_routes
from golive.service.health import Health, health_routes
from golive.service.mlflow import mlflow_area, mlflow_routes
from golive.service.native import native_area, native_routes
from golive.service.open_inference import (
    open_inference_area,
    open_inference_health_routes,
    open_inference_routes,
)
from golive.service.page.routes import page_endpoint, static_routes
from golive.service.routes import Route, RouteTable
from golive.service.served import ServedModel
from golive.service.v1_predict import v1_area, v1_routes

__all__ = ["build_routes"]


def build_routes(models: Mapping[str, ServedModel], context: ServiceContext) -> RouteTable:
    """Every path of a service.

    Args:
        models: The models by name; while they are being loaded, only health is answered, and
            browsers get a page that waits.
        context: What else the service needs.
    """
    served = tuple(models.values())
    table = RouteTable()
    if served or context.readiness.stage != "starting":
        for path, route in _routes_of_models(served, context):
            table.add(path, route)
    else:
        table.add("/", _page_while_starting(context))
    for path, route in _routes_without_models(served, context):
        table.add(path, route)
    if len(served) > 1:
        table.add_area(native_area(served))
    for area in (mlflow_area(served), v1_area(served), open_inference_area(served)):
        table.add_area(area)
    return table


def _page_while_starting(context: ServiceContext) -> Route:
    """The page, which asks again until the models are there; 503 for who asks for JSON."""
    return Route("/", {"GET": page_endpoint(Health((), context).ready, root="./")})


def _routes_without_models(
    models: tuple[ServedModel, ...], context: ServiceContext
) -> Iterator[tuple[str, Route]]:
    """What is answered while the models are being loaded, too."""
    yield from health_routes(models, context)
    yield from open_inference_health_routes(context)
    yield from static_routes()
    yield from docs_routes()
    if context.refresh_hook is not None:
        from golive.service.refresh_hook import refresh_routes  # few servers have it

        yield from refresh_routes(context.refresh_hook)


def _routes_of_models(
    models: tuple[ServedModel, ...], context: ServiceContext
) -> Iterator[tuple[str, Route]]:
    yield from catalog_routes(
        models,
        has_metrics=context.exposition is not None,
        needs_key=lambda: context.gatekeeper is not None and context.gatekeeper.is_locked,
    )
    yield from native_routes(models)
    yield from mlflow_routes(models, context)
    yield from v1_routes(models, context)
    yield from open_inference_routes(models, context)

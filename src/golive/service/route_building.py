"""Route building: which paths a service answers, and what answers each.

Whatever adds paths gives pairs of a path and its route; `build_routes` puts them together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from golive.service.catalog import catalog_routes
from golive.service.context import ServiceContext
from golive.service.health import health_routes
from golive.service.native import native_area, native_routes
from golive.service.page.routes import static_routes
from golive.service.routes import Route, RouteTable
from golive.service.served import ServedModel

__all__ = ["build_routes"]


def build_routes(models: Mapping[str, ServedModel], context: ServiceContext) -> RouteTable:
    """Every path of a service.

    Args:
        models: The models by name; while they are being loaded, only health is answered.
        context: What else the service needs.
    """
    served = tuple(models.values())
    table = RouteTable()
    if served or context.readiness.stage != "starting":
        for path, route in _routes_of_models(served, context):
            table.add(path, route)
    if len(served) > 1:
        table.add_area(native_area(served))
    for path, route in (*health_routes(served, context), *static_routes()):
        table.add(path, route)
    return table


def _routes_of_models(
    models: tuple[ServedModel, ...], context: ServiceContext
) -> Iterator[tuple[str, Route]]:
    yield from catalog_routes(models, has_metrics=context.exposition is not None)
    yield from native_routes(models)

"""Backend families: the metrics of models that are served in processes of their own."""

from __future__ import annotations

from golive.http.exposition import Family

__all__ = ["BACKENDS", "BACKEND_ENDS", "BACKEND_FAMILIES"]

BACKENDS = Family(
    name="golive_backends",
    help="Processes of a model that is served apart that can be asked (one a worker).",
    kind="gauge",
    labels=("model",),
)
BACKEND_ENDS = Family(
    name="golive_backend_ends",
    help="Times that such a process ended by itself (crashed) or did not start (not_started).",
    kind="counter",
    labels=("model", "reason"),
)
BACKEND_FAMILIES = (BACKENDS, BACKEND_ENDS)

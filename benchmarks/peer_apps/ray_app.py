"""Ray Serve with batching: https://docs.ray.io/en/latest/serve/advanced-guides/dyn-req-batch.html."""

import os
import sys
import time
from typing import Any

import ray
from ray import serve
from starlette.requests import Request

from benchmarks.peer_apps.loaded import load

__all__ = ["Model"]


@serve.deployment(
    num_replicas=int(os.environ["BENCH_WORKERS"]),
    max_ongoing_requests=256,
    ray_actor_options={"num_cpus": 0.5},
)
class Model:
    """Answers what was waiting as one batch."""

    def __init__(self) -> None:
        self.model = load()

    @serve.batch(max_batch_size=64, batch_wait_timeout_s=0.001)
    async def answer(self, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The answers of several requests."""
        return self.model.answer(records)

    async def __call__(self, request: Request) -> dict[str, Any]:
        """The answer of one request."""
        return await self.answer(await request.json())


if __name__ == "__main__":
    ray.init(include_dashboard=False, configure_logging=False)
    serve.start(http_options={"host": "127.0.0.1", "port": int(sys.argv[1])})
    serve.run(Model.bind(), route_prefix="/predict")
    while True:
        time.sleep(3600)

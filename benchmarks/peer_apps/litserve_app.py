"""LitServe with batching: https://lightning.ai/docs/litserve/features/batching."""

import os
import sys
from typing import Any

import litserve as ls

from benchmarks.peer_apps.loaded import load
from benchmarks.peer_apps.request_models import KINDS

__all__ = ["ModelApi"]


class ModelApi(ls.LitAPI):
    """Answers what was waiting as one batch."""

    def setup(self, device: str) -> None:  # noqa: ARG002 (named by LitServe)
        """Load the model, in each worker."""
        self.model = load()

    def decode_request(self, request: dict[str, Any]) -> dict[str, Any]:
        """The record of a request."""
        return KINDS[self.model.kind](**request).model_dump()

    def batch(self, inputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The records of several requests."""
        return inputs

    def predict(self, x: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Their answers."""
        return self.model.answer(x)

    def unbatch(self, output: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The answers of several requests."""
        return output

    def encode_response(self, output: dict[str, Any]) -> dict[str, Any]:
        """The answer of one request."""
        return output


if __name__ == "__main__":
    api = ModelApi(max_batch_size=64, batch_timeout=0.001)
    workers = int(os.environ["BENCH_WORKERS"])
    server = ls.LitServer(api, accelerator="cpu", workers_per_device=workers)
    server.run(host="127.0.0.1", port=int(sys.argv[1]), generate_client_file=False)

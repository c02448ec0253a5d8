"""golive's ASGI application, which any ASGI server takes; the bundle comes in `BENCH_BUNDLE`."""

import os

from golive.entry.asgi import asgi_app

__all__ = ["app"]

app = asgi_app(os.environ["BENCH_BUNDLE"])

"""Log lines: everything a server process logs, one JSON object a line."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from golive.service.json_text import encode_json, format_time

__all__ = ["JsonLines", "log_as_json"]


class JsonLines(logging.Formatter):
    """Formats the records of `logging`, tracebacks among them, as one JSON object each."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        line: dict[str, Any] = {
            "time": format_time(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "event": "log",
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return encode_json(line).decode()


def log_as_json() -> None:
    """Let this process log warnings and worse, and Python's own warnings, as JSON on stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)

"""Log lines: everything a server process logs, one JSON object a line."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from golive.service.json_text import encode_json

__all__ = ["JsonLines", "NotTold", "format_time", "logging_config"]

_TOLD = "Invalid HTTP request received."


class NotTold(logging.Filter):
    """Leaves out what uvicorn says of requests that have a line of their own."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is to be written."""
        return record.msg != _TOLD


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


def format_time(time: datetime) -> str:
    """ISO 8601 in UTC with milliseconds."""
    utc = time if time.tzinfo is UTC else time.astimezone(UTC)
    return f"{utc.isoformat(timespec='milliseconds')[:-6]}Z"


def logging_config() -> dict[str, Any]:
    """The configuration of `logging` in a server process: JSON lines on stderr."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "golive.http.log_lines.JsonLines"}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stderr",
                "formatter": "json",
            }
        },
        "filters": {"not_told": {"()": "golive.http.log_lines.NotTold"}},
        "loggers": {"uvicorn.error": {"filters": ["not_told"]}},
        "root": {"level": "WARNING", "handlers": ["stderr"]},
    }

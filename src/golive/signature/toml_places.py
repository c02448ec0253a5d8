"""Places in a signature's TOML: the line and column of a key, for error messages."""

from __future__ import annotations

import re

__all__ = ["place_of"]


def place_of(text: str, table: str, key: str, at: int = 0) -> str:
    """Where a key stands, such as `line 12, column 1`; its table's line if it is not found.

    Args:
        text: The TOML.
        table: The table's name.
        key: The key in it, or an empty text for the table itself.
        at: Which of several tables of that name, from 0.
    """
    lines = text.splitlines()
    headers = [n for n, line in enumerate(lines) if _is_header(line, table)]
    if at >= len(headers):
        return "line 1, column 1"
    start = headers[at]
    found = _line_of_key(lines, start + 1, key) if key else None
    line = start if found is None else found
    column = len(lines[line]) - len(lines[line].lstrip()) + 1
    return f"line {line + 1}, column {column}"


def _is_header(line: str, table: str) -> bool:
    return re.match(rf"\s*\[\[?\s*{re.escape(table)}\s*\]", line) is not None


def _line_of_key(lines: list[str], start: int, key: str) -> int | None:
    for number in range(start, len(lines)):
        if re.match(r"\s*\[\[?\s*[A-Za-z_]+\s*\]", lines[number]):
            return None
        if re.match(rf"""\s*["']?{re.escape(key)}["']?\s*=""", lines[number]):
            return number
    return None

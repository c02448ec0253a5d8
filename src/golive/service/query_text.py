"""The text of a query: its pairs, within limits."""

from __future__ import annotations

from urllib.parse import parse_qsl

__all__ = ["MOST_PAIRS", "parse_query"]

MOST_PAIRS = 10_000
"""Of a query; one with more is not read."""


def parse_query(query: bytes) -> tuple[tuple[str, str], ...]:
    """The decoded pairs of a query string, in order.

    Raises:
        ValueError: It is not UTF-8, or has more than 10,000 pairs.
    """
    return tuple(
        parse_qsl(
            query.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_PAIRS,
        )
    )

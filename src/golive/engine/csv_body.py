"""CSV bodies: rows of texts under the names of a header."""

from __future__ import annotations

import io
from collections.abc import Collection
from itertools import islice

from golive.errors import RequestError

__all__ = ["read_csv"]


def read_csv(body: bytes, *, most: int, known: Collection[str] = ()) -> list[dict[str, str | None]]:
    """The rows of a CSV file in UTF-8 with a header, as column name to text.

    Empty lines are skipped; a byte order mark is not part of the first name.

    Args:
        body: The file.
        most: So many rows are read, and one more where there are more.
        known: Names of which the header must have one, or none where any header will do: a file
            without a header has its first row in that place.

    Raises:
        RequestError: `malformed_csv`: no UTF-8, no header, no known name or one twice, or a row
            that has not as many values as the header.
    """
    import csv  # a start does not wait for it

    if len(body) > csv.field_size_limit():
        csv.field_size_limit(len(body))  # how long a text may be is not for the module to say
    try:
        lines = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True)
        rows = list(islice((row for row in lines if row), most + 2))
    except UnicodeDecodeError as error:
        raise _malformed(f"it is not UTF-8 at byte {error.start}") from error
    except csv.Error as error:
        raise _malformed(str(error)) from error
    if not rows:
        raise _malformed("it is empty")
    header, *rest = rows
    if known and not any(name in known for name in header):
        raise _malformed("its first line names no column of the model")
    seen: set[str] = set()
    for name in header:
        if name in seen:
            raise _malformed(f"its header names {name!r} twice")
        seen.add(name)
    return [_named(header, row, at) for at, row in enumerate(rest)]


def _named(header: list[str], row: list[str], index: int) -> dict[str, str | None]:
    if len(row) != len(header):
        raise _malformed(f"record {index} has {len(row)} values for {len(header)} columns")
    return dict(zip(header, row, strict=True))


def _malformed(reason: str) -> RequestError:
    return RequestError(
        f"The body cannot be read as CSV: {reason}.",
        code="malformed_csv",
        hint="Send UTF-8 with a header line that names the columns, as DataFrame.to_csv("
        "index=False) writes it.",
    )

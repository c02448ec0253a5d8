"""Lines of progress, on stderr."""

import sys
import time

__all__ = ["say"]

_BEGIN = time.monotonic()


def say(text: str) -> None:
    """One line, with the minutes and seconds since the program began."""
    minutes, seconds = divmod(int(time.monotonic() - _BEGIN), 60)
    print(f"{minutes:3d}:{seconds:02d} {text}", file=sys.stderr, flush=True)

"""A model whose answer tells what it was asked, and that fails in every way on request."""

import ctypes
import time
from dataclasses import dataclass

HELD = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A number, and how to fail."""

    n: int
    fault: str | None = None


def echo(question: Question) -> int:
    """Three times the number and one, or what was asked for."""
    match question.fault:
        case None:
            return 3 * question.n + 1
        case "raise":
            raise ValueError("it was asked to")
        case "hang":
            time.sleep(question.n)
        case "crash":
            ctypes.string_at(0)
        case "leak":
            HELD.append(bytearray(question.n))
    return 3 * question.n + 1

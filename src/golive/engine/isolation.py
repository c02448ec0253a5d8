"""Per-record isolation: when a batch fails, find the records that made it fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from golive.errors import BackendError, ModelOutputError, RecordError

__all__ = ["exit_error", "isolate", "wrong_count"]

T = TypeVar("T")

_NO_RECORDS_FAULT = (MemoryError, BackendError)


def isolate(size: int, answer: Callable[[list[int]], list[T]]) -> list[T | Exception]:
    """Answer records 0..size-1, calling the model again on halves of a batch that fails.

    One bad record among n costs about 2·log2(n) further calls; all n bad cost 2n - 1.

    Args:
        size: The number of records.
        answer: Answers the records at the given positions, in that order, or raises.

    Returns:
        One result a record, in order: the answer, or what the model raised for it alone.

    Raises:
        MemoryError: The machine, not a record, is at fault.
        BackendError: A process that the model asks is, which no record is asked again.
    """
    if not size:
        return []
    everything = list(range(size))
    try:
        return [*_answered(answer, everything)]
    except _NO_RECORDS_FAULT:
        raise
    except Exception as error:  # noqa: BLE001 - whatever the model raises is one record's error
        return [error] if size == 1 else _answered_in_parts(everything, answer)


def _answered_in_parts(
    everything: list[int], answer: Callable[[list[int]], list[T]]
) -> list[T | Exception]:
    results: list[T | Exception] = [_NOT_ANSWERED] * len(everything)
    pending = _halves(everything)
    while pending:
        positions = pending.pop()
        try:
            answers = _answered(answer, positions)
        except _NO_RECORDS_FAULT:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            if len(positions) == 1:
                results[positions[0]] = error
                continue
            pending += _halves(positions)
        else:
            for position, result in zip(positions, answers, strict=True):
                results[position] = result
    return results


def _halves(positions: list[int]) -> list[list[int]]:
    """Both halves, the first one last, where it is taken from first."""
    half = len(positions) // 2
    return [positions[half:], positions[:half]]


_NOT_ANSWERED = RecordError("not_answered", "The record was never answered.")


def _answered(answer: Callable[[list[int]], list[T]], positions: list[int]) -> list[T]:
    try:
        answers = answer(positions)
    except (Exception, KeyboardInterrupt):
        raise
    except BaseException as error:  # no model may end the process that serves others
        raise exit_error(error) from error
    if len(answers) != len(positions):
        raise wrong_count(len(answers), len(positions))
    return answers


def exit_error(error: BaseException) -> ModelOutputError:
    """What is said where a model would end the thread or the process that serves others."""
    if isinstance(error, SystemExit):
        return ModelOutputError(f"The model wanted to exit with {error.code!r}.")
    return ModelOutputError(f"The model raised {type(error).__name__}, which is no Exception.")


def wrong_count(given: int, asked: int) -> ModelOutputError:
    """What is said where a model answers more or fewer records than it was asked about."""
    return ModelOutputError(f"The model gave {given} outputs for {asked} records.")

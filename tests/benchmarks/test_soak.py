"""What a soak must not show."""

from benchmarks.soak import Bounds, Soak, Window, broken, growth, summary

BOUNDS = Bounds(growth=4, p99=10)


def windows(*sizes: float, p99: float = 2) -> tuple[Window, ...]:
    return tuple(
        Window(at=2.0 * number, answers=100, p50=1, p99=p99, pss_mebibytes=size)
        for number, size in enumerate(sizes, 1)
    )


def soak(seen: tuple[Window, ...], *, wrong: int = 0) -> Soak:
    examples = ("500 to record 3",) if wrong else ()
    return Soak(
        model="boosted",
        seconds=8,
        good=90,
        refused=10,
        wrong=wrong,
        examples=examples,
        windows=seen,
    )


def test_memory_that_rises_only_at_the_start_has_not_grown() -> None:
    seen = windows(40, 60, 60, 60, 60)

    assert growth(seen) == 0
    assert broken(soak(seen), BOUNDS) == []


def test_memory_that_keeps_rising_is_said_in_mebibytes() -> None:
    assert broken(soak(windows(40, 60, 62, 64, 66)), BOUNDS) == [
        "memory grew by 6.0 MiB, more than 4"
    ]


def test_wrong_answers_and_slow_ones_are_said() -> None:
    assert broken(soak(windows(40, 40, p99=12.5), wrong=2), BOUNDS) == [
        "2 answers were wrong or lost, such as 500 to record 3",
        "p99 was 12.5 ms, more than 10",
    ]


def test_a_summary_says_what_was_seen() -> None:
    assert summary(soak(windows(40, 60, 60, 60, 62))) == (
        "`golive serve` answered 90 good records and refused 10 bad ones in 8 s over 16 "
        "connections (boosted); 0 answers were wrong or lost. Memory was 40 MiB at first and 62 "
        "MiB at last; a line through the last three quarters rises by 1.80 MiB. p99 was 2.00 ms "
        "in the median window, and 2.00 ms in the worst."
    )

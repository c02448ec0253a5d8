from __future__ import annotations

from golive.engine.batch_size import BatchSize, Stopwatch, Took


def taking(size, *batches):
    for records, seconds in batches:
        size.learn(records, Took(seconds=seconds))
    return size.most


def test_full_batches_that_take_little_become_larger():
    size = BatchSize(16, seconds=0.02)

    assert taking(size, (16, 0.004), (32, 0.008), (64, 0.016)) == 64


def test_batches_that_were_not_full_say_nothing():
    assert taking(BatchSize(16, seconds=0.02), (1, 0.001), (8, 0.002)) == 16


def test_batches_that_take_long_become_smaller_but_never_few():
    size = BatchSize(64, seconds=0.02, call_seconds=0.001, fewest=16)

    assert taking(size, (64, 0.05), (32, 0.05), (16, 0.05)) == 16


def test_a_call_that_takes_long_by_itself_is_no_reason_for_smaller_batches():
    assert taking(BatchSize(64, seconds=0.02, call_seconds=0.5), (64, 0.9), (64, 1.1)) == 64


def test_what_was_measured_too_long_at_the_start_is_corrected():
    size = BatchSize(16, seconds=0.02, call_seconds=0.3, fewest=16)

    assert taking(size, (1, 0.005), (16, 0.006), (32, 0.009), (64, 0.018)) == 64


def test_there_is_an_end_to_growth():
    assert taking(BatchSize(4096, seconds=1.0), (4096, 0.001)) == 4096


def contended(seconds, computed):
    """A batch that a thread computed while others had its processor most of the time."""
    return Took(seconds=seconds, thread_seconds=computed, process_seconds=computed)


def test_a_busy_machine_is_no_reason_for_smaller_batches():
    size = BatchSize(64, seconds=0.02, call_seconds=0.006, fewest=16)

    size.learn(1, contended(0.024, 0.006))
    for _ in range(20):
        size.learn(size.most, contended(0.1, 0.007))

    assert size.most == 4096


def test_a_model_that_waits_is_judged_by_the_clock():
    size = BatchSize(64, seconds=0.02, call_seconds=0.001, fewest=16)

    size.learn(64, contended(0.1, 0.009))

    assert size.most == 32


def test_what_others_compute_for_the_thread_counts():
    size = BatchSize(64, seconds=0.02, call_seconds=0.001, fewest=16)

    size.learn(64, Took(seconds=0.1, thread_seconds=0.001, process_seconds=0.01))
    size.learn(32, Took(seconds=0.01, thread_seconds=0.01, process_seconds=0.01))
    size.learn(32, Took(seconds=0.1, thread_seconds=0.01, process_seconds=0.09))

    assert size.most == 16


def test_a_stopwatch_tells_the_clock_and_the_processors_time():
    watch = Stopwatch()
    sum(range(100_000))
    took = watch.took()

    assert min(took.seconds, took.thread_seconds, took.process_seconds) > 0.0

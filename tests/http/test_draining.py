"""Draining, with real signals of this process."""

import asyncio
import os
import signal

import pytest

from golive.http.draining import LEAVE, Draining
from golive.service.served import Readiness


class Drained:
    """Draining in an event loop, and what it did."""

    def __init__(self, seconds, echo_seconds, may_leave):
        self.readiness = Readiness()
        self.hurried = []
        self.draining = Draining(
            self.readiness,
            seconds=seconds,
            hurry=lambda: self.hurried.append(1),
            echo_seconds=echo_seconds,
            may_leave=may_leave,
        )

    async def is_over(self, seconds=0.05):
        try:
            await asyncio.wait_for(self.draining.wait(), seconds)
        except TimeoutError:
            return False
        return True


async def send(number):
    os.kill(os.getpid(), number)
    await asyncio.sleep(0.02)


def run(test, seconds=0.0, echo_seconds=0.0, *, may_leave=False):
    async def main():
        drained = Drained(seconds, echo_seconds, may_leave)
        with drained.draining.signals():
            await test(drained)

    asyncio.run(main())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_makes_unready_and_ends(number):
    async def test(drained):
        assert not await drained.is_over()
        await send(number)

        assert drained.readiness.stage == "draining"
        assert await drained.is_over()

    run(test)


def test_the_end_comes_after_the_time_of_draining():
    async def test(drained):
        await send(signal.SIGTERM)
        assert drained.readiness.stage == "draining"
        assert not await drained.is_over()

        assert await drained.is_over(10)

    run(test, seconds=0.3)


def test_a_second_signal_does_not_wait():
    async def test(drained):
        await send(signal.SIGTERM)
        assert not await drained.is_over()
        await send(signal.SIGTERM)

        assert await drained.is_over()

    run(test, seconds=60)


def test_a_signal_that_is_passed_on_as_well_counts_once():
    async def test(drained):
        await send(signal.SIGTERM)
        await send(signal.SIGTERM)

        assert not await drained.is_over()

    run(test, seconds=60, echo_seconds=30)


def test_ctrl_c_again_hurries_and_sigterm_again_does_not():
    async def test(drained):
        await send(signal.SIGTERM)
        await send(signal.SIGTERM)
        assert drained.hurried == []
        await send(signal.SIGINT)

        assert drained.hurried == [1]

    run(test)


def test_it_can_be_ended_without_a_signal():
    async def test(drained):
        drained.draining.end()

        assert await drained.is_over()
        assert drained.readiness.stage == "ready"

    run(test)


def test_one_of_several_leaves_without_becoming_unready():
    async def test(drained):
        await send(LEAVE)

        assert await drained.is_over()
        assert drained.draining.is_leaving
        assert drained.readiness.stage == "ready"

    run(test, seconds=60, may_leave=True)


def test_who_is_told_to_end_does_not_leave_instead():
    async def test(drained):
        await send(signal.SIGTERM)
        await send(LEAVE)

        assert await drained.is_over()
        assert not drained.draining.is_leaving

    run(test, seconds=60, may_leave=True)

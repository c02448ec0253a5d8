"""Scenarios: a server, its load, what goes wrong meanwhile, and what must have come of it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from faults import questions
from faults.abuse import Abuse
from faults.ledger import Ledger
from faults.load import Ask, Load
from faults.server import Server

__all__ = [
    "Found",
    "Scenario",
    "Setting",
    "abusive_clients",
    "crashing_model",
    "ended_under_load",
    "failing_models",
    "good_load",
    "hanging_model",
    "killed_workers",
    "killed_workers_and_retries",
    "mixed",
    "running",
    "started",
]

_CLIENTS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a scenario is given.

    Attributes:
        bundles: By name; see `faults.bundles`.
        folder: For its files.
        seconds: How long the load lasts.
        seed: Of what is random.
        swaps: How often versions change, in the scenarios that are about that.
    """

    bundles: dict[str, Path]
    folder: Path
    seconds: float
    seed: int
    swaps: int = 200


@dataclass(slots=True, kw_only=True)
class Found:
    """What came of a scenario.

    Attributes:
        ledger: Of all requests.
        notes: What else a person wants to know.
        faults: What should not have been.
    """

    ledger: Ledger = field(default_factory=Ledger)
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether nothing should not have been."""
        return self.ledger.is_clean and not self.faults


Scenario = Callable[[Setting, Found], Awaitable[None]]


async def good_load(setting: Setting, found: Found) -> None:
    """Good requests of every form, and nothing goes wrong: nothing is refused either."""
    async with _server(setting, found) as server, _load(setting, found, server):
        await asyncio.sleep(setting.seconds)
    _expect_none(found, "refused", found.ledger.refused.total())


async def killed_workers(setting: Setting, found: Found) -> None:
    """Workers are killed under load: what they held is cut, and nothing else."""
    async with _server(setting, found) as server, _load(setting, found, server):
        await _kill_workers(setting, found, server)
    if not found.ledger.cut:
        found.faults.append("no kill met any request: nothing was shown")


async def killed_workers_and_retries(setting: Setting, found: Found) -> None:
    """The same, and the clients send again what was cut: everything is answered."""
    async with (
        _server(setting, found) as server,
        _load(setting, found, server, retries=True),
    ):
        await _kill_workers(setting, found, server)
    found.notes.append(f"{found.ledger.retried} requests were sent again")
    _expect_none(found, "cut", found.ledger.cut.total())


async def failing_models(setting: Setting, found: Found) -> None:
    """Models raise, give too few answers and NaN, alone and beside others in a batch."""
    async with _server(setting, found) as server:
        load = Load(server, found.ledger, seed=setting.seed)
        asks = [questions.moody] * 24 + [_echo_raising] * 8 + [questions.linear] * 8
        async with running(load, [load.client(ask) for ask in asks]):
            await asyncio.sleep(setting.seconds)
    _expect_none(found, "refused", found.ledger.refused.total())


async def hanging_model(setting: Setting, found: Found) -> None:
    """Some requests never end: they are ended by the time limit, and others are answered."""
    async with _server(setting, found, "--time-limit", "1") as server:
        load = Load(server, found.ledger, seed=setting.seed)
        others = [load.client(questions.linear) for _ in range(16)]
        hanging = [load.client(_echo_hanging) for _ in range(4)]
        async with running(load, [*others, *hanging]):
            await asyncio.sleep(setting.seconds)
    if not found.ledger.refused.get("time_limit"):
        found.faults.append("nothing was ended by the time limit: nothing was shown")


async def crashing_model(setting: Setting, found: Found) -> None:
    """A request brings its worker down: what that worker held is cut, and another one comes."""
    async with _server(setting, found) as server, _load(setting, found, server) as load:
        for number in range(max(1, int(setting.seconds / 4))):
            await asyncio.sleep(3.0)
            with server.crash(f"crash {number + 1}"):
                await load.once(lambda at: questions.echo(at, "crash"))
            await asyncio.sleep(1.0)
    if not found.ledger.cut:
        found.faults.append("no worker came down: nothing was shown")


async def abusive_clients(setting: Setting, found: Found) -> None:
    """Slow clients, nonsense, clients that leave: each gets an error, the others notice none."""
    limits = ("--header-limit", "2", "--read-limit", "2")
    async with _server(setting, found, *limits) as server, _load(setting, found, server):
        abuse = Abuse(server.port, seed=setting.seed)
        tasks = [asyncio.create_task(client) for _ in range(4) for client in abuse.clients()]
        await asyncio.sleep(setting.seconds)
        abuse.end()
        await asyncio.gather(*tasks)
    found.notes += [f"{number} × {end}" for end, number in sorted(abuse.ends.items())]
    found.faults += abuse.wrong[:10]
    _expect_none(found, "refused", found.ledger.refused.total())


async def ended_under_load(setting: Setting, found: Found) -> None:
    """SIGTERM while everybody asks: what was asked is answered, and the exit code is 0."""
    for round_ in range(max(1, int(setting.seconds / 5))):
        async with _server(setting, found) as server:
            load = Load(server, found.ledger, seed=setting.seed + round_)
            async with running(load, mixed(load)):
                await asyncio.sleep(2.0)
                code = await server.stop()
                if code != 0:
                    found.faults.append(f"the exit code was {code}")
                load.end()


def _echo_raising(number: int) -> questions.Question:
    return questions.echo(number, "raise" if number % 3 == 0 else None)


def _echo_hanging(number: int) -> questions.Question:
    return questions.echo(3600, "hang") if number % 2 else questions.echo(number)


_USUAL = (questions.linear, questions.linear, questions.batch, questions.echo)


def mixed(load: Load, asks: Sequence[Ask] = _USUAL) -> list[Awaitable[None]]:
    """The clients of a usual load: 64 connections of every kind.

    Args:
        load: Theirs.
        asks: Four kinds of questions.
    """
    clients = [load.client(asks[at % len(asks)]) for at in range(_CLIENTS - 8)]
    pipelining = [load.pipelining(asks[at % len(asks)]) for at in range(4)]
    return [*clients, *pipelining, *(load.half_closing(asks[at]) for at in range(4))]


async def _kill_workers(setting: Setting, found: Found, server: Server) -> None:
    chosen = random.Random(setting.seed)
    kills, end = 0, asyncio.get_running_loop().time() + setting.seconds
    while asyncio.get_running_loop().time() < end:
        await asyncio.sleep(2.5)
        workers = server.workers()
        if len(workers) == 2:
            server.kill(chosen.choice(workers))
            kills += 1
    found.notes.append(f"{kills} workers were killed")


def _expect_none(found: Found, what: str, number: int) -> None:
    if number:
        found.faults.append(f"{number} requests were {what}")


@asynccontextmanager
async def _server(setting: Setting, found: Found, *arguments: str) -> AsyncIterator[Server]:
    """A server of all models with two workers; it has to end with 0."""
    bundles = [setting.bundles[name] for name in ("linear", "echo", "moody")]
    log = setting.folder / "server.log"
    server = Server(bundles, ["--workers", "2", *arguments], log=log)
    async with started(server, found):
        yield server


@asynccontextmanager
async def started(server: Server, found: Found) -> AsyncIterator[None]:
    """A server while it is needed; it has to end with 0."""
    await server.start()
    try:
        yield
    finally:
        was_running = server.is_running
        code = await server.stop()
        if was_running and code != 0:
            found.faults.append(f"the server ended with {code}; see {server.log}")


@asynccontextmanager
async def _load(
    setting: Setting, found: Found, server: Server, *, retries: bool = False
) -> AsyncIterator[Load]:
    load = Load(server, found.ledger, retries=retries, seed=setting.seed)
    async with running(load, mixed(load)):
        yield load


@asynccontextmanager
async def running(load: Load, clients: list[Awaitable[None]]) -> AsyncIterator[None]:
    """Run clients beside what is done inside, and then let them end."""
    tasks = [asyncio.ensure_future(client) for client in clients]
    try:
        yield
    finally:
        load.end()
        done = await asyncio.gather(*tasks, return_exceptions=True)
        load.ledger.close()
    with suppress(StopIteration):
        raise next(error for error in done if isinstance(error, BaseException))

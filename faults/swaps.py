"""Swaps: versions change under load, and each answer has to be right for the version it names."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager

from faults.load import Load
from faults.scenarios import Found, Setting, mixed, running, started
from faults.server import Server
from faults.versions import MODEL, Versions, share_of

__all__ = [
    "contended_swaps",
    "damaged_versions",
    "swaps",
    "swaps_beside_a_canary",
    "swaps_beside_a_shadow",
]

_WORKERS = 2
_MOVERS = 3
_PATIENCE_SECONDS = 60.0
_KEEP = ("--keep-previous", "1h")  # so that who asks for either version always gets it
_SHARE = 0.1
_DAMAGES = 20


async def swaps(setting: Setting, found: Found) -> None:
    """Promotes and rollbacks under load: no request fails, each answer is true to its version."""
    versions = _versions(setting, "swaps", "linear", "other")
    async with _followed(setting, found, versions) as server:
        swapper = _Swapper(versions, server)
        await swapper.swap()
        async with _asked(setting, found, server, versions):
            await swapper.run(setting.swaps, found)
    _expect_all_seen(versions, found, versions.ids)


async def swaps_beside_a_canary(setting: Setting, found: Found) -> None:
    """The same while a canary answers a tenth: exactly those bodies that are its own."""
    versions = _versions(setting, "canary", "linear", "other", "third")
    usual, candidate = versions.ids[:2], versions.ids[2]
    versions.registry.move(MODEL, "candidate", 3)

    def among(body: bytes) -> list[str]:
        return [candidate] if share_of(body) < _SHARE else usual

    canary = ("--canary", f"candidate={_SHARE * 100:g}")
    async with _followed(setting, found, versions, *canary) as server:
        swapper = _Swapper(versions, server)
        await swapper.swap()
        async with _asked(setting, found, server, versions, among):
            await swapper.run(setting.swaps, found)
    _expect_all_seen(versions, found, versions.ids)


async def swaps_beside_a_shadow(setting: Setting, found: Found) -> None:
    """The same while a shadow gets copies and is moved itself, too: it never answers."""
    versions = _versions(setting, "shadow", "linear", "other", "third")
    versions.registry.move(MODEL, "candidate", 3)
    async with _followed(setting, found, versions, "--shadow", "candidate") as server:
        swapper = _Swapper(versions, server, moves_candidate=True)
        await swapper.swap()
        async with _asked(setting, found, server, versions, lambda _: versions.ids[:2]):
            await swapper.run(setting.swaps, found)
        copies = await server.counted("golive_shadow_requests_total", 'outcome="compared"')
    found.notes.append(f"{copies:,.0f} copies were compared")
    if not copies:
        found.faults.append("no copy was compared: nothing was shown")
    _expect_all_seen(versions, found, versions.ids[:2])


async def contended_swaps(setting: Setting, found: Found) -> None:
    """Several processes promote and roll back at once: the history stays whole, servers follow."""
    versions = _versions(setting, "contended", "linear", "other")
    async with _followed(setting, found, versions, refresh="200ms") as server:
        await _Swapper(versions, server, asks=False).swap()
        async with _asked(setting, found, server, versions):
            events = versions.registry.history(MODEL).last + setting.swaps
            await asyncio.gather(
                *(_move(versions, events, f"{setting.seed}-{at}", found) for at in range(_MOVERS))
            )
            await _expect_alias_serves(versions, server, found)
        taken = await server.counted("golive_refreshes_total")
    found.notes.append(f"{_MOVERS} processes; the workers changed versions {taken:.0f} times")
    _expect_all_seen(versions, found, versions.ids)


async def damaged_versions(setting: Setting, found: Found) -> None:
    """Damaged versions are promoted under load: none is taken, and the one before goes on."""
    versions = _versions(setting, "damaged", "linear", "other")
    first, times = versions.ids[0], min(setting.swaps, _DAMAGES)
    file, chosen = versions.file_of(2), random.Random(setting.seed)
    whole = file.read_bytes()
    file.chmod(0o600)
    async with (
        _followed(setting, found, versions) as server,
        _asked(setting, found, server, versions, lambda _: [first], pins=False),
    ):
        for number in range(1, times + 1):
            at = chosen.randrange(len(whole))
            file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            versions.registry.move(MODEL, "prod", 2)
            server.signal(signal.SIGHUP)
            await _until_refused(server, number, found)
            versions.registry.rollback(MODEL, "prod")
    found.notes.append(f"{times} damaged versions, each refused by all workers")


async def _until_refused(server: Server, number: int, found: Found) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    name, reason = "golive_refresh_failures_total", 'reason="refused"'
    while await server.counted(name, reason) < number * _WORKERS:
        if time.monotonic() > deadline:
            found.faults.append(f"damage {number} was not refused by all workers")
            return
        await asyncio.sleep(0.02)


class _Swapper:
    """Moves aliases one after the other, and waits until every worker has taken each.

    Args:
        versions: The versions; swapped are the first two.
        server: Serves them.
        moves_candidate: Whether every fifth time the candidate is moved instead.
        asks: Whether the server is told to look.
    """

    def __init__(
        self,
        versions: Versions,
        server: Server,
        *,
        moves_candidate: bool = False,
        asks: bool = True,
    ) -> None:
        self._versions = versions
        self._server = server
        self._moves_candidate = moves_candidate
        self._asks = asks
        self._done = 0
        self._candidate = 3
        self._is_second = False

    async def run(self, times: int, found: Found) -> None:
        """Swap so often, or until one is not taken."""
        begun = self._done
        try:
            for _ in range(times):
                await self.swap()
        except TimeoutError as error:
            found.faults.append(str(error))
        found.notes.append(
            f"{self._done - begun} promotes and rollbacks, each taken by all workers"
        )

    async def swap(self) -> None:
        """One promote or rollback.

        Raises:
            TimeoutError: It was not taken.
        """
        await asyncio.to_thread(self._move)
        if self._asks:
            await self._ask()
        self._done += 1
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while await self._server.counted("golive_refreshes_total") < self._done * _WORKERS:
            if time.monotonic() > deadline:
                raise TimeoutError(f"swap {self._done} was not taken by all workers")
            await asyncio.sleep(0.02)

    def _move(self) -> None:
        registry = self._versions.registry
        if self._moves_candidate and self._done % 5 == 4:
            self._candidate = 5 - self._candidate  # 3, and 2
            registry.move(MODEL, "candidate", self._candidate)
        elif self._is_second:
            registry.rollback(MODEL, "prod")
            self._is_second = False
        else:
            registry.move(MODEL, "prod", 2)
            self._is_second = True

    async def _ask(self) -> None:
        """By a signal, and now and then by the command."""
        if self._done % 25 != 3:
            self._server.signal(signal.SIGHUP)
            return
        command = [sys.executable, "-m", "golive", "refresh", "--pid", str(self._server.pid)]
        asking = await asyncio.create_subprocess_exec(
            *command,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env=self._server.environment,
        )
        if await asking.wait():
            raise TimeoutError("golive refresh did not reach the server")


async def _move(versions: Versions, events: int, seed: str, found: Found) -> None:
    """Let another process move the alias until there are so many events."""
    arguments = [str(versions.location), MODEL, str(events), seed]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "faults.mover", *arguments, stdout=asyncio.subprocess.DEVNULL
    )
    if code := await process.wait():
        found.faults.append(f"a process that moves the alias ended with {code}")


async def _expect_alias_serves(versions: Versions, server: Server, found: Found) -> None:
    """The alias is what the events add up to, and every worker comes to serve it."""
    number, moves = versions.replayed("prod")
    found.notes.append(f"{moves} promotes and rollbacks in the history, replayed one by one")
    if (told := versions.registry.history(MODEL).aliases["prod"]) != number:
        found.faults.append(f"prod is {told}, and its events add up to {number}")
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        ready = [json.loads(await asyncio.to_thread(server.get, "/readyz")) for _ in range(20)]
        if {each["refresh"][MODEL]["serves"] for each in ready} == {f"{MODEL}@{number}"}:
            return
        await asyncio.sleep(0.2)
    found.faults.append(f"prod is {number}, and some worker still serves another version")


def _versions(setting: Setting, folder: str, *names: str) -> Versions:
    return Versions(setting.folder / f"registry-{folder}", setting.bundles, names)


@asynccontextmanager
async def _followed(
    setting: Setting, found: Found, versions: Versions, *arguments: str, refresh: str = "1h"
) -> AsyncIterator[Server]:
    server = Server(
        [versions.reference],
        ["--workers", str(_WORKERS), "--refresh", refresh, *_KEEP, *arguments],
        log=setting.folder / "server.log",
        environment={"GOLIVE_CACHE_DIR": f"{versions.location}-cache"},
    )
    async with started(server, found):
        yield server


@asynccontextmanager
async def _asked(
    setting: Setting,
    found: Found,
    server: Server,
    versions: Versions,
    among: Callable[[bytes], Collection[str]] | None = None,
    *,
    pins: bool = True,
) -> AsyncIterator[None]:
    """64 connections, a quarter of which ask for a version; nothing of theirs may be refused."""
    load = Load(server, found.ledger, seed=setting.seed)
    ask = versions.asking(among or (lambda _: versions.ids))
    async with running(load, mixed(load, [ask, ask, ask, versions.pinning if pins else ask])):
        yield
    if refused := found.ledger.refused.total():
        found.faults.append(f"{refused} requests were refused")


def _expect_all_seen(versions: Versions, found: Found, ids: list[str]) -> None:
    counts = ", ".join(f"{versions.seen[each]:,} by {each}" for each in versions.ids)
    found.notes.append(f"answered: {counts}")
    if unseen := [each for each in ids if not versions.seen[each]]:
        found.faults.append(f"nothing was answered by {', '.join(unseen)}: nothing was shown")

"""Candidates that end their process or hold its interpreter: hardly anybody notices, or nobody."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress

from faults.load import Load
from faults.scenarios import Found, Setting, mixed, running, started
from faults.server import Server
from faults.versions import MODEL, Versions, share_of

__all__ = ["crashing_candidate", "crashing_shadow", "shadow_holding_interpreter"]

_WORKERS = 2
_SHARE = 0.5
_IN_FLIGHT = 56 + 4 * 5 + 4  # requests of `mixed` at the most: clients, pipelining, half-closing
_PATIENCE_SECONDS = 60.0
_SETTLE_SECONDS = 1.0  # every worker is told within a quarter of one
_HOLD_SECONDS = 2.0


async def crashing_candidate(setting: Setting, found: Found) -> None:
    """A canary's candidate ends its workers: it steps back, and only what they held is cut."""
    versions = _versions(setting, "crashing")
    usual, candidate = versions.ids

    def among(body: bytes) -> Collection[str]:
        return versions.ids if share_of(body) < _SHARE else [usual]

    bounds = ("--canary-errors", "off", "--canary-latency", "off")  # it is to go by the crash alone
    canary = ("--canary", "candidate=50", *bounds)
    async with _asked(setting, found, versions, among, *canary) as server:
        await _until_stepped_back(server, found)
        cut, answered = found.ledger.cut.total(), versions.seen[candidate]
        await asyncio.sleep(setting.seconds / 2)
        if found.ledger.cut.total() > cut or versions.seen[candidate] > answered:
            found.faults.append("the candidate was asked after it had stepped back")
    crashes = server.crashes
    found.notes.append(f"{crashes} workers were ended by it; {answered:,} answered by it before")
    if not 1 <= crashes <= _WORKERS:
        found.faults.append(f"{crashes} workers were ended by it, not one each at the most")
    if found.ledger.cut.total() > crashes * _IN_FLIGHT:
        found.faults.append("more requests were cut than there can have been in flight")
    if not found.ledger.cut:
        found.faults.append("no crash met any request: nothing was shown")


async def crashing_shadow(setting: Setting, found: Found) -> None:
    """A shadow's candidate ends its processes: it steps back, and nothing is cut or refused."""
    versions = _versions(setting, "crashing")
    usual, _ = versions.ids
    async with _asked(
        setting, found, versions, lambda _: [usual], "--shadow", "candidate"
    ) as server:
        await _until_stepped_back(server, found)
        await asyncio.sleep(setting.seconds / 2)
        failed = await server.counted("golive_shadow_requests_total", 'outcome="failed"')
    found.notes.append(f"{failed:.0f} copies failed by a crash")
    _expect_untouched(server, found)


async def shadow_holding_interpreter(setting: Setting, found: Found) -> None:
    """A shadow's candidate holds its interpreter for seconds: answers go on all the while."""
    versions = _versions(setting, "holding")
    usual, _ = versions.ids
    async with _asked(
        setting, found, versions, lambda _: [usual], "--shadow", "candidate"
    ) as server:
        longest = await _longest_pause(found, setting.seconds)
        copies = {
            outcome: await server.counted("golive_shadow_requests_total", f'="{outcome}"')
            for outcome in ("compared", "dropped")
        }
    found.notes.append(
        f"{copies['compared']:,.0f} copies compared, {copies['dropped']:,.0f} dropped; "
        f"{longest:.2f} s without an answer at the most"
    )
    if longest >= _HOLD_SECONDS:
        found.faults.append(f"for {longest:.2f} s nobody was answered")
    if not (copies["compared"] and copies["dropped"]):
        found.faults.append("no copy was compared, or none dropped: nothing was shown")
    _expect_untouched(server, found)


def _versions(setting: Setting, candidate: str) -> Versions:
    """A model whose `prod` is `linear`, with that candidate."""
    folder = setting.folder / f"registry-{candidate}-{time.monotonic_ns()}"
    versions = Versions(folder, setting.bundles, ["linear", candidate])
    versions.registry.move(MODEL, "candidate", 2)
    return versions


@asynccontextmanager
async def _asked(
    setting: Setting,
    found: Found,
    versions: Versions,
    among: Callable[[bytes], Collection[str]],
    *arguments: str,
) -> AsyncIterator[Server]:
    """A server with a candidate, and its load; crashes are noted, and nothing may be refused."""
    server = Server(
        [versions.reference],
        ["--workers", str(_WORKERS), *arguments],
        log=setting.folder / "candidate.log",
        environment={"GOLIVE_CACHE_DIR": f"{versions.location}-cache"},
    )
    async with started(server, found):
        if "--shadow" in arguments:
            await _until_ready(server, found)
        noting = asyncio.create_task(server.note_crashes())
        load = Load(server, found.ledger, seed=setting.seed)
        async with running(load, mixed(load, [versions.asking(among)] * 4)):
            yield server
        noting.cancel()
        with suppress(asyncio.CancelledError):
            await noting
    if refused := found.ledger.refused.total():
        found.faults.append(f"{refused} requests were refused")


async def _until_ready(server: Server, found: Found) -> None:
    """Wait for the processes of a shadow: beside the load, they hardly get a turn to begin."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while await server.counted("golive_candidate_processes", MODEL) < _WORKERS:
        if time.monotonic() > deadline:
            found.faults.append("the processes of the shadow did not start")
            return
        await asyncio.sleep(0.1)


async def _until_stepped_back(server: Server, found: Found) -> None:
    """Wait until the candidate has stepped back because it crashed, in every worker."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError):
            said = json.loads(await asyncio.to_thread(server.get, "/readyz"))["canary"]
            if said.get("stepped_back", {}).get("reason") == "crashed":
                await asyncio.sleep(_SETTLE_SECONDS)
                return
        await asyncio.sleep(0.05)
    found.faults.append("the candidate has not stepped back for a crash")


async def _longest_pause(found: Found, seconds: float) -> float:
    """The longest time without any answer, in so many seconds."""
    now = time.monotonic()
    end, last, answered, longest = now + seconds, now, found.ledger.answered, 0.0
    while now < end:
        await asyncio.sleep(0.02)
        now = time.monotonic()
        if found.ledger.answered > answered:
            answered, last = found.ledger.answered, now
        longest = max(longest, now - last)
    return longest


def _expect_untouched(server: Server, found: Found) -> None:
    if found.ledger.cut:
        found.faults.append(f"{found.ledger.cut.total()} requests were cut")
    if server.crashes:
        found.faults.append(f"{server.crashes} workers died")

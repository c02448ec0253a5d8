"""A model that leaks: its workers are replaced under load, and every request is accounted for."""

from __future__ import annotations

import asyncio
import re

from faults import questions
from faults.ledger import Ledger
from faults.load import Load
from faults.scenarios import Found, Setting
from faults.server import Server

__all__ = ["leaking_model"]

_LIMIT = 128 * 1024 * 1024
_LEAKED = 200_000
_PATIENCE_SECONDS = 60  # a busy machine leaks more slowly
_REPLACED = re.compile(r"has taken its place, and it leaves")


async def leaking_model(setting: Setting, found: Found) -> None:
    """A model keeps memory for ever: workers over the limit are replaced, and nothing is cut."""
    log = setting.folder / "leaking.log"
    bundles = [setting.bundles[name] for name in ("linear", "echo")]
    arguments = ["--workers", "2", "--worker-memory", str(_LIMIT)]
    server = Server(bundles, arguments, log=log)
    await server.start()
    before = set(server.workers())
    load = Load(server, found.ledger, seed=setting.seed)
    asks = [questions.linear] * 16 + [questions.echo] * 8 + [_leaking] * 8
    clients = [asyncio.ensure_future(load.client(ask)) for ask in asks]
    await asyncio.sleep(setting.seconds)
    for _ in range(_PATIENCE_SECONDS):
        if before & set(server.workers()):
            await asyncio.sleep(1.0)
    load.end()
    await asyncio.gather(*clients)
    found.ledger.close()
    still = before & set(server.workers())
    code = await server.stop()
    replaced = len(_REPLACED.findall(log.read_text("utf-8", "replace")))
    found.notes.append(f"{replaced} workers were replaced for their memory")
    if code != 0:
        found.faults.append(f"the server ended with {code}; see {log}")
    if still or not replaced:
        found.faults.append(f"{len(still)} of the first workers were never replaced")
    _expect_all_answered(found.ledger, found)


def _expect_all_answered(ledger: Ledger, found: Found) -> None:
    for what, number in (("refused", ledger.refused.total()), ("cut", ledger.cut.total())):
        if number:
            found.faults.append(f"{number} requests were {what}")


def _leaking(number: int) -> questions.Question:
    return questions.echo(_LEAKED + number % 1000, "leak")

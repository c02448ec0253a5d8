"""A model in a process of its own that crashes: it alone refuses, and the others lose nothing."""

from __future__ import annotations

import asyncio

from faults import questions
from faults.ledger import Ledger
from faults.load import Load
from faults.scenarios import Found, Setting
from faults.server import Server

__all__ = ["crashing_backend"]

_REFUSALS = {"backend_crashed", "backend_unavailable"}


async def crashing_backend(setting: Setting, found: Found) -> None:
    """A model that is served apart crashes: nothing is cut, and the others notice nothing."""
    log = setting.folder / "apart.log"
    bundles = [setting.bundles[name] for name in ("linear", "echo", "moody")]
    server = Server(bundles, ["--workers", "2", "--isolate", "model"], log=log)
    await server.start()
    load = Load(server, found.ledger, seed=setting.seed)
    its_own = Load(server, Ledger(), seed=setting.seed + 1)
    clients = [load.client(ask) for ask in [questions.linear] * 16 + [questions.moody] * 8]
    clients += [its_own.client(questions.echo) for _ in range(8)]
    tasks = [asyncio.ensure_future(client) for client in clients]
    for _ in range(max(1, int(setting.seconds / 4))):
        await asyncio.sleep(3.0)
        await its_own.once(lambda at: questions.echo(at, "crash"))
        await asyncio.sleep(1.0)
    for each in (load, its_own):
        each.end()
    await asyncio.gather(*tasks)
    for each in (load, its_own):
        each.ledger.close()
    code = await server.stop()
    if code != 0:
        found.faults.append(f"the server ended with {code}; see {log}")
    _judge(its_own.ledger, found)


def _judge(its_own: Ledger, found: Found) -> None:
    """The model that crashes may refuse, in these words; the others may not."""
    refused = ", ".join(f"{number} {code}" for code, number in sorted(its_own.refused.items()))
    found.notes.append(f"of the model that crashes: {its_own.answered} answered, refused {refused}")
    if not its_own.is_clean or its_own.cut:
        found.faults += ["requests to the model that crashes were lost or wrong", *its_own.details]
    if not its_own.refused["backend_crashed"] or its_own.refused.keys() - _REFUSALS:
        found.faults.append(f"the model that crashes refused {refused or 'nothing'}")
    if found.ledger.refused or found.ledger.cut:
        found.faults.append("requests to other models were refused or cut")

"""The load tool: wrk sends records over many connections, and counts what comes back."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cases import Case
from benchmarks.exchanges import Exchange

__all__ = ["LoadFailedError", "Requests", "Sent", "parse", "send", "write_get", "write_requests"]

_SCRIPT = Path(__file__).with_name("load.lua")
_FIELD = re.compile(r"(\w+)=([\d.]+)")
_SLOWEST_ANSWER = 10


class LoadFailedError(Exception):
    """wrk did not do what it should; the message is what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """Requests that are written for wrk.

    Attributes:
        file: Holds them and the expected answers, as Lua.
        url: Of the server.
    """

    file: Path
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What wrk counted.

    Attributes:
        requests: That were answered.
        seconds: That it took.
        p50: Latency in microseconds that half of them did not exceed.
        p99: The same for 99 of 100.
        longest: The longest latency in microseconds.
        bad_status: Answers that were no success.
        lost: Connections that failed, and requests without an answer in time.
        checked: Answers that were compared with the model's.
        wrong: Those that were not.
        example: One of them.
    """

    requests: int
    seconds: float
    p50: float
    p99: float
    longest: float
    bad_status: int
    lost: int
    checked: int
    wrong: int
    example: str = ""


def send(requests: Requests, *, connections: int, seconds: int, checks: bool = False) -> Sent:
    """Let wrk send requests for some time.

    One thread of wrk sends them all, so that it leaves the machine to the server. Where answers
    are checked it needs a thread for each connection: only so it knows what an answer belongs to.

    Raises:
        LoadFailedError: wrk is not installed, or ended with an error.
    """
    program = shutil.which("wrk")
    if program is None:
        raise LoadFailedError("wrk is not installed: apt install wrk, or brew install wrk")
    threads = connections if checks else 1
    options = [f"-t{threads}", f"-c{connections}", f"-d{seconds}s"]
    options += ["--timeout", f"{_SLOWEST_ANSWER}s", "-s", str(_SCRIPT)]
    mode = "check" if checks else "send"
    command = [program, *options, requests.url, "--", str(requests.file), mode]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=seconds + 60
    )
    if done.returncode != 0 or "RESULT" not in done.stdout:
        raise LoadFailedError(f"wrk: {(done.stderr or done.stdout).strip()[-300:]}")
    return parse(done.stdout)


def parse(output: str) -> Sent:
    """Read what the script of wrk printed at its end."""
    lines = output.splitlines()
    result = next(line for line in lines if line.startswith("RESULT "))
    found = {name: float(value) for name, value in _FIELD.findall(result)}
    examples = [line.removeprefix("EXAMPLE ") for line in lines if line.startswith("EXAMPLE ")]
    return Sent(
        requests=int(found["requests"]),
        seconds=found["microseconds"] / 1e6,
        p50=found["p50"],
        p99=found["p99"],
        longest=found["longest"],
        bad_status=int(found["status"]),
        lost=int(sum(found[name] for name in ("connect", "read", "write", "timeout"))),
        checked=int(found["checked"]),
        wrong=int(found["wrong"]),
        example=examples[0] if examples else "",
    )


def write_requests(file: Path, case: Case, exchange: Exchange) -> None:
    """Write the requests of a case and the answers that are expected, as Lua reads them."""
    bodies = [exchange.encode(case, record).decode() for record in case.records]
    fields = {
        "method": _quoted("POST"),
        "path": _quoted(exchange.path(case)),
        "headers": '{["content-type"]="application/json"}',
        "pattern": _quoted(exchange.pattern),
        "shape": _quoted(exchange.shape),
        "positions": _table(f"[{_quoted(n)}]={i}" for i, n in enumerate(case.classes, 1)),
        "expected": _table(_table(map(repr, row)) for row in case.probabilities),
        "bodies": _table(_quoted(body) for body in bodies),
    }
    lines = (f"{name}={value}" for name, value in fields.items())
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"return {_table(lines)}\n", "utf-8")


def write_get(file: Path, path: str) -> None:
    """Write a request without a body, whose answers are only counted."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fields = f'method="GET", path={_quoted(path)}, headers={{}}, bodies={{""}}'
    file.write_text(f"return {{{fields}}}\n", "utf-8")


def _table(items: Iterable[str]) -> str:
    return "{" + ",\n".join(items) + "}"


def _quoted(text: str) -> str:
    # JSON's escapes are Lua's but for \u and \/, of which none arises here.
    return json.dumps(text, ensure_ascii=False)

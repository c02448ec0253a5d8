"""Documents whose code blocks run: what is in them, and what runs them.

Blocks of `bash`, `sh` and `python` run in order, in a directory that has the examples. One that
ends with `golive serve` keeps running until the document ends. A block after a comment
`<!-- not run: reason -->` is left out, and one after `<!-- run with: package, … -->` wherever one
of the packages is absent.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from tests.prepared_examples import PreparedExamples

__all__ = ["Block", "Reader", "blocks_of", "links_of"]

_FENCE = re.compile(
    r"^(?P<mark><!-- (?:not run: [^\n]+|run with: (?P<needs>[\w, ]+)) -->\n+)?"
    r"```(?P<language>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_LINK = re.compile(r"\]\((?!https?:|mailto:|#)(?P<target>[^)#]+)")
_TRAINING = re.compile(r"^python examples/(?P<name>\w+)/train\.py$", re.MULTILINE)
_EXPORT = re.compile(r"^export (?P<name>\w+)=(?P<value>\S+)$", re.MULTILINE)
_PACKING = re.compile(
    r"^golive pack examples/(?P<name>\w+)/(?:\\\n|[^\n|&;<>$\\])+ (?:-o|--output) [\w.]+$",
    re.MULTILINE,
)
_PORT = 8000
_PATIENCE = 300


@dataclass(frozen=True, slots=True)
class Block:
    """A code block that a reader would type.

    Attributes:
        language: Of its text.
        text: What is typed.
        line: Its first line in the document.
        needs: The packages that it runs with.
    """

    language: str
    text: str
    line: int
    needs: tuple[str, ...] = ()

    @property
    def runs_here(self) -> bool:
        """Whether its packages are installed."""
        return all(find_spec(package) is not None for package in self.needs)


def blocks_of(document: str) -> list[Block]:
    """The blocks of a document that run here, in order."""
    blocks = [
        Block(
            m["language"],
            m["text"],
            document.count("\n", 0, m.start("text")) + 1,
            tuple(m["needs"].split(", ")) if m["needs"] else (),
        )
        for m in _FENCE.finditer(document)
        if m["language"] in {"bash", "sh", "python"} and (m["mark"] is None or m["needs"])
    ]
    return [block for block in blocks if block.runs_here]


def links_of(document: str) -> list[str]:
    """The files that a document links to."""
    return [match["target"] for match in _LINK.finditer(document)]


class Reader:
    """Types the blocks of one document, as a reader would, in one directory.

    Args:
        directory: Where.
        tools: For the commands that are on the path.
        prepared: Has run the lines `python examples/NAME/train.py`, and what packs them as many
            documents do; what came of it is copied.
    """

    def __init__(
        self, directory: Path, tools: Path, prepared: PreparedExamples | None = None
    ) -> None:
        self._directory = directory
        self._prepared = prepared
        self._trained: set[str] = set()
        self._servers: list[subprocess.Popen] = []
        self._port = _PORT
        self._environment = dict(os.environ) | {
            "PATH": f"{_tools(tools)}{os.pathsep}{os.environ['PATH']}",
            "CURL_HOME": str(tools),
            "GOLIVE_REGISTRY": str(tools / "registry"),
        }

    def type(self, block: Block) -> None:
        """Run a block to its end; a server only until it is ready."""
        text = block.text.replace(f":{_PORT}", f":{self._port}")
        if block.language == "python":
            strictness = [] if block.needs else ["-W", "error"]  # other packages may warn
            self._run([sys.executable, *strictness, "-c", text], block)
            return
        for exported in _EXPORT.finditer(text):  # a shell keeps it for the blocks that follow
            self._environment[exported["name"]] = exported["value"]
        text = _TRAINING.sub(self._copy_trained, text)
        text = _PACKING.sub(self._copy_packed, text)
        *before, last = text.rstrip().splitlines()
        if not last.startswith("golive serve"):
            self._run(["bash", "-euo", "pipefail", "-c", text], block)
            return
        if before:
            self._run(["bash", "-euo", "pipefail", "-c", "\n".join(before)], block)
        self._serve(last)

    def _copy_trained(self, line: re.Match[str]) -> str:
        """Copy what a line that trains an example gave already; what is left to type."""
        if self._prepared is None:
            return line[0]
        trained = self._prepared.trained(line["name"]).folder
        shutil.copytree(trained, self._directory / "examples" / line["name"], dirs_exist_ok=True)
        self._trained.add(line["name"])
        return "true"

    def _copy_packed(self, command: re.Match[str]) -> str:
        """Copy what a command gives that packs an example whose training was copied."""
        if self._prepared is None or command["name"] not in self._trained:
            return command[0]
        found, name = self._prepared.packed_as(command[0])
        if found.is_dir():
            shutil.copytree(found, self._directory / name)
        else:
            shutil.copy2(found, self._directory / name)
        return "true"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end_servers()

    def _end_servers(self) -> None:
        for server in self._servers:
            server.terminate()
        for server in self._servers:
            server.wait(timeout=30)
        self._servers.clear()

    def _run(self, arguments: list[str], block: Block) -> None:
        done = subprocess.run(
            arguments,
            cwd=self._directory,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        assert done.returncode == 0, f"line {block.line}:\n{block.text}\n{done.stdout}{done.stderr}"

    def _serve(self, line: str) -> None:
        self._end_servers()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        log = self._directory / "server.log"
        with log.open("w") as output:
            server = subprocess.Popen(
                ["bash", "-c", f"exec {line}"],
                cwd=self._directory,
                env=self._environment | {"GOLIVE_PORT": str(self._port)},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._servers.append(server)
        deadline = time.monotonic() + _PATIENCE
        while not _is_ready(self._port):
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as response:
            return response.status == 200
    except OSError:
        return False


def _tools(directory: Path) -> Path:
    """Commands as after an installation, and a curl that fails where the answer is an error."""
    golive = directory / "golive"
    golive.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m golive "$@"\n')
    golive.chmod(0o755)
    (directory / ".curlrc").write_text("fail-with-body\nsilent\nshow-error\n")
    return directory

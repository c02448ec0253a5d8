"""Bytecode: every module is compiled beforehand, since a read-only disk keeps none.

The files say that nobody checks them against their sources (PEP 552), which also saves reading the
sources' times. The same sources and interpreter give the same bytes.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from golive.building.errors import BuildError
from golive.commands import Run, last_lines, run_command

__all__ = ["compile_all"]


# Which constants are written as references depends on what a process compiled before: each tree
# has a process of its own, and sets have a fixed order.
_PROGRAM = """
import compileall, sys
from py_compile import PycInvalidationMode
root, legacy, path = sys.argv[1:]
compiled = compileall.compile_file if path.endswith(".py") else compileall.compile_dir
compiled(path, quiet=2, force=True, legacy=legacy == "yes", stripdir=root, prependdir="/var/task",
         invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
"""


def compile_all(
    root: Path,
    interpreter: Path,
    *,
    left_out: Collection[str] = (),
    sourceless: Collection[str] = (),
    run: Run | None = None,
) -> None:
    """Compile the modules below a directory; what is no Python of this version stays a source.

    Args:
        root: The directory; its name does not get into the bytecode.
        interpreter: A Python of exactly the version that will import them.
        left_out: Names in the directory that hold no modules.
        sourceless: Names whose sources give way to the bytecode: a third of the bytes, and
            tracebacks without the text of their lines.
        run: Runs a command.

    Raises:
        BuildError: The interpreter does not compile.
    """
    trees = sorted(
        path
        for path in root.iterdir()
        if path.name not in left_out and (path.is_dir() or path.suffix == ".py")
    )

    def compile_one(tree: Path) -> None:
        is_legacy = "yes" if tree.name in sourceless else "no"
        start = [str(interpreter), "-s", "-P", "-c", _PROGRAM, str(root), is_legacy, str(tree)]
        done = (run or run_command)(["env", "-u", "PYTHONPATH", "PYTHONHASHSEED=0", *start])
        if done.returncode != 0:
            raise BuildError(f"{interpreter} does not compile modules: {last_lines(done.stdout)}")

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(compile_one, trees))
    for name in sourceless:
        for source in (root / name).rglob("*.py"):
            if source.with_suffix(".pyc").is_file():
                source.unlink()

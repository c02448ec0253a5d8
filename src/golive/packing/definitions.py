"""The definitions of a script: what its pickles need, without running its training again."""

from __future__ import annotations

import ast

__all__ = ["definitions_of"]

_DEFINITIONS = (
    ast.Import,
    ast.ImportFrom,
    ast.ClassDef,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.Try,
)


def definitions_of(source: str) -> str:
    """Keep imports, functions, classes and plain constants; drop the statements that do work.

    Args:
        source: A Python script.

    Raises:
        SyntaxError: It is not Python.
    """
    tree = ast.parse(source)
    lines = source.splitlines(keepends=True)
    kept = [node for node in tree.body if _is_definition(node)]
    return "".join(_lines_of(node, lines) for node in kept)


def _lines_of(node: ast.stmt, lines: list[str]) -> str:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(d.lineno for d in decorators)])
    text = "".join(lines[first - 1 : node.end_lineno])
    return text if text.endswith("\n") else text + "\n"


def _is_definition(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            return _is_constant(value)
        case _:
            return isinstance(node, _DEFINITIONS)


def _is_constant(value: ast.expr) -> bool:
    """Literals, names and operators on them, without any call."""
    return not any(
        isinstance(each, ast.Call | ast.Await | ast.Yield | ast.YieldFrom | ast.Attribute)
        for each in ast.walk(value)
    )

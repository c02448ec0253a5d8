"""The definitions of a script: what its pickles need, without running its training again."""

from __future__ import annotations

import ast
import builtins

__all__ = ["definitions_of"]

_BUILDERS = frozenset(
    {"dict", "float", "frozenset", "int", "len", "list", "range", "set", "sorted", "str", "tuple"}
)
_PURE_MODULES = frozenset({"datetime", "decimal", "fractions", "math", "pathlib", "re"})
_PURE_OF_NUMPY = frozenset({"arange", "array", "finfo", "float32", "float64", "iinfo", "int32",
                            "int64", "linspace", "log", "log1p", "sqrt"})  # fmt: skip


def definitions_of(source: str) -> str:
    """Keep imports, functions, classes and constants; drop the statements that do work.

    A constant is made of literals, of names that are kept, of their attributes and of calls that
    only make values, such as `re.compile("…")`, `Path("…")` and `np.array([…])`.

    Args:
        source: A Python script.

    Raises:
        SyntaxError: It is not Python.
    """
    tree = ast.parse(source)
    lines = source.splitlines(keepends=True)
    names = _Names()
    return "".join(_lines_of(node, lines) for node in tree.body if names.keeps(node))


def _lines_of(node: ast.stmt, lines: list[str]) -> str:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(d.lineno for d in decorators)])
    text = "".join(lines[first - 1 : node.end_lineno])
    return text if text.endswith("\n") else text + "\n"


class _Names:
    """The names that what was kept so far defines, and the modules that imported ones are from."""

    def __init__(self) -> None:
        self._kept = set(vars(builtins))
        self._homes: dict[str, str] = {}

    def keeps(self, node: ast.stmt) -> bool:
        """Whether a statement is kept; what it defines is then known."""
        match node:
            case ast.Expr(value=ast.Constant(value=str())):
                return True
            case ast.Import() | ast.ImportFrom():
                self._import(node)
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                self._kept.add(name)
            case ast.AsyncFunctionDef(name=name):
                self._kept.add(name)
            case ast.Try():
                for inner in ast.walk(node):
                    if isinstance(inner, ast.stmt) and inner is not node:
                        self._define(inner)
            case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
                if not self._is_constant(value):
                    return False
                self._define(node)
            case _:
                return False
        return True

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            module = alias.name if isinstance(node, ast.Import) else node.module or ""
            self._kept.add(name)
            self._homes[name] = module.partition(".")[0]

    def _define(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Import | ast.ImportFrom):
            self._import(node)
        names = (each for each in ast.walk(node) if isinstance(each, ast.Name))
        self._kept |= {each.id for each in names if _is_stored(each)}
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            self._kept.add(node.name)

    def _is_constant(self, value: ast.expr) -> bool:
        own = {n.id for n in ast.walk(value) if isinstance(n, ast.Name) and _is_stored(n)}
        own |= {each.arg for each in ast.walk(value) if isinstance(each, ast.arg)}
        return all(self._is_harmless(each, own) for each in ast.walk(value))

    def _is_harmless(self, node: ast.AST, own: set[str]) -> bool:
        match node:
            case ast.Await() | ast.Yield() | ast.YieldFrom():
                return False
            case ast.Name(id=name, ctx=ast.Load()):
                return name in self._kept or name in own
            case ast.Call(func=called):
                return self._only_makes_a_value(called)
            case _:
                return True

    def _only_makes_a_value(self, called: ast.expr) -> bool:
        root = called
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name):
            return False
        home = self._homes.get(root.id)
        if home == "numpy":
            return isinstance(called, ast.Attribute) and called.attr in _PURE_OF_NUMPY
        return home in _PURE_MODULES or (home is None and root.id in _BUILDERS)


def _is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)

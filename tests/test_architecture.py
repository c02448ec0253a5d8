"""Rules of the code base that no linter checks."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "golive"
SOURCES = sorted(PACKAGE.rglob("*.py"))
HEAVY = ["numpy", "pandas", "sklearn", "scipy", "pyarrow", "rich", "uvicorn", "joblib"]


def _dotted(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _public_definitions(tree: ast.Module) -> set[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {n.name for n in tree.body if isinstance(n, kinds) and not n.name.startswith("_")}


def _names_bound_in(tree: ast.Module) -> set[str]:
    names = _public_definitions(tree)
    for node in tree.body:
        match node:
            case ast.Assign(targets=targets):
                names |= {t.id for t in targets if isinstance(t, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                names |= {a.asname or a.name for a in aliases}
    return names


def _exported(tree: ast.Module) -> list[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return ast.literal_eval(node.value)
    return []


def _heavy_modules_after(statement: str) -> list[str]:
    listing = f"print(json.dumps([m for m in {HEAVY} if m in sys.modules]))"
    code = f"{statement}\nimport sys, json\n{listing}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("path", SOURCES, ids=_dotted)
def test_a_module_has_at_most_400_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400


@pytest.mark.parametrize(
    "path", sorted((PACKAGE / "cli" / "commands").glob("*.py")), ids=lambda path: path.name
)
def test_a_command_has_at_most_80_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 80, "parse, call, print: no logic"


@pytest.mark.parametrize("path", SOURCES, ids=_dotted)
def test_all_names_every_public_definition_and_nothing_else(path: Path) -> None:
    tree = ast.parse(path.read_text())
    exported = _exported(tree)

    assert _public_definitions(tree) - set(exported) == set()
    if "__getattr__" not in {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}:
        assert set(exported) - _names_bound_in(tree) == set()


@pytest.mark.parametrize("path", SOURCES, ids=_dotted)
def test_a_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))


def test_every_package_has_tests_of_the_same_name() -> None:
    packages = sorted(p.parent for p in PACKAGE.glob("*/__init__.py"))
    filled = [p for p in packages if any(f.name != "__init__.py" for f in p.rglob("*.py"))]

    untested = [p.name for p in filled if not any((ROOT / "tests" / p.name).rglob("test_*.py"))]

    assert untested == []


def test_importing_golive_loads_nothing_heavy() -> None:
    assert _heavy_modules_after("import golive") == []


def test_importing_the_engine_loads_nothing_heavy() -> None:
    modules = [_dotted(path) for path in sorted((PACKAGE / "engine").rglob("*.py"))]

    assert _heavy_modules_after("import " + ", ".join(modules)) == []


def test_the_help_of_every_command_loads_nothing_heavy() -> None:
    statement = (
        "from golive.cli.main import command\n"
        "import click\n"
        "names = command.list_commands(click.Context(command))\n"
        "for arguments in [['--help'], *[[name, '--help'] for name in names]]:\n"
        "    command.main(arguments, standalone_mode=False)\n"
    )

    assert _heavy_modules_after(statement) == []


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("*.py")), ids=lambda path: path.name)
def test_no_test_patches_what_it_tests(path: Path) -> None:
    imported = {
        alias.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in [*node.names, ast.alias(getattr(node, "module", None) or "")]
    }

    assert imported.isdisjoint({"mock", "unittest.mock", "pytest_mock"})


def test_no_text_names_a_path_of_one_machine() -> None:
    words = ["/" + "work/", "/" + "tmp/wt", "/" + "root/.", "../" + "shared"]
    folders = ["src", "tests", "docs", "examples", "tools"]
    suffixes = {".py", ".md", ".toml", ".json", ".sh", ".txt"}
    texts = [p for f in folders for p in (ROOT / f).rglob("*") if p.suffix in suffixes]
    texts += [p for p in ROOT.iterdir() if p.suffix in suffixes or p.name == "Makefile"]

    named = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in texts
        for word in words
        if word in path.read_text(errors="replace")
    ]

    assert named == []

"""The project's conventions, read off its own source: import direction, docstrings, sizes, what may be loaded when."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import graphnet
from graphnet import registry

ROOT = Path(graphnet.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
DROP_INS = ("readers", "layers", "nulls", "detectors", "signals", "explanations", "audits", "exports")
# a module may import what stands on its own line or above it; modules named in one line do not import each other
# unless they are in one folder
LEVELS = [
    ["crowds", "disarm", "discovery", "errors", "intervals", "log", "plots", "rejections", "safe", "words"],
    ["alignment", "differences", "places", "printing", "registry", "schema", "week"],
    ["kernels"],
    ["engines"],
    ["study"],
    ["graph"],
    ["cards", "controls", "lists", "portrait", "scan", "timelines"],
    ["indicators"],
    ["automation"],
    ["showing"],
    [*DROP_INS, "view", "simulate"],
    ["rows"],
]
LEVEL = {name: i for i, names in enumerate(LEVELS) for name in names}
VERBS = len(LEVELS)
ONE_FILE_ONLY = {"networkx": "graph.py", "community": "detectors/louvain.py", "pyvis": "view/clusters.py"}
# kept apart so that `import graphnet` and `graphnet --help` answer at once
LATE = ("networkx", "community", "pyvis", "numba", "pandas", "scipy", "matplotlib", "igraph", "IPython")


def part(path: Path) -> str:
    """The unit a file belongs to: the drop-in folder, or the module itself."""
    relative = path.relative_to(ROOT)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def level(name: str) -> int:
    """How high a unit stands: verbs above the drop-ins, the command line on top."""
    top = {"_run": VERBS + 1, "__init__": VERBS + 2, "commands": VERBS + 3, "cli": VERBS + 4, "__main__": VERBS + 5}
    return top.get(name, LEVEL.get(name, VERBS))


def imports(path: Path) -> Iterator[tuple[str, int, bool]]:
    """Modules a file imports, with the line, and whether that is at the top of the module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        node
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for node in ast.walk(block)
    }
    top = set(tree.body)
    for node in ast.walk(tree):
        if node in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno, node in top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{a.name}" for a in node.names] if node.module == "graphnet" else [node.module]
            yield from ((name, node.lineno, node in top) for name in names)


def test_every_unit_has_a_level() -> None:
    unknown = {part(f) for f in FILES} - set(LEVEL) - {"cli", "commands", "__init__", "__main__"}
    assert all(name.startswith("_") for name in unknown), f"give these a place in LEVELS: {unknown}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_downwards(path: Path) -> None:
    mine = part(path)
    for name, line, top in imports(path):
        if not name.startswith("graphnet."):
            continue
        other = name.split(".")[1]
        if other == mine or (not top and (mine, other) == ("study", "graph")):
            continue  # a study makes a graph when it is asked for one
        # verbs may call verbs
        allowed = level(other) < level(mine) or level(mine) == level(other) == VERBS
        assert allowed, f"{path.relative_to(ROOT)}:{line} imports {name}, but {mine} does not stand above {other}"


@pytest.mark.parametrize("package", ONE_FILE_ONLY)
def test_named_packages_are_imported_in_one_file_and_inside_functions(package: str) -> None:
    where = {
        (str(path.relative_to(ROOT)), top)
        for path in FILES
        for name, _, top in imports(path)
        if name.split(".")[0] == package
    }
    assert where == {(ONE_FILE_ONLY[package], False)}


def test_import_graphnet_is_quick() -> None:
    code = f"import sys, graphnet; print(*(m for m in {LATE!r} if m in sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert loaded.stdout.split() == []


def modules() -> list[ModuleType]:
    names = [m.name for m in pkgutil.walk_packages([str(ROOT)], "graphnet.")]
    return [importlib.import_module(n) for n in names if not n.endswith("__main__")]


def public(module: ModuleType) -> Iterator[tuple[str, object]]:
    for name, thing in vars(module).items():
        mine = getattr(thing, "__module__", None) == module.__name__
        if mine and not name.startswith("_") and (inspect.isclass(thing) or inspect.isfunction(thing)):
            yield name, thing


def test_public_things_have_docstrings() -> None:
    bare = [f"{m.__name__}.{n}" for m in modules() for n, t in public(m) if not inspect.getdoc(t)]
    assert bare == []


def test_the_verbs_say_what_they_take_return_and_raise() -> None:
    """Everything in ``graphnet.__all__`` that is a function has Args, and an example somewhere runs it."""
    verbs = [getattr(graphnet, n) for n in graphnet.__all__ if inspect.isfunction(getattr(graphnet, n))]
    assert len(verbs) >= 10
    for verb in verbs:
        text = inspect.getdoc(verb) or ""
        missing = [s for s in ("Args:", "Returns:") if s not in text]
        assert not missing, f"{verb.__name__} lacks {missing}"


@pytest.mark.parametrize("module", modules(), ids=lambda m: m.__name__)
def test_examples_in_docstrings_run(module: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    assert doctest.testmod(module, optionflags=flags).failed == 0


@pytest.mark.parametrize("kind", [*DROP_INS, "rows", "engines"])
def test_drop_ins_are_named_and_titled(kind: str) -> None:
    for name, cls in registry.find(kind).items():
        assert name.replace("_", "").isalnum()
        assert name == name.lower()
        if kind not in ("engines",):
            assert cls.title.strip()
        assert inspect.getdoc(cls)


def test_functions_fit_on_a_screen() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.end_lineno and node.end_lineno - node.lineno >= 70
    ]
    assert long == []


def test_nothing_is_left_for_later() -> None:
    words = ("TODO", "FIXME", "XXX", "HACK", "NotImplementedError")
    found = [f"{p.relative_to(ROOT)}: {w}" for p in FILES for w in words if w in p.read_text(encoding="utf-8")]
    assert found == []

"""Mutation testing of a sample: ``python -m tests.mutants graphdoc/rules --each 2``.

One small change at a time is made to a module, in memory, and the tests that speak of the module
run against it; a change that none of them notices is printed. POSIX only: every change has a
process of its own, forked from one that has imported everything but graphdoc.
"""

import argparse
import ast
import importlib.abc
import importlib.machinery
import os
import signal
import sys
import time
from pathlib import Path
from random import Random
from types import ModuleType
from typing import NamedTuple

import jsonschema
import networkx
import playwright.sync_api
import pytest

_IMPORTED = (jsonschema, networkx, playwright.sync_api)
_ROOT = Path(__file__).resolve().parent.parent
_SECONDS = 240
# Which tests, below tests/, speak of a module: the longest fitting beginning counts.
_TESTS = {
    "graphdoc/rules/": ["rules/test_pages.py"],
    "graphdoc/resolve/": ["rules/test_pages.py", "resolve"],
    "graphdoc/resolve/applicationset/": ["applicationset"],
    "graphdoc/resolve/kustomize/": ["kustomize/test_build.py", "conformance/test_conformance.py"],
    "graphdoc/resolve/helm/": ["helm/test_render.py", "helm/test_subcharts.py"],
    "graphdoc/resolve/helm/chart_cache": ["helm/test_chart_cache.py"],
    "graphdoc/resolve/helm/strvals": ["helm/test_strvals.py"],
    "graphdoc/resolve/helm/values": ["helm/test_values.py", "helm/test_values_by_helm.py"],
    "graphdoc/resolve/repositories/paths": ["resolve/test_paths.py", "resolve/test_source.py"],
    "graphdoc/resolve/resources/workloads": ["resolve/test_workloads.py", "rules/test_pages.py"],
    "graphdoc/resolve/secrets/": ["secrets", "rules/test_pages.py"],
    "graphdoc/resolve/documents/": ["parse/test_documents.py", "rules/test_pages.py"],
}  # fmt: skip
_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE,
    ast.GtE: ast.Gt, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip


class Mutant(NamedTuple):
    """One change: the module, the line, what it does, and the module's tree with it."""

    file: str
    line: int
    change: str
    tree: ast.Module


def changeable(file: Path) -> list[int]:
    """The places in a file's tree where a change is known."""
    nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
    return [index for index, node in enumerate(nodes) if _change(node) is not None]


def mutant_at(file: Path, index: int) -> Mutant:
    """The file's tree with one change."""
    tree = ast.parse(file.read_text("utf-8"))
    node = next(n for i, n in enumerate(ast.walk(tree)) if i == index)
    change = _change(node) or ""
    place = getattr(node, "target", node) if isinstance(node, ast.comprehension) else node
    name = file.relative_to(_ROOT).as_posix()
    return Mutant(name, getattr(place, "lineno", 0), change, ast.fix_missing_locations(tree))


def _unchanged(file: Path) -> Mutant:
    name = file.relative_to(_ROOT).as_posix()
    return Mutant(name, 0, "nothing", ast.parse(file.read_text("utf-8")))


def _change(node: ast.AST) -> str | None:
    """Change a node in place; what was done, or nothing where the node is of no such kind."""
    for change in (_swap, _negate, _move, _drop):
        told = change(node)
        if told is not None:
            return told
    return None


def _swap(node: ast.AST) -> str | None:
    match node:
        case ast.Compare(ops=[op]) if type(op) in _COMPARISONS:
            node.ops = [_COMPARISONS[type(op)]()]
            return f"{type(op).__name__} -> {type(node.ops[0]).__name__}"
        case ast.BoolOp(op=ast.And()):
            node.op = ast.Or()
            return "And -> Or"
        case ast.BoolOp():
            node.op = ast.And()
            return "Or -> And"
        case _:
            return None


def _negate(node: ast.AST) -> str | None:
    match node:
        case ast.If() | ast.IfExp():
            node.test = ast.UnaryOp(ast.Not(), node.test)
            return "negated condition"
        case ast.UnaryOp(op=ast.Not()):
            node.operand = ast.UnaryOp(ast.Not(), node.operand)
            return "dropped not"
        case _:
            return None


def _move(node: ast.AST) -> str | None:
    match node:
        case ast.Constant(value=bool() as value):
            node.value = not value
            return f"{value} -> {not value}"
        case ast.Constant(value=int() as number):
            node.value = number + 1
            return f"{number} -> {number + 1}"
        case _:
            return None


def _drop(node: ast.AST) -> str | None:
    match node:
        case ast.comprehension(ifs=[_, *_]):
            node.ifs = []
            return "dropped filter"
        case ast.For(body=[*_, ast.If(body=[*_, ast.Continue()] as body)]):
            body[-1] = ast.Pass()
            return "dropped continue"
        case _:
            return None


class _Loader(importlib.abc.InspectLoader):
    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def get_source(self, fullname: str) -> str | None:  # noqa: ARG002 -- the protocol's
        return None

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(_ROOT / self._mutant.file)
        exec(compile(self._mutant.tree, module.__file__, "exec"), vars(module))


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, mutant: Mutant) -> None:
        self._name = mutant.file.removesuffix(".py").replace("/", ".")
        self._loader = _Loader(mutant)

    def find_spec(
        self, fullname: str, path: object, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        del path, target
        if fullname != self._name:
            return None
        return importlib.machinery.ModuleSpec(fullname, self._loader)


def survives(mutant: Mutant, cases: str = "") -> bool:
    """Whether no test notices the change; one that hangs is noticed."""
    child = os.fork()
    if child == 0:
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        sys.meta_path.insert(0, _Finder(mutant))
        options = [*_options(mutant.file), *(["-k", cases] if cases else [])]
        os._exit(int(pytest.main([*options, "-x", "-q", "-p", "no:cacheprovider"])))
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def _options(file: str) -> list[str]:
    tests = _TESTS[max((known for known in _TESTS if file.startswith(known)), key=len)]
    paths = [str(_ROOT / "tests" / test) for test in tests]
    if file.startswith("graphdoc/rules/"):
        return [*paths, "-k", Path(file).stem.replace("_", "-")]
    return paths


def main() -> int:
    """Try a sample of changes; the status says whether any survived."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--each", type=int, default=2, help="changes a module")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-k", dest="cases", default="", help="only tests of these names")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="when to stop")
    options = parser.parse_args()
    end = time.monotonic() + options.seconds
    random = Random(options.seed)
    tried = survived = 0
    for file in sorted(f for path in options.paths for f in _files(path.resolve())):
        known = changeable(file)
        if not survives(_unchanged(file), options.cases):
            print(f"tests fail without a change, or there are none: {file}")  # noqa: T201
            continue
        for index in random.sample(known, min(options.each, len(known))):
            mutant = mutant_at(file, index)
            if time.monotonic() > end:
                break
            tried += 1
            if survives(mutant, options.cases):
                survived += 1
                print(f"survived: {mutant.file}:{mutant.line} {mutant.change}", flush=True)  # noqa: T201
    print(f"{tried} changes, {tried - survived} noticed, {survived} survived")  # noqa: T201
    return 1 if survived else 0


def _files(path: Path) -> list[Path]:
    files = [path] if path.is_file() else sorted(path.rglob("*.py"))
    return [file for file in files if file.name not in {"__init__.py", "rule.py", "worker.py"}]


if __name__ == "__main__":
    sys.exit(main())

"""Small changes to what a module names once: an entry left out of a table, another number."""

import ast
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random
from types import FunctionType, ModuleType

from tests.mutants.changes import Change, alive, codes


def constants(file: Path, each: int, seed: int) -> Iterator[tuple[str, int]]:
    """A sample of what can be changed in each constant: its name, and the number of a change."""
    for name, value in _values(ast.parse(file.read_text("utf-8"))).items():
        if not any(users(file, name)):
            continue
        known = range(len(list(_changes(value))))
        random = Random(f"{seed} {file.stem} {name}")
        yield from ((name, n) for n in sorted(random.sample(known, min(each, len(known)))))


def change_constant(file: Path, name: str, number: int) -> Change:
    """The line and the kind of a change, and what makes it in the running process."""
    value = _values(ast.parse(file.read_text("utf-8")))[name]
    told = list(_changes(value))[number]()
    code = compile(ast.fix_missing_locations(ast.Expression(value)), file, "eval")
    home = next(module for module in _modules() if module.__file__ == str(file))
    old = vars(home)[name]

    def make() -> None:
        new = eval(code, vars(home))
        for module in _modules():
            if vars(module).get(name) is old:
                setattr(module, name, new)

    return value.lineno, told, make


def users(file: Path, name: str) -> Iterator[tuple[str, str]]:
    """The functions that ask for a constant: their files and names."""
    home = next(module for module in _modules() if module.__file__ == str(file))
    for place, functions in alive().items():
        if any(_asks(function, name, vars(home)[name]) for function in functions):
            yield place


def _asks(function: FunctionType, name: str, value: object) -> bool:
    return function.__globals__.get(name) is value and any(
        name in code.co_names for code in (function.__code__, *codes(function.__code__))
    )


def _modules() -> list[ModuleType]:
    return [module for name, module in sys.modules.items() if name.startswith("graphdoc.")]


def _values(tree: ast.Module) -> dict[str, ast.expr]:
    return {
        target.id: value
        for node in tree.body
        for target, value in _assigned(node)
        if isinstance(target, ast.Name) and target.id != "__all__"
    }


def _assigned(node: ast.stmt) -> Iterator[tuple[ast.expr, ast.expr]]:
    match node:
        case ast.Assign(targets=[target], value=value):
            yield target, value
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield target, value
        case _:
            pass


def _changes(value: ast.expr) -> Iterator[Callable[[], str]]:
    """What changes a value in place and tells how."""
    for node in ast.walk(value):
        match node:
            case ast.Set(elts=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts):
                yield from (partial(_leave_out, n, parts) for n in range(len(parts)))
            case ast.Dict(keys=keys, values=values):
                yield from (partial(_leave_out, n, values, keys) for n in range(len(values)))
            case ast.Constant(value=int() as old):
                yield partial(_set, node, (not old) if isinstance(old, bool) else old + 1)
            case _:
                pass


def _leave_out(
    number: int, parts: list[ast.expr], keys: list[ast.expr | None] | None = None
) -> str:
    told = (keys or parts)[number] or parts[number]
    del parts[number]
    if keys:
        del keys[number]
    return f"without {ast.unparse(told)}"


def _set(node: ast.Constant, value: int) -> str:
    old, node.value = ast.unparse(node), value
    return f"{old} -> {value}"

"""Small changes to the functions of a module."""

import ast
import gc
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from random import Random
from types import CodeType, FunctionType
from typing import TypeAlias

from graphdoc.model.grouping import grouped

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE,
    ast.GtE: ast.Gt, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip

Change: TypeAlias = tuple[int, str, Callable[[], None]]


def places(file: Path, each: int, seed: int) -> Iterator[tuple[str, int]]:
    """A sample of what can be changed in each function: its name, and the number of a node."""
    for name, function in functions(file).items():
        known = [number for number, node in enumerate(_nodes(function)) if _change(node)]
        random = Random(f"{seed} {file.stem} {name}")
        yield from ((name, n) for n in sorted(random.sample(known, min(each, len(known)))))


def change(file: Path, name: str, number: int) -> Change:
    """The line and the kind of a change, and what makes it in the running process."""
    tree = ast.parse(file.read_text("utf-8"))
    function = dict(_functions_in(tree))[name]
    node = _nodes(function)[number]
    line = next(inner.lineno for inner in ast.walk(node) if isinstance(inner, ast.expr | ast.stmt))
    told = _change(node) or ""
    whole = compile(ast.fix_missing_locations(tree), file, "exec")
    changed = {code.co_firstlineno: code for code in codes(whole) if code.co_qualname == name}
    known_here = alive()[str(file), name]

    def make() -> None:
        for known in known_here:
            known.__code__ = changed[known.__code__.co_firstlineno]
            if isinstance(node, ast.Constant):
                _set_default(known, function.args, node)

    is_default = line < function.body[0].lineno
    return (function.end_lineno or line) if is_default else line, told, make


def functions(file: Path) -> dict[str, ast.FunctionDef]:
    """The functions and methods of a file by their qualified names."""
    return dict(_functions_in(ast.parse(file.read_text("utf-8"))))


@cache
def alive() -> dict[tuple[str, str], tuple[FunctionType, ...]]:
    """The functions of this process by file and name."""
    alive = (known for known in gc.get_objects() if isinstance(known, FunctionType))
    found = grouped(((f.__code__.co_filename, f.__code__.co_qualname), f) for f in alive)
    gc.freeze()  # a fork then shares them
    return found


def codes(code: CodeType) -> Iterator[CodeType]:
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield inner
            yield from codes(inner)


def _functions_in(
    tree: ast.Module | ast.ClassDef, of: str = ""
) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from _functions_in(node, f"{of}{node.name}.")
        elif isinstance(node, ast.FunctionDef):
            yield of + node.name, node


def _nodes(function: ast.FunctionDef) -> list[ast.AST]:
    defaults = (*function.args.defaults, *filter(None, function.args.kw_defaults))
    return [node for part in (*function.body, *defaults) for node in ast.walk(part)]


def _set_default(function: FunctionType, args: ast.arguments, node: ast.Constant) -> None:
    if node in args.defaults:
        known, at = function.__defaults__ or (), args.defaults.index(node)
        function.__defaults__ = (*known[:at], node.value, *known[at + 1 :])
    elif node in args.kw_defaults:
        name = args.kwonlyargs[args.kw_defaults.index(node)].arg
        function.__kwdefaults__ = {**(function.__kwdefaults__ or {}), name: node.value}


def _change(node: ast.AST) -> str | None:
    """Change a node in place; what was done, or nothing where the node is of no such kind."""
    return _change_value(node) or _change_course(node)


def _change_value(node: ast.AST) -> str | None:
    match node:
        case ast.Compare(ops=[op]) if type(op) in _COMPARISONS:
            node.ops = [_COMPARISONS[type(op)]()]
            return f"{type(op).__name__} -> {type(node.ops[0]).__name__}"
        case ast.BoolOp(op=op):
            node.op = ast.Or() if isinstance(op, ast.And) else ast.And()
            return f"{type(op).__name__} -> {type(node.op).__name__}"
        case ast.Constant(value=int() as value):
            node.value = (not value) if isinstance(value, bool) else value + 1
            return f"{value} -> {node.value}"
        case _:
            return None


def _change_course(node: ast.AST) -> str | None:
    match node:
        case ast.If() | ast.IfExp() | ast.While():
            node.test = ast.UnaryOp(ast.Not(), node.test)
            return "negated condition"
        case ast.match_case(guard=ast.expr() as guard):
            node.guard = ast.UnaryOp(ast.Not(), guard)
            return "negated guard"
        case ast.UnaryOp(op=ast.Not()):
            node.operand = ast.UnaryOp(ast.Not(), node.operand)
            return "dropped not"
        case ast.comprehension(ifs=[_, *_]):
            node.ifs = []
            return "dropped filter"
        case _:
            return None

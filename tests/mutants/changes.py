"""Small changes to the functions of a module."""

import ast
import gc
from collections.abc import Callable, Iterator
from functools import cache, partial
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
    """A sample of what can be changed in each function: its name, and the number of a change."""
    for name, function in functions(file).items():
        known = range(len(list(_changes(function))))
        random = Random(f"{seed} {file.stem} {name}")
        yield from ((name, n) for n in sorted(random.sample(known, min(each, len(known)))))


def change(file: Path, name: str, number: int) -> Change:
    """The line and the kind of a change, and what makes it in the running process."""
    tree = ast.parse(file.read_text("utf-8"))
    function = dict(_functions_in(tree))[name]
    node, told, make_it = list(_changes(function))[number]
    line = next(inner.lineno for inner in ast.walk(node) if isinstance(inner, ast.expr | ast.stmt))
    make_it()
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


def _set_default(function: FunctionType, args: ast.arguments, node: ast.Constant) -> None:
    if node in args.defaults:
        known, at = function.__defaults__ or (), args.defaults.index(node)
        function.__defaults__ = (*known[:at], node.value, *known[at + 1 :])
    elif node in args.kw_defaults:
        name = args.kwonlyargs[args.kw_defaults.index(node)].arg
        function.__kwdefaults__ = {**(function.__kwdefaults__ or {}), name: node.value}


def _changes(
    function: ast.FunctionDef,
) -> Iterator[tuple[ast.AST, str, Callable[[], object]]]:
    """What can be changed: the node, what is done, and what changes it in place."""
    defaults = (*function.args.defaults, *filter(None, function.args.kw_defaults))
    for node in (node for part in (*function.body, *defaults) for node in ast.walk(part)):
        for kind in (_changes_of_value, _changes_of_course, _parts_left_out):
            yield from ((node, told, make) for told, make in kind(node))


def _changes_of_value(node: ast.AST) -> Iterator[tuple[str, Callable[[], object]]]:
    match node:
        case ast.Compare(ops=[op]) if type(op) in _COMPARISONS:
            other = _COMPARISONS[type(op)]()
            told = f"{type(op).__name__} -> {type(other).__name__}"
            yield told, partial(setattr, node, "ops", [other])
        case ast.BoolOp(op=op, values=parts):
            turned = ast.Or() if isinstance(op, ast.And) else ast.And()
            told = f"{type(op).__name__} -> {type(turned).__name__}"
            yield told, partial(setattr, node, "op", turned)
            nothing = ast.Constant(isinstance(op, ast.And))
            for n, left_out in enumerate(parts):
                yield f"without {ast.unparse(left_out)}", partial(parts.__setitem__, n, nothing)
        case ast.Constant(value=int() as value):
            new = (not value) if isinstance(value, bool) else value + 1
            yield f"{value} -> {new}", partial(setattr, node, "value", new)
        case _:
            pass


def _parts_left_out(node: ast.AST) -> Iterator[tuple[str, Callable[[], object]]]:
    match node:
        case ast.Tuple(elts=[_, _, *_] as parts) | ast.Set(elts=parts):
            for n, part in enumerate(parts):
                if isinstance(part, ast.Constant) and part.value is not ...:
                    yield f"without {ast.unparse(part)}", partial(parts.pop, n)
        case ast.MatchOr(patterns=patterns):
            for n, pattern in enumerate(patterns):
                told = f"without {ast.unparse(pattern)}"
                yield told, partial(patterns.__setitem__, n, patterns[n - 1])
        case ast.comprehension(ifs=filters):
            for n, asked in enumerate(filters):
                yield f"without {ast.unparse(asked)}", partial(filters.pop, n)
        case _:
            pass


def _changes_of_course(node: ast.AST) -> Iterator[tuple[str, Callable[[], object]]]:
    match node:
        case ast.If(body=body, test=test) | ast.While(body=body, test=test):
            yield "negated condition", partial(setattr, node, "test", _not(test))
            if isinstance(body[-1], ast.Return | ast.Continue | ast.Raise | ast.Break):
                told = f"without {ast.unparse(test)}"
                yield told, partial(setattr, node, "test", ast.Constant(value=False))
        case ast.IfExp(test=test):
            yield "negated condition", partial(setattr, node, "test", _not(test))
        case ast.match_case(guard=ast.expr() as guard):
            yield "negated guard", partial(setattr, node, "guard", _not(guard))
            yield f"without {ast.unparse(guard)}", partial(setattr, node, "guard", None)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "dropped not", partial(setattr, node, "operand", _not(operand))
        case _:
            pass


def _not(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test)

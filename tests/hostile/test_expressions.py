"""No expression of the package takes quadratic time on texts made from itself."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from types import ModuleType
from typing import Any, NamedTuple, TypeAlias

import pytest

import graphdoc

_Part: TypeAlias = Any  # of an expression as the standard library reads it, or what it is given
# How the standard library reads expressions; there is no other reader of them.
expressions: Any = importlib.import_module("re._parser")
codes: Any = importlib.import_module("re._constants")
_LENGTH = 6000
_MANY = 40  # a repetition of fewer ends soon
_MOST = 0.008  # seconds; what is linear takes a hundredth of it
_TIMES = 5  # measured so often, lest other work on the machine counts
_SIGNS = "a1 -._/\"'\n{$\t*?:=[(#|`@<>,\\\x00"
_HOW = frozenset({"match", "search", "fullmatch", "sub", "split", "findall", "finditer"})
# What they are given is short, or graphdoc's own.
_SHORT = {
    "graphdoc.config.load._VARIABLE": "the configuration, which is trusted",
    "graphdoc.graph.select._WILDCARD": "what is asked on the command line",
    "graphdoc.parse.semver._": "versions of at most 256 signs",
    "graphdoc.resolve.applicationset.actions._MISSING_FIELD": "what Helm says, cut off",
    "graphdoc.resolve.applicationset.actions._TOKEN": "an action, in which quotes are closed",
    "graphdoc.resolve.applicationset.globs._TOKEN": "patterns of at most 4,096 signs",
    "graphdoc.resolve.applicationset.plain._TAG": "texts in which the last tag is closed",
    "graphdoc.resolve.documents.examples._": "lines of at most 2,000 signs",
    "graphdoc.resolve.helm.engine._": "what Helm says, cut off",
    "graphdoc.resolve.helm.render._": "what Helm says, cut off",
    "graphdoc.resolve.helm.published_charts._PAGES": "replaced only where they fit as a whole",
    "graphdoc.resolve.kustomize.resources.selectors._": "texts are to fit as a whole",
    "graphdoc.resolve.evidence.comments._FILE": "lines of at most 1,000 signs",
    "graphdoc.resolve.repositories.paths._TOKEN": "patterns of at most 4,096 signs",
    "graphdoc.resolve.evidence.scripts._": "lines of at most 1,000 signs",
    "graphdoc.resolve.evidence.told": "lines of at most 2,000 signs",
    "graphdoc.resolve.secrets.settings._MAIL": "texts are to fit as a whole",
    "graphdoc.site.atlas.where._PATTERNS": "keys of at most 1,000 signs",
    "graphdoc.site.diagrams.standalone._": "its own style sheets",
    "graphdoc.site.mkdocs.checker._": "its own pages",
    "graphdoc.site.mkdocs.cuttings._TABLE": "its own pages",
    "graphdoc.site.mkdocs.plugin._HEADING": "the theme's page for what is not found",
    "graphdoc.site.mkdocs.words._TOKEN": "its own pages",
    "graphdoc.site.pages.findings._RULE_LINK": "the pages of its rules",
    "graphdoc.site.prose.fill._NAMED": "pages of whoever runs it",
    "graphdoc.site.prose.slots._HEAD": "its own pages",
    "graphdoc.site.writing.icons._": "its own icons",
}


class _Expression(NamedTuple):
    name: str
    compiled: re.Pattern[Any]
    methods: frozenset[str]


def test_the_sweep_sees_what_takes_quadratic_time() -> None:
    slow = ("x+y", r"\s*,\s*$", "a.*b.*c", "(a|a)*b", "(?:x.*)?<!--.*-->")
    how = frozenset({"search"})
    assert [s for s in slow if _slowest(_Expression("", re.compile(s), how)) is None] == []
    fast = ("xy", r"(?<!x)x+y", "a[^a]*b", r"^(?>.*?a).*b")
    assert [s for s in fast if _slowest(_Expression("", re.compile(s), how)) is not None] == []


@pytest.mark.slow
def test_no_expression_takes_quadratic_time() -> None:
    swept = list(_expressions())
    # Those that functions make are among them.
    made = {e.name.partition(":")[0] for e in swept if ":" in e.name}
    assert {"graphdoc.model.inert", "graphdoc.resolve.broken.subcharts"} <= made
    found = {e.name: _slowest(e) for e in swept if not e.name.startswith(tuple(_SHORT))}
    assert {name: text for name, text in found.items() if text is not None} == {}


def _expressions() -> Iterator[_Expression]:
    for info in pkgutil.walk_packages(graphdoc.__path__, "graphdoc."):
        if not info.name.endswith("__main__"):
            yield from _expressions_of(importlib.import_module(info.name))


def _expressions_of(module: ModuleType) -> Iterator[_Expression]:
    used, literal = _uses(module)
    in_loops = frozenset().union(*(used[name] for name in used.keys() - vars(module).keys()))
    for name, value in vars(module).items():
        for compiled in _compiled(value):
            yield _Expression(f"{module.__name__}.{name}", compiled, used.get(name) or in_loops)
    known = {one.pattern for value in vars(module).values() for one in _compiled(value)}
    for line, given, method in literal:
        written = _written(given, module)
        if written is not None and written.pattern not in known:
            methods = frozenset({method}) if method in _HOW else in_loops or frozenset({"search"})
            yield _Expression(f"{module.__name__}:{line}", written, methods)


def _uses(module: ModuleType) -> tuple[dict[str, frozenset[str]], list[tuple[int, _Part, str]]]:
    """With which methods the names of a module are used, and what is given to ``re`` itself."""
    used: dict[str, frozenset[str]] = {}
    literal: list[tuple[int, _Part, str]] = []
    for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text("utf-8"))):
        match node:
            case ast.Call(ast.Attribute(ast.Name("re"), how), given):
                literal += [(node.lineno, given, how)] if how in _HOW | {"compile"} else []
            case ast.Attribute(ast.Name(name), how) if how in _HOW and name != "re":
                used[name] = used.get(name, frozenset()) | {how}
    return used, literal


def _written(given: list[ast.expr], module: ModuleType) -> re.Pattern[Any] | None:
    """An expression as it stands in the code; what only a run can tell of it is a word."""
    text = _text(given[0], module)
    flags = (getattr(re, ast.unparse(one).removeprefix("re."), 0) for one in given[1:])
    return re.compile(text, sum(f for f in flags if isinstance(f, re.RegexFlag))) if text else None


def _text(node: _Part, module: ModuleType) -> str:
    found: object = ""
    match node:
        case ast.Constant(text):
            found = text
        case ast.JoinedStr(parts):
            found = "".join(_text(part, module) or "ab" for part in parts)
        case ast.FormattedValue(value):
            found = _text(value, module)
        case ast.Name(name):
            found = vars(module).get(name)
        case ast.Attribute(ast.Name(name), "pattern") if name in vars(module):
            found = vars(module)[name].pattern
        case ast.BinOp(left, ast.Add(), right):
            found = (_text(left, module) or "ab") + (_text(right, module) or "ab")
        case _:
            pass
    return found if isinstance(found, str) else ""


def _compiled(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        yield from _compiled(tuple(value.values()))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _compiled(item)


def _slowest(expression: _Expression) -> str | None:
    """The text on which an expression takes too long, of those made from it."""
    compiled = expression.compiled
    flags = compiled.flags & ~re.UNICODE if isinstance(compiled.pattern, str) else compiled.flags
    for text in dict.fromkeys(_texts(expressions.parse(compiled.pattern, flags))):
        data = text if isinstance(compiled.pattern, str) else text.encode("latin-1", "replace")
        for method in expression.methods:
            if all(_seconds(compiled, method, data) > _MOST for _ in range(_TIMES)):
                return f"{method} {text[:40]!r}"
    return None


def _seconds(compiled: re.Pattern[Any], method: str, data: _Part) -> float:
    # What fails at once for a short text fails so for a long one; what is exponential ends there.
    for length in (18, 400, len(data)):
        before = process_time()
        part = data[:length] + data[-2:]
        _ = compiled.sub(part[:0], part) if method == "sub" else getattr(compiled, method)(part)
        if method == "finditer":
            compiled.findall(part)
        taken = process_time() - before
        if taken > _MOST:
            break
    return taken


def _texts(tree: _Part) -> Iterator[str]:
    """Long texts: what comes before each repetition, and then what it repeats, again and again."""
    for before, repeated in _repetitions(list(tree), ""):
        for start, again in ((before, repeated), ("", before + repeated)):
            if again:
                long = start + again * (_LENGTH // len(again))
                yield from (long, f"{long}\x00!")


def _repetitions(tree: _Part, before: str) -> Iterator[tuple[str, str]]:
    for code, value in tree:
        if code in _REPEATS:
            if value[1] > _MANY:
                yield from ((before, again) for again in _examples(value[2]))
            yield from _repetitions(value[2], before)
        for inner in _inner(code, value):
            yield from _repetitions(inner, before)
        before += _example([(code, value)])
        yield "", before


_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)


def _inner(code: _Part, value: _Part) -> list[_Part]:
    if code is codes.SUBPATTERN:
        return [value[3]]
    if code is codes.BRANCH:
        return list(value[1])
    if code in {codes.ASSERT, codes.ASSERT_NOT}:
        return [value[1]]
    return [value] if code is codes.ATOMIC_GROUP else []


def _examples(tree: _Part) -> list[str]:
    """What a repeated part may read: each sign that it takes, or a text as a whole."""
    parts = list(tree)
    signs = _signs(*parts[0]) if len(parts) == 1 else []
    return signs or [_example(parts) or "a"]


def _example(tree: _Part) -> str:
    """A text that an expression reads."""
    found = ""
    for code, value in tree:
        signs = _signs(code, value)
        if signs:
            found += signs[0]
        elif code in _REPEATS:
            found += _example(value[2]) * value[0]
        elif code not in {codes.ASSERT, codes.ASSERT_NOT}:
            found += "".join(_example(inner) for inner in _inner(code, value)[:1])
    return found


def _signs(code: _Part, value: _Part) -> list[str]:
    """Signs that a part of one sign reads."""
    if code is codes.LITERAL:
        return [chr(value)]
    if code not in {codes.NOT_LITERAL, codes.ANY, codes.IN}:
        return []
    found = [sign for sign in _SIGNS if _reads(code, value, sign)]
    firsts = [item for item in value if item[0] is codes.LITERAL] if code is codes.IN else []
    return found or [chr(item[1]) for item in firsts[:1]]


def _reads(code: _Part, value: _Part, sign: str) -> bool:
    if code is codes.ANY:
        return sign != "\n"
    if code is codes.NOT_LITERAL:
        return ord(sign) != int(value)
    is_negated = value[0][0] is codes.NEGATE
    return any(_is_in(item, sign) for item in value) is not is_negated


def _is_in(item: _Part, sign: str) -> bool:
    code, value = item
    if code is codes.RANGE:
        return int(value[0]) <= ord(sign) <= int(value[1])
    if code is codes.CATEGORY:
        return re.fullmatch(_CATEGORIES[value], sign) is not None
    return code is codes.LITERAL and ord(sign) == int(value)


_CATEGORIES = {
    codes.CATEGORY_DIGIT: r"\d", codes.CATEGORY_NOT_DIGIT: r"\D",
    codes.CATEGORY_SPACE: r"\s", codes.CATEGORY_NOT_SPACE: r"\S",
    codes.CATEGORY_WORD: r"\w", codes.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip

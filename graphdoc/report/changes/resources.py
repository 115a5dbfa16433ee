"""What changed in the resources that Applications render, one line for one cause."""

from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import groupby

from graphdoc.graph.changes.compare import Change
from graphdoc.graph.changes.resources import ResourceChange
from graphdoc.model.grouping import counted, grouped
from graphdoc.model.node import Plain
from graphdoc.report.changes.words import became, named, shorten
from graphdoc.report.report import Place, count, line_at

__all__ = ["resource_lines"]

# So many resources that come or go together are named one by one, more only counted.
_FEW = 5
_MOST_LINES = 2000


def resource_lines(changes: tuple[ResourceChange, ...], place: Place) -> list[str]:
    """The lines of a report: what comes and goes, then the fields that differ."""
    whole = sorted((c for c in changes if not c.route), key=lambda c: (c.applications, c.change))
    lines = []
    for (applications, change), group in groupby(whole, lambda c: (c.applications, c.change)):
        verb = "new" if change is Change.ADDED else "gone"
        lines += [f"{what} for {named(applications)}" for what in _whole(verb, [*group], place)]
    return [*lines, *_fields(changes, place)]


def _whole(verb: str, changes: list[ResourceChange], place: Place) -> Iterator[str]:
    if len(changes) > _FEW:
        kinds = Counter(change.resource.kind for change in changes)
        yield f"{verb} {', '.join(counted(number, kind) for kind, number in sorted(kinds.items()))}"
        return
    for change in changes:
        where = f" ({_where(change, place)})" if change.change is Change.ADDED else ""
        yield f"{verb} {change.resource}{where}"


def _fields(changes: tuple[ResourceChange, ...], place: Place) -> Iterator[str]:
    """One field that becomes the same in several resources is told once."""
    for group in grouped((_cause(change), change) for change in changes if change.route).values():
        first = group[0]
        subject = str(first.resource) if len(group) == 1 else count(len(group), "resource")
        what = f"{subject}: {_dotted(first.route)} {_became(first)}"
        yield f"{what} for {named(first.applications)} ({_where(first, place)})"


def _cause(change: ResourceChange) -> tuple[object, ...]:
    values = (shorten(change.before), shorten(change.after))
    return (change.route, *values, change.applications, _is_text(change) and change.place)


def _where(change: ResourceChange, place: Place) -> str:
    return line_at(place, change.place)


def _dotted(route: tuple[str, ...]) -> str:
    text = ""
    for part in route:
        simple = part.startswith("[") or part.replace("-", "").replace("_", "").isalnum()
        text += part if part.startswith("[") else f".{part}" if simple else f"[{part}]"
    return text.lstrip(".")


def _is_text(change: ResourceChange) -> bool:
    values = (change.before, change.after)
    parts = [item for value in values for item in (value if isinstance(value, list) else [value])]
    has_lines = any(isinstance(part, str) and "\n" in part for part in parts)
    return has_lines and all(_text(value) is not None for value in values)


def _text(value: Plain) -> str | None:
    """A text, or the words of a command one below the other."""
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return value if isinstance(value, str) else None


def _became(change: ResourceChange) -> str:
    before, after = change.before, change.after
    if before == after:
        return "is another (its value is not shown)"
    if _is_text(change):
        return _lines_changed(_text(before) or "", _text(after) or "")
    return became(before, after, _value)


def _value(value: Plain) -> str:
    return shorten(value) or '""'


def _lines_changed(before: str, after: str) -> str:
    old, new = before.splitlines(), after.splitlines()
    if len(old) + len(new) > _MOST_LINES:
        return "is another text"
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    changed = [block for block in blocks if block[0] != "equal"]
    gone = sum(end - start for _, start, end, _, _ in changed)
    come = sum(end - start for _, _, _, start, end in changed)
    return f"changes, +{come} -{gone} lines" if changed else "changes in its line ends"

"""How much of an estate was analysed: what every report ends with."""

import re
from collections.abc import Collection, Sequence

from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import NotUnderstood
from graphdoc.model.grouping import first_of, grouped

__all__ = ["Coverage"]

_QUOTED = re.compile(r"'([^']*)'")
_NAMES_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was seen, what was understood, and what was not, with the reason.

    ``applications`` counts rendered Applications, one a cluster; ``resolved`` those whose every
    source was found and rendered. ``charts`` are those in the clones, without those within others;
    ``charts_rendered`` those of them that something renders.
    """

    documents: int = 0
    parsed: int = 0
    kustomizations: int = 0
    rendered: int = 0
    applications: int = 0
    resolved: int = 0
    not_understood: tuple[NotUnderstood, ...] = ()
    charts: int = 0
    charts_rendered: int = 0

    @property
    def kinds(self) -> tuple[tuple[str, tuple[NotUnderstood, ...]], ...]:
        """Reasons that differ only in the names they quote, as one; the commonest first."""
        groups = grouped((_QUOTED.sub("'…'", entry.reason), entry) for entry in self.not_understood)
        ranked = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
        return tuple((_reason(kind, entries), tuple(entries)) for kind, entries in ranked)


def _reason(kind: str, entries: Sequence[NotUnderstood]) -> str:
    reasons = {entry.reason for entry in entries}
    if len(reasons) == 1:
        return reasons.pop()
    names = sorted({match[1] for r in reasons if (match := _QUOTED.search(r)) is not None})
    return f"{_with_common(kind, reasons)}: {first_of(names, _NAMES_SHOWN)}"


def _with_common(kind: str, reasons: Collection[str]) -> str:
    """What all of some reasons quote in one place is said: a command that helps is no name."""
    places = zip(*map(_QUOTED.findall, reasons), strict=True)
    words = iter([names[0] if len(set(names)) == 1 else "…" for names in places])
    return _QUOTED.sub(lambda _: f"'{next(words)}'", kind)

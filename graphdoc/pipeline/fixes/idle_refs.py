"""References to sources that nothing uses, and what is to be taken out."""

from collections.abc import Iterator

from graphdoc.model.dataclass import dataclass
from graphdoc.model.edit import Edit, text_of_span
from graphdoc.model.finding import Finding
from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Scalar, scalars_within
from graphdoc.pipeline.fixes.written import Place, WorkingTrees
from graphdoc.resolve.resolved import ResolvedApplication

__all__ = ["find_idle_refs"]

_RULE = "unused-source-ref"
_NOTHING_ELSE = frozenset({"repoURL", "targetRevision", "ref", "name"})
_RENDERED = frozenset({"path", "chart"})


def find_idle_refs(
    trees: WorkingTrees, findings: tuple[Finding, ...]
) -> Iterator[tuple[Span, Edit]]:
    """The primary place of each finding that can be mended, and the edit that mends it."""
    for finding in findings:
        span = finding.problem.primary.span
        place = trees.find(span) if finding.rule == _RULE else None
        if place is not None and place.mapping is not None and place.items is not None:
            edit = _Removal(trees, place, place.mapping).edit(len(place.items.items))
            if edit is not None:
                yield span, edit


@dataclass(frozen=True, slots=True)
class _Removal:
    trees: WorkingTrees
    place: Place
    source: Mapping

    def edit(self, sources: int) -> Edit | None:
        """The whole source where it has nothing else, or else the line of its ``ref``."""
        key = self.source.keys.get("ref")
        text = self.trees.text(self.place.scalar.span.file)
        if key is None or text is None or not self._is_idle_everywhere():
            return None
        if self.source.entries.keys() <= _NOTHING_ELSE:
            return self._lines(text, self.source.span, "-") if sources > 1 else None
        if not self.source.entries.keys() & _RENDERED:  # Argo CD refuses what would be left
            return None
        return self._lines(text, key._replace(end_line=self.place.scalar.span.line), "")

    def _lines(self, text: str, span: Span, before: str) -> Edit | None:
        """Whole lines, where nothing else stands on them; never those of a template."""
        lines = span._replace(column=1, end_line=span.end_line + 1, end_column=1)
        if span.end_line > text.count("\n"):
            return None
        old = text_of_span(text, lines)
        head = old[: span.column - 1].strip()
        end = self.source.span if before else self.place.scalar.span
        last = old.split("\n")[span.end_line - span.line]
        tail = last[end.end_column - 1 :].strip()
        if head != before or "{{" in old or (tail and not tail.startswith("#")):
            return None
        return Edit(lines, old, "")

    def _is_idle_everywhere(self) -> bool:
        """Whether each Application with this source was read as it is written, and needs no ref."""
        file, span = self.place.scalar.span.file, self.source.span
        for entry in self.trees.estate.applications:
            scalars = [
                s for source in entry.application.sources for s in scalars_within(source.node)
            ]
            inside = any(
                s.span.file == file and span.line <= s.span.line <= span.end_line for s in scalars
            )
            if inside and not self._is_idle(entry, scalars):
                return False
        return True

    def _is_idle(self, entry: ResolvedApplication, scalars: list[Scalar]) -> bool:
        """A patch may count the sources, so none must have had a part in them."""
        ref = self.place.scalar
        if not self.trees.has_brought(entry) or any(s.plugin for s in entry.application.sources):
            return False
        written = all(s.span.file == ref.span.file and not s.earlier for s in scalars)
        used = any(str(s.value).startswith(f"${ref.value}") for s in scalars)
        return written and not used and any(s.span == ref.span for s in scalars)

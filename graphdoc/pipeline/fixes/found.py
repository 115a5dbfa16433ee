"""Findings that can be mended beyond doubt: what to change, as a diff or in the working trees.

Everywhere else the analysed repositories are only read.
"""

from collections.abc import Iterable, Iterator
from difflib import unified_diff

from graphdoc.clone import DiskClone
from graphdoc.clone.rewrite import Rewrite
from graphdoc.graph.impact.generate_paths import find_wrong_paths
from graphdoc.model.dataclass import dataclass
from graphdoc.model.edit import Edit, EditError, apply_edits, text_of_span
from graphdoc.model.finding import Finding
from graphdoc.model.grouping import grouped
from graphdoc.model.location import SourceFile, Span
from graphdoc.pipeline.analysis import Analysis
from graphdoc.pipeline.fixes.idle_refs import find_idle_refs
from graphdoc.pipeline.fixes.misspelt import Spelling
from graphdoc.pipeline.fixes.spare_values import find_spare_values
from graphdoc.pipeline.fixes.written import WorkingTrees

__all__ = ["FileFix", "find_fixes", "is_restorable", "to_diff"]

_FIXABLE = frozenset(
    {
        "missing-kustomize-entry",
        "missing-source-path",
        "missing-values-file",
        "redundant-value",
        "unused-source-ref",
        "wrong-generate-paths",
    }
)


@dataclass(frozen=True, slots=True)
class FileFix(Rewrite):
    """All the changes of one file, and the findings that they mend."""

    findings: tuple[Finding, ...]


def find_fixes(analysis: Analysis) -> tuple[FileFix, ...]:
    """What mends the findings of an analysis, file by file; most findings have no sure remedy."""
    wanted = tuple(finding for finding in analysis.findings if finding.rule in _FIXABLE)
    if not wanted:
        return ()
    trees = WorkingTrees(analysis.estate)
    spelling = Spelling(analysis.estate, trees).edits()
    single = dict((*spelling, *find_idle_refs(trees, wanted), *_find_generate_paths(trees)))
    found = {span: (edit,) for span, edit in single.items()} | dict(find_spare_values(trees))
    edits = grouped(
        (finding.problem.primary.span.file, (finding, edit))
        for finding in wanted
        for edit in found.get(finding.problem.primary.span, ())
    )
    fixes = (_file_fix(trees, file, edits[file]) for file in sorted(edits))
    return tuple(fix for fix in fixes if fix is not None)


def is_restorable(clone: DiskClone) -> bool:
    """Whether Git has all that a clone holds, so that every change can be taken back."""
    return clone.git is not None and not clone.dirty


def to_diff(fixes: Iterable[FileFix]) -> str:
    """All changes as a unified diff; the paths are those of the reports."""
    return "".join(line for fix in fixes for line in _diff(fix))


def _file_fix(
    trees: WorkingTrees, file: SourceFile, mended: tuple[tuple[Finding, Edit], ...]
) -> FileFix | None:
    clone, text = trees.clone(file.repository), trees.text(file)
    if clone is None or text is None:
        return None
    try:
        after = apply_edits(text, {edit for _, edit in mended})
    except EditError:  # two edits in one place: a second run may make the other
        return None
    return FileFix(
        clone, file.path, text, after, tuple(dict.fromkeys(finding for finding, _ in mended))
    )


def _diff(fix: FileFix) -> Iterable[str]:
    before, after = (_lines(text) for text in (fix.before, fix.after))
    for line in unified_diff(before, after, f"a/{fix.place}", f"b/{fix.place}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    """The lines as Git sees them: only a line feed ends one."""
    lines = text.split("\n")
    return [*(f"{line}\n" for line in lines[:-1]), *filter(None, lines[-1:])]


def _find_generate_paths(trees: WorkingTrees) -> Iterator[tuple[Span, Edit]]:
    """The place of each annotation that can be mended, and the edit that mends it.

    One that a template makes, or that its Applications need differently, cannot.
    """
    for wrong in find_wrong_paths(trees.estate):
        place = trees.find(wrong.span)
        text = trees.text(wrong.span.file)
        if wrong.wanted is None or place is None or text is None:
            continue
        old = text_of_span(text, wrong.span)
        new = old.replace(str(wrong.annotation.value), wrong.wanted)
        yield wrong.span, Edit(wrong.span, old, new)

"""Pages that say when they were reviewed, and what changed since of the files that they cover."""

from collections.abc import Iterator, Mapping

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.file_kinds import MARKDOWN
from graphdoc.model.finding import NotUnderstood
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import Mapping as MappingNode
from graphdoc.model.node import Scalar
from graphdoc.parse.markdown import parse_front_matter
from graphdoc.resolve.repositories.contents import every_file, read_bytes
from graphdoc.resolve.repositories.paths import matches_segments
from graphdoc.resolve.resolved import Estate

__all__ = ["Changed", "StaleReview", "find_stale_reviews", "find_undecided_reviews"]

_MARK = b"reviewed:"


@dataclass(frozen=True, slots=True)
class Changed:
    """A file that is not what it was at the review; ``span`` is the entry that covers it."""

    file: SourceFile
    fate: str
    span: Span


@dataclass(frozen=True, slots=True)
class StaleReview:
    """A page whose covered files changed since; ``span`` is the commit that it names."""

    page: SourceFile
    commit: str
    span: Span
    changed: tuple[Changed, ...]


def find_stale_reviews(estate: Estate) -> Iterator[StaleReview]:
    """Every page with a covered file that changed after its review."""
    clones = estate.clones_by_name
    for review in _reviews(estate):
        found: dict[tuple[Span, str], list[Changed]] = {}
        for entry in review.entries:
            commit = review.commit(entry)
            if commit is not None and entry.repository in clones:
                key = (commit.span, str(commit.value))
                found.setdefault(key, []).extend(_changed(clones[entry.repository], entry, key[1]))
        for (span, text), changed in found.items():
            if changed:
                yield StaleReview(review.page, text, span, tuple(sorted(changed, key=_order)))


def find_undecided_reviews(estate: Estate) -> Iterator[NotUnderstood]:
    """The commits of reviews that the clone of a covered file does not have."""
    clones = estate.clones_by_name
    for review in _reviews(estate):
        for entry in review.entries:
            commit, clone = review.commit(entry), clones.get(entry.repository)
            if commit is not None and clone is not None and clone.at(str(commit.value)) is None:
                reason = f"repository '{clone.name}' has no commit '{commit.value}' of a review"
                yield NotUnderstood(commit.span, reason)


@dataclass(frozen=True, slots=True)
class _Entry:
    repository: str
    path: str
    span: Span

    def covers(self, path: str) -> bool:
        """Whether a file is the entry's own, lies in its folder, or fits its pattern."""
        is_below = not self.path or path.startswith(f"{self.path}/")
        return path == self.path or is_below or matches_segments(path, self.path)


@dataclass(frozen=True, slots=True)
class _Review:
    page: SourceFile
    entries: tuple[_Entry, ...]
    commits: Mapping[str, Scalar]

    def commit(self, entry: _Entry) -> Scalar | None:
        """The commit for a repository of its own, or else the one for all."""
        return self.commits.get(entry.repository) or self.commits.get("")


def _reviews(estate: Estate) -> Iterator[_Review]:
    for clone, path in every_file(estate.document_clones):
        if not path.lower().endswith(MARKDOWN):
            continue
        page = SourceFile(clone.name, path)
        front = _front_matter(clone, page)
        if front is not None:
            yield _Review(page, tuple(_entries(front)), _commits(front))


def _front_matter(clone: Clone, page: SourceFile) -> MappingNode | None:
    data = read_bytes(clone, page.path)
    return parse_front_matter(data, page) if _MARK in data else None


def _entries(front: MappingNode) -> Iterator[_Entry]:
    for item in front.items_at("covers"):
        if isinstance(item, Scalar) and isinstance(item.value, str):
            repository, _, path = item.value.strip("/").partition("/")
            yield _Entry(repository, path, item.span)


def _commits(front: MappingNode) -> dict[str, Scalar]:
    """One commit for all, under no name, or one for each repository; as written, be it a number."""
    reviewed = front.find("reviewed")
    named = reviewed.entries if isinstance(reviewed, MappingNode) else {"": reviewed}
    return {
        name: node._replace(value=node.value if isinstance(node.value, str) else node.text)
        for name, node in named.items()
        if isinstance(node, Scalar) and node.value not in (None, "")
    }


def _changed(clone: Clone, entry: _Entry, commit: str) -> Iterator[Changed]:
    then = clone.at(commit)
    if then is None:
        return
    before, after = ({p for p in c.files if entry.covers(p)} for c in (then, clone))
    if not before | after:
        yield Changed(SourceFile(clone.name, entry.path), "leads to no file", entry.span)
    for path in sorted(before | after):
        fate = "was removed" if path not in after else "was added" if path not in before else ""
        if not fate and read_bytes(then, path) != read_bytes(clone, path):
            fate = "changed"
        if fate:
            yield Changed(SourceFile(clone.name, path), f"{fate} since", entry.span)


def _order(changed: Changed) -> tuple[Span, SourceFile]:
    return (changed.span, changed.file)

"""The directories of kustomizations: how they are named, and where they lie in truth."""

import posixpath
import re
from collections.abc import Iterable, Iterator

from graphdoc.model.clone import Clone, UnreadableError
from graphdoc.model.dataclass import dataclass
from graphdoc.model.kustomize import KUSTOMIZATION_NAMES
from graphdoc.model.location import SourceFile, Span, file_start
from graphdoc.resolve.kustomize.resources.trees import NotUnderstoodError

__all__ = [
    "Root", "is_inside", "is_kustomization", "is_remote", "is_within", "kustomization_start",
    "refuse_outside", "resolve", "root_at", "shown_at",
]  # fmt: skip


_REMOTE = re.compile(
    r"(git::|gh:|ssh://|https?://|git@|file://|org-[0-9]+@)|"
    r"([\w.-]+@)?(github\.com|gitlab\.com|bitbucket\.org)[/:]|git@[\w.-]+:",
    re.IGNORECASE,
)


def is_remote(entry: str) -> bool:
    """Whether Kustomize would fetch what the entry names."""
    return _REMOTE.match(entry) is not None


def is_kustomization(clone: Clone, directory: str) -> str | None:
    """The name of the directory's kustomization file, if it has one."""
    base = f"{directory}/" if directory else ""
    for name in KUSTOMIZATION_NAMES:
        if clone.is_file(base + name):
            return name
    return None


def resolve(directory: str, entry: str) -> str | None:
    """Where an entry leads within its clone; ``None`` where it leaves it."""
    if entry.startswith("/"):
        return None
    path = posixpath.normpath(posixpath.join(directory, entry))
    if path == ".." or path.startswith("../"):
        return None
    return "" if path == "." else path


def is_within(path: str, directory: str) -> bool:
    """Whether a path is the directory or lies below it."""
    return not directory or path == directory or path.startswith(f"{directory}/")


@dataclass(frozen=True, slots=True)
class Root:
    """The directory of one kustomization."""

    clone: Clone
    directory: str

    @property
    def key(self) -> tuple[str, str]:
        """What tells it apart; a clone at another revision is another."""
        state = "+" if self.clone.dirty else ""
        return (f"{self.clone.name}@{self.clone.commit}{state}", self.directory)


def root_at(clone: Clone, path: str) -> Root:
    """The kustomization in a directory, where it lies in truth: its paths start from there."""
    try:
        return Root(clone, clone.real_path(path))
    except UnreadableError:
        return Root(clone, path)


def is_inside(root: Root, path: str) -> bool:
    """Whether a file lies in or below the kustomization's directory, links followed."""
    try:
        return is_within(root.clone.real_path(path), root.directory)
    except UnreadableError:
        return False


def refuse_outside(clone: Clone, path: str | None, span: Span) -> None:
    """What a link shows that leaves the clone is not looked at."""
    try:
        clone.real_path(path or "")
    except UnreadableError as error:
        raise NotUnderstoodError(error.reason, span) from error


def shown_at(files: Iterable[SourceFile], root: Root, path: str) -> Iterator[SourceFile]:
    """The files of a directory once more, where a link shows them."""
    name, directory = root.clone.name, root.directory
    for file in files if directory != path else ():
        if file.repository == name and is_within(file.path, directory):
            inner = posixpath.relpath(file.path, directory or ".")
            yield SourceFile(name, posixpath.join(path, inner))


def kustomization_start(root: Root) -> Span:
    """The first character of a directory's kustomization file, which may be missing."""
    name = is_kustomization(root.clone, root.directory) or KUSTOMIZATION_NAMES[0]
    return file_start(SourceFile(root.clone.name, posixpath.join(root.directory, name)))

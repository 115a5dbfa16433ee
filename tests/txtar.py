"""Repositories as text: a test writes its whole estate in one string, after Go's txtar format.

``-- repository/path --`` starts a file; ``-- repository@revision/path --`` one of another branch,
tag or commit. A text without such lines is the single file ``platform/manifests.yaml``. A comment
``# expect: rule-id`` marks the line where a rule must report, ``# expect: a, b`` two of them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from graphdoc.model.clone import Clone, UnreadableError
from graphdoc.model.location import SourceFile, Span

_SECTION = re.compile(r"^-- (?P<repository>[^/@ ]+)(?:@(?P<revision>[^/ ]+))?/(?P<path>\S+) --$")
_EXPECT = re.compile(r"#\s*expect:\s*(?P<rules>[a-z, -]+)")
_COMMIT = "c0ffee" + "0" * 34


class Expectation(NamedTuple):
    """One rule that must report on one line."""

    file: str
    line: int
    rule: str


@dataclass(eq=False)
class MemoryClone:
    """A clone that lives in a mapping of paths to bytes, on branch ``main``."""

    name: str
    contents: Mapping[str, bytes]
    revisions: Mapping[str, "MemoryClone"] = field(default_factory=dict)
    urls: tuple[str, ...] = ()
    path: str = ""
    commit: str | None = _COMMIT
    branch: str | None = "main"
    dirty: bool = False
    knows_all_revisions: bool = True
    unread: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.urls = self.urls or (f"https://git.example.com/{self.name}",)
        self.path = self.path or self.name

    @property
    def files(self) -> tuple[str, ...]:
        """Every file, sorted."""
        return tuple(sorted(self.contents))

    def read(self, path: str) -> bytes:
        """The bytes of one file."""
        if path not in self.contents:
            raise UnreadableError(SourceFile(self.name, path), "no such file")
        return self.contents[path]

    def is_file(self, path: str) -> bool:
        """Whether the path is a file."""
        return path in self.contents

    def real_path(self, path: str) -> str:
        """The path itself."""
        return path

    def is_directory(self, path: str) -> bool:
        """Whether any file lies below the path."""
        return path == "" or any(file.startswith(f"{path}/") for file in self.contents)

    def children(self, directory: str) -> tuple[str, ...]:
        """The names directly in a directory, sorted."""
        prefix = f"{directory}/" if directory else ""
        below = (file[len(prefix) :] for file in self.contents if file.startswith(prefix))
        return tuple(sorted({rest.partition("/")[0] for rest in below}))

    def at(self, revision: str) -> "MemoryClone | None":
        """The clone itself for its own revision, else one of ``revisions``."""
        known = {"", "HEAD", self.branch, self.commit}
        return self if revision in known else self.revisions.get(revision)


def read_clones(text: str) -> tuple[MemoryClone, ...]:
    """The repositories that a text describes, sorted by name."""
    trees: dict[str, dict[str | None, dict[str, bytes]]] = {}
    for (repository, revision, path), lines in _sections(text).items():
        tree = trees.setdefault(repository, {}).setdefault(revision, {})
        tree[path] = "".join(lines).encode()
    return tuple(_clone(name, trees[name]) for name in sorted(trees))


def expectations(text: str) -> set[Expectation]:
    """Every expected finding of a text."""
    return {
        Expectation(f"{repository}/{path}", number, rule.strip())
        for (repository, _, path), lines in _sections(text).items()
        for number, line in enumerate(lines, start=1)
        for match in _EXPECT.finditer(line)
        for rule in match["rules"].split(",")
    }


def underlined(clones: tuple[Clone, ...], span: Span) -> str:
    """The text that a span of one line covers."""
    (clone,) = (clone for clone in clones if clone.name == span.file.repository)
    lines = clone.read(span.file.path).decode().splitlines()
    return lines[span.line - 1][span.column - 1 : span.end_column - 1]


def _clone(name: str, revisions: Mapping[str | None, dict[str, bytes]]) -> MemoryClone:
    others = {
        revision: MemoryClone(name, tree, commit=None, branch=revision)
        for revision, tree in revisions.items()
        if revision is not None
    }
    return MemoryClone(name, revisions.get(None, {}), others)


def _sections(text: str) -> dict[tuple[str, str | None, str], list[str]]:
    key: tuple[str, str | None, str] = ("platform", None, "manifests.yaml")
    found: dict[tuple[str, str | None, str], list[str]] = {}
    for line, match in _lines(text):
        if match:
            key = (match["repository"], match["revision"], match["path"])
            found[key] = []
        elif key in found or line.strip():
            found.setdefault(key, []).append(line)
    return found


def _lines(text: str) -> Iterator[tuple[str, re.Match[str] | None]]:
    for line in text.splitlines(keepends=True):
        yield line, _SECTION.match(line.rstrip("\n"))

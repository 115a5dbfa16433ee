"""Files that were meant to stay on somebody's machine."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from posixpath import basename, dirname

from graphdoc.model.clone import Clone, UnreadableError
from graphdoc.model.location import SourceFile, Span
from graphdoc.resolve.fixtures import is_fixture
from graphdoc.resolve.paths import matches_segments

__all__ = ["PrivateFile", "find_private_files"]

# Patterns of .gitignore that keep something confidential local; build output is none.
_CONFIDENTIAL = re.compile(
    r"private|secret|credential|kubeconfig|passw|\.(?:key|pem|p12|pfx|env)\b|(?:^|/)id_",
    re.IGNORECASE,
)
_KEY_FILE = re.compile(rb"\A\s*-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----")
_HARMLESS = re.compile(
    r"^\.git(?:keep|ignore)$|^README|(?:^|[-_.])(?:example|sample|template|dist)s?(?:[-_.]|$)"
)
_YAML = (".yaml", ".yml", ".json")
_SEALED = re.compile(r"\b(?:Cluster)?(?:Sealed|External)Secret\b|\bENC\[AES|^sops:", re.MULTILINE)
_HEAD = 200


@dataclass(frozen=True, slots=True)
class PrivateFile:
    """A committed file; ``rule`` is the line of .gitignore that keeps it local."""

    file: SourceFile
    reason: str
    rule: Span | None


@dataclass(frozen=True, slots=True)
class _Ignore:
    """One line of a .gitignore, as a glob from the repository's root."""

    glob: str
    negated: bool
    span: Span

    @property
    def keeps_confidential(self) -> bool:
        """Whether what it matches was meant to be kept from others."""
        return not self.negated and _CONFIDENTIAL.search(self.glob) is not None

    def matches(self, path: str) -> bool:
        """Whether the file is, or lies below, what the line names."""
        return matches_segments(path, f"{self.glob}/**")  # which is the folder itself, too


def find_private_files(clones: Iterable[Clone]) -> Iterator[PrivateFile]:
    """Every committed file that .gitignore keeps local, and every private key."""
    for clone in clones:
        ignores = [ignore for path in clone.files for ignore in _ignores(clone, path)]
        for path in clone.files:
            if is_fixture(path) or _HARMLESS.search(basename(path)):
                continue
            file = SourceFile(clone.name, path)
            last = next((i for i in reversed(ignores) if i.matches(path)), None)
            if last is not None and last.keeps_confidential and not _is_sealed(clone, path):
                yield PrivateFile(file, "though .gitignore keeps it local", last.span)
            elif _is_key(clone, path):
                yield PrivateFile(file, "and is a private key", None)


def _ignores(clone: Clone, path: str) -> Iterator[_Ignore]:
    if basename(path) != ".gitignore":
        return
    home = f"{dirname(path)}/" if dirname(path) else ""
    for number, line in enumerate(_text(clone, path).splitlines(), start=1):
        pattern = line.split("  #")[0].strip()
        if not pattern or pattern.startswith("#"):
            continue
        negated = pattern.startswith("!")
        bare = pattern.removeprefix("!").rstrip("/")
        anchored = bare.startswith("/") or "/" in bare
        glob = home + (bare.lstrip("/") if anchored else f"**/{bare}")
        span = Span(SourceFile(clone.name, path), number, 1, number, len(line) + 1)
        yield _Ignore(glob, negated, span)


def _is_sealed(clone: Clone, path: str) -> bool:
    """Whether what is in the file is encrypted, or only says where the values are."""
    return path.endswith(_YAML) and _SEALED.search(_text(clone, path)) is not None


def _is_key(clone: Clone, path: str) -> bool:
    try:
        return _KEY_FILE.match(clone.read(path)[:_HEAD]) is not None
    except UnreadableError:
        return False


def _text(clone: Clone, path: str) -> str:
    try:
        return clone.read(path).decode("utf-8", "replace")
    except UnreadableError:
        return ""

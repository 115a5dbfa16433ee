"""Files that were meant to stay on somebody's machine."""

import re
from collections.abc import Iterable, Iterator
from posixpath import basename

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.location import SourceFile, Span
from graphdoc.resolve.repositories.contents import read_text, skim_bytes
from graphdoc.resolve.repositories.fixtures import is_fixture
from graphdoc.resolve.repositories.ignored import Ignored

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


def find_private_files(clones: Iterable[Clone]) -> Iterator[PrivateFile]:
    """Every committed file that .gitignore keeps local, and every private key."""
    for clone in clones:
        ignored = Ignored(clone)
        for path in clone.files:
            if is_fixture(path) or _HARMLESS.search(basename(path)):
                continue
            file = SourceFile(clone.name, path)
            rule = ignored.rule(path)
            is_private = rule is not None and _CONFIDENTIAL.search(rule.glob) is not None
            if rule is not None and is_private and not _is_sealed(clone, path):
                yield PrivateFile(file, "though .gitignore keeps it local", rule.span)
            elif _KEY_FILE.match(skim_bytes(clone, path)[:_HEAD]) is not None:
                yield PrivateFile(file, "and is a private key", None)


def _is_sealed(clone: Clone, path: str) -> bool:
    """Whether what is in the file is encrypted, or only says where the values are."""
    return path.endswith(_YAML) and _SEALED.search(read_text(clone, path)) is not None

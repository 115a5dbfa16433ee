"""Which files the commands of a repository write: in scripts, pipelines and plugins' settings."""

import re
from functools import lru_cache

from graphdoc.model.clone import Clone
from graphdoc.model.location import SourceFile
from graphdoc.resolve.repositories.contents import lines_naming_files, skim_bytes

__all__ = ["find_written_files"]

_NAMES = ("Makefile", "makefile", "GNUmakefile", "justfile", "Justfile", "Jenkinsfile")
_ENDINGS = (".sh", ".bash", ".ps1", ".mk", ".just", ".py", ".yaml", ".yml")
_WRITTEN = re.compile(
    r"(?:(?<![-=<>])>{1,2}|\btee\b|(?:\s-o|--output|-OutFile)[ =])[ \t]*[\"']?"
    r"(?:[\w.${}~-]*/)*(?P<name>[\w.-]+\.(?:ya?ml|json))\b"
)


@lru_cache(maxsize=2)
def find_written_files(clones: tuple[Clone, ...]) -> dict[tuple[str, str], SourceFile]:
    """The first file whose commands write one, by repository and the written file's name."""
    found: dict[tuple[str, str], SourceFile] = {}
    for clone in clones:
        for file in (SourceFile(clone.name, path) for path in clone.files if _has_commands(path)):
            lines = b"\n".join(lines_naming_files(skim_bytes(clone, file.path)))
            for match in _WRITTEN.finditer("\n" + lines.decode("utf-8", "replace")):
                found.setdefault((clone.name, match["name"]), file)
    return found


def _has_commands(path: str) -> bool:
    return path.endswith(_ENDINGS) or path.rpartition("/")[2] in _NAMES

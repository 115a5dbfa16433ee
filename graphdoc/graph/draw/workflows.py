"""CI workflows that write into values files, read as the lines of shell that they mostly are."""

import re
from collections.abc import Iterator
from posixpath import basename, join, normpath

from graphdoc.graph.draw.drawing import Drawing
from graphdoc.graph.repo_graph import EdgeKind
from graphdoc.model.clone import Clone
from graphdoc.model.file_kinds import YAML, is_pipeline
from graphdoc.model.location import SourceFile, Span
from graphdoc.resolve.repositories.contents import every_file, read_text
from graphdoc.resolve.resolved import Estate

__all__ = ["draw_workflows"]

# Where another shell begins, in the folder that it is given.
_STEP = re.compile(r"\s*-\s+[a-z-]+:|[\w.-][\w. -]*:\s*$")
_FOLDER = re.compile(r"(?:\s*working-directory:|.*?\bcd)\s+[\"']?(?P<path>[^\s\"';&|]+)")
_COMMANDS = re.compile(r"&&|\|\|?|;")
_WORD = re.compile(r"[^\s\"'`=:,(){}<>;&|]+")
# A comment, or a filter of paths, under which a workflow runs at all.
_IDLE = re.compile(r"\s*#.*|\s*-\s*[\"']?[^\s\"']+[\"']?\s*")
_IN_PLACE = re.compile(r"\s(?:-\w*i\w*|--in-?place)\b")
_LONGEST = 5000  # letters of a line; each of its words is looked at with all around it
_EDITORS = frozenset({"awk", "sed", "yq"})
_READERS = _EDITORS | frozenset(
    """
    [ [[ cat ct diff docker echo egrep grep head helm if jq kubeconform kubectl less ls sha256sum
    tail test wc yamllint
    """.split()  # noqa: SIM905 -- reads better than twenty quoted words
)


def draw_workflows(drawing: Drawing, estate: Estate) -> None:
    """Each workflow that writes image tags, or anything else, into a file that is layered."""
    layered = sorted({file for source in estate.sources for file in source.layered_files})
    written = (
        write
        for clone, path in every_file(estate.clones)
        if is_pipeline(path)
        for write in _writes(clone, path, layered)
    )
    for span, file in written:
        name = basename(span.file.path)
        id_ = drawing.node(f"file:{span.file}", name, [span], attributes={"kind": "workflow"})
        drawing.edge(id_, EdgeKind.WRITES, f"values:{file}", [span])


def _writes(
    clone: Clone, path: str, layered: list[SourceFile]
) -> Iterator[tuple[Span, SourceFile]]:
    place, folder, command = SourceFile(clone.name, path), "", ""
    for number, line in enumerate(read_text(clone, path).splitlines(), start=1):
        folder = "" if _STEP.match(line) else folder
        moved = _FOLDER.match(line)
        folder = join(folder, moved["path"]) if moved else folder
        for word in _named_files(command, line):
            span = Span(place, number, word.start() + 1, number, word.end() + 1)
            named = normpath(join(folder, word[0]))
            yield from ((span, file) for file in layered if _is_meant(named, file, clone))
        command = f"{command}{line[:-1]} "[:_LONGEST] if line.endswith("\\") else ""


def _named_files(command: str, line: str) -> Iterator[re.Match[str]]:
    """The files of a line, which continues a command, that it may write to."""
    if len(line) > _LONGEST or (not command and _IDLE.fullmatch(line)):
        return
    for word in _WORD.finditer(line):
        is_file = word[0].endswith(YAML)
        if is_file and _may_write(command + line[: word.start()], line[word.start() :]):
            yield word


def _may_write(before: str, rest: str) -> bool:
    """Whether the command that names a file is none that only reads it."""
    start = _COMMANDS.split(before)[-1]
    words = start.replace("- ", " ").replace("run:", " ").split()
    if not words or words[0] not in _READERS or start.rstrip().endswith(">"):
        return True
    return words[0] in _EDITORS and bool(_IN_PLACE.search(f"{start}{_COMMANDS.split(rest)[0]}"))


def _is_meant(named: str, file: SourceFile, here: Clone) -> bool:
    """Whether a path, in whatever folder the clone lies, leads to a file."""
    folder, found, rest = named.rpartition(file.path)
    if not found or rest or (folder and not folder.endswith("/")):
        return False
    if "/" in file.path:
        return True
    return file.repository == (basename(folder[:-1]) if folder else here.name)  # many have one

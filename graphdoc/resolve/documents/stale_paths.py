"""What handwritten documents say of the repositories' files, and whether it is so."""

import re
from collections.abc import Iterable, Iterator
from posixpath import dirname, relpath
from typing import TypeAlias
from urllib.parse import unquote

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.file_kinds import MARKDOWN
from graphdoc.model.grouping import grouped
from graphdoc.model.location import SourceFile, Span
from graphdoc.parse.markdown import Document, Fence, Line, Word, code_in, links_in, parse_markdown
from graphdoc.resolve.documents.copies import Copies
from graphdoc.resolve.documents.examples import Example, examples_in
from graphdoc.resolve.documents.known_paths import KnownPaths
from graphdoc.resolve.documents.made import find_made
from graphdoc.resolve.documents.names import KnownNames, Named, names_in_tables
from graphdoc.resolve.documents.speech import (
    SHELL,
    arguments_in,
    denies_existence,
    folder_changed_to,
    goes_away,
    is_common,
    is_history,
    is_of_other_times,
    is_path,
    is_placeholder,
    names_a_file,
    sets_a_scene,
    supposes,
)
from graphdoc.resolve.documents.trees import Entry, Tree, expand_braces, find_trees
from graphdoc.resolve.documents.urls import KnownAddresses, addresses_in, repositories_in
from graphdoc.resolve.names.near_paths import likeness, nearest_file, nearest_folder
from graphdoc.resolve.repositories.contents import every_file, skim_text
from graphdoc.resolve.repositories.paths import join_path, normalise
from graphdoc.resolve.resolved import Estate

__all__ = ["ABSENT", "StalePath", "find_stale_paths"]

ABSENT = "which does not exist"
_COMMANDS = SHELL | {"yaml", "yml"}
_MUCH_ALIKE = 0.8
_NO_PATH = re.compile(r"\s|:")  # an Application by its name, an address
_Said: TypeAlias = tuple[str, str, Word]
_LEAD = 500  # more of what comes before a list says no more of it
_LIST = re.compile(r"\s*(?:[-*+]|\d+[.)])\s|\s*\|")


@dataclass(frozen=True, slots=True)
class StalePath:
    """Something that a document names and that is not so, with every place that names it there.

    ``nearest`` is what it probably means, as the document would name it.
    """

    path: str
    spans: tuple[Span, ...]
    fault: str = ABSENT
    nearest: str = ""


@dataclass(frozen=True, slots=True)
class _Known:
    """All that documents may rightly name."""

    paths: KnownPaths
    names: KnownNames
    addresses: KnownAddresses
    sites: frozenset[str]
    clones: tuple[Clone, ...]


def find_stale_paths(estate: Estate) -> Iterator[StalePath]:
    """Every path, address and name that a document means for the estate and that is not there."""
    clones = estate.document_clones
    sites = frozenset(clone.name for clone in estate.documents)
    copies = Copies(estate)
    known = _Known(KnownPaths(clones), KnownNames.of(estate), KnownAddresses(estate), sites, clones)
    for clone, path in every_file(clones):
        is_read = path.lower().endswith(MARKDOWN) and not is_history(path)
        if is_read and not copies.has(clone, path):
            yield from _in_document(known, clone, path)


def _in_document(known: _Known, clone: Clone, path: str) -> Iterator[StalePath]:
    document = parse_markdown(skim_text(clone, path))
    page = SourceFile(clone.name, path)
    found = grouped(
        ((said, fault), Span(page, line, column, line, column + len(text)))
        for said, fault, (line, column, text) in _said(known, clone, path, document)
    )
    clones = {one.name: one for one in known.clones}
    for said, fault in sorted(found):
        near = _nearest(known.paths, clones, page, said)
        yield StalePath(said, tuple(sorted({*found[said, fault]})), fault, near)


def _nearest(known: KnownPaths, clones: dict[str, Clone], page: SourceFile, said: str) -> str:
    """The path that is there and much like the one that a page names, as it would name it."""
    bare = unquote(said.partition("#")[0]).rstrip("/")
    readings = tuple(known.readings(page.repository, dirname(page.path), bare))
    if "/" not in bare or _NO_PATH.search(bare) or not readings:
        return ""
    name, place = max(readings, key=lambda reading: known.depth(*reading))
    find = nearest_file if names_a_file(bare) else nearest_folder
    near = find(clones[name], place)
    if not near or likeness(near, place) < _MUCH_ALIKE:
        return ""
    is_relative = name == page.repository and place != normalise(bare)
    return relpath(near, dirname(page.path) or ".") if is_relative else near


def _said(known: _Known, clone: Clone, path: str, document: Document) -> Iterator[_Said]:
    """All that a document names wrongly: how it is called, what is wrong, and the words."""
    reader = _Reader(known.paths, clone.name, dirname(path), known.sites)
    made = find_made(known.paths, clone.name, dirname(path), document.fences)
    words = list(reader.in_prose(document.prose))
    for fence in document.fences:
        words += () if _is_supposed(document, fence) else reader.in_trees(fence)
        words += reader.in_commands(fence)
        for kind, word in reader.in_application_trees(known.names, fence):
            yield f"{kind} {word.text}", ABSENT, word
    texts = ((word.text.removeprefix("./").rstrip("/"), word) for word in words)
    yield from ((text, ABSENT, word) for text, word in texts if not made.has(text))
    for kind, word in names_in_tables(known.names, document.prose):
        yield f"{kind} {word.text}", ABSENT, word
    for line in (*document.prose, *(line for fence in document.fences for line in fence.lines)):
        yield from ((said, ABSENT, word) for said, word in reader.in_examples(line))
        addresses = (word for word in addresses_in(line) if not made.has(word.text))
        yield from _wrong_addresses(known, line, addresses)


def _wrong_addresses(known: _Known, line: Line, addresses: Iterable[Word]) -> Iterator[_Said]:
    for word in addresses:
        fault = known.addresses.fault(word)
        if fault is not None and not is_of_other_times(line.text.replace(word.text, "")):
            yield word.text, fault, word


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one document of the folder ``near``; every method yields what is not so."""

    known: KnownPaths
    clone: str
    near: str
    sites: frozenset[str]

    def in_prose(self, lines: tuple[Line, ...]) -> Iterator[Word]:
        """Inline code and links; a list is read with the line that leads to it."""
        for line in lines:
            yield from (word for word in links_in(line) if self._is_dead(word.text))
        stale = list(self._stale_code(lines))
        denied = frozenset(_denied(lines) if stale else ())
        of_others = bool(stale) and self._is_of_others(lines)
        for line, lead, words in stale:
            if line.number in denied or is_of_other_times(f"{lead} {line.text}"):
                continue
            for word in words:
                if not is_common(word.text) or (not of_others and self._is_ours(word.text)):
                    yield word

    def _stale_code(self, lines: tuple[Line, ...]) -> Iterator[tuple[Line, str, list[Word]]]:
        """Each line whose inline code is stale, with what leads to it."""
        lead = before = ""
        is_step = False
        for line in lines:
            starts = not line.text.strip() or _LIST.match(line.text) is not None
            is_step = sets_a_scene(line.text) or (is_step and not starts)
            if line.text.strip() and not _LIST.match(line.text):
                lead = line.text[:_LEAD]
            elif line.text.startswith("|") and not before.startswith("|"):
                lead = f"{lead} {line.text}"[:_LEAD]
            before = line.text
            stale = [word for word in code_in(line) if self._is_stale(word.text)]
            if stale and not is_step:
                yield line, lead, stale

    def in_trees(self, fence: Fence) -> Iterator[Word]:
        """The lines of drawn trees; what lies below a missing folder is not told of again."""
        for tree in find_trees(fence):
            base = self._base(tree)
            for path, word in _lasting(tree, fence) if base is not None else ():
                if base is not None and path is not None:
                    yield from [word] if self._is_missing(*base, path) else []

    def in_application_trees(self, known: KnownNames, fence: Fence) -> Iterator[Named]:
        """The lines of trees that draw no folder, but what Applications manage."""
        for tree in find_trees(fence):
            if self._base(tree) is None:
                words = [entry.word for entry in _lasting(tree, fence) if entry.word.text]
                yield from known.stale("Application", words)

    def in_examples(self, line: Line) -> Iterator[Example]:
        """Examples of a pattern that are not there although another one is."""
        for examples in examples_in(line):
            there = [e for e in examples if self._is_there(e.path)]
            yield from (e for e in examples if there and not self._is_there(e.path))

    def in_commands(self, fence: Fence) -> Iterator[Word]:
        """What commands read; behind a change of folder nobody knows what a path means."""
        made: set[str] = set()
        for line in fence.lines if fence.language in _COMMANDS else ():
            folder = folder_changed_to(line)
            if folder is not None:
                yield from [folder] if self._is_stale(f"{folder.text.rstrip('/')}/") else []
                return
            for word, makes in arguments_in(line) if fence.language in SHELL else ():
                made |= {word.text} if makes else set()
                if self._is_stale(word.text) and (word.text not in made or self._is_odd(word.text)):
                    yield word
            if goes_away(line):
                return

    def _is_ours(self, text: str) -> bool:
        """Whether a path of a folder that all projects have fits in beside what is there."""
        path = text.removeprefix("./")
        return not path.startswith(".") and self.known.has_files_like(self.clone, path)

    def _is_of_others(self, lines: tuple[Line, ...]) -> bool:
        """Whether a document speaks of a repository that is not analysed."""
        named = (name for line in lines for name in repositories_in(line))
        return any(self.known.clone_named(name) is None for name in named)

    def _is_stale(self, text: str) -> bool:
        """Whether a word means a path of the repositories that is not there."""
        paths = expand_braces(text) if is_path(text) else ()
        return any(not self._is_form(path) and self._is_absent(path) for path in paths)

    def _is_form(self, path: str) -> bool:
        """Whether it stands for others: folders that are there do not, however they are called."""
        if not is_placeholder(path):
            return False
        parts = path.split("/")
        ends = range(len(parts) - 1, 0, -1)
        known = next((end for end in ends if self._is_there("/".join(parts[:end]))), 0)
        return is_placeholder("/".join(parts[known:]))

    def _is_absent(self, text: str) -> bool:
        path = normalise(text) or ""
        readings = tuple(self.known.readings(self.clone, self.near, text.rstrip("/")))
        if any(self.known.has(*reading) for reading in readings) or self.known.is_anywhere(path):
            return False
        first, _, rest = path.partition("/")
        if self.known.clone_named(first) is not None:
            return bool(rest) and names_a_file(text)
        return any(self._is_meant(base, path, text) for base in ("", self.near))

    def _is_meant(self, base: str, path: str, text: str) -> bool:
        """Whether the first folders of a path are there: one of a file's, two of another's."""
        parts = path.split("/")
        wanted = 1 if names_a_file(text) else 2
        start = normalise(f"{base}/{'/'.join(parts[:wanted])}")
        return self.known.has_files_below(self.clone, start or "?")

    def _is_odd(self, text: str) -> bool:
        """Whether what a command makes would lie in a folder that holds nothing but folders."""
        folder = dirname(text.removeprefix("./"))
        places = (folder, join_path(self.near, folder) or folder)
        return not any(self.known.has_files_in(self.clone, place) for place in places)

    def _is_there(self, path: str) -> bool:
        readings = self.known.readings(self.clone, self.near, path.rstrip("/"))
        return any(self.known.has(*reading) for reading in readings)

    def _is_dead(self, target: str) -> bool:
        """Whether a relative link leads to no file; a site may make the pages that it links to."""
        path = unquote(target.partition("#")[0].partition("?")[0])
        if (
            self.clone in self.sites
            or ":" in path
            or path.startswith("/")
            or is_placeholder(path)
            or path.endswith("/")
        ):
            return False
        readings = tuple(self.known.readings(self.clone, self.near, path))
        found = any(self.known.has(*reading) for reading in readings)
        return bool(readings) and names_a_file(path) and not found

    def _base(self, tree: Tree) -> tuple[str, str] | None:
        """The folder that a tree draws, as clone and path; ``None`` where it is not one of ours.

        At least half of the first names must be there.
        """
        first = [path for path, _ in tree.entries if path is not None and "/" not in path]
        scored = [(self._score(base, first), base) for base in self._bases(tree.root)]
        score, base = max(scored, key=lambda pair: pair[0], default=(0, None))
        return base if score * 2 >= len(first) and score > 0 else None

    def _bases(self, root: str) -> Iterator[tuple[str, str]]:
        clone = self.known.clone_named(root.partition("/")[0])
        if clone is not None:
            yield clone, root.partition("/")[2]
        if root in {"", ".", "?"}:
            yield self.clone, ""
            yield self.clone, self.near
        else:
            yield from self.known.readings(self.clone, self.near, root)

    def _score(self, base: tuple[str, str], names: list[str]) -> int:
        clone, folder = base
        return sum(self.known.has(clone, f"{folder}/{name}".strip("/")) for name in names)

    def _is_missing(self, clone: str, folder: str, path: str) -> bool:
        """Whether a name of a tree is not there although the folder above it is."""
        above = f"{folder}/{dirname(path)}".strip("/")
        paths = expand_braces(path) if self.known.has(clone, above) else ()
        wanted = (f"{folder}/{one}".strip("/") for one in paths if not is_placeholder(one))
        return any(not self.known.has(clone, one) for one in wanted)


def _denied(lines: tuple[Line, ...]) -> Iterator[int]:
    """The lines of paragraphs which say that what they name is not there; an item is one."""
    paragraph: list[Line] = []
    for line in (*lines, None):
        text = line.text.lstrip("> ") if line is not None else ""
        if not text.strip() or _LIST.match(text):
            joined = " ".join(part.text.lstrip("> ") for part in paragraph)
            yield from (part.number for part in paragraph) if denies_existence(joined) else ()
            paragraph = []
        if line is not None:
            paragraph.append(line)


def _is_supposed(document: Document, fence: Fence) -> bool:
    """Whether the line that leads to a block says that it may be so, not that it is."""
    start = fence.lines[0].number if fence.lines else 0
    above = (line.text for line in reversed(document.prose) if line.number < start)
    return supposes(next(filter(str.strip, above), "")[:_LEAD])


def _lasting(tree: Tree, fence: Fence) -> Iterator[Entry]:
    """The entries of a tree whose remarks do not speak of other times."""
    for entry in tree.entries:
        line = fence.lines[entry.word.line - fence.lines[0].number]
        remark = line.text[entry.word.column - 1 + len(entry.word.text) :]
        if not is_of_other_times(remark):
            yield entry

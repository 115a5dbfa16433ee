"""Words of the glossary on generated pages: the first use of each says what the word means.

Only sentences are looked at: what stands in a file, a name or a link is left as it is, and so is a
word that something in the estate is called by.
"""

import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import NamedTuple

from graphdoc.graph.repo_graph import NodeKind
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.writing.text import escape

__all__ = ["explained", "glossary_words"]

_TOKEN = re.compile(r"<(/?)([a-z][a-z0-9]*)([^>]*)>|<[^>]*>|[^<]+")
_CLASS = re.compile(r'class="([^"]*)"')
_VOID = frozenset({"br", "hr", "img", "input", "wbr"})
_SENTENCES = frozenset({"dd", "li", "p"})
_QUIET = frozenset(
    {"a", "abbr", "b", "button", "code", "figure", "h1", "h2", "h3", "h4", "h5", "h6"}
    | {"label", "pre", "span", "strong", "summary", "svg", "table"}
)
# What findings say is made of names, and what a team wrote has words of its own.
_FOREIGN = frozenset({"admonition", "gd-waves", "gd-written"})
# Their names are paths, or what stands last in one: sentences do not call them so.
_FOLDERS = frozenset({NodeKind.FILE, NodeKind.KUSTOMIZATION, NodeKind.VALUES})
# These begin small in a sentence; the others are kinds, which are written as Kubernetes does.
_KIND = re.compile(r"[A-Z][^\WA-Z]*[A-Z]\w*|Application")


class _Around(NamedTuple):
    """An open tag, and whether sentences stand in it: "sentence", "quiet" or not yet decided."""

    tag: str
    use: str


def glossary_words(atlas: Atlas) -> Mapping[str, str]:
    """Each way to write a word, with the first sentence of what it means.

    Words that are names here are left out.
    """
    names = {n.name.lower() for n in atlas.graph.nodes() if n.kind not in _FOLDERS}
    written = (files("graphdoc.site") / "content" / "glossary.md").read_text(encoding="utf-8")
    entries = (entry.split("\n:   ") for entry in written.strip().split("\n\n"))
    return {
        form: meaning.replace("`", "").partition(". ")[0].rstrip(".") + "."
        for word, meaning in entries
        if names.isdisjoint(map(str.lower, _ways(word)))
        for form in _ways(word)
    }


def explained(html: str, words: Mapping[str, str]) -> str:
    """The HTML of a page, with the meaning of each word where its sentences use it first."""
    left, parts, around = dict(words), list[str](), [_Around("", "")]
    forms = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    # No part of a name, a path or an address; nor "the repository's root", which is a folder.
    pattern = re.compile(rf"(?<![\w./:$&-])(?<![';]s )(?:{forms})(?![\w/-]|[.:]\w)")
    for token in _TOKEN.finditer(html):
        said = token[0]
        if token[2]:
            _step(around, token)
        elif around[-1].use == "sentence" and words:
            said = pattern.sub(lambda found: _first(found[0], left), said)
        parts.append(said)
    return "".join(parts)


def _step(around: list[_Around], token: re.Match[str]) -> None:
    """Go into a tag, or out of it and of what it left open."""
    is_end, name, rest = token.groups()
    if is_end:
        while len(around) > 1 and around.pop().tag != name:
            pass
    elif name not in _VOID:
        css = _CLASS.search(rest)
        around.append(_Around(name, _use(name, css[1].split() if css else [], around[-1].use)))


def _use(tag: str, css: Iterable[str], outer: str) -> str:
    if outer == "quiet" or tag in _QUIET or not _FOREIGN.isdisjoint(css):
        return "quiet"
    return "sentence" if tag in _SENTENCES else outer


def _first(word: str, left: dict[str, str]) -> str:
    meaning = left.get(word)
    if meaning is None:
        return word
    for form in [form for form, other in left.items() if other == meaning]:
        del left[form]
    return f'<abbr class="gd-word" tabindex="0" title="{escape(meaning)}">{word}</abbr>'


def _ways(word: str) -> tuple[str, ...]:
    """A word and its plural; one that is no kind of Kubernetes also begins small."""
    head, of, tail = word.partition(" of ")
    found = (word, (f"{head[:-1]}ies" if head.endswith("y") else f"{head}s") + of + tail)
    return found if _KIND.fullmatch(word) else (*found, *(w[0].lower() + w[1:] for w in found))

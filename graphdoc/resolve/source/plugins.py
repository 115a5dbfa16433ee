"""What config management plugins run, where an estate defines them in Git."""

import re
from bisect import bisect_left
from collections.abc import Iterator

from graphdoc.model.argocd import Source
from graphdoc.model.clone import Clone
from graphdoc.model.file_kinds import YAML
from graphdoc.model.location import SourceFile
from graphdoc.model.node import Mapping, Node, Scalar, Sequence
from graphdoc.parse.yaml import YamlError, parse_documents
from graphdoc.resolve.repositories.contents import every_file, skim_bytes
from graphdoc.resolve.repositories.files import Files
from graphdoc.resolve.repositories.paths import normalise
from graphdoc.resolve.resolved import ResolvedSource, Tool

__all__ = ["builds_only", "files_of_plugin", "find_plugins", "named_plugin"]

_WORDS = (b"generate:", b"kustomize")
_RUN = (
    r"(?:kustomize build|kubectl kustomize)"
    r"(?: \.| --enable-helm(?:=true)?| --load-restrictor[= ]\w+)*"
)
# Where no kustomization is, nobody asks what another branch does.
_BUILD = re.compile(rf"{_RUN}|if \[ -f (?:\./)?kustomization\.ya?ml \]; then {_RUN}; else .*; fi")
_SHELL = re.compile(r"(?:/bin/)?(?:ba|a|da)?sh")


def named_plugin(source: Source) -> str:
    """The plugin of a source in a sentence; without a name Argo CD looks for one that fits."""
    name = source.node.text("plugin", "name")
    return f"the config management plugin '{name}'" if name else "a config management plugin"


def files_of_plugin(source: ResolvedSource) -> frozenset[SourceFile]:
    """All that the plugin of a source may read: the files below its folder, if it has one."""
    folder, clone = normalise(source.source.path or ""), source.clone
    if source.tool is not Tool.PLUGIN or clone is None or not folder:
        return frozenset()
    # "0" comes after "/": the files of a clone are sorted.
    first, last = (bisect_left(clone.files, f"{folder}{end}") for end in "/0")
    return frozenset(SourceFile(clone.name, path) for path in clone.files[first:last])


def find_plugins(clones: tuple[Clone, ...], files: Files) -> dict[str, set[str]]:
    """The commands of plugins around Kustomize by name, as ``plugin.name`` says it.

    They stand in the values of Argo CD's chart, in argocd-cm, or in a manifest for a sidecar, on
    its own or as a text of a ConfigMap.
    """
    found: dict[str, set[str]] = {}
    for root in _telling(clones, files):
        for name, command in _definitions(root):
            found.setdefault(name, set()).add(command)
    return found


def _telling(clones: tuple[Clone, ...], files: Files) -> Iterator[Node]:
    for clone, path in every_file(clones):
        text = skim_bytes(clone, path) if path.endswith(YAML) else b""
        if all(word in text for word in _WORDS):
            yield from files.parse(clone, path).roots


def builds_only(commands: set[str]) -> bool:
    """Whether all that a plugin runs is known, and is the build of a kustomization."""
    return bool(commands) and all(map(_BUILD.fullmatch, commands))


def _definitions(node: Node, name: str = "") -> Iterator[tuple[str, str]]:
    match node:
        case Mapping():
            if "generate" in node.entries:
                version = node.text("version")
                known = node.text("name") or name
                yield f"{known}-{version}" if version else known, _command(node)
            own = node.text("metadata", "name")
            for key, child in node.entries.items():
                yield from _definitions(child, own if key == "spec" else key)
        case Sequence():
            for item in node.items:
                yield from _definitions(item)
        case Scalar(value=str() as text) if "generate:" in text:
            yield from _written_in(text, node.origins[0].file)


def _written_in(text: str, file: SourceFile) -> Iterator[tuple[str, str]]:
    try:
        documents = parse_documents(text.encode(), file)
    except YamlError:
        return
    for document in documents:
        if isinstance(document.root, Mapping | Sequence):
            yield from _definitions(document.root)


def _command(plugin: Mapping) -> str:
    """What a plugin runs, without the shell around it; steps before it may change anything."""
    steps = [plugin.mapping(step) for step in ("init", "generate")]
    words = [
        word
        for step in steps
        if step is not None
        for part in ("command", "args")
        for word in step.texts_at(part)
    ]
    shell, option, *told = words if len(words) > 1 else ("", "")
    if _SHELL.fullmatch(shell) and option == "-c":
        words = told[:1]
    return " ".join(" ".join(words).split())

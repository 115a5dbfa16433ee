"""What handwritten text may name: ``[[app:shop]]`` is a link, and an error once shop is gone."""

from collections.abc import Callable, Mapping

from graphdoc.graph.repo_graph import NodeKind
from graphdoc.model.clone import UnreadableError
from graphdoc.model.location import SourceFile, file_start
from graphdoc.model.mistake import nearest
from graphdoc.resolve.names.alike import closest
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.writing.markup import Markup

__all__ = ["UnknownNameError", "is_kind", "link_to", "page_of"]

_Pages = Callable[[Atlas], Mapping[str, str]]
# How alike a word is to the kind that it misspells.
_ALIKE = 0.75


class UnknownNameError(Exception):
    """Text names something that the estate does not have."""


def link_to(scope: Scope, kind: str, name: str, shown: str) -> Markup:
    """The link that ``[[kind:name|shown]]`` stands for.

    Raises:
        UnknownNameError: there is no such kind, or nothing of that name.
    """
    if kind == "file":
        return _file(scope, name)
    if scope.atlas.graph.node(f"{kind}:{name}"):
        return scope.node(f"{kind}:{name}", shown)
    known = [node.id for node in scope.atlas.graph.nodes() if node.kind == kind]
    if known and kind not in _KINDS:
        raise UnknownNameError(f"no node '{kind}:{name}'{nearest(f'{kind}:{name}', known)}")
    return scope.page(shown or name, page_of(scope.atlas, kind, name))


def is_kind(atlas: Atlas, kind: str) -> bool:
    """Whether a word is a kind of thing to link to, or a slip of the pen for one."""
    kinds = {*_KINDS, "file", *(node.kind for node in atlas.graph.nodes())}
    return kind in kinds or bool(closest(kind, kinds, _ALIKE))


def page_of(atlas: Atlas, kind: str, name: str) -> str:
    """The page of a thing by its kind and name.

    Raises:
        UnknownNameError: there is no such kind, or nothing of that name.
    """
    if kind not in _KINDS:
        raise UnknownNameError(f"no kind '{kind}'{nearest(kind, [*_KINDS, 'file'])}")
    pages = _KINDS[kind](atlas)
    if name not in pages:
        raise UnknownNameError(f"no {kind} '{name}'{nearest(name, pages)}")
    return pages[name]


def _file(scope: Scope, name: str) -> Markup:
    """``launchpad/bootstrap.sh`` or ``launchpad/bootstrap.sh#L12``."""
    place, _, mark = name.partition("#L")
    repository, _, path = place.partition("/")
    clones = scope.atlas.site.estate.clones_by_name
    if repository not in clones:
        raise UnknownNameError(f"no repository '{repository}'{nearest(repository, clones)}")
    clone, line = clones[repository], int(mark) if mark.isdecimal() else 1
    if not clone.is_file(path):
        raise UnknownNameError(f"no file '{path}' in {repository}{nearest(path, clone.files)}")
    try:
        length = clone.read(path).count(b"\n") + 1
    except UnreadableError as error:
        raise UnknownNameError(str(error)) from error
    if (mark and not mark.isdecimal()) or not 1 <= line <= length:
        raise UnknownNameError(f"no line '{mark}' in {place}, which has {length}")
    start = file_start(SourceFile(repository, path))
    return scope.source(start._replace(line=line, end_line=line))


def _nodes(kind: NodeKind) -> _Pages:
    return lambda atlas: {node.name: atlas.page(node.id) for node in atlas.graph.nodes(kind)}


_KINDS: Mapping[str, _Pages] = {
    "app": lambda atlas: {name: atlas.application_page(name) for name in atlas.by_name},
    "cluster": lambda atlas: {node.name: atlas.cluster_page(node.name) for node in atlas.clusters},
    "secret": lambda atlas: {name: atlas.secret_page(name) for name in atlas.secrets_by_name},
    "policy": lambda atlas: {name: atlas.policy_page(name) for name in atlas.policies_by_name},
    "chart": lambda atlas: {
        nodes[0].name: atlas.chart_page(key) for key, nodes in atlas.charts_by_key.items()
    },
    "values": lambda atlas: {
        node.id.partition(":")[2]: atlas.values_page(node.id)
        for node in atlas.graph.nodes(NodeKind.VALUES)
    },
    "repo": lambda atlas: {name: atlas.repository_page(name) for name in atlas.checkouts},
    "host": _nodes(NodeKind.HOST),
    "image": _nodes(NodeKind.IMAGE),
    "namespace": _nodes(NodeKind.NAMESPACE),
    "rule": lambda atlas: {rule.id: atlas.rule_page(rule.id) for rule in atlas.site.rules},
}

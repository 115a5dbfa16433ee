"""What Argo CD finds in ``.argocd-source.yaml`` beside the manifests and lays over the source."""

from posixpath import join
from typing import NamedTuple

from graphdoc.model.argocd import Application, Source
from graphdoc.model.clone import Clone
from graphdoc.model.finding import Problem
from graphdoc.model.location import Location, SourceFile
from graphdoc.model.node import Mapping, Node, Scalar, is_null
from graphdoc.parse.argocd import parse_source
from graphdoc.parse.scalars import as_kubectl
from graphdoc.resolve.repositories.files import Files

__all__ = ["Overridden", "apply_overrides"]

# What says where a source is, no file in it can change.
_KEPT = ("chart", "path", "repoURL", "targetRevision", "ref")
_BLOCKS = ("helm", "kustomize", "directory", "plugin")


class Overridden(NamedTuple):
    """A source with the files of its directory laid over it."""

    source: Source
    files: frozenset[SourceFile] = frozenset()
    problems: tuple[Problem, ...] = ()


def apply_overrides(
    files: Files, application: Application, source: Source, clone: Clone, path: str
) -> Overridden:
    """Merge ``.argocd-source.yaml``, then the file that is named after the Application.

    They count for each source of an Application, one or several, wherever it is written.
    """
    node = source.node
    found: list[SourceFile] = []
    for name in _names(application):
        place = join(path, name)
        if not clone.is_file(place):
            continue
        parsed = files.parse(clone, place)
        found.append(parsed.file)
        if parsed.problem is not None:
            return Overridden(source, frozenset(found), (parsed.problem,))
        patch = parsed.roots[0] if parsed.roots else None
        fault = _fault(patch)
        if fault is not None:
            return Overridden(source, frozenset(found), (fault,))
        node = _merge(node, as_kubectl(patch)) if isinstance(patch, Mapping) else node
    if not found:
        return Overridden(source)
    return Overridden(parse_source(_restore(node, source.node), source.index), frozenset(found))


def _names(application: Application) -> tuple[str, ...]:
    """The names of both, with and without the Application's namespace.

    Argo CD puts it in for what lies outside of its own namespace, which Git does not tell.
    """
    names = (application.name, f"{application.namespace}_{application.name}")
    return (".argocd-source.yaml", *(f".argocd-source-{name}.yaml" for name in names))


def _fault(patch: Node | None) -> Problem | None:
    """Why Argo CD cannot take an override."""
    if patch is None or (isinstance(patch, Scalar) and patch.value is None):
        return None
    if not isinstance(patch, Mapping):
        return Problem("overrides are not a mapping", Location(patch.span))
    for block in _BLOCKS:
        node = patch.entries.get(block)
        if node is not None and not is_null(node) and not isinstance(node, Mapping):
            return Problem(f"{block} is not a mapping", Location(node.span))
    return None


def _merge(below: Mapping, patch: Mapping, *, within_values: bool = False) -> Mapping:
    """A JSON merge patch (RFC 7396), of which Argo CD reads the result over the source it has.

    So ``null`` takes a key away only within ``valuesObject``, which is read as a whole.
    """
    entries, keys = dict(below.entries), dict(below.keys)
    for key, node in patch.entries.items():
        known = entries.get(key)
        if is_null(node):
            if within_values:
                entries.pop(key, None)
                keys.pop(key, None)
            continue
        keys[key] = patch.keys[key]
        if isinstance(node, Mapping):
            beneath = known if isinstance(known, Mapping) else Mapping({}, {}, node.span)
            inside = within_values or key == "valuesObject"
            entries[key] = _merge(beneath, node, within_values=inside)
        else:
            entries[key] = node._replace(earlier=known.origins if known is not None else ())
    return below.with_entries(entries, keys)


def _restore(node: Mapping, original: Mapping) -> Mapping:
    entries = {key: value for key, value in node.entries.items() if key not in _KEPT}
    kept = {key: value for key, value in original.entries.items() if key in _KEPT}
    keys = {key: span for key, span in original.keys.items() if key in _KEPT}
    return node._replace(entries={**entries, **kept}, keys={**node.keys, **keys})

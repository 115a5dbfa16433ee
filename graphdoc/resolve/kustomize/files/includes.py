"""What a kustomization leads to, for whoever asks which files belong together."""

from collections.abc import Iterator

from graphdoc.model.kustomize import Kustomization
from graphdoc.model.node import Mapping, Node, Scalar
from graphdoc.resolve.kustomize.files.result import Include
from graphdoc.resolve.kustomize.files.roots import Root, resolve
from graphdoc.resolve.kustomize.resources.trees import text_of

__all__ = ["find_includes"]

_LISTS = (
    ("patch", "patchesStrategicMerge"),
    ("crd", "crds"),
    ("configuration", "configurations"),
    ("generator", "generators"),
    ("transformer", "transformers"),
    ("validator", "validators"),
)


def find_includes(kustomization: Kustomization, root: Root) -> Iterator[Include]:
    """Yield every file and directory that exists and that a field other than resources names."""
    for kind, entry in _named(kustomization):
        if not isinstance(entry, Scalar) or "\n" in text_of(entry):
            continue
        path = resolve(root.directory, _path_of(kind, text_of(entry)))
        if path is None or not path:
            continue
        is_file = root.clone.is_file(path)
        if is_file or root.clone.is_directory(path):
            yield Include(kind, path, not is_file, root.clone.name, entry.span)


def _path_of(kind: str, text: str) -> str:
    return text.partition("=")[2] or text if kind == "generator" else text


def _named(kustomization: Kustomization) -> Iterator[tuple[str, Node | None]]:
    for name in ("patches", "patchesJson6902"):
        yield from (("patch", entry.scalar("path")) for entry in kustomization.mappings(name))
    for name in ("configMapGenerator", "secretGenerator"):
        for entry in kustomization.mappings(name):
            yield from (("generator", source) for source in _sources(entry))
    for entry in kustomization.mappings("replacements"):
        yield "replacement", entry.scalar("path")
    yield "openapi", kustomization.root.scalar("openapi", "path")
    for kind, name in _LISTS:
        yield from ((kind, scalar) for scalar in kustomization.scalars(name))


def _sources(entry: Mapping) -> list[Node | None]:
    return [*entry.items_at("files"), *entry.items_at("envs"), entry.scalar("env")]

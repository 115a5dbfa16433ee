"""Which files the estate reaches, and which values files and manifests it leaves out."""

import re
from collections.abc import Callable, Container, Iterable, Iterator
from functools import cached_property, lru_cache
from posixpath import basename, dirname, join

from graphdoc.model.argocd import Source, is_whole
from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.file_kinds import YAML
from graphdoc.model.location import SourceFile
from graphdoc.model.node import Mapping, Node, Scalar, Sequence, walk
from graphdoc.model.resource import Resource
from graphdoc.parse.gotemplate import ACTION, NO_VALUE
from graphdoc.resolve.broken.kustomizations import meant_builds
from graphdoc.resolve.broken.unpatched import find_unpatched
from graphdoc.resolve.evidence.by_hand import is_named_by_hand
from graphdoc.resolve.evidence.comments import find_commented_entry
from graphdoc.resolve.evidence.mentions import find_mentions
from graphdoc.resolve.evidence.own_files import OwnFiles
from graphdoc.resolve.evidence.templates import find_open_clones, find_unrendered, widen
from graphdoc.resolve.kustomize import is_kustomization
from graphdoc.resolve.orphans.meant import find_meant_sets
from graphdoc.resolve.repositories.files import ParsedFile
from graphdoc.resolve.repositories.fixtures import is_example, is_pattern
from graphdoc.resolve.repositories.paths import (
    chart_folders,
    folders_above,
    join_path,
    matches_segments,
)
from graphdoc.resolve.resolved import (
    Estate,
    ReferenceFault,
    ResolvedApplication,
    RootKind,
    Tool,
)
from graphdoc.resolve.roots.units import STEPS

__all__ = ["Unreached", "find_read_files", "find_unreached_manifests", "find_unreached_values"]

_VALUES_NAME = re.compile(r"(?:^|[-_.])values(?:[-_.]|$)")
_ENCRYPTED = re.compile(r"[-_.](?:enc|encrypted|sops)(?=\.ya?ml$)")
_CHART_FOLDERS = ("templates", "charts", "crds", "ci", "tests")
# Kustomize's own files, and what a developer portal or a tester of policies reads beside manifests.
_NOT_APPLIED = frozenset({
    "backstage.io", "cli.kyverno.io", "kustomize.config.k8s.io", "test.gatekeeper.sh",
})  # fmt: skip
_MOST_NEAR = 100_000  # signs of the paths near to one path
_HIDDEN = re.compile(r"(?:^|/)\.")
# Ansible's variables, one file a host or a group of them.
_OF_ANSIBLE = re.compile(r"(?:^|/)(?:group|host)_vars/")


@dataclass(frozen=True, slots=True)
class Unreached:
    """A file that nothing reaches, parsed, and its clone."""

    clone: Clone
    parsed: ParsedFile

    @property
    def file(self) -> SourceFile:
        """Which file it is."""
        return self.parsed.file


def find_unreached_values(estate: Estate) -> Iterator[Unreached]:
    """Values files that nothing layers, in clones from which values are layered."""
    unrendered, patched = find_unrendered(estate), _perhaps_patched(estate)
    for found in _unnamed(estate, _values_files(estate)):
        is_meant = _is_values(found.parsed) and not _is_commented_out(estate, found.file)
        is_start = unrendered.starts_from(found.file.repository, dirname(found.file.path))
        is_open = is_start or unrendered.names(found.file.path) or patched(found.file)
        if is_meant and not is_open:
            yield found


def _perhaps_patched(estate: Estate) -> Callable[[SourceFile], bool]:
    """Whether a failing patch may name a file: one step from what its Application layers now."""
    entries = (estate.by_id[id_] for id_ in find_unpatched(estate))
    sources = [source for entry in entries for source in entry.sources]
    places = {join(*folder, "*") for source in sources if (folder := source.chart_folder)}
    for source in sources:
        for named in (*source.layered_files, *(broken.wanted for broken in source.broken)):
            places.update(_near(f"{named}"))
    return lambda file: not places.isdisjoint(_near(f"{file}"))


def _near(path: str) -> Iterator[str]:
    """The path with ``*`` for one of its steps, whichever it is; a file's has no thousands."""
    steps = path.split("/")
    for at in range(len(steps) if len(steps) * len(path) < _MOST_NEAR else 0):
        yield "/".join((*steps[:at], "*", *steps[at + 1 :]))


def _unnamed(estate: Estate, paths: Iterable[tuple[Clone, str]]) -> Iterator[Unreached]:
    """Those of which nothing speaks, parsed."""
    reach, files = _reach(estate), estate.files.as_written()
    for clone, path in paths:
        file = SourceFile(clone.name, path)
        if not reach.has(file) and not is_named_by_hand(estate.clones, file):
            yield Unreached(clone, files.parse(clone, path))


def _values_files(estate: Estate) -> Iterator[tuple[Clone, str]]:
    """What may be meant to be layered, by its name or by what lies beside it."""
    layered = {used.file for source in estate.sources for used in source.value_files}
    others = (file for file in layered if not _VALUES_NAME.search(_stem(file.path)))
    folders = {(file.repository, dirname(file.path)) for file in others}
    homes = frozenset(_homes(estate, layered))
    closed = (clone for clone in estate.clones if clone.name not in find_open_clones(estate))
    for clone in closed:
        charts = chart_folders(clone.files)
        readers = tuple(OwnFiles(clone, chart) for chart in charts)
        for path in _near_values(clone, folders):
            is_meant = _may_be_values(path, charts) and _lies_in(homes, clone, path)
            if is_meant and not any(own.has(path) for own in readers):
                yield clone, path


def _near_values(clone: Clone, folders: Container[tuple[str, str]]) -> Iterator[str]:
    """The YAML files that are called values, or that lie in one of the folders."""
    for path in clone.files:
        is_near = (clone.name, dirname(path)) in folders or _VALUES_NAME.search(_stem(path))
        if is_near and path.endswith(YAML):
            yield path


def _lies_in(homes: Container[tuple[str, str]], clone: Clone, path: str) -> bool:
    """Whether values are taken from somewhere above a path; a chart pulled there has its own."""
    return any(
        (clone.name, folder) in homes and not (folder and path.startswith(f"{folder}/charts/"))
        for folder in folders_above(path)
    )


def _homes(estate: Estate, layered: Iterable[SourceFile]) -> Iterator[tuple[str, str]]:
    """The folders below which values are taken from, or looked for in vain."""
    yield from ((file.repository, "") for file in layered)
    yield from ((build.clone, build.path) for build in estate.builds if build.charts)
    for broken in (broken for source in estate.sources for broken in source.broken):
        if broken.fault is ReferenceFault.MISSING_VALUES_FILE:
            yield broken.repository, ""


@lru_cache(maxsize=2)  # two rules ask
def find_unreached_manifests(estate: Estate) -> tuple[Unreached, ...]:
    """Manifests and patches beside a kustomization that neither it nor anything else names."""
    found = _unnamed(estate, _files_beside(estate))
    return tuple(one for one in found if _is_manifest(one.parsed) and not _is_master(one))


def _files_beside(estate: Estate) -> Iterator[tuple[Clone, str]]:
    """The files in the folders of kustomizations, and what one of these names in a comment."""
    built = frozenset[SourceFile]().union(*(build.files for build in estate.builds))
    served = {(file.repository, dirname(file.path)) for file in built}
    for clone in estate.clones:
        charts = chart_folders(clone.files)
        for path in (path for path in clone.files if path.endswith(YAML)):
            own = is_kustomization(clone, dirname(path))
            is_beside = _may_miss(estate, clone, path, own, served)
            file = SourceFile(clone.name, path)
            if own == basename(path) or not (is_beside or _is_commented_out(estate, file)):
                continue
            if not (is_example(path) or is_pattern(path) or _is_of_chart(path, charts)):
                yield clone, path


def _may_miss(
    estate: Estate, clone: Clone, path: str, own: str | None, served: Container[tuple[str, str]]
) -> bool:
    """Whether the kustomization of a file's folder, or another that names others of it, may."""
    if not own:
        return (clone.name, dirname(path)) in served
    # What one names that cannot be read, nobody knows.
    return estate.files.parse(clone, join(dirname(path), own)).problem is None


def _is_master(found: Unreached) -> bool:
    """Whether SOPS keeps in it what the file beside it was sealed from: people read it."""
    twin = _ENCRYPTED.sub("", found.file.path)
    is_sealed = any(isinstance(r, Mapping) and "sops" in r.entries for r in found.parsed.roots)
    return twin != found.file.path and is_sealed and found.clone.is_file(twin)


def _is_commented_out(estate: Estate, file: SourceFile) -> bool:
    return find_commented_entry(estate.clones, file) is not None


def find_read_files(estate: Estate) -> Iterator[ParsedFile]:
    """The files that Argo CD, Kustomize or Helm would parse, in file order."""
    read = set(_parsed_by_sources(estate))
    return (parsed for parsed in estate.files.parsed if parsed.file in read)


def _parsed_by_sources(estate: Estate) -> Iterator[SourceFile]:
    for build in meant_builds(estate):
        yield from build.files
    for source in estate.sources:
        yield from source.layered_files
        if source.tool is not Tool.HELM:
            yield from source.files
        elif source.clone is not None and source.chart_folder:
            _, folder = source.chart_folder
            paths = (join(folder, name) for name in ("Chart.yaml", "values.yaml"))
            there = (path for path in paths if source.clone.is_file(path))
            yield from (SourceFile(source.clone.name, path) for path in there)


class _Reach:
    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._files = frozenset(_reached(estate))

    def has(self, file: SourceFile) -> bool:
        """Whether anything reads the file, might read it, or names it."""
        if file in self._files or any(matches_segments(file.path, p) for p in self._patterns):
            return True
        return bool(find_mentions(self._estate.clones).of(file))

    @cached_property
    def _patterns(self) -> tuple[str, ...]:
        """Paths in templates that could not be expanded: any file that fits may be meant."""
        open_sets = (made for made in self._estate.application_sets if made.not_understood)
        found = {p for made in open_sets for p in _open_paths(made.resource.manifest, _any)}
        for meant in find_meant_sets(self._estate):
            found.update(_open_paths(meant.made.resource.manifest, meant.fill))
        assumed = (entry for entry in self._estate.applications if entry.is_assumed)
        found.update(
            p for entry in assumed for s in entry.application.sources for p in _unfilled(s)
        )
        return tuple(sorted(found))


def _open_paths(template: Mapping, fill: Callable[[str], str]) -> Iterator[str]:
    """With ``*`` for what is to be filled in; values files as seen from the folder of a source."""
    for _, node in walk(template):
        if isinstance(node, Scalar) and isinstance(node.value, str):
            if "{{" in node.value and node.value.endswith(YAML):
                yield widen(fill(node.value).split("/", 1)[-1])
        elif isinstance(node, Mapping) and "helm" in node.entries:
            folder = fill(node.text("path"))
            names = (fill(name) for name in node.texts_at("helm", "valueFiles"))
            is_known = folder != _any(node.text("path"))
            yield from filter(None, (join_path(folder, n) for n in names if "*" in n or is_known))


def _unfilled(source: Source) -> Iterator[str]:
    """Values files of an assumed Application, with ``*`` for what only a cluster fills in."""
    for text in (_any(str(name.value)) for name in source.helm_options.value_files):
        if "*" in text:
            is_ref = text.startswith("$")
            path = text.partition("/")[2] if is_ref else join_path(source.path or "", text)
            yield path or ""


def _any(text: str) -> str:
    return ACTION.sub("*", text.replace(NO_VALUE, "*"))


@lru_cache(maxsize=2)
def _reach(estate: Estate) -> _Reach:
    return _Reach(estate)


def _reached(estate: Estate) -> Iterator[SourceFile]:
    for application in estate.applications:
        yield application.written.file
        yield from _layered_by_address(estate, application)
        for source in application.sources:
            yield from source.layered_files
            if source.tool is not Tool.HELM:  # a chart's folder may hold values for others
                yield from source.files
    for build in estate.builds:
        yield from build.files
    for made in estate.application_sets:
        yield from made.files
    for root in estate.roots:
        yield root.span.file
        if root.kind is RootKind.CHART:
            names = (f"values-{step}.yaml" for step in STEPS)
            yield from (SourceFile(root.clone, join(root.path, name)) for name in names)


def _layered_by_address(estate: Estate, entry: ResolvedApplication) -> Iterator[SourceFile]:
    """The files that values files given as addresses of a host of Git may be."""
    names = (name for s in entry.application.sources for name in s.helm_options.value_files)
    for name in names:
        parts = str(name.value).partition("://")[2].split("/")
        ends = ["/".join(parts[start:]) for start in range(1, len(parts))]
        for clone in estate.clones if ends else ():
            yield from (SourceFile(clone.name, end) for end in ends if clone.is_file(end))


@lru_cache(maxsize=8)
def _own_places(charts: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """What belongs to charts themselves: files, and the beginnings of paths."""
    prefixes = tuple(join(chart, "") for chart in charts)
    folders = (f"{prefix}{folder}/" for prefix in prefixes for folder in _CHART_FOLDERS)
    return frozenset(f"{prefix}values.yaml" for prefix in prefixes), tuple(folders)


def _is_of_chart(path: str, charts: tuple[str, ...]) -> bool:
    """Whether a file belongs to a chart itself rather than to those who use it."""
    files, folders = _own_places(charts)
    return path in files or path.startswith(folders)


def _may_be_values(path: str, charts: tuple[str, ...]) -> bool:
    """Whether nothing in its path says that it is something else."""
    if _HIDDEN.search(path) or _OF_ANSIBLE.search(path):
        return False
    return not (is_pattern(path) or _is_of_chart(path, charts) or is_example(path))


def _stem(path: str) -> str:
    return basename(path).rpartition(".")[0]


def _is_values(parsed: ParsedFile) -> bool:
    """Whether a file holds values; one that is called so may still be empty."""
    if parsed.problem is not None or len(parsed.roots) > 1:
        return False
    if not parsed.roots:
        return _VALUES_NAME.search(_stem(parsed.file.path)) is not None
    root = parsed.roots[0]
    return isinstance(root, Mapping) and not (
        "kind" in root.entries or "apiVersion" in root.entries
    )


def _is_manifest(parsed: ParsedFile) -> bool:
    roots = parsed.roots
    if not roots or parsed.problem is not None:
        return False
    if all(_is_json_patch(root) for root in roots):
        return True
    resources = parsed.resources
    return bool(resources) and not any(
        is_whole(resource) or resource.group in _NOT_APPLIED or _is_created(resource)
        for resource in resources
    )


def _is_created(resource: Resource) -> bool:
    """Whether only ``kubectl create`` takes it: Kustomize and Argo CD want a name."""
    return not resource.name and bool(resource.manifest.text("metadata", "generateName"))


def _is_json_patch(root: Node) -> bool:
    return (
        isinstance(root, Sequence)
        and bool(root.items)
        and all(isinstance(i, Mapping) and i.text("op") and i.text("path") for i in root.items)
    )

"""Kustomizations and charts of clones without any Application: rendered each on its own.

Who applies them, nobody says here; that they can be rendered, and what they run, can be judged.
"""

import json
import re
from collections.abc import Iterator
from posixpath import basename, join

from graphdoc.model.clone import Clone
from graphdoc.model.location import SourceFile, file_start
from graphdoc.model.node import Mapping, Scalar
from graphdoc.model.resource import Resource
from graphdoc.parse.argocd import parse_application
from graphdoc.resolve.applicationset.embedded import parse_embedded
from graphdoc.resolve.broken.kustomizations import file_of, find_tops
from graphdoc.resolve.repositories.fixtures import is_fixture, is_of_tests
from graphdoc.resolve.repositories.paths import outer_charts
from graphdoc.resolve.resolved import Estate, ResolvedApplication
from graphdoc.resolve.source.render import SourceResolver

__all__ = ["resolve_bare"]

_VARIANT = re.compile(r"values[-.].+\.ya?ml")


def resolve_bare(estate: Estate, resolver: SourceResolver) -> tuple[ResolvedApplication, ...]:
    """What stands for the Applications that an estate has none of; nothing where it has any."""
    if estate.applications or estate.application_sets or estate.orphans:
        return ()
    return tuple(_kustomizations(estate, resolver)) + tuple(_charts(estate, resolver))


def _kustomizations(estate: Estate, resolver: SourceResolver) -> Iterator[ResolvedApplication]:
    clones = estate.clones_by_name
    for build in find_tops(estate):
        if not build.problems and not is_of_tests(f"{build.path}/"):
            yield _stand_in(resolver, clones[build.clone], build.path, file_of(build), "")


def _charts(estate: Estate, resolver: SourceResolver) -> Iterator[ResolvedApplication]:
    for clone in estate.clones:
        for chart in sorted(c for c in outer_charts(clone.files) if not is_fixture(c)):
            file = SourceFile(clone.name, join(chart, "Chart.yaml"))
            names = [name for name in clone.children(chart) if _VARIANT.fullmatch(name)]
            for values in sorted(names) or [""]:
                yield _stand_in(resolver, clone, chart, file, values)


def _stand_in(
    resolver: SourceResolver, clone: Clone, path: str, file: SourceFile, values: str
) -> ResolvedApplication:
    name = basename(path) or clone.name
    source: dict[str, object] = {"repoURL": (*clone.urls, clone.name)[0], "path": path or "."}
    if values:
        source["helm"] = {"valueFiles": [values]}
    application = parse_application(_resource(name, source, file))
    kind = "chart" if file.path.endswith("Chart.yaml") else "kustomization"
    node = f"{kind}:{clone.name}/{path}".rstrip("/")
    resolved = resolver.resolve(application, application.sources[0])
    return ResolvedApplication(node, "", application, None, (resolved,))


def _resource(name: str, source: dict[str, object], file: SourceFile) -> Resource:
    """An Application that is written nowhere: all of it stands at the head of the folder's file."""
    destination = {"name": "in-cluster", "namespace": name}
    manifest = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": name, "namespace": "argocd"},
        "spec": {"source": source, "destination": destination},
    }
    start = file_start(file)
    text = json.dumps(manifest)
    root = parse_embedded(text, Scalar(text, start))
    assert isinstance(root, Mapping)
    return Resource(root)

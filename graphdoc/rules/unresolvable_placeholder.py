"""Rule ``unresolvable-placeholder``."""

import re
from collections.abc import Iterator
from operator import itemgetter

from graphdoc.model.argocd import Application, Source
from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Location, locations
from graphdoc.model.node import Mapping, Scalar
from graphdoc.parse.gotemplate import NO_VALUE
from graphdoc.parse.placeholders import has_hole, has_map
from graphdoc.resolve.resolved import Estate, ResolvedApplication
from graphdoc.rules.rule import rule

_PARAMETER = re.compile(r"\{\{ *[A-Za-z_][\w.-]* *\}\}")
# What only a registered cluster says of itself.
_OF_CLUSTER = re.compile(r"\{\{[^{}]*\bmetadata\.(?:labels|annotations)\b[^{}]*\}\}")
# What Open Cluster Management fills in where a policy carries the manifest to a cluster.
_OF_POLICY = re.compile(
    r"\{\{hub\b[^{}]*\bhub\}\}"
    r"|\{\{[^{}]*\bfrom(?:ClusterClaim|ConfigMap|Secret)\b[^{}]*\}\}"
)

__all__ = ["unresolvable_placeholder"]


@rule("unresolvable-placeholder", severity=Severity.ERROR)
def unresolvable_placeholder(estate: Estate) -> Iterator[Problem]:
    """A placeholder is left in a rendered Application.

    An ApplicationSet's template names a parameter that its generators do not bring, mistypes it
    (`{.{name}}`, `{ .name }`), or a manifest was copied out of a template; with `goTemplate` and
    without `missingkey=error`, `<no value>` stands in its place; and `{{ .path }}` of a Git
    generator is a map, of which `{{ .path.path }}` is the path. Looked at are the name, project,
    destination and sources of the Application; the values that it hands to Helm may hold templates
    of their own, and count where the other Applications of a set have a parameter filled in.

    ## Why is this bad?

    Argo CD takes the words literally: it looks for a path, repository or cluster of that name and
    finds none.

    ## Example

    ```yaml
    -- launchpad/set.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: ApplicationSet
    metadata: {name: apps, namespace: argocd}
    spec:
      generators:
        - git:
            repoURL: https://git.example.com/launchpad
            revision: HEAD
            directories:
              - path: apps/*
      template:
        metadata: {name: "{{path.basename}}"}
        spec:
          project: default
          destination: {server: https://kubernetes.default.svc, namespace: "{{path.basename}}"}
          source:
            repoURL: https://git.example.com/launchpad
            path: "apps/{{name}}"  # expect: unresolvable-placeholder
    -- launchpad/apps/web/account.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: web}
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/set.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: ApplicationSet
    metadata: {name: apps, namespace: argocd}
    spec:
      generators:
        - git:
            repoURL: https://git.example.com/launchpad
            revision: HEAD
            directories:
              - path: apps/*
      template:
        metadata: {name: "{{path.basename}}"}
        spec:
          project: default
          destination: {server: https://kubernetes.default.svc, namespace: "{{path.basename}}"}
          source:
            repoURL: https://git.example.com/launchpad
            path: "apps/{{path.basename}}"
    ```

    ## References

    - [Argo CD: ApplicationSet templates](https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Template/)
    """
    by_place = grouped((scalar.span, (entry, scalar)) for entry, scalar in _unfilled(estate))
    for _, uses in sorted(by_place.items(), key=itemgetter(0)):
        entry, scalar = uses[0]
        is_map = has_map(scalar.text)
        what = "a map where a text belongs" if is_map else "which nothing fills in"
        yield Problem(
            f"Application {entry.name} is rendered with '{scalar.value}', {what}",
            Location(scalar.span, "a map for a text" if is_map else "left unresolved"),
            locations(scalar.earlier, "replaced"),
            entry.id,
            also=tuple(user.id for user, _ in uses),
        )
    yield from _left_to_one(estate)


def _unfilled(estate: Estate) -> Iterator[tuple[ResolvedApplication, Scalar]]:
    for entry in estate.applications:
        for scalar in _resolved_fields(entry.application):
            text = _OF_POLICY.sub("", scalar.value if isinstance(scalar.value, str) else "")
            text, empty = (_OF_CLUSTER.sub("", text), "") if entry.is_assumed else (text, NO_VALUE)
            if has_hole(text) or (empty and empty in text) or has_map(text):
                yield entry, scalar


def _left_to_one(estate: Estate) -> Iterator[Problem]:
    """What one Application of a set keeps in its values, and others have filled in."""
    generated = {id_ for made in estate.application_sets for id_ in made.applications}
    by_place = grouped(
        (values.span, (entry, set(_PARAMETER.findall(str(values.value)))))
        for entry in estate.applications
        if entry.id in generated and not entry.is_assumed
        for source in entry.application.sources
        if source.helm is not None and (values := source.helm.values) is not None
    )
    for span, uses in sorted(by_place.items(), key=itemgetter(0)):
        common = set.intersection(*(holes for _, holes in uses))
        for entry, holes in uses:
            for hole in sorted(holes - common):
                fact = (
                    f"Application {entry.name} is rendered with '{hole}' in its values, "
                    "which nothing fills in"
                )
                yield Problem(fact, Location(span, "left unresolved"), (), entry.id)


def _resolved_fields(application: Application) -> Iterator[Scalar]:
    manifest = application.resource.manifest
    routes = (("metadata", "name"), ("metadata", "namespace"), ("spec", "project"))
    yield from (scalar for route in routes if (scalar := manifest.scalar(*route)) is not None)
    yield from _scalars(manifest.at("spec", "destination"))
    for source in application.sources:
        yield from _source_fields(source)


def _source_fields(source: Source) -> Iterator[Scalar]:
    yield from _scalars(source.node)
    yield from source.helm_options.value_files
    yield from filter(None, [source.node.scalar("helm", "releaseName")])


def _scalars(mapping: Mapping) -> Iterator[Scalar]:
    return (node for node in mapping.entries.values() if isinstance(node, Scalar))

"""Rule ``missing-values-file``."""

import re
from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import gather
from graphdoc.model.location import Location
from graphdoc.resolve.broken.references import BrokenThing, Use, find_broken, say
from graphdoc.resolve.names.alike import the_nearest
from graphdoc.resolve.names.near_paths import nearest_file
from graphdoc.resolve.resolved import Estate, ReferenceFault
from graphdoc.rules.rule import rule

__all__ = ["missing_values_file"]

_HOLE = re.compile(r"[-_/]\.ya?ml$")


@rule("missing-values-file", severity=Severity.ERROR)
def missing_values_file(estate: Estate) -> Iterator[Problem]:
    """An Application layers a values file that does not exist.

    Where `ignoreMissingValueFiles` hides it, the severity is `info`: Argo CD carries on, but the
    file that somebody meant is still not there. Where it stops one Application and another carries
    on without it, the first is told. A file that helm-secrets decrypts
    (`secrets://../secrets.yaml`) counts.

    ## Why is this bad?

    Argo CD cannot render the Application and shows `ComparisonError`: nothing of it is deployed or
    updated. With `ignoreMissingValueFiles` it deploys without the values, in silence.

    ## Example

    ```yaml
    -- launchpad/apps/argo-mcp.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: argo-mcp, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: argo-mcp}
      sources:
        - repoURL: https://git.example.com/charts
          path: web
          helm:
            valueFiles:
              - $values/argo-mcp/values.yaml  # expect: missing-values-file
        - repoURL: https://git.example.com/settings
          ref: values
    -- settings/argocd-mcp/values.yaml --
    replicas: 2
    -- charts/web/Chart.yaml --
    apiVersion: v2
    name: web
    version: 1.0.0
    -- charts/web/templates/settings.yaml --
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: web}
    data: {replicas: "{{ .Values.replicas }}"}
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/apps/argo-mcp.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: argo-mcp, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: argo-mcp}
      sources:
        - repoURL: https://git.example.com/charts
          path: web
          helm:
            valueFiles:
              - $values/argocd-mcp/values.yaml
        - repoURL: https://git.example.com/settings
          ref: values
    ```

    ## References

    - [Argo CD: Helm value files](https://argo-cd.readthedocs.io/en/stable/user-guide/helm/#values-files)
    """
    things = find_broken(estate, _is_values_file, lambda use: use.reference.wanted)
    for group in gather(things, lambda thing: (thing.primary, thing.ignored), few=1):
        thing = group[0]
        yield Problem(
            _said(estate, group),
            Location(thing.primary, "named here"),
            thing.related,
            thing.subject,
            Severity.INFO if thing.ignored else None,
            _hint(estate, thing),
            thing.reference.wanted,
            tuple(user for one in group for user in one.users),
        )


def _said(estate: Estate, group: tuple[BrokenThing, ...]) -> str:
    """One line of an ApplicationSet's template may name another file for each Application."""
    uses = (use for thing in group for use in thing.uses if use.reference.ignored == thing.ignored)
    names = (use.application.name for use in uses)
    said, more = f"{say(names, 'layers')} {group[0].reference.wanted}", len(group) - 1
    return (
        f"{said} and {more} more, none of which exists"
        if more
        else f"{said}, which {group[0].reference.fate}{_at(estate, group[0])}"
    )


def _at(estate: Estate, thing: BrokenThing) -> str:
    """The revision, where the checkout has what that lacks."""
    use, reference = thing.uses[0], thing.reference
    here = estate.clones_by_name.get(reference.repository)
    path = reference.wanted.removeprefix(f"{reference.repository}/")
    revision = use.source.source.target_revision
    return f" at {revision}" if here is not None and here.is_file(path) else ""


def _hint(estate: Estate, thing: BrokenThing) -> str:
    clone = thing.clone(estate)
    if clone is None:
        return _left_out(thing)
    near = nearest_file(clone, thing.reference.wanted.removeprefix(f"{clone.name}/"))
    return the_nearest(near and f"{clone.name}/{near}")


def _left_out(thing: BrokenThing) -> str:
    """The name of the source that has the file, where a chart is asked for it instead."""
    sources = thing.uses[0].application.application.sources
    refs = [source.ref for source in sources if source.ref is not None]
    is_named = not thing.reference.repository and len(refs) == 1
    return f"${refs[0]}/{thing.reference.wanted} is there" if is_named else ""


def _is_values_file(use: Use) -> bool:
    faults = {ReferenceFault.MISSING_VALUES_FILE, ReferenceFault.LEAVES_REPOSITORY}
    return use.reference.fault in faults and not use.is_path and not _has_hole(use)


def _has_hole(use: Use) -> bool:
    """Whether a chart's template left a part of the name empty, for values from elsewhere."""
    reference = use.reference
    is_made = "/templates/" in f"/{reference.scalar.span.file.path}"
    return is_made and _HOLE.search(reference.wanted) is not None

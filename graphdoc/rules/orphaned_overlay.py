"""Rule ``orphaned-overlay``."""

from collections.abc import Callable, Iterator
from posixpath import basename, dirname

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import gather, listed
from graphdoc.model.identity import kustomization_id
from graphdoc.model.location import Location, file_start
from graphdoc.resolve.broken.kustomizations import file_of
from graphdoc.resolve.kustomize import Build
from graphdoc.resolve.orphans.consumers import find_likely_folder, find_misnamed
from graphdoc.resolve.orphans.folders import find_unused_overlays, is_overlay
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["orphaned_overlay"]

_FEW = 10


@rule("orphaned-overlay", severity=Severity.INFO)
def orphaned_overlay(estate: Estate) -> Iterator[Problem]:
    """No Application renders an overlay and no kustomization includes it.

    An overlay is a kustomization over another; one that stands alone counts where Applications
    render two and more beside it. What a root is, a script applies, a document tells
    people to apply, or a template that could not be expanded may mean, is in use; and the one that
    a misspelt path is nearest to is told there. The values files and Applications that only the
    overlay uses are its consequence and are not reported. Neither are the overlays of a catalog: a
    repository of which nothing is rendered at all, or of which twenty and more overlays are unused
    and fewer folders rendered; coverage tells of the second. The message ends with the likeliest
    consumer, which uses the overlay beside it. More than ten unused overlays of one folder are one
    finding.

    ## Why is this bad?

    It is kept up with every change of its base and deploys nothing. Often its cluster has gone, or
    its Application was forgotten.

    ## Example

    ```yaml
    -- launchpad/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/launchpad, path: overlays/dev}
    -- launchpad/overlays/dev/kustomization.yaml --
    resources: [../../base]
    -- launchpad/overlays/test/kustomization.yaml --
    resources: [../../base]  # expect: orphaned-overlay
    -- launchpad/base/kustomization.yaml --
    resources:
      - account.yaml
    -- launchpad/base/account.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: web}
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/web-test.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web-test, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web-test}
      source: {repoURL: https://git.example.com/launchpad, path: overlays/test}
    ```

    ## References

    - [Kustomize: overlays](https://kubectl.docs.kubernetes.io/references/kustomize/glossary/#overlay)
    """
    alone: list[Build] = []
    unused = find_unused_overlays(estate)
    unnamed = [one for one in unused if (one.clone, one.path) not in find_misnamed(estate)]
    for group in gather(unnamed, _shelf, _FEW):
        if len(group) > 1:
            yield _several(group, "/".join(filter(None, _shelf(group[0]))), basename)
        else:
            alone.append(group[0])
    for group in gather(alone, lambda build: (build.clone, basename(build.path)), _FEW):
        if len(group) > 1:
            name = f"{group[0].clone} named {basename(group[0].path)}"
            yield _several(group, name, dirname)
        else:
            yield _one(estate, group[0])


def _shelf(build: Build) -> tuple[str, str]:
    """Where the overlay stands among its like."""
    return (build.clone, dirname(build.path))


def _one(estate: Estate, build: Build) -> Problem:
    name = f"{build.clone}/{build.path}"
    meant = find_likely_folder(estate, build.clone, build.path)
    return Problem(
        f"no Application renders {_what(build)} {name}, and no kustomization includes it",
        Location(file_start(file_of(build)), "used by nothing"),
        meant.related if meant else (),
        f"kustomization:{name}",
        hint=meant.fact if meant else "",
    )


def _what(build: Build) -> str:
    return "overlay" if is_overlay(build) else "kustomization"


def _several(builds: tuple[Build, ...], shelf: str, part: Callable[[str], str]) -> Problem:
    """Overlays that stand in one folder, or in folders of one name beside others."""
    first = builds[0]
    names = listed(part(build.path) for build in builds)
    places = [Location(file_start(file_of(build)), "used by nothing") for build in builds]
    several = f"{len(builds)} {_what(first)}s in {shelf}"
    return Problem(
        f"no Application renders {several}, and no kustomization includes them: {names}",
        places[0],
        tuple(places[1:]),
        kustomization_id(first.clone, first.path),
        identity=shelf,
    )

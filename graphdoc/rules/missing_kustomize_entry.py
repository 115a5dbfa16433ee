"""Rule ``missing-kustomize-entry``."""

from collections.abc import Iterator
from posixpath import dirname, join, normpath, relpath, splitext

from graphdoc.model.clone import Clone
from graphdoc.model.file_kinds import YAML
from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import gather, listed
from graphdoc.model.location import Location
from graphdoc.resolve.broken.kustomizations import Refusal, clones_of, find_refusals
from graphdoc.resolve.kustomize import BuildProblemKind
from graphdoc.resolve.names.near_paths import folder_above, nearest_file, nearest_folder
from graphdoc.resolve.repositories.paths import join_path
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["missing_kustomize_entry"]

_MAY_BE_FOLDERS = ("resource ", "component ")


@rule("missing-kustomize-entry", severity=Severity.ERROR)
def missing_kustomize_entry(estate: Estate) -> Iterator[Problem]:
    """A kustomization names a resource, component, patch or generator file that does not exist.

    ## Why is this bad?

    `kustomize build` fails, and with it every overlay that includes the kustomization and every
    Application that renders one of them. More than three of one kustomization are one finding.

    ## Example

    ```yaml
    -- launchpad/web/kustomization.yaml --
    resources:
      - deployment.yaml
      - networkpolicy.yaml  # expect: missing-kustomize-entry
    -- launchpad/web/deployment.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: web}
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/web/kustomization.yaml --
    resources:
      - deployment.yaml
    ```

    ## References

    - [Kustomize: the kustomization file](https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/)
    """
    refusals = find_refusals(estate, BuildProblemKind.MISSING_ENTRY)
    groups = tuple(gather(refusals, _wanted))
    yield from (_several(group) for group in groups if len(group) > 1)
    singles = (group[0] for group in groups if len(group) == 1)
    for group in gather(singles, lambda found: found.problem.span.file):
        yield _one(estate, group[0]) if len(group) == 1 else _all_of(group)


def _wanted(found: Refusal) -> tuple[str, str]:
    """What is missing, as it is named, in which repository."""
    return (found.problem.span.file.repository, found.problem.message)


def _one(estate: Estate, found: Refusal) -> Problem:
    return Problem(
        f"kustomization {found.name}: {found.problem.message}",
        Location(found.problem.span, "named here"),
        found.related,
        f"kustomization:{found.name}",
        hint=_hint(estate, found),
    )


def _several(group: tuple[Refusal, ...]) -> Problem:
    first, *others = group
    places = (Location(found.problem.span, "named here as well") for found in others)
    return Problem(
        f"kustomizations {listed(found.name for found in group)}: {first.problem.message}",
        Location(first.problem.span, "named here"),
        (*places, *(place for found in group for place in found.related)),
        f"kustomization:{first.name}",
        identity=" ".join(_wanted(first)),
    )


def _all_of(group: tuple[Refusal, ...]) -> Problem:
    """Much of what one kustomization names."""
    first, *others = group
    places = (Location(found.problem.span, "nor is this") for found in others)
    names = listed(f"'{found.problem.named}'" for found in group)
    return Problem(
        f"kustomization {first.name} names {len(group)} things that do not exist: {names}",
        Location(first.problem.span, "named here"),
        (*places, *dict.fromkeys(place for found in group for place in found.related)),
        f"kustomization:{first.name}",
        identity=f"several {first.name}",
    )


def _hint(estate: Estate, found: Refusal) -> str:
    """What may be meant, as the kustomization would name it."""
    file, named = found.problem.span.file, found.problem.named
    clone, folder = clones_of(estate, found.builds[0])[file.repository], dirname(file.path)
    wanted = join_path(folder, named)
    if not wanted or not named:
        return ""
    if splitext(wanted)[1] or not found.problem.message.startswith(_MAY_BE_FOLDERS):
        return _hint_near(nearest_file(clone, wanted), folder, named)
    if clone.is_directory(wanted):
        return _hint_within(clone, wanted, named)
    near = nearest_folder(clone, wanted)
    return _hint_near(near, folder, named) or ("" if near else _hint_above(clone, folder, wanted))


def _hint_near(near: str, folder: str, named: str) -> str:
    """The nearest file or folder; what is named in a folder itself is not meant elsewhere."""
    is_beside = "/" not in normpath(named)
    if not near or near == folder or (is_beside and dirname(near) != folder):
        return ""
    return f"the nearest is '{relpath(near, folder or '.')}'"


def _hint_above(clone: Clone, folder: str, wanted: str) -> str:
    above = folder_above(clone, wanted)
    if not above or f"{folder}/".startswith(f"{above}/"):
        return ""
    return f"only '{relpath(above, folder or '.')}' is there"


def _hint_within(clone: Clone, directory: str, named: str) -> str:
    """The manifests of a folder without a kustomization file, each of which could be named."""
    names = (name for name in clone.children(directory) if name.endswith(YAML))
    manifests = [join(normpath(named), name) for name in names]
    return f"it holds {listed(manifests)}" if manifests else ""

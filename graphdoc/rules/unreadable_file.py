"""Rule ``unreadable-file``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.location import Location, SourceFile
from graphdoc.resolve.broken.kustomizations import find_refusals
from graphdoc.resolve.kustomize import BuildProblemKind
from graphdoc.resolve.orphans.reach import find_read_files
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["unreadable_file"]


@rule("unreadable-file", severity=Severity.ERROR)
def unreadable_file(estate: Estate) -> Iterator[Problem]:
    """A file that something reads cannot be read.

    It is not UTF-8 or not YAML; it is larger, deeper or has more documents than the limits allow;
    or a key stands in it twice where Kustomize refuses that. Judged are the files that a
    kustomization, an Application's directory, a chart or a list of values files names; other
    unreadable YAML, such as the templates of other tools, is counted in the coverage, and so are
    pointers of Git LFS.

    ## Why is this bad?

    Argo CD and Kustomize cannot read it either: whatever uses it is not deployed. Nothing that
    stands in it could be analysed.

    ## Example

    ```yaml
    -- launchpad/web/kustomization.yaml --
    resources:
      - account.yaml
    -- launchpad/web/account.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: web  # not closed
    secrets: []  # expect: unreadable-file
    ```

    ## Use instead

    ```yaml
    -- launchpad/web/kustomization.yaml --
    resources:
      - account.yaml
    -- launchpad/web/account.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: web}
    secrets: []
    ```

    ## References

    - [YAML 1.2.2](https://yaml.org/spec/1.2.2/)
    """
    reported: set[SourceFile] = set()
    for found in find_refusals(estate, BuildProblemKind.UNREADABLE):
        file = found.problem.span.file
        reported.add(file)
        place = Location(found.problem.span, "cannot be read")
        yield Problem(found.problem.message, place, found.related, str(file))
    for parsed in find_read_files(estate):
        is_here = parsed.elsewhere is None and parsed.file not in reported
        if parsed.problem is not None and is_here:
            yield parsed.problem

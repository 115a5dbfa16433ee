"""Rule ``patch-without-target``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.location import Location, locations
from graphdoc.resolve.broken.images import find_idle_images
from graphdoc.resolve.broken.kustomizations import kustomization_name, kustomization_subject
from graphdoc.resolve.broken.patches import find_idle_patches
from graphdoc.resolve.names.alike import the_nearest
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["patch_without_target"]


@rule("patch-without-target", severity=Severity.WARNING)
def patch_without_target(estate: Estate) -> Iterator[Problem]:
    """The target selector of a patch matches nothing.

    Kustomize stays silent about it. A patch of a base or component counts as used where it matches
    in any overlay; and nothing is said where the kustomization takes resources from elsewhere (a
    remote base, a chart that is not at hand), or brings nothing at all, nor of a patch that deletes
    all of a kind. A patch without a selector
    that fits nothing is refused by Kustomize:
    [`invalid-kustomization`](invalid-kustomization.md). An entry of `images` is a patch of that
    kind: it is told where nothing that the kustomization builds runs an image of that name.

    ## Why is this bad?

    The change that somebody wrote down is not made, in no cluster. Mostly the resource was renamed
    and the patch was not.

    ## Example

    ```yaml
    -- launchpad/web/kustomization.yaml --
    resources:
      - account.yaml
    patches:
      - target: {kind: Deployment, name: web}  # expect: patch-without-target
        patch: |-
          - op: replace
            path: /spec/replicas
            value: 2
    -- launchpad/web/account.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: web}
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/web/kustomization.yaml --
    resources:
      - account.yaml
    patches:
      - target: {kind: ServiceAccount, name: web}
        patch: |-
          - op: add
            path: /automountServiceAccountToken
            value: false
    ```

    ## References

    - [Kustomize: patches](https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/)
    """
    for idle in find_idle_patches(estate):
        kustomization = idle.patch.kustomization
        yield Problem(
            f"a patch of kustomization {kustomization_name(kustomization)} for {idle.wanted}"
            " matches nothing",
            Location(idle.patch.span, "no such target"),
            (),
            kustomization_subject(kustomization),
            hint=idle.nearest,
        )
    for image in find_idle_images(estate):
        first, *others = image.names
        more = f" and {len(others)} more" if others else ""
        yield Problem(
            f"images of kustomization {kustomization_name(image.kustomization)}{more}"
            f" {'name' if others else 'names'} {first.value}, which nothing there runs",
            Location(first.span, "no such image"),
            locations((other.span for other in others), "nor here"),
            kustomization_subject(image.kustomization),
            hint=the_nearest(image.nearest),
            identity=f"{first.span.file} images {first.value}",
        )

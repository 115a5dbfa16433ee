"""Rule ``floating-image-tag``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Location, locations
from graphdoc.resolve.broken.references import say_who
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.resources.images import find_floating_images
from graphdoc.rules.rule import rule

__all__ = ["floating_image_tag"]


@rule("floating-image-tag", severity=Severity.WARNING)
def floating_image_tag(estate: Estate) -> Iterator[Problem]:
    """A container runs an image by the tag `latest`, or by none.

    An image that a digest pins is none, nor one that OpenShift's triggers fill in. Where a chart
    passes the image on, the finding is at the value.

    ## Why is this bad?

    Which program runs depends on when the Pod was last started and on which node. Nothing in Git
    changes when it does, so nothing can be reviewed or rolled back.

    ## Example

    ```yaml
    -- launchpad/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/launchpad, path: web}
    -- launchpad/web/deployment.yaml --
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          containers:
            - name: web
              image: registry.example.com/web:latest  # expect: floating-image-tag
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/web/deployment.yaml --
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          containers:
            - name: web
              image: registry.example.com/web:1.0.0
    ```

    ## References

    - [Kubernetes: image names](https://kubernetes.io/docs/concepts/containers/images/#image-names)
    """
    found = grouped(
        ((image.origin, image.reference), image) for image in find_floating_images(estate)
    )
    for (origin, reference), uses in sorted(found.items()):
        who = say_who((use.owner for use in uses), "runs")
        spans = sorted({use.span for use in uses} - {origin})
        yield Problem(
            f"{who} {reference}{'' if ':latest' in reference else ' without a tag'}",
            Location(origin, "no version"),
            locations(spans, "run here"),
            uses[0].owner,
            identity=f"{origin.file} {reference}",
            also=tuple(use.owner for use in uses),
        )

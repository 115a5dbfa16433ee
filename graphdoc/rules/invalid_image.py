"""Rule ``invalid-image``."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import gather, grouped
from graphdoc.model.location import Location, Span, locations
from graphdoc.resolve.broken.references import say_who
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.resources.images import RunImage, find_invalid_images, is_image
from graphdoc.rules.rule import rule

__all__ = ["invalid_image"]

_WORDS = re.compile(r".*\S\s+(?=\S)")


@rule("invalid-image", severity=Severity.ERROR)
def invalid_image(estate: Estate) -> Iterator[Problem]:
    """A container runs an image by a name that no registry can have.

    It has a space, a scheme, upper case behind the registry's host, or a malformed tag or digest.
    What a template, a plugin or a script has yet to fill in (`<image>`, `$TAG`, `IMAGE`) is none.

    ## Why is this bad?

    The Pod stays in `InvalidImageName`. Nobody notices before the first sync: any text will do for
    `kubectl apply --dry-run` and for the schema.

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
              image: registry.example.com/Shop/web:1.0.0  # expect: invalid-image
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
              image: registry.example.com/shop/web:1.0.0
    ```

    ## References

    - [Kubernetes: image names](https://kubernetes.io/docs/concepts/containers/images/#image-names)
    """
    found = grouped(
        ((image.origin, image.reference), image) for image in find_invalid_images(estate)
    )
    for group in gather(sorted(found.items()), _cause):
        others = [origin for (origin, _), _ in group[1:]]
        owners = tuple(use.owner for _, uses in group for use in uses)
        yield replace(_problem(*group[0], others), also=owners)


def _problem(key: tuple[Span, str], uses: Sequence[RunImage], others: Sequence[Span]) -> Problem:
    origin, reference = key
    spans = sorted({use.span for use in uses} - {origin})
    more = f", and {len(others)} more like it" if others else ""
    return Problem(
        f"{say_who((use.owner for use in uses), 'runs')} '{reference}', which is no image: "
        f"{_fault(reference)}{more}",
        Location(origin, "no image"),
        (
            *locations(spans, "run here"),
            *locations(others, "nor is this"),
        ),
        uses[0].owner,
        identity=f"{origin.file} {reference}",
    )


def _cause(entry: tuple[tuple[Span, str], object]) -> str:
    """What images have before them that are wrong for one reason: words in place of a registry."""
    (origin, reference), _ = entry
    words = _WORDS.match(reference)
    return words[0] if words else f"{origin} {reference}"


def _fault(reference: str) -> str:
    if any(map(str.isspace, reference)):
        return "it has a space"
    if "://" in reference:
        return "it starts with a scheme"
    return "it has upper case" if is_image(reference.lower()) else "a part of it is malformed"

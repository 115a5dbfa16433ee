"""What an assumed cluster says of itself: by Terraform in the clones, else by its own placeholders.

The pattern called GitOps Bridge has Terraform write a cluster's Secret, whose annotations tell
ApplicationSets where the team's repository is and in which folders they find what.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from graphdoc.model.node import texts_within
from graphdoc.model.resource import Resource
from graphdoc.resolve.applicationset.clusters import Registered

__all__ = ["Told", "find_fields", "tell"]

_FIELD = re.compile(
    r"metadata\.(?P<kind>labels|annotations)"
    r"(?:\.(?P<plain>[\w./-]*\w)|\s+\\?\"(?P<indexed>[^\"\\]+)\\?\")"
)


class Told(NamedTuple):
    """Labels and annotations of clusters that no clone registers; ``by_terraform`` are names."""

    labels: dict[str, str]
    annotations: dict[str, str]
    by_terraform: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Where annotations come from, for the note that a cluster is assumed."""
        if not self.by_terraform:
            return ""
        return f", with '{', '.join(self.by_terraform)}' as Terraform says"

    def complete(self, cluster: Registered) -> Registered:
        """The cluster with all that is told; what its selector asks for wins."""
        return cluster._replace(
            labels={**self.labels, **cluster.labels},
            annotations={**self.annotations, **cluster.annotations},
        )


def find_fields(resource: Resource) -> Iterator[tuple[str, str]]:
    """The labels and annotations of clusters that an ApplicationSet reads, each with its kind."""
    for text, _ in texts_within(resource.manifest):
        for match in _FIELD.finditer(text):
            yield match["kind"], match["plain"] or match["indexed"]


def tell(
    resource: Resource, find_written: Callable[[frozenset[str]], dict[str, str]], *, strict: bool
) -> Told:
    """What an ApplicationSet can be told of a cluster that it assumes.

    Args:
        resource: the set.
        find_written: what Terraform writes under the names of annotations.
        strict: a template that lacks a parameter is refused, so that every cluster must have it;
            what is not known then stays a placeholder, as it does in the plain dialect.
    """
    fields = set(find_fields(resource))
    written = find_written(frozenset(name for kind, name in fields if kind == "annotations"))
    holes: dict[str, dict[str, str]] = {"labels": {}, "annotations": {}}
    for kind, name in sorted(fields) if strict else ():
        holes[kind][name] = f"{{{{.metadata.{kind}.{name}}}}}"
    annotations = {**holes["annotations"], **written}
    return Told(holes["labels"], annotations, tuple(sorted(written)))

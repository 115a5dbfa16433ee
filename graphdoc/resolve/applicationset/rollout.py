"""The order of a progressive sync: which step of ``rollingSync`` an Application belongs to."""

from collections.abc import Iterable, Iterator

from graphdoc.model.node import Mapping
from graphdoc.model.resource import Resource
from graphdoc.resolve.applicationset.selector import parse_selector

__all__ = ["find_steps"]


def find_steps(spec: Mapping, applications: Iterable[Resource]) -> Iterator[tuple[str, int]]:
    """Yield the names of Applications with their step, counted from 1; those in none are left out.

    Raises:
        GeneratorError: a step with an operator that no selector has.
    """
    if spec.text("strategy", "type") != "RollingSync":
        return
    steps = [parse_selector(step) for step in spec.mappings_at("strategy", "rollingSync", "steps")]
    for application in applications:
        labels = dict(application.manifest.pairs_at("metadata", "labels"))
        chosen = next((n for n, matches in enumerate(steps, start=1) if matches(labels)), None)
        if chosen is not None:
            yield application.name, chosen

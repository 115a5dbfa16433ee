"""Parameter sets of two generators into one: the product of a matrix, the join of a merge."""

import json

from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, to_plain
from graphdoc.resolve.applicationset.dialect import Dialect
from graphdoc.resolve.applicationset.failures import GeneratorError
from graphdoc.resolve.applicationset.parameters import make_mapping
from graphdoc.resolve.helm.layering import merge_values

__all__ = ["combine", "merge_by_keys"]


def combine(dialect: Dialect, first: Mapping, second: Mapping) -> Mapping:
    """One cell of a matrix; with Go templates the first generator wins.

    Raises:
        GeneratorError: in the plain dialect, the two disagree.
    """
    if dialect.is_go:
        return merge_values(second, first)
    for key, node in second.entries.items():
        if key in first.entries and to_plain(first.entries[key]) != to_plain(node):
            raise GeneratorError(
                node.span, f"both generators of a matrix set '{key}', and differently"
            )
    return make_mapping({**first.entries, **second.entries}, first.span)


def merge_by_keys(
    dialect: Dialect, keys: list[str], made: list[list[Mapping]], span: Span
) -> list[Mapping]:
    """The first generator's sets, each overridden by those of the others with the same keys.

    Raises:
        GeneratorError: two sets of one generator have the same keys.
    """
    merged, *others = [_by_keys(keys, sets, span) for sets in made]
    for overrides in others:
        for key in merged.keys() & overrides.keys():
            merged[key] = _override(dialect, merged[key], overrides[key])
    return list(merged.values())


def _override(dialect: Dialect, below: Mapping, above: Mapping) -> Mapping:
    if dialect.is_go:
        return merge_values(below, above)
    return make_mapping({**below.entries, **above.entries}, above.span)


def _by_keys(keys: list[str], sets: list[Mapping], span: Span) -> dict[str, Mapping]:
    found: dict[str, Mapping] = {}
    for one in sets:
        values = [_plain_at(one, key) for key in sorted(set(keys))]
        key = json.dumps(values, sort_keys=True)
        if key in found:
            raise GeneratorError(
                span, f"two parameter sets of one generator share the merge keys {key}"
            )
        found[key] = one
    return found


def _plain_at(parameters: Mapping, key: str) -> object:
    node = parameters.entries.get(key)
    return to_plain(node) if node is not None else None

"""How much patches and replacements may copy: a few lines can double a tree with every step."""

from graphdoc.model.dataclass import dataclass
from graphdoc.model.limits import DEFAULT_LIMITS, Limits
from graphdoc.model.node import Mapping, Node, Scalar
from graphdoc.resolve.kustomize.resources.trees import NotUnderstoodError

__all__ = ["Allowance"]

_LETTERS = 16  # of text weigh as much as a value


@dataclass(slots=True)
class Allowance:
    """What one kustomization may still copy, and look at."""

    limits: Limits = DEFAULT_LIMITS
    spent: int = 0
    tried: int = 0

    def spend(self, node: Node, above: int = 0) -> None:
        """Count a tree that is copied to a place with so many levels above it."""
        pending = [(node, above)]
        while pending:
            one, depth = pending.pop()
            self.spent += 1 + (len(one.text) // _LETTERS if isinstance(one, Scalar) else 0)
            if self.spent > self.limits.nodes:
                raise NotUnderstoodError(f"copies more than {self.limits.nodes} values", node.span)
            if depth > self.limits.depth:
                raise NotUnderstoodError(f"nests more than {self.limits.depth} levels", node.span)
            pending += ((child, depth + 1) for child in _children(one))

    def try_on(self, count: int) -> None:
        """Count resources that a patch is tried on."""
        self.tried += count
        most = self.limits.patch_targets
        if self.tried > most:
            raise NotUnderstoodError(f"patches are tried on more than {most} resources")


def _children(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Scalar):
        return ()
    return tuple(node.entries.values()) if isinstance(node, Mapping) else node.items

"""Which edges a team forbids or requires."""

from enum import StrEnum

from graphdoc.model.dataclass import dataclass
from graphdoc.model.edge import EdgeKind
from graphdoc.model.finding import Severity
from graphdoc.model.location import Span

__all__ = ["Contract", "ContractKind", "Reach", "Selector"]


class ContractKind(StrEnum):
    """What a contract says of the edges between two groups of nodes."""

    FORBIDDEN = "forbidden"
    REQUIRED = "required"


class Reach(StrEnum):
    """Whether single edges count, or whole chains of them."""

    DIRECT = "direct"
    TRANSITIVE = "transitive"


@dataclass(frozen=True, slots=True)
class Selector:
    """An expression that means nodes, and where it is written."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Contract:
    """No edge, or one at least, from each of some nodes to others; no kinds means every kind."""

    name: str
    reason: str
    severity: Severity
    kind: ContractKind
    origin: Selector
    target: Selector
    edges: frozenset[EdgeKind]
    reach: Reach
    span: Span

"""How much of an estate was analysed: what every report ends with."""

from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import NotUnderstood

__all__ = ["Coverage"]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was seen, what was understood, and what was not, with the reason.

    ``applications`` counts rendered Applications, one a cluster; ``resolved`` those whose every
    source was found and rendered. ``charts`` are those in the clones, without those within others;
    ``charts_rendered`` those of them that something renders.
    """

    documents: int = 0
    parsed: int = 0
    kustomizations: int = 0
    rendered: int = 0
    applications: int = 0
    resolved: int = 0
    not_understood: tuple[NotUnderstood, ...] = ()
    charts: int = 0
    charts_rendered: int = 0

"""What the two dialects have in common: texts and parameter sets in, texts or faults out."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol, TypeAlias

from graphdoc.model.node import Mapping, Scalar

__all__ = ["Dialect", "Fault", "Filled"]


class Fault(NamedTuple):
    """Why a text cannot be evaluated.

    ``undecided`` says that Argo CD might well evaluate it; ``missing``, that a parameter is;
    ``unsound``, that no parameters whatever make it a template.
    """

    message: str
    undecided: bool = False
    missing: bool = False
    unsound: bool = False


Filled: TypeAlias = dict[str, str | Fault]


class Dialect(Protocol):
    """Evaluates templated texts."""

    @property
    def is_go(self) -> bool:
        """Whether parameters nest, as Go templates have them."""

    def fill(self, texts: Sequence[str], parameters: Sequence[Mapping]) -> list[Filled]:
        """Every text with every parameter set; one answer for each set, in order."""

    def fill_leniently(self, texts: Sequence[str], parameters: Sequence[Mapping]) -> list[Filled]:
        """The same, but a text that names an unknown parameter stays as it is."""

    def parameter(self, text: str, parameters: Mapping) -> Scalar | None:
        """The parameter that is the whole text; ``None`` where the text holds anything else."""

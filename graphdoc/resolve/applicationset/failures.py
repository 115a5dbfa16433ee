"""Why a generator yields nothing: because it is wrong, or because no clone can tell."""

from graphdoc.model.location import Span

__all__ = ["FillError", "GeneratorError", "UndecidedError"]


class GeneratorError(Exception):
    """A generator that Argo CD would refuse."""

    def __init__(self, span: Span, message: str) -> None:
        super().__init__(f"{span}: {message}")
        self.span = span
        self.message = message


class FillError(GeneratorError):
    """A text that cannot be evaluated with the parameters at hand."""


class UndecidedError(Exception):
    """A generator whose answer lies outside of the clones."""

    def __init__(self, span: Span, reason: str) -> None:
        super().__init__(f"{span}: {reason}")
        self.span = span
        self.reason = reason

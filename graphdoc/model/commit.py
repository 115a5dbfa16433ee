"""One commit of a repository, as far as pages tell of it."""

from graphdoc.model.dataclass import dataclass

__all__ = ["Commit"]


@dataclass(frozen=True, slots=True)
class Commit:
    """What reached the checked-out branch: ``time`` is in seconds since 1970."""

    repository: str
    id: str
    time: int
    author: str
    subject: str
    files: tuple[str, ...]

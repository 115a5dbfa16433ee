"""Documents that came with what somebody else wrote."""

from posixpath import dirname, join

from graphdoc.model.clone import Clone
from graphdoc.model.node import Scalar
from graphdoc.resolve.documents.speech import is_copied
from graphdoc.resolve.kustomize.files.roots import is_kustomization
from graphdoc.resolve.repositories.addresses import url_identity
from graphdoc.resolve.resolved import Estate

__all__ = ["Copies"]

_OWNER = 2  # the forge and whose repository it is


class Copies:
    """Tells the documents that speak of the place from which they were copied."""

    def __init__(self, estate: Estate) -> None:
        self._files = estate.files
        self._owners = {_owner(url) for clone in estate.clones for url in clone.urls}

    def has(self, clone: Clone, path: str) -> bool:
        """Whether a document came with a release, a pulled chart or a chart of other people."""
        return is_copied(path) or _is_pulled(clone, path) or self._is_of_others(clone, path)

    def _is_of_others(self, clone: Clone, path: str) -> bool:
        """Whether it lies in a chart whose maintainers keep it in repositories of other owners."""
        chart = join(dirname(path), "Chart.yaml")
        root = self._files.parse(clone, chart).mapping if clone.is_file(chart) else None
        if root is None or not root.items_at("maintainers"):
            return False
        sources = {_owner(s.text) for s in root.items_at("sources") if isinstance(s, Scalar)}
        return bool(sources) and not sources & self._owners


def _owner(url: str) -> tuple[str, ...]:
    return tuple(url_identity(url).split("/")[:_OWNER])


def _is_pulled(clone: Clone, path: str) -> bool:
    """Whether a document came with a chart that Kustomize pulled, into ``charts/`` beside it."""
    home, charts, chart = f"/{path}".partition("/charts/")
    folder = f"{home}/charts/{chart.partition('/')[0]}".lstrip("/")
    is_chart = bool(charts) and clone.is_file(f"{folder}/Chart.yaml")
    return is_chart and is_kustomization(clone, home.lstrip("/")) is not None

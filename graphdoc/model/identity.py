"""How the ids of nodes are spelled that several stages name: a contract with whoever keeps them."""

__all__ = ["chart_id", "kustomization_id", "remote_chart_id"]


def kustomization_id(repository: str, path: str) -> str:
    """A kustomization by its folder; by its address alone where it lies in no clone."""
    return f"kustomization:{'/'.join(filter(None, (repository, path)))}"


def chart_id(repository: str, path: str) -> str:
    """A chart that lies in a clone, by its folder."""
    return f"chart:{repository}/{path}".rstrip("/")


def remote_chart_id(repository: str, name: str, version: str) -> str:
    """A version of a chart by the address of the chart repository that has it."""
    return f"chart:{repository.rstrip('/')}/{name}@{version}"

"""What two manifests of one Application share, wherever they are written."""

from graphdoc.model.argocd import Application
from graphdoc.resolve.repositories.addresses import url_identity

__all__ = ["application_facts"]


def application_facts(application: Application) -> tuple[object, ...]:
    """Name, sources at any revision, and cluster."""
    sources = tuple((url_identity(s.repo_url), s.path, s.chart) for s in application.sources)
    destination = application.destination
    cluster = (destination.server, destination.name)
    return (application.namespace, application.name, sources, cluster)

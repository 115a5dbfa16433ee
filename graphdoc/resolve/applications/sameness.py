"""What two manifests of one Application share, wherever they are written."""

from graphdoc.model.argocd import Application
from graphdoc.resolve.repositories.addresses import url_identity

__all__ = ["application_facts", "deployment_facts"]


def application_facts(application: Application) -> tuple[object, ...]:
    """Name, sources at any revision, and cluster."""
    sources = tuple((url_identity(s.repo_url), s.path, s.chart) for s in application.sources)
    destination = application.destination
    cluster = (destination.server, destination.name)
    return (application.namespace, application.name, sources, cluster)


def deployment_facts(application: Application) -> tuple[object, ...]:
    """The same, and the values files: what tells one stage's Application from another's."""
    helms = (source.helm for source in application.sources)
    files = tuple(str(entry.value) for helm in helms if helm for entry in helm.value_files)
    return (*application_facts(application), files)

"""Secrets that are made and that nothing uses."""

import re
from collections.abc import Iterator

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.file_kinds import PROSE
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.resource import NamespacedName
from graphdoc.model.secret import ProducerKind, SecretProducer
from graphdoc.resolve.repositories.contents import every_file, skim_bytes
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.resources.workloads import pod_spec_of
from graphdoc.resolve.secrets.evidence import unknown_namespaces
from graphdoc.resolve.secrets.flow import SecretFlow, trace_secrets
from graphdoc.resolve.secrets.rescoped import find_rescoped

__all__ = ["IdleSecret", "find_idle_secrets"]

_JUDGED = frozenset({ProducerKind.SEALED_SECRET, ProducerKind.EXTERNAL_SECRET})


@dataclass(frozen=True, slots=True)
class IdleSecret:
    """One Secret of one cluster that nothing uses; ``is_namesake`` of one that is used there."""

    cluster: str
    key: NamespacedName
    producer: SecretProducer
    is_namesake: bool

    @property
    def kind(self) -> str:
        """What makes it, by its kind and name."""
        return str(self.producer.resource)

    @property
    def span(self) -> Span:
        """Where that is written."""
        return self.producer.span


def find_idle_secrets(estate: Estate) -> Iterator[IdleSecret]:
    """Secrets of SealedSecrets and ExternalSecrets that nothing known uses or speaks of."""
    # One that was renamed is not used under its new name; the renaming is the matter.
    renamed = {sealed.resource.span for sealed in find_rescoped(estate)}
    unused = (found for cluster in estate.clusters for found in _unused(estate, cluster))
    idle = [found for found in unused if found.span not in renamed]
    names = {found.key.name for found in idle}
    said = _said(estate.clones, names, frozenset(found.span.file for found in idle))
    yield from (found for found in idle if found.key.name not in said or found.is_namesake)


def _unused(estate: Estate, cluster: str) -> Iterator[IdleSecret]:
    flow = trace_secrets(estate, cluster)
    elsewhere = _copied_names(flow) | _names_used_anywhere(flow)
    used = {key.name for key in flow.consumers}
    opaque = unknown_namespaces(estate.applications_on(cluster))
    own = set(_own_namespaces(estate, cluster)) - opaque if "" not in opaque else set()
    for key, makers in flow.producers.items():
        if key in flow.consumers or key.name in elsewhere or key.namespace not in own:
            continue
        if all(made.producer.how in _JUDGED for made in makers):
            yield from (
                IdleSecret(cluster, key, made.producer, key.name in used) for made in makers
            )


def _copied_names(flow: SecretFlow) -> frozenset[str]:
    return frozenset(
        key.name
        for key, makers in flow.producers.items()
        if any(made.producer.how is ProducerKind.POLICY_CLONE for made in makers)
    )


def _names_used_anywhere(flow: SecretFlow) -> frozenset[str]:
    """What a ClusterIssuer uses lies beside cert-manager, wherever that runs."""
    uses = (
        (key.name, use.consumer.resource.kind)
        for key, found in flow.consumers.items()
        for use in found
    )
    return frozenset(name for name, kind in uses if kind == "ClusterIssuer")


def _own_namespaces(estate: Estate, cluster: str) -> Iterator[str]:
    """Those that Git fills or makes: another one is for the workloads of somebody else."""
    for entry in estate.applications_on(cluster):
        destination = entry.application.destination.namespace
        yield destination
        for resource in entry.resources:
            if pod_spec_of(resource) is not None:
                yield resource.namespace or destination
            elif resource.kind == "Namespace":
                yield resource.name


def _said(clones: tuple[Clone, ...], names: set[str], own: frozenset[SourceFile]) -> frozenset[str]:
    """Which of the names any other file says that is no prose."""
    if not names:
        return frozenset()
    longest = sorted(names, key=lambda name: (-len(name), name))
    wanted = tuple(name.encode() for name in longest)
    others = (
        skim_bytes(clone, path)
        for clone, path in every_file(clones)
        if SourceFile(clone.name, path) not in own and not path.endswith(PROSE)
    )
    return frozenset(word.decode() for text in others for word in _words(text, wanted))


def _words(text: bytes, wanted: tuple[bytes, ...]) -> list[bytes]:
    """The names that stand in a text by themselves; only those that it holds at all are sought."""
    held = [re.escape(name) for name in wanted if name in text]
    if not held:
        return []
    return re.findall(rb"(?<![\w.-])(?:%b)(?![\w-])" % b"|".join(held), text)

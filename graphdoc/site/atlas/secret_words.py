"""What makes a Secret and how it is used, in the words of pages."""

from collections.abc import Iterable
from itertools import chain

from graphdoc.graph.repo_graph import Edge, GraphNode
from graphdoc.model.secret import ConsumerKind, ProducerKind
from graphdoc.site.atlas.facts import text, texts

__all__ = ["made_by", "makers", "makers_in_git", "used_as"]

_MAKERS = {
    ProducerKind.SECRET: "Secret manifest",
    ProducerKind.SEALED_SECRET: "SealedSecret",
    ProducerKind.EXTERNAL_SECRET: "ExternalSecret",
    ProducerKind.CERTIFICATE: "cert-manager",
    ProducerKind.ISSUER: "cert-manager issuer",
    ProducerKind.INGRESS_CERTIFICATE: "cert-manager for an Ingress",
    ProducerKind.SERVICE_CERTIFICATE: "OpenShift service CA",
    ProducerKind.OPERATOR: "operator",
    ProducerKind.JOB: "Job",
    ProducerKind.POLICY_CLONE: "Kyverno clone",
    ProducerKind.CONFIGURED: "something outside of Git",
}
_NO_ARTICLE = ("cert-manager", "cert-manager for an Ingress", "something outside of Git")
# A manifest is the Secret itself, and a policy has a page: the others make it from a line in Git.
_BESIDE = frozenset({ProducerKind.SECRET, ProducerKind.POLICY_CLONE})
_FOR_A_KIND = frozenset({ProducerKind.OPERATOR, ProducerKind.POLICY_CLONE})
_USES = {
    ConsumerKind.SERVICE_ACCOUNT: "ServiceAccount",
    ConsumerKind.INGRESS_TLS: "Ingress TLS",
    ConsumerKind.INGRESS_ROUTE_TLS: "IngressRoute TLS",
    ConsumerKind.GATEWAY_TLS: "Gateway TLS",
    ConsumerKind.ROUTE_TLS: "Route TLS",
    ConsumerKind.MIDDLEWARE: "Middleware",
    ConsumerKind.SECRET_STORE: "SecretStore",
    ConsumerKind.ARGOCD: "Argo CD",
    ConsumerKind.CUSTOM_RESOURCE: "custom resource",
}


def makers(node: GraphNode) -> tuple[str, ...]:
    """What makes a Secret; of what an operator makes it for, the kind."""
    return _words(node, map(ProducerKind, texts(node.attributes, "producers")))


def makers_in_git(node: GraphNode) -> tuple[str, ...]:
    """What makes a Secret from a line in Git and is no node of a picture itself."""
    found = map(ProducerKind, texts(node.attributes, "producers"))
    return _words(node, (maker for maker in found if maker not in _BESIDE))


def _words(node: GraphNode, found: Iterable[ProducerKind]) -> tuple[str, ...]:
    kinds = tuple(map(_kind, texts(node.attributes, "operated")))
    words = ((kinds if maker in _FOR_A_KIND and kinds else (_MAKERS[maker],)) for maker in found)
    return tuple(dict.fromkeys(chain.from_iterable(words)))


def _kind(operated: str) -> str:
    """A kind by itself where nothing else is called so; "Cluster" needs its group."""
    kind, _, group = operated.partition(".")
    return kind if sum(map(str.isupper, kind)) > 1 or not group else f"{kind} ({group})"


def made_by(nodes: Iterable[GraphNode]) -> str:
    """The makers of some Secrets, as a sentence names them."""
    found = sorted({maker for node in nodes for maker in makers(node)})
    return " and ".join(map(_with_article, found))


def used_as(edge: Edge) -> str:
    """How an Application uses a Secret; nothing of other relations."""
    how = text(edge.attributes, "how")
    return _USES.get(ConsumerKind(how), how) if how else ""


def _with_article(maker: str) -> str:
    if maker in _NO_ARTICLE:
        return maker
    return f"{'an' if maker[0] in 'aeiouAEIOU' else 'a'} {maker}"

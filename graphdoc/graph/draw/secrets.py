"""Secrets as nodes: what unseals, clones and uses them; names only, never values."""

from collections import defaultdict

from graphdoc.graph.draw.drawing import Drawing
from graphdoc.graph.repo_graph import EdgeKind
from graphdoc.model.node import Plain, texts
from graphdoc.model.redact import redact_key
from graphdoc.model.resource import NamespacedName
from graphdoc.model.secret import ProducerKind, SecretProducer
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.secrets.flow import Produced, SecretFlow, trace_secrets

__all__ = ["draw_secrets"]


def draw_secrets(drawing: Drawing, estate: Estate) -> None:
    """Every Secret that something makes or uses, cluster by cluster."""
    for cluster in estate.clusters:
        flow = trace_secrets(estate, cluster)
        lacking = frozenset(missing.key for missing in flow.missing), frozenset(flow.undecided)
        for key in sorted({*flow.producers, *flow.consumers}):
            _draw_secret(drawing, flow, key, *lacking)
        _draw_uses(drawing, flow)


def _draw_secret(
    drawing: Drawing,
    flow: SecretFlow,
    key: NamespacedName,
    missing: frozenset[NamespacedName],
    undecided: frozenset[NamespacedName],
) -> None:
    producers = flow.producers.get(key, ())
    consumers = flow.consumers.get(key, ())
    makers = [produced.producer for produced in producers]
    attributes: dict[str, Plain] = {
        "namespace": key.namespace,
        "keys": texts(sorted({redact_key(name) for maker in makers for name in maker.keys})),
        "producers": texts(sorted({str(maker.how) for maker in makers})),
        "missing": key in missing,
        "undecided": key in undecided,
        "consumers": len({use.owner for use in consumers}),
    }
    operated = {_operated(maker) for maker in makers} - {""}
    copied = {f"secret:{flow.cluster}/{m.copied_from}" for m in makers if m.copied_from}
    attributes |= {"operated": texts(sorted(operated))} if operated else {}
    attributes |= {"copy_of": texts(sorted(copied))} if copied else {}
    places = [maker.span for maker in makers] or [use.origin for use in consumers]
    drawing.node(
        _secret_id(flow.cluster, key), key.name, places, cluster=flow.cluster, attributes=attributes
    )
    for produced in producers:
        _draw_producer(drawing, flow.cluster, key, produced)


def _operated(producer: SecretProducer) -> str:
    """What an operator makes the Secret for, as ``Kind.group``; empty of policies and the like."""
    resource = producer.resource
    if producer.how is ProducerKind.POLICY_CLONE:
        if resource.group.endswith("kyverno.io"):
            return ""
        if producer.copied_from:
            return "annotation"
    elif producer.how is not ProducerKind.OPERATOR:
        return ""
    return f"{resource.kind}.{resource.group}"


def _draw_producer(drawing: Drawing, cluster: str, key: NamespacedName, produced: Produced) -> None:
    producer, secret = produced.producer, _secret_id(cluster, key)
    if producer.how is ProducerKind.SEALED_SECRET:
        attributes: dict[str, Plain] = {
            "namespace": key.namespace,
            "scope": str(producer.scope or ""),
            "keys": texts(redact_key(name) for name in producer.keys),
            "application": produced.owner,
        }
        sealed = f"sealedsecret:{cluster}/{key.namespace}/{key.name}"
        drawing.node(sealed, key.name, [producer.span], cluster=cluster, attributes=attributes)
        drawing.edge(sealed, EdgeKind.UNSEALS, secret, [producer.span])
    elif producer.how is ProducerKind.POLICY_CLONE:
        policy = f"policy:{cluster}/{producer.resource.name}"
        drawing.edge(policy, EdgeKind.CLONES, secret, [producer.span])


def _draw_uses(drawing: Drawing, flow: SecretFlow) -> None:
    used: dict[str, set[str]] = defaultdict(set)
    for key, uses in flow.consumers.items():
        for use in uses:
            secret = _secret_id(flow.cluster, key)
            used[use.owner].add(secret)
            spans = dict.fromkeys((use.consumer.span, use.origin))
            attributes: dict[str, Plain] = {
                "how": str(use.consumer.how),
                "optional": use.consumer.optional,
            }
            drawing.edge(use.owner, EdgeKind.USES, secret, spans, attributes)
    for owner, secrets in used.items():
        if owner.startswith("application:") and drawing.has_node(owner):
            drawing.set_attribute(owner, "secrets", texts(sorted(secrets)))


def _secret_id(cluster: str, key: NamespacedName) -> str:
    return f"secret:{cluster}/{key}"

"""Secrets as nodes: what unseals, clones and uses them; names only, never values."""

from collections import defaultdict

from graphdoc.graph.draw.drawing import Drawing
from graphdoc.graph.repo_graph import EdgeKind
from graphdoc.model.node import Plain, texts
from graphdoc.model.redact import redact_key
from graphdoc.model.resource import NamespacedName
from graphdoc.model.secret import ProducerKind
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
    made = [produced.producer.span for produced in producers]
    drawing.node(
        _secret_id(flow.cluster, key),
        key.name,
        made or [use.origin for use in consumers],
        cluster=flow.cluster,
        attributes={
            "namespace": key.namespace,
            "keys": texts(
                sorted({redact_key(name) for p in producers for name in p.producer.keys})
            ),
            "producers": texts(sorted({str(p.producer.how) for p in producers})),
            "missing": key in missing,
            "undecided": key in undecided,
            "consumers": len({use.owner for use in consumers}),
        },
    )
    copied = {p.producer.copied_from for p in producers if p.producer.copied_from}
    operated = {_operated(p) for p in producers} - {""}
    if operated:
        drawing.set_attribute(_secret_id(flow.cluster, key), "operated", texts(sorted(operated)))
    if copied:
        origins = texts(f"secret:{flow.cluster}/{name}" for name in sorted(copied))
        drawing.set_attribute(_secret_id(flow.cluster, key), "copy_of", origins)
    for produced in producers:
        _draw_producer(drawing, flow.cluster, key, produced)


def _operated(produced: Produced) -> str:
    """What an operator makes the Secret for, as ``Kind.group``; empty of other makers."""
    resource = produced.producer.resource
    is_operated = produced.producer.how is ProducerKind.OPERATOR
    return f"{resource.kind}.{resource.group}" if is_operated else ""


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
    return (
        f"secret:{cluster}/{key.namespace}/{key.name}"
        if key.namespace
        else f"secret:{cluster}/{key.name}"
    )

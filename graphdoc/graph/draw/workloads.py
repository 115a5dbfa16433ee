"""Hosts, images, namespaces and policies: what the rendered resources of Applications show."""

from collections import defaultdict

from graphdoc.graph.draw.drawing import Drawing
from graphdoc.graph.repo_graph import EdgeKind
from graphdoc.model.node import Plain, texts
from graphdoc.model.redact import REDACTED, redact_text
from graphdoc.model.resource import Resource
from graphdoc.resolve.resolved import Estate, ResolvedApplication
from graphdoc.resolve.resources.kyverno import is_policy, policy_rules
from graphdoc.resolve.resources.workloads import hosts_of, images_of
from graphdoc.resolve.secrets.known import KnownSecrets

__all__ = ["draw_workloads"]

_POLICY_GROUPS = frozenset({"kyverno.io", "policies.kyverno.io"})


def draw_workloads(drawing: Drawing, estate: Estate) -> None:
    """What each Application serves, runs and applies into."""
    tags: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    clusters: dict[str, set[str]] = defaultdict(set)
    members: dict[str, set[str]] = defaultdict(set)
    for entry in estate.applications:
        drawing.set_attribute(entry.id, "images", _draw_images(drawing, entry, tags))
        drawing.set_attribute(entry.id, "hosts", _draw_hosts(drawing, entry, clusters))
        drawing.set_attribute(entry.id, "namespaces", _draw_namespaces(drawing, entry, members))
    for image, by_tag in tags.items():
        drawing.set_attribute(
            image, "tags", {tag: texts(sorted(by_tag[tag])) for tag in sorted(by_tag)}
        )
    for host, names in clusters.items():
        drawing.set_attribute(host, "clusters", texts(sorted(names)))
    for namespace, ids in members.items():
        drawing.set_attribute(namespace, "applications", len(ids))
    for cluster, owner, resource in estate.applied:
        if resource.group in _POLICY_GROUPS and resource.name:
            _draw_policy(drawing, cluster, owner, resource)


def _split_image(reference: str) -> tuple[str, str]:
    """An image reference as repository and tag or digest; the tag is empty where none is given."""
    name, at, digest = reference.partition("@")
    repository, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        return name, digest if at else ""
    return repository, tag


def _draw_images(
    drawing: Drawing, entry: ResolvedApplication, tags: dict[str, dict[str, set[str]]]
) -> list[Plain]:
    found: set[str] = set()
    known = KnownSecrets(entry.resources)
    for scalar in (scalar for resource in entry.resources for scalar in images_of(resource)):
        reference = str(scalar.value)
        repository, tag = _split_image(reference)
        if known.holds(tag):  # the name is of no account: a Secret, too, may say "postgres"
            reference, tag = f"{repository}:{REDACTED}", REDACTED
        if not repository or redact_text(reference) != reference:  # no image has a user
            continue
        found.add(reference)
        id_ = drawing.node(f"image:{repository}", repository, [scalar.span])
        tags[id_][tag].add(entry.id)
        drawing.edge(entry.id, EdgeKind.RUNS, id_, scalar.origins, {"tag": tag})
    return texts(sorted(found))


def _draw_hosts(
    drawing: Drawing, entry: ResolvedApplication, clusters: dict[str, set[str]]
) -> list[Plain]:
    found: set[str] = set()
    for fact in (fact for resource in entry.resources for fact in hosts_of(resource)):
        found.add(fact.host)
        id_ = drawing.node(f"host:{fact.host}", fact.host, [fact.span])
        clusters[id_].add(entry.cluster)
        drawing.edge(entry.id, EdgeKind.SERVES, id_, [fact.span])
    return texts(sorted(found))


def _draw_namespaces(
    drawing: Drawing, entry: ResolvedApplication, members: dict[str, set[str]]
) -> list[Plain]:
    places = {}
    destination = entry.manifest.scalar("spec", "destination", "namespace")
    if destination is not None and entry.application.destination.namespace:
        places[entry.application.destination.namespace] = destination.span
    for resource in entry.resources:
        name = resource.name if _is_namespace(resource) else resource.namespace
        if name:
            places.setdefault(name, resource.span)
    for name, span in places.items():
        id_ = f"namespace:{entry.cluster}/{name}"
        drawing.node(id_, name, [span], cluster=entry.cluster)
        members[id_].add(entry.id)
    return texts(sorted(places))


def _is_namespace(resource: Resource) -> bool:
    return resource.kind == "Namespace" and not resource.group


def _draw_policy(drawing: Drawing, cluster: str, owner: str, resource: Resource) -> None:
    rules: list[Plain] = [
        {"name": rule.name, "type": rule.type, "kinds": texts(sorted(set(rule.kinds)))}
        for rule in (policy_rules(resource) if is_policy(resource) else ())
    ]
    drawing.node(
        f"policy:{cluster}/{resource.name}",
        resource.name,
        resource.manifest.origins,
        cluster=cluster,
        attributes={"kind": resource.kind, "rules": rules, "application": owner},
    )

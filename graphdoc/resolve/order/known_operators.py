"""Which charts bring the operator, and the definitions, of which API groups."""

__all__ = ["groups_of_chart"]

_GROUPS = {
    "cert-manager": ("cert-manager.io",),
    "cloudnative-pg": ("postgresql.cnpg.io",),
    "external-secrets": ("external-secrets.io",),
    "keda": ("keda.sh",),
    "kube-prometheus-stack": ("monitoring.coreos.com",),
    "kyverno": ("kyverno.io",),
    "longhorn": ("longhorn.io",),
    "metallb": ("metallb.io",),
    "prometheus-operator-crds": ("monitoring.coreos.com",),
    "sealed-secrets": ("bitnami.com",),
    "strimzi-kafka-operator": ("kafka.strimzi.io",),
    "traefik": ("traefik.io", "traefik.containo.us"),
    "velero": ("velero.io",),
}


def groups_of_chart(name: str) -> tuple[str, ...]:
    """The groups whose custom resources need what a chart installs; none for other charts."""
    return _GROUPS.get(name.rpartition("/")[2], ())

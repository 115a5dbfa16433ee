"""Which charts, and which packages of Operator Hub, bring the operator of which API groups.

Of a group that several operators share the kind stands before it.
"""

__all__ = ["groups_of_chart", "groups_of_package"]

_BY_CHART = {
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
_BY_PACKAGE = {
    "advanced-cluster-management": ("operator.open-cluster-management.io",),
    "amq-streams": ("kafka.strimzi.io",),
    "cert-manager": ("cert-manager.io",),
    "cloudnative-pg": ("postgresql.cnpg.io",),
    "cluster-logging": ("logging.openshift.io", "ClusterLogForwarder.observability.openshift.io"),
    "compliance-operator": ("compliance.openshift.io",),
    "eclipse-che": ("org.eclipse.che",),
    "external-secrets-operator": ("external-secrets.io",),
    "gpu-operator-certified": ("nvidia.com",),
    "grafana-operator": ("grafana.integreatly.org",),
    "kiali-ossm": ("kiali.io",),
    "kubernetes-nmstate-operator": ("nmstate.io",),
    "kubevirt-hyperconverged": ("hco.kubevirt.io",),
    "local-storage-operator": ("local.storage.openshift.io",),
    "loki-operator": ("loki.grafana.com",),
    "metallb-operator": ("metallb.io",),
    "multicluster-engine": ("multicluster.openshift.io",),
    "nfd": ("nfd.openshift.io",),
    "openshift-cert-manager-operator": ("cert-manager.io",),
    "openshift-pipelines-operator-rh": ("tekton.dev",),
    "project-quay": ("quay.redhat.com",),
    "quay-operator": ("quay.redhat.com",),
    "rhacs-operator": ("platform.stackrox.io",),
    "rhbk-operator": ("k8s.keycloak.org",),
    "rhods-operator": ("opendatahub.io",),
    "serverless-operator": ("operator.knative.dev",),
    "servicemeshoperator": ("maistra.io",),
    "strimzi-kafka-operator": ("kafka.strimzi.io",),
}


def groups_of_chart(name: str) -> tuple[str, ...]:
    """The groups whose custom resources need what a chart installs; none for other charts."""
    return _BY_CHART.get(name.rpartition("/")[2], ())


def groups_of_package(name: str) -> tuple[str, ...]:
    """The groups whose custom resources need what a Subscription installs; none for others."""
    return _BY_PACKAGE.get(name, ())

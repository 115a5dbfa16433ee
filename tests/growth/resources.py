"""What one folder of manifests may have many of."""

from tests.growth.estates import Files, below_root, feature, here, made

__all__ = ["config_map", "deployment"]


def deployment(
    name: str,
    *,
    config: str = "",
    secret: str = "",
    words: list[str] | None = None,
    image: str = "",
) -> dict[str, object]:
    """A Deployment of one container, with what it may ask for."""
    container: dict[str, object] = {
        "name": "main", "image": image or f"example/{name}:1", "args": words or ["--listen"],
        "env": [{"name": "LEVEL", "value": "info"}],
        "ports": [{"name": "http", "containerPort": 8080}],
    }  # fmt: skip
    asked = [("configMapRef", config), ("secretRef", secret)]
    container["envFrom"] = [{key: {"name": wanted}} for key, wanted in asked if wanted]
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}
    return made("apps/v1", "Deployment", name, spec=spec)


def config_map(name: str, namespace: str = "") -> dict[str, object]:
    """A ConfigMap of one key."""
    return made("v1", "ConfigMap", name, namespace, data={"word": name})


def _one(*documents: dict[str, object], **files: object) -> Files:
    """One Application that renders one folder."""
    manifests: Files = {"app/all.yaml": list(documents)}
    return below_root([("HERE", here("app"))]) | manifests | files


def _in(namespace: str, manifest: dict[str, object]) -> dict[str, object]:
    metadata = manifest["metadata"]
    assert isinstance(metadata, dict)
    return manifest | {"metadata": metadata | {"namespace": namespace}}


@feature
def resources_of_a_folder(names: list[str]) -> Files:
    return below_root([("HERE", here("app"))]) | {
        f"app/{name}.yaml": deployment(name) for name in names
    }


@feature
def secrets(names: list[str]) -> Files:
    sealed = [
        made(
            "bitnami.com/v1alpha1",
            "SealedSecret",
            f"{n}-s",
            spec={"encryptedData": {"word": "AgA"}},
        )
        for n in names
    ]
    return _one(*sealed, *(deployment(name, secret=f"{name}-s") for name in names))


@feature
def secrets_not_used(names: list[str]) -> Files:
    remote = {"secretStoreRef": {"name": "store", "kind": "ClusterSecretStore"}}
    external = [made("external-secrets.io/v1", "ExternalSecret", n, spec=remote) for n in names]
    return _one(*external)


@feature
def secrets_missing(names: list[str]) -> Files:
    return _one(*(deployment(name, secret=f"{name}-s") for name in names))


@feature
def secrets_misnamed(names: list[str]) -> Files:
    spec = {"encryptedData": {"word": "AgA"}}
    made_by = [made("bitnami.com/v1alpha1", "SealedSecret", f"{n}-s", spec=spec) for n in names]
    return _one(*made_by, *(deployment(name, secret=f"{name}-ss") for name in names))


@feature
def secrets_plain(names: list[str]) -> Files:
    return _one(*(made("v1", "Secret", n, stringData={"password": f"{n}Zk4v9xQ"}) for n in names))


@feature
def config_maps(names: list[str]) -> Files:
    used = [deployment(name, config=f"{name}-c") for name in names]
    return _one(*(config_map(f"{name}-c") for name in names), *used)


@feature
def config_maps_missing(names: list[str]) -> Files:
    return _one(config_map("other"), *(deployment(name, config=f"{name}-c") for name in names))


@feature
def uses_of_one_pod(names: list[str]) -> Files:
    web = deployment("web")
    containers = [
        {
            "name": name, "image": f"example/{name}:1",
            "envFrom": [{"secretRef": {"name": f"{name}-s"}}],
            "volumeMounts": [{"name": name, "mountPath": f"/{name}"}],
        }
        for name in names
    ]  # fmt: skip
    volumes = [{"name": name, "configMap": {"name": f"{name}-c"}} for name in names]
    web["spec"] = {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": containers, "volumes": volumes},
        },
    }
    return _one(web, *(config_map(f"{name}-c") for name in names))


@feature
def namespaces(names: list[str]) -> Files:
    spaces = [made("v1", "Namespace", name) for name in names]
    return _one(*spaces, *(_in(name, deployment("web")) for name in names))


@feature
def custom_resources(names: list[str]) -> Files:
    definitions, resources = [], []
    for name in names:
        kind, plural = name.capitalize(), f"{name}s"
        spec = {
            "group": f"{name}.example.com", "scope": "Namespaced",
            "names": {"kind": kind, "plural": plural},
            "versions": [{"name": "v1", "served": True, "storage": True}],
        }  # fmt: skip
        kept = f"{plural}.{name}.example.com"
        definitions.append(
            made("apiextensions.k8s.io/v1", "CustomResourceDefinition", kept, spec=spec)
        )
        resources.append(made(f"{name}.example.com/v1", kind, name))
    return _one(*resources, *definitions)


@feature
def waves(names: list[str]) -> Files:
    documents = []
    for number, name in enumerate(names):
        for manifest, wave in (
            (deployment(name, config=f"{name}-c"), -number),
            (config_map(f"{name}-c"), number),
        ):
            annotations = {"argocd.argoproj.io/sync-wave": str(wave)}
            metadata = manifest["metadata"]
            assert isinstance(metadata, dict)
            documents.append(manifest | {"metadata": metadata | {"annotations": annotations}})
    return _one(*documents)


@feature
def services(names: list[str]) -> Files:
    found = []
    for name in names:
        ports = [{"port": 80, "targetPort": "http"}]
        found.append(made("v1", "Service", name, spec={"selector": {"app": name}, "ports": ports}))
        backend = {"service": {"name": name, "port": {"number": 80}}}
        paths = {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}
        rules = [{"host": f"{name}.example.com", "http": paths}]
        found.append(made("networking.k8s.io/v1", "Ingress", name, spec={"rules": rules}))
    return _one(*found, *map(deployment, names))


@feature
def services_without_pods(names: list[str]) -> Files:
    found = []
    for name in names:
        spec = {"selector": {"app": f"{name}-x"}, "ports": [{"port": 80, "targetPort": "web"}]}
        found.append(made("v1", "Service", name, spec=spec))
    return _one(*found, *map(deployment, names))


@feature
def accounts(names: list[str]) -> Files:
    found = []
    for name in names:
        found.append(made("v1", "ServiceAccount", name, "HERE"))
        found.append(made("rbac.authorization.k8s.io/v1", "Role", name, "HERE", rules=[]))
        reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name}
        subjects = [{"kind": "ServiceAccount", "name": name, "namespace": "HERE"}]
        binding = {"roleRef": reference, "subjects": subjects}
        found.append(made("rbac.authorization.k8s.io/v1", "RoleBinding", name, "HERE", **binding))
    return _one(*found)


@feature
def autoscalers_of_nothing(names: list[str]) -> Files:
    found = []
    for name in names:
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": f"{name}-x"}
        spec = {"scaleTargetRef": target, "maxReplicas": 3}
        found.append(made("autoscaling/v2", "HorizontalPodAutoscaler", name, spec=spec))
    return _one(*found, *map(deployment, names))


@feature
def policies(names: list[str]) -> Files:
    found = []
    for name in names:
        generate = {
            "apiVersion": "v1", "kind": "Secret", "name": f"{name}-s",
            "namespace": "{{request.object.metadata.name}}",
            "clone": {"namespace": "HERE", "name": f"{name}-s"},
        }  # fmt: skip
        match = {"any": [{"resources": {"kinds": ["Namespace"]}}]}
        rules = [{"name": "clone", "match": match, "generate": generate}]
        found.append(made("kyverno.io/v1", "ClusterPolicy", name, spec={"rules": rules}))
    spaces = [made("v1", "Namespace", name) for name in names]
    uses = [_in(name, deployment(name, secret=f"{name}-s")) for name in names]
    return _one(*found, *spaces, *uses)


@feature
def watching_policies(names: list[str]) -> Files:
    found = []
    for name in names:
        match = {"any": [{"resources": {"kinds": ["Pod"], "namespaces": [name]}}]}
        patch = {"patchStrategicMerge": {"metadata": {"labels": {"seen": "yes"}}}}
        rules = [{"name": "mark", "match": match, "mutate": patch}]
        found.append(made("kyverno.io/v1", "ClusterPolicy", name, spec={"rules": rules}))
    return _one(*found, *(_in(name, deployment(name)) for name in names))


@feature
def floating_tags(names: list[str]) -> Files:
    return _one(*(deployment(name, image=f"example/{name}:latest") for name in names))


@feature
def same_resources(names: list[str]) -> Files:
    files = below_root((name, here(f"app/{name}")) for name in names)
    return files | {f"app/{name}/a.yaml": _in("shared", deployment("web")) for name in names}

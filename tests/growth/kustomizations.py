"""What one kustomization, or one base, may have many of."""

from tests.growth.estates import Files, below_root, feature, here, made
from tests.growth.resources import config_map, deployment

__all__: list[str] = []


def _one(kustomization: dict[str, object], files: Files) -> Files:
    """One Application that renders one kustomization."""
    below = {f"app/{path}": content for path, content in files.items()}
    return below_root([("HERE", here("app"))]) | {"app/kustomization.yaml": kustomization} | below


def _deployments(names: list[str]) -> Files:
    return {f"{name}.yaml": deployment(name) for name in names}


@feature
def overlays(names: list[str]) -> Files:
    return below_root((name, here(f"overlays/{name}")) for name in names) | _overlays(names)


@feature
def idle_overlays(names: list[str]) -> Files:
    return below_root([("HERE", here("base"))]) | _overlays(names)


def _overlays(names: list[str]) -> Files:
    base = {
        "base/kustomization.yaml": {"resources": ["web.yaml"]},
        "base/web.yaml": deployment("web"),
    }
    return base | {
        f"overlays/{name}/kustomization.yaml": {
            "resources": ["../../base"],
            "namePrefix": f"{name}-",
        }
        for name in names
    }


@feature
def generating_overlays(names: list[str]) -> Files:
    files = below_root((name, here(f"overlays/{name}")) for name in names)
    files["base/kustomization.yaml"] = {"resources": ["web.yaml"]}
    files["base/web.yaml"] = deployment("web", config="settings", secret="words")
    for name in names:
        files[f"overlays/{name}/kustomization.yaml"] = {
            "resources": ["../../base"],
            "namespace": name,
            "configMapGenerator": [{"name": "settings", "files": ["settings.ini"]}],
            "secretGenerator": [{"name": "words", "envs": ["words.env"]}],
        }
        files[f"overlays/{name}/settings.ini"] = f"name={name}\n"
        files[f"overlays/{name}/words.env"] = "word=changeme\n"
    return files


@feature
def generators(names: list[str]) -> Files:
    files = _deployments([])
    files |= {
        f"{name}.yaml": deployment(name, config=f"{name}-c", secret=f"{name}-s") for name in names
    }
    files |= {f"{name}.ini": f"name={name}\n" for name in names}
    return _one(
        {
            "resources": [f"{name}.yaml" for name in names],
            "configMapGenerator": [{"name": f"{n}-c", "files": [f"{n}.ini"]} for n in names],
            "secretGenerator": [{"name": f"{n}-s", "literals": ["word=changeme"]} for n in names],
        },
        files,
    )


@feature
def components(names: list[str]) -> Files:
    files: Files = {"web.yaml": deployment("web")}
    for name in names:
        files[f"{name}/kustomization.yaml"] = {
            "apiVersion": "kustomize.config.k8s.io/v1alpha1",
            "kind": "Component",
            "patches": [{"path": "patch.yaml"}],
        }
        annotations = {"annotations": {name: "yes"}}
        patch = made("apps/v1", "Deployment", "web")
        files[f"{name}/patch.yaml"] = patch | {"metadata": {"name": "web", **annotations}}
    return _one({"resources": ["web.yaml"], "components": names}, files)


@feature
def patches(names: list[str]) -> Files:
    files = _deployments(names)
    entries: list[dict[str, object]] = []
    for name in names:
        files[f"{name}-patch.yaml"] = made("apps/v1", "Deployment", name, spec={"replicas": 3})
        target = {"kind": "Deployment", "name": name}
        entries += [
            {"path": f"{name}-patch.yaml"},
            {
                "target": target,
                "patch": '[{"op": "add", "path": "/spec/paused", "value": true}]',
            },
        ]
    return _one({"resources": [f"{name}.yaml" for name in names], "patches": entries}, files)


@feature
def idle_patches(names: list[str]) -> Files:
    target = {"kind": "Deployment"}
    patch = '[{"op": "replace", "path": "/spec/replicas", "value": 3}]'
    entries = [{"target": target | {"name": name}, "patch": patch} for name in names]
    return _one({"resources": ["web.yaml"], "patches": entries}, {"web.yaml": deployment("web")})


@feature
def patches_of_one(names: list[str]) -> Files:
    files: Files = {"web.yaml": deployment("web")}
    operations = []
    for name in names:
        container = {"name": name, "image": f"example/{name}:1"}
        spec = {"template": {"spec": {"containers": [container]}}}
        files[f"{name}.yaml"] = made("apps/v1", "Deployment", "web", spec=spec)
        path = f"/spec/template/metadata/labels/{name}"
        operations.append({"op": "add", "path": path, "value": name})
    files["operations.yaml"] = [operations]
    entries = [{"path": f"{name}.yaml"} for name in names]
    entries.append({"path": "operations.yaml", "target": {"kind": "Deployment"}})  # type: ignore[dict-item]
    return _one({"resources": ["web.yaml"], "patches": entries}, files)


@feature
def old_patches(names: list[str]) -> Files:
    files = _deployments(names)
    for name in names:
        files[f"{name}-patch.yaml"] = made("apps/v1", "Deployment", name, spec={"replicas": 3})
    kustomization: dict[str, object] = {
        "resources": [f"{name}.yaml" for name in names],
        "patchesStrategicMerge": [f"{name}-patch.yaml" for name in names],
    }
    return _one(kustomization, files)


@feature
def listed_resources(names: list[str]) -> Files:
    listed = [f"{name}.yaml" for name in names]
    kustomization: dict[str, object] = {"resources": listed, "namePrefix": "a-"}
    return _one(kustomization, _deployments(names))


@feature
def included_bases(names: list[str]) -> Files:
    files: Files = {}
    for name in names:
        files[f"{name}/kustomization.yaml"] = {"resources": ["a.yaml"], "nameSuffix": "-x"}
        files[f"{name}/a.yaml"] = deployment(name)
    return _one({"resources": names, "namePrefix": "a-"}, files)


@feature
def replacements(names: list[str]) -> Files:
    files = _deployments(names) | {"c.yaml": [config_map(f"{name}-c") for name in names]}
    entries = [
        {
            "source": {"kind": "ConfigMap", "name": f"{name}-c", "fieldPath": "data.word"},
            "targets": [
                {
                    "select": {"kind": "Deployment", "name": name},
                    "fieldPaths": ["metadata.annotations.word"],
                    "options": {"create": True},
                }
            ],
        }
        for name in names
    ]
    listed = ["c.yaml", *(f"{name}.yaml" for name in names)]
    return _one({"resources": listed, "replacements": entries}, files)


@feature
def kustomize_variables(names: list[str]) -> Files:
    files = _deployments([])
    for name in names:
        files[f"{name}.yaml"] = deployment(name, words=[f"$({name.upper()})"])
    entries = [
        {
            "name": name.upper(),
            "objref": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
        }
        for name in names
    ]
    return _one({"resources": [f"{name}.yaml" for name in names], "vars": entries}, files)


@feature
def kustomize_images(names: list[str]) -> Files:
    images = [{"name": f"example/{name}", "newTag": "2"} for name in names]
    replicas = [{"name": name, "count": 4} for name in names]
    kustomization = {"resources": [f"{name}.yaml" for name in names], "images": images}
    return _one(kustomization | {"replicas": replicas}, _deployments(names))


@feature
def idle_images(names: list[str]) -> Files:
    images = [{"name": f"examples/{name}", "newTag": "2"} for name in names]
    kustomization = {"resources": [f"{name}.yaml" for name in names], "images": images}
    return _one(kustomization, _deployments(names))


@feature
def kustomize_charts(names: list[str]) -> Files:
    files: Files = {}
    for name in names:
        files[f"charts/{name}/Chart.yaml"] = {"apiVersion": "v2", "name": name, "version": "1.0.0"}
        files[f"charts/{name}/values.yaml"] = {"word": name}
        files[f"charts/{name}/templates/a.yaml"] = config_map(name)
    return _one({"helmCharts": [{"name": name, "releaseName": name} for name in names]}, files)

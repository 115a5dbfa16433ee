"""What Argo CD itself may have many of."""

from tests.growth.estates import Files, application, below_root, feature, here, made
from tests.growth.resources import config_map, deployment

__all__: list[str] = []


@feature
def applications(names: list[str]) -> Files:
    files = below_root((name, here(f"app/{name}")) for name in names)
    return files | {f"app/{name}/a.yaml": deployment(name) for name in names}


@feature
def lone_applications(names: list[str]) -> Files:
    files: Files = {f"{name}.yaml": application(name, here(f"app/{name}")) for name in names}
    return files | {f"app/{name}/a.yaml": deployment(name) for name in names}


@feature
def applications_of_nothing(names: list[str]) -> Files:
    return below_root((name, here(f"missing/{name}")) for name in names)


@feature
def applications_of_one_folder(names: list[str]) -> Files:
    return below_root((name, here("app")) for name in names) | {"app/a.yaml": deployment("web")}


@feature
def nested_roots(names: list[str]) -> Files:
    files = below_root((name, here(f"groups/{name}")) for name in names)
    for name in names:
        files[f"groups/{name}/a.yaml"] = application(f"{name}-a", here(f"app/{name}"))
        files[f"app/{name}/a.yaml"] = deployment(name)
    return files


@feature
def clusters(names: list[str]) -> Files:
    files: Files = {"base/kustomization.yaml": {"resources": ["a.yaml"]}}
    files["base/a.yaml"] = application("web", here("app"))
    files["app/a.yaml"] = deployment("web", secret="words")
    for name in names:
        files[f"root-{name}.yaml"] = application(f"root-{name}", here(f"overlays/{name}"))
        files[f"overlays/{name}/kustomization.yaml"] = {"resources": ["../../base"]}
    return files


def _set(name: str, generators: list[dict[str, object]], path: str) -> dict[str, object]:
    template = application("HERE-{{.name}}", here(path))
    template = {"metadata": {"name": "HERE-{{.name}}"}, "spec": template["spec"]}
    spec = {"goTemplate": True, "generators": generators, "template": template}
    return made("argoproj.io/v1alpha1", "ApplicationSet", name, "argocd", spec=spec)


def _below(**sets: dict[str, object]) -> Files:
    files: Files = {"root.yaml": application("root-HERE", here("apps"))}
    return files | {f"apps/{name}.yaml": made for name, made in sets.items()}


def _folders(names: list[str]) -> Files:
    return {f"app/{name}/a.yaml": deployment(name) for name in names}


@feature
def sets(names: list[str]) -> Files:
    made = {n: _set(n, [{"list": {"elements": [{"name": n}]}}], "app/{{.name}}") for n in names}
    return _below(**made) | _folders(names)


@feature
def elements_of_a_set(names: list[str]) -> Files:
    elements: dict[str, object] = {"list": {"elements": [{"name": name} for name in names]}}
    return _below(a=_set("HERE", [elements], "app/{{.name}}")) | _folders(names)


@feature
def generators_of_a_set(names: list[str]) -> Files:
    generators: list[dict[str, object]] = [{"list": {"elements": [{"name": n}]}} for n in names]
    return _below(a=_set("HERE", generators, "app/{{.name}}")) | _folders(names)


@feature
def merged_elements(names: list[str]) -> Files:
    lists: list[dict[str, object]] = [
        {"list": {"elements": [{"name": name, f"key{n}": "a"} for name in names]}} for n in range(2)
    ]
    merged: dict[str, object] = {"merge": {"mergeKeys": ["name"], "generators": lists}}
    return _below(a=_set("HERE", [merged], "app/{{.name}}")) | _folders(names)


@feature
def matrix_elements(names: list[str]) -> Files:
    lists: list[object] = [{"list": {"elements": [{"name": n} for n in names]}}]
    lists.append({"list": {"elements": [{"stage": "dev"}]}})
    return _below(a=_set("HERE", [{"matrix": {"generators": lists}}], "app/{{.name}}")) | _folders(
        names
    )


@feature
def directories_of_a_set(names: list[str]) -> Files:
    git = {"repoURL": "https://git.example.com/HERE", "revision": "HEAD"}
    generator: dict[str, object] = {"git": {**git, "directories": [{"path": "app/*"}]}}
    made = _set("HERE", [generator], "{{.path.path}}")
    made["spec"]["template"]["metadata"]["name"] = "HERE-{{.path.basename}}"  # type: ignore[index]
    return _below(a=made) | _folders(names)


@feature
def files_of_a_set(names: list[str]) -> Files:
    git = {"repoURL": "https://git.example.com/HERE", "revision": "HEAD"}
    generator: dict[str, object] = {"git": {**git, "files": [{"path": "settings/*.json"}]}}
    files = _below(a=_set("HERE", [generator], "app/{{.name}}")) | _folders(names)
    return files | {f"settings/{name}.json": f'{{"name": "{name}"}}\n' for name in names}


@feature
def cluster_secrets(names: list[str]) -> Files:
    generator: dict[str, object] = {"clusters": {"selector": {"matchLabels": {"tier": "gold"}}}}
    files = _below(a=_set("HERE", [generator], "app"))
    files["app/a.yaml"] = deployment("web")
    for name in names:
        labels = {"argocd.argoproj.io/secret-type": "cluster", "tier": "gold"}
        data = {"name": name, "server": f"https://{name}.example.com"}
        secret = made("v1", "Secret", name, stringData=data)
        files[f"apps/secret-{name}.yaml"] = secret | {
            "metadata": {"name": name, "namespace": "argocd", "labels": labels}
        }
    return files


@feature
def projects(names: list[str]) -> Files:
    files: Files = {"root.yaml": application("root-HERE", here("apps"))}
    for name in names:
        files[f"apps/{name}.yaml"] = application(name, here(f"app/{name}"), project=name)
        files[f"apps/project-{name}.yaml"] = _project(name, [name])
    return files | _folders(names)


@feature
def destinations(names: list[str]) -> Files:
    files = below_root([]) | {"apps/project.yaml": _project("HERE", names)}
    for name in names:
        files[f"apps/{name}.yaml"] = application(name, here(f"app/{name}"), project="HERE")
    return files | _folders(names)


@feature
def forbidden_destinations(names: list[str]) -> Files:
    files = below_root([]) | {
        "apps/project.yaml": _project("HERE", [f"{name}-x" for name in names])
    }
    for name in names:
        files[f"apps/{name}.yaml"] = application(name, here(f"app/{name}"), project="HERE")
    return files | _folders(names)


@feature
def missing_projects(names: list[str]) -> Files:
    files = below_root([])
    for name in names:
        files[f"apps/{name}.yaml"] = application(name, here(f"app/{name}"), project=f"{name}-x")
        files[f"apps/project-{name}.yaml"] = _project(name, [name])
    return files | _folders(names)


def _project(name: str, namespaces: list[str]) -> dict[str, object]:
    destinations = [{"server": "*", "namespace": namespace} for namespace in namespaces]
    spec = {"sourceRepos": ["*"], "destinations": destinations}
    return made("argoproj.io/v1alpha1", "AppProject", name, "argocd", spec=spec)


@feature
def sources_of_one(names: list[str]) -> Files:
    files: Files = {"root.yaml": application("root-HERE", here("apps"))}
    files["apps/a.yaml"] = application("HERE", *(here(f"app/{name}") for name in names))
    return files | _folders(names)


@feature
def clones(names: list[str]) -> Files:
    files: Files = {"root.yaml": application("root-HERE", here("apps"))}
    for name in names:
        source = here("app") | {"repoURL": f"https://git.example.com/HERE-{name}"}
        files[f"apps/{name}.yaml"] = application(name, source)
        files[f"-{name}::app/a.yaml"] = deployment(name)
    return files


@feature
def clones_with_roots(names: list[str]) -> Files:
    files: Files = {}
    for name in names:
        url = {"repoURL": f"https://git.example.com/HERE-{name}"}
        files[f"-{name}::root.yaml"] = application(f"{name}-root", here("apps") | url)
        files[f"-{name}::apps/a.yaml"] = application(name, here("app") | url)
        files[f"-{name}::app/a.yaml"] = config_map(name)
    return files


@feature
def clones_not_at_hand(names: list[str]) -> Files:
    files = below_root([])
    for name in names:
        source = here("app") | {"repoURL": f"https://git.example.com/HERE-{name}"}
        files[f"apps/{name}.yaml"] = application(name, source)
    return files

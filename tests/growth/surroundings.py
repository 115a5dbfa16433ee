"""What repositories hold beside manifests: documents, scripts, folders, comments."""

from tests.growth.estates import Files, application, below_root, feature, here
from tests.growth.resources import config_map, deployment

__all__: list[str] = []


def _some(**files: object) -> Files:
    return below_root([("HERE", here("app"))]) | {"app/a.yaml": deployment("web"), **files}


@feature
def documents(names: list[str]) -> Files:
    text = "# {name}\n\nSee `app/a.yaml` and `docs/{name}.md`, or [here](../missing/{name}.yaml).\n"
    return _some() | {f"docs/{name}.md": text.format(name=name) for name in names}


@feature
def paths_in_a_document(names: list[str]) -> Files:
    lines = [f"- `app/{name}.yaml` and the Application `{name}`\n" for name in names]
    files = _some() | {"README.md": "# Files\n\n" + "".join(lines)}
    return files | {f"app/{name}.yaml": config_map(name) for name in names}


@feature
def stale_paths_in_a_document(names: list[str]) -> Files:
    lines = [f"- `app/{name}.yml` and [{name}](app/{name}x.yaml)\n" for name in names]
    files = _some() | {"README.md": "# Files\n\n" + "".join(lines)}
    return files | {f"app/{name}.yaml": config_map(name) for name in names}


@feature
def trees_in_a_document(names: list[str]) -> Files:
    entries = "".join(f"├── {name}.yaml\n├── {name}x.yaml\n" for name in names)
    files = _some() | {"README.md": f"# Files\n\n```\napp/\n{entries}```\n"}
    return files | {f"app/{name}.yaml": config_map(name) for name in names}


@feature
def comments_of_a_file(names: list[str]) -> Files:
    comment = "# graphdoc: allow floating-image-tag -- as it is\n"
    return _some() | {"app/b.yaml": "".join(f"{comment}word: {name}\n---\n" for name in names)}


@feature
def comments(names: list[str]) -> Files:
    allowed = "# graphdoc: allow plain-secret -- none"
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  {allowed}\n  name: {{name}}\n"
    return _some() | {f"app/{name}.yaml": text.format(name=name) for name in names}


@feature
def commented_resources(names: list[str]) -> Files:
    listed = "".join(f"# - {name}.yaml\n" for name in names)
    files = _some() | {"app/kustomization.yaml": f"resources:\n- a.yaml\n{listed}"}
    return files | {f"app/{name}.yaml": config_map(name) for name in names}


@feature
def manifests_not_named(names: list[str]) -> Files:
    files = _some() | {"app/kustomization.yaml": {"resources": ["a.yaml"]}}
    return files | {f"app/{name}.yaml": config_map(name) for name in names}


@feature
def missing_entries(names: list[str]) -> Files:
    listed = ["a.yaml", *(f"{name}.yml" for name in names)]
    files = _some() | {"app/kustomization.yaml": {"resources": listed}}
    return files | {f"app/{name}.yaml": config_map(name) for name in names}


@feature
def scripts(names: list[str]) -> Files:
    files = _some()
    for name in names:
        files[f"scripts/{name}.sh"] = f"#!/bin/sh\nset -e\nkubectl apply -f by-hand/{name}.yaml\n"
        files[f"by-hand/{name}.yaml"] = application(f"HERE-{name}", here(f"made/{name}"))
        files[f"made/{name}/a.yaml"] = config_map(name)
    return files


@feature
def lines_of_a_script(names: list[str]) -> Files:
    lines = "".join(f"kubectl apply -k by-hand/{name}\n" for name in names)
    files = _some() | {"install.sh": f"#!/bin/sh\n{lines}"}
    for name in names:
        files[f"by-hand/{name}/kustomization.yaml"] = {"resources": ["a.yaml"]}
        files[f"by-hand/{name}/a.yaml"] = config_map(name)
    return files


@feature
def workflows(names: list[str]) -> Files:
    files = _some()
    for name in names:
        steps = [{"run": f"helm upgrade --install {name} charts/{name} -f values/{name}.yaml"}]
        jobs = {"build": {"runs-on": "ubuntu-latest", "steps": steps}}
        files[f".github/workflows/{name}.yaml"] = {"on": "push", "jobs": jobs}
        files[f"charts/{name}/Chart.yaml"] = {"apiVersion": "v2", "name": name, "version": "1.0.0"}
        files[f"values/{name}.yaml"] = {"word": name}
    return files


@feature
def other_files(names: list[str]) -> Files:
    return _some() | {f"src/{name}.txt": f"{name}\n" for name in names}


@feature
def deep_folders(names: list[str]) -> Files:
    files = _some()
    for name in names:
        deep = "/".join(f"{name}{level}" for level in range(8))
        files[f"{deep}/kustomization.yaml"] = {"resources": ["a.yaml"]}
        files[f"{deep}/a.yaml"] = config_map(name)
    return files


@feature
def submodules(names: list[str]) -> Files:
    entry = '[submodule "{name}"]\n\tpath = modules/{name}\n\turl = https://git.example.com/{name}.git\n'
    applications = [(name, here(f"modules/{name}/app")) for name in names]
    return below_root(applications) | {".gitmodules": "".join(entry.format(name=n) for n in names)}


@feature
def ignored_files(names: list[str]) -> Files:
    files = _some() | {".gitignore": "".join(f"/private/{name}.yaml\n" for name in names)}
    return files | {f"private/{name}.yaml": config_map(name) for name in names}


@feature
def broken_files(names: list[str]) -> Files:
    return _some() | {f"app/{name}.yaml": f"a: {{{name}\n" for name in names}


@feature
def broken_kustomizations(names: list[str]) -> Files:
    files = below_root((name, here(f"broken/{name}")) for name in names)
    for name in names:
        files[f"broken/{name}/kustomization.yaml"] = {"resources": ["a.yaml", "a.yaml"]}
        files[f"broken/{name}/a.yaml"] = config_map(name)
    return files

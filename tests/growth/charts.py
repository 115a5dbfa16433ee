"""What charts and their values may have many of."""

from tests.growth.estates import Files, application, below_root, feature, here
from tests.growth.resources import config_map

__all__: list[str] = []

_READING = """\
apiVersion: v1
kind: ConfigMap
metadata: {{name: {{{{ .Release.Name }}}}-{name}}}
data: {{word: "{{{{ .Values.{name}.word }}}}"}}
"""


def _chart(path: str, name: str, **more: object) -> Files:
    chart = {"apiVersion": "v2", "name": name, "version": "1.0.0", **more}
    return {f"{path}/Chart.yaml": chart}


def _values(names: list[str], word: str) -> dict[str, object]:
    return {name: {"word": f"{word}-{name}"} for name in names}


def _templates(names: list[str]) -> Files:
    return {f"chart/templates/{name}.yaml": _READING.format(name=name) for name in names}


@feature
def charts(names: list[str]) -> Files:
    files = below_root((name, here(f"charts/{name}")) for name in names)
    for name in names:
        files |= _chart(f"charts/{name}", name)
        files[f"charts/{name}/values.yaml"] = _values([name], "a")
        files[f"charts/{name}/templates/a.yaml"] = _READING.format(name=name)
    return files


@feature
def idle_charts(names: list[str]) -> Files:
    files = below_root([("HERE", here(f"charts/{names[0]}"))])
    for name in names:
        files |= _chart(f"charts/{name}", name)
        files[f"charts/{name}/templates/a.yaml"] = _READING.format(name=name)
    return files


@feature
def releases(names: list[str]) -> Files:
    applications = []
    files: Files = {}
    for name in names:
        helm = {"valueFiles": ["../values/all.yaml", f"../values/{name}.yaml"]}
        applications.append((name, here("chart", helm=helm)))
        files[f"values/{name}.yaml"] = _values(["cortex"], name)
    files["values/all.yaml"] = _values(["cortex"], "all")
    return below_root(applications) | files | _chart("chart", "web") | _templates(["cortex"])


@feature
def idle_values_files(names: list[str]) -> Files:
    files = below_root([("HERE", here("chart"))]) | _chart("chart", "web") | _templates(["cortex"])
    files["chart/values.yaml"] = _values(["cortex"], "all")
    return files | {f"values/{name}/values.yaml": _values(["cortex"], name) for name in names}


@feature
def layers(names: list[str]) -> Files:
    helm = {"valueFiles": [f"../values/{name}.yaml" for name in names]}
    files = below_root([("HERE", here("chart", helm=helm))])
    files |= {f"values/{name}.yaml": _values([name, "cortex"], "a") for name in names}
    return files | _chart("chart", "web") | _templates(names)


@feature
def missing_layers(names: list[str]) -> Files:
    helm = {"valueFiles": [f"../values/{name}.yaml" for name in names]}
    files = below_root([("HERE", here("chart", helm=helm))])
    files |= {f"values/{name}-x.yaml": _values(["cortex"], "a") for name in names}
    return files | _chart("chart", "web") | _templates(["cortex"])


@feature
def keys_of_values(names: list[str]) -> Files:
    helm = {"valueFiles": ["../values.yaml"]}
    files = below_root([("HERE", here("chart", helm=helm))])
    files |= {"values.yaml": _values(names, "a"), "chart/values.yaml": _values(names, "b")}
    return files | _chart("chart", "web") | _templates(names)


@feature
def keys_not_read(names: list[str]) -> Files:
    helm = {"valueFiles": ["../values.yaml"], "valuesObject": _values(names, "c")}
    files = below_root([("HERE", here("chart", helm=helm))])
    files |= {"values.yaml": _values(names, "a"), "chart/values.yaml": _values(["cortex"], "b")}
    return files | _chart("chart", "web") | _templates(["cortex"])


@feature
def parameters(names: list[str]) -> Files:
    given = [{"name": f"{name}.word", "value": name} for name in names]
    files = below_root([("HERE", here("chart", helm={"parameters": given}))])
    return files | _chart("chart", "web") | _templates(names)


@feature
def subcharts(names: list[str]) -> Files:
    needs = [{"name": name, "version": "1.0.0"} for name in names]
    files = below_root([("HERE", here("chart"))]) | _chart("chart", "web", dependencies=needs)
    files["chart/values.yaml"] = {name: _values([name], "a") for name in names}
    for name in names:
        files |= _chart(f"chart/charts/{name}", name)
        files[f"chart/charts/{name}/templates/a.yaml"] = _READING.format(name=name)
    return files


@feature
def missing_subcharts(names: list[str]) -> Files:
    needs = [{"name": n, "version": "1.0.0", "repository": f"file://../{n}"} for n in names]
    return below_root([("HERE", here("chart"))]) | _chart("chart", "web", dependencies=needs)


@feature
def helpers(names: list[str]) -> Files:
    defined = "".join(
        f'{{{{ define "{n}" }}}}{{{{ .Values.{n}.word }}}}{{{{ end }}}}\n' for n in names
    )
    used = "".join(f'  {name}: "{{{{ include "{name}" . }}}}"\n' for name in names)
    template = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n{used}"
    files = below_root([("HERE", here("chart"))]) | _chart("chart", "web")
    files |= {"chart/templates/_a.tpl": defined, "chart/templates/a.yaml": template}
    return files | {"chart/values.yaml": _values(names, "a")}


@feature
def charts_of_a_registry(names: list[str]) -> Files:
    files: Files = {"root.yaml": application("root-HERE", here("apps"))}
    own: dict[str, object] = {
        "repoURL": "https://git.example.com/HERE",
        "targetRevision": "HEAD",
        "ref": "values",
    }
    for name in names:
        helm = {"valueFiles": [f"$values/values/{name}.yaml"]}
        chart = {"repoURL": "https://charts.example.com", "chart": name, "targetRevision": "1.0.0"}
        files[f"apps/{name}.yaml"] = application(name, {**chart, "helm": helm}, own)
        files[f"values/{name}.yaml"] = _values([name], "a")
    return files


@feature
def applications_of_a_chart(names: list[str]) -> Files:
    files = below_root([("HERE", here("chart"))]) | _chart("chart", "web")
    files["chart/values.yaml"] = {"applications": names}
    files["chart/templates/a.yaml"] = _RANGE
    return files | {f"app/{name}/a.yaml": config_map(name) for name in names}


_RANGE = """\
{{ range .Values.applications }}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: HERE-{{ . }}, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/HERE, path: app/{{ . }}, targetRevision: HEAD}
  destination: {server: https://kubernetes.default.svc, namespace: {{ . }}}
{{ end }}
"""


_NEEDING = """\
{{ range .Values.names }}
---
apiVersion: v1
kind: Pod
metadata: {name: {{ . }}}
spec: {containers: [{name: a, image: "a:1", envFrom: [{configMapRef: {name: {{ . }}}}]}]}
{{ end }}
"""


@feature
def config_maps_of_values_that_nothing_makes(names: list[str]) -> Files:
    values = {"chart/values.yaml": {"names": names}, "chart/templates/a.yaml": _NEEDING}
    return below_root([("web", here("chart"))]) | _chart("chart", "web") | values

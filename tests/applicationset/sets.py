"""ApplicationSets in tests: one set over a text, and what it makes."""

import textwrap

from graphdoc.model.applicationset import Inventory
from graphdoc.model.node import Plain, to_plain
from graphdoc.resolve.applicationset import Generated, SetExpander
from graphdoc.resolve.repositories.addresses import Repositories
from graphdoc.resolve.repositories.files import Files
from tests.txtar import MemoryClone, read_clones

NO_INVENTORY = Inventory()


REPO = "https://git.example.com/platform"


def a_set(generators: str, name: str, more: str = "", **annotations: str) -> str:
    """A set whose template shows parameters in its annotations."""
    notes = "".join(f"        {key}: '{text}'\n" for key, text in annotations.items())
    return (
        "-- platform/set.yaml --\napiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\n"
        f"metadata:\n  name: set\n  namespace: argocd\nspec:\n{textwrap.indent(more, '  ')}"
        f"  generators:\n{textwrap.indent(textwrap.dedent(generators).strip(), '    ')}\n"
        f"  template:\n    metadata:\n      name: '{name}'\n"
        + (f"      annotations:\n{notes}" if notes else "")
        + "    spec:\n      project: default\n"
    )


def generate(text: str, inventory: Inventory = NO_INVENTORY) -> Generated:
    clones = read_clones(text)
    files = Files()
    (resource,) = files.parse(_clone(clones, "platform"), "set.yaml").resources
    return SetExpander(Repositories(clones), files, inventory, None).expand(resource)


def _clone(clones: tuple[MemoryClone, ...], name: str) -> MemoryClone:
    (clone,) = (clone for clone in clones if clone.name == name)
    return clone


def manifests(generated: Generated) -> list[Plain]:
    return [to_plain(application.manifest) for application in generated.applications]


def names(generated: Generated) -> list[str]:
    return [application.name for application in generated.applications]


def shown(generated: Generated) -> list[Plain]:
    """The annotations of each Application."""
    found = (
        application.manifest.find("metadata", "annotations")
        for application in generated.applications
    )
    return [to_plain(node) if node is not None else None for node in found]


def problems(generated: Generated) -> list[tuple[int, str]]:
    return [(problem.primary.span.line, problem.message) for problem in generated.problems]


def notes(generated: Generated) -> list[str]:
    return [note.reason for note in generated.not_understood]


TREE = """
-- platform/addons/nginx/kustomization.yaml --
-- platform/addons/Cert_Manager/Chart.yaml --
-- platform/addons/Cert_Manager/templates/a.yaml --
-- platform/addons/.hidden/x/a.yaml --
-- platform/addons/readme.md --
-- platform/other/deep/er/a.yaml --
"""


def git(body: str) -> str:
    return f"- git:\n    repoURL: {REPO}\n    revision: HEAD\n{textwrap.indent(body, '    ')}"


CONFIG = """
-- platform/clusters/dev/config.json --
{"cluster": {"name": "dev", "ports": [80, 1000000]}, "on": true, "none": null}
-- platform/clusters/prod/eu/config.yaml --
- cluster: {name: eu-1}
- cluster: {name: eu-2}
"""


SECRETS = """
-- platform/prod.yaml --
apiVersion: v1
kind: Secret
metadata:
  name: prod-secret
  labels: {argocd.argoproj.io/secret-type: cluster, env: prod}
  annotations: {region: eu}
stringData: {name: Prod_1, server: "https://prod.example.com", project: p, config: '{}'}
-- platform/dev.yaml --
apiVersion: external-secrets.io/v1
kind: ExternalSecret
spec:
  target:
    template:
      metadata: {labels: {argocd.argoproj.io/secret-type: cluster, env: dev}}
      data: {name: dev, server: "https://dev.example.com", config: "{{ .token }}"}
-- platform/other.yaml --
apiVersion: v1
kind: Secret
metadata: {name: other, labels: {argocd.argoproj.io/secret-type: repository}}
stringData: {name: other}
"""

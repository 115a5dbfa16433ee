"""Manifests in one line, for the tests of what resources show."""

from graphdoc.model.location import SourceFile
from graphdoc.model.node import Mapping
from graphdoc.model.resource import Resource
from graphdoc.parse.yaml import parse_documents

EXTERNAL_SECRETS = "external-secrets.io/v1"

SEALED = """
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: a, namespace: b, annotations: {%s}}
spec:
  encryptedData: {password: AgCanary}
  template:
    metadata: {name: other, namespace: elsewhere, labels: {team: x}}
    data: {url: "{{ .password }}"}
"""


def resource(text: str) -> Resource:
    root = parse_documents(text.encode(), SourceFile("r", "a.yaml"))[0].root
    assert isinstance(root, Mapping)
    return Resource(root)


def manifest(api_version: str, kind: str, body: str = "", *, name: str = "x") -> Resource:
    metadata = f"metadata: {{name: {name}}}" if "metadata:" not in body else ""
    rest = ", ".join(part for part in (metadata, body) if part)
    return resource(f"{{apiVersion: {api_version}, kind: {kind}, {rest}}}")


def deployment(pod: str) -> Resource:
    return manifest("apps/v1", "Deployment", f"spec: {{template: {{spec: {pod}}}}}")

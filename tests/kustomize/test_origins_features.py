"""``--origins`` over features thrown together: the parts of a value stand at its origins."""

import base64
import re
import tempfile
from pathlib import Path
from typing import TypeAlias

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphdoc.clone import open_clone
from graphdoc.model.location import Span
from graphdoc.model.node import Scalar, walk
from graphdoc.resolve.kustomize import Build, Kustomizer
from graphdoc.resolve.repositories.files import Files

Texts: TypeAlias = dict[str, str]

_FILES: Texts = {
    "base/kustomization.yaml": """\
resources: [all.yaml, binding.yaml]
configMapGenerator:
  - name: wordmap
    literals: [literal=wordliteral]
    envs: [map.env]
    files: [file.txt, renamed=deep/other.txt]
secretGenerator:
  - name: wordsecret
    literals:
      - password=wordpassword
    options: {labels: {made: wordlabel}}
""",
    "base/map.env": "# comment\nENV=wordenv\n",
    "base/file.txt": "wordfile",
    "base/deep/other.txt": "wordother\n",
    "base/all.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: wordapp
  annotations: {own: wordown}
spec:
  template:
    spec:
      serviceAccountName: wordaccount
      containers:
        - name: wordmain
          image: wordimage:wordtag
          env:
            - name: FROM
              value: wordvalue.wordrest
          envFrom:
            - configMapRef: {name: wordmap}
            - secretRef: {name: wordsecret}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: wordaccount
---
apiVersion: v1
kind: Service
metadata: {name: wordservice}
spec:
  externalName: wordexternal
""",
    "base/binding.yaml": """\
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: wordbinding}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: wordrole}
subjects:
  - {kind: ServiceAccount, name: wordaccount}
""",
    "part/kustomization.yaml": """\
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
configMapGenerator:
  - name: wordpart
    literals: ["part='wordquoted'"]
patches:
  - patch: |
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: wordapp}
      spec:
        template:
          spec:
            volumes:
              - name: wordvolume
                configMap: {name: wordpart}
""",
}
_FEATURES = (
    "namePrefix: wordprefix-\n",
    "nameSuffix: -wordsuffix\n",
    "namespace: wordspace\n",
    "labels:\n  - pairs: {wordkey: wordlabelled}\n    includeSelectors: true\n",
    "commonAnnotations:\n  note: wordnote\n",
    "images:\n  - name: wordimage\n    newName: wordnewname\n    newTag: wordnewtag\n",
    "components: [../part]\n",
    """\
replacements:
  - source: {kind: Service, fieldPath: spec.externalName}
    targets:
      - select: {kind: Deployment}
        fieldPaths: ["spec.template.spec.containers.[name=wordmain].env.0.value"]
        options: {delimiter: ., index: 1}
      - select: {kind: ServiceAccount}
        fieldPaths: [made.new]
        options: {create: true}
""",
    "configMapGenerator:\n  - {name: wordmap, behavior: merge, literals: [literal=wordmerged]}\n",
    """\
vars:
  - {name: VAR, objref: {apiVersion: v1, kind: Service, name: wordservice}}
patches:
  - target: {kind: Deployment}
    patch: |
      - op: add
        path: /spec/template/spec/containers/0/args
        value: [before-$(VAR)-wordafter]
""",
)


@settings(
    max_examples=60, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(st.lists(st.sampled_from(_FEATURES), unique=True).map("".join))
def test_each_part_of_a_value_stands_at_one_of_its_origins(features: str) -> None:
    files = {**_FILES, "top/kustomization.yaml": f"resources: [../base]\n{features}"}
    with tempfile.TemporaryDirectory() as folder:
        built = _build(Path(folder), files)
        assert (built.error, built.not_understood) == (None, ())
        leaves = [
            (resource.kind, pointer, node)
            for resource in built.resources
            for pointer, node in walk(resource.manifest)
            if isinstance(node, Scalar) and isinstance(node.value, str)
        ]
        for kind, pointer, node in leaves:
            assert _missing(files, node, kind) == [], (kind, pointer)


def _build(root: Path, files: Texts) -> Build:
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return Kustomizer(Files()).build(open_clone("clone", root, "clone"), "top")


def _missing(files: Texts, node: Scalar, kind: str) -> list[str]:
    """The words of a value that stand at none of its origins, and a last origin without any."""
    value = str(node.value)
    if kind == "Secret" and re.fullmatch("[A-Za-z0-9+/]+=*", value) and "word" not in value:
        value = base64.b64decode(value + "==").decode(errors="replace")
    words = re.findall("word[a-z]+", value)
    written = [_text_at(files, span) for span in node.origins]
    missing = [word for word in words if not any(word in text for text in written)]
    is_last_known = not words or any(word in written[-1] for word in words)
    return missing if is_last_known else [*missing, f"last: {written[-1]}"]


def _text_at(files: Texts, span: Span) -> str:
    """What stands at a place; all of a file whose start it is."""
    lines = files[span.file.path].split("\n")
    if span[1:] == (1, 1, 1, 1):
        return "\n".join(lines)
    if span.line == span.end_line:
        return lines[span.line - 1][span.column - 1 : span.end_column - 1]
    return "\n".join(lines[span.line - 1 : span.end_line])

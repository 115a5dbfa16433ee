from pathlib import Path

from graphdoc.clone import open_clone
from graphdoc.model.node import Scalar
from graphdoc.resolve.files import Files
from graphdoc.resolve.kustomize import Build, Kustomizer

BASE = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
spec:
  sources:
    - helm:
        valueFiles:
          - $values/shop/values.yaml
          - $values/shop/values-dev.yaml
"""
OVERLAY = """\
resources: [../base]
patches:
  - target: {kind: Application, name: shop}
    patch: |
      - op: replace
        path: /spec/sources/0/helm/valueFiles/1
        value: $values/shop/values-prod.yaml
"""


def build(root: Path, directory: str, files: dict[str, str]) -> Build:
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return Kustomizer(Files()).build(open_clone("launchpad", root, "launchpad"), directory)


def test_patched_leaf_names_the_overlay_line_and_remembers_the_base_line(tmp_path: Path) -> None:
    files = {
        "base/kustomization.yaml": "resources: [shop.yaml]\n",
        "base/shop.yaml": BASE,
        "prod/kustomization.yaml": OVERLAY,
    }
    built = build(tmp_path, "prod", files)
    assert built.error is None
    source = built.resources[0].manifest.items_at("spec", "sources")[0]
    leaves = source.items_at("helm", "valueFiles")  # type: ignore[union-attr]
    places = [
        [(span.file.path, span.line) for span in leaf.origins]
        for leaf in leaves
        if isinstance(leaf, Scalar)
    ]
    assert places == [
        [("base/shop.yaml", 9)],
        [("base/shop.yaml", 10), ("prod/kustomization.yaml", 7)],
    ]

"""Kustomizations that nobody wrote: features thrown together, against Kustomize's own."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias, cast

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from graphdoc.model.location import SourceFile
from graphdoc.model.node import Mapping as YamlMapping
from graphdoc.model.node import Plain, to_plain
from graphdoc.parse.yaml import parse_documents
from tests.conformance.test_conformance import our_build, real_build, to_numbers

Fields: TypeAlias = Mapping[str, object]

_POOL = Path(__file__).parent / "generated"


def _read_features() -> dict[str, list[Plain]]:
    data = (_POOL / "features.yaml").read_bytes()
    root = parse_documents(data, SourceFile("", "features.yaml"))[0].root
    assert isinstance(root, YamlMapping)
    return cast("dict[str, list[Plain]]", to_plain(root))


def _some(entries: list[Plain]) -> st.SearchStrategy[list[Plain]]:
    return st.lists(st.sampled_from(entries), min_size=1, max_size=2, unique_by=json.dumps)


_PAIRS = st.dictionaries(
    st.sampled_from(["app", "team", "note"]), st.sampled_from(["red", "1", "true"]), min_size=1
)
_LABELS = st.fixed_dictionaries(
    {"pairs": _PAIRS},
    optional={"includeSelectors": st.booleans(), "includeTemplates": st.booleans()},
)
_METADATA: dict[str, st.SearchStrategy[object]] = {
    "namespace": st.sampled_from(["shop", "other"]),
    "namePrefix": st.just("p-"),
    "nameSuffix": st.just("-s"),
    "commonLabels": _PAIRS,
    "labels": st.lists(_LABELS, min_size=1, max_size=2),
    "commonAnnotations": _PAIRS,
    "generatorOptions": st.just({"disableNameSuffixHash": True, "annotations": {"made": "1"}}),
}
_FEATURES: dict[str, st.SearchStrategy[object]] = {
    **_METADATA,
    **{name: _some(entries) for name, entries in _read_features().items()},
}


@st.composite
def _kustomizations(
    draw: st.DrawFn, features: dict[str, st.SearchStrategy[object]], fixed: Fields
) -> str:
    names = draw(st.lists(st.sampled_from(sorted(features)), max_size=4, unique=True))
    return json.dumps({**fixed, **{name: draw(features[name]) for name in names}})


_COMPONENT: Fields = {"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component"}
_BASE: Fields = {"resources": ["all.yaml"]}
_TOP: Fields = {"resources": ["../one", "../two"], "components": ["../component"]}
_LAYERS = st.fixed_dictionaries(
    {
        "one": _kustomizations(_METADATA, _BASE),
        "two": _kustomizations(_METADATA, _BASE),
        "component": _kustomizations(_FEATURES, _COMPONENT),
        "top": _kustomizations(_FEATURES, _TOP),
    }
)


@settings(
    max_examples=60, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck), phases=[Phase.generate],
)  # fmt: skip
@given(_LAYERS)
def test_features_thrown_together(layers: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for directory, text in layers.items():
            (root / directory).mkdir()
            (root / directory / "kustomization.yaml").write_text(text)
        (root / "one" / "all.yaml").write_bytes((_POOL / "workloads.yaml").read_bytes())
        (root / "two" / "all.yaml").write_bytes((_POOL / "network.yaml").read_bytes())
        built, real = our_build(root, "top"), real_build(root / "top")
        assert (real is None) is (built.error is not None), built.error
        ours = [to_numbers(to_plain(resource.manifest)) for resource in built.resources]
        assert real is None or ours == [to_numbers(document) for document in real]

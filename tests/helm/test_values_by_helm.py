"""Layered values against Helm itself."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphdoc.model.helm import LayerKind, ValueLayer
from graphdoc.model.location import SourceFile
from graphdoc.model.node import Mapping, Plain, to_plain
from graphdoc.parse.yaml import parse_documents
from graphdoc.resolve.helm.layering import layer_values, override_values, to_helm

helm_python = pytest.importorskip("helm_python")

_KEYS = st.sampled_from(["a", "b", "c"])
_LEAVES = st.one_of(st.none(), st.integers(0, 9), st.booleans(), st.text("xyz", max_size=2))
_VALUES: st.SearchStrategy[dict[str, Plain]] = st.dictionaries(
    _KEYS,
    st.recursive(
        _LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_KEYS, inner)
    ),
    max_size=3,
)


def layer(value: dict[str, Plain], kind: LayerKind) -> ValueLayer:
    root = parse_documents(json.dumps(value).encode(), SourceFile("v", "v.yaml"))[0].root
    assert isinstance(root, Mapping)
    return ValueLayer(None, kind, root)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(_VALUES, _VALUES, _VALUES)
def test_layers_come_to_what_helm_makes_of_them(
    tmp_path: Path, defaults: dict[str, Plain], first: dict[str, Plain], second: dict[str, Plain]
) -> None:
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
    (tmp_path / "values.yaml").write_text(json.dumps(defaults))
    layers = [
        layer(defaults, LayerKind.CHART_DEFAULTS),
        layer(first, LayerKind.FILE),
        layer(second, LayerKind.FILE),
    ]
    with helm_python.Chart.load(tmp_path) as chart:
        expected = chart.merge_values(to_helm(override_values(layers)))
    assert to_plain(layer_values(layers)) == expected

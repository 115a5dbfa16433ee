"""Whether a text in the repositories makes what no Application brings."""

from time import process_time

import pytest

from graphdoc.resolve.estate.whole import resolve_estate
from graphdoc.resolve.evidence.defined import is_defined
from tests.txtar import read_clones

FAR = "#" * 400


def defines(text: str) -> bool:
    estate = resolve_estate(read_clones(f"-- launchpad/a.txt --\n{text}\n"), None)
    return is_defined(estate, "Service", "web")


@pytest.mark.parametrize(
    "text",
    [
        "kind: Service\nmetadata:\n  labels: {a: b}\n  name: web",
        "kind: Service\nmetadata:\n  name: api\n---\nkind: Service\nmetadata: {name: 'web'}",
        '"kind" = "Service"\n"metadata" = {\n"name" = "web"}',
        f"kind: Service\nmetadata:\n{FAR[:300]}\nmetadata:\n{FAR[:300]}\nname: web",
    ],
)
def test_a_resource_has_kind_metadata_and_name_near_each_other(text: str) -> None:
    assert defines(text)


@pytest.mark.parametrize(
    "text",
    [
        "kind: Service\nname: web",
        "metadata: {}\nname: web\nkind: Service",
        "kind: Service\nmetadata:\n---\nname: web",
        "kind: Service\n---\nmetadata:\n  name: web",
        "kind: Service\nmetadata:\n  name: web-2",
        f"kind: Service\n{FAR}\nmetadata:\n  name: web",
        f"kind: Service\nmetadata:\n{FAR}\n  name: web",
    ],
)
def test_what_only_refers_to_a_resource_makes_none(text: str) -> None:
    assert not defines(text)


def test_a_resource_is_sought_in_one_pass() -> None:
    before = process_time()
    assert not defines("Service metadata " * 20_000 + "\nweb")
    assert process_time() - before < 1  # a minute, where each is held against all that are near

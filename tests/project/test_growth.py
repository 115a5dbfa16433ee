"""Twice as much of anything takes twice the steps."""

from collections import Counter
from pathlib import Path
from types import CodeType

import pytest

from graphdoc.config import Config, config_for_clones
from graphdoc.parse.lines import reader
from graphdoc.pipeline.analysis import analyse
from graphdoc.pipeline.publish import to_site_input
from graphdoc.resolve.names import alike
from graphdoc.site.generate import generate_site
from tests.growth.counting import count_lines, steep
from tests.growth.features import FEATURES, write

_FEW = 4
# Whose functions may look at pairs, and why.
_PAIRS = {
    # Every patch is laid over the list that grows.
    "patches-of-one": frozenset({"merge", "mergelist"}),
    # Every resource is asked for every image, as Kustomize does; that is one search in its texts.
    "idle-images": frozenset({"workloads"}),
    "kustomize-images": frozenset({"workloads"}),
    # Every policy says which of all namespaces it reaches.
    "policies": frozenset({"flow", "secret"}),
}


def _config(folder: Path, name: str, count: int) -> Config:
    return config_for_clones(write(folder, name, count, seed=count), Config(folder))


def _counts(folder: Path, name: str, count: int) -> Counter[CodeType]:
    config = _config(folder, name, count)
    reader._seen.clear()  # lines that other estates of this process have, too
    return count_lines(lambda: analyse(config))


def _page_counts(folder: Path, name: str, count: int) -> Counter[CodeType]:
    given = to_site_input(analyse(_config(folder, name, count)))
    return count_lines(lambda: generate_site(given))


@pytest.mark.parametrize("name", FEATURES)
def test_no_step_grows_faster_than_what_is_repeated(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alike, "_BESIDE", 1)  # the many that are not all looked at
    few, many = (_counts(tmp_path / str(n), name, n) for n in (_FEW, 2 * _FEW))
    found = steep(few, many)
    assert {step for step in found if step.partition(".")[0] not in _PAIRS.get(name, ())} == set()
    assert bool(found) == (name in _PAIRS)


@pytest.mark.parametrize("name", ["clusters", "clones"])
def test_a_page_looks_at_what_it_is_about_alone(tmp_path: Path, name: str) -> None:
    few, many = (_page_counts(tmp_path / str(n), name, n) for n in (_FEW, 2 * _FEW))
    found = steep(few, many)
    assert found == set()

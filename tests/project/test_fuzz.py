"""A short look at what ``python -m tests.fuzz`` looks at for long: old and new damage."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.corpus import KEPT, kept, seeds
from tests.fuzz.mutate import EDITS, WORDS, Edit, mutate
from tests.fuzz.targets import TARGETS

EXAMPLES = {"estate": 15, "markdown": 15, "applicationset": 30, "patch": 20}
FRACTIONS = st.floats(0, 1, exclude_max=True)
DAMAGE = st.lists(
    st.builds(Edit, st.sampled_from(EDITS), FRACTIONS, FRACTIONS, st.integers(0, len(WORDS) - 1)),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize(
    "path",
    [path for target in TARGETS for path in kept(target)],
    ids=lambda path: path.relative_to(KEPT).as_posix(),
)
def test_what_once_failed_holds(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("target", TARGETS)
def test_damage_fails_nothing(target: str) -> None:
    inputs = seeds(target)

    @settings(max_examples=EXAMPLES.get(target, 60))
    @given(st.sampled_from(range(len(inputs))), DAMAGE)
    def damage(index: int, edits: list[Edit]) -> None:
        TARGETS[target](mutate(inputs[index], edits, inputs))

    damage()


def test_every_folder_of_the_corpus_is_a_targets() -> None:
    assert {path.name for path in KEPT.iterdir() if path.is_dir()} == set(TARGETS)

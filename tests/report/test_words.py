"""What reports say of the fields that change."""

import pytest

from graphdoc.graph.changes.compare import Change, FieldChange, NodeChange
from graphdoc.model.node import Plain
from graphdoc.report.changes.words import describe


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"/missing": (True, None)}, ["is produced again"]),
        ({"/missing": (None, True)}, ["nothing produces it any more"]),
        (
            {"/missing": (True, None), "/undecided": (None, True)},
            ["whether something produces it is not known"],
        ),
        (
            {"/missing": (None, True), "/undecided": (True, None)},
            ["nothing produces it any more", "whether something produces it is known again"],
        ),
    ],
)
def test_a_secret_whose_maker_is_not_known_is_not_produced(
    fields: dict[str, tuple[Plain, Plain]], words: list[str]
) -> None:
    changes = tuple(FieldChange(pointer, *values) for pointer, values in fields.items())
    id_ = "secret:prod/web/token"
    entry = NodeChange(Change.CHANGED, id_, "secret", "token", "prod", changes, (), ())
    assert list(describe(entry)) == words

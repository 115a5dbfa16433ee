"""One cause is one finding, however many clusters it shows on."""

from pathlib import Path

import pytest

from tests.test_rules import CASES, findings

TWO_CLUSTERS = [path for path in CASES if path.stem == "two_clusters"]


@pytest.mark.parametrize("path", TWO_CLUSTERS, ids=lambda path: path.parent.name)
def test_a_cause_on_two_clusters_is_found_once(path: Path) -> None:
    found = [
        str(finding.problem.primary.span)
        for finding in findings(path.read_text("utf-8"))
        if finding.rule == path.parent.name
    ]
    assert sorted(set(found)) == sorted(found)

"""The memory of parsed files."""

import pytest

from graphdoc.resolve.repositories.contents import lines_naming_files, read_bytes
from graphdoc.resolve.repositories.files import Files
from tests.txtar import MemoryClone

_TEXT = "kind: ConfigMap\n"


def _clone(text: str) -> MemoryClone:
    return MemoryClone("apps", {"config.yaml": text.encode()})


def test_same_text_of_two_revisions_is_parsed_once() -> None:
    files = Files()
    assert files.parse(_clone(_TEXT), "config.yaml") is files.parse(_clone(_TEXT), "config.yaml")


def test_other_text_of_another_revision_is_parsed_anew() -> None:
    files = Files()
    files.parse(_clone(_TEXT), "config.yaml")
    parsed = files.parse(_clone("kind: Secret\n"), "config.yaml")
    assert parsed.mapping is not None
    assert parsed.mapping.text("kind") == "Secret"


def test_unreadable_file_of_another_revision_keeps_its_problem() -> None:
    files = Files()
    assert files.parse(_clone(""), "config.yaml").problem is None
    assert files.parse(MemoryClone("apps", {}), "config.yaml").problem is not None


def test_broken_file_is_told_for_each_revision() -> None:
    files = Files()
    files.parse(_clone("a: [\n"), "config.yaml")
    assert files.parse(_clone("a: [\n"), "config.yaml").problem is not None


def test_memory_apart_knows_what_was_parsed_and_adds_nothing_to_it() -> None:
    files, clone = Files(), MemoryClone("apps", {"config.yaml": b"a: 1\n", "other.yaml": b"b: 2\n"})
    parsed = files.parse(clone, "config.yaml")
    apart = files.as_written()
    assert apart.parse(clone, "config.yaml") is parsed
    apart.parse(clone, "other.yaml")
    assert files.parsed == (parsed,)


def test_memory_apart_fills_in_nothing() -> None:
    clone, files = _clone("name: ${NAME}\n"), Files(bindings={"NAME": "shop"})
    names = [memory.parse(clone, "config.yaml").mapping for memory in (files, files.as_written())]
    assert [name.text("name") for name in names if name is not None] == ["shop", "${NAME}"]


def test_what_graphdoc_wrote_is_read_for_no_words() -> None:
    files = {
        "graphdoc.yaml": b"a", "docs/explorer-data.js": b"window.graphdocData = 1",
        "docs/a/b.html": b"b", "other/explorer-data.js": b"c", "other/d.md": b"d",
    }  # fmt: skip
    clone = MemoryClone("r", files)
    assert {read_bytes(clone, path) for path in files if not path.startswith("other")} == {b""}
    assert [read_bytes(clone, f"other/{name}") for name in ("explorer-data.js", "d.md")] == [
        b"c", b"d"
    ]  # fmt: skip


@pytest.mark.parametrize("name", [b"a.yaml", b"a.yml", b"a.json", b"a.tpl"])
def test_lines_that_may_name_a_file_are_told_by_its_ending(name: bytes) -> None:
    assert list(lines_naming_files(b"x\n%b\ny" % name)) == [name]

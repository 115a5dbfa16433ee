"""The memory of parsed files."""

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

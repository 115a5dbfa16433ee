"""What is fuzzed: for every kind of input a function that must not fail, whatever the bytes."""

import json
import re
import tempfile
from collections.abc import Callable
from functools import cache
from itertools import islice
from pathlib import Path

from graphdoc.baseline import BaselineError, read_baseline
from graphdoc.config.load import load_config
from graphdoc.config.values import Config
from graphdoc.drift import LockError, read_lock, recorded_lines, write_lock
from graphdoc.graph.export.formats import EXPORTERS
from graphdoc.model.limits import Limits
from graphdoc.model.location import SourceFile
from graphdoc.model.mistake import ConfigError
from graphdoc.model.node import Node, to_plain, walk
from graphdoc.parse.emit import to_yaml
from graphdoc.parse.gotemplate import find_reads
from graphdoc.parse.libyaml import read_events
from graphdoc.parse.lines import read_lines
from graphdoc.parse.scalars import as_kubectl
from graphdoc.parse.yaml import YamlError, parse_documents
from graphdoc.pipeline.analysis import analyse, take_lock, to_report
from graphdoc.pipeline.memory import deep_trees
from graphdoc.report.findings.reporters import REPORTERS
from graphdoc.resolve.applicationset import Inventory, InventoryCluster, SetExpander
from graphdoc.resolve.applicationset.actions import identifiers, rewrite, split_actions
from graphdoc.resolve.helm import HelmEngine, find_engine
from graphdoc.resolve.helm.chart_cache import ArchiveError, read_archive
from graphdoc.resolve.helm.lines import TemplateLines
from graphdoc.resolve.helm.schemas import find_doubt
from graphdoc.resolve.kustomize import Kustomizer
from graphdoc.resolve.repositories.addresses import Repositories
from graphdoc.resolve.repositories.files import Files
from tests.txtar import MemoryClone

__all__ = ["TARGETS"]

_SECTION = re.compile(rb"^-- (?P<path>[^\n]{1,200}) --\n", re.MULTILINE)
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SHOWN = 1000  # writing YAML is slow, and not what is looked at here
_FILE = SourceFile("platform", "a.yaml")
_INVENTORY = Inventory((InventoryCluster("dev", "https://dev", (("tier", "gold"),), ()),))


def fuzz_yaml(data: bytes) -> None:
    """Text to trees, and trees to everything that reads them."""
    try:
        documents = parse_documents(data, _FILE)
    except YamlError as error:
        assert error.span.line >= 1
        return
    text = data.decode("utf-8-sig", "ignore")
    by_lines = read_lines(text, _FILE, Limits())
    if by_lines is not None:
        assert repr(by_lines) == repr(read_events(text, _FILE, Limits(), may_be_many=False))
    for root in (document.root for document in documents if document.root is not None):
        _use(root)


def _use(root: Node) -> None:
    for _, node in islice(walk(root), _SHOWN):
        assert 1 <= node.span.line <= node.span.end_line
    plain = to_plain(as_kubectl(root))
    if next(islice(walk(root), _SHOWN, None), None) is None:
        to_yaml(plain)


def fuzz_kustomization(data: bytes) -> None:
    """A tree of files, every kustomization of it built."""
    _build_all(_clone(data))


_PATCHED = {
    "kustomization.yaml": b"resources: [m.yaml]\npatches: [{path: p.yaml}, {path: j.yaml, target: {kind: .*}}]\n",
    "m.yaml": b"""\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {a: b}}
spec:
  template:
    spec:
      containers:
      - {name: web, image: "a:1", ports: [{containerPort: 80}], env: [{name: A, value: b}]}
      - {name: side, image: b}
""",
}


def fuzz_patch(data: bytes) -> None:
    """A merge patch and a JSON patch over one Deployment."""
    files = dict(_clone(data).contents)
    merge, patch = files.get("p.yaml", data), files.get("j.yaml", b"[]")
    _build_all(MemoryClone("platform", {**_PATCHED, "p.yaml": merge, "j.yaml": patch}))


def _build_all(clone: MemoryClone) -> None:
    kustomizer = Kustomizer(Files())
    for path in clone.files:
        directory, _, name = path.rpartition("/")
        if name in {"kustomization.yaml", "kustomization.yml", "Kustomization"}:
            for resource in kustomizer.build(clone, directory).resources[:100]:
                _use(resource.manifest)


def fuzz_gotemplate(data: bytes) -> None:
    """Go templates, as far as they are read without Helm."""
    text = data.decode("utf-8", "replace")
    find_reads([text])
    list(split_actions(text))
    identifiers(text)
    for strict in (True, False):
        rewrite(text, strict=strict)
    TemplateLines(text)
    find_doubt(data)


def fuzz_applicationset(data: bytes) -> None:
    """ApplicationSets beside the files that they read."""
    clone = _clone(data)
    files, repositories = Files(), Repositories((clone,))
    for path in clone.files:
        for resource in files.parse(clone, path).resources:
            if resource.kind == "ApplicationSet":
                made = SetExpander(repositories, files, _INVENTORY, _engine()).expand(resource)
                for application in made.applications[:100]:
                    _use(application.manifest)


@cache
def _engine() -> HelmEngine | None:
    return find_engine()


def fuzz_configuration(data: bytes) -> None:
    """``graphdoc.yaml``."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "graphdoc.yaml"
        file.write_bytes(data)
        (Path(folder) / "launchpad").mkdir()
        try:
            load_config(file, {})
        except ConfigError as error:
            assert str(error)


def fuzz_markdown(data: bytes) -> None:
    """Handwritten documents, with their trees, commands and links."""
    clone = MemoryClone("platform", {"README.md": data, "apps/a/values.yaml": b"a: 1\n"})
    analysis = analyse(Config(Path()), clones=(clone,))
    REPORTERS["json"](to_report(analysis, analysis.findings))


def fuzz_archive(data: bytes) -> None:
    """A packed chart."""
    try:
        contents = read_archive(data)
    except ArchiveError as error:
        assert str(error)
        return
    assert not [p for p in contents if p.startswith("/") or ".." in p.split("/") or "\\" in p]


def fuzz_record(data: bytes) -> None:
    """What an earlier run has recorded: the lock and the baseline."""
    text = data.decode("utf-8", "replace")
    try:
        read_lock(text)
        recorded_lines(text)
    except LockError as error:
        assert str(error)
    try:
        read_baseline(text, "baseline.json")
    except BaselineError as error:
        assert str(error)


def fuzz_estate(data: bytes) -> None:
    """A whole estate through every stage and into every format."""
    clones = tuple(MemoryClone(name, files) for name, files in sorted(_repositories(data).items()))
    analysis = analyse(Config(Path()), clones=clones)
    report = to_report(analysis, analysis.findings)
    outputs = {name: reporter(report) for name, reporter in REPORTERS.items()}
    outputs |= {
        f"graph {f}": export(analysis.graph, analysis.coverage) for f, export in EXPORTERS.items()
    }
    outputs["lock"] = write_lock(take_lock(analysis))
    for name, text in outputs.items():
        found = _STEERING.search(text)
        assert found is None, f"{name}: {found[0]!r} at {text[found.start() - 40 : found.end()]!r}"
    for name in ("json", "sarif", "gitlab", "graph json"):
        json.loads(outputs[name], parse_constant=_refuse)


def _refuse(constant: str) -> None:
    raise AssertionError(f"no JSON: {constant}")


def _clone(data: bytes) -> MemoryClone:
    return MemoryClone("platform", _sections(data))


def _sections(data: bytes) -> dict[str, bytes]:
    """``-- path --`` starts a file; what comes before the first is ``a.yaml``."""
    first, *rest = _SECTION.split(data)
    files = {"a.yaml": first} if first.strip() else {}
    for path, body in zip(rest[::2], rest[1::2], strict=True):
        parts = [p for p in path.decode("utf-8", "replace").split("/") if p not in {"", ".", ".."}]
        if parts:
            files["/".join(parts)] = body
    return files


def _repositories(data: bytes) -> dict[str, dict[str, bytes]]:
    found: dict[str, dict[str, bytes]] = {}
    for path, body in _sections(data).items():
        name, slash, rest = path.partition("/")
        found.setdefault(name if slash else "platform", {})[rest or name] = body
    return found


def _deep(target: Callable[[bytes], None]) -> Callable[[bytes], None]:
    """The target with the interpreter set as every command sets it."""

    def run(data: bytes) -> None:
        with deep_trees():
            target(data)

    return run


TARGETS = {
    target.__name__.removeprefix("fuzz_"): _deep(target)
    for target in (
        fuzz_yaml, fuzz_kustomization, fuzz_patch, fuzz_gotemplate, fuzz_applicationset,
        fuzz_configuration, fuzz_markdown, fuzz_archive, fuzz_estate, fuzz_record,
    )
}  # fmt: skip

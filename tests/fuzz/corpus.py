"""Where inputs come from: what earlier runs found, kept beside this file, and the tests' own estates."""

import gzip
import io
import re
import tarfile
from collections.abc import Callable
from pathlib import Path

__all__ = ["KEPT", "kept", "seeds"]

KEPT = Path(__file__).parent / "corpus"
_TESTS = Path(__file__).parent.parent
_PROJECT = _TESTS.parent


def kept(target: str) -> list[Path]:
    """The inputs in the corpus of a target; each once broke something."""
    return sorted(path for path in (KEPT / target).glob("*") if path.is_file())


def seeds(target: str) -> list[bytes]:
    """What a target's mutations start from."""
    return [*(path.read_bytes() for path in kept(target)), *_SEEDS[target]()]


def _cases() -> list[bytes]:
    return [path.read_bytes() for path in sorted((_TESTS / "cases").glob("*/*.txtar"))]


def _conformance(*names: str) -> list[bytes]:
    """The cases of Kustomize's conformance, or those of some groups."""
    files = sorted((_TESTS / "conformance").glob("*.txt"))
    texts = [path.read_text("utf-8") for path in files if not names or path.stem in names]
    cases = (case for text in texts for case in re.split(r"(?m)^=== .*\n", text)[1:])
    return [case.encode("utf-8", "surrogateescape") for case in cases]


def _sample(pattern: str) -> list[bytes]:
    files = sorted((_PROJECT / "graphdoc" / "sample").glob(pattern))
    return [path.read_bytes() for path in files if path.is_file()]


def _yaml() -> list[bytes]:
    return [*_sample("*/**/*.yaml"), b"a: &a {b: [1, 'c', \"d\\n\", |\n  e\n]}\nf: *a\n<<: *a\n"]


def _patches() -> list[bytes]:
    merge = b"-- p.yaml --\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 2}\n"
    operations = b"-- j.yaml --\n- {op: add, path: /spec/a, value: {b: c}}\n- {op: copy, from: /spec, path: /spec/b}\n"
    lists = b"spec: {template: {spec: {containers: [{name: web, $patch: delete}, {name: new, image: c}]}}}\n"
    return [
        merge,
        operations,
        merge + operations,
        merge.replace(b"spec: {replicas: 2}\n", lists) + operations,
    ]


def _templates() -> list[bytes]:
    return [
        *_sample("*/**/templates/*"),
        *_sample("*/**/*.tpl"),
        b"{{ range $i, $a := .Values.list }}{{ with $a.b }}{{ . | quote }}{{ end }}{{ end }}",
        b"{{- if and .a (not .b.c) -}}{{ normalize .path.basename | slugify 5 true }}{{- end -}}",
        b'{{ tpl (printf "%s {{ `x` }}" (index .a "b").c) $ }}{{/* c */}}',
        b'{"$schema": "https://json-schema.org/draft/2020-12/schema", "properties": {"a": {"$ref": "#/b"}}}',
    ]


def _sets() -> list[bytes]:
    found = [data for data in _cases() if b"ApplicationSet" in data]
    head = b"apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: a}\nspec:\n"
    template = b"  template:\n    metadata: {name: '{{ NAME }}'}\n    spec: {project: default}\n"
    generators = (
        b"  - list: {elements: [{a: b}, {a: c}]}\n",
        b"  - matrix: {generators: [{list: {elements: [{a: b}]}}, {clusters: {values: {v: '{{ a }}'}}}]}\n",
        b"  - merge: {mergeKeys: [name], generators: [{clusters: {}}, {list: {elements: [{name: dev}]}}]}\n",
        b"  - git: {repoURL: https://git.example.com/platform, revision: HEAD, files: [{path: '**/c.json'}]}\n",
        b"  - git: {repoURL: https://git.example.com/platform, directories: [{path: 'x/*'}, {path: x/y, exclude: true}]}\n",
    )
    files = b'-- x/y/c.json --\n{"a": {"b": [1, null]}}\n-- x/z/c.json --\n[{"a": 1}]\n'
    for generator in generators:
        go = b"  goTemplate: true\n  goTemplateOptions: [missingkey=error]\n"
        found.append(
            head + b"  generators:\n" + generator + template.replace(b"NAME", b"a") + files
        )
        patch = b"  templatePatch: |\n    metadata: {labels: {x: '{{ .a }}'}}\n"
        named = template.replace(b"NAME", b".a | normalize")
        found.append(head + go + b"  generators:\n" + generator + named + patch + files)
    return found


def _configurations() -> list[bytes]:
    page = (_PROJECT / "docs_src" / "configuration.md").read_text("utf-8")
    blocks = re.findall(r"^```yaml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    return [block.replace("${LAUNCHPAD:-../launchpad}", "launchpad").encode() for block in blocks]


def _documents() -> list[bytes]:
    pages = sorted((_PROJECT / "docs_src").glob("**/*.md"))[:20]
    readme = [b"# A\n\n```\nplatform/\n\xe2\x94\x9c\xe2\x94\x80\xe2\x94\x80 apps/\n"
              b"\xe2\x94\x82   \xe2\x94\x94\xe2\x94\x80\xe2\x94\x80 a/{b,c}.yaml\n```\n\nSee `apps/b/values.yaml`, [x](apps/c.md).\n"]  # fmt: skip
    return readme + [path.read_bytes() for path in pages]


def _archives() -> list[bytes]:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name in ("web/Chart.yaml", "web/values.yaml", "web/templates/a.yaml", "web/../../x"):
            member = tarfile.TarInfo(name)
            member.size = 10
            archive.addfile(member, io.BytesIO(b"name: web\n"))
    return [buffer.getvalue(), gzip_of(b"")]


def _records() -> list[bytes]:
    baseline = (
        b'{"schema": "graphdoc/baseline/v1", "findings": [{"fingerprint": "a", "rule": "plain-secret",'
        b' "message": "a", "subject": "b", "expires": "2030-01-31", "reason": "c"}]}'
    )
    return [(_PROJECT / "architecture.lock.json").read_bytes(), baseline]


def gzip_of(data: bytes) -> bytes:
    """Bytes as an archive's outer layer holds them."""
    return gzip.compress(data, mtime=0)


_SEEDS: dict[str, Callable[[], list[bytes]]] = {
    "yaml": _yaml,
    "kustomization": _conformance,
    "patch": _patches,
    "gotemplate": _templates,
    "applicationset": _sets,
    "configuration": _configurations,
    "markdown": _documents,
    "archive": _archives,
    "estate": _cases,
    "record": _records,
}

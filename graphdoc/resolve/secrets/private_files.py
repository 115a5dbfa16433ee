"""Files that were meant to stay on somebody's machine."""

import re
from collections.abc import Iterator
from posixpath import basename, dirname, join

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.file_kinds import MANIFESTS, MARKUP
from graphdoc.model.kustomize import KUSTOMIZATION_NAMES
from graphdoc.model.location import SourceFile, Span
from graphdoc.resolve.repositories.contents import read_text, skim_bytes
from graphdoc.resolve.repositories.files import Files
from graphdoc.resolve.repositories.fixtures import is_fixture
from graphdoc.resolve.repositories.ignored import Ignored, IgnoreRule
from graphdoc.resolve.repositories.paths import folders_above, matches_segments
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.secrets.plain import is_form
from graphdoc.resolve.secrets.settings import is_public, is_setting

__all__ = ["PrivateFile", "find_private_files"]

# Patterns of .gitignore that keep something confidential local; build output is none.
_CONFIDENTIAL = re.compile(
    r"private|secret|credential|kubeconfig|passw|\.(?:key|pem|p12|pfx|env)\b|(?:^|/)id_",
    re.IGNORECASE,
)
_KEY_FILE = re.compile(rb"\A\s*-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----")
_HARMLESS = re.compile(
    r"^\.git(?:keep|ignore)$|^README|(?:^|[-_.])(?:example|sample|template|dist)s?(?:[-_.]|$)"
)
_CODE = (".tf", ".py", ".go", ".ts", ".js", ".sh")  # what deals with secrets: secrets.tf
_SEALED = re.compile(r"\b(?:Cluster)?(?:Sealed|External)Secret\b|\bENC\[AES|^sops:", re.MULTILINE)
# What installs a program that deals with secrets (``external-secrets.yaml``) and holds none.
_INSTALLING = frozenset({
    "AppProject", "Application", "ApplicationSet", "HelmRelease", "HelmRepository",
    "Kustomization", "Namespace",
})  # fmt: skip
# What says how others are put together.
_PLANS = frozenset({".helmignore", "Chart.yaml", *KUSTOMIZATION_NAMES})
_HEAD = 200


@dataclass(frozen=True, slots=True)
class PrivateFile:
    """A committed file; ``rule`` is the line of .gitignore that keeps it local."""

    file: SourceFile
    reason: str
    rule: Span | None


def find_private_files(estate: Estate) -> Iterator[PrivateFile]:
    """Every committed file that .gitignore keeps local, and every private key."""
    files = estate.files.as_written()
    for clone in estate.clones:
        ignored = Ignored(clone)
        for path in clone.files:
            if is_fixture(path) or _HARMLESS.search(basename(path)):
                continue
            file = SourceFile(clone.name, path)
            rule = ignored.rule(path)
            is_private = rule is not None and _CONFIDENTIAL.search(rule.glob) is not None
            if rule is not None and is_private and not _is_for_all(files, clone, path, rule):
                yield PrivateFile(file, "though .gitignore keeps it local", rule.span)
            elif _KEY_FILE.match(skim_bytes(clone, path)[:_HEAD]) is not None:
                yield PrivateFile(file, "and is a private key", None)


def _is_for_all(files: Files, clone: Clone, path: str, rule: IgnoreRule) -> bool:
    """Whether the file gives nothing away: empty, a document, sealed, public, settings, a form."""
    is_open = "*" in rule.glob
    if path.endswith((*MARKUP, *_CODE)) and is_open:
        return matches_segments(basename(path), rule.glob)
    if not skim_bytes(clone, path).strip():
        return True
    if is_open and (basename(path) in _PLANS or _is_template(clone, path)):
        return True
    if path.endswith(MANIFESTS):
        if is_open and _only_installs(files, clone, path):
            return True
        return _is_sealed(clone, path) or is_form(files, clone, path)
    text = read_text(clone, path)
    is_of_variables = path.endswith(".env") or basename(path).startswith(".env")
    return is_public(text) or (is_of_variables and _only_sets(text))


def _is_template(clone: Clone, path: str) -> bool:
    """Whether it is one of a chart, into which the values are yet to be filled."""
    folders = (folder for folder in folders_above(path) if basename(folder) == "templates")
    is_of_chart = any(clone.is_file(join(dirname(folder), "Chart.yaml")) for folder in folders)
    return is_of_chart and "{{" in read_text(clone, path)


def _only_sets(text: str) -> bool:
    """Whether nothing but settings stands in a file of variables, in what is taken out, too."""
    lines = (line.strip() for line in text.splitlines())
    said = [line.lstrip("# ").partition("=") for line in lines if "=" in line or line[:1] != "#"]
    pairs = [(key.removeprefix("export "), value.strip("\"'")) for key, _, value in said if key]
    return all(key.isidentifier() and (not value or is_setting(key, value)) for key, value in pairs)


def _only_installs(files: Files, clone: Clone, path: str) -> bool:
    kinds = {resource.kind for resource in files.parse(clone, path).resources}
    return bool(kinds) and kinds <= _INSTALLING


def _is_sealed(clone: Clone, path: str) -> bool:
    """Whether what is in the file is encrypted, or only says where the values are."""
    return path.endswith(MANIFESTS) and _SEALED.search(read_text(clone, path)) is not None

"""Secrets that stand in the repositories with their values. No value leaves this module."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from operator import attrgetter
from posixpath import basename
from typing import NamedTuple, TypeAlias

from graphdoc.model.argocd import SECRET_TYPE
from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.file_kinds import MANIFESTS
from graphdoc.model.grouping import in_order
from graphdoc.model.kustomize import KUSTOMIZATION_NAMES
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import Scalar, nodes_within
from graphdoc.model.resource import Resource, ResourceId
from graphdoc.resolve.broken.kustomizations import find_tops
from graphdoc.resolve.kustomize import Build
from graphdoc.resolve.repositories.contents import read_bytes
from graphdoc.resolve.repositories.files import Files
from graphdoc.resolve.repositories.fixtures import is_example, is_fixture
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.secrets.settings import is_remark, is_setting

__all__ = ["PlainSecret", "find_plain_secrets", "is_form"]

_KIND = re.compile(rb"kind[\"']?:\s*[\"']?Secret\b")
_PRIVATE_KEY = re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----")
_PLACEHOLDER = re.compile(
    # Each looks no further than the next of its kind, so that no character is read twice.
    r"<path:[^<>]*>|<[A-Za-z][\w.|/ -]*>|\$\{(?:[^}$]|\$(?!\{))*\}|\$\((?:[^)$]|\$(?!\())*\)"
    r"|\{\{(?:[^{]|\{(?!\{))*?\}\}|\(@(?:[^(]|\((?!@))*?@\)"
    r"|^(?:vault:|ref\+|op://|>>vault:|\$argocd:)",
    re.DOTALL,
)
# Words that tell the reader what to put there.
_FORM = re.compile(
    r"__[A-Z_]+__|[x*.]{3,}|y{3,}|z{3,}|[a-z_ -]+[-_ ]here"
    r"|(?:add|enter|insert|put|replace|set|update|your)[-_ ](?:[a-z_ -]|base64)+",
    re.IGNORECASE,
)
_ARMOUR = re.compile(r"-----(?:BEGIN|END) [A-Z ]+-----")
_ENCRYPTED = re.compile(
    r"ENC\[[A-Z0-9_]+,|\$ANSIBLE_VAULT;|\0GITCRYPT|age-encryption\.org/"
    r"|-----BEGIN (?:AGE ENCRYPTED FILE|PGP MESSAGE)-----"
)
_ONE_LINE = re.compile(r":\s+[^\s|>]")  # else a template may stand further down
# What SOPS writes into the files that it encrypts: YAML, INI, or JSON for all others.
_SOPS = re.compile(r"^sops:\s*$|^\[sops\]\s*$|^[^\S\n]*\"sops\":\s*\{", re.MULTILINE)
_SOPS_MAC = "sops_mac"  # in an environment file
_CONFIDENTIAL = re.compile(r"passw|secret|token|credential|private|key$|pwd", re.IGNORECASE)
# What Argo CD's declarative repositories and clusters say beside their credentials.
_ARGOCD_SETTINGS = frozenset(
    """
    clusterResources depth enableLfs enableOCI forceHttpBasicAuth githubAppEnterpriseBaseUrl
    githubAppID githubAppInstallationID insecure insecureIgnoreHostKey insecureOCIForceHttp name
    namespaces noProxy project proxy server shard shallowClone type url useAzureWorkloadIdentity
    username
    """.split()  # noqa: SIM905 -- reads better than thirty quoted words
)
# A registry's credentials; without any of them the file logs in nowhere.
_DOCKER = frozenset({".dockercfg", ".dockerconfigjson"})
_LOGIN = re.compile(r"\"(?:auth|identitytoken|password|registrytoken)\"\s*:\s*\"[^\"]")
_CLUSTER_CREDENTIAL = re.compile(r"\"(?:password|bearerToken|keyData)\"\s*:\s*\"[^\"<$]")
_Line: TypeAlias = tuple[SourceFile, int]
_RUN = re.compile(r"[A-Za-z0-9+/]{20,}")
_KINDS = (str.islower, str.isupper, str.isdigit)
# Turns between kinds of signs for each sign: words have fewer, made-up rows such as `a1b2` more.
_FEWEST, _MOST = 0.3, 0.85
_DISTINCT = 10
_PRINTABLE = re.compile(rb"[\x20-\x7e\s]+")


class _Value(NamedTuple):
    """One value of a Secret; ``span`` is where its key stands, ``origin`` what set it last."""

    key: str
    span: Span
    origin: Span
    text: str


@dataclass(frozen=True, slots=True)
class PlainSecret:
    """A Secret with values; ``keys`` are the names of those that tell, ``lines`` all of it.

    ``is_harmless`` where each value is a setting or public; then ``keys`` names all.
    """

    id: ResourceId
    keys: tuple[str, ...]
    span: Span
    private_key: bool
    is_harmless: bool
    lines: frozenset[tuple[SourceFile, int]]


def find_plain_secrets(estate: Estate) -> Iterator[PlainSecret]:
    """Every committed Secret with values that is not deleted by all overlays that include it.

    What tests and examples hold is none, unless something deploys it; but a file that is an
    example by its name alone may hold a real one.
    """
    used = frozenset(_used(estate))
    yield from _in_manifests(estate, used)
    yield from in_order(_in_kustomizations(estate, used), attrgetter("span"))
    yield from in_order(_in_charts(estate), attrgetter("span"))


def _in_manifests(estate: Estate, used: frozenset[SourceFile]) -> Iterator[PlainSecret]:
    fates = _Fates(find_tops(estate))
    files = estate.files.as_written()
    for clone in estate.clones:
        for path in clone.files:
            if not _is_manifest_of_secret(clone, path):
                continue
            is_used = SourceFile(clone.name, path) in used
            if is_fixture(path) and not is_used:
                continue
            asked = _is_generated if is_example(path) and not is_used else str.strip
            secrets = _in_file(files, clone, path, asked)
            yield from (secret for secret in secrets if not fates.deleted(secret))


def _in_file(
    files: Files, clone: Clone, path: str, asked: Callable[[str], object] = str.strip
) -> Iterator[PlainSecret]:
    for resource in _secrets(files.parse(clone, path).resources):
        values = tuple(value for value in _values(resource) if asked(value.text))
        secret = _plain_secret(resource, values)
        yield from (secret,) if secret is not None else ()


def is_form(files: Files, clone: Clone, path: str) -> bool:
    """Whether a file holds nothing but Secrets that are yet to be filled in."""
    if not _is_manifest_of_secret(clone, path):
        return False
    kinds = {resource.kind for resource in files.parse(clone, path).resources}
    return kinds == {"Secret"} and not any(_in_file(files, clone, path))


def _in_kustomizations(estate: Estate, used: frozenset[SourceFile]) -> Iterator[PlainSecret]:
    """Those whose values generators and patches bring that are no manifests of Secrets."""
    clones = estate.clones_by_name
    for build in find_tops(estate):
        charts = {request.mark for request in build.charts}
        for resource in _secrets(build.resources):
            brought = (value for value in _values(resource) if value.origin not in charts)
            values = (value for value in brought if _is_brought(clones, value.origin))
            secret = _plain_secret(resource, tuple(v._replace(span=v.origin) for v in values))
            if secret is not None and (
                secret.span.file in used or not is_fixture(secret.span.file.path)
            ):
                yield secret


def _in_charts(estate: Estate) -> Iterator[PlainSecret]:
    """Those whose values a template of a chart spells out; what values files bring is not."""
    for source in estate.sources:
        if source.chart_folder is None or source.clone is None:
            continue
        for resource in _secrets(source.resources):
            values = tuple(_values(resource))
            spelt = tuple(value for value in values if _is_spelt(source.clone, value))
            secret = _plain_secret(resource, spelt, is_open=len(spelt) < len(values))
            if secret is not None and not secret.is_harmless:
                yield secret


def _secrets(resources: Iterable[Resource]) -> list[Resource]:
    return [one for one in resources if one.kind == "Secret" and not one.group]


def _is_spelt(clone: Clone, value: _Value) -> bool:
    """Whether one line of a template says a value without the help of Helm."""
    file, line = value.origin.file, value.origin.line
    if file.repository != clone.name or not clone.is_file(file.path) or is_fixture(file.path):
        return False
    data = read_bytes(clone, file.path)
    lines = data.splitlines() if b"{{" in data else []  # else it is a manifest
    text = lines[line - 1].decode("utf-8", "replace") if line <= len(lines) else ""
    return "{{" not in text and _ONE_LINE.search(text) is not None


def _is_brought(clones: dict[str, Clone], span: Span) -> bool:
    name = basename(span.file.path)
    clone = clones.get(span.file.repository)  # none for a chart that was published
    return clone is not None and (
        name in KUSTOMIZATION_NAMES or not _is_manifest_of_secret(clone, span.file.path)
    )


def _used(estate: Estate) -> Iterator[SourceFile]:
    for source in estate.sources:
        yield from source.files
        yield from source.built.files


def _is_manifest_of_secret(clone: Clone, path: str) -> bool:
    if not path.endswith(MANIFESTS):
        return False
    data = read_bytes(clone, path)
    return b"Secret" in data and _KIND.search(data) is not None


def _plain_secret(
    resource: Resource, values: tuple[_Value, ...], *, is_open: bool = False
) -> PlainSecret | None:
    plain = _plain_values(resource, values, is_open=is_open)
    if not plain:
        return None
    telling = [value for value in plain if not is_setting(value.key, value.text)]
    told = telling or plain
    keys = tuple(value.key for value in told)
    private = any(_PRIVATE_KEY.search(value.text) for value in told)
    lines = frozenset(_lines(resource))
    return PlainSecret(resource.id, keys, told[0].span, private, not telling, lines)


def _plain_values(resource: Resource, values: tuple[_Value, ...], *, is_open: bool) -> list[_Value]:
    """Those in plain text; beside one that is yet to be filled in, only what looks secret."""
    if "sops" in resource.manifest.entries or any(value.key == _SOPS_MAC for value in values):
        return []
    plain = [value for value in values if _is_plain(resource, value.key, value.text)]
    is_open |= any(_PLACEHOLDER.search(value.text) or _is_blank(value.text) for value in values)
    if is_open or _has_gap(resource):
        return [v for v in plain if _PRIVATE_KEY.search(v.text) or _CONFIDENTIAL.search(v.key)]
    return plain


def _has_gap(resource: Resource) -> bool:
    """Whether a key has no value at all: an engine such as ytt has it in a comment."""
    fields = (resource.manifest.at(field) for field in ("data", "stringData"))
    nodes = (node for field in fields for node in field.entries.values())
    return any(isinstance(node, Scalar) and node.value is None for node in nodes)


def _values(resource: Resource) -> Iterator[_Value]:
    for field in ("data", "stringData"):
        values = resource.manifest.at(field)
        for key, node in values.entries.items():
            if isinstance(node, Scalar) and node.value is not None:
                text = node.value if isinstance(node.value, str) else node.text
                shown = _decode(text) if field == "data" else text
                yield _Value(key, values.keys[key], node.span, shown)


def _decode(text: str) -> str:
    try:
        return b64decode("".join(text.split()), validate=True).decode("utf-8", "replace")
    except (Base64Error, ValueError):
        return text


def _is_encrypted(text: str) -> bool:
    is_sops = "ENC[AES256_GCM," in text and _SOPS.search(text) is not None
    return is_sops or _ENCRYPTED.match(text) is not None


def _is_blank(text: str) -> bool:
    bare = _ARMOUR.sub("", text)
    if text.strip() and (not bare.strip() or is_remark(text)):
        return True
    return _FORM.fullmatch("".join(bare.split()) if bare != text else bare.strip()) is not None


def _is_plain(resource: Resource, key: str, text: str) -> bool:
    if not text.strip() or _PLACEHOLDER.search(text) or _is_encrypted(text) or _is_blank(text):
        return False
    if key in _DOCKER:
        return _LOGIN.search(text) is not None
    if resource.manifest.scalar("metadata", "labels", SECRET_TYPE) is None:
        return True
    if key == "config":
        return _CLUSTER_CREDENTIAL.search(text) is not None
    return key not in _ARGOCD_SETTINGS


class _Fates:
    """What becomes of the resources of a file in the builds that include it."""

    def __init__(self, tops: tuple[Build, ...]) -> None:
        self._tops = tops
        self._kept: dict[int, frozenset[_Line]] = {}

    def deleted(self, secret: PlainSecret) -> bool:
        """Whether some overlay includes the Secret and none keeps it."""
        file = secret.span.file
        tops = [build for build in self._tops if file in build.files]
        return bool(tops) and not any(secret.lines & self._kept_by(build) for build in tops)

    def _kept_by(self, build: Build) -> frozenset[_Line]:
        key = id(build)
        if key not in self._kept:
            self._kept[key] = frozenset(
                line for s in _secrets(build.resources) for line in _lines(s)
            )
        return self._kept[key]


def _lines(resource: Resource) -> Iterator[_Line]:
    for node in nodes_within(resource.manifest):
        yield from ((span.file, span.line) for span in node.origins)


def _is_generated(text: str) -> bool:
    """Whether letters and digits take turns as in keys and hashes, not as in words or `a1b2c3`."""
    return any(_is_random(run) and not _is_text(run) for run in _RUN.findall(text))


def _is_random(run: str) -> bool:
    kinds = [next((i for i, of in enumerate(_KINDS) if of(sign)), -1) for sign in run]
    turns = sum(one != other for one, other in pairwise(kinds)) / len(run)
    return _FEWEST < turns < _MOST and kinds.count(2) > 1 and len(set(run)) > _DISTINCT


def _is_text(run: str) -> bool:
    """Whether it is words in Base64."""
    return _PRINTABLE.fullmatch(b64decode(run[: len(run) // 4 * 4])) is not None

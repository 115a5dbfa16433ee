"""The sections of a configuration that need no disk: one reader each."""

import re
from dataclasses import fields
from enum import StrEnum
from typing import TypedDict

from graphdoc.config.decode import Entry, refuse_twins
from graphdoc.config.values import (
    ClusterFacts,
    HelmSettings,
    HostKind,
    RootPattern,
    RuleSetting,
    SiteSettings,
    Tracked,
)
from graphdoc.model.contract import Contract, ContractKind, Reach, Selector
from graphdoc.model.edge import EdgeKind
from graphdoc.model.finding import Severity
from graphdoc.model.limits import Limits
from graphdoc.model.node import Mapping, Scalar, Sequence
from graphdoc.model.secret import SecretHints

__all__ = ["Sections", "read_sections"]

_VERSION = re.compile(r"v?\d+(?:\.\d+){0,2}(?:[-+][\w.+-]+)?")
_REQUIRED = ("name", "reason", "kind", "from", "to")
_OPTIONAL = ("severity", "edge", "reach")


class _Level(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    OFF = "off"


class Sections(TypedDict, total=False):
    """The fields of a :class:`~graphdoc.config.values.Config` that stand in the file."""

    roots: tuple[RootPattern, ...]
    clusters: tuple[ClusterFacts, ...]
    production: tuple[str, ...]
    secrets: SecretHints
    rules: tuple[RuleSetting, ...]
    contracts: tuple[Contract, ...]
    track: frozenset[Tracked]
    site: SiteSettings
    hosts: dict[str, HostKind]
    helm: HelmSettings
    limits: Limits
    placeholders: dict[str, str]


def read_sections(table: dict[str, Entry]) -> Sections:
    """Every section that is present, read."""
    sections: Sections = {}
    if "roots" in table:
        sections["roots"] = tuple(_root(item) for item in table["roots"].items())
    if "clusters" in table:
        members = table["clusters"].members()
        sections["clusters"] = tuple(_cluster(name, entry) for name, entry in members.items())
    if "production" in table:
        sections["production"] = table["production"].texts()
    if "secrets" in table:
        sections["secrets"] = _secrets(table["secrets"])
    if "rules" in table:
        members = table["rules"].members()
        sections["rules"] = tuple(s for name, entry in members.items() for s in _rule(name, entry))
    return sections | _read_others(table)


def _read_others(table: dict[str, Entry]) -> Sections:
    sections: Sections = {}
    if "contracts" in table:
        sections["contracts"] = _read_contracts(table["contracts"])
    if "drift" in table:
        sections["track"] = _tracked(table["drift"])
    if "site" in table:
        sections["site"] = _site(table["site"])
    if "hosts" in table:
        members = table["hosts"].members()
        sections["hosts"] = {host: entry.choice(HostKind) for host, entry in members.items()}
    if "helm" in table:
        sections["helm"] = _helm(table["helm"])
    if "limits" in table:
        sections["limits"] = _limits(table["limits"])
    if "placeholders" in table:
        sections["placeholders"] = dict(table["placeholders"].strings())
    return sections


def _root(item: Entry) -> RootPattern:
    """A pattern, or a mapping with a path and the name of its cluster."""
    table = item.table("path", "cluster") if isinstance(item.node, Mapping) else {"path": item}
    if "path" not in table:
        item.fail(f"{item.name}: the key 'path' is missing")
    text = table["path"].text().replace("\\", "/").rstrip("/")
    if not text.partition("/")[0] or text.startswith("./"):
        item.fail(f"{item.name}: a root starts with a repository's name, as in launchpad/root.yaml")
    return RootPattern(text, item.node.span, _text(table.get("cluster")) or "")


def _cluster(name: str, entry: Entry) -> ClusterFacts:
    if isinstance(entry.node, Scalar) and entry.node.value is None:
        return ClusterFacts(name)
    table = entry.table("provider", "production", "aliases", "server", "labels", "annotations")
    return ClusterFacts(
        name,
        provider=_text(table.get("provider")),
        production=table["production"].flag() if "production" in table else None,
        aliases=_texts(table.get("aliases")),
        server=_text(table.get("server")),
        labels=table["labels"].strings() if "labels" in table else {},
        annotations=table["annotations"].strings() if "annotations" in table else {},
    )


def _secrets(entry: Entry) -> SecretHints:
    table = entry.table("consumer_keys", "made_elsewhere")
    keys = _texts(table.get("consumer_keys")) or SecretHints().consumer_keys
    return SecretHints(_texts(table.get("made_elsewhere")), keys)


def _rule(name: str, entry: Entry) -> tuple[RuleSetting, ...]:
    """One setting, or a list of them, for different paths."""
    if isinstance(entry.node, Sequence):
        return tuple(_rule_setting(name, item) for item in entry.items())
    return (_rule_setting(name, entry),)


def _rule_setting(name: str, entry: Entry) -> RuleSetting:
    """A mapping with severity, paths, last day and the reason, without which nothing is decided."""
    if isinstance(entry.node, Scalar):
        level = entry.choice(_Level)
        entry.fail(f"{entry.name}: the reason is missing: {{severity: {level}, reason: ...}}")
    table = entry.table("severity", "paths", "reason", "expires")
    level = table["severity"].choice(_Level) if "severity" in table else _Level.OFF
    reason = table["reason"].text().strip() if "reason" in table else ""
    if not reason:
        entry.fail(f"{entry.name}: the reason is missing: 'reason: ...'")
    severity = None if level is _Level.OFF else Severity(level)
    return RuleSetting(
        rule=name,
        severity=severity,
        paths=_texts(table.get("paths")),
        reason=reason,
        span=entry.node.span,
        expires=table["expires"].day() if "expires" in table else None,
    )


def _tracked(entry: Entry) -> frozenset[Tracked]:
    table = entry.table("track")
    items = table["track"].items() if "track" in table else ()
    return frozenset(item.choice(Tracked) for item in items)


def _site(entry: Entry) -> SiteSettings:
    table = entry.table("name", "logo", "groups", "since", "hidden")
    groups = table["groups"].members() if "groups" in table else {}
    return SiteSettings(
        name=_text(table.get("name")),
        logo=_text(table.get("logo")),
        since=_text(table.get("since")),
        hidden=_texts(table.get("hidden")),
        groups={title: patterns.texts() for title, patterns in groups.items()},
    )


def _helm(entry: Entry) -> HelmSettings:
    table = entry.table("kube_version", "api_versions")
    version = table.get("kube_version")
    if version is not None and not _VERSION.fullmatch(version.text()):
        version.expected("a version, as in 1.33.0")
    return HelmSettings(_text(version), _texts(table.get("api_versions")))


def _limits(entry: Entry) -> Limits:
    table = entry.table(*(one.name for one in fields(Limits)))
    return Limits(**{key: value.count() for key, value in table.items()})


def _text(entry: Entry | None) -> str | None:
    return entry.text() if entry else None


def _texts(entry: Entry | None) -> tuple[str, ...]:
    return entry.texts() if entry else ()


def _read_contracts(entry: Entry) -> tuple[Contract, ...]:
    """Every contract; each has a name of its own.

    Raises:
        ConfigError: a key is missing or unknown, or a name stands twice.
    """
    items = entry.items()
    contracts = tuple(_contract(item) for item in items)
    refuse_twins(zip(items, (one.name for one in contracts), strict=True), "contract")
    return contracts


def _contract(item: Entry) -> Contract:
    table = item.table(*_REQUIRED, *_OPTIONAL)
    for key in _REQUIRED:
        if key not in table or not table[key].text().strip():
            item.fail(f"{item.name}: the key '{key}' is missing")
    return Contract(
        name=table["name"].text().strip(),
        reason=table["reason"].text().strip(),
        severity=table["severity"].choice(Severity) if "severity" in table else Severity.ERROR,
        kind=table["kind"].choice(ContractKind),
        origin=_selector(table["from"]),
        target=_selector(table["to"]),
        edges=_edges(table.get("edge")),
        reach=table["reach"].choice(Reach) if "reach" in table else Reach.DIRECT,
        span=table["name"].node.span,
    )


def _selector(entry: Entry) -> Selector:
    return Selector(entry.text(), entry.node.span)


def _edges(entry: Entry | None) -> frozenset[EdgeKind]:
    if entry is None:
        return frozenset()
    items = (entry,) if isinstance(entry.node, Scalar) else entry.items()
    return frozenset(item.choice(EdgeKind) for item in items)

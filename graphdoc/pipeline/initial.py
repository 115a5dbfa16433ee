"""A first ``graphdoc.yaml``, from what an analysis without one has found."""

import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from graphdoc.model.clone import Clone
from graphdoc.model.redact import without_user
from graphdoc.parse.scalars import resolve_scalar
from graphdoc.pipeline.analysis import Analysis
from graphdoc.resolve.clusters.asked import find_asked
from graphdoc.resolve.repositories.addresses import url_identity
from graphdoc.resolve.repositories.paths import chart_folders
from graphdoc.resolve.resolved import Estate, Root
from graphdoc.resolve.roots.pattern import RootPattern
from graphdoc.resolve.roots.units import brings_applications, written_at

__all__ = ["initial_config"]

_PLAIN = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./@:+{}~-]*")
_KNOWN_HOSTS = frozenset({"github.com", "gitlab.com", "bitbucket.org", "dev.azure.com"})


def initial_config(analysis: Analysis) -> str:
    """The text of the file, with what could be said further as comments."""
    estate = analysis.estate
    parts = (
        _repositories(estate),
        _roots(estate),
        _clusters(estate),
        _secrets(),
        _charts(),
        _rules(),
        _hosts(estate),
    )
    head = (
        "# What graphdoc analyses. Paths are relative to this file; ${NAME:-default} is filled in\n"
    )
    head += "# from the environment.\n"
    return head + "".join("\n" + "".join(f"{line}\n" for line in part) for part in parts)


def _repositories(estate: Estate) -> Iterator[str]:
    yield "# The clones. `urls` are the repoURLs that mean them, beside what their Git remotes say."
    yield "repositories:"
    for clone in estate.clones:
        yield f"  - name: {_text(clone.name)}"
        yield f"    path: {_text(clone.path)}"
        urls = clone.urls or tuple(sorted(_urls_used(estate, clone)))
        if urls:
            yield f"    urls: [{', '.join(map(_text, urls))}]"
    missing = sorted(_urls_missing(estate))
    if missing:
        yield "  # Applications also read these; add their clones to follow them:"
        yield from (f"  # {_text(url)}" for url in missing)


def _urls_used(estate: Estate, clone: Clone) -> Iterator[str]:
    """Addresses that led to a clone without remotes by its name alone, once each."""
    known: set[str] = set()
    for source in estate.sources:
        url = without_user(source.source.repo_url)
        found = source.clone is not None and source.clone.name == clone.name
        if found and url_identity(url) not in known:
            known.add(url_identity(url))
            yield url


def _urls_missing(estate: Estate) -> frozenset[str]:
    """Addresses that no clone stands for, one spelling each."""
    urls: dict[str, str] = {}
    for source in estate.sources:
        if source.clone is None and source.source.chart is None and source.source.repo_url:
            url = without_user(source.source.repo_url)
            urls.setdefault(url_identity(url), url)
    return frozenset(urls.values())


def _roots(estate: Estate) -> Iterator[str]:
    complete = bool(estate.roots) and all(_pattern(root) for root in estate.roots)
    yield "# Where clusters start. Patterns, so that a new cluster is noticed and never overlooked;"
    yield "# without any, graphdoc finds the roots itself."
    if complete:
        yield "roots:"
        yield from sorted(_root_lines(estate))
        return
    yield "# roots:"
    yield from (f"#   - {root}" for root in dict.fromkeys(map(_exact, estate.roots)))


def _root_lines(estate: Estate) -> frozenset[str]:
    """A pattern for each root, or the root itself where the pattern would take more than roots."""
    clusters = {(root.clone, root.path): root.cluster for root in estate.roots}
    candidates = {*clusters, *_startable(estate)}
    lines = set()
    for root in estate.roots:
        pattern = RootPattern(root.clone, (_pattern(root) or "").removeprefix(f"{root.clone}/"))
        matched = {c: name for c in candidates if (name := pattern.match(*c)) is not None}
        faithful = all(clusters.get(place) == name for place, name in matched.items())
        text = _text(f"{root.clone}/{pattern.pattern}") if faithful else _exact(root)
        lines.add(f"  - {text}")
    return frozenset(lines)


def _startable(estate: Estate) -> Iterator[tuple[str, str]]:
    """What a pattern may take as a root: whatever brings Applications, or is one."""
    for build in estate.builds:
        if brings_applications(build.resources):
            yield build.clone, build.path
    for clone in estate.clones:
        yield from ((clone.name, chart) for chart in chart_folders(clone.files))
    found = (app.application.resource for app in estate.applications)
    sets = (one.resource for one in estate.application_sets)
    files = {written_at(resource)[0] for resource in (*found, *sets)}
    for file in {*files, *(orphan.span.file for orphan in estate.orphans)}:
        yield file.repository, file.path


def _exact(root: Root) -> str:
    path = _text(f"{root.clone}/{root.path}")
    return f"{{path: {path}, cluster: {_text(root.cluster)}}}"


def _pattern(root: Root) -> str | None:
    """The path of a root with its cluster's name left open; ``None`` where it does not hold it."""
    around = re.compile(rf"(?<![A-Za-z0-9]){re.escape(root.cluster)}(?![A-Za-z0-9])")
    if root.cluster == root.clone or not around.search(root.path):
        return None
    return f"{root.clone}/{around.sub('{cluster}', root.path, count=1)}"


def _clusters(estate: Estate) -> Iterator[str]:
    yield "# What Git does not say of a cluster: {provider: AWS, aliases: [aws-1]}"
    if not estate.clusters:
        yield "# clusters:"
        yield from _asked(estate)
        return
    yield "clusters:"
    yield from (f"  {_text(cluster)}: {{}}" for cluster in estate.clusters)
    yield from _asked(estate)
    yield ""
    yield "# Clusters on which stricter rules hold."
    yield 'production: ["*prod*"]'


def _asked(estate: Estate) -> Iterator[str]:
    """A cluster for ApplicationSets that choose among clusters which no Secret here registers."""
    asked = find_asked(estate)
    if asked is None:
        return
    yield "  # ApplicationSets choose clusters here that no Secret in the clones registers."
    yield "  # One like this for each, filled in, shows what they make:"
    yield "  # my-cluster:"
    yield "  #   server: https://kubernetes.default.svc"
    texts = {"labels": asked.labels, "annotations": asked.annotations}
    for key, found in texts.items():
        if found:
            yield f"  #   {key}:"
            yield from (f"  #     {_text(k)}: {_text(v)}" for k, v in sorted(found.items()))


def _secrets() -> Iterator[str]:
    yield "# secrets:"
    yield "#   consumer_keys: [existingSecret]      # keys of values that name a Secret"
    yield "#   made_elsewhere: [kube-system/*]      # Secrets that Git knows nothing of"


def _charts() -> Iterator[str]:
    yield "# Charts that 'helm pull' brought; the page Coverage has the commands."
    yield "# chart_cache: ../charts"


def _rules() -> Iterator[str]:
    yield "# rules:"
    yield "#   orphaned-manifest: {severity: off, paths: [name/folder/**], reason: why}"


def _hosts(estate: Estate) -> Iterator[str]:
    clones = estate.clones
    urls = {url for clone in clones for url in clone.urls or _urls_used(estate, clone)}
    hosts = {_host(url) for url in urls} - _KNOWN_HOSTS - {""}
    yield "# How links to a line are spelled on hosts whose name does not say it:"
    yield "# github, gitlab, gitea, bitbucket or azure."
    yield "# hosts:"
    yield from (f"#   {_text(host)}: gitea" for host in sorted(hosts))


def _host(url: str) -> str:
    identity = url_identity(url).partition("/")[0]
    return urlsplit(f"//{identity}").hostname or ""


def _text(text: str) -> str:
    """A string as YAML writes it, in quotes wherever it could be read as something else."""
    plain = _PLAIN.fullmatch(text) and not text.endswith(":") and resolve_scalar(text) == text
    return text if plain else json.dumps(text)

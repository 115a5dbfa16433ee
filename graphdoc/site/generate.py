"""The whole site as values: pages, figures, files and the order of the navigation."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.resources import files
from importlib.resources.abc import Traversable

from graphdoc.graph.repo_graph import NodeKind
from graphdoc.model.dataclass import dataclass
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.hosting import Checkout
from graphdoc.site.atlas.input import SiteInput
from graphdoc.site.explorer.page import explorer_page
from graphdoc.site.pages.about import about_pages
from graphdoc.site.pages.application import application_page
from graphdoc.site.pages.applications import application_index
from graphdoc.site.pages.changes import changes_page
from graphdoc.site.pages.chart import chart_page
from graphdoc.site.pages.cluster import cluster_page
from graphdoc.site.pages.clusters import cluster_index
from graphdoc.site.pages.coverage import coverage_page
from graphdoc.site.pages.day_one import day_one
from graphdoc.site.pages.drift import drift_page
from graphdoc.site.pages.findings import finding_index, rule_pages
from graphdoc.site.pages.lists import list_pages
from graphdoc.site.pages.policy import policy_page
from graphdoc.site.pages.repositories import file_pages, repository_index, repository_page
from graphdoc.site.pages.runbooks.index import runbook_pages
from graphdoc.site.pages.secrets import secret_index, secret_page
from graphdoc.site.pages.start import start_page
from graphdoc.site.pages.values_file import values_page
from graphdoc.site.pages.waves import waves_page
from graphdoc.site.pages.where import where_pages
from graphdoc.site.writing.markup import Markup, code, html, join
from graphdoc.site.writing.page import Page

__all__ = ["Site", "Stamp", "build_epoch", "generate_site", "site_assets"]

# 1980-01-01, the oldest day that a ZIP archive can hold: for clones without a commit.
_NO_COMMIT = 315_532_800


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every page says of the state it describes."""

    footer: Markup
    newest: int
    stale_days: int

    @property
    def built(self) -> str:
        """The newest commit's time for the browser; empty where there is none."""
        return datetime.fromtimestamp(self.newest, UTC).isoformat() if self.newest else ""


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that goes into MkDocs, by path; ``name`` is the title of the site.

    ``logo`` is an icon of the theme, or one of ``images``.
    """

    name: str
    logo: str
    images: Mapping[str, bytes]
    pages: Mapping[str, Page]
    atlas: Atlas
    stamp: Stamp

    @property
    def drawings(self) -> Mapping[str, str]:
        """The stand-alone pictures, by path."""
        return {path: svg for page in self.pages.values() for path, svg in page.files.items()}


def generate_site(site: SiteInput) -> Site:
    """Every page of the site."""
    atlas = Atlas(site)
    pages = {page.path: page for page in _pages(atlas) if not atlas.is_hidden(page.path)}
    settings = site.settings
    images = {settings.logo: settings.logo_image} if settings.logo_image else {}
    ordered = dict(sorted(pages.items()))
    return Site(settings.name, settings.logo, images, ordered, atlas, _stamp(atlas))


def build_epoch(site: SiteInput) -> int:
    """The time that files of the site carry: never the clock's."""
    return site.newest_commit or _NO_COMMIT


def site_assets() -> Mapping[str, bytes]:
    """The styles, scripts and fonts that go with the pages, by path below ``assets/``."""
    found = {f"assets/{path}": data for path, data in _walk(files("graphdoc.site") / "assets", "")}
    styles = (files("graphdoc.site") / "content" / "pages.css").read_bytes()
    return dict(sorted((found | {"assets/pages.css": styles}).items()))


def _pages(atlas: Atlas) -> Iterator[Page]:
    yield start_page(atlas)
    yield day_one(atlas)
    yield from where_pages(atlas)
    yield explorer_page(atlas)
    yield cluster_index(atlas)
    yield from (cluster_page(atlas, node) for node in atlas.clusters)
    yield from application_index(atlas)
    yield from (application_page(atlas, name) for name in sorted(atlas.by_name))
    yield waves_page(atlas)
    yield secret_index(atlas)
    yield from (secret_page(atlas, name) for name in sorted(atlas.secrets_by_name))
    yield from list_pages(atlas)
    yield from (policy_page(atlas, name) for name in atlas.policies_by_name)
    yield from (chart_page(atlas, key) for key in atlas.charts_by_key)
    yield from (values_page(atlas, node) for node in atlas.graph.nodes(NodeKind.VALUES))
    yield repository_index(atlas)
    yield from (repository_page(atlas, node) for node in atlas.graph.nodes(NodeKind.REPOSITORY))
    yield from file_pages(atlas)
    yield finding_index(atlas)
    yield from rule_pages(atlas)
    yield drift_page(atlas)
    yield changes_page(atlas)
    yield coverage_page(atlas)
    yield from runbook_pages(atlas)
    yield from about_pages(atlas)


def _stamp(atlas: Atlas) -> Stamp:
    states = [_state(name, found) for name, found in sorted(atlas.checkouts.items())]
    newest = atlas.site.newest_commit
    when = (
        f", newest commit {datetime.fromtimestamp(newest, UTC):%Y-%m-%d %H:%M} UTC"
        if newest
        else ""
    )
    footer = html(
        "From {}{}. Built by graphdoc{}.",
        join(_some(states), ", "),
        when,
        f" {atlas.site.version}" if atlas.site.version else "",
    )
    return Stamp(footer, newest, atlas.site.settings.stale_days)


def _state(name: str, checkout: Checkout) -> Markup:
    if not checkout.commit:
        return html("{} ({})", name, checkout.state)
    return code(f"{name}@{checkout.state}")


def _some(states: list[Markup]) -> Iterable[Markup]:
    """The first repositories, and how many more there are."""
    shown, hidden = states[:6], len(states) - 6
    return [*shown, html("{} more", str(hidden))] if hidden > 0 else shown


def _walk(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for child in folder.iterdir():
        below = f"{path}{child.name}"
        if child.is_dir():
            yield from _walk(child, f"{below}/")
        elif not child.name.endswith((".md", ".py", ".pyc")):
            yield below, child.read_bytes()

"""The thin part inside MkDocs: hands it the pages, and puts figures where their slots are."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from mkdocs.config.base import Config
from mkdocs.config.config_options import Optional, Type
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.utils import meta

from graphdoc.site.atlas.environments import place_words
from graphdoc.site.atlas.input import SiteInput
from graphdoc.site.generate import Site, generate_site, site_assets
from graphdoc.site.mkdocs.cuttings import Cut, cut_tables
from graphdoc.site.mkdocs.loopback import for_this_machine
from graphdoc.site.mkdocs.navigation import navigation
from graphdoc.site.mkdocs.questions import questions_script
from graphdoc.site.mkdocs.searching import add_entries, forget_entries, lighten_index
from graphdoc.site.mkdocs.sharing import Sharing, frame_of, generated_file
from graphdoc.site.mkdocs.standing import name_indexes, stand_below_lists
from graphdoc.site.mkdocs.words import explained, glossary_words
from graphdoc.site.pages.glossary import GLOSSARY
from graphdoc.site.prose.handwritten import Document, ProseError, fill_document, with_slots
from graphdoc.site.prose.reading import own_place, read_document
from graphdoc.site.prose.slots import FOLDER
from graphdoc.site.writing.icons import has_icon, sprite_for
from graphdoc.site.writing.markup import html
from graphdoc.site.writing.page import fill_slots
from graphdoc.site.writing.text import escape

if TYPE_CHECKING:
    from mkdocs.livereload import LiveReloadServer  # needs watchdog, which may be missing

__all__ = ["Options", "SitePlugin", "provided_by"]

_BODY = re.compile(r"<body[^>]*>")
# The theme's search is a dialog without a name.
_SEARCH = 'data-md-component="search" role="dialog"'
_PATH = re.compile(r'(<nav class="md-path" )aria-label="[^"]*"')
_CONTENTS = re.compile(r'<nav class="md-nav md-nav--secondary" aria-label="[^"]*')
# A section with a page of its own is named by a label that holds an icon alone; its title says it.
_SECTION = re.compile(
    r'aria-labelledby="(__nav_\w+)_label"([^>]*>\s*<label class="md-nav__title" )(?=for=)'
)
# What the page of themes for addresses that do not exist says, and what is added to it.
_HEADING = re.compile(r"<h1[^>]*>404.*?</h1>")
_NOWHERE = (
    '<p>No page stands here: what it told of may have been renamed or removed, which <a href="{0}/'
    'changes.html">Changes</a> tells. Search for its name, or begin at <a href="{0}/index.html">'
    'Start</a> or with the list of <a href="{0}/apps/index.html">Applications</a>.</p>'
)
_STYLES = ("assets/graphdoc.css", "assets/pages.css")
_QUESTIONS = "assets/questions.js"
_SCRIPTS = ("assets/graphdoc.js", _QUESTIONS, "assets/search.js")
# The offline plugin adds one from the network unless a path holds this word.
_SHIM = "assets/vendor/iframe-worker.js"
# What the pages of a folder are about, as their titles say it.
_KINDS = {
    "apps": "Application",
    "charts": "chart",
    "clusters": "cluster",
    "policies": "policy",
    "repos": "repository",
    "secrets": "Secret",
}
_TITLE = re.compile(r"<title>[^<]*?(?= - )")
_EXTENSIONS = ("attr_list", "def_list", "tables", "md_in_html")

T = TypeVar("T")
_provider: ContextVar[Callable[[], SiteInput] | None] = ContextVar("provider", default=None)
_listener: ContextVar[Callable[[], None] | None] = ContextVar("listener", default=None)


@contextmanager
def provided_by(
    load: Callable[[], SiteInput], done: Callable[[], None] | None = None
) -> Iterator[None]:
    """Let the plugin get its input from here rather than from a ``graphdoc.yaml``.

    ``done`` is called after every build that came to its end.
    """
    provider, listener = _provider.set(load), _listener.set(done)
    try:
        yield
    finally:
        _provider.reset(provider)
        _listener.reset(listener)


class Options(Config):  # type: ignore[no-untyped-call] # MkDocs has no types here
    """What ``mkdocs.yml`` may say of the plugin."""

    config_file = Optional(Type(str))


class SitePlugin(BasePlugin[Options]):  # type: ignore[no-untyped-call] # as above
    """Pages, figures and navigation of one estate in a MkDocs site, one's own or a foreign one."""

    _site: Site | None = None
    _cuts: Mapping[str, Cut] = MappingProxyType({})
    _generated: frozenset[str] = frozenset()
    _words: Mapping[str, str] = MappingProxyType({})
    _has_own_nav = False

    def __init__(self) -> None:
        super().__init__()
        self._figures: dict[str, dict[str, str]] = {}
        self._shares = False
        self._before = Sharing()
        self._now = Sharing()
        self._rebuilt: frozenset[str] = frozenset()

    def on_startup(self, *, command: str, dirty: bool) -> None:  # noqa: ARG002
        """Keep this plugin over the builds of one ``serve``, and share what did not change."""
        self._shares = dirty
        self._before = Sharing()

    def load(self, config: MkDocsConfig) -> SiteInput:
        """What the pages are made from, where nobody provides it.

        Raises:
            PluginError: there is nothing to make pages from.
        """
        raise PluginError(f"nothing provides graphdoc's pages for {config.config_file_path}")

    @event_priority(50)
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Make the pages, and add what they need to the configuration."""
        self._figures = {}
        provide = _provider.get()
        self._site = generate_site(provide() if provide else self.load(config))
        if self._site.name:
            config.site_name = self._site.name
        _set_logo(config, self._site.logo)
        config.use_directory_urls = False
        _add(config.extra_css, _STYLES)
        _add(config.extra_javascript, _SCRIPTS)
        _add(config.extra.setdefault("polyfills", []), (_SHIM,))
        _add(config.markdown_extensions, _EXTENSIONS)
        config.copyright = config.copyright or str(self._site.stamp.footer)
        return config

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Add every generated file; a handwritten page of the same path stays."""
        slots = [file for file in files.documentation_pages() if file.src_uri.startswith(FOLDER)]
        for file in slots:
            files.remove(file)
        documents = {file.src_uri: _document(file, self._made) for file in slots}
        site = self._site = _or_refused(lambda: with_slots(self._made, documents))
        self._words = glossary_words(site.atlas)
        written = {file.src_uri: _section(file) for file in files.documentation_pages()}
        self._cuts = {path: cut_tables(page.markdown) for path, page in site.pages.items()}
        contents: dict[str, str | bytes] = {p: cut.markdown for p, cut in self._cuts.items()}
        contents |= site.drawings
        contents |= site.images
        contents |= site_assets()
        contents[_QUESTIONS] = questions_script(site.pages, place_words(site.atlas))
        self._generated = frozenset(contents) - frozenset(files.src_uris)
        self._has_own_nav = config.nav is None
        if config.nav is None:
            config.nav = navigation(site, written)
        known = self._begin_sharing(config, contents, files)
        for path in sorted(self._generated):
            file = generated_file(config, path, contents[path])
            file.is_same = known.is_same(path, site.pages.get(path), contents[path])
            files.append(file)
        self._rebuilt = frozenset(
            f.dest_uri for f in files.documentation_pages() if f.is_modified()
        )
        return files

    def _begin_sharing(
        self, config: MkDocsConfig, contents: Mapping[str, str | bytes], files: Files
    ) -> Sharing:
        """What of the build before still holds; until this one is done, nothing of either does."""
        before, self._before = self._before, Sharing()
        self._now = Sharing(frame_of(self._made, self._words, config), self._made.pages, contents)
        if not self._shares:
            return Sharing()
        for file in files.documentation_pages():  # they name what may have changed
            file.is_modified = lambda: True  # type: ignore[method-assign]
        return before if before.frame == self._now.frame else Sharing()

    def on_nav(self, nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:  # noqa: ARG002
        """Let pages that the navigation leaves out stand below their lists."""
        if self._has_own_nav:
            name_indexes(nav)
        atlas = self._made.atlas
        groups = {atlas.application_page(name): escape(of) for name, of in atlas.groups.items()}
        stand_below_lists(files, groups)
        return nav

    @event_priority(100)
    def on_post_build(self, config: MkDocsConfig) -> None:
        """Remember what was built, and tell whoever waits for it."""
        lighten_index(config)
        if self._shares:
            forget_entries(config, self._rebuilt)
            self._before = self._now
        done = _listener.get()
        if done is not None:
            done()

    def on_serve(self, server: "LiveReloadServer", **_: object) -> "LiveReloadServer":
        """What listens on loopback speaks to nobody else."""
        if server.server_address[0] == "127.0.0.1":
            server.set_app(for_this_machine(server.serve_request))
        return server

    def on_post_template(
        self, output_content: str, *, template_name: str, config: MkDocsConfig
    ) -> str:
        """Say where to go on, where the page that was asked for is not there."""
        if template_name != "404.html":
            return output_content
        base = urlsplit(config.site_url or "").path.rstrip("/")
        named = _with_names(output_content).replace("<title>", "<title>Not found - ", 1)
        return _HEADING.sub(lambda found: found[0] + _NOWHERE.format(base), named, count=1)

    def on_pre_page(self, page: MkDocsPage, config: MkDocsConfig, files: Files) -> MkDocsPage:  # noqa: ARG002
        """Let the pencil lead to what the page tells about."""
        made, atlas = self._made.pages.get(page.file.src_uri), self._made.atlas
        if page.file.src_uri in self._generated and made is not None:
            page.edit_url = made.edit or None
        elif page.edit_url is None:
            place = own_place(page.file.abs_src_path, atlas.site.own.root)
            page.edit_url = (atlas.own_checkout.edit(place) if place else "") or None
        return page

    @event_priority(100)
    def on_page_markdown(
        self, markdown: str, page: MkDocsPage, config: MkDocsConfig, files: Files
    ) -> str:
        """Fill in what a handwritten page names."""
        path = page.file.src_uri
        if path in self._generated:
            return markdown
        filled = _or_refused(lambda: fill_document(self._made, _document(page.file, self._made)))
        self._figures[path] = filled.figures
        for name, svg in filled.files.items():
            if name not in files.src_uris:
                files.append(generated_file(config, name, svg))
        return filled.markdown

    @event_priority(100)
    def on_page_content(
        self,
        html: str,
        page: MkDocsPage,
        config: MkDocsConfig,  # noqa: ARG002
        files: Files,  # noqa: ARG002
    ) -> str:
        """Put the tables back, before the search reads the page."""
        path = page.file.src_uri
        if path in self._generated and path != GLOSSARY:
            html = explained(html, self._words)
        cut = self._cuts.get(path)
        return cut.with_searched(html) if cut else html

    def on_post_page(self, output: str, page: MkDocsPage, config: MkDocsConfig) -> str:
        """Put the figures, the icons and the age of the facts into the finished HTML."""
        made = self._made.pages.get(page.file.src_uri)
        if made is not None:
            add_entries(config, page.url, made)
        figures = self._figures.get(page.file.src_uri) or (made.figures if made else {})
        cut = self._cuts.get(page.file.src_uri)
        filled = fill_slots(cut.with_all(output) if cut else output, figures)
        kinds = sprite_for(filled)
        filled = _BODY.sub(lambda found: found[0] + kinds, filled, count=1)
        filled = _with_kind(_with_names(filled), page.file.src_uri)
        return filled.replace("</body>", f"{self._age()}</body>", 1)

    @property
    def _made(self) -> Site:
        if self._site is None:
            raise PluginError("graphdoc's pages were not made yet")
        return self._site

    def _age(self) -> str:
        stamp = self._made.stamp
        if not stamp.built:
            return ""
        return html(
            '<span hidden data-gd-built="{}" data-gd-stale="{}"></span>',
            stamp.built,
            str(stamp.stale_days),
        )


def _with_names(output: str) -> str:
    """Name what the theme leaves without a name of its own.

    The search, the path of a page, sections, and the first of two tables of contents: the menu's.
    """
    named = output.replace(_SEARCH, f'{_SEARCH} aria-label="Search"', 1)
    named = _PATH.sub(r'\g<1>aria-label="Path"', named, count=1)
    named = _SECTION.sub(r'aria-labelledby="\1_title"\2id="\1_title" ', named)
    several = len(_CONTENTS.findall(named)) > 1
    return _CONTENTS.sub(r"\g<0>, in the menu", named, count=1) if several else named


def _with_kind(output: str, path: str) -> str:
    """Let a browser's tab tell an Application from the Secret or the chart of its name."""
    folder, _, name = path.rpartition("/")
    kind = "" if name == "index.md" else _KINDS.get(folder, "")
    return _TITLE.sub(lambda found: f"{found[0]} ({kind})", output, count=1) if kind else output


def _set_logo(config: MkDocsConfig, logo: str) -> None:
    """An icon of the theme, or an image among the files of the site."""
    if "." in logo.rpartition("/")[2]:
        config.theme["logo"] = logo
    elif logo:
        if not has_icon(logo):
            raise PluginError(f"site.logo: the theme has no icon '{logo}'")
        config.theme["icon"] = {**(config.theme.get("icon") or {}), "logo": logo}


def _add(to: list[Any], names: tuple[str, ...]) -> None:
    to.extend(name for name in names if name not in map(str, to))


def _or_refused(make: Callable[[], T]) -> T:
    """What is made; where the team's text names something unknown, MkDocs stops with the place."""
    try:
        return make()
    except ProseError as error:
        raise PluginError(str(error)) from error


def _document(file: File, site: Site) -> Document:
    root = site.atlas.site.own.root
    return read_document(file.src_uri, file.content_string, file.abs_src_path, root)


def _section(file: File) -> str:
    """Under which tab a handwritten page stands: as its front matter says, else with the others."""
    if file.src_uri.startswith("_") or "/_" in file.src_uri or file.abs_src_path is None:
        return ""
    _, data = meta.get_data(Path(file.abs_src_path).read_text(encoding="utf-8-sig"))
    said = data.get("nav")
    return said if isinstance(said, str) else "About"

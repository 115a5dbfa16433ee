"""AppProjects: which ones the repositories define."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from posixpath import dirname

from graphdoc.model.argocd import is_argocd
from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.file_kinds import MANIFESTS
from graphdoc.model.location import SourceFile
from graphdoc.model.node import Mapping, walk
from graphdoc.model.resource import Resource
from graphdoc.parse.gotemplate import ACTION
from graphdoc.parse.placeholders import is_unfilled
from graphdoc.resolve.broken.kustomizations import rendered_builds
from graphdoc.resolve.evidence.told_to_charts import told_to_charts
from graphdoc.resolve.names.spelling import has_word, with_gaps
from graphdoc.resolve.repositories.contents import every_file, read_bytes
from graphdoc.resolve.repositories.files import ParsedFile
from graphdoc.resolve.repositories.paths import files_below
from graphdoc.resolve.resolved import Estate, Tool
from graphdoc.resolve.secrets.evidence import is_rendered

__all__ = ["Projects", "find_projects", "find_written_projects"]

_MARK = re.compile(rb"kind[\"']?:\s*[\"']?AppProject\b")
_IN_VALUES = re.compile(rb"sourceRepos[\"']?:")
_OF_PROJECTS = re.compile(r"project|sourceRepos", re.IGNORECASE)
_DEFAULT = "default"
_FEW = 3
# The first name in the metadata of a document, however it is written.
_NAME = re.compile(
    r"^metadata:(?:(?!\n\S)[\s\S])*?(?<![\w.-])name:[ \t]*[\"']?((?:\{\{.*?\}\}|[^\s,{}#\"'])*)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Projects:
    """The names that AppProjects have for certain, and the forms of those that templates make."""

    names: frozenset[str] = frozenset()
    forms: frozenset[re.Pattern[str]] = frozenset()

    def may_have(self, name: str) -> bool:
        """Whether a project has the name, or a template could make one."""
        return name in self.names or any(form.fullmatch(name) for form in self.forms)


def find_projects(estate: Estate) -> Projects:
    """Every AppProject that is written or rendered anywhere, and the one that is always there.

    Returns:
        What a chart that could not be rendered is told of counts, and what any values describe.
        Nothing where no AppProject is in the repositories, or many more are missing than are in
        Git: somebody makes them elsewhere.
    """
    rendered = (resource for _, _, resource in estate.applied)
    written = {resource.name for resource in rendered if is_argocd(resource, "AppProject")}
    written |= {*_written(estate)}
    names = frozenset(name for name in written if not is_unfilled(name))
    if not names:
        return Projects()
    named = {entry.application.project for entry in estate.applications} - {_DEFAULT, ""}
    names |= frozenset(_described(estate) if named - names else ())
    known = Projects(names | {_DEFAULT}, frozenset(map(_form, filter(is_unfilled, written))))
    new = {name for name in named if not known.may_have(name)}
    told = _told(estate, new) if new else frozenset()
    if len(new - told) > max(len(names), _FEW):
        return Projects()
    return Projects(known.names | told, known.forms)


def _told(estate: Estate, names: set[str]) -> frozenset[str]:
    """Those of which a chart that could not be rendered is told."""
    texts = [text for text in told_to_charts(estate) if _OF_PROJECTS.search(text)]
    return frozenset(name for name in names if any(has_word(text, name) for text in texts))


def find_written_projects(estate: Estate) -> tuple[Resource, ...]:
    """Every AppProject that stands in a file by a name of its own."""
    found = (project for read, _ in _project_files(estate) for project in _projects_of(read))
    return tuple(project for project in found if not is_unfilled(project.name))


def _written(estate: Estate) -> Iterator[str]:
    """The names in the files, those of templates with their actions; what is rendered is known."""
    known = _rendered_templates(estate)
    for read, text in _project_files(estate):
        if read.file not in known and read.problem is None:
            yield from (project.name for project in _projects_of(read))
        elif read.file not in known:
            yield from _names_in(text.decode("utf-8", "replace"))


@lru_cache(maxsize=2)  # three rules ask
def _project_files(estate: Estate) -> tuple[tuple[ParsedFile, bytes], ...]:
    files = estate.files.as_written()
    return tuple((files.parse(c, path), text) for c, path, text in _find(estate, _MARK))


def _projects_of(read: ParsedFile) -> Iterator[Resource]:
    return (resource for resource in read.resources if is_argocd(resource, "AppProject"))


def _rendered_templates(estate: Estate) -> frozenset[SourceFile]:
    """The files of charts that an Application renders whole."""
    whole = (s for s in estate.sources if s.tool is Tool.HELM and is_rendered(s))
    own = frozenset(file for source in whole for file in source.files)
    return own | _inflated_templates(estate)


def _inflated_templates(estate: Estate) -> frozenset[SourceFile]:
    """The files of charts that kustomizations render, each of them whole."""
    charts: dict[SourceFile, bool] = {}
    for build in rendered_builds(estate):
        is_whole = not build.problems and not build.not_understood
        for file in build.files:
            if f"/{file.path}".endswith("/Chart.yaml"):
                charts[file] = charts.get(file, True) and is_whole
    clones = estate.clones_by_name
    return frozenset(
        SourceFile(chart.repository, path)
        for chart, is_whole in charts.items()
        if is_whole and chart.repository in clones
        for path in files_below(clones[chart.repository].files, dirname(chart.path))
    )


def _names_in(text: str) -> Iterable[str]:
    """Every name in a template that is no YAML; where none can be seen it may be any."""
    return _NAME.findall(text) or ("{{ }}",)


def _form(name: str) -> re.Pattern[str]:
    """A pattern of all that a template's name could become."""
    if "{{" not in name:
        return with_gaps(("", ""), ".*?")
    return with_gaps(ACTION.split(name), ".*?")


def _find(estate: Estate, mark: re.Pattern[bytes]) -> Iterator[tuple[Clone, str, bytes]]:
    for clone, path in every_file(estate.clones):
        text = read_bytes(clone, path) if path.endswith((*MANIFESTS, ".tpl")) else b""
        if mark.search(text):
            yield clone, path, text


def _described(estate: Estate) -> Iterator[str]:
    """The names of projects in values: such a mapping's own, or the key under which it stands."""
    files = estate.files.as_written()
    parsed = (files.parse(clone, path) for clone, path, _ in _find(estate, _IN_VALUES))
    for pointer, node in (found for read in parsed for root in read.roots for found in walk(root)):
        is_manifest = pointer.endswith("/spec")
        if isinstance(node, Mapping) and "sourceRepos" in node.entries and not is_manifest:
            yield node.text("name") or pointer.rpartition("/")[2]

"""One ApplicationSet to its Applications: the template, once for each set of parameters."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field
from functools import cached_property, partial

from graphdoc.model.applicationset import GeneratorKind, Inventory
from graphdoc.model.argocd import LIKE_FIELDS, Source, is_whole
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import NotUnderstood, Problem
from graphdoc.model.grouping import grouped, listed
from graphdoc.model.location import Location, SourceFile, Span, locations
from graphdoc.model.node import Mapping, Scalar
from graphdoc.model.resource import Resource
from graphdoc.parse.argocd import parse_application
from graphdoc.parse.scalars import as_kubectl
from graphdoc.resolve.applicationset.clusters import Registered, find_registered, known_to
from graphdoc.resolve.applicationset.dialect import Dialect, Fault
from graphdoc.resolve.applicationset.embedded import parse_embedded
from graphdoc.resolve.applicationset.failures import (
    FillError,
    GeneratorError,
    UndecidedError,
)
from graphdoc.resolve.applicationset.filling import Misfit, fill_mapping
from graphdoc.resolve.applicationset.generators import Generators, kinds_of
from graphdoc.resolve.applicationset.globs import matches_doublestar, matches_pathspec
from graphdoc.resolve.applicationset.gotemplate import GoDialect
from graphdoc.resolve.applicationset.plain import PlainDialect
from graphdoc.resolve.applicationset.selector import parse_selector
from graphdoc.resolve.applicationset.template import (
    complete,
    merge_templates,
    with_finalizer,
    with_patch,
)
from graphdoc.resolve.applicationset.terraform import Terraform
from graphdoc.resolve.applicationset.told import Told, tell
from graphdoc.resolve.helm import HelmEngine
from graphdoc.resolve.names.alike import closest
from graphdoc.resolve.repositories.addresses import Repositories
from graphdoc.resolve.repositories.argocd_options import has_new_globbing
from graphdoc.resolve.repositories.files import Files
from graphdoc.resolve.repositories.paths import normalise

__all__ = ["Generated", "SetExpander"]

_STRICT = "missingkey=error"
_UNREGISTERED = "only a registered cluster can tell"
_NOTHING = "the generator yields nothing for a cluster that is assumed"
_HOLE = re.compile(r"\{\{|\{\.\w")
_TAG = re.compile(r"\{\{.*?\}\}|\{\{.*")
_GENERATED_FROM = "generated from this item"


@dataclass(frozen=True, slots=True)
class Generated:
    """The Applications of one ApplicationSet, and what of it could not be expanded.

    ``items`` holds for each Application where the generator's item is written. ``assumed`` names
    the Applications of clusters that are registered nowhere in sight, ``assumes_clusters`` says
    that there are such clusters, with Applications or without. ``files`` are what generators read
    parameters from, ``steps`` the names of Applications with their step of a progressive sync,
    ``problems`` what Argo CD would refuse.
    """

    applications: tuple[Resource, ...]
    not_understood: tuple[NotUnderstood, ...] = ()
    items: tuple[Span, ...] = ()
    files: frozenset[SourceFile] = frozenset()
    steps: tuple[tuple[str, int], ...] = ()
    problems: tuple[Problem, ...] = ()
    assumed: frozenset[str] = frozenset()
    assumes_clusters: bool = False


@dataclass
class SetExpander:
    """Expands ApplicationSets; registered clusters are looked up once, and only if asked for."""

    repositories: Repositories
    files: Files
    inventory: Inventory
    engine: HelmEngine | None

    def expand(self, resource: Resource) -> Generated:
        """The Applications that an ApplicationSet makes."""
        seen = Resource(as_kubectl(resource.manifest))
        spec = seen.manifest.at("spec")
        template = spec.mapping("template")
        misspelt = next(_misspelt(spec), None)
        if template is None or misspelt is not None:
            lacking = _problem(seen.span, "an ApplicationSet without a template")
            return Generated((), problems=(misspelt or lacking,))
        dialect = self._dialect(spec)
        known = partial(self._known_to, seen.namespace)
        generators = Generators(
            self.repositories, self.files, dialect, known, lambda: self.matches_file,
            tell=partial(self._tell, seen, dialect),
        )  # fmt: skip
        return _Expansion(seen, spec, template, dialect, generators).run()

    @cached_property
    def registered(self) -> tuple[Registered, ...]:
        """The clusters that cluster generators choose from."""
        return find_registered(self.inventory, self.repositories.clones, self.files)

    @cached_property
    def matches_file(self) -> Callable[[str, str], bool]:
        """How a Git file generator matches paths with patterns."""
        strict = has_new_globbing(self.repositories.clones)
        return matches_doublestar if strict else matches_pathspec

    @cached_property
    def _terraform(self) -> Terraform:
        return Terraform(self.repositories.clones)

    def _tell(self, resource: Resource, dialect: Dialect) -> Told:
        """What is known of clusters that a set assumes."""
        strict = isinstance(dialect, GoDialect) and dialect.strict
        return tell(resource, self._terraform.find_written, strict=strict)

    def _known_to(self, namespace: str) -> tuple[Registered, ...]:
        return known_to(namespace, self.registered)

    def _dialect(self, spec: Mapping) -> Dialect:
        if not spec.is_true("goTemplate"):
            return PlainDialect()
        return GoDialect(self.engine, strict=_STRICT in spec.texts_at("goTemplateOptions"))


def _misspelt(spec: Mapping) -> Iterator[Problem]:
    """What has to be there, and is under a wrong name."""
    for key in ("generators", "template"):
        said = closest(key, spec.entries, LIKE_FIELDS) if key not in spec.entries else ""
        if said:
            yield _problem(spec.keys[said], f"spec knows no {said} (the nearest is {key})")


@dataclass(slots=True)
class _Expansion:
    """The work on one set."""

    owner: Resource
    spec: Mapping
    template: Mapping
    dialect: Dialect
    generators: Generators
    made: list[tuple[Resource, Span]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    not_understood: list[NotUnderstood] = field(default_factory=list)
    assumed: set[str] = field(default_factory=set)

    def run(self) -> Generated:
        for entry in self.spec.items_at("generators"):
            if isinstance(entry, Mapping) and not entry.entries:
                continue
            if not isinstance(entry, Mapping) or not kinds_of(entry):
                self.problems.append(_problem(entry.span, "a generator that Argo CD does not know"))
                continue
            for kind in kinds_of(entry):
                self._expand(entry, kind)
        unique = tuple(self._unique())
        applications = tuple(application for application, _ in unique)
        steps = self._steps(applications)
        return Generated(
            applications=applications,
            not_understood=(*self.generators.notes, *self.not_understood),
            items=tuple(item for _, item in unique),
            files=frozenset(self.generators.read),
            steps=steps,
            problems=(*self.generators.problems, *self.problems),
            assumed=frozenset(self.assumed),
            assumes_clusters=bool(self.generators.assumed),
        )

    def _steps(self, applications: tuple[Resource, ...]) -> tuple[tuple[str, int], ...]:
        try:
            return tuple(_find_steps(self.spec, applications))
        except GeneratorError as error:
            self.problems.append(_problem(error.span, error.message))
            return ()

    def _expand(self, entry: Mapping, kind: GeneratorKind) -> None:
        try:
            parameters = self.generators.expand(entry, kind)
        except GeneratorError as error:
            if isinstance(error, FillError) and self.generators.assumed:
                self._skip(error.span, f"{error.message}; {_UNREGISTERED}")
            else:
                self.problems.append(_problem(error.span, error.message))
            return
        except UndecidedError as error:
            self._skip(error.span, error.reason)
            self._guess(merge_templates(entry.mapping(kind, "template"), self.template))
            return
        if not parameters and self.generators.assumed:
            self._skip(entry.span, f"{_NOTHING}: {_UNREGISTERED}")
        self._make_all(merge_templates(entry.mapping(kind, "template"), self.template), parameters)

    def _guess(self, template: Mapping) -> None:
        """The one Application of a template that needs no parameter to say which it is."""
        application = complete(template, self.owner)
        if (
            application.name
            and is_whole(application)
            and not any("{{" in text for text in (*_addresses(application), *_urls(application)))
        ):
            self.made.append((application, application.span))
            self.assumed.add(application.name)

    def _make_all(self, template: Mapping, parameters: Sequence[Mapping]) -> None:
        filled = fill_mapping(self.dialect, template, parameters)
        for one, patch, own in zip(filled, self._patches(parameters), parameters, strict=True):
            faults = [part for part in (one, patch) if isinstance(part, Misfit)]
            if faults or isinstance(one, Misfit):
                self._note_fault(faults[0], own)
                continue
            application = one if self._keeps_resources() or not own.entries else with_finalizer(one)
            if isinstance(patch, Mapping):
                application = with_patch(application, patch)
            self._take(complete(application, self.owner), own)

    def _patches(self, parameters: Sequence[Mapping]) -> list[Mapping | Misfit | None]:
        """The ``templatePatch`` for each parameter set."""
        text = self.spec.scalar("templatePatch")
        if text is None or not isinstance(text.value, str):
            return [None] * len(parameters)
        answers = self.dialect.fill((text.value,), parameters)
        return [_parse_patch(answer[text.value], text) for answer in answers]

    def _keeps_resources(self) -> bool:
        return self.spec.is_true("syncPolicy", "preserveResourcesOnDeletion")

    def _take(self, application: Resource, own: Mapping) -> None:
        """Keep an Application, unless a clone shows that an assumed cluster is not meant."""
        name, is_assumed = application.name, self.generators.is_assumed(own)
        reason = self._refutation(application) if is_assumed else None
        if reason is not None:
            self._skip(application.span, f"Application '{name}' of an assumed cluster {reason}")
            return
        self.made.append((application, own.span))
        self.assumed |= {name} if is_assumed else set()

    def _skip(self, span: Span, reason: str) -> None:
        note = NotUnderstood(span, reason)
        self.not_understood += [] if note in self.not_understood else [note]

    def _note_fault(self, misfit: Misfit, own: Mapping) -> None:
        if misfit.fault.undecided:
            self._skip(misfit.span, misfit.fault.message)
        elif self.generators.is_assumed(own) and not misfit.fault.unsound:
            self._skip(misfit.span, f"{misfit.fault.message}; {_UNREGISTERED}")
        else:
            self.problems.append(_problem(misfit.span, misfit.fault.message, own.span))

    def _unique(self) -> Iterator[tuple[Resource, Span]]:
        """Argo CD takes the first Application of a name, and none without one."""
        first: dict[str, Span] = {}
        again: dict[str, list[Span]] = {}
        for application, item in self.made:
            name = application.manifest.scalar("metadata", "name")
            if name is None or not name.value:
                message = "a generated Application has no name"
                self.problems.append(_problem(application.span, message, item))
            elif application.name in first and application.name in self.assumed:
                continue  # which of the clusters that are meant there are, nobody knows
            elif application.name in first and _HOLE.search(application.name):
                continue  # what nothing fills in makes them one, and is told of by itself
            elif application.name in first:
                known = again.setdefault(
                    application.name, [name.origins[0], first[application.name]]
                )
                known.append(item)
            else:
                first[application.name] = item
                yield application, item
        self._note_twice(again)

    def _note_twice(self, again: dict[str, list[Span]]) -> None:
        """One name at a place is told by itself, and many as one."""
        by_place = grouped((place, (name, spans)) for name, (place, *spans) in again.items())
        for place, found in by_place.items():
            names = [f"'{name}'" for name, _ in found]
            what = (
                f"an Application {names[0]}" if len(names) == 1 else f"Applications {listed(names)}"
            )
            spans = dict.fromkeys(span for _, spans in found for span in spans)
            self.problems.append(_problem(place, f"two parameter sets make {what}", *spans))

    def _refutation(self, application: Resource) -> str | None:
        """Why an assumed cluster cannot be one that the set is for."""
        hole = next((m for text in _addresses(application) if (m := _TAG.search(text))), None)
        if hole is not None:
            return f"keeps '{hole[0]}', which only a registered cluster fills in"
        return next(
            filter(None, map(self._refuted_source, parse_application(application).sources)), None
        )

    def _refuted_source(self, source: Source) -> str | None:
        """Why no cluster can be given a source; an address left open may mean this repository."""
        written_in, path = source.node.origins[0].file.repository, normalise(source.path or "")
        match = self.generators.repositories.find_source(source.repo_url, written_in, path)
        hole = _TAG.search(source.repo_url) if match is None else None
        if hole is not None:
            return f"keeps '{hole[0]}', which only a registered cluster fills in"
        clone = match.clone.at(source.target_revision) if match is not None else None
        is_missing = clone is not None and path is not None and not clone.is_directory(path)
        return "has no source path" if is_missing and source.path is not None else None


def _addresses(application: Resource) -> Iterator[str]:
    """What names an Application and says where it goes to and what it reads."""
    parsed = parse_application(application)
    yield from (application.name, parsed.destination.server, parsed.destination.name)
    for source in parsed.sources:
        yield from (source.path or "", source.chart or "")


def _urls(application: Resource) -> Iterator[str]:
    return (source.repo_url for source in parse_application(application).sources)


def _parse_patch(text: str | Fault, place: Scalar) -> Mapping | Misfit | None:
    if isinstance(text, Fault):
        return Misfit(place.span, text)
    try:
        root = parse_embedded(text, place)
    except GeneratorError as error:
        return Misfit(place.span, Fault(f"templatePatch: {error.message}"))
    if root is None or isinstance(root, Mapping):
        return root
    return Misfit(place.span, Fault("templatePatch is not a mapping"))


def _problem(span: Span, message: str, *items: Span) -> Problem:
    related = locations(items, _GENERATED_FROM)
    return Problem(message, Location(span), related, str(span.file))


def _find_steps(spec: Mapping, applications: Iterable[Resource]) -> Iterator[tuple[str, int]]:
    """Yield the names of Applications with their step, counted from 1; those in none are left out.

    Raises:
        GeneratorError: a step with an operator that no selector has.
    """
    if spec.text("strategy", "type") != "RollingSync":
        return
    steps = [parse_selector(step) for step in spec.mappings_at("strategy", "rollingSync", "steps")]
    for application in applications:
        labels = dict(application.manifest.pairs_at("metadata", "labels"))
        chosen = next((n for n, matches in enumerate(steps, start=1) if matches(labels)), None)
        if chosen is not None:
            yield application.name, chosen

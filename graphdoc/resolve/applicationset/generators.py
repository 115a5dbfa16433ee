"""Generators to parameter sets, as Argo CD's ApplicationSet controller builds them."""

from collections.abc import Callable
from collections.abc import Sequence as Many
from dataclasses import field
from typing import TypeAlias

from graphdoc.model.applicationset import GeneratorKind
from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import NotUnderstood, Problem
from graphdoc.model.location import Location, SourceFile, Span
from graphdoc.model.node import Mapping, Node, Scalar, Sequence, is_null
from graphdoc.model.redact import without_user
from graphdoc.parse.placeholders import is_unfilled
from graphdoc.resolve.applicationset.assumed import (
    assume_clusters,
    assume_decision,
    find_names,
    is_stand_in,
)
from graphdoc.resolve.applicationset.clusters import (
    IN_CLUSTER,
    Registered,
    cluster_parameters,
)
from graphdoc.resolve.applicationset.combining import combine, merge_by_keys
from graphdoc.resolve.applicationset.dialect import Dialect
from graphdoc.resolve.applicationset.embedded import parse_embedded
from graphdoc.resolve.applicationset.failures import (
    FillError,
    GeneratorError,
    UndecidedError,
)
from graphdoc.resolve.applicationset.filling import Misfit, fill_leniently, fill_mapping
from graphdoc.resolve.applicationset.git import (
    PathStyle,
    find_directories,
    find_files,
    read_parameters,
    without_paths,
)
from graphdoc.resolve.applicationset.parameters import (
    flatten,
    make_mapping,
    make_texts,
    text_scalar,
)
from graphdoc.resolve.applicationset.selector import is_empty, parse_selector
from graphdoc.resolve.applicationset.told import Told
from graphdoc.resolve.repositories.addresses import Match, Repositories
from graphdoc.resolve.repositories.files import Files
from graphdoc.resolve.repositories.revisions import explain_absence, is_taken_for

__all__ = ["Generators", "kinds_of"]

_Named: TypeAlias = Many[str]

_DEPTH_LIMIT = 3  # Argo CD lets a matrix or merge hold another, and that one none
_WITH_VALUES = (
    GeneratorKind.CLUSTERS,
    GeneratorKind.CLUSTER_DECISION_RESOURCE,
    GeneratorKind.GIT,
)


def kinds_of(entry: Mapping) -> tuple[GeneratorKind, ...]:
    """The generators that one entry of a list of generators holds."""
    return tuple(kind for kind in GeneratorKind if entry.mapping(kind) is not None)


@dataclass(slots=True)
class Generators:
    """Expands the generators of one ApplicationSet; ``notes`` gathers what was guessed.

    ``matches_file`` tells how Argo CD matches files with patterns, ``tell`` what is known of
    clusters that are assumed.
    ``read`` are the files that parameters come from, ``problems`` what is wrong and does not keep a
    generator from yielding, ``assumed`` the clusters that were put in for want of any.
    """

    repositories: Repositories
    files: Files
    dialect: Dialect
    registered: Callable[[], tuple[Registered, ...]]
    matches_file: Callable[[], Callable[[str, str], bool]]
    tell: Callable[[], Told]
    notes: list[NotUnderstood] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    read: set[SourceFile] = field(default_factory=set)
    assumed: set[str] = field(default_factory=set)

    def expand(
        self, entry: Mapping, kind: GeneratorKind, depth: int = 1, named: _Named = ()
    ) -> list[Mapping]:
        """The parameter sets of one generator that its selector lets through.

        ``named`` are clusters that others tell more about.

        Raises:
            GeneratorError: Argo CD would refuse the generator.
            UndecidedError: the answer lies outside of the clones.
        """
        matches = parse_selector(entry.mapping("selector"))
        body = entry.mapping(kind) or make_mapping({}, entry.span)
        if kind is GeneratorKind.CLUSTERS:
            made = self._clusters(body, named)
        else:
            made = self._make(kind, body, depth)
        self._refuse_too_many(entry, len(made))
        if entry.mapping("selector") is None:
            return made
        return [one for one in made if matches({k: s.text for k, s in flatten(one)})]

    def _make(self, kind: GeneratorKind, body: Mapping, depth: int) -> list[Mapping]:
        match kind:
            case GeneratorKind.LIST:
                return self._list(body)
            case GeneratorKind.GIT:
                return self._git(body)
            case GeneratorKind.MATRIX:
                return self._matrix(body, depth)
            case GeneratorKind.MERGE:
                return self._merge(body, depth)
            case GeneratorKind.CLUSTER_DECISION_RESOURCE:
                return self._decision(body)
            case _:
                reason = f"generator '{kind}' asks a service outside of the repositories"
                raise UndecidedError(body.span, reason)

    def _list(self, body: Mapping) -> list[Mapping]:
        elements = _elements(body.items_at("elements"))
        made = elements if self.dialect.is_go else [_plain_element(node) for node in elements]
        text = body.scalar("elementsYaml")
        if text is None or not isinstance(text.value, str) or not text.value:
            return made
        root = parse_embedded(text.value, text)
        items = root.items if isinstance(root, Sequence) else ()
        if root is not None and not isinstance(root, Sequence):
            raise GeneratorError(text.span, "elementsYaml is not a list")
        return [*made, *_elements(items)]

    def _git(self, body: Mapping) -> list[Mapping]:
        clone = self._clone(body)
        style = PathStyle(self.dialect.is_go, body.text("pathParamPrefix"))
        directories, files = body.items_at("directories"), body.items_at("files")
        if directories:
            made = list(find_directories(clone, directories, style))
        elif files:
            made = []
            for path in find_files(clone, files, self.matches_file()):
                self.read.add(SourceFile(clone.name, path))
                made += read_parameters(self.files, clone, path, style)
        else:
            raise without_paths(body)
        return self._with_values(body, made)

    def _clone(self, body: Mapping) -> Clone:
        """The clone at the revision; without that revision the checkout, and a note."""
        url = body.text("repoURL")
        match = self.repositories.find_source(url, body.span.file.repository, "")
        if match is None:
            reason = f"repository '{without_user(url)}' is not among the analysed clones"
            raise UndecidedError(body.span, reason if url else "a git generator without repoURL")
        revision = body.scalar("revision")
        wanted = revision.text.strip() if revision is not None else ""
        clone = match.clone.at(wanted)
        if clone is None and revision is not None and not is_taken_for(match.clone, wanted):
            self._note_revision(revision, match)
        return clone or match.clone

    def _note_revision(self, revision: Scalar, match: Match) -> None:
        """Argo CD makes nothing new then, but what the set made before is still there."""
        reason = explain_absence(match.clone, revision.text)
        is_form = is_unfilled(revision.text) or is_stand_in(revision.text)
        if match.certain and match.clone.knows_all_revisions and not is_form:
            place, cause = Location(revision.span), f"{match.clone.name} {revision.text}"
            problem = Problem(reason, place, subject=str(revision.span.file), identity=cause)
            self.problems += [] if problem in self.problems else [problem]
        else:
            self._note(revision.span, f"{reason}; its checkout was read instead")

    def is_assumed(self, parameters: Mapping) -> bool:
        """Whether a parameter set is about a cluster that was put in for want of any."""
        names = (parameters.entries.get(key) for key in ("name", "nameNormalized"))
        return any(isinstance(node, Scalar) and node.text in self.assumed for node in names)

    def _clusters(self, body: Mapping, named: _Named) -> list[Mapping]:
        chosen = self._choose(body.mapping("selector"), named, body.span)
        nested = self.dialect.is_go
        made = [cluster_parameters(cluster, body.span, nested=nested) for cluster in chosen]
        made = self._with_values(body, made)
        if not body.is_true("flatList"):
            return made
        return [make_mapping({"clusters": Sequence(tuple(made), body.span)}, body.span)]

    def _choose(self, selector: Mapping | None, named: _Named, span: Span) -> list[Registered]:
        known, matches = self.registered(), parse_selector(selector)
        chosen = [cluster for cluster in known if matches(cluster.labels)]
        # A label that must be missing is asked about, too: whoever lacks it is meant.
        assumed = assume_clusters(selector, known, named) if named or not chosen else []
        if assumed:
            told = self.tell()
            names = [one.name for one in assumed]
            self.assumed.update(names)
            reason = "the clusters meant are registered neither in Git nor in graphdoc.yaml"
            self._note(span, f"{reason}; assumed: '{', '.join(names)}'{told.source}")
            assumed = [told.complete(one) for one in assumed]
        elif is_empty(selector) and all(one.server != IN_CLUSTER.server for one in chosen):
            chosen.append(IN_CLUSTER)
        return [*chosen, *assumed]

    def _decision(self, body: Mapping) -> list[Mapping]:
        cluster = assume_decision(body)
        self.assumed.add(cluster.name)
        reason = "the clusters meant are decided on by a resource that lives in a cluster"
        self._note(body.span, f"{reason}; assumed: '{cluster.name}'")
        texts = {"name": cluster.name, "clusterName": cluster.name, "server": cluster.server}
        return self._with_values(body, [make_texts(texts, body.span)])

    def _with_values(self, body: Mapping, made: list[Mapping]) -> list[Mapping]:
        """The parameter sets, each with the generator's ``values`` filled in."""
        values = body.mapping("values")
        if values is None or not values.entries:
            return made
        filled = fill_mapping(self.dialect, values, made)
        return [
            make_mapping(
                {**one.entries, **self._value_parameters(_checked(own))}, one.span
            )._replace(earlier=one.earlier)
            for one, own in zip(made, filled, strict=True)
        ]

    def _value_parameters(self, values: Mapping) -> dict[str, Node]:
        if self.dialect.is_go:
            return {"values": values}
        return {f"values.{key}": node for key, node in values.entries.items()}

    def _matrix(self, body: Mapping, depth: int) -> list[Mapping]:
        first, second = self._children(body, "matrix", depth, at_most=2)
        outer = self._expand_child(first, depth)
        return [
            combine(self.dialect, one, other)
            for one, others in zip(outer, self._expand_each(second, outer, depth), strict=True)
            for other in others
        ]

    def _expand_each(self, child: Mapping, outer: list[Mapping], depth: int) -> list[list[Mapping]]:
        """The second generator of a matrix, once for each parameter set of the first."""
        shared: list[Mapping] | None = None
        made: list[list[Mapping]] = []
        for filled in self._interpolate(child, outer):
            if filled is child:
                shared = self._expand_child(child, depth) if shared is None else shared
                made.append(shared)
            else:
                made.append(self._expand_child(filled, depth))
            self._refuse_too_many(child, sum(map(len, made)))
        return made

    def _refuse_too_many(self, entry: Mapping, count: int) -> None:
        most = self.files.limits.parameter_sets
        if count > most:
            raise UndecidedError(entry.span, f"more than {most} parameter sets")

    def _interpolate(self, child: Mapping, outer: list[Mapping]) -> list[Mapping]:
        """The child with each outer set filled in; ``values`` may wait for the child's own."""
        (kind,) = kinds_of(child)
        values = child.mapping(kind, "values") if kind in _WITH_VALUES else None
        bare = child if values is None else _with_body(child, kind, None)
        filled = [_checked(one) for one in fill_mapping(self.dialect, bare, outer)]
        if values is None:
            return [_with_selector_of(child, one) for one in filled]
        own = fill_leniently(self.dialect, values, outer)
        return [
            _with_selector_of(child, _with_body(one, kind, _checked(texts)))
            for one, texts in zip(filled, own, strict=True)
        ]

    def _merge(self, body: Mapping, depth: int) -> list[Mapping]:
        children = self._children(body, "merge", depth)
        keys = [node.text for node in body.scalars_at("mergeKeys")]
        if not keys:
            raise GeneratorError(body.span, "a merge generator names no mergeKeys")
        others = [self._expand_child(child, depth) for child in children[1:]]
        named = find_names(keys, (one for sets in others for one in sets))
        first = self.expand(children[0], kinds_of(children[0])[0], depth + 1, named)
        return merge_by_keys(self.dialect, keys, [first, *others], body.span)

    def _children(
        self, body: Mapping, kind: str, depth: int, at_most: int | None = None
    ) -> tuple[Mapping, ...]:
        children = body.mappings_at("generators")
        if len(children) < 2 or (at_most is not None and len(children) > at_most):  # noqa: PLR2004
            count = "two" if at_most else "two or more"
            raise GeneratorError(body.span, f"a {kind} generator takes {count} generators")
        if depth >= _DEPTH_LIMIT:
            raise GeneratorError(body.span, f"a {kind} generator two levels deep is not allowed")
        for child in children:
            if len(kinds_of(child)) != 1:
                raise GeneratorError(child.span, f"a {kind} generator takes one generator an entry")
        return children

    def _expand_child(self, child: Mapping, depth: int) -> list[Mapping]:
        return self.expand(child, kinds_of(child)[0], depth + 1)

    def _note(self, span: Span, reason: str) -> None:
        note = NotUnderstood(span, reason)
        if note not in self.notes:
            self.notes.append(note)


def _checked(filled: Mapping | Misfit) -> Mapping:
    """A tree that could be filled in.

    Raises:
        FillError: a text in it cannot be evaluated with these parameters.
        GeneratorError: with none.
        UndecidedError: Argo CD might evaluate it.
    """
    if isinstance(filled, Mapping):
        return filled
    if filled.fault.undecided:
        raise UndecidedError(filled.span, filled.fault.message)
    failure = GeneratorError if filled.fault.unsound else FillError
    raise failure(filled.span, filled.fault.message)


def _elements(nodes: Many[Node]) -> list[Mapping]:
    """The elements of a list; ``null`` is one without parameters."""
    found: list[Mapping] = []
    for node in nodes:
        if isinstance(node, Mapping):
            found.append(node)
        elif is_null(node):
            found.append(make_mapping({}, node.span))
        else:
            raise GeneratorError(node.span, "an element of a list generator is not an object")
    return found


def _plain_element(element: Mapping) -> Mapping:
    """An element of a list with flat keys; only strings are allowed there."""
    entries: dict[str, Node] = {}
    for key, node in element.entries.items():
        if key == "values":
            if not isinstance(node, Mapping):
                raise GeneratorError(node.span, "'values' of a list element is no mapping")
            entries |= {
                f"values.{name}": _plain_text(child) for name, child in node.entries.items()
            }
        else:
            entries[key] = _plain_text(node)
    return make_mapping(entries, element.span)


def _plain_text(node: Node) -> Scalar:
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return text_scalar(node.value, node.span)
    raise GeneratorError(node.span, "a list element without goTemplate takes strings only")


def _with_body(entry: Mapping, kind: GeneratorKind, values: Mapping | None) -> Mapping:
    """The entry with other ``values`` in its generator."""
    body = entry.mapping(kind) or make_mapping({}, entry.span)
    entries = {key: node for key, node in body.entries.items() if key != "values"}
    if values is not None:
        entries["values"] = values
    keys = {key: body.keys.get(key, body.span) for key in entries}
    changed = body.with_entries(entries, keys)
    return entry.with_entries({**entry.entries, kind.value: changed})


def _with_selector_of(entry: Mapping, filled: Mapping) -> Mapping:
    """Argo CD reads the selector before it fills in parameters."""
    selector = entry.entries.get("selector")
    if selector is None or filled.entries.get("selector") is selector:
        return filled
    return filled.with_entries({**filled.entries, "selector": selector})

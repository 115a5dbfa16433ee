"""What an Application's source lays over a chart's own values, layer by layer."""

from collections.abc import Sequence
from posixpath import basename, join

from graphdoc.model.argocd import Source
from graphdoc.model.clone import Clone, UnreadableError
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import NotUnderstood, Problem
from graphdoc.model.helm import HelmOptions, HelmParameter, LayerKind, ValueLayer
from graphdoc.model.location import Location, SourceFile
from graphdoc.model.node import Mapping, Node, Scalar, is_null
from graphdoc.parse.scalars import as_kubectl
from graphdoc.parse.yaml import YamlError
from graphdoc.resolve.helm.bundle import no_mapping
from graphdoc.resolve.helm.layering import override_values, parse_inline_values
from graphdoc.resolve.helm.strvals import ParameterError, file_parameter_layer, parameter_layer
from graphdoc.resolve.repositories.files import Files
from graphdoc.resolve.resolved import BrokenReference, LayeredFile
from graphdoc.resolve.source.value_files import (
    ValueFiles,
    Viewpoint,
    find_named_files,
    find_value_files,
)

__all__ = ["Overlay", "find_defaults", "find_overlay"]


@dataclass(frozen=True, slots=True)
class Overlay:
    """The layers above the chart's defaults, in Helm's order, and what is wrong with them."""

    layers: tuple[ValueLayer, ...]
    value_files: tuple[LayeredFile, ...]
    files: frozenset[SourceFile]
    broken: tuple[BrokenReference, ...]
    problems: tuple[Problem, ...]
    not_understood: tuple[NotUnderstood, ...]


def find_defaults(files: Files, clone: Clone, path: str) -> tuple[ValueLayer, ...]:
    """The chart's own ``values.yaml``, if it says anything."""
    file = join(path, "values.yaml")
    root = files.parse(clone, file).mapping if clone.is_file(file) else None
    if root is None:
        return ()
    return (ValueLayer(SourceFile(clone.name, file), LayerKind.CHART_DEFAULTS, as_kubectl(root)),)


def find_overlay(files: Files, view: Viewpoint) -> Overlay:
    """Values files, then inline values, then parameters, then file parameters."""
    stack = _Stack(files, view)
    found = find_value_files(view)
    stack.add_files(found)
    if view.source.helm is not None:
        stack.add_inline(view.source.helm)
        stack.add_parameters(view.source.helm.parameters)
    named = stack.add_file_parameters(view.source)
    return Overlay(
        layers=tuple(stack.layers),
        value_files=found.found,
        files=frozenset(layered.file for layered in (*found.found, *named.found)),
        broken=(*found.broken, *named.broken),
        problems=tuple(stack.problems),
        not_understood=(*found.not_understood, *named.not_understood, *stack.notes),
    )


class _Stack:
    """The layers so far; each kind of layer is added in its turn."""

    def __init__(self, files: Files, view: Viewpoint) -> None:
        self._files = files
        self._view = view
        self.layers: list[ValueLayer] = []
        self.problems: list[Problem] = []
        self.notes: list[NotUnderstood] = []

    def add_files(self, found: ValueFiles) -> None:
        for layered, clone in zip(found.found, found.clones, strict=True):
            parsed = self._files.parse(clone, layered.file.path)
            if parsed.elsewhere is not None:
                self.notes.append(parsed.elsewhere)
            elif parsed.problem is not None:
                self.problems.append(parsed.problem)
            elif parsed.roots:
                self._add_root(layered, parsed.roots[0])

    def _add_root(self, layered: LayeredFile, root: Node) -> None:
        if isinstance(root, Mapping):
            span = layered.reference.span
            layer = ValueLayer(layered.file, LayerKind.FILE, as_kubectl(root), span)
            self.layers.append(layer)
        elif not is_null(root):
            fact = no_mapping(root, basename(layered.file.path))
            self.problems.append(Problem(fact, Location(root.span), (), str(layered.file)))

    def add_inline(self, helm: HelmOptions) -> None:
        """``valuesObject``, or else ``values``: Argo CD takes the object where both are given."""
        inline = helm.values_object
        if inline is not None and inline.entries:
            self.layers.append(ValueLayer(None, LayerKind.VALUES_OBJECT, inline, inline.span))
        elif helm.values is not None:
            try:
                root = parse_inline_values(helm.values, self._files.lines_around(helm.values))
            except YamlError as error:
                problem = Problem(f"values: {error.problem}", Location(error.span))
                self.problems.append(problem)
                return
            self.layers.append(ValueLayer(None, LayerKind.VALUES, root, helm.values.span))

    def add_parameters(self, parameters: Sequence[HelmParameter]) -> None:
        if not parameters:
            return
        filled = [self._filled(parameter) for parameter in parameters]
        try:
            self.layers.append(parameter_layer(filled, override_values(self.layers)))
        except ParameterError as error:
            left_open = [parameter for parameter in filled if parameter.value.startswith("{{")]
            if left_open:  # to Helm a list; a generator has yet to fill it in
                self.add_parameters([one for one in parameters if "{{" not in one.value])
            else:
                self.problems.append(Problem(f"parameters: {error.problem}", Location(error.span)))

    def _filled(self, parameter: HelmParameter) -> HelmParameter:
        expanded = self._view.environment.expand(parameter.value)
        for name in expanded.unknown:
            reason = f"parameter '{parameter.name}' needs {name}, which only the cluster knows"
            self.notes.append(NotUnderstood(parameter.span, reason))
        return parameter._replace(value=expanded.text)

    def add_file_parameters(self, source: Source) -> ValueFiles:
        given = source.helm_options.file_parameters
        entries = {Scalar(p.value, p.span, text=p.value): p for p in given}
        found = find_named_files(self._view, entries)
        parameters: list[HelmParameter] = []
        contents: list[str] = []
        for layered, clone in zip(found.found, found.clones, strict=True):
            text = self._content(clone, layered.file)
            if text is not None:
                parameters.append(entries[layered.reference])
                contents.append(text)
        if parameters:
            self._add_contents(parameters, contents)
        return found

    def _add_contents(self, parameters: list[HelmParameter], contents: list[str]) -> None:
        below = override_values(self.layers)
        try:
            self.layers.append(file_parameter_layer(parameters, contents, below))
        except ParameterError as error:
            problem = Problem(f"fileParameters: {error.problem}", Location(error.span))
            self.problems.append(problem)

    def _content(self, clone: Clone, file: SourceFile) -> str | None:
        try:
            return clone.read(file.path).decode()
        except UnreadableError as error:
            problem = Problem.of_file(file, error.reason)
        except UnicodeDecodeError:
            problem = Problem.of_file(file, "is not UTF-8")
        self.problems.append(problem)
        return None

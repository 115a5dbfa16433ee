"""Manifests to Argo CD's own resources."""

from graphdoc.model.argocd import Application, Destination, DirectoryOptions, Source
from graphdoc.model.helm import HelmOptions, HelmParameter
from graphdoc.model.kustomize import options_from
from graphdoc.model.node import Mapping, Node, Scalar
from graphdoc.model.resource import Resource

__all__ = ["parse_application", "parse_source", "parse_template"]

_HYDRATED = {
    "repoURL": ("drySource", "repoURL"),
    "targetRevision": ("syncSource", "targetBranch"),
    "path": ("syncSource", "path"),
}


def parse_application(resource: Resource) -> Application:
    """Read an Application; what is absent or of the wrong type is empty."""
    return _parse_application_template(resource, resource.manifest.mapping("spec"))


def parse_template(resource: Resource) -> Application:
    """Read what an ApplicationSet makes Applications from, its parameters as they are written."""
    return _parse_application_template(
        resource, resource.manifest.mapping("spec", "template", "spec")
    )


def _parse_application_template(resource: Resource, spec: Mapping | None) -> Application:
    """Read an Application whose spec stands elsewhere than directly in the resource."""
    if spec is None:
        return Application(
            resource, "", (), multi_source=False, destination=Destination("", "", "")
        )
    several = spec.mappings_at("sources")
    hydrator = None if spec.mapping("source") else spec.mapping("sourceHydrator")
    single = spec.mapping("source") or _hydrated(hydrator)
    nodes = several or ([single] if single is not None else [])
    dry = hydrator.mapping("drySource") if hydrator is not None and not several else None
    return Application(
        resource=resource,
        project=_text(spec, "project"),
        sources=tuple(parse_source(node, index, dry) for index, node in enumerate(nodes)),
        multi_source=bool(several),
        destination=Destination(
            _text(spec, "destination", "server"),
            _text(spec, "destination", "name"),
            _text(spec, "destination", "namespace"),
        ),
    )


def _hydrated(node: Mapping | None) -> Mapping | None:
    """The source that the hydrator writes, from which Argo CD then applies."""
    if node is None:
        return None
    found = {key: node.scalar(*route) for key, route in _HYDRATED.items()}
    entries: dict[str, Node] = {key: value for key, value in found.items() if value is not None}
    return Mapping(entries, dict.fromkeys(entries, node.span), node.span)


def parse_source(node: Mapping, index: int, dry: Mapping | None = None) -> Source:
    """Read one source; ``dry`` is what the hydrator makes it of."""
    helm, kustomize = node.mapping("helm"), node.mapping("kustomize")
    plugin = node.mapping("plugin")
    return Source(
        index=index,
        node=node,
        repo_url=_text(node, "repoURL").strip(),
        path=_text(node, "path") or None,
        chart=_text(node, "chart") or None,
        target_revision=_text(node, "targetRevision").strip(),
        ref=_text(node, "ref") or None,
        helm=_parse_helm(helm) if helm is not None and helm.entries else None,
        kustomize=options_from(kustomize),
        directory=_parse_directory(node.mapping("directory")),
        plugin=plugin is not None,
        dry=parse_source(dry, index + 1) if dry is not None else None,
    )


def _parse_helm(node: Mapping) -> HelmOptions:
    return HelmOptions(
        release_name=_text(node, "releaseName"),
        value_files=node.scalars_at("valueFiles"),
        values=_filled(node.scalar("values")),
        values_object=node.mapping("valuesObject"),
        parameters=_parameters(node, "parameters", "value"),
        file_parameters=_parameters(node, "fileParameters", "path"),
        ignore_missing_value_files=node.is_true("ignoreMissingValueFiles"),
        skip_crds=node.is_true("skipCrds"),
        skip_tests=node.is_true("skipTests"),
        skip_schema_validation=node.is_true("skipSchemaValidation"),
        kube_version=_text(node, "kubeVersion"),
        api_versions=node.texts_at("apiVersions"),
        namespace=_text(node, "namespace"),
    )


def _parameters(node: Mapping, key: str, value_key: str) -> tuple[HelmParameter, ...]:
    return tuple(
        HelmParameter(
            _text(item, "name"), _text(item, value_key), item.is_true("forceString"), item.span
        )
        for item in node.mappings_at(key)
    )


def _parse_directory(node: Mapping | None) -> DirectoryOptions | None:
    if node is None:
        return None
    return DirectoryOptions(
        recurse=node.is_true("recurse"),
        include=_text(node, "include"),
        exclude=_text(node, "exclude"),
        any_extension=node.is_true("disableExtensionFilter"),
    )


def _filled(scalar: Scalar | None) -> Scalar | None:
    return scalar if scalar is not None and isinstance(scalar.value, str) and scalar.value else None


def _text(node: Mapping, *route: str) -> str:
    """A string field; a number that someone forgot to quote is taken as written."""
    scalar = node.scalar(*route)
    if scalar is None or scalar.value is None or isinstance(scalar.value, bool):
        return ""
    return scalar.value if isinstance(scalar.value, str) else scalar.text

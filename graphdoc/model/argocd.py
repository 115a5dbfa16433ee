"""Argo CD's own resources, as written: Applications and their sources."""

from difflib import get_close_matches

from graphdoc.model.dataclass import dataclass
from graphdoc.model.helm import HelmOptions
from graphdoc.model.kustomize import KustomizeOptions
from graphdoc.model.location import Span
from graphdoc.model.node import Mapping
from graphdoc.model.resource import HOOK, Resource

__all__ = [
    "APPLICATION_KINDS", "FINALIZER", "GROUP", "LIKE_FIELDS", "SECRET_TYPE", "SUBSCRIPTION",
    "SYNC_OPTIONS", "TESTS", "Application", "Destination", "DirectoryOptions", "Source",
    "is_argocd", "is_passed_over", "is_whole",
]  # fmt: skip

GROUP = "argoproj.io"
APPLICATION_KINDS = frozenset({"Application", "ApplicationSet", "AppProject"})
FINALIZER = "resources-finalizer.argocd.argoproj.io"
SECRET_TYPE = "argocd.argoproj.io/secret-type"
SUBSCRIPTION = "notifications.argoproj.io/subscribe."
SYNC_OPTIONS = "argocd.argoproj.io/sync-options"
TESTS = frozenset({"test", "test-success", "test-failure"})  # of Helm's hooks
_NO_PHASE = TESTS | {"pre-rollback", "post-rollback"}
# What Argo CD's own definitions require below spec.
_REQUIRED = {"Application": ("destination",), "ApplicationSet": ("generators", "template")}
# How alike a misspelt field is; less so is ``templatePatch``, which patches may hold.
LIKE_FIELDS = 0.85


@dataclass(frozen=True, slots=True)
class DirectoryOptions:
    """``spec.source.directory``: which files of a plain directory Argo CD applies."""

    recurse: bool = False
    include: str = ""
    exclude: str = ""
    any_extension: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of ``spec.sources``, or ``spec.source``."""

    index: int
    node: Mapping
    repo_url: str
    path: str | None
    chart: str | None
    target_revision: str
    ref: str | None
    helm: HelmOptions | None
    kustomize: KustomizeOptions | None
    directory: DirectoryOptions | None
    plugin: bool
    dry: "Source | None" = None

    @property
    def is_oci(self) -> bool:
        """Whether it is an artifact of an OCI registry."""
        return self.repo_url.startswith("oci://")

    @property
    def helm_options(self) -> HelmOptions:
        """What it says of Helm; without a word Helm does as it does by itself."""
        return self.helm or HelmOptions()

    @property
    def span(self) -> Span:
        """Where the source is written."""
        return self.node.span


@dataclass(frozen=True, slots=True)
class Destination:
    """``spec.destination``: a cluster by server or by name, and a namespace."""

    server: str
    name: str
    namespace: str


@dataclass(frozen=True, slots=True)
class Application:
    """An Application manifest, rendered."""

    resource: Resource
    project: str
    sources: tuple[Source, ...]
    multi_source: bool
    destination: Destination

    @property
    def name(self) -> str:
        """``metadata.name``."""
        return self.resource.name

    @property
    def namespace(self) -> str:
        """The namespace of the Application itself, that is: which Argo CD owns it."""
        return self.resource.namespace


def is_argocd(resource: Resource, *kinds: str) -> bool:
    """Whether a resource is one of these of Argo CD's own kinds."""
    return resource.kind in kinds and resource.group == GROUP


def is_passed_over(resource: Resource) -> bool:
    """Whether Argo CD applies nothing of it: a hook of Helm that no phase of a sync stands for."""
    events = resource.helm_events
    return bool(events) and events <= _NO_PHASE and resource.annotation(HOOK) is None


def is_whole(resource: Resource) -> bool:
    """Whether a resource is an Application or ApplicationSet rather than a patch for one.

    What is misspelt is there.
    """
    required = _REQUIRED.get(resource.kind)
    spec = resource.manifest.mapping("spec")
    if required is None or resource.group != GROUP or spec is None:
        return False
    keys = spec.entries
    return all(key in keys or get_close_matches(key, keys, 1, LIKE_FIELDS) for key in required)

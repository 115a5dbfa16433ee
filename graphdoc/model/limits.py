"""What hostile input may cost. Every limit can be set under ``limits`` in the configuration."""

from graphdoc.model.dataclass import dataclass

__all__ = ["DEFAULT_LIMITS", "Limits", "shown_size"]

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is read, built and waited for; what exceeds it is told and left out.

    Attributes:
        file_size: bytes of one file, and of all files that one kustomization generates from.
        depth: levels that YAML and patched resources may nest.
        nodes: values of one YAML document, of one patched resource, of one list of parameters.
        documents: YAML documents of one file.
        resources: resources of one kustomization.
        components: components that one kustomization includes, each as often as it is included.
        patch_targets: resources that the patches of one kustomization are tried on, in all.
        applications: Applications of the estate.
        parameter_sets: parameter sets that one generator of an ApplicationSet yields.
        chart_files: files of one chart.
        chart_size: bytes of one chart, unpacked.
        helm_seconds: how long Helm may take for one chart.
    """

    file_size: int = 32 * _MIB
    depth: int = 500
    nodes: int = 1_000_000
    documents: int = 20_000
    resources: int = 100_000
    components: int = 1_000
    patch_targets: int = 125_000
    applications: int = 100_000
    parameter_sets: int = 20_000
    chart_files: int = 20_000
    chart_size: int = 100 * _MIB
    helm_seconds: int = 20


DEFAULT_LIMITS = Limits()


def shown_size(size: int) -> str:
    """A number of bytes as messages tell it."""
    return f"{size // _MIB} MiB" if size >= _MIB else f"{size} bytes"

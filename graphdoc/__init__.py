"""Static analysis of the Git repositories behind an Argo CD platform, offline."""

__version__ = "0.1.0"

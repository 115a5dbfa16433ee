"""What a file is by its path alone: which files may give evidence of what, is asked here."""

import re

__all__ = [
    "MANIFESTS", "MARKDOWN", "MARKUP", "PROSE", "YAML", "has_commands", "is_pipeline", "is_program",
    "is_script",
]  # fmt: skip

YAML = (".yaml", ".yml")
MANIFESTS = (*YAML, ".json")
MARKDOWN = (".md", ".mdx")
MARKUP = (*MARKDOWN, ".adoc", ".rst")
PROSE = (*MARKUP, ".txt")

_SCRIPT = (
    r"\.(?:bash|just|mk|ps1|sh)$|(?:^|/)(?:GNUmakefile|[Mm]akefile|[Jj]ustfile"
    r"|\.?[Tt]askfile[\w.-]*\.ya?ml|\.?mise(?:\.[\w.-]+)?\.toml)$"
)
_PIPELINE = (
    r"^\.(?:forgejo|gitea|github)/workflows/|(?:^|/)(?:\.gitlab-ci\.yml|Jenkinsfile)$"
    r"|(?:^|/)\.tekton/"
)
_CODE = r"\.(?:go|j2|js|py|tf|ts)$|(?:^|/)(?:ansible|playbooks|roles)/"
_IS_SCRIPT = re.compile(_SCRIPT)
_IS_PIPELINE = re.compile(_PIPELINE)
_HAS_COMMANDS = re.compile(f"{_SCRIPT}|{_PIPELINE}")
_IS_PROGRAM = re.compile(f"{_SCRIPT}|{_PIPELINE}|{_CODE}")


def is_script(path: str) -> bool:
    """Whether the lines of a file are commands of a shell that somebody runs by hand."""
    return _IS_SCRIPT.search(path) is not None


def is_pipeline(path: str) -> bool:
    """Whether CI runs what a file says."""
    return _IS_PIPELINE.search(path) is not None


def has_commands(path: str) -> bool:
    """Whether a file has commands of a shell, whoever runs them."""
    return _HAS_COMMANDS.search(path) is not None


def is_program(path: str) -> bool:
    """Whether a file does something where it is run: commands, code, Terraform, Ansible."""
    return _IS_PROGRAM.search(path) is not None

"""How handwritten documents speak of files: what is a path, what is an example, what was once."""

import re
from collections.abc import Iterator

from graphdoc.parse.markdown import Line, Word

__all__ = [
    "SHELL", "arguments_in", "denies_existence", "folder_changed_to", "goes_away", "is_common",
    "is_copied", "is_history", "is_of_other_times", "is_path", "is_placeholder", "names_a_file",
    "sets_a_scene", "supposes",
]  # fmt: skip

SHELL = frozenset({"bash", "sh", "shell", "console", "zsh"})

_HISTORY = re.compile(
    r"(?:^|[/_.-])(?:changelog|changes|history|news|releases?|migrat\w+|archived?|adrs?|decisions?"
    r"|plan(?:s|ning)?|backlog|prds?|proposals?|rfcs?|designs?|trials?|roadmap|todo|legacy|deprecated|old|templates?|investigations?|reports?"
    r"|summary|postmortems?|audits?|reviews?|status|\d{4}-\d\d)(?:[/_.-]|$)",
    re.IGNORECASE,
)
_COPIED = re.compile(
    r"/v?\d+\.\d+(?:\.\d+)?/|(?:^|/)(?:vendor|vendored|third[_-]party|bower_components)/"
)
_OTHER_TIMES = re.compile(
    r"\b(?:creat\w*|add\w*|new|generat\w*|writ\w+|mak\w+|will|would|could|should|might|remov\w*"
    r"|delet\w*|renam\w*|mov\w+|former\w*|was|were|no longer|legacy|deprecat\w*|optional\w*"
    r"|planned|future|todo|instead|cop(?:y|ies|ied)|sav\w+|output\w*|produc\w*|replac\w*|old"
    r"|used to|not|never|without|missing|examples?|e\.g|such as|like|if|for instance|store\w*|put"
    r"|upload\w*|commented|drop\w*|retired?|previous\w*|obsolete|ignored?|locally?|upstream|needs?"
    r"|tbd)\b|n't|~~|❌|⚠|→|->",
    re.IGNORECASE,
)
_SUPPOSES = re.compile(
    r"\b(?:becomes|would|could|should|might|may|will|for (?:example|instance)"
    r"|(?:desired|future|ideal|improved|planned|proposed|recommended|suggested|target)"
    r" (?:\w+ )?(?:layout|structure|tree))\b",
    re.IGNORECASE,
)
# A step of a scenario: what a test makes up, or what comes of it.
_STEP = re.compile(
    r"\s*(?:[-*+]\s+)?(?:(?:\*\*)?(?:GIVEN|WHEN|THEN|AND|BUT)\b|\*\*(?:Given|When|Then|And|But)\*\*)"
)
_DENIAL = re.compile(
    r"\bnone of (?:these|those|them)\b[^.]{0,300}\bexists?\b|\b(?:do|does)(?: not|n't) exist\b"
    r"|\bneither of (?:which|these|them) exists?\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"`[^`\n]*`")
_PATH = re.compile(r"[\w.@+~-]+(?:/[\w.@+~{},-]+)*/?")
_VERSION = re.compile(r"[\w.-]+/v\d+(?:(?:alpha|beta)\d+)?(?:/\w+)?")
_FILE = re.compile(
    r"\.(?:ya?ml|json|md|sh|tpl|tf|tfvars|py|toml|txt|cfg|conf|ini|jsonnet|rego|hcl|png|svg)$"
)
_PLACEHOLDER = re.compile(
    r"your|[{}…]|\.\.\.|(?:^|/)path/to/|^(?!.*\.md$).*[A-Z]_[A-Z_]"
    r"|(?:^|[/_.-])(?:foo|bar|baz|x{2,}|xyz|my|another|neue?|nouve(?:au|lle)|nuev[ao])(?:$|[/_.-])"
    r"|\d{8}[_-]\d{4,}|(?:^|[/_.a-z-])[NXYZ](?:$|[/_.-])"
    r"|(?:^|/)(?:namespace|(?:app|chart|cluster|service|tenant)[_-]?name)(?:$|[/.])"
    r"|(?:^|/)(?:app|cluster|service|team|tenant)-?[1-9n](?:$|[/.])"
)
_COMMON = frozenset({
    "bin", "build", "charts", "config", "docs", "examples", "hack", "helm", "lib", "src",
    "scripts", "test", "tests", "tools",
})  # fmt: skip
_LONGEST_LINE = 2000
_ARGUMENT = re.compile(
    r"(?:^|(?<=[\s\"'=<>]))(?P<path>[\w.@+~-]+(?:/[\w.@+~-]+)+/?)(?=[\s\"';)]|$)"
)
_GOES_INTO = re.compile(
    r"^\s*(?:\$ )?(?:cd|pushd)\s+[\"']?(?P<path>[\w./@+~-]+)[\"']?\s*(?:$|[;&#])"
)
# Wherever that is: into a folder that a variable names, or behind another command.
_GOES_AWAY = re.compile(r"(?:^|&&|;)\s*(?:\$ )?(?:cd|pushd)\s+\S")
_MAKERS = re.compile(r"\b(?:tee|touch|mkdir|cp|mv|vim?|nano|code|git clone)\b")
_MAKES = re.compile(r"(?:>|\s-o|--output|--sealed-secret-file)[\s=]*$")
# What a Secret is made of lies where the command is typed, not in Git.
_OF_SECRET = re.compile(r"^(?>.*?\bcreate secret\b).*\s--from-(?:env-)?file(?:=[\w.-]+)?=?$")


def is_history(path: str) -> bool:
    """Whether a document tells of other times than now, by its name."""
    return _HISTORY.search(path) is not None


def is_copied(path: str) -> bool:
    """Whether a document came with somebody else's release, by the folder of it or its version."""
    return _COPIED.search(path) is not None


def is_of_other_times(text: str) -> bool:
    """Whether a sentence speaks of what was, will or may be; inline code does not count."""
    return _OTHER_TIMES.search(_CODE.sub("", text)) is not None


def supposes(text: str) -> bool:
    """Whether a line leads to what may be, and not to what is: "it might look like this"."""
    return _SUPPOSES.search(_CODE.sub("", text)) is not None


def sets_a_scene(text: str) -> bool:
    """Whether a line is a step of a scenario: "**WHEN** the file ... is read"."""
    return _STEP.match(text) is not None


def denies_existence(text: str) -> bool:
    """Whether a paragraph says itself that what it names is not there."""
    return _DENIAL.search(_CODE.sub("", text)) is not None


def is_path(text: str) -> bool:
    """Whether a word can be a path of more than one segment, and no API version."""
    return "/" in text and bool(_PATH.fullmatch(text)) and not _VERSION.fullmatch(text)


def is_placeholder(path: str) -> bool:
    """Whether a path stands for others."""
    return _PLACEHOLDER.search(path) is not None


def is_common(path: str) -> bool:
    """Whether a path starts with a folder that other projects have as well."""
    first = path.removeprefix("./").partition("/")[0]
    return first in _COMMON or first.startswith(".")


def names_a_file(path: str) -> bool:
    """Whether a path ends like a file of the field, or says that it is a folder."""
    return path.endswith("/") or _FILE.search(path) is not None


def folder_changed_to(line: Line) -> Word | None:
    """Where a command changes to."""
    match = _GOES_INTO.match(line.text)
    return Word(line.number, match.start("path") + 1, match["path"]) if match else None


def goes_away(line: Line) -> bool:
    """Whether commands are somewhere else from now on."""
    return _GOES_AWAY.search(line.text[:_LONGEST_LINE]) is not None


def arguments_in(line: Line) -> Iterator[tuple[Word, bool]]:
    """The paths that a command names, each with whether the command makes it."""
    text = line.text
    if text.lstrip().startswith("#") or len(text) > _LONGEST_LINE:
        return
    maker = _MAKERS.search(text) is not None
    for match in _ARGUMENT.finditer(text):
        before = text[: match.start("path")].rstrip("\"' ")
        word = Word(line.number, match.start("path") + 1, match["path"])
        if _OF_SECRET.search(before) is None:
            yield word, maker or _MAKES.search(f"{before} ") is not None

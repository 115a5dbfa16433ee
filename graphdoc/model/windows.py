"""What Windows makes of names: some it cannot hold, and some lead to other machines or folders."""

import os
import re
import stat
from pathlib import PurePath

__all__ = ["ON_WINDOWS", "is_impossible", "is_link", "is_remote", "is_reserved"]

ON_WINDOWS = os.name == "nt"
# Devices, and names that lose their last letter.
_RESERVED = re.compile(
    r"(?:^|/)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.[^/]*)?(?:/|$)|[. ](?:/|$)", re.IGNORECASE
)
_SIGNS = re.compile(r'^/|[\\:*?"<>|\x00-\x1f]')
_JUNCTION = 0xA0000003  # IO_REPARSE_TAG_MOUNT_POINT


def is_reserved(path: str) -> bool:
    """Whether a path of a repository has a name that Windows keeps for itself."""
    return _RESERVED.search(path) is not None


def is_impossible(path: str) -> bool:
    """Whether nothing on Windows can have a path of a repository; asking could leave the clone."""
    return _SIGNS.search(path) is not None or is_reserved(path)


def is_link(facts: os.stat_result) -> bool:
    """Whether it leads elsewhere: a link, or a junction, which Python takes for a folder."""
    return stat.S_ISLNK(facts.st_mode) or getattr(facts, "st_reparse_tag", 0) == _JUNCTION


def is_remote(place: PurePath, root: PurePath) -> bool:
    """Whether Windows would ask another machine for a place than for the root."""
    return place.drive.startswith("\\\\") and place.drive != root.drive

"""What ``serve`` need not do again: pages that are the same as in the build before.

MkDocs skips what is not modified in its "dirty" builds, and Material keeps their entries of the
search. Here it is decided what is modified: by what is in a page and around it, not by time.
"""

from collections.abc import Mapping
from dataclasses import field

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, InclusionLevel

from graphdoc.model.dataclass import dataclass
from graphdoc.site.generate import Site
from graphdoc.site.writing.page import Page

__all__ = ["Sharing", "frame_of", "generated_file"]


class _GeneratedFile(File):
    """A file of ours, of which we know whether it is as it was."""

    is_same = False

    def is_modified(self) -> bool:
        """Whether MkDocs has to write it."""
        return not self.is_same


def generated_file(config: MkDocsConfig, path: str, content: str | bytes) -> _GeneratedFile:
    """A file of ours with this content; of text, MkDocs would end the lines as the system does."""
    inclusion = InclusionLevel.NOT_IN_NAV
    data = content.encode() if isinstance(content, str) else content
    file = _GeneratedFile.generated(config, path, content=data, inclusion=inclusion)
    assert isinstance(file, _GeneratedFile)  # it makes one of its own class
    return file


@dataclass(slots=True)
class Sharing:
    """The last build that came to its end: what was in each page, and what is around them all."""

    frame: object = None
    pages: Mapping[str, Page] = field(default_factory=dict)
    contents: Mapping[str, str | bytes] = field(default_factory=dict)

    def is_same(self, path: str, page: Page | None, content: str | bytes) -> bool:
        """Whether a file was like this then."""
        if page is not None:
            return self.pages.get(path) == page
        return self.contents.get(path) == content


def frame_of(site: Site, words: Mapping[str, str], config: MkDocsConfig) -> object:
    """What every page shows: a change of it changes them all."""
    return (config.nav, config.site_name, str(site.stamp), site.logo, words)

"""What readers ask in their own words, and the pages that answer; ``assets/search.js`` compares.

``content/questions.json`` holds the questions by page. Several ways to ask are several questions:
one that has many words more than were asked is no hit.
"""

import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from posixpath import splitext

from graphdoc.site.atlas.where import SETTINGS
from graphdoc.site.writing.page import Page

__all__ = ["questions_script"]


def questions_script(pages: Mapping[str, Page], places: Iterable[str] = ()) -> str:
    """The questions that a site has a page for, as the script that its search reads them from.

    ``places`` are words of clusters and environments, which a question may name besides.
    """
    text = (files("graphdoc.site") / "content" / "questions.json").read_text(encoding="utf-8")
    answers = [
        [f"{splitext(path)[0]}.html", pages[path].title, questions]
        for path, questions in json.loads(text).items()
        if path in pages
    ]
    settings = sorted({word for what in SETTINGS for word in what.lower().split()})
    return (
        f"window.graphdocQuestions = {json.dumps(answers)};\n"
        f"window.graphdocPlaces = {json.dumps([*places])};\n"
        f"window.graphdocSettings = {json.dumps(settings)};\n"
    )

"""What readers ask in their own words, and the pages that answer; ``assets/search.js`` compares.

``content/questions.json`` holds the questions by page. Several ways to ask are several questions:
one that has many words more than were asked is no hit.
"""

import json
from collections.abc import Mapping
from importlib.resources import files
from posixpath import splitext

from graphdoc.site.writing.page import Page

__all__ = ["questions_script"]


def questions_script(pages: Mapping[str, Page]) -> str:
    """The questions that a site has a page for, as the script that its search reads them from."""
    text = (files("graphdoc.site") / "content" / "questions.json").read_text(encoding="utf-8")
    answers = [
        [f"{splitext(path)[0]}.html", pages[path].title, questions]
        for path, questions in json.loads(text).items()
        if path in pages
    ]
    return f"window.graphdocQuestions = {json.dumps(answers)};\n"

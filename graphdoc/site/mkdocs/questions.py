"""What readers ask in their own words, and the pages that answer; ``assets/search.js`` compares."""

import json
from collections.abc import Mapping
from posixpath import splitext

from graphdoc.site.writing.page import Page

__all__ = ["QUESTIONS", "questions_script"]

# Several ways to ask are several questions: one that has many words more than were asked is no hit.
QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "index.md": ("How is this platform put together?", "What is this?"),
    "day-1.md": (
        "Where do I start?",
        "Getting started",
        "What do I read on the first day?",
        "Whom do I ask for help?",
        "How do I get access?",
        "How does a request reach an app?",
    ),
    "where.md": (
        "Where do I change a value?",
        "Where do I change a setting?",
        "Where do I change the image tag?",
        "Where do I change the version?",
        "Where do I change the number of replicas?",
        "Where do I change memory and CPU?",
        "What is the storage class?",
        "What is the load balancer?",
    ),
    "clusters/index.md": (
        "Which clusters are there?",
        "What runs where?",
        "How does a cluster differ from the others?",
        "What differs between clouds?",
    ),
    "apps/index.md": (
        "Which Applications are there?",
        "Which apps are there?",
        "Which Applications notify Slack?",
        "Who gets notifications in Slack?",
    ),
    "waves/index.md": (
        "In which order does it start?",
        "In which order is it installed?",
        "What is the sync wave order?",
        "Is the order enforced?",
    ),
    "secrets/index.md": (
        "Where does a Secret come from?",
        "Where is a Secret made?",
        "Where are the Secrets stored?",
        "Who uses a Secret?",
        "Where is the password?",
    ),
    "policies/index.md": ("Which policies apply?", "Which policies hit my app?"),
    "hosts/index.md": (
        "Who answers this host name?",
        "Which app has this hostname?",
        "What is the URL of an app?",
        "Which domain?",
        "Which certificate?",
        "Which app asks for login or authentication?",
    ),
    "charts/index.md": ("Who uses this chart?", "Which charts are there?"),
    "values/index.md": ("Who reads this values file?", "Which values file wins?"),
    "namespaces/index.md": ("Which namespaces are there?",),
    "images/index.md": ("Which images run?",),
    "repos/index.md": ("Which repositories are there?",),
    "findings/index.md": ("What is wrong?", "What is broken?", "Which errors are there?"),
    "drift.md": (
        "What differs between dev and prod?",
        "Which Applications prune or heal themselves?",
        "What is the sync policy?",
    ),
    "changes.md": ("What changed last week?", "What changed recently?", "What is new?"),
    "coverage.md": (
        "What was not understood?",
        "What was not analysed?",
        "What was not rendered?",
        "Can I trust this?",
    ),
    "glossary.md": (
        "What is an overlay?",
        "What is an app of apps?",
        "What is a sync wave?",
        "What is a multi-source Application?",
        "What is a base?",
        "What does this word mean?",
    ),
    "runbooks/index.md": ("How do I rebuild a cluster?", "How does disaster recovery work?"),
    "runbooks/add-app.md": (
        "How do I add an Application?",
        "How do I add a new app?",
        "How do I deploy a new service?",
    ),
    "runbooks/add-cluster.md": ("How do I add a new cluster?",),
    "runbooks/rotate-secret.md": ("How do I rotate a Secret?", "How do I change a password?"),
    "runbooks/upgrade-chart.md": ("How do I upgrade a chart?",),
}


def questions_script(pages: Mapping[str, Page]) -> str:
    """The questions that a site has a page for, as the script that its search reads them from."""
    answers = [
        [f"{splitext(path)[0]}.html", pages[path].title, questions]
        for path, questions in QUESTIONS.items()
        if path in pages
    ]
    return f"window.graphdocQuestions = {json.dumps(answers)};\n"

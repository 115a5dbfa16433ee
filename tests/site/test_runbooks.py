"""The first day and the runbooks: facts of the sample, and what other estates lack."""

import re
from html import unescape

import pytest

from graphdoc.graph.repo_graph import NodeKind
from graphdoc.pipeline.analysis import Analysis
from graphdoc.pipeline.publish import to_site_input
from graphdoc.site.atlas.examples import is_for_trial
from graphdoc.site.atlas.facts import texts
from graphdoc.site.generate import Site, generate_site
from graphdoc.site.mkdocs.navigation import navigation
from tests.site.small_estate import CANARIES, HOSTILE, TEXT, site_input

_ROTATE = "runbooks/rotate/credentials.md"


@pytest.fixture(scope="module")
def sample_site(analysis: Analysis) -> Site:
    """The pages of the sample."""
    return generate_site(to_site_input(analysis))


def words(site: Site, path: str) -> str:
    """The text of a page, its cells divided by bars and its steps by lines."""
    markdown = (
        site.pages[path]
        .markdown.replace("</th> <td", " | <td")
        .replace("</td>", " | ")
        .replace("</tr>", "\n")
    )
    plain = unescape(re.sub(r"<[^>]*>", "", markdown.replace("</li>", "\n")))
    return re.sub(r"[ \t]+", " ", plain)


def rows(site: Site, path: str, *first: str) -> list[list[str]]:
    """The rows of a page whose first cells are these, without the empty end."""
    found = [[c.strip() for c in line.split(" | ")] for line in words(site, path).splitlines()]
    return [row[:-1] for row in found if row[: len(first)] == list(first)]


def items(site: Site, path: str, block: str) -> list[str]:
    """The steps of a block."""
    text = words(site, path)
    part = text[text.index(f"{{ #{block}") :].partition("\n")[2].partition("\n## ")[0]
    return [line.strip() for line in part.splitlines() if line.strip()]


def from_text(text: str) -> Site:
    return generate_site(site_input(text))


def without(*files: str) -> Site:
    """The small estate without some of its files."""
    parts = re.split(r"(?m)^(?=-- )", TEXT)
    kept = (part for part in parts if not part.startswith(tuple(f"-- {file} --" for file in files)))
    return from_text("".join(kept))


def test_the_first_day_takes_an_hour(sample_site: Site) -> None:
    assert "A path of 60 minutes in 6 steps" in words(sample_site, "day-1.md")


def test_the_first_day_follows_a_request_to_the_line_of_the_tag(sample_site: Site) -> None:
    assert items(sample_site, "day-1.md", "request")[:5] == [
        "A browser asks for mcp10x.dev.forteapps.net.",
        "mcp10x on upc-dev answers it, by forte-helm forteapp/templates/ingressroute.yaml:15.",
        "Its Application is defined at launchpad apps/base/mcp10x.yaml:1.",
        "It runs the image ghcr.io/fortedigital/10x, named at forte-helm "
        "forteapp/templates/deployment.yaml:41.",
        "The tag 2.0.4 is set by app.image.tag at helm-prod-values mcp10x/values.yaml:4.",
    ]


ROUTED = TEXT.replace(
    "rules: [{host: {{ .Values.host }}}]",
    "rules: [{host: {{ .Values.host }}, http: {paths: [{backend: {service: {name: a}}}]}}]",
)
SERVICE = """\
---
apiVersion: v1
kind: Service
metadata: {name: a, namespace: shop}
spec: {selector: {app: shop}}
"""
OTHER = f"""\
-- platform/secrets/other.yaml --
{SERVICE.replace("app: shop", "app: other")}---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: other}}
spec:
  template:
    metadata: {{labels: {{app: other}}}}
    spec: {{containers: [{{name: a, image: a.example.com/other:3}}]}}
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (  # the one that is called like its Application, not a helper beside it
            ROUTED.replace("-- values/shop/base", f"{SERVICE}-- values/shop/base").replace(
                "        - name: shop\n",
                "        - {name: wait, image: a.example.com/wait:1}\n        - name: shop\n",
            ),
            ["It runs the image registry.example.com/shop, named at", "The tag 1.7.2 is set by"],
        ),
        (ROUTED + OTHER, ["Behind it is secrets, which runs the image a.example.com/other with "]),
        (ROUTED, []),  # of what runs there, Git does not say that it answers
    ],
)
def test_the_first_day_follows_a_request_to_what_answers_it(text: str, told: list[str]) -> None:
    said = items(from_text(text), "day-1.md", "request")[3:-1]
    assert [line.startswith(start) for line, start in zip(said, told, strict=True)] == [
        True for _ in told
    ], said


def test_the_harmless_change_is_in_a_file_that_production_does_not_read(sample_site: Site) -> None:
    assert items(sample_site, "day-1.md", "change")[1] == (
        "Add a comment to launchpad …/values/upc-dev/cert-manager-values.yaml:1: it renders to "
        "nothing, and no cluster of production reads this file."
    )


def test_a_number_of_a_cluster_outside_production_is_the_change_to_make() -> None:
    text = TEXT.replace("host: shop.dev.example.com\n", "host: shop.dev.example.com\nreplicas: 2\n")
    assert items(from_text(text), "day-1.md", "change")[1] == (
        "Change replicas (replicas) of shop on dev, now 2, at values shop/dev.yaml:2. "
        "No cluster of production reads this file."
    )


def test_a_name_says_that_a_cluster_is_for_trial() -> None:
    names = ("nerc-ocp-test", "upc-dev", "devops", "latest", "infra", None)
    assert [is_for_trial(name) for name in names] == [True, True, False, False, False, False]


def test_where_production_is_all_there_is_no_harmless_change() -> None:
    site = generate_site(site_input(TEXT, production=("*",)))
    said = items(site, "day-1.md", "change")
    assert "every cluster is one of production" in said[0]


def test_where_nothing_names_production_no_change_is_called_harmless() -> None:
    site = generate_site(site_input(TEXT, production=()))
    said = items(site, "day-1.md", "change")
    assert "nothing says which cluster is production" in said[0]


def test_the_application_to_copy_names_every_file_in_order(sample_site: Site) -> None:
    said = words(sample_site, "runbooks/add-app.md")
    assert "Copy mcp10x: of the Applications here it is the one most like the others" in said
    found = items(sample_site, "runbooks/add-app.md", "files")
    assert [line.rstrip(" |") for line in found if line[:1].isdigit()] == [
        "1 | launchpad apps/base/mcp10x.yaml:1 | Copy the manifest of the Application.",
        "2 | launchpad apps/base/kustomization.yaml:6 | List the new manifest here.",
        "3 | helm-prod-values mcp10x/values.yaml:1 | Copy the values.",
        "4 | launchpad cluster-resources/namespaces/tenants.yaml:2 | Add the namespace, if it is a "
        "new one.",
        "5 | launchpad …/overlays/upc-prod/kustomization.yaml:9 | Patch the new one too, if it "
        "differs on upc-prod.",
    ]


def test_the_application_to_copy_names_what_to_rename(sample_site: Site) -> None:
    path = "runbooks/add-app.md"
    assert rows(sample_site, path, "spec/sources/0/helm/valueFiles/0") == [
        [
            "spec/sources/0/helm/valueFiles/0",
            "$values/mcp10x/values.yaml",
            "launchpad apps/base/mcp10x.yaml:22",
        ]
    ]
    assert rows(sample_site, path, "app-tokens", "upc-dev") == [
        [
            "app-tokens", "upc-dev", "mcp10x", "SealedSecret",
            "launchpad secrets/upc-dev/mcp10x-app-tokens-sealed.yaml:1",
        ]
    ]  # fmt: skip
    assert [row[3] for row in rows(sample_site, path, "app-tokens", "upc-prod")] == [
        "nothing: missing"
    ]


def test_a_cluster_is_made_of_the_folders_that_it_alone_reads(sample_site: Site) -> None:
    found = items(sample_site, "runbooks/add-cluster.md", "own")
    assert [line.split(" | ")[:2] for line in found if line.startswith("launchpad")] == [
        ["launchpad apps/overlays/upc-dev/", "1 kustomization"],
        ["launchpad infra/overlays/upc-dev/", "1 kustomization"],
        ["launchpad infra/values/upc-dev/", "12 values files"],
        ["launchpad secrets/upc-dev/", "14 manifests"],
    ]
    waiting = items(sample_site, "runbooks/add-cluster.md", "waiting")
    assert [line.split(" | ")[0] for line in waiting if line.startswith("infra/")] == [
        f"infra/overlays/{cloud}-{stage}"
        for cloud in ("aks", "eks", "gke")
        for stage in ("dev", "prod")
    ]


def test_rebuilding_begins_with_the_line_of_the_script(sample_site: Site) -> None:
    path = "runbooks/rebuild-upc-dev.md"
    assert items(sample_site, path, "start")[1:] == [
        "Run bootstrap.sh: the line launchpad bootstrap.sh:39 applies the root.",
        "It applies infrastructure-apps, defined at launchpad _app-of-apps-upc-dev.yaml:2.",
    ]
    said = words(sample_site, path)
    assert "24 Applications in 6 steps, 15 Secrets to seal again." in said
    assert "The order is not enforced" in said
    assert re.findall(r"wave ([^,]+), (\d+) Application", said) == [
        ("-1", "1"), ("0", "2"), ("1", "16"), ("2", "1"),
        ("2 below enterprise-apps", "2"), ("3 below enterprise-apps", "2"),
    ]  # fmt: skip
    assert list(sample_site.pages[path].figures) == ["order-upc-dev"]


def test_rebuilding_says_what_is_not_in_git(sample_site: Site) -> None:
    said = words(sample_site, "runbooks/rebuild-upc-prod.md")
    assert "The private key that opens the SealedSecret." in said
    assert "What nothing in Git makes: 11 Secrets" in said
    assert rows(sample_site, "runbooks/rebuild-upc-prod.md", "loki") == [
        ["loki", "monitoring", "launchpad infra/base/loki.yaml:1"],
        [
            "loki", "singleBinary.persistence.size", "100Gi",
            "launchpad …/values/upc-prod/loki-values.yaml:8",
        ],
    ]  # fmt: skip
    assert rows(sample_site, "runbooks/rebuild-upc-dev.md", "musicman", "data") == [
        ["musicman", "data", "2Gi", "forte-helm forteapp/templates/database-statefulset.yaml:67"]
    ]


def test_rotating_names_file_scope_and_who_restarts(sample_site: Site) -> None:
    path = "runbooks/rotate-secret.md"
    assert rows(sample_site, path, "app-credentials", "upc-dev", "mcp10x") == [
        [
            "app-credentials", "upc-dev", "mcp10x", "strict", "DATABASE_URL OPENAI_API_KEY",
            "launchpad secrets/upc-dev/mcp10x-app-credentials-sealed.yaml:1", "mcp10x",
        ]
    ]  # fmt: skip
    cloned = rows(sample_site, path, "ghcr-pull-secret", "upc-dev")
    assert [row[-1] for row in cloned] == ["mcp10x, musicman"]
    assert re.findall(r"<code>(kubectl create[^<]*)</code>", sample_site.pages[path].markdown) == [
        "kubectl create secret generic NAME --namespace NAMESPACE \\\n"
        "  --from-file=KEY=/dev/stdin --dry-run=client -o yaml \\\n"
        "  | kubeseal --context CLUSTER --controller-namespace sealed-secrets \\\n"
        "  --scope SCOPE --format yaml &gt; FILE"
    ]


BROUGHT = """\
-- platform/root-dev.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: sealing, namespace: argocd}}
spec:
  project: default
  source: {{repoURL: https://git.example.com/platform, path: sealing}}
  destination: {{server: https://kubernetes.default.svc, namespace: argocd}}
-- platform/sealing/kustomization.yaml --
{namespace}
resources: [sealed.yaml]
helmCharts:
- {{name: reloader, repo: https://charts.example.com, version: 1.0.0, namespace: tools}}
- {{name: sealed-secrets, repo: https://charts.example.com, version: 2.0.0{own}}}
-- platform/sealing/sealed.yaml --
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {{name: db, namespace: shop}}
spec:
  encryptedData: {{password: AgAx}}
"""


@pytest.mark.parametrize(
    ("namespace", "own", "goes"),
    [
        ("", ", namespace: sealing", "sealing"),
        ("namespace: vault", ", namespace: sealing", "vault"),
        ("", ", namespace: '$(id)'", "'$(id)'"),
        ("", "", "argocd"),
    ],
)
def test_the_controller_is_where_a_kustomization_puts_it(
    namespace: str, own: str, goes: str
) -> None:
    text = BROUGHT.format(namespace=namespace, own=own)
    (said,) = commands(from_text(text), "runbooks/rotate-secret.md")
    assert f" --controller-namespace {goes} \\\n" in said


def test_upgrading_names_the_line_of_each_version(sample_site: Site) -> None:
    assert rows(sample_site, "runbooks/upgrade-chart.md", "grafana") == [
        ["grafana", "8.8.5", "launchpad infra/base/grafana.yaml:18", "upc-dev, upc-prod", "grafana"]
    ]
    assert rows(sample_site, "runbooks/upgrade-chart.md", "forteapp") == [
        [
            "forteapp", "0.1.0", "forte-helm forteapp/Chart.yaml:5", "upc-dev, upc-prod",
            "argo-mcp, mcp10x, musicman",
        ]
    ]  # fmt: skip


def commands(site: Site, path: str) -> list[str]:
    found = re.findall(r"<pre[^>]*><code>(.*?)</code>", site.pages[path].markdown, re.DOTALL)
    return [unescape(text) for text in found]


def test_one_secret_has_a_command_for_each_key_of_each_file(sample_site: Site) -> None:
    path = "runbooks/rotate/app-credentials.md"
    said = commands(sample_site, path)
    sealed = list(sample_site.atlas.graph.nodes(NodeKind.SEALED_SECRET))
    wanted = [
        (key, str(node.locations[0].file.path))
        for node in sealed
        if node.name == "app-credentials"
        for key in texts(node.attributes, "keys")
    ]
    found = [re.findall(r"--from-file=(\w+)=[^~]*--merge-into (\S+)", text) for text in said]
    assert sorted(pair for pairs in found for pair in pairs) == sorted(wanted)
    assert len(said) > 2
    assert next(text for text in said if "DATABASE_URL" in text) == (
        "kubectl create secret generic app-credentials --namespace mcp10x \\\n"
        "  --from-file=DATABASE_URL=/dev/stdin --dry-run=client -o yaml \\\n"
        "  | kubeseal --context upc-dev --controller-namespace sealed-secrets \\\n"
        "  --scope strict --format yaml "
        "--merge-into secrets/upc-dev/mcp10x-app-credentials-sealed.yaml"
    )
    assert rows(sample_site, path, "app-credentials", "upc-dev", "mcp10x")[0][-1] == "mcp10x"


def test_pages_of_secrets_and_charts_lead_to_their_runbooks(sample_site: Site) -> None:
    pages = sample_site.pages
    for folder, runbook in (("secrets", "rotate"), ("charts", "upgrade")):
        there = {path for path in pages if path.startswith(f"runbooks/{runbook}/")}
        assert there
        for path in (p for p in pages if p.startswith(f"{folder}/") and "index" not in p):
            name = path.partition("/")[2].removesuffix(".md")
            linked = f'href="../runbooks/{runbook}/{name}.html"' in pages[path].markdown
            assert linked == (f"runbooks/{runbook}/{name}.md" in there), path


def test_a_secret_that_nothing_makes_has_no_runbook() -> None:
    assert _ROTATE in from_text(TEXT).pages
    site = without("platform/secrets/sealed.yaml")
    assert _ROTATE not in site.pages
    assert "rotate it" not in words(site, "secrets/credentials.md")


def test_one_chart_has_its_lines_alone(sample_site: Site) -> None:
    path = "runbooks/upgrade/grafana.md"
    assert rows(sample_site, path, "grafana") == rows(
        sample_site, "runbooks/upgrade-chart.md", "grafana"
    )
    assert [row[0] for row in rows(sample_site, path) if row and row[-1] == "loki"] == []


def test_names_are_quoted_for_the_shell() -> None:
    text = TEXT.replace("-- platform/secrets/sealed.yaml --", "-- platform/secrets/touch;x.yaml --")
    [said] = commands(from_text(text.replace("overlays/prod", "nowhere")), _ROTATE)[:1]
    assert "--merge-into 'secrets/touch;x.yaml'" in said


def test_the_navigation_has_every_runbook_once(sample_site: Site) -> None:
    expected = [
        "runbooks/index.md", "runbooks/add-app.md", "runbooks/add-cluster.md",
        "runbooks/rotate-secret.md", "runbooks/upgrade-chart.md", "runbooks/roll-back.md",
        "runbooks/rebuild-upc-dev.md", "runbooks/rebuild-upc-prod.md",
    ]  # fmt: skip
    titles = [{sample_site.pages[path].title: path} for path in expected]
    assert {"Runbooks": titles} in navigation(sample_site, {})


def test_without_sealed_secrets_nothing_is_sealed_again() -> None:
    site = without("platform/secrets/sealed.yaml")
    rotating = words(site, "runbooks/rotate-secret.md")
    assert "No Secret is sealed in Git; 4 Secrets come from elsewhere." in rotating
    assert "kubeseal" not in rotating
    for runbook in ("rebuild-dev", "add-cluster"):
        said = words(site, f"runbooks/{runbook}.md")
        assert "4. " in said
        assert not re.search(r"\bseal|5\. ", said)


def test_without_any_secret_there_is_none_to_rotate() -> None:
    site = without(
        "platform/secrets/sealed.yaml",
        "platform/secrets/plain.yaml",
        "charts/web/templates/all.yaml",
    )
    assert "runbooks/rotate-secret.md" not in site.pages
    assert "Rotate a Secret" not in words(site, "runbooks/index.md")


def test_without_a_script_somebody_has_to_apply_the_root() -> None:
    assert items(from_text(TEXT), "runbooks/rebuild-dev.md", "start")[1:] == [
        "Install Argo CD. No script for this cluster is known from Git.",
        "Apply root, defined at platform root-dev.yaml:1.",
    ]


def test_without_a_chart_there_is_none_to_upgrade_and_no_request_to_follow() -> None:
    site = without(
        "charts/web/Chart.yaml", "charts/web/values.yaml", "charts/web/templates/all.yaml"
    )
    assert "runbooks/upgrade-chart.md" not in site.pages
    assert "Follow one request" not in words(site, "day-1.md")
    assert "A path of 40 minutes in 5 steps" in words(site, "day-1.md")


def test_hostile_names_and_credentials_stay_out_of_runbooks() -> None:
    hostile = TEXT.replace("metadata: {name: odd,", f'metadata: {{name: "{HOSTILE}",').replace(
        "metadata:\n  name: odd\n", f'metadata:\n  name: "{HOSTILE}"\n'
    )
    site = from_text(hostile)
    told = [p for path, p in site.pages.items() if path.startswith(("runbooks/", "day-1"))]
    assert HOSTILE in words(site, "runbooks/rebuild-dev.md")
    for page in told:
        everything = "".join((page.markdown, *page.figures.values(), *page.files.values()))
        assert "<img" not in everything
        assert [canary for canary in CANARIES if canary in everything] == []


_ZOO = "…/zoo/c/k.json:1 | Copy the folder apps/zoo/: the ApplicationSet set reads this file"


def of_set(generator: str, path: str, more: str, *, every: bool = False) -> list[str]:
    """How to add an Application where an ApplicationSet makes all of them."""
    text = f"""\
-- platform/set.yaml --
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {{name: set, namespace: argocd}}
spec:
  generators: [{generator}]
  template:
    metadata: {{name: "{{{{path.basename}}}}"}}
    spec:
      project: default
      source: {{repoURL: https://git.example.com/platform, path: "{path}"}}
      destination: {{server: https://kubernetes.default.svc, namespace: shop}}
-- platform/apps/shop/web.yaml --
{OTHER.partition("---")[2].partition("---")[2]}-- platform/apps/shop/config.json --
{{}}
"""
    site = generate_site(site_input(text + more, roots=()))
    assert 'id="rename"' not in site.pages["runbooks/add-app.md"].markdown
    listed = rows(site, "runbooks/add-app.md", "1")[0][1:]
    return [words(site, "runbooks/add-app.md")] if every else listed


@pytest.mark.parametrize(
    ("generator", "told"),
    [
        (
            "{git: {repoURL: https://git.example.com/platform, directories: [{path: apps/*}]}}",
            "apps/shop/web.yaml:2 | Copy the folder apps/shop/: the ApplicationSet set makes an "
            "Application of each like it.",
        ),
        (
            "{git: {repoURL: https://git.example.com/platform, files: [{path: apps/*/c*.json}]}}",
            "apps/shop/config.json:1 | Copy the folder apps/shop/: the ApplicationSet set reads "
            "this file of each like it.",
        ),
        (
            "{list: {elements: [{path.basename: shop, path: apps/shop}]}}",
            "set.yaml:5 | Add an entry like this one, for the ApplicationSet set.",
        ),
    ],
)
def test_what_an_application_set_makes_is_added_where_it_looks(generator: str, told: str) -> None:
    assert of_set(generator, "{{path}}", "") == told.split(" | ")


def test_a_folder_that_an_overlay_tells_the_application_set_of_is_no_file_that_it_reads() -> None:
    git = "{git: {repoURL: https://git.example.com/platform, directories: [{path: FILL}]}}"
    overlay = """\
-- platform/kustomization.yaml --
resources: [set.yaml]
patches:
  - target: {kind: ApplicationSet}
    patch: |-
      - {op: replace, path: /spec/generators/0/git/directories/0/path, value: "apps/*"}
"""
    told = of_set(git, "{{path}}", overlay)
    assert told[0] == "apps/shop/web.yaml:2"
    assert told[1].startswith("Copy the folder apps/shop/: ")


def test_a_base_that_only_one_folder_of_a_set_includes_is_copied_with_it() -> None:
    git = "{git: {repoURL: https://git.example.com/platform, directories: [{path: apps/*}]}}"
    base = """\
-- platform/apps/shop/kustomization.yaml --
resources: [web.yaml, ../../bases/shop]
-- platform/bases/shop/kustomization.yaml --
resources: [more.yaml]
-- platform/bases/shop/more.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: more}
"""
    shared = "-- platform/apps/zoo/kustomization.yaml --\nresources: [../../bases/shop]\n"
    said = "Copy the folder bases/shop/: nothing else renders it."
    assert said in str(of_set(git, "{{path}}", base, every=True))
    assert said not in str(of_set(git, "{{path}}", base + shared, every=True))
    assert "apps/shop/: nothing else" not in str(of_set(git, "{{path}}", base, every=True))


@pytest.mark.parametrize(
    ("files", "path", "more", "told"),
    [
        ("kinds/*.json", "apps/shop", ("kinds/shop",), "kinds/shop.json:1 | Copy this file: the "),
        ("apps/*/*/k.json", "apps/{{path[1]}}", ("apps/shop/b/k", "apps/zoo/c/k"), _ZOO),
        ("apps/*/k.json", "apps/shop", ("apps/b/k", "apps/c/k"), "apps/b/k.json:1 | Copy this "),
    ],
)
def test_what_an_application_has_to_itself_is_copied_whole(
    files: str, path: str, more: tuple[str, ...], told: str
) -> None:
    git = f"{{git: {{repoURL: https://git.example.com/platform, files: [{{path: '{files}'}}]}}}}"
    written = "".join(f"-- platform/{name}.json --\n{{}}\n" for name in more)
    assert " | ".join(of_set(git, path, written)).startswith(told)


def test_a_cluster_of_a_chart_has_the_files_that_only_its_values_name() -> None:
    text = """\
-- platform/root/Chart.yaml --
{name: root, version: 1.0.0, apiVersion: v2}
-- platform/root/values.yaml --
name: none
-- platform/root/values-dev.yaml --
name: dev
-- platform/root/values-prod.yaml --
name: prod
-- platform/root/templates/web.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  project: default
  source:
    repoURL: https://git.example.com/charts
    path: web
    helm: {valueFiles: [values.yaml, "values-{{ .Values.name }}.yaml"]}
  destination: {server: https://kubernetes.default.svc, namespace: web}
-- charts/web/values-dev.yaml --
replicas: 1
-- charts/web/values-prod.yaml --
replicas: 2
"""
    web = TEXT[TEXT.index("-- charts/web/Chart.yaml") : TEXT.index("-- values/shop")]
    site = generate_site(site_input(text + web, roots=()))
    said = words(site, "runbooks/add-cluster.md")
    assert "shown on dev: 1 file of its own in 1 folder, and 3 files that it shares" in said


def test_what_a_values_file_switches_on_is_switched_on_for_the_new_one() -> None:
    text = """\
-- platform/root.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: root, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/platform, path: root}
  destination: {server: https://kubernetes.default.svc, namespace: argocd}
-- platform/root/Chart.yaml --
{name: root, version: 1.0.0, apiVersion: v2}
-- platform/root/values.yaml --
applications:
  other: {enabled: false}
  web: {enabled: true}
web: "true"
-- platform/root/templates/web.yaml --
{{- if .Values.applications.web.enabled }}
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/charts, path: web}
  destination: {server: https://kubernetes.default.svc, namespace: web}
{{- end }}
"""
    web = TEXT[TEXT.index("-- charts/web/Chart.yaml") : TEXT.index("-- values/shop")]
    site = generate_site(site_input(text + web, roots=()))
    assert rows(site, "runbooks/add-app.md", "2")[0][1:] == [
        "platform root/values.yaml:3",
        "Switch the new one on, as this line does.",
    ]
    assert words(site, "runbooks/add-app.md").count("Switch the new one on") == 1


INDIRECT = """\
-- charts/more/kustomization.yaml --
resources: [../shop/b]
"""


def folders_to_copy(text: str) -> list[str]:
    said = words(from_text(text), "runbooks/add-app.md")
    return re.findall(r"Copy the folder (\S+)/: nothing else renders it", said)


def test_a_folder_that_only_one_application_renders_is_copied_whole() -> None:
    assert folders_to_copy(TEXT) == ["web"]
    shared = TEXT.replace("[shop.yaml,", "[other.yaml, shop.yaml,") + TEXT[
        TEXT.index("-- platform/base/shop.yaml --") : TEXT.index("-- platform/base/secrets.yaml --")
    ].replace("base/shop.yaml", "base/other.yaml").replace("name: shop", "name: other")
    assert folders_to_copy(shared) == []
    alone = TEXT.replace("[shop.yaml, secrets.yaml, odd.yaml]", "[shop.yaml]")
    plain = re.sub(
        r"      helm:\n(?:        .*\n)+", "", alone.replace("path: web", "path: shop/a")
    )
    overlay = f"""\
{plain}\
-- charts/shop/a/kustomization.yaml --
resources: [../base, ../../shared]
-- charts/shop/b/kustomization.yaml --
resources: [../base]
-- charts/shop/base/kustomization.yaml --
resources: [a.yaml]
-- charts/shop/base/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {{name: a}}
-- charts/shared/kustomization.yaml --
resources: []
-- charts/elsewhere/kustomization.yaml --
resources: [../shared]
-- charts/above/kustomization.yaml --
resources: [../elsewhere]
"""
    assert folders_to_copy(overlay) == ["shop/a", "shop/base"]
    assert folders_to_copy(overlay + INDIRECT) == ["shop/a"]

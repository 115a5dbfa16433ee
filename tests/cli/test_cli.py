"""The command line, end to end."""

import errno
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from graphdoc.cli import run
from graphdoc.cli.app import cli
from graphdoc.cli.speech import is_lost_reader
from graphdoc.config import load_config
from graphdoc.report.findings.reporters import REPORTERS
from tests.written import CONFIG, ESTATE, ROOT, WEB, git, write_files

ABSENT = " is not at hand: 'helm pull' it into the chart_cache"
COMMANDS = (
    "build",
    "check",
    "diff",
    "docs",
    "drift",
    "explain",
    "graph",
    "impact",
    "init",
    "pages",
    "render",
    "serve",
    "values",
)
BROKEN = ESTATE.replace("$values/values/base.yaml", "$values/values/bsae.yaml")


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(write_files(tmp_path, ESTATE))
    return tmp_path


class Answer:
    """One run of the command line."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> None:
        self.status = run(arguments)
        self.out, self.err = capsys.readouterr()


def test_every_command_has_help_with_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        tuple(cli.list_commands(cli.make_context("graphdoc", [], resilient_parsing=True)))
        == COMMANDS
    )
    for command in COMMANDS:
        answer = Answer(capsys, command, "--help")
        assert (answer.status, answer.err) == (0, "")
        assert f"Examples:\n  graphdoc {command}" in answer.out
        assert "--config FILE" in answer.out
        assert "--repo PATH" in answer.out


def test_help_imports_no_more_of_graphdoc_than_it_shows() -> None:
    code = (
        "import sys; from graphdoc.cli import run; run(['--help']); "
        "print(*sorted(m for m in sys.modules if m.startswith(('graphdoc', 'yaml'))), "
        "file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    names = ("", ".cli", ".cli.app", ".cli.help", ".cli.speech", ".cli.status", ".model")
    light = (".model.inert", ".model.location", ".model.mistake")
    assert done.stderr.split() == [f"graphdoc{name}" for name in (*names, *light)]


STOPPED = """\
class Stop:
    def find_spec(self, name, *rest):
        if name == "graphdoc.cli.app":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Stop())
"""


@pytest.mark.parametrize(
    ("before", "status", "told"),
    [
        ("sys.stdout = None; sys.argv[1:] = ['--version']", 0, ""),
        ("sys.stderr = None; sys.argv[1:] = ['check', 'nowhere']", 2, ""),
        ("sys.stderr = open('/dev/full', 'w')", 3, ""),
        (STOPPED, 130, ""),
    ],
    ids=["no output", "no errors", "full", "interrupted"],
)
def test_the_end_is_quiet_where_nobody_listens(
    tmp_path: Path, before: str, status: int, told: str
) -> None:
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    code = f"import sys; from graphdoc import cli\n{before}\ncli.main()"
    command = [sys.executable, "-c", code, "init", "--config", str(tmp_path / "c"), str(tmp_path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr.partition("\n")[0]) == (status, told)


def test_check_of_an_estate_without_loops_does_not_import_networkx(tmp_path: Path) -> None:
    (tmp_path / "app.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    code = (
        "import sys; from graphdoc.cli import run; run(['check', sys.argv[1]]); "
        "sys.exit('networkx' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0


MISTAKES = """\
$ graphdoc chekc
graphdoc: no command 'chekc'; did you mean 'check'?
$ graphdoc graph --formt json
graphdoc graph: no option '--formt'; did you mean '--format'?
$ graphdoc render x --format jsnl
graphdoc render: Invalid value for '--format': 'jsnl' is none of yaml, jsonl; did you mean 'jsonl'?
$ graphdoc check --select plain-secrets
graphdoc: no rule 'plain-secrets'; did you mean 'plain-secret'?
$ graphdoc check nowhere
graphdoc: nowhere: there is no such directory
$ graphdoc check --repo=
graphdoc check: Invalid value for '--repo': an empty PATH
$ graphdoc impact ''
graphdoc: an empty PATH
$ graphdoc graph --select application:prod/wbe
graphdoc: no node 'application:prod/wbe'; did you mean 'application:prod/web'?
$ graphdoc explain aplication:prod/webb
graphdoc: no node 'aplication:prod/webb'; did you mean 'application:prod/web'?
$ graphdoc explain wbe
graphdoc: no node 'wbe'; did you mean 'web'?
$ graphdoc explain application:*
graphdoc: 'application:*' means no node; '*' stays within a segment, '**' does not
$ graphdoc explain orphaned-manifst
graphdoc: no node 'orphaned-manifst'; did you mean 'orphaned-manifest'?
$ graphdoc values web --cluster prd
graphdoc: no cluster 'prd'; did you mean 'prod'?
$ graphdoc values web --cluster zz
graphdoc: no cluster 'zz'; known: prod
$ graphdoc graph --select application[name
graphdoc: no node 'application[name'
$ graphdoc values wbe
graphdoc: no Application 'wbe'; did you mean 'web'?
$ graphdoc values root
graphdoc: application:prod/root has no Helm values
$ graphdoc values web --key imag.tag
graphdoc: application:prod/web: no value 'imag.tag'; did you mean 'image.tag'?
$ graphdoc drift
graphdoc: no architecture.lock.json yet; record the architecture with 'graphdoc drift --accept'
$ graphdoc diff main
graphdoc: no repository has Git data, and so there is nothing to compare
$ graphdoc init
graphdoc: graphdoc.yaml is there already; --force overwrites it
$ graphdoc check --config none.yaml
graphdoc: none.yaml: No such file or directory
$ graphdoc check --output no/where.txt
graphdoc: no/where.txt: No such file or directory
"""


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize("case", MISTAKES.split("$ graphdoc ")[1:])
def test_a_mistake_is_one_line_and_status_2(capsys: pytest.CaptureFixture[str], case: str) -> None:
    arguments, message = case.split("\n", 1)
    answer = Answer(capsys, *shlex.split(arguments))
    assert (answer.status, answer.out, answer.err) == (2, "", message)


@pytest.mark.parametrize("command", [("diff", "main"), ("impact", "--since", "main")])
def test_borrowed_git_data_is_told_before_the_mistake(
    estate: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    lender = estate / "platform" / ".git" / "objects" / "info" / "alternates"
    lender.parent.mkdir(parents=True)
    lender.write_text("/elsewhere/objects\n", "utf-8")
    remark, mistake = Answer(capsys, *command).err.splitlines()
    assert remark.startswith("graphdoc: platform: parts of its Git data lie elsewhere")
    assert mistake.startswith("graphdoc: no re")


def test_without_configuration_and_clones_there_is_nothing_to_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for words, example in (("check", "check ../"), ("explain web", "explain --repo ../")):
        answer = Answer(capsys, *words.split())
        assert answer.status == 2
        start = "graphdoc: no graphdoc.yaml here or above; name the clones, as in 'graphdoc"
        assert answer.err.startswith(f"{start} {example}launchpad', or")


def test_an_empty_directory_is_nothing_to_analyse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    for command in ("check", "graph", "drift", "build", "init"):
        answer = Answer(capsys, command, "empty")
        assert answer.status == 3, command
        assert answer.err == (
            "graphdoc: nothing to analyse: no Application, kustomization or chart in empty\n"
        )
    answer = Answer(capsys, "render", "empty")
    nothing = "graphdoc render: empty: no kustomization, chart or manifest here\n"
    assert (answer.status, answer.err) == (1, nothing)


def test_a_configuration_without_repositories_is_a_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "few.yaml").write_text("production: [prod]\n", "utf-8")
    answer = Answer(capsys, "check", "--config", "few.yaml")
    assert answer.status == 2
    assert answer.err == (
        "graphdoc: few.yaml names no repositories; add them, or name the clones, as in "
        "'graphdoc check ../launchpad'\n"
    )


def test_a_configured_root_that_is_not_there_is_told_at_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(
        write_files(
            tmp_path,
            ROOT.replace("platform/root-prod", "lp/boot/prod")
            + "-- lp/a.yaml --\nkind: ConfigMap\n"
            "-- lp/kustomization.yaml --\nresources: [a.yaml]\n",
        )
    )
    config = "repositories: [{name: lp, path: lp}]\nroots:\n  - lp/boots/{cluster}.yaml\n"
    (tmp_path / "graphdoc.yaml").write_text(config, "utf-8")
    idle = "no root fits 'lp/boots/{cluster}.yaml', which the configuration names"
    near = "; did you mean 'lp/boot/prod.yaml'?"
    for command in ("check", "graph", "build"):
        answer = Answer(capsys, command)
        told = f"graphdoc: graphdoc.yaml:3:5: roots: {idle}{near}\n"
        assert (answer.status, answer.out, answer.err) == (2, "", told)
    (tmp_path / "graphdoc.yaml").write_text(f"{config}  - lp/boot/*.yaml\n", "utf-8")
    told = Answer(capsys, "check").out
    assert f"{idle}{near} (graphdoc.yaml:3)" in told


def test_a_manifest_larger_than_the_limit_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"""\
-- graphdoc.yaml --
repositories: [{{name: platform, path: platform}}]
limits: {{file_size: 2000}}
-- platform/web.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: web, namespace: argocd}}
spec:
  project: default
  source: {{repoURL: https://git.example.com/platform, path: web}}
  destination: {{server: https://kubernetes.default.svc, namespace: web}}
-- platform/web/big.yaml --
# {"x" * 2000}
"""
    monkeypatch.chdir(write_files(tmp_path, text))
    assert "1:1 error[unreadable-file] larger than 2000 bytes" in Answer(capsys, "check").out


def test_a_second_clone_of_a_repository_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, url in (("gitops", "web"), ("worktree", "web"), ("values", "values")):
        git(write_files(tmp_path / name, "-- Chart.yaml --\nname: web\nversion: 1.0.0\n"), "init")
        git(tmp_path / name, "remote", "add", "origin", f"https://git.example.com/{url}.git")
    told = [line for line in Answer(capsys, "check", ".").err.splitlines() if "second" in line]
    assert told == [
        "graphdoc: worktree is a second clone of a repository: its address means gitops, and what"
        " only it brings looks unused; leave one out"
    ]


def test_a_clone_of_other_tools_alone_says_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tanka").mkdir()
    (tmp_path / "tanka/main.jsonnet").write_text("{}")
    answer = Answer(capsys, "check", "tanka")
    assert (answer.status, answer.err) == (
        3,
        "graphdoc: nothing to analyse: no Application, kustomization or chart in tanka;"
        " files of Jsonnet that no Application reads: not followed (1)\n",
    )


def test_a_clone_whose_applications_cannot_be_read_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "apps").mkdir()
    for number in range(4):
        text = "apiVersion: argoproj.io/v1\nkind: Application\nmetadata: {name: a\nspec: {}\n"
        (tmp_path / f"apps/{number}.yaml").write_text(text)
    answer = Answer(capsys, "check", "apps")
    reason = "while parsing a flow mapping, did not find expected ',' or '}'"
    assert (answer.status, answer.err) == (
        3,
        "graphdoc: nothing to analyse: no Application, kustomization or chart in apps"
        + "".join(f"; apps/{number}.yaml:4 cannot be read: {reason}" for number in range(3))
        + "\n",
    )


def test_charts_that_nothing_renders_are_not_called_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chart = "-- shop/Chart.yaml --\napiVersion: v2\nname: shop\nversion: 1.0.0\n"
    monkeypatch.chdir(
        write_files(tmp_path, f"{chart}-- shop/templates/a.yaml --\n{{{{ fail }}}}\n")
    )
    answer = Answer(capsys, "check", "shop")
    assert answer.status == 0
    assert "not understood  1" in answer.out
    assert "charts          0 of 1 rendered" in answer.out
    assert "applications    none found" in answer.out


def test_fail_on_says_what_makes_status_1(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(estate, "-- platform/values/old.yaml --\nreplicas: 2\n")
    answer = Answer(capsys, "check")
    assert answer.status == 0
    assert answer.out.endswith("0 errors, 1 warning, 0 info\n")
    assert Answer(capsys, "check", "--fail-on", "warning").status == 1


def test_findings_end_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(write_files(tmp_path, BROKEN))
    assert Answer(capsys, "check").status == 1
    assert Answer(capsys, "check", "--ignore", "missing-values-file").status == 0
    assert Answer(capsys, "check", "--select", "plain-secret,missing-secret").status == 0
    assert Answer(capsys, "check", "--select", "missing-values-file").status == 1


def test_a_broken_manifest_is_a_finding_and_the_rest_go_on(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (estate / "platform/base/web.yaml").write_text("a: [\n", "utf-8")
    answer = Answer(capsys, "check", "--format", "json")
    found = json.loads(answer.out)["findings"]
    places = [(f["rule"], f["location"]["path"], f["location"]["line"]) for f in found]
    assert answer.status == 1
    assert ("unreadable-file", "base/web.yaml", 2) in places


def test_output_goes_to_a_file_as_a_whole(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer(capsys, "check", "--format", "json", "--output", "out.json")
    assert (answer.out, answer.err) == ("", "0 findings in out.json\n")
    assert json.loads((estate / "out.json").read_text("utf-8"))["schema"] == "graphdoc/findings/v1"
    assert sorted(p.name for p in estate.iterdir()) == ["graphdoc.yaml", "out.json", "platform"]


def test_a_patched_values_file_has_both_places(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    graph = json.loads(Answer(capsys, "graph").out)
    layers = [
        (e["target"], [(p["path"], p["line"]) for p in e["locations"]])
        for e in graph["edges"]
        if e["kind"] == "layers" and e["source"] == "application:prod/web"
    ]
    assert estate.is_dir()
    assert layers == [
        ("values:platform/values/base.yaml", [("base/web.yaml", 12)]),
        (
            "values:platform/values/prod.yaml",
            [("base/web.yaml", 13), ("overlays/prod/kustomization.yaml", 7)],
        ),
    ]


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize(
    ("format_", "start"),
    [
        ("dot", "digraph graphdoc {\n"),
        ("mermaid", "flowchart LR\n"),
        ("graphml", "<?xml "),
        ("svg", "<svg "),
    ],
)
def test_the_graph_is_written_for_other_programs(
    capsys: pytest.CaptureFixture[str], format_: str, start: str
) -> None:
    answer = Answer(capsys, "graph", "--format", format_, "--select", "web+1")
    assert answer.status == 0
    assert answer.out.startswith(start)
    assert "root" in answer.out
    assert "base.yaml" not in answer.out


@pytest.mark.usefixtures("estate")
def test_values_name_the_line_that_set_them(capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer(capsys, "values", "web", "--cluster", "prod")
    gap = f"chart 'web 1.2.3' of 'https://charts.example.com'{ABSENT} (platform/base/web.yaml:8)"
    assert (
        answer.out
        == f"""\
# application:prod/web, source 0, chart web
# layer 1: platform/values/base.yaml (file)
# layer 2: platform/values/prod.yaml (file)
# not understood: {gap}
image.tag: "1.0"
    platform/values/base.yaml:2
replicas: 3
    platform/values/prod.yaml:1
    overrides 1 platform/values/base.yaml:3

"""
    )


def test_a_chart_s_own_values_file_does_not_override_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    layered = f"{LONE.format('a')}    helm: {{valueFiles: [values.yaml]}}\n"
    chart = "-- a/deploy/Chart.yaml --\nname: a\nversion: 1.0.0\n"
    text = f"-- a/a.yaml --\n{layered}{chart}-- a/deploy/values.yaml --\nb: 1\n"
    monkeypatch.chdir(write_files(tmp_path, text))
    assert (
        "b: 1\n    a/deploy/values.yaml:1\n\n" in Answer(capsys, "values", "a", "--repo", "a").out
    )


def test_values_tell_which_layers_they_lack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chart = LONE.format("a").replace("path: deploy", "chart: web\n    targetRevision: 1.0.0")
    layered = f"{chart}    helm: {{values: 'b: 1', valueFiles: [c.yaml, $v/d.yaml]}}\n"
    monkeypatch.chdir(write_files(tmp_path, f"-- p/a.yaml --\n{chart}-- q/a.yaml --\n{layered}"))
    assert Answer(capsys, "values", "a", "--repo", "p").err == (
        "graphdoc: application:a/a has no Helm values at hand; "
        f"chart 'web 1.0.0' of 'https://git.example.com/a'{ABSENT}\n"
    )
    assert Answer(capsys, "values", "a", "--repo", "q").out.splitlines()[2:5] == [
        "# missing: $v/d.yaml (q/a.yaml:10)",
        "# not understood: values file 'c.yaml' lies in a chart that is not at hand (q/a.yaml:10)",
        f"# not understood: chart 'web 1.0.0' of 'https://git.example.com/a'{ABSENT} (q/a.yaml:8)",
    ]


@pytest.mark.usefixtures("estate")
def test_one_key_of_the_values(capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer(capsys, "values", "application:prod/web", "--key", "image")
    assert answer.out.splitlines()[4:] == [
        'image.tag: "1.0"',
        "    platform/values/base.yaml:2",
        "",
    ]


@pytest.mark.usefixtures("estate")
def test_a_node_is_explained_both_ways(capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer(capsys, "explain", "values:platform/values/prod.yaml")
    assert (
        answer.out
        == """\
values:platform/values/prod.yaml
  platform/values/prod.yaml:1

  reached  yes

is reached from
  layers  application:prod/web  (order 1)
    platform/base/web.yaml:13
    platform/overlays/prod/kustomization.yaml:7
"""
    )


LONE = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {0}, namespace: argocd}}
spec:
  destination: {{server: https://kubernetes.default.svc, namespace: {0}}}
  source:
    repoURL: https://git.example.com/{0}
    path: deploy
"""


def test_an_application_is_explained_with_what_was_not_understood(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = Answer(capsys, "explain", "traefik", "--repo", str(sample / "launchpad")).out
    told = out.partition("leads to")[0]
    assert "  sources        index 0, repoURL https://traefik.github.io/charts, chart " in told
    assert "\n                 index 1, repoURL " in told
    assert "  resolved       no\n" in told
    reason, place = out.partition("\nnot understood\n")[2].splitlines()[:2]
    assert reason == f"  chart 'traefik 33.2.1' of 'https://traefik.github.io/charts'{ABSENT}"
    assert place.endswith("launchpad/infra/base/traefik-application.yaml:17")
    musicman = ("explain", "application:upc-dev/musicman")
    out = Answer(capsys, *musicman, "--repo", str(sample / "launchpad")).out
    reasons = out.partition("\nnot understood\n")[2].splitlines()[::2]
    assert reasons == [
        "  repository 'https://git.forteapps.net/Forte/forte-helm' is not among the"
        " analysed clones",
        "  values file '$values/musicman/values.yaml' lies in a repository that is not analysed",
        "  repository 'git@github.com:fortedigital/helm-prod-values.git' is not among the"
        " analysed clones",
    ]


def test_what_is_not_understood_is_told_of_the_one_application_of_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "platform" / "apps.yaml"
    file.parent.mkdir()
    file.write_text("---\n".join(map(LONE.format, ("alpha", "beta", "gamma"))), "utf-8")
    out = Answer(capsys, "explain", "application:platform/beta", "--repo", str(file.parent)).out
    assert out.partition("\nnot understood\n")[2].splitlines()[::2] == [
        "  repository 'https://git.example.com/beta' is not among the analysed clones"
    ]


def test_a_rule_is_explained_without_any_estate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = Answer(capsys, "explain", "missing-values-file")
    assert answer.status == 0
    assert answer.out.startswith("# missing-values-file (error)\n\n")
    assert "## Why is this bad?" in answer.out


def test_init_writes_what_check_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(write_files(tmp_path, ROOT + WEB))
    answer = Answer(capsys, "init", "platform")
    wrote, title, *coverage = answer.err.splitlines()
    assert (answer.status, wrote, title) == (
        0,
        "wrote graphdoc.yaml: 1 clone, 1 cluster",
        "Coverage",
    )
    assert coverage[-1].startswith("    chart 'web 1.2.3' of ")
    config = load_config(tmp_path / "graphdoc.yaml", {})
    assert [(r.name, r.path, r.urls) for r in config.repositories] == [
        ("platform", "platform", ("https://git.example.com/platform",))
    ]
    assert [root.text for root in config.roots] == ["platform/root-{cluster}.yaml"]
    assert [cluster.name for cluster in config.clusters] == ["prod"]
    assert Answer(capsys, "check").status == 0


_ASKING = """\
-- platform/set.yaml --
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: set, namespace: argocd}
spec:
  generators:
  - clusters: {selector: {matchLabels: {tier: gold}, matchExpressions: [
      {key: zone, operator: In, values: [eu, us]}]}}
  template:
    metadata: {name: "{{name}}-{{metadata.labels.team}}"}
    spec:
      source:
        repoURL: https://git.example.com/platform
        path: '{{index .metadata.annotations "example.com/path"}}/{{metadata.annotations.folder}}'
      destination: {server: "{{server}}"}
-- platform/main.tf --
annotations = {
  folder = "https://user:secret@git.example.com/apps"
}
"""


def test_init_shows_what_sets_ask_of_clusters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(write_files(tmp_path, _ASKING))
    assert Answer(capsys, "init", "platform").status == 0
    written = (tmp_path / "graphdoc.yaml").read_text("utf-8")
    assert (
        """\
  # my-cluster:
  #   server: https://kubernetes.default.svc
  #   labels:
  #     team: ""
  #     tier: gold
  #     zone: eu
  #   annotations:
  #     example.com/path: ""
  #     folder: https://git.example.com/apps
"""
        in written
    )
    commented = written.index("  # my-cluster:")
    mended = written[:commented] + written[commented:].replace("  # ", "  ", 9)
    (tmp_path / "graphdoc.yaml").write_text(mended, "utf-8")
    clusters = {c.name: c for c in load_config(tmp_path / "graphdoc.yaml", {}).clusters}
    assert dict(clusters["my-cluster"].labels) == {"team": "", "tier": "gold", "zone": "eu"}


_LONE = """\
-- platform/vms/base/kustomization.yaml --
resources: [vm.yaml]
-- platform/vms/base/vm.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: vm, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/platform, path: vms/overlays/prod}
  destination: {server: https://kubernetes.default.svc, namespace: vm}
-- platform/vms/overlays/prod/kustomization.yaml --
resources: [../../base]
-- platform/vms/overlays/edge/kustomization.yaml --
resources: [../../base]
"""


def test_init_names_a_root_where_its_pattern_would_take_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = ROOT.replace("platform/root", "platform/argocd/root")
    monkeypatch.chdir(write_files(tmp_path, root + WEB + _LONE))
    before = json.loads(Answer(capsys, "graph", "platform").out)
    assert Answer(capsys, "init", "platform").status == 0
    config = load_config(tmp_path / "graphdoc.yaml", {})
    assert [(root.text, root.cluster) for root in config.roots] == [
        ("platform/argocd/root-{cluster}.yaml", ""),
        ("platform/vms/overlays/edge", "edge"),
    ]
    after = json.loads(Answer(capsys, "graph").out)
    assert [n["id"] for n in after["nodes"]] == [n["id"] for n in before["nodes"]]


def test_init_names_a_file_of_several_roots_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "-- platform/web.yaml --\n" + "---\n".join(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
        f"metadata: {{name: {name}, namespace: argocd}}\n"
        "spec:\n  project: default\n  destination: {name: in-cluster, namespace: web}\n"
        "  source: {repoURL: https://git.example.com/platform, path: parts}\n"
        for name in ("one", "two")
    )
    monkeypatch.chdir(write_files(tmp_path, text))
    assert Answer(capsys, "init", "platform").status == 0
    assert (tmp_path / "graphdoc.yaml").read_text("utf-8").count("path: platform/web.yaml") == 1


def test_render_prints_a_line_for_each_path_in_order(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = ["platform/overlays/prod", "wbe", "platform/base", "web"]
    answer = Answer(capsys, "render", "--format", "jsonl", *paths)
    lines = [json.loads(line) for line in answer.out.splitlines()]
    assert estate.is_dir()
    assert answer.status == 1
    assert [line["path"] for line in lines] == paths
    assert [len(line["documents"]) for line in lines] == [1, 0, 1, 0]
    assert lines[1]["error"] == "no such directory or Application; did you mean 'web'?"
    assert [line["error"] for line in lines[2:]] == [None, None]
    files = lines[0]["documents"][0]["spec"]["sources"][0]["helm"]["valueFiles"]
    assert files == ["$values/values/base.yaml", "$values/values/prod.yaml"]


@pytest.mark.usefixtures("estate")
def test_render_names_the_place_to_change_last(capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer(capsys, "render", "--format", "jsonl", "--origins", "platform/overlays/prod")
    origins = json.loads(answer.out)["origins"]
    assert origins["0/spec/sources/0/helm/valueFiles/1"] == [
        {"repository": "platform", "path": "base/web.yaml", "line": 13},
        {"repository": "platform", "path": "overlays/prod/kustomization.yaml", "line": 7},
    ]


def test_render_hides_the_values_of_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_files(
        tmp_path,
        """\
-- k/kustomization.yaml --
resources: [s.yaml]
secretGenerator:
- {name: made, literals: [password=canary-one]}
-- k/s.yaml --
{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {k: canary-two}}
---
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: t}
spec: {encryptedData: {k: canary-three}}
""",
    )
    for format_ in ("yaml", "jsonl"):
        answer = Answer(capsys, "render", "--format", format_, "k")
        assert answer.status == 0
        assert answer.out.count("<redacted>") == 3
        assert "canary" not in answer.out


def test_render_reads_paths_from_standard_input(estate: Path) -> None:
    command = [sys.executable, "-m", "graphdoc", "render", "--format", "jsonl", "-"]
    (estate / "größe").mkdir()
    (estate / "größe" / "kustomization.yaml").write_text("namePrefix: a-\n", "utf-8")
    console = {**os.environ, "PYTHONIOENCODING": "cp1252"}  # as Windows has it
    done = subprocess.run(
        command, input="platform/base\r\n\ngröße\n".encode(), capture_output=True, check=False,
        cwd=estate, env=console,
    )  # fmt: skip
    found = {line["path"]: line["error"] for line in map(json.loads, done.stdout.splitlines())}
    assert list(found) == ["platform/base", "größe"]
    assert "no such directory" not in str(found)


def test_a_reader_that_goes_away_is_no_error(estate: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "graphdoc", "graph"]
    done = subprocess.run(command, cwd=estate, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("system", ["win32", "linux"])
def test_windows_says_otherwise_that_a_reader_went_away(
    system: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert is_lost_reader(OSError(errno.EINVAL, "Invalid argument")) == (system == "win32")
    assert not is_lost_reader(OSError(errno.EINVAL, "Invalid argument", "con:"))
    assert is_lost_reader(BrokenPipeError(errno.EPIPE, "Broken pipe"))


def test_clones_as_arguments_need_no_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(write_files(tmp_path, ROOT + WEB))
    by_path = Answer(capsys, "graph", "platform")
    by_option = Answer(capsys, "graph", "--repo", "platform")
    write_files(tmp_path, CONFIG)
    configured = Answer(capsys, "graph", "platform")
    assert (by_path.status, by_path.out) == (by_option.status, by_option.out)
    assert json.loads(configured.out)["nodes"][0]["id"] == "application:prod/root"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems know no such names")
def test_names_that_are_not_utf8_break_no_format(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = os.fsencode(estate) + b"/platform/values/\xff \x1b[31m.yaml"
    Path(os.fsdecode(odd)).write_text("a: 1\n", "utf-8")
    for name in REPORTERS:
        answer = Answer(capsys, "check", "--format", name)
        assert (answer.status, answer.err) == (0, ""), name
        assert "orphaned-values-file" in answer.out
        assert "\x1b" not in answer.out
    for name in ("json", "dot", "mermaid", "graphml"):
        assert Answer(capsys, "graph", "--format", name).status == 0, name


def test_init_asks_remotes_before_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(write_files(tmp_path, ROOT + WEB))
    git(tmp_path / "platform", "init", "-q", "-b", "main")
    url = "https://user:pass@fork.example.com/platform"
    git(tmp_path / "platform", "remote", "add", "origin", url)
    git(tmp_path / "platform", "add", ".")
    git(tmp_path / "platform", "commit", "-q", "-m", "one")
    assert Answer(capsys, "init", "platform").status == 0
    (repository,) = load_config(tmp_path / "graphdoc.yaml", {}).repositories
    assert repository.urls == ("https://fork.example.com/platform",)


def test_several_reports_come_from_one_run(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = ("--output", "sarif=out.sarif", "--output", "junit=out.xml")
    answer = Answer(capsys, "check", *outputs)
    assert answer.out.endswith("0 errors, 0 warnings, 0 info\n")
    assert answer.err == "0 findings in out.sarif\n0 findings in out.xml\n"
    assert json.loads((estate / "out.sarif").read_text("utf-8"))["version"] == "2.1.0"
    assert (estate / "out.xml").read_text("utf-8").startswith("<?xml")
    both = Answer(capsys, "check", "--format", "json", "--output", "out.json", *outputs)
    assert (both.out, len(both.err.splitlines())) == ("", 3)
    assert json.loads((estate / "out.json").read_text("utf-8"))["findings"] == []


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        (["sarfi=a"], "--output: 'sarfi' is none of text, json, sarif, junit, github, gitlab, "
         "markdown; did you mean 'sarif'?"),
        (["sarif="], "--output sarif=: no file"),
        (["sarif=a", "sarif=b"], "--output sarif=b: a second one"),
        (["a", "b"], "a second --output without a format; give one as FORMAT=FILE"),
    ],
)  # fmt: skip
def test_an_output_that_cannot_be_is_refused(
    outputs: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = Answer(capsys, "check", *(word for name in outputs for word in ("--output", name)))
    assert (answer.status, answer.out, answer.err) == (2, "", f"graphdoc: {message}\n")


def test_github_gets_a_summary_of_the_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(write_files(tmp_path, BROKEN))
    summary = tmp_path / "summary.md"
    summary.write_text("## Before\n", "utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    Answer(capsys, "check")
    assert summary.read_text("utf-8") == "## Before\n"
    Answer(capsys, "check", "--format", "github")
    assert summary.read_text("utf-8").startswith("## Before\n### 1 error, 1 warning, 0 info\n")


@pytest.mark.usefixtures("estate")
def test_a_dash_is_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("check", "graph"):
        assert Answer(capsys, name, "--output", "-").out == Answer(capsys, name).out != ""


def test_a_path_with_an_equals_sign_is_a_path(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert Answer(capsys, "check", "--output", "./a=b").out == ""
    assert (estate / "a=b").exists()

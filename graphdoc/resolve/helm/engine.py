"""The programs that render charts: Helm's own engine from the SDK, else ``helm`` on PATH.

Neither can run plugins, reach a cluster or read anything but the chart's files: these are written
to a directory of their own that goes away with the engine.
"""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from dataclasses import field
from itertools import chain, groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, Protocol

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped
from graphdoc.model.helm import Release
from graphdoc.model.limits import DEFAULT_LIMITS
from graphdoc.model.node import Plain
from graphdoc.model.programs import find_program, stop_program
from graphdoc.resolve.helm.bundle import ChartBundle, FindChart, bundle_chart
from graphdoc.resolve.helm.capabilities import BUILT_IN_KINDS
from graphdoc.resolve.helm.manifests import ManifestReader
from graphdoc.resolve.repositories.files import Files

__all__ = [
    "NO_ENGINE", "CliEngine", "HelmEngine", "HelmError", "RememberingEngine", "RenderedTemplate",
    "SdkEngine", "find_engine",
]  # fmt: skip

# What mends that there is none.
NO_ENGINE = "install graphdoc[helm], or helm on the PATH"

_MESSAGE_LIMIT = 400
_LONGEST_ERROR = 8_000
_SOURCE = re.compile(r"^---\n# Source: (.+)\n", re.MULTILINE)
_PATH = r"[^\s()\"':]+/templates/[^\s()\"':]+"
_PLACE = re.compile(rf"({_PATH})(?::(\d+))?")
# What the location says already: "parse error at (PLACE): " or 'PLACE executing "PATH" '.
_PREAMBLE = re.compile(rf'\w+ error at \({_PATH}:[\d:]+\): |{_PATH}:[\d:]+ executing "{_PATH}" ')
_SYNTAX = re.compile(rf"\s*parse error at \({_PATH}:")
_KEPT_ENVIRONMENT = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "PYTHONPATH", "HELM_C_LIB")


class HelmError(Exception):
    """Helm does not render a chart; ``template`` is empty where no template is to blame.

    ``is_syntax`` where it is none for any values.
    """

    def __init__(
        self, message: str, template: str = "", line: int = 0, *, is_syntax: bool = False
    ) -> None:
        super().__init__(message)
        self.message = message
        self.template = template
        self.line = line
        self.is_syntax = is_syntax


class RenderedTemplate(NamedTuple):
    """What one template became; the path starts with the chart's name, as Helm writes it."""

    path: str
    text: str


class HelmEngine(Protocol):
    """Something that renders charts as Helm does."""

    def render(
        self, chart: ChartBundle, release: Release, values: Plain
    ) -> tuple[RenderedTemplate, ...]:
        """The text of every template, custom resource definitions first.

        Raises:
            HelmError: Helm refuses the chart or the values.
        """


def find_engine(seconds: float = DEFAULT_LIMITS.helm_seconds) -> "RememberingEngine | None":
    """The best engine that is installed; ``None`` where neither the SDK nor ``helm`` is.

    Args:
        seconds: how long it may take for one chart.
    """
    if importlib.util.find_spec("helm_python") is not None:
        return RememberingEngine(SdkEngine(timeout=seconds))
    program = find_program("helm")
    return RememberingEngine(CliEngine(program, seconds)) if program else None


@dataclass(frozen=True, slots=True)
class RememberingEngine:
    """An engine that reads a chart once, and renders it once with the same values."""

    engine: HelmEngine
    reader: ManifestReader = field(default_factory=ManifestReader)
    _bundles: dict[tuple[int, str], tuple[Clone, ChartBundle]] = field(default_factory=dict)
    _known: dict[str, tuple[RenderedTemplate, ...] | HelmError] = field(default_factory=dict)

    def bundle(
        self, files: Files, clone: Clone, path: str, find_chart: FindChart | None = None
    ) -> ChartBundle:
        """A chart of a clone with all that it needs."""
        key = (id(clone), path)
        if key not in self._bundles:  # the clone is kept as well, or its id could be reused
            self._bundles[key] = (clone, bundle_chart(files, clone, path, find_chart))
        return self._bundles[key][1]

    def render(
        self, chart: ChartBundle, release: Release, values: Plain
    ) -> tuple[RenderedTemplate, ...]:
        """The text of every template, custom resource definitions first."""
        key = hashlib.sha256(f"{chart.digest}{release}{json.dumps(values)}".encode()).hexdigest()
        if key not in self._known:
            try:
                self._known[key] = self.engine.render(chart, release, values)
            except HelmError as error:
                self._known[key] = error
        known = self._known[key]
        if isinstance(known, HelmError):
            raise HelmError(known.message, known.template, known.line, is_syntax=known.is_syntax)
        return known

    def rest(self) -> None:
        """End what runs for it; the next chart starts it again."""
        if isinstance(self.engine, SdkEngine):
            self.engine.rest()


class SdkEngine:
    """Helm's SDK, in a worker that starts with the first render and ends with this object."""

    def __init__(self, *, timeout: float = DEFAULT_LIMITS.helm_seconds) -> None:
        self._timeout = timeout
        self._worker: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._charts = TemporaryDirectory(prefix="graphdoc-")
        self._stuck: set[str] = set()
        weakref.finalize(self, self._charts.cleanup)

    def render(
        self, chart: ChartBundle, release: Release, values: Plain
    ) -> tuple[RenderedTemplate, ...]:
        """The text of every template, custom resource definitions first."""
        with self._lock:
            request = {
                "chart": str(self._directory(chart, release)), "values": values,
                "options": _options(release), "crds": release.include_crds,
            }  # fmt: skip
            answer = self._ask(chart, json.dumps(request))
        if "error" in answer:
            raise _helm_error(str(answer["error"]))
        # "helm template" ends every manifest with a line break, which a block of text can see.
        return _sorted(RenderedTemplate(path, f"{text}\n") for path, text in answer["templates"])

    def rest(self) -> None:
        """End the worker; the next chart starts another."""
        if self._worker is not None:
            stop_program(self._worker)
            self._worker = None

    def _directory(self, chart: ChartBundle, release: Release) -> Path:
        """Where the files of the chart lie, written when it is first asked for."""
        name = f"{chart.digest[:32]}-{int(release.skip_schema_validation)}"
        directory = Path(self._charts.name) / name
        if directory.exists():
            return directory
        try:
            _write_chart(directory, chart, release)
        except HelmError:
            shutil.rmtree(directory, ignore_errors=True)
            raise
        return directory

    def _ask(self, chart: ChartBundle, request: str) -> dict[str, list[tuple[str, str]]]:
        """One request to the worker; a chart that it did not survive is not tried again."""
        problem = f"Helm crashed or took longer than {self._timeout:g} s"
        if chart.digest in self._stuck:
            raise HelmError(problem)
        worker = self._running_worker()
        alarm = threading.Timer(self._timeout, worker.kill)
        alarm.start()
        try:
            answer = _converse(worker, request)
        finally:
            alarm.cancel()
        if not answer:
            self.rest()
            self._stuck.add(chart.digest)
            raise HelmError(problem)
        parsed: dict[str, list[tuple[str, str]]] = json.loads(answer)
        return parsed

    def _running_worker(self) -> "subprocess.Popen[str]":
        if self._worker is None:
            self._worker = _start_worker()
            weakref.finalize(self, stop_program, self._worker)
        return self._worker


def _start_worker() -> "subprocess.Popen[str]":
    script = Path(__file__).with_name("worker.py")
    return subprocess.Popen(
        [sys.executable, "-P", "-B", str(script)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env=_environment(os.devnull), encoding="utf-8",
    )  # fmt: skip


def _converse(worker: "subprocess.Popen[str]", request: str) -> str:
    if worker.stdin is None or worker.stdout is None:
        return ""
    try:
        worker.stdin.write(request + "\n")
        worker.stdin.flush()
        return worker.stdout.readline()
    except OSError:  # the worker is gone
        return ""


@dataclass(frozen=True, slots=True)
class CliEngine:
    """The ``helm`` program."""

    program: str
    timeout: float = DEFAULT_LIMITS.helm_seconds

    def render(
        self, chart: ChartBundle, release: Release, values: Plain
    ) -> tuple[RenderedTemplate, ...]:
        """The text of every template, custom resource definitions first."""
        with TemporaryDirectory(prefix="graphdoc-") as scratch:
            home = Path(scratch)
            _write_chart(home / "chart", chart, release)
            (home / "values.json").write_text(json.dumps(values), encoding="utf-8")
            done = self._run(home / "chart", home, release)
        if done.returncode:
            raise _helm_error(done.stderr.partition("\n\nUse --debug")[0].removeprefix("Error: "))
        return _sorted(_split_manifests(done.stdout))

    def _run(
        self, directory: Path, home: Path, release: Release
    ) -> "subprocess.CompletedProcess[str]":
        versions = ["--kube-version", release.kube_version] if release.kube_version else []
        command = [
            self.program, "template", str(directory), f"--namespace={release.namespace}",
            f"--name-template={release.name}", f"--values={home / 'values.json'}", *versions,
            *(f"--api-versions={version}" for version in _api_versions(release)),
            *(["--include-crds"] if release.include_crds else []),
        ]  # fmt: skip
        try:
            return subprocess.run(
                command, capture_output=True, check=False, env=_environment(str(home)),
                encoding="utf-8", errors="replace", stdin=subprocess.DEVNULL, timeout=self.timeout,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise HelmError(f"Helm took longer than {self.timeout:g} s") from error


def _split_manifests(text: str) -> Iterator[RenderedTemplate]:
    """What ``helm template`` prints, cut at the comments that name each template."""
    parts = _SOURCE.split(text)
    bodies = grouped(
        (path.strip(), body) for path, body in zip(parts[1::2], parts[2::2], strict=True)
    )
    for path, documents in bodies.items():
        yield RenderedTemplate(path, "---\n".join(documents))


def _sorted(templates: Iterator[RenderedTemplate]) -> tuple[RenderedTemplate, ...]:
    """Definitions first, then by path; the order within one template stays.

    Helm names definitions as the system does; it is given no file whose name has a backslash.
    """
    named = (RenderedTemplate(one.path.replace("\\", "/"), one.text) for one in templates)
    return tuple(sorted(named, key=lambda one: ("/crds/" not in one.path, one.path)))


def _write_chart(directory: Path, chart: ChartBundle, release: Release) -> None:
    for name, data in chart.files.items():
        if release.skip_schema_validation and name.endswith("values.schema.json"):
            continue
        place = directory / name
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("xb") as file:  # a name that differs by case only is no other file
                file.write(data)
        except (OSError, ValueError) as error:  # no room, or a name that no system has or not this
            reason = error.strerror if isinstance(error, OSError) else "no file has such a name"
            raise HelmError(f"{name} cannot be handed to Helm: {reason}") from error


def _options(release: Release) -> dict[str, str | list[str]]:
    options: dict[str, str | list[str]] = {
        "name": release.name, "namespace": release.namespace,
        "api_versions": list(_api_versions(release)),
    }  # fmt: skip
    return options | ({"kube_version": release.kube_version} if release.kube_version else {})


def _api_versions(release: Release) -> tuple[str, ...]:
    """Argo CD tells Helm every kind of the cluster; without one, at least the built-in ones."""
    return (*BUILT_IN_KINDS, *release.api_versions)


def _environment(home: str) -> dict[str, str]:
    """No setting of the caller's reaches Helm: no plugins, repositories, credentials, cluster."""
    kept = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    helm = ("HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME", "HELM_PLUGINS", "HOME")
    return {**kept, **dict.fromkeys(helm, home), "KUBECONFIG": os.devnull}


def _helm_error(text: str) -> HelmError:
    """Helm's message on one line, and the innermost template of the chart that it blames.

    A chart can make it as long as it likes; the end says most.
    """
    text = _in_order(text)[-_LONGEST_ERROR:]
    places = _PLACE.findall(text)
    precise = [place for place in places if place[1]]
    path, line = (precise or places or [("", "")])[-1]
    innermost = _PREAMBLE.sub("", " ".join(text.split())).rpartition("error calling include: ")[2]
    is_syntax = _SYNTAX.match(text) is not None
    return HelmError(innermost[:_MESSAGE_LIMIT], path, int(line or 0), is_syntax=is_syntax)


def _in_order(text: str) -> str:
    """What values do against a chart's schema, sorted: Helm tells it in any order."""
    lines = groupby(text.split("\n"), lambda line: line.lstrip(" ").startswith("- at "))
    parts = (sorted(group, key=str.strip) if is_told else group for is_told, group in lines)
    return "\n".join(chain.from_iterable(parts))

"""The dialect of Go templates, evaluated by Helm's engine where a template needs one.

All templates of a set and all its parameters go into one chart, so that the engine renders once:
each template is a file of its own, called with each parameter set. Why so is told in
docs_src/decisions/0006-go-templates-through-helm.md.
"""

import json
import re
from collections.abc import Iterable, Sequence

from graphdoc.model.dataclass import dataclass
from graphdoc.model.helm import Release
from graphdoc.model.node import Mapping, Plain, Scalar, to_plain
from graphdoc.resolve.applicationset.actions import LIBRARY, identifiers, missing_field, rewrite
from graphdoc.resolve.applicationset.dialect import Fault, Filled
from graphdoc.resolve.applicationset.fields import Field, evaluate, find_field, parse_template
from graphdoc.resolve.helm import ChartBundle, HelmEngine, HelmError, bundle_chart
from graphdoc.resolve.helm.chart_cache import ChartTree
from graphdoc.resolve.repositories.files import Files

__all__ = ["GoDialect"]

_CHART = "graphdoc"
_RELEASE = Release(name="graphdoc", namespace="default")
_TEMPLATE_PLACE = re.compile(r"/_(\d+)\.tpl$")
_NO_ENGINE = Fault(
    "a Go template with functions needs a Helm engine: install graphdoc[helm]", undecided=True
)
_TOO_LARGE = Fault("the template is too large", undecided=True)
_BY_CHANCE = Fault("the template depends on time or chance", undecided=True)
# Functions of Helm that Argo CD does not have, and those that no two runs agree on.
_FOREIGN = frozenset({
    "env", "expandenv", "fromJsonArray", "fromToml", "getHostByName", "include", "lookup",
    "mustToToml", "mustToYaml", "required", "toToml", "toYamlPretty", "tpl",
})  # fmt: skip
_CHANCE = frozenset({
    "ago", "bcrypt", "encryptAES", "genCA", "genCAWithKey", "genPrivateKey", "genSelfSignedCert",
    "genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey", "htpasswd", "now",
    "randAlpha", "randAlphaNum", "randAscii", "randBytes", "randInt", "randNumeric", "shuffle",
    "uuidv4",
})  # fmt: skip
# Where Argo CD goes on: without a value, or in a map of texts that the test for a field refuses.
_OTHERWISE = (
    "error calling mustFromJson",
    "wrong type for value; expected map[string]interface {}; got map[string]string",
)


@dataclass(frozen=True, slots=True)
class GoDialect:
    """Evaluates Go templates; ``strict`` makes a missing parameter an error."""

    engine: HelmEngine | None
    strict: bool
    is_go = True

    def fill(self, texts: Sequence[str], parameters: Sequence[Mapping]) -> list[Filled]:
        """Every text with every parameter set."""
        filled: list[Filled] = [{} for _ in parameters]
        complex_: dict[str, list[int]] = {}
        for text in texts:
            template = parse_template(text)
            for index, one in enumerate(parameters):
                result = None if template is None else evaluate(template, one, strict=self.strict)
                if result is None:
                    complex_.setdefault(text, []).append(index)
                else:
                    filled[index][text] = result
        self._fill_complex(complex_, parameters, filled)
        return filled

    def fill_leniently(self, texts: Sequence[str], parameters: Sequence[Mapping]) -> list[Filled]:
        """The same, but a text that names an unknown parameter stays as it is."""
        filled = GoDialect(self.engine, strict=True).fill(texts, parameters)
        return [
            {text: text if isinstance(r, Fault) and r.missing else r for text, r in one.items()}
            for one in filled
        ]

    def parameter(self, text: str, parameters: Mapping) -> Scalar | None:
        """The parameter that is the whole text, unchanged."""
        template = parse_template(text)
        if template is None or len(template) != 1 or not isinstance(template[0], Field):
            return None
        node = None if template[0].functions else find_field(template[0], parameters)
        return node if isinstance(node, Scalar) else None

    def _fill_complex(
        self, wanted: dict[str, list[int]], parameters: Sequence[Mapping], filled: list[Filled]
    ) -> None:
        """What the engine must evaluate; a text that only some sets need goes with all of them."""
        batch: dict[str, str] = {}
        for text, indexes in wanted.items():
            prepared = self._prepare(text)
            if isinstance(prepared, Fault):
                for index in indexes:
                    filled[index][text] = prepared
            else:
                batch[text] = prepared
        if not batch or self.engine is None:
            return
        needed = sorted({index for text in batch for index in wanted[text]})
        rows = [json.dumps(to_plain(parameters[index])) for index in needed]
        answers = _Batch(self.engine, rows).evaluate(tuple(batch.values()), range(len(rows)))
        for index, answer in zip(needed, answers, strict=True):
            filled[index] |= {
                text: answer[prepared] for text, prepared in batch.items() if index in wanted[text]
            }

    def _prepare(self, text: str) -> str | Fault:
        names = identifiers(text)
        foreign = sorted(names & _FOREIGN)
        if foreign:
            return Fault(f'function "{foreign[0]}" not defined', unsound=True)
        if self.engine is None:
            return _NO_ENGINE
        if names & _CHANCE:
            return _BY_CHANCE
        prepared = rewrite(text, strict=self.strict)
        return _TOO_LARGE if prepared is None else prepared


@dataclass(frozen=True, slots=True)
class _Batch:
    """Prepared templates with parameter sets in JSON; one render where all goes well."""

    engine: HelmEngine
    rows: list[str]

    def evaluate(self, texts: tuple[str, ...], rows: Sequence[int]) -> list[Filled]:
        """Every text with every row; what fails is found by rendering ever smaller parts."""
        try:
            return self._render(texts, rows)
        except HelmError as error:
            return self._divide(texts, rows, error)

    def _divide(
        self, texts: tuple[str, ...], rows: Sequence[int], error: HelmError
    ) -> list[Filled]:
        culprit = _culprit(texts, error)
        if culprit is None:  # a crash: trying again would crash again
            fault = Fault(error.message, undecided=True)
            return [dict.fromkeys(texts, fault) for _ in rows]
        if len(texts) > 1:
            rest = tuple(text for text in texts if text != culprit)
            parts = zip(self.evaluate(rest, rows), self.evaluate((culprit,), rows), strict=True)
            return [others | own for others, own in parts]
        if not self._is_sound(texts[0]):
            return [dict.fromkeys(texts, _fault(error)._replace(unsound=True)) for _ in rows]
        if len(rows) > 1:
            middle = len(rows) // 2
            return [*self.evaluate(texts, rows[:middle]), *self.evaluate(texts, rows[middle:])]
        return [dict.fromkeys(texts, _fault(error))]

    def _is_sound(self, text: str) -> bool:
        """Whether a template can be parsed, so that its failure is one of some parameters."""
        try:
            self._render((text,), ())
        except HelmError:
            return False
        return True

    def _render(self, texts: tuple[str, ...], rows: Sequence[int]) -> list[Filled]:
        values: Plain = {"rows": [self.rows[index] for index in rows]}
        (rendered,) = self.engine.render(_chart(texts), _RELEASE, values)
        lists = json.loads(rendered.text)["values"]
        return [dict(zip(texts, results, strict=True)) for results in lists]


def _culprit(texts: tuple[str, ...], error: HelmError) -> str | None:
    """The text that failed; Helm does not place what the function ``fail`` says."""
    place = _TEMPLATE_PLACE.search(error.template)
    if place is not None:
        return texts[int(place[1])]
    return next((text for text in texts if "fail" in identifiers(text)), None)


def _fault(error: HelmError) -> Fault:
    missing = missing_field(error.message)
    if missing is not None:
        return Fault(f'map has no entry for key "{missing}"', missing=True)
    # What stands before is the rewritten template, which nobody has written.
    reason = error.message.rpartition(">: ")[2]
    if reason.startswith("error calling dig: interface conversion"):
        reason = "can't evaluate a field of what is no map"
    return Fault(reason, undecided=any(map(reason.startswith, _OTHERWISE)))


def _chart(texts: Iterable[str]) -> ChartBundle:
    """A chart whose only manifest lists what each template makes of each row of its values."""
    files = {f"templates/_{index}.tpl": text.encode() for index, text in enumerate(texts)}
    calls = ",".join(f'{{{{ include "{_CHART}/{name}" $parameters | toJson }}}}' for name in files)
    manifest = (
        '{"apiVersion":"v1","kind":"List","values":[{{ range $index, $row := .Values.rows }}'
        f"{{{{ if $index }}}},{{{{ end }}}}{{{{ $parameters := fromJson $row }}}}[{calls}]"
        "{{ end }}]}"
    )
    files |= {
        "Chart.yaml": json.dumps({"apiVersion": "v2", "name": _CHART, "version": "0.0.0"}).encode(),
        "templates/_library.tpl": LIBRARY.encode(),
        "templates/results.yaml": manifest.encode(),
    }
    return bundle_chart(Files(), ChartTree(_CHART, files), "")

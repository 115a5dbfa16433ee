"""The section ``contracts``: edges that a team forbids or requires, each with its reason."""

from graphdoc.config.decode import Entry, refuse_twins
from graphdoc.model.contract import Contract, ContractKind, Reach, Selector
from graphdoc.model.edge import EdgeKind
from graphdoc.model.finding import Severity
from graphdoc.model.node import Scalar

__all__ = ["read_contracts"]

_REQUIRED = ("name", "reason", "kind", "from", "to")
_OPTIONAL = ("severity", "edge", "reach")


def read_contracts(entry: Entry) -> tuple[Contract, ...]:
    """Every contract; each has a name of its own.

    Raises:
        ConfigError: a key is missing or unknown, or a name stands twice.
    """
    items = entry.items()
    contracts = tuple(_contract(item) for item in items)
    refuse_twins(zip(items, (one.name for one in contracts), strict=True), "contract")
    return contracts


def _contract(item: Entry) -> Contract:
    table = item.table(*_REQUIRED, *_OPTIONAL)
    for key in _REQUIRED:
        if key not in table or not table[key].text().strip():
            item.fail(f"{item.name}: the key '{key}' is missing")
    return Contract(
        name=table["name"].text().strip(),
        reason=table["reason"].text().strip(),
        severity=table["severity"].choice(Severity) if "severity" in table else Severity.ERROR,
        kind=table["kind"].choice(ContractKind),
        origin=_selector(table["from"]),
        target=_selector(table["to"]),
        edges=_edges(table.get("edge")),
        reach=table["reach"].choice(Reach) if "reach" in table else Reach.DIRECT,
        span=table["name"].node.span,
    )


def _selector(entry: Entry) -> Selector:
    return Selector(entry.text(), entry.node.span)


def _edges(entry: Entry | None) -> frozenset[EdgeKind]:
    if entry is None:
        return frozenset()
    items = (entry,) if isinstance(entry.node, Scalar) else entry.items()
    return frozenset(item.choice(EdgeKind) for item in items)

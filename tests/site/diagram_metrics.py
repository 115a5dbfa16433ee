"""Reads the glyph advances from the shipped fonts; run it to write ``metrics.json`` anew."""

import json
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it ships no types

SITE = Path(__file__).parents[2] / "graphdoc" / "site"
WEIGHTS = ("400", "600")


def font_metrics() -> dict[str, dict[str, str]]:
    """The characters of both subsets, by weight and by advance in font units."""
    return {weight: _advances(weight) for weight in WEIGHTS}


def _advances(weight: str) -> dict[str, str]:
    found: dict[int, set[str]] = {}
    for subset in ("latin", "latin-ext"):
        font = TTFont(SITE / "assets" / "fonts" / f"inter-{subset}-{weight}-normal.woff2")
        for code, glyph in font.getBestCmap().items():
            if chr(code).isprintable():
                found.setdefault(font["hmtx"][glyph][0], set()).add(chr(code))
    return {str(advance): "".join(sorted(found[advance])) for advance in sorted(found)}


if __name__ == "__main__":
    text = json.dumps(font_metrics(), ensure_ascii=False, separators=(",", ":"))
    (SITE / "diagrams" / "metrics.json").write_text(text + "\n", encoding="utf-8")

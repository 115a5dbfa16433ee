import json

import pytest

from graphdoc.site.diagrams.metrics import ellipsis, text_width
from tests.site.diagram_metrics import SITE, font_metrics


def test_the_table_of_advances_is_what_the_shipped_fonts_say() -> None:
    shipped = (SITE / "diagrams" / "metrics.json").read_text(encoding="utf-8")
    assert json.loads(shipped) == font_metrics()


def test_the_table_stays_small() -> None:
    assert (SITE / "diagrams" / "metrics.json").stat().st_size <= 15 * 1024


def test_width_is_the_sum_of_advances_times_the_size() -> None:
    table = font_metrics()["600"]
    advances = {char: int(advance) for advance, chars in table.items() for char in chars}
    assert text_width("Añ w", 13, 600) == pytest.approx(
        sum(advances[c] for c in "Añ w") / 2048 * 13
    )


def test_characters_outside_the_fonts_take_room_too() -> None:
    assert [text_width(text, 10) for text in ("漢", "\u0935", "\u20d0")] == [10.0, 6.2, 0.0]


def test_a_text_that_fits_stays_whole() -> None:
    assert ellipsis("traefik", text_width("traefik", 13), 13) == "traefik"


def test_a_path_keeps_its_end_where_that_fits() -> None:
    path, short = "infra/values/prod/web-values.yaml", "…/prod/web-values.yaml"
    assert ellipsis(path, text_width(short, 12), 12) == short
    assert not ellipsis(path, text_width(short, 12) - 1, 12).startswith("…/")


@pytest.mark.parametrize("width", [0, 10, 40, 80, 150])
def test_a_long_text_loses_its_middle(width: int) -> None:
    path = "infra/values/some-cluster/certificates-values.yaml"
    short = ellipsis(path, width, 12)
    head, dots, tail = short.partition("…")
    assert dots == "…"
    assert path.startswith(head)
    assert path.endswith(tail)
    assert short == "…" or text_width(short, 12) <= width

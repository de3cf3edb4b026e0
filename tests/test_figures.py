"""What the figures show: every picture or a fair choice, each in its colour, and names that stay names."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ganstudio.analysis import figures
from ganstudio.analysis.colour import statistics
from ganstudio.analysis.figures import ALL, Collection, hues_html, hues_png, main_hue, scatter_html, scatter_png
from ganstudio.data.pokedex import Entry

RED, BLUE, GREY = (200, 40, 40), (30, 60, 220), (90, 90, 90)


def entry(colour: tuple[int, int, int], *types: str, name: str = "a") -> Entry:
    return Entry(name, (name, name), types, statistics(Image.new("RGB", (2, 2), colour)))


def collected(*entries: Entry, most: int = 100) -> Collection:
    collection = Collection(most)
    for each in entries:
        collection.add(each)
    return collection


def traces(page: str) -> list[dict[str, Any]]:
    """The traces of a page, as its script hands them to plotly."""
    start = re.search(r'Plotly\.newPlot\(\s*"[^"]+",\s*', page)
    assert start is not None
    return json.JSONDecoder().raw_decode(page, start.end())[0]


def test_groups_count_each_picture_alike_and_under_both_its_types() -> None:
    red = entry(RED, "fire", "flying")
    red = red._replace(statistics=replace(red.statistics, pixels=10**6))  # its size does not matter
    found = collected(red, entry(BLUE, "water"), entry(GREY)).shown()
    assert {key: group.count for key, group in found.items()} == {ALL: 3, "fire": 1, "water": 1, "flying": 1}
    assert next(iter(found)) == ALL
    hue, saturation, value = found[ALL].histograms
    assert hue[0] == hue[23] == 0.5  # grey has no hue, and takes none from the others
    assert (
        saturation.sum() == pytest.approx(1)
        and value.sum() == pytest.approx(1)
        and saturation[0] == pytest.approx(1 / 3)
    )


def test_the_choice_is_fair_and_the_same_every_time() -> None:
    entries = [entry((k + 1, 5, 5), name=str(k)) for k in range(250)]
    chosen, again = (collected(*entries, most=50) for _ in range(2))
    assert chosen.points == again.points and len(chosen.points) == len(set(chosen.points)) == 50
    assert chosen.count == 250
    late = sum(int(point.names[0]) >= 125 for point in chosen.points)
    assert 10 < late < 40
    assert "50 of 250" in scatter_html(chosen) and "50 of 250" not in hues_html(collected(*entries))


@pytest.mark.parametrize(("bin_", "angle"), [(0, 5), (12, 125), (35, 355)])
def test_the_main_hue(bin_: int, angle: float) -> None:
    hue = np.zeros(36)
    hue[bin_] = 1
    assert main_hue(hue) == pytest.approx(angle)
    assert main_hue(np.zeros(36)) is None and main_hue(np.ones(36)) is None


def test_the_cloud_as_a_page() -> None:
    page = scatter_html(collected(entry(RED, "fire", "flying", name="Gr & <b>x"), entry(BLUE)))
    points, cube = traces(page)
    assert (points["x"], points["y"], points["z"]) == ([200, 30], [40, 60], [40, 220])
    assert points["marker"]["color"] == ["#C82828", "#1E3CDC"]
    assert points["text"] == ["<b>Gr &amp; &lt;b&gt;x</b><br>Fire / Flying<br>#C82828", "<b>a</b><br>#1E3CDC"]
    assert cube["hoverinfo"] == "skip" and {0, 255} <= set(cube["x"])
    assert "ほのお / ひこう" in traces(scatter_html(collected(entry(RED, "fire", "flying")), "ja"))[0]["text"][0]


@pytest.mark.parametrize("draw", [scatter_html, hues_html])
def test_pages_need_no_network_and_run_nothing_from_names(draw: Any) -> None:
    page = draw(collected(entry(RED, "fire", name="</script><script>alert(1)</script>"), entry(BLUE, name="\ud800")))
    assert page.encode("utf-8") and "<script>alert" not in page
    assert re.findall(r'<script[^>]+src="([^"]+)"', page) == ["plotly.min.js"]
    assert not re.search(r'(src|href)="?(https?:)?//', page)


def test_the_script_is_plotly() -> None:
    assert "plotly.js v" in figures.script()[:200] and "newPlot" in figures.script()


def test_the_wheel_as_a_page_shows_one_group_at_a_time() -> None:
    page = hues_html(collected(entry(RED, "fire"), entry(BLUE, "water")))
    found = traces(page)
    assert len(found) == 3 * 4 and [each["visible"] for each in found] == [True] * 4 + [False] * 8
    fire = found[5]
    assert fire["r"][0] == 1 and sum(fire["r"]) == 1 and fire["theta"][:2] == [5, 15]
    assert re.search(r"Fire \(1\)", page) and "Saturation" in page
    alone = hues_html(collected(entry(RED)))
    assert "updatemenus" not in alone and len(traces(alone)) == 4


def opened(png: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(png)) as image:
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB"))


def test_the_cloud_as_a_png_has_points_in_their_colour() -> None:
    pixels = opened(scatter_png(collected(entry((150, 100, 60)), entry((60, 140, 120)))))
    for colour in ((150, 100, 60), (60, 140, 120)):
        assert 50 < (np.abs(pixels.astype(int) - colour).max(axis=2) <= 1).sum() < 2000
    assert not (np.abs(pixels.astype(int) - (60, 60, 140)).max(axis=2) <= 1).any()


def test_the_wheel_as_a_png_grows_with_the_types() -> None:
    alone = opened(hues_png(collected(entry(RED))))
    typed = opened(hues_png(collected(entry(RED, "fire"), entry(GREY, "rock")), "ja"))  # with or without its fonts
    assert typed.shape[0] > alone.shape[0] and typed.shape[1] == alone.shape[1] > 1000
    assert (np.abs(alone.astype(int) - (228, 50, 37)).max(axis=2) <= 6).sum() > 2000  # the one bar


@pytest.mark.parametrize("draw", [scatter_html, hues_html, hues_png])
def test_grey_pictures_alone_can_be_drawn(draw: Any) -> None:
    assert draw(collected(entry(GREY)))


def test_drawing_leaves_matplotlib_as_it_was() -> None:
    import matplotlib

    before = matplotlib.rcParams["text.color"]
    scatter_png(collected(entry(RED)))
    assert matplotlib.rcParams["text.color"] == before

"""Statistics of pictures' colours against what one counts by hand, and distances against their formulas."""

from __future__ import annotations

import colorsys
import io
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganstudio import images
from ganstudio.analysis import colour
from ganstudio.analysis.colour import ColourStatistics, floor, frechet, of_files, of_picture, statistics, without_paper
from ganstudio.typenames import TYPES
from ganstudio.words import Refused


def picture(*pixels: tuple[int, ...]) -> Image.Image:
    """One row of pixels, RGB or RGBA."""
    return Image.fromarray(np.array([pixels], np.uint8))


def test_pure_white_pure_black_and_transparent_pixels_do_not_count() -> None:
    found = statistics(picture((255, 255, 255), (0, 0, 0), (10, 20, 30), (30, 40, 90), (254, 255, 255), (1, 0, 0)))
    assert found.pixels == 4
    assert found.mean == pytest.approx((295 / 4, 315 / 4, 375 / 4))
    assert found.spread == pytest.approx(np.std([(10, 20, 30), (30, 40, 90), (254, 255, 255), (1, 0, 0)], axis=0))
    seen = statistics(picture((200, 0, 0, 0), (0, 200, 0, 1), (0, 100, 0, 255), (255, 255, 255, 9), (0, 0, 0, 255)))
    assert seen.pixels == 2 and seen.mean == (0, 150, 0)


def test_histograms_are_those_of_the_hexcone_model() -> None:
    pixels = np.random.default_rng(0).integers(1, 255, (40, 50, 3), np.uint8)
    found = statistics(Image.fromarray(pixels))
    hsv = np.array([colorsys.rgb_to_hsv(*(level / 255 for level in pixel)) for pixel in pixels.reshape(-1, 3)])
    expected = [
        np.bincount(np.minimum(values * bins + 1e-6, bins - 1).astype(int), minlength=bins)
        for values, bins in ((hsv[hsv[:, 1] > 0, 0], 36), (hsv[:, 1], 16), (hsv[:, 2], 16))
    ]
    for shares, counts in zip((found.hue, found.saturation, found.value), expected, strict=True):
        assert sum(shares) == pytest.approx(1)
        assert shares == pytest.approx(tuple(counts / counts.sum()), abs=1e-6)


@pytest.mark.parametrize(("rgb", "bin_"), [((255, 0, 0), 0), ((255, 255, 0), 6), ((0, 255, 0), 12), ((0, 0, 255), 24)])
def test_the_strongest_colours_fall_into_the_last_bins(rgb: tuple[int, int, int], bin_: int) -> None:
    found = statistics(picture(rgb))
    assert found.pixels == 1 and found.spread == (0, 0, 0)
    assert (found.hue.index(1), found.saturation.index(1), found.value.index(1)) == (bin_, 15, 15)


@pytest.mark.parametrize("level", [1, 128, 254])
def test_grey_has_no_hue(level: int) -> None:
    found = statistics(Image.new("L", (3, 3), level))
    assert found.hue == (0,) * 36 and found.saturation[0] == 1 and sum(found.value) == 1
    assert found.mean == (level,) * 3


@pytest.mark.parametrize(
    "nothing",
    [
        Image.new("RGB", (1, 1), "white"),
        Image.new("RGB", (1, 1), "black"),
        Image.new("RGBA", (5, 5), (9, 9, 9, 0)),
        picture((255, 255, 255), (0, 0, 0)),
    ],
)
def test_nothing_left_to_count(nothing: Image.Image) -> None:
    with pytest.raises(Refused) as refusal:
        statistics(nothing)
    assert refusal.value.key == "colour.none_left"


def test_a_large_picture_is_counted_some_rows_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (500, 400, 4), dtype=np.uint8)
    picture = Image.fromarray(pixels)
    whole = statistics(picture)
    monkeypatch.setattr(colour, "BAND", 7 * 400)
    tracemalloc.start()
    assert statistics(picture) == whole
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * 500 * 400  # as floats it would be 24 bytes a pixel, twice


# --- paper ------------------------------------------------------------------------------------------------


def on_paper(paper: int) -> Image.Image:
    """A red square with a pale window on a sheet that is white here and nearly white there."""
    sheet = Image.new("RGB", (40, 40), "white")
    sheet.paste((paper,) * 3, (0, 0, 40, 12))
    sheet.paste((200, 20, 20), (10, 10, 30, 30))
    sheet.paste((245, 245, 250), (15, 15, 20, 20))
    return sheet


def test_nearly_white_paper_does_not_count_but_pale_parts_of_the_picture_do() -> None:
    found = statistics(without_paper(on_paper(247)))
    assert found.pixels == 400
    assert found == statistics(without_paper(on_paper(255)))
    assert statistics(on_paper(247)).pixels == 400 + 12 * 40 - 2 * 20  # taken by itself, all of it is a colour


def test_lossy_compression_hardly_moves_the_mean() -> None:
    sheet = on_paper(255).resize((320, 320))
    lossy = io.BytesIO()
    sheet.save(lossy, "WEBP", quality=30)
    clean, kept = np.array(statistics(without_paper(sheet)).mean), np.array(of_picture(lossy.getvalue()).mean)
    counted = np.array(statistics(images.decode(lossy.getvalue())).mean)  # with its paper
    assert np.abs(kept - clean).max() < np.abs(counted - clean).max() / 3


def test_what_is_not_on_paper_stays_as_it_is() -> None:
    photo = Image.fromarray(np.random.default_rng(0).integers(0, 256, (30, 30, 3), np.uint8))
    cut_out = on_paper(250)
    cut_out.putalpha(200)
    for image in (photo, cut_out, Image.new("RGB", (9, 9), (250, 250, 250)), Image.new("RGB", (1, 1), "white")):
        assert without_paper(image) is image


# --- many files -------------------------------------------------------------------------------------------


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def test_files_come_in_order_with_the_bad_ones_in_their_place(tmp_path: Path) -> None:
    paths = [tmp_path / f"{k}.png" for k in range(40)]
    for k, path in enumerate(paths):
        path.write_bytes(b"broken" if k % 7 == 3 else _png(Image.new("RGB", (8, 8), (k + 1, 2, 3))))
    found = list(of_files(iter(paths)))
    assert [path for path, _ in found] == paths
    for k, (_, each) in enumerate(found):
        if k % 7 == 3:
            assert isinstance(each, Refused) and each.key == "image.unknown"
        else:
            assert isinstance(each, ColourStatistics) and each.mean == (k + 1, 2, 3)
    assert list(of_files([])) == []


def test_files_are_taken_only_a_few_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred thousand must not lie in memory, neither as names nor as results."""
    monkeypatch.setattr(colour, "of_picture", lambda _: Refused("image.empty"))
    taken = 0

    def paths() -> Iterator[Path]:
        nonlocal taken
        for taken in range(1, 100_001):  # noqa: B007 - counted
            yield tmp_path

    results = of_files(paths(), workers=2)
    for k in range(1, 500):
        next(results)
        assert taken - k <= 2 * colour.AHEAD
    results.close()  # type: ignore[attr-defined]
    assert taken < 600


# --- distances --------------------------------------------------------------------------------------------


def test_frechet_of_clouds_along_the_axes() -> None:
    """With diagonal covariances it is the sum of squared differences of means and of standard deviations."""
    corners = np.array(np.meshgrid([-1, 1], [-1, 1], [-1, 1])).reshape(3, -1).T
    a, b = corners * (3.0, 4.0, 5.0) + 100, corners * (1.0, 4.0, 9.0) + (110, 100, 90)
    unbiased = 8 / 7  # covariances divide by n - 1
    assert frechet(a, b) == pytest.approx(200 + unbiased * (4 + 0 + 16))
    assert frechet(b, a) == pytest.approx(frechet(a, b))
    assert frechet(a, a) == pytest.approx(0, abs=1e-6)


def test_frechet_against_the_matrix_root_itself() -> None:
    rng = np.random.default_rng(1)
    a, b = (rng.normal(size=(200, 3)) @ rng.normal(size=(3, 3)) * 20 + rng.normal(size=3) for _ in range(2))
    c_a, c_b = np.cov(a.T), np.cov(b.T)
    values = np.linalg.eigvals(c_a @ c_b)
    expected = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(c_a + c_b) - 2 * np.sqrt(values).real.sum()
    assert frechet(a, b) == pytest.approx(expected)


def test_frechet_with_few_points() -> None:
    one, other = [[10.0, 10, 10]], [[13.0, 14, 10]]
    assert frechet(one, other) == 25
    assert frechet(one, [[10, 10, 9], [10, 10, 11]]) == pytest.approx(2)
    assert np.isfinite(frechet(np.full((5, 3), 7.0), np.arange(6.0).reshape(2, 3)))
    with pytest.raises(ValueError, match="point"):
        frechet(np.empty((0, 3)), one)


def test_the_floor_is_small_steady_and_falls_with_more_points() -> None:
    cloud = np.random.default_rng(2).normal(128, 30, (800, 3))
    assert floor(cloud, seed=3) == floor(cloud, seed=3) != floor(cloud, seed=4)
    assert 0 < floor(cloud) < floor(cloud[:40]) < frechet(cloud, cloud + 60)
    with pytest.raises(ValueError, match="two"):
        floor(cloud[:1])


def test_the_types_and_their_colours() -> None:
    assert len(TYPES) == 18 and list(TYPES)[:3] == ["normal", "fire", "water"] and list(TYPES)[-1] == "fairy"
    assert len(set(TYPES.values())) == 18
    assert all(len(bytes.fromhex(each.removeprefix("#"))) == 3 for each in TYPES.values())

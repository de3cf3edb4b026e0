"""The colours of flat drawings, on drawings made here."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from ganstudio.analysis.palette_of import COVERED, areas, change, hair_and_skin

HAIR, SKIN, SHIRT = (120, 70, 30), (245, 205, 170), (40, 90, 200)


def head(hair: tuple[int, int, int] = HAIR, skin: tuple[int, int, int] = SKIN, side: int = 256) -> Image.Image:
    """A face below a cap of hair, both outlined, on white, with eyes."""
    picture = Image.new("RGB", (256, 256), "white")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((48, 20, 208, 180), hair, "black", 4)
    draw.ellipse((64, 70, 192, 230), skin, "black", 4)
    for x in (104, 152):
        draw.ellipse((x - 6, 132, x + 6, 150), "black")
    return picture.resize((side, side), Image.Resampling.LANCZOS)


def lab(rgb: tuple[int, int, int]) -> tuple[float, ...]:
    """By the definition of sRGB and CIE Lab, D65."""
    linear = [c / 12.92 if (c := level / 255) <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for level in rgb]
    rows = ((0.412453, 0.357580, 0.180423), (0.212671, 0.715160, 0.072169), (0.019334, 0.119193, 0.950227))
    xyz = [sum(a * b for a, b in zip(row, linear, strict=True)) for row in rows]
    white = (0.950456, 1.0, 1.088754)
    x, y, z = ((t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116) for t in np.divide(xyz, white))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def close(found: tuple[float, ...], rgb: tuple[int, int, int], by: float = 3.0) -> bool:
    return float(np.linalg.norm(np.subtract(found, lab(rgb)))) <= by


@pytest.mark.parametrize("side", [64, 128, 256, 300])
def test_the_areas_of_a_drawing(side: int) -> None:
    found = areas(head(side=side))
    assert [close(area.lab, colour) for area, colour in zip(found, (SKIN, HAIR), strict=False)] == [True, True]
    assert found[0].share > found[1].share > 0.2 and sum(area.share for area in found) <= 1
    both = hair_and_skin(found)
    assert both and close(both[0].lab, HAIR) and close(both[1].lab, SKIN)
    assert both[0].y < both[1].y and abs(both[1].x - 0.5) < 0.02 and 0.5 < both[1].y < 0.65


def test_hair_is_what_lies_higher_however_large() -> None:
    picture = head()
    ImageDraw.Draw(picture).rectangle((20, 10, 236, 100), HAIR)
    both = hair_and_skin(areas(picture))
    assert both and close(both[0].lab, HAIR) and both[0].share > both[1].share


def test_clothes_and_small_things_are_neither() -> None:
    dressed = head()
    ImageDraw.Draw(dressed).rectangle((0, 215, 256, 256), SHIRT)
    both = hair_and_skin(areas(dressed))
    assert both and close(both[0].lab, HAIR) and close(both[1].lab, SKIN)
    one = head(HAIR, HAIR)
    ImageDraw.Draw(one).rectangle((0, 215, 256, 256), SHIRT)
    ImageDraw.Draw(one).rectangle((118, 190, 138, 200), (200, 30, 60))
    assert hair_and_skin(areas(one)) is None


def test_noise_compression_and_blur_change_little() -> None:
    picture = head().filter(ImageFilter.GaussianBlur(1.5))
    noisy = np.asarray(picture, np.float32) + np.random.default_rng(0).normal(0, 4, (256, 256, 3))
    both = hair_and_skin(areas(Image.fromarray(noisy.clip(0, 255).astype(np.uint8))))
    assert both and close(both[0].lab, HAIR, 5) and close(both[1].lab, SKIN, 5)


def test_white_black_and_transparency_are_no_colours() -> None:
    assert areas(Image.new("RGB", (32, 32), "white")) == [] and areas(Image.new("RGB", (32, 32), "black")) == []
    assert areas(Image.new("RGBA", (32, 32), (200, 0, 0, 0))) == []
    (whole,) = areas(Image.new("RGB", (32, 32), (200, 0, 0)))
    assert whole.share == 1 and (whole.x, whole.y) == (0.5, 0.5) and hair_and_skin([whole]) is None
    assert len(areas(Image.new("RGB", (32, 32), (255, 238, 226)))) == 1  # pale skin


def test_a_colour_that_is_kept_and_one_that_is_not() -> None:
    both = hair_and_skin(areas(head()))
    assert both
    hair, skin = both
    assert change(hair, areas(head())) < 1 and change(skin, areas(head())) < 1
    blue = areas(head(hair=SHIRT))
    away = float(np.linalg.norm(np.subtract(lab(HAIR), lab(SKIN))))
    # The nearest that is left is the skin.
    assert change(skin, blue) < 1 and change(hair, blue) == pytest.approx(away, rel=0.1)


def test_a_speck_of_a_colour_does_not_do() -> None:
    both = hair_and_skin(areas(head()))
    assert both
    hair = both[0]
    speck = head(hair=SHIRT)
    ImageDraw.Draw(speck).rectangle((110, 30, 140, 60), HAIR)
    found = areas(speck)
    assert any(close(area.lab, HAIR, 5) for area in found)
    assert 20 < change(hair, found) < change(hair, areas(head(hair=SHIRT)))


def test_what_is_missing_counts_as_white() -> None:
    (red,) = areas(Image.new("RGB", (32, 32), (200, 0, 0)))
    assert change(red, []) == pytest.approx(float(np.linalg.norm(np.subtract(red.lab, (100, 0, 0)))))
    assert change(red, [red._replace(share=COVERED)]) == 0

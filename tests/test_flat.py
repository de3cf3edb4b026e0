"""Flat colours made clean: which colours are found, which edges are drawn, and what must not be lost."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from ganstudio.analysis.flat import flatten

SKIN, HAIR, BLACK, WHITE = (241, 195, 165), (114, 67, 51), (0, 0, 0), (255, 255, 255)


def head(side: int = 256, hair: tuple[int, int, int] = HAIR) -> Image.Image:
    """A round head on white with hair, two thin eyes and a mouth with white teeth; 4 samples a pixel."""
    picture = Image.new("RGB", (4 * side, 4 * side), WHITE)
    pen = ImageDraw.Draw(picture)

    def at(*shares: float) -> list[float]:
        return [4 * side * share for share in shares]

    pen.ellipse(at(0.15, 0.1, 0.85, 0.6), hair)
    pen.ellipse(at(0.22, 0.25, 0.78, 0.92), SKIN)
    for x in (0.4, 0.6):
        pen.line(at(x, 0.45, x, 0.53), BLACK, round(4 * side * 0.02))
    pen.rounded_rectangle(at(0.4, 0.62, 0.6, 0.72), at(0.03)[0], WHITE, BLACK, round(4 * side * 0.018))
    return picture.resize((side, side), Image.Resampling.BOX)


def painted(side: int, noise: float = 3.0, hair: tuple[int, int, int] = HAIR) -> Image.Image:
    """The head as a network paints it: small, a little soft, and no area quite of one colour."""
    soft = head(256, hair).resize((side, side), Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(side / 250))
    levels = np.asarray(soft, float) + np.random.default_rng(0).normal(0, noise, (side, side, 3))
    return Image.fromarray(levels.clip(0, 255).astype(np.uint8))


def off(a: Image.Image, b: Image.Image) -> float:
    return float(np.abs(np.asarray(a.convert("RGB"), float) - np.asarray(b.convert("RGB"), float)).mean())


def colours_of(picture: Image.Image, least: int) -> list[tuple[int, ...]]:
    """Those of at least so many pixels."""
    return [colour for count, colour in picture.convert("RGB").getcolors(2**20) or [] if count >= least]


@pytest.mark.parametrize("side", [64, 128, 256])
@pytest.mark.parametrize("noise", [0.0, 3.0])
def test_it_is_nearer_to_the_drawing_than_smooth_enlarging(side: int, noise: float) -> None:
    small = painted(side, noise)
    flat = flatten(small, 256)
    assert flat.mode == "RGB" and flat.size == (256, 256)
    assert off(flat, head()) < off(small.resize((256, 256), Image.Resampling.BICUBIC), head())
    assert off(flat, head()) < (3 if side == 64 else 1.6)  # a line of one pixel has lost what it was


@pytest.mark.parametrize("size", [48, 65, 128, 512])
def test_any_size_has_a_few_flat_colours_and_thin_edges(size: int) -> None:
    flat = flatten(painted(128), size)
    assert flat.size == (size, size)
    found = colours_of(flat, size * size // 60)
    assert len(found) == 3
    for colour in (SKIN, HAIR, WHITE):  # noise moves the mean of an area by a level or two
        assert min(np.abs(np.subtract(colour, each)).max() for each in found) <= 3
    levels = np.asarray(flat, int)
    flat_pixels = sum(np.all(levels == each, axis=2) for each in found).sum()
    assert flat_pixels > (1 - 24 / size) * size * size


def test_no_rim_of_a_third_colour_lies_between_two() -> None:
    """The blend of white and brown hair is skin's; yet no skin may show between hair and paper."""
    hair = (225, 130, 70)
    flat = np.asarray(flatten(painted(128, 0.0, hair), 256), int)
    top = flat[20:80, 100:156].reshape(-1, 3)  # paper above, hair below
    share = (top - hair) @ np.subtract(WHITE, hair) / np.sum(np.subtract(WHITE, hair) ** 2)
    mixed = np.asarray(hair) + share[:, None] * np.subtract(WHITE, hair)
    assert np.abs(top - mixed).max() <= 6


def test_lines_eyes_and_teeth_stay() -> None:
    flat = np.asarray(flatten(painted(128), 256), int)
    true = np.asarray(head(), int)
    dark, was_dark = flat.max(2) < 80, true.max(2) < 80
    assert 0.8 < dark.sum() / was_dark.sum() < 1.2
    assert (dark & was_dark).sum() > 0.85 * was_dark.sum()
    assert (flat[int(0.66 * 256) : int(0.68 * 256), int(0.45 * 256) : int(0.55 * 256)] == 255).all()


def test_the_figure_is_cut_out_with_white_inside_kept() -> None:
    cut = flatten(painted(128), 256, cut=True)
    alpha = np.asarray(cut)[..., 3]
    assert cut.mode == "RGBA" and alpha[0, 0] == alpha[-1, -1] == 0 and alpha[128, 128] == 255
    assert alpha[int(0.67 * 256), 128] == 255  # teeth
    assert 0 < np.count_nonzero((alpha > 0) & (alpha < 255)) < 2500
    laid = Image.new("RGBA", cut.size, "white")
    laid.alpha_composite(cut)
    assert off(laid, flatten(painted(128), 256)) < 0.05


def test_edges_of_a_cut_figure_have_the_figures_colour() -> None:
    cut = np.asarray(flatten(painted(128), 256, cut=True), int)
    edge = cut[20:60, 100:156].reshape(-1, 4)
    seen = edge[(edge[:, 3] > 40) & (edge[:, 3] < 255)]
    assert len(seen) and np.abs(seen[:, :3] - np.asarray(HAIR)).max() <= 6


@pytest.mark.parametrize("colour", [(255, 255, 255), (0, 0, 0), (12, 200, 90)])
def test_one_colour_stays_one(colour: tuple[int, int, int]) -> None:
    plain = Image.new("RGB", (40, 40), colour)
    assert flatten(plain, 100).getcolors() == [(10_000, colour)]
    expected = (0, 0, 0, 0) if colour == (255, 255, 255) else (*colour, 255)
    assert flatten(plain, 50, cut=True).getcolors() == [(2500, expected)]


def test_near_white_becomes_white_and_light_grey_does_not() -> None:
    levels = np.full((64, 64, 3), 248, np.uint8)
    levels[16:48, 16:48] = (230, 224, 224)
    flat = flatten(Image.fromarray(levels), 128)
    assert flat.getpixel((2, 2)) == (255, 255, 255)
    assert np.abs(np.subtract(flat.getpixel((64, 64)), (230, 224, 224))).max() <= 2


def test_a_picture_of_noise_or_of_one_pixel_is_no_trouble() -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8))
    assert len(colours_of(flatten(noise, 64, colours=5).quantize(256), 1)) <= 256
    assert flatten(noise, 48, cut=True).size == (48, 48)
    assert flatten(Image.new("RGB", (1, 1), (9, 9, 9)), 48).getcolors() == [(48 * 48, (9, 9, 9))]


def test_the_same_picture_gives_the_same_result_and_only_squares_are_taken() -> None:
    assert flatten(painted(64), 96).tobytes() == flatten(painted(64), 96).tobytes()
    with pytest.raises(ValueError, match="square"):
        flatten(Image.new("RGB", (10, 12)), 48)

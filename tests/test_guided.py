"""A small result at full size, and backdrops."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw

from ganstudio.analysis.guided import apply, backdrop, fit


def upsample(
    source: torch.Tensor, result: torch.Tensor, full: torch.Tensor, weight: torch.Tensor | None = None
) -> torch.Tensor:
    return apply(fit(source, result, weight), full, 0, full.shape[2])


def lines(size: int) -> torch.Tensor:
    """Blue and red halves with thin black lines: (1,3,size,size) in [-1,1]."""
    x = torch.full((1, 3, size, size), -0.6)
    x[:, 2, :, : size // 2] = 0.8
    x[:, 0, :, size // 2 :] = 0.7
    x[:, :, :: size // 16] = -1
    return x


def test_colours_change_and_detail_stays() -> None:
    full = lines(128)
    small = F.avg_pool2d(full, 4)
    swapped = small[:, [2, 1, 0]]  # what a network made of the small picture: red for blue
    wanted = full[:, [2, 1, 0]]
    carried = upsample(small, swapped, full)
    plainly = F.interpolate(swapped, size=(128, 128), mode="bilinear", align_corners=False)
    inner = (..., slice(8, -8), slice(8, 56))  # away from where the halves meet
    assert (carried - wanted)[inner].abs().mean() < 0.05
    assert (carried - wanted)[inner].abs().mean() < (plainly - wanted)[inner].abs().mean() / 4


def test_the_same_picture_comes_back() -> None:
    full = lines(64)
    small = F.avg_pool2d(full, 2)
    difference = (upsample(small, small, full) - full).abs()
    assert difference.mean() < 0.01 and difference.max() < 0.1  # the fit's regularisation costs a little at corners


def test_what_is_new_in_the_result_is_kept() -> None:
    full = torch.zeros(1, 3, 64, 64)
    small = torch.zeros(1, 3, 16, 16)
    result = small.clone()
    result[:, :, 6:10, 6:10] = 1  # a marking on a flat part
    carried = upsample(small, result, full)
    assert carried[0, 0, 32, 32] > 0.9 and carried[0, 0, 4, 4].abs() < 0.05


def test_pixels_without_weight_do_not_count() -> None:
    """A transparent part's colour must not leak into its neighbours."""
    small = torch.full((1, 3, 16, 16), 0.5)
    weight = torch.ones(1, 1, 16, 16)
    weight[..., 8:] = 0
    result = torch.where(weight > 0, torch.tensor(-0.5), torch.tensor(1.0)).expand(1, 3, 16, 16).contiguous()
    seen = upsample(small, result, torch.full((1, 3, 16, 16), 0.5), weight)
    assert (seen[..., :7] + 0.5).abs().max() < 0.02


def test_any_shape() -> None:
    full = torch.rand(1, 3, 97, 31) * 2 - 1
    small = F.interpolate(full, size=(25, 8), mode="area")
    out = upsample(small, -small, full)
    assert out.shape == full.shape and out.isfinite().all()
    one = torch.zeros(1, 3, 1, 40)
    assert upsample(one[..., ::10], one[..., ::10], one).shape == one.shape


def test_portions_make_the_whole() -> None:
    full = torch.rand(1, 3, 50, 40) * 2 - 1
    small = F.interpolate(full, size=(25, 20), mode="area")
    maps = fit(small, -small)
    parts = [apply(maps, full[:, :, top : top + 7], top, 50) for top in range(0, 50, 7)]
    torch.testing.assert_close(torch.cat(parts, dim=2), apply(maps, full, 0, 50))


def drawn(background: tuple[int, int, int]) -> np.ndarray:
    picture = Image.new("RGB", (60, 40), background)
    ImageDraw.Draw(picture).ellipse((15, 8, 45, 32), fill=(200, 60, 40), outline=(0, 0, 0))
    return np.asarray(picture)


@pytest.mark.parametrize("background", [(255, 255, 255), (120, 180, 220)])
def test_a_plain_backdrop_is_found(background: tuple[int, int, int]) -> None:
    found = backdrop(drawn(background))
    assert found is not None and found[0, 0] and found[-1, -1] and not found[20, 30]
    hole = drawn(background).copy()
    hole[18:22, 28:32] = background  # enclosed by the subject: not backdrop
    found = backdrop(hole)
    assert found is not None and not found[20, 30]


def test_pictures_without_one() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    assert backdrop(noise) is None
    assert backdrop(np.full((40, 40, 3), 90, np.uint8)) is None  # nothing but backdrop
    assert backdrop(drawn((255, 255, 255))[:1, :1]) is None


def test_a_backdrop_is_looked_for_in_little_memory() -> None:
    """Pictures of 50 megapixels come here whole: few bytes a pixel, not a copy in wider numbers."""
    large = np.asarray(Image.fromarray(drawn((120, 180, 220))).resize((1200, 800), Image.Resampling.NEAREST))
    tracemalloc.start()
    found = backdrop(large)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found is not None and peak < 10 * large.shape[0] * large.shape[1]

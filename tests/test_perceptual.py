"""Figures of sets of pictures: each tells apart what it is there to tell apart."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from ganstudio.analysis import perceptual


def pictures(count: int, seed: int = 0) -> Tensor:
    """Smooth random pictures with sharp squares in them."""
    generator = torch.Generator().manual_seed(seed)
    x = F.interpolate(torch.rand(count, 3, 4, 4, generator=generator) * 2 - 1, (64, 64), mode="bicubic")
    for k in range(count):
        top, left = torch.randint(0, 40, (2,), generator=generator).tolist()
        x[k, :, top : top + 20, left : left + 20] *= -1
    return x.clamp(-1, 1)


def test_frechet_distance_of_known_distributions() -> None:
    generator = torch.Generator().manual_seed(0)
    a = torch.randn(500, 3, generator=generator)
    b = 2 * torch.randn(500, 3, generator=generator) + torch.tensor([1.0, 0, 0])
    # |mean|^2 + sum of (1 - 2)^2 over three dimensions.
    assert perceptual.frechet_distance(a, b) == pytest.approx(1 + 3, rel=0.2)
    assert perceptual.frechet_distance(a, a) == pytest.approx(0, abs=1e-4)


def test_blur_lowers_sharpness() -> None:
    x = pictures(4)
    assert perceptual.sharpness(x, x) == pytest.approx(1)
    assert perceptual.sharpness(F.avg_pool2d(x, 3, 1, 1), x) < 0.7


def test_following_knows_whose_picture_it_is() -> None:
    real = pictures(12)
    noisy = real + 0.05 * torch.randn(real.shape, generator=torch.Generator().manual_seed(1))
    for made, share in ((noisy, 1.0), (noisy.roll(1, 0), 0.0)):
        assert perceptual.following(perceptual.outlines(made), perceptual.outlines(real))["share"] == share
    # All alike: nearer to some one of them, whoever that is.
    alike = real[:1].expand_as(real)
    assert perceptual.following(alike.flatten(1), real.flatten(1))["share"] <= 1 / 12 + 1e-6
    assert perceptual.ranks(real.flatten(1), real.flatten(1), 5).max() == 0


def test_spread_and_nearest() -> None:
    points = torch.tensor([[0.0, 0], [3, 4]])
    assert perceptual.spread(points) == 5
    distance, index = perceptual.nearest(points, torch.tensor([[0.0, 1], [3, 4]]))
    assert distance.tolist() == [1, 0] and index.tolist() == [0, 1]

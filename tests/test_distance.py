"""Distances against their closed forms and their meaning."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from ganstudio.analysis.distance import (
    kernel_distance,
    l1,
    laplacian_pyramid,
    psnr,
    random_features,
    sliced_wasserstein,
    ssim,
)


def noise(n: int = 4, size: int = 64, seed: int = 0) -> Tensor:
    return torch.rand(n, 3, size, size, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def smooth(n: int = 4, size: int = 64, seed: int = 0) -> Tensor:
    return F.interpolate(noise(n, size // 8, seed), scale_factor=8, mode="bilinear")


def test_l1_and_psnr() -> None:
    a = torch.zeros(2, 3, 16, 16)
    b = torch.stack([torch.full((3, 16, 16), 0.5), torch.full((3, 16, 16), -1.0)])
    assert l1(a, b).tolist() == [0.5, 1.0] and l1(a, a).tolist() == [0, 0]
    torch.testing.assert_close(psnr(a, b), torch.tensor([12.0412, 6.0206]))
    torch.testing.assert_close(psnr(a, a), torch.tensor([106.0206, 106.0206]))


def test_ssim() -> None:
    a, b = noise(seed=0), noise(seed=1)
    torch.testing.assert_close(ssim(a, a), torch.ones(4))
    assert ssim(a, b).abs().max() < 0.1
    assert (ssim(a, -a) < -0.9).all()
    slightly, much = a + 0.1 * b, a + 0.5 * b
    assert (ssim(a, slightly) > ssim(a, much)).all()
    torch.testing.assert_close(ssim(a, b), ssim(b, a))
    assert (ssim(torch.full((1, 3, 16, 16), -0.01), torch.full((1, 3, 16, 16), 0.01)) > 0.99).all()
    # Flat pictures: only the term of the means is left.
    grey, bright = torch.full((1, 3, 16, 16), 0.2), torch.full((1, 3, 16, 16), 0.6)
    c1 = 0.02**2
    expected = (2 * 1.2 * 1.6 + c1) / (1.2**2 + 1.6**2 + c1)  # as light from 0 to 2
    assert ssim(grey.double(), bright.double()).item() == pytest.approx(expected, rel=1e-6)


def test_the_pyramid_parts_by_scale() -> None:
    x = noise(1, 32)
    levels = laplacian_pyramid(x, 3)
    assert [tuple(level.shape[2:]) for level in levels] == [(32, 32), (16, 16), (8, 8)]
    flat = laplacian_pyramid(torch.full((1, 3, 32, 32), 0.3), 3)
    assert flat[0].abs().max() < 1e-6 and flat[1].abs().max() < 1e-6 and (flat[2] - 0.3).abs().max() < 1e-6


def test_sliced_wasserstein() -> None:
    a, b = smooth(4), smooth(4, seed=5)
    assert sliced_wasserstein(a, a) == [0, 0, 0, 0]
    alike, unlike = sliced_wasserstein(a, b), sliced_wasserstein(a, noise(3))  # cut to the smaller set
    assert alike == sliced_wasserstein(a, b)
    assert len(unlike) == 4 and unlike[0] > alike[0] > 0


@pytest.mark.parametrize(("size", "levels"), [(16, 2), (32, 3), (56, 4), (64, 4), (256, 4)])
def test_small_pictures_have_fewer_levels(size: int, levels: int) -> None:
    distances = sliced_wasserstein(noise(2, size), noise(2, size, 1))
    assert len(distances) == levels and all(0 <= d < 10_000 for d in distances)


def test_kernel_distance() -> None:
    """Against the definition, pair by pair; about 0 of one set's halves, more the farther the sets."""
    a, b = torch.randn(5, 3, generator=torch.Generator().manual_seed(0)), torch.ones(4, 3)

    def kernel(x: Tensor, y: Tensor) -> float:
        return float((x @ y / 3 + 1) ** 3)

    expected = sum(kernel(x, y) for i, x in enumerate(a) for j, y in enumerate(a) if i != j) / 20
    expected += 8 - 2 * sum(kernel(x, y) for x in a for y in b) / 20
    assert kernel_distance(a, b) == pytest.approx(expected, rel=1e-5)
    one = torch.randn(400, 3, generator=torch.Generator().manual_seed(1))
    halves, shifted = kernel_distance(one[:200], one[200:]), kernel_distance(one[:200], one[200:] + 0.5)
    assert abs(halves) < 0.1 < shifted < kernel_distance(one[:200], one[200:] + 1)
    with pytest.raises(ValueError, match="two"):
        kernel_distance(a, b[:1])


def test_random_features_tell_sets_apart() -> None:
    assert random_features(noise(2, 16)).shape == (2, 1920)
    assert torch.equal(random_features(noise()), random_features(noise()))  # the same network every time
    one, other, unlike = (random_features(each) for each in (smooth(8), smooth(8, seed=5), noise(8, seed=3)))
    assert abs(kernel_distance(one, other)) < kernel_distance(one, unlike) / 3

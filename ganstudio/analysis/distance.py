"""Distances between pictures and between sets of pictures. Pictures are float (N,3,H,W) in [-1,1]."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

PATCH = 7  # side of a patch descriptor (Karras et al. 2018, section 5)
PATCHES_A_PICTURE = 128
DIRECTIONS = 512
FEATURE_SIDE = 128  # pixels at which a network of random weights sees pictures
FEATURE_CHANNELS = (32, 64, 128, 256)


def l1(a: Tensor, b: Tensor) -> Tensor:  # -> (N,)
    """Mean absolute difference of each pair, 0 to 2."""
    return (a - b).abs().mean(dim=(1, 2, 3))


def psnr(a: Tensor, b: Tensor) -> Tensor:  # -> (N,)
    """Peak signal-to-noise ratio of each pair in dB, for a range of 2, at most 106."""
    return 10 * torch.log10(4 / (a - b).square().mean(dim=(1, 2, 3)).clamp_min(1e-10))


def ssim(a: Tensor, b: Tensor) -> Tensor:  # -> (N,)
    """Structural similarity of each pair, -1 to 1 (Wang et al. 2004, eq. 13), mean over channels and places.

    Gaussian window of 11 pixels and sigma 1.5, K1 0.01, K2 0.03, range 2; only whole windows count.
    """
    a, b = a + 1, b + 1  # its means are of light, which is never negative
    c1, c2 = (0.01 * 2) ** 2, (0.03 * 2) ** 2
    x = torch.arange(11, dtype=a.dtype) - 5
    line = torch.exp(-(x**2) / (2 * 1.5**2))
    window = torch.outer(line, line)
    window = (window / window.sum()).expand(a.shape[1], 1, 11, 11)

    def blur(image: Tensor) -> Tensor:
        return F.conv2d(image, window, groups=image.shape[1])

    mean_a, mean_b = blur(a), blur(b)
    var_a = blur(a * a) - mean_a**2
    var_b = blur(b * b) - mean_b**2
    covariance = blur(a * b) - mean_a * mean_b
    top = (2 * mean_a * mean_b + c1) * (2 * covariance + c2)
    bottom = (mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2)
    return (top / bottom).mean(dim=(1, 2, 3))


def laplacian_pyramid(x: Tensor, levels: int) -> list[Tensor]:
    """Band-pass pictures from fine to coarse, the last one low-pass: (N,3,H/2^k,W/2^k)."""
    pyramid = []
    for _ in range(levels - 1):
        small = F.avg_pool2d(x, 2)
        pyramid.append(x - F.interpolate(small, size=x.shape[2:], mode="bilinear", align_corners=False))
        x = small
    return [*pyramid, x]


def sliced_wasserstein(a: Tensor, b: Tensor, levels: int = 4, seed: int = 0) -> list[float]:
    """How unlike the textures of two sets are, per pyramid level from fine to coarse (Karras et al. 2018, 5).

    Random 7x7 patches of each level of a Laplacian pyramid, normalised by channel over the set, projected on
    random directions; the mean distance of the sorted projections, times 1000. 0 means alike. Sets of unequal
    size are cut to the smaller one. The same seed takes the same places and directions. Levels that would be
    smaller than a patch are left out.
    """
    while levels > 1 and min(a.shape[2:]) >> (levels - 1) < PATCH:
        levels -= 1
    count = min(len(a), len(b))
    generator = torch.Generator().manual_seed(seed)
    distances = []
    for x, y in zip(laplacian_pyramid(a[:count], levels), laplacian_pyramid(b[:count], levels), strict=True):
        places = torch.rand(count, PATCHES_A_PICTURE, 2, generator=generator)
        p, q = _descriptors(x, places), _descriptors(y, places)
        directions = F.normalize(torch.randn(p.shape[1], DIRECTIONS, generator=generator), dim=0)
        distance = ((p @ directions).sort(dim=0).values - (q @ directions).sort(dim=0).values).abs().mean()
        distances.append(distance.item() * 1000)
    return distances


def _descriptors(x: Tensor, places: Tensor) -> Tensor:  # (N,3,H,W), (N,P,2) in [0,1) -> (N*P,3*7*7)
    n, c, h, w = x.shape
    patches = x.unfold(2, PATCH, 1).unfold(3, PATCH, 1)  # (N,C,H-6,W-6,7,7)
    rows = (places[..., 0] * (h - PATCH + 1)).long()
    columns = (places[..., 1] * (w - PATCH + 1)).long()
    picture = torch.arange(n)[:, None].expand_as(rows)
    taken = patches[picture, :, rows, columns]  # (N,P,C,7,7)
    mean = taken.mean(dim=(0, 1, 3, 4), keepdim=True)
    deviation = taken.std(dim=(0, 1, 3, 4), keepdim=True).clamp_min(1e-6)
    return ((taken - mean) / deviation).reshape(-1, c * PATCH * PATCH)


# --- kernel distance --------------------------------------------------------------------------------------


def random_features(x: Tensor, seed: int = 0) -> Tensor:  # (N,3,H,W) -> (N,1920)
    """What a convolutional network of random weights makes of pictures, averaged over each quarter of them.

    Four 4x4 convolutions of stride 2 on 128 x 128 pixels, He's weights from `seed`, leaky ReLUs; every layer counts.
    A trained network's features would be nearer to what people see, but are not at hand without a download; random ones
    tell sets apart too (Naeem et al. 2020, "Reliable Fidelity and Diversity Metrics for Generative Models").
    """
    generator = torch.Generator().manual_seed(seed)
    x = F.interpolate(x, (FEATURE_SIDE, FEATURE_SIDE), mode="bilinear", antialias=True, align_corners=False)
    features = []
    for channels in FEATURE_CHANNELS:
        weight = torch.randn(channels, x.shape[1], 4, 4, generator=generator) * (2 / (x.shape[1] * 16)) ** 0.5
        x = F.leaky_relu(F.conv2d(x, weight, stride=2, padding=1), 0.2)
        features.append(F.adaptive_avg_pool2d(x, 2).flatten(1))
    return torch.cat(features, dim=1)


def kernel_distance(a: Tensor, b: Tensor) -> float:  # (N,D) and (M,D) features, at least two of each
    """Squared maximum mean discrepancy of two sets of features under the kernel (x y / D + 1)^3, as KID has it.

    The unbiased estimate (Bińkowski et al. 2018, "Demystifying MMD GANs"): 0 in the mean for two samples of
    one set, and so now and then below it. KID proper takes Inception's features; these are whatever is given, and
    figures compare with others of the same features only.
    """
    if min(len(a), len(b)) < 2:
        raise ValueError("each set needs two members")

    def kernel(x: Tensor, y: Tensor) -> Tensor:
        return (x.double() @ y.double().T / x.shape[1] + 1) ** 3

    def within(x: Tensor) -> Tensor:
        each = kernel(x, x)
        return (each.sum() - each.diagonal().sum()) / (len(x) * (len(x) - 1))

    return (within(a) + within(b) - 2 * kernel(a, b).mean()).item()

"""How a set of made pictures stands beside real ones, in features of a network that knows pictures.

All pictures are float (N,3,H,W) in [-1,1]; features are what a `Judge` of networks/pretrained.py gives. None of these
figures is an FID or a KID, which are of Inception's features: they compare with figures of the same judge only.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

OTHERS = 99  # pictures that a result must be nearer to its own than to
SMALL = 64  # pixels a side at which outlines are compared: a hand is off by some


def frechet_distance(a: Tensor, b: Tensor) -> float:  # (N,D), (M,D) features
    """|mean_a - mean_b|^2 + tr(A + B - 2 (A B)^(1/2)) of two sets' normal distributions (Heusel et al. 2017, eq. 6).

    Biased upwards for few pictures, so beside it belongs the same of two halves of real ones.
    """
    a, b = a.double(), b.double()
    mean = (a.mean(0) - b.mean(0)).square().sum()
    x, y = (each - each.mean(0) for each in (a, b))
    x, y = x / (len(a) - 1) ** 0.5, y / (len(b) - 1) ** 0.5
    # A = x'x and B = y'y: the root of AB has the singular values of x y', which is small where there are few pictures.
    common = torch.linalg.svdvals(x @ y.T).sum()
    return (mean + x.square().sum() + y.square().sum() - 2 * common).item()


def sharpness(made: Tensor, real: Tensor) -> float:
    """The standard deviation of the Laplacian of brightness over all made pictures, as a share of the real ones'.

    1 = as sharp. Photographs made small and large again have 0.67 at 192 pixels of 256, 0.44 at 128, 0.19 at 64.
    """

    def deviation(x: Tensor) -> Tensor:
        kernel = torch.tensor([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]])[None, None]
        return F.conv2d(x.mean(dim=1, keepdim=True), kernel).std()

    return (deviation(made) / deviation(real)).item()


def outlines(x: Tensor) -> Tensor:  # (N,3,H,W) -> (N,SMALL,SMALL)
    """Strength of the edges of brightness, blurred so that a few pixels do not matter, each picture to a norm of 1."""
    grey = F.interpolate(x.mean(dim=1, keepdim=True), (2 * SMALL, 2 * SMALL), mode="area")
    grey = F.pad(grey, (1, 1, 1, 1), mode="replicate")
    across, down = grey[..., 1:-1, 2:] - grey[..., 1:-1, :-2], grey[..., 2:, 1:-1] - grey[..., :-2, 1:-1]
    strength = (across.square() + down.square()).sqrt().clamp(max=0.5)  # a strong edge is an edge, not ten
    strength = F.avg_pool2d(F.avg_pool2d(strength, 3, stride=1, padding=1), 2)[:, 0]
    strength = strength - strength.mean(dim=(1, 2), keepdim=True)
    return strength / strength.flatten(1).norm(dim=1)[:, None, None].clamp(min=1e-6)


def ranks(made: Tensor, real: Tensor, others: int = OTHERS) -> Tensor:  # (N,D), (N,D) -> (N,), whole numbers
    """How many of `others` true pictures each result is nearer to than to its own, 0 = none: the next ones in order.

    With fewer than that many others, all of them.
    """
    made, real = made.flatten(1), real.flatten(1)
    distance = torch.cdist(made, real)  # (N,N)
    n = len(made)
    found = []
    for k in range(n):
        rivals = [(k + step) % n for step in range(1, min(others, n - 1) + 1)]
        found.append((distance[k, rivals] < distance[k, k]).sum())
    return torch.stack(found)


def following(made: Tensor, real: Tensor) -> dict[str, float]:
    """Of `ranks`: the share that are nearest to their own (0 to 1), and the median rank."""
    found = ranks(made, real)
    return {"share": (found == 0).float().mean().item(), "median_rank": found.float().median().item()}


def spread(features: Tensor) -> float:  # (N,D)
    """Mean distance between every two members of a set."""
    return torch.pdist(features).mean().item()


def nearest(features: Tensor, known: Tensor) -> tuple[Tensor, Tensor]:  # (N,D), (M,D) -> (N,), (N,)
    """The distance of each to the nearest of the known ones, and which that is."""
    distance, index = torch.cdist(features, known).min(dim=1)
    return distance, index


def map_features(last: Tensor) -> Tensor:  # (N,C,h,w) -> (N,C*h*w)
    """A map of features, each place to a norm of 1, so that what stands where is compared and not how strongly."""
    return F.normalize(last, dim=1).flatten(1)

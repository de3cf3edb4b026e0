"""Carrying a small result to the picture's full size, with the picture's own detail (He and Sun 2015, "Fast Guided
Filter"), and finding what of a picture is backdrop."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

RADIUS = 2  # pixels of the small picture: the window of 5 x 5 in which colours are taken to change alike
EPSILON = 4e-3  # variance, for a range of 2, below which a window counts as flat
BACKDROP_SPREAD = 14  # levels of 255 by which a backdrop's pixels may differ from its middle colour
BACKDROP_EDGE = 0.8  # share of the outermost pixels that must be backdrop


class Maps(NamedTuple):
    """How a network changed a small picture: for each of its pixels an affine map of RGB."""

    matrices: Tensor  # (1,9,h,w): the entry for input i and output j is channel 3 i + j
    shifts: Tensor  # (1,3,h,w)


def fit(source: Tensor, result: Tensor, weight: Tensor | None = None) -> Maps:
    """The maps that lead from the small `source` to a network's `result`, both (1,3,h,w) float32 in [-1,1].

    In each window the result is fitted as an affine map of RGB (eq. 5, with the colour guide of He et al. 2013, eq.
    19). What the fit cannot explain (a new marking, say) is part of the shift. `weight` (1,1,h,w) >= 0 says which
    pixels count.
    """
    w = torch.ones_like(source[:, :1]) if weight is None else weight.clamp_min(1e-4)
    total = _sum(w)

    def mean(x: Tensor) -> Tensor:
        return _sum(x * w) / total

    mean_x, mean_y = mean(source), mean(result)
    # Second moments in one go: (1,9,h,w), of x with x and of x with y.
    pairs = [(i, j) for i in range(3) for j in range(3)]
    var = mean(torch.cat([source[:, i : i + 1] * source[:, j : j + 1] for i, j in pairs], 1))
    var = var - torch.cat([mean_x[:, i : i + 1] * mean_x[:, j : j + 1] for i, j in pairs], 1)
    cov = mean(torch.cat([source[:, i : i + 1] * result[:, j : j + 1] for i, j in pairs], 1))
    cov = cov - torch.cat([mean_x[:, i : i + 1] * mean_y[:, j : j + 1] for i, j in pairs], 1)
    normal = var[0].permute(1, 2, 0).reshape(-1, 3, 3) + EPSILON * torch.eye(3)
    maps = torch.linalg.solve(normal, cov[0].permute(1, 2, 0).reshape(-1, 3, 3))  # (h*w,3,3): x in rows, y in columns
    a = maps.reshape(*source.shape[2:], 9).permute(2, 0, 1)[None]  # (1,9,h,w)
    a = mean(a)  # windows overlap: each pixel takes the mean of its windows' maps
    return Maps(a, result - _apply(a, source))


def apply(maps: Maps, rows: Tensor, top: int, height: int) -> Tensor:  # (1,3,n,W) -> (1,3,n,W)
    """The maps, enlarged bilinearly, on `rows` of a picture of `height` rows in all, from row `top` on.

    Rows may be taken in any portions: a large picture never needs its maps at full size.
    """
    n, width = rows.shape[2:]
    y = (torch.arange(top, top + n) + 0.5) * 2 / height - 1
    x = (torch.arange(width) + 0.5) * 2 / width - 1
    grid = torch.stack(torch.meshgrid(y, x, indexing="ij")[::-1], dim=-1)[None]  # (1,n,W,2)
    large = F.grid_sample(torch.cat(maps, 1), grid, mode="bilinear", padding_mode="border", align_corners=False)
    return _apply(large[:, :9], rows) + large[:, 9:]


def _apply(a: Tensor, x: Tensor) -> Tensor:  # (1,9,h,w), (1,3,h,w) -> (1,3,h,w)
    return sum(a[:, 3 * i : 3 * i + 3] * x[:, i : i + 1] for i in range(3))  # type: ignore[return-value]


def _sum(x: Tensor) -> Tensor:
    """The sum over each window; at the border over what there is of it."""
    side = 2 * RADIUS + 1
    return F.avg_pool2d(x, side, stride=1, padding=RADIUS, count_include_pad=True) * side**2


def backdrop(pixels: NDArray[np.uint8]) -> NDArray[np.bool_] | None:
    """Where an opaque picture (H,W,3) shows a plain backdrop; None where it has none.

    A backdrop is of one colour, all around the picture's edge, and reaches in from there.
    """
    import cv2

    height, width = pixels.shape[:2]
    if min(height, width) < 8:
        return None
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    colour = np.median(edge, axis=0)
    low, high = (tuple((colour.astype(int) + sign * BACKDROP_SPREAD).tolist()) for sign in (-1, 1))
    near = cv2.inRange(pixels, low, high)  # a byte a pixel: large pictures come here whole
    count, labels = cv2.connectedComponents(near, connectivity=4)
    outermost = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    reaching = np.unique(outermost[outermost > 0])
    if (outermost > 0).mean() < BACKDROP_EDGE:
        return None
    reaches = np.zeros(count, bool)
    reaches[reaching] = True
    found = reaches[labels]
    return found if 0.02 < found.mean() < 0.995 else None

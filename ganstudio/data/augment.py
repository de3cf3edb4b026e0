"""Differentiable augmentation (Zhao et al. 2020): the discriminator sees real and fake changed alike.

Keeps a small data set from being memorised. Gradients pass through to the generator.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

POLICIES = ("none", "geometry", "all")


def draw_augmentation(policy: str, like: Tensor) -> Callable[[Tensor], Tensor]:
    """One random change a picture of `like` (N,C,H,W), as a function of any such batch, shape kept.

    Random numbers come from PyTorch's global generator. "geometry" translates by up to an eighth of the side
    and cuts out up to a quarter; "all" first shifts brightness and contrast of the last three channels, which
    hold the picture that is judged.
    """
    if policy == "none":
        return lambda x: x
    n, _, h, w = like.shape

    def uniform(low: float, high: float) -> Tensor:  # -> (N,1,1,1)
        return (torch.rand(n, 1, 1, 1) * (high - low) + low).to(like.device)

    brightness, contrast = uniform(-0.5, 0.5), uniform(0.5, 1.5)
    side = torch.tensor([w, h], device=like.device)
    shift = torch.cat([uniform(-0.125, 0.125), uniform(-0.125, 0.125)], dim=1).view(n, 2)
    move = torch.eye(2, 3, device=like.device).repeat(n, 1, 1)
    # Whole pixels: interpolation would blur what the discriminator is to judge. In units of half the picture.
    move[:, :, 2] = (shift * side).round() * 2 / side
    field = F.affine_grid(move, [n, 1, h, w], align_corners=False)
    rows = torch.arange(h, device=like.device).view(1, 1, h, 1) / h
    columns = torch.arange(w, device=like.device).view(1, 1, 1, w) / w
    hole = ((rows - uniform(0, 1)).abs() < 0.25) & ((columns - uniform(0, 1)).abs() < 0.25)

    def change(x: Tensor) -> Tensor:
        if policy == "all":
            judged = x[:, -3:] + brightness
            mean = judged.mean(dim=(1, 2, 3), keepdim=True)
            x = torch.cat([x[:, :-3], (judged - mean) * contrast + mean], dim=1)
        return F.grid_sample(x, field, mode="nearest", padding_mode="zeros", align_corners=False) * ~hole

    return change

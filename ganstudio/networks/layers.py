"""Layers that several networks share."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

NORMS = ("instance", "batch", "group", "none")


def norm(kind: str, channels: int) -> nn.Module:
    """A normalisation of (N,C,H,W) by name, one of `NORMS`.

    Instance is the default everywhere: batch statistics break when one discriminator is run twice before one
    backward pass on several GPUs, and a batch of one, as in the papers, makes both the same at training time.
    """
    if kind == "instance":
        return nn.InstanceNorm2d(channels, affine=True)
    if kind == "batch":
        return nn.BatchNorm2d(channels)
    if kind == "group":
        # Groups of about four channels, at most 32 of them; any number of channels has such a divisor.
        groups = next(g for g in range(max(1, min(32, channels // 4)), 0, -1) if channels % g == 0)
        return nn.GroupNorm(groups, channels)
    if kind == "none":
        return nn.Identity()
    raise ValueError(f"norm {kind!r} is not one of {', '.join(NORMS)}")


class ResizeConv2d(nn.Module):
    """Nearest-neighbour enlargement by 2, then a 3x3 convolution: no checkerboard (Odena et al. 2016).

    (N,in,H,W) -> (N,out,2H,2W). Four output pixels share each input pixel, so the two steps together are one
    transposed 4x4 convolution of stride 2 whose kernel is A W Aᵀ, with 2.25 times less arithmetic and no
    enlarged copy of the input. The weights that are learned stay the nine of W.
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(in_channels, out_channels, 3, 3))
        self.spread: Tensor
        self.bias = nn.Parameter(torch.zeros(out_channels))
        nn.init.kaiming_uniform_(self.weight.transpose(0, 1), a=5**0.5)
        # Row a of A says which taps of W meet the same input pixel at tap a of the transposed kernel.
        spread = torch.tensor([[0.0, 0, 1], [0, 1, 1], [1, 1, 0], [1, 0, 0]])
        self.register_buffer("spread", spread, persistent=False)

    def kernel(self) -> Tensor:  # -> (in,out,4,4)
        """The transposed convolution's kernel."""
        return self.spread @ self.weight @ self.spread.T

    def forward(self, x: Tensor) -> Tensor:
        return F.conv_transpose2d(x, self.kernel(), self.bias, stride=2, padding=1)


def init_normal(module: nn.Module) -> None:
    """Weights from N(0, 0.02), biases 0, norm scales from N(1, 0.02) (Isola et al. 2017, 6.2)."""
    for part in module.modules():
        if isinstance(part, nn.Conv2d | nn.ConvTranspose2d | ResizeConv2d):
            nn.init.normal_(part.weight, 0.0, 0.02)
            if part.bias is not None:
                nn.init.zeros_(part.bias)
        elif isinstance(part, nn.BatchNorm2d | nn.InstanceNorm2d | nn.GroupNorm) and part.weight is not None:
            nn.init.normal_(part.weight, 1.0, 0.02)
            nn.init.zeros_(part.bias)

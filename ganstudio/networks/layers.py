"""Layers that several networks share."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

EPSILON = 1e-5  # added to variances
SMALL_MAP = 1024  # pixels below which PyTorch's group norm of channels-last data takes another, slow kernel
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


def pad(x: Tensor, by: int, mode: str = "reflect") -> Tensor:  # (N,C,H,W) -> (N,C,H+2by,W+2by), of x's dtype
    """Padding that copies numbers as they are: under autocast PyTorch would first make float32 of them."""
    with torch.autocast(x.device.type, enabled=False):
        return F.pad(x, [by] * 4, mode=mode)


# --- norms by hand ----------------------------------------------------------------------------------------
# For norms that PyTorch lacks. Any norm is affine in x for each channel, once its moments are known; these two have
# backward passes of a few elementwise operations, and neither copies channels-last data into another order.


class _Moments(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> tuple[Tensor, Tensor]:
        n, c, h, w = x.shape
        if h * w < SMALL_MAP:
            wide = x.float()
            mean = wide.mean((2, 3))
            variance = (wide - mean[..., None, None]).square_().mean((2, 3))
        else:
            # The kernel of group norm takes both moments in one pass, in float32 if its scale is.
            one, zero = torch.ones(c, device=x.device), torch.zeros(c, device=x.device)
            _, mean, inverse = torch.native_group_norm(x, one, zero, n, c, h * w, c, EPSILON)
            variance = (inverse**-2 - EPSILON).clamp(min=0)
        ctx.save_for_backward(x, mean)
        return mean, variance

    @staticmethod
    def backward(ctx: Any, of_mean: Tensor, of_variance: Tensor) -> Tensor:  # type: ignore[override]
        x, mean = ctx.saved_tensors
        slope = of_variance * (2 / (x.shape[2] * x.shape[3]))
        start = of_mean / (x.shape[2] * x.shape[3]) - slope * mean
        return _affine(x, slope, start)


class _Affine(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        ctx.save_for_backward(x, scale)
        return _affine(x, scale, shift)

    @staticmethod
    def backward(ctx: Any, given: Tensor) -> tuple[Tensor, Tensor, Tensor]:  # type: ignore[override]
        x, scale = ctx.saved_tensors
        of_scale, of_shift = ((given * x).sum((2, 3), dtype=torch.float32), given.sum((2, 3), dtype=torch.float32))
        return given * scale[..., None, None].to(given.dtype), of_scale, of_shift


def _affine(x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    return torch.addcmul(shift[..., None, None].to(x.dtype), x, scale[..., None, None].to(x.dtype))


def moments(x: Tensor) -> tuple[Tensor, Tensor]:  # (N,C,H,W) -> two (N,C), float32
    """Mean and biased variance of each picture's channels, differentiable."""
    return _Moments.apply(x)


def affine(x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:  # (N,C,H,W), two (N,C) float32 -> as x
    """x * scale + shift, differentiable."""
    return _Affine.apply(x, scale, shift)


# --- enlargement ------------------------------------------------------------------------------------------


class ResizeConv2d(nn.Module):
    """Nearest-neighbour enlargement by 2, then a 3x3 convolution: no checkerboard (Odena et al. 2016).

    (N,in,H,W) -> (N,out,2H,2W). Four output pixels share each input pixel, so the two steps together are one
    transposed 4x4 convolution of stride 2 whose kernel is A W Aᵀ, with 2.25 times less arithmetic and no
    enlarged copy of the input. The weights that are learned stay the nine of W. `edges`: what the 3x3 convolution
    sees beyond the enlarged picture, "zeros", or its outermost pixels again ("replicate", which there equals
    reflection).
    """

    def __init__(self, in_channels: int, out_channels: int, edges: str = "zeros", bias: bool = True) -> None:
        super().__init__()
        self.edges = edges
        self.weight = nn.Parameter(torch.empty(in_channels, out_channels, 3, 3))
        self.spread: Tensor
        self.bias = nn.Parameter(torch.zeros(out_channels)) if bias else None
        nn.init.kaiming_uniform_(self.weight.transpose(0, 1), a=5**0.5)
        # Row a of A says which taps of W meet the same input pixel at tap a of the transposed kernel.
        # No weight: it has its values even where a network is made on the meta device, for its shapes alone.
        spread = torch.tensor([[0.0, 0, 1], [0, 1, 1], [1, 1, 0], [1, 0, 0]], device="cpu")
        self.register_buffer("spread", spread, persistent=False)

    def kernel(self) -> Tensor:  # -> (in,out,4,4)
        """The transposed convolution's kernel."""
        return self.spread @ self.weight @ self.spread.T

    def forward(self, x: Tensor) -> Tensor:
        if self.edges == "replicate":  # one more pixel all around, and two more of the result cut off
            return F.conv_transpose2d(pad(x, 1, "replicate"), self.kernel(), self.bias, stride=2, padding=3)
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

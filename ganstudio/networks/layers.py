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


def _moments(x: Tensor) -> tuple[Tensor, Tensor]:  # (N,C,H,W) -> two (N,C), float32
    n, c, h, w = x.shape
    if h * w < SMALL_MAP:
        wide = x.float()
        mean = wide.mean((2, 3))
        return mean, (wide - mean[..., None, None]).square_().mean((2, 3))
    # The kernel of group norm takes both moments in one pass, in float32 if its scale is.
    one, zero = torch.ones(c, device=x.device), torch.zeros(c, device=x.device)
    _, mean, inverse = torch.native_group_norm(x, one, zero, n, c, h * w, c, EPSILON)
    return mean, (inverse**-2 - EPSILON).clamp(min=0)


class _Moments(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> tuple[Tensor, Tensor]:
        mean, variance = _moments(x)
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
        return given * scale[..., None, None].to(given.dtype), _over_pixels(given * x), _over_pixels(given)


def _affine(x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    return torch.addcmul(shift[..., None, None].to(x.dtype), x, scale[..., None, None].to(x.dtype))


def moments(x: Tensor) -> tuple[Tensor, Tensor]:  # (N,C,H,W) -> two (N,C), float32
    """Mean and biased variance of each picture's channels, differentiable."""
    return _Moments.apply(x)


def affine(x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:  # (N,C,H,W), two (N,C) float32 -> as x
    """x * scale + shift, differentiable."""
    return _Affine.apply(x, scale, shift)


class _NormAndSlope(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: Tensor, scale: Tensor, shift: Tensor, noise: Tensor | None, grain: Tensor | None, slope: float
    ) -> Tensor:
        mean, variance = _moments(x)
        inverse = (variance + EPSILON).rsqrt()
        factor = scale * inverse
        y = _affine(x, factor, shift - mean * factor)
        if noise is not None and grain is not None:
            y.addcmul_(noise.to(y.dtype), grain[:, None, None].to(y.dtype))
        F.leaky_relu_(y, slope)
        ctx.save_for_backward(x, y, mean, inverse, scale, noise)
        ctx.slope = slope
        return y

    @staticmethod
    def backward(ctx: Any, given: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        x, y, mean, inverse, scale, noise = ctx.saved_tensors
        count = x.shape[2] * x.shape[3]
        # A result's sign is its argument's.
        given = torch.ops.aten.leaky_relu_backward(given, y, ctx.slope, True)
        total = _over_pixels(given)  # (N,C), of the shift
        of_scale = inverse * (_over_pixels(given * x) - mean * total)
        # Instance norm's gradient, scale / deviation (g - mean(g) - x^ mean(g x^)), as one affine map of g and x.
        first = scale * inverse
        second = -first * inverse * of_scale / count
        start = -first * total / count - second * mean
        of_x = _affine(given, first, start).addcmul_(x, second[..., None, None].to(x.dtype))
        of_grain = None
        if noise is not None:
            of_grain = _over_pixels(given, noise.to(given.dtype)).sum(0)
        return of_x, of_scale, total, None, of_grain, None


def _over_pixels(x: Tensor, weight: Tensor | None = None) -> Tensor:  # (N,C,H,W), (N,1,H,W) -> (N,C), float32
    """The sum over each channel's pixels, weighted if there are weights, as a matrix product: PyTorch's own sum of
    bfloat16 would first make a float32 copy. The product adds up in float32 as well."""
    n, c, h, w = x.shape
    rows = x.permute(0, 2, 3, 1).reshape(n, h * w, c)
    left = x.new_ones(n, 1, h * w) if weight is None else weight.reshape(n, 1, h * w)
    return torch.bmm(left, rows)[:, 0].float()


def norm_and_slope(
    x: Tensor,
    scale: Tensor,
    shift: Tensor,
    noise: Tensor | None = None,
    grain: Tensor | None = None,
    slope: float = 0.2,
) -> Tensor:
    """Instance norm of (N,C,H,W) by `scale` and `shift` (N,C) float32, plus `noise` (N,1,H,W) times `grain` (C,), then
    a leaky ReLU: differentiable, in as few passes over the pixels as can be, as those are what costs."""
    n, c, h, w = x.shape
    if n == 1 and h * w >= SMALL_MAP and not torch.is_grad_enabled():
        # One picture's scale and shift are group norm's own: one pass less than the moments and then the affine map.
        y = torch.native_group_norm(x, scale[0], shift[0], n, c, h * w, c, EPSILON)[0]
        if noise is not None and grain is not None:
            y.addcmul_(noise.to(y.dtype), grain[:, None, None].to(y.dtype))
        return F.leaky_relu_(y, slope)
    return _NormAndSlope.apply(x, scale, shift, noise, grain, slope)


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

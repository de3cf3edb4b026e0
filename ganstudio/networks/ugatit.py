"""U-GAT-IT's generator and critics (Kim et al. 2020, "U-GAT-IT: Unsupervised Generative Attentional Networks with
Adaptive Layer-Instance Normalization for Image-to-Image Translation", section 2 and appendix C)."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from ganstudio.networks.layers import EPSILON, ResizeConv2d, affine, moments, pad

POOLINGS = ("average", "maximum")


# --- attention --------------------------------------------------------------------------------------------


class Attention(nn.Module):
    """Class activation maps that steer a network (2.1.1; Zhou et al. 2016).

    Features are pooled, by their average and by their maximum, and a linear unit without bias tells from each
    which of two domains the picture is of. Its weights say how much each feature speaks for the domain: the
    features times these weights are what the network goes on with.
    """

    def __init__(self, channels: int, spectral: bool = False) -> None:
        super().__init__()
        wrap = spectral_norm if spectral else _as_it_is
        self.average = wrap(nn.Linear(channels, 1, bias=False))
        self.maximum = wrap(nn.Linear(channels, 1, bias=False))
        self.merge = nn.Conv2d(channels * 2, channels, 1)

    def weights(self) -> tuple[Tensor, Tensor]:
        """How much each feature speaks for the domain, of POOLINGS: (1,C) each."""
        return cast(Tensor, self.average.weight), cast(Tensor, self.maximum.weight)

    def logits(self, features: Tensor) -> Tensor:  # (N,C,H,W) -> (N,2) float32, of POOLINGS
        with torch.autocast(features.device.type, enabled=False):
            features = features.float()
            average, maximum = features.mean((2, 3)), features.amax((2, 3))
            return torch.cat([self.average(average), self.maximum(maximum)], dim=1)

    def forward(self, features: Tensor) -> Tensor:  # (N,C,H,W) -> the same, before the activation
        # merge(cat(average * features, maximum * features)) as one convolution of the features.
        by_average, by_maximum = self.merge.weight.chunk(2, dim=1)
        average, maximum = (weight[..., None, None] for weight in self.weights())
        weight = by_average * average + by_maximum * maximum
        return F.conv2d(features, weight.to(features.dtype), self.merge.bias)


def _as_it_is(layer: nn.Linear) -> nn.Linear:
    return layer


class Seen(NamedTuple):
    """What a network with attention saw in a batch of pictures."""

    features: Tensor  # (N,C,h,w), what is pooled
    weights: Tensor  # (2,C), how much each feature speaks for the domain, of POOLINGS
    logits: Tensor  # (N,2), the pooled features times the weights
    attended: Tensor  # (N,C,h,w), after the merging convolution and its activation


class Judged(NamedTuple):
    """A generator's picture (N,3,H,W) or a critic's patches (N,1,h,w), with its attention's logits (N,2)."""

    result: Tensor
    logits: Tensor


# --- generator --------------------------------------------------------------------------------------------


class AdaLIN(nn.Module):
    """Adaptive layer-instance normalisation (2.1.2, eq. 1): instance and layer norm mixed by rho, then scaled.

    (N,C,H,W), gamma (N,C), beta (N,C) -> (N,C,H,W). rho is in [0,1] for each channel: 1 is instance norm, which
    keeps what is where, and 0 is layer norm, which changes styles more. Without gamma and beta it learns its own
    (the layers that enlarge). Variances are the unbiased ones, as in the authors' code.
    """

    def __init__(self, channels: int, rho: float, own_scale: bool = False) -> None:
        super().__init__()
        self.rho = nn.Parameter(torch.full((channels,), rho))
        self.gamma = nn.Parameter(torch.ones(channels)) if own_scale else None
        self.beta = nn.Parameter(torch.zeros(channels)) if own_scale else None

    def forward(self, x: Tensor, gamma: Tensor | None = None, beta: Tensor | None = None) -> Tensor:
        if self.gamma is not None and self.beta is not None:
            gamma, beta = self.gamma[None], self.beta[None]
        assert gamma is not None and beta is not None
        c, pixels = x.shape[1], x.shape[2] * x.shape[3]
        mean, variance = moments(x)  # (N,C)
        layer_mean = mean.mean(1, keepdim=True)  # (N,1)
        layer_variance = (variance + (mean - layer_mean).square()).mean(1, keepdim=True)
        instance = (variance * (pixels / (pixels - 1)) + EPSILON).rsqrt()
        layer = (layer_variance * (c * pixels / (c * pixels - 1)) + EPSILON).rsqrt()
        # Both norms are affine in x for each channel, and so is what is made of them.
        rho = self.rho.float()
        scale = rho * instance + (1 - rho) * layer
        shift = -rho * instance * mean - (1 - rho) * layer * layer_mean
        gamma = gamma.float()
        return affine(x, scale * gamma, shift * gamma + beta.float())

    @torch.no_grad()
    def clip(self) -> None:
        """Puts rho back into [0,1], after a step of the optimizer (2.1.2)."""
        self.rho.clamp_(0, 1)


class Instance(nn.Module):
    """Instance norm without a scale, of any (N,C,H,W)."""

    def forward(self, x: Tensor) -> Tensor:
        mean, variance = moments(x)
        scale = (variance + EPSILON).rsqrt()
        return affine(x, scale, -mean * scale)


class Block(nn.Module):
    """x + f(x), two 3x3 convolutions with instance norm around one ReLU."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, bias=False)
        self.first_norm = Instance()
        self.second = nn.Conv2d(channels, channels, 3, bias=False)
        self.second_norm = Instance()

    def forward(self, x: Tensor) -> Tensor:
        inner = F.relu(self.first_norm(self.first(pad(x, 1))))
        return x + self.second_norm(self.second(pad(inner, 1)))


class AdaptiveBlock(nn.Module):
    """x + f(x), two 3x3 convolutions with AdaLIN around one ReLU."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, bias=False)
        self.first_norm = AdaLIN(channels, rho=0.9)
        self.second = nn.Conv2d(channels, channels, 3, bias=False)
        self.second_norm = AdaLIN(channels, rho=0.9)

    def forward(self, x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
        inner = F.relu(self.first_norm(self.first(pad(x, 1)), gamma, beta))
        return x + self.second_norm(self.second(pad(inner, 1)), gamma, beta)


class Enlarge(nn.Module):
    """Twice the side by nearest neighbours, a 3x3 convolution, layer-instance norm with its own scale."""

    def __init__(self, into: int, out: int) -> None:
        super().__init__()
        self.conv = ResizeConv2d(into, out, edges="replicate", bias=False)
        self.norm = AdaLIN(out, rho=0.0, own_scale=True)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.norm(self.conv(x)))


class Palette(nn.Module):
    """Paints with colours that it takes from the source: (N,3,H,W), attended features, decoded ones -> (N,3,H,W).

    Each of `TAKEN` colours is the source's mean under a mask of its own; a darker form of each and `OWN` learned ones
    (white and black among them) join them, and every pixel is a mixture of these. So hair and skin keep their colour,
    one never seen in training as well, and areas come out flat. Not in the paper.
    """

    TAKEN, OWN = 8, 8
    SHARPNESS = 4.0  # of both softmaxes: what their logits are multiplied by, or they would stay mixtures for long

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.where = nn.Conv2d(channels, self.TAKEN, 1)
        self.darker = nn.Parameter(torch.full((self.TAKEN, 3), 1.4))  # sigmoid of it: 0.8 of the light
        own = torch.rand(self.OWN, 3) * 4 - 2
        own[0], own[1] = 3.0, -3.0
        self.own = nn.Parameter(own)  # tanh of it
        self.paint = nn.Conv2d(width, 2 * self.TAKEN + self.OWN, 7)

    def forward(self, source: Tensor, attended: Tensor, x: Tensor) -> Tensor:
        places, paint = self.where(attended), self.paint(pad(x, 3))
        with torch.autocast(x.device.type, enabled=False):  # colours need the digits
            small = F.adaptive_avg_pool2d(source.float(), (attended.shape[2], attended.shape[3])).flatten(2)  # (N,3,P)
            share = (places.float().flatten(2) * self.SHARPNESS).softmax(2)  # (N,TAKEN,P)
            taken = share @ small.transpose(1, 2)  # (N,TAKEN,3)
            darker = (taken + 1) * torch.sigmoid(self.darker.float()) - 1
            own = torch.tanh(self.own.float()).expand(len(x), -1, -1)
            colours = torch.cat([taken, darker, own], dim=1)
            # With the colours last, where channels-last data have them: both operations run along memory.
            mixture = (paint.permute(0, 2, 3, 1).float() * self.SHARPNESS).softmax(3)  # (N,H,W,2 TAKEN + OWN)
            return (mixture.flatten(1, 2) @ colours).unflatten(1, mixture.shape[1:3]).permute(0, 3, 1, 2)


OUTPUTS = ("picture", "palette")


class UGATIT(nn.Module):
    """Generator: (N,3,H,W) in [-1,1] -> float32 (N,3,H,W) in [-1,1]; H and W multiples of 4, at least 16.

    `output` "picture" paints pixels, as in the paper; "palette" mixes colours of the source (see `Palette`).
    Encoder of two halvings and residual blocks, attention, decoder whose AdaLIN takes its scale and shift from the
    attended features: light, from their averages, for any size; full, from all of them, for `size` alone (and
    weights that grow with its fourth power: 268 million at 256).
    """

    def __init__(
        self, width: int = 64, blocks: int = 4, light: bool = True, size: int = 256, output: str = "picture"
    ) -> None:
        super().__init__()
        if output not in OUTPUTS:
            raise ValueError(f"output {output!r} is not one of {', '.join(OUTPUTS)}")
        self.light, self.size = light, size
        channels = width * 4
        self.encoder = nn.ModuleList(
            [
                nn.Conv2d(3, width, 7, bias=False),
                nn.Conv2d(width, width * 2, 3, stride=2, bias=False),
                nn.Conv2d(width * 2, channels, 3, stride=2, bias=False),
            ]
        )
        self.norms = nn.ModuleList([Instance() for _ in range(3)])
        self.blocks = nn.ModuleList([Block(channels) for _ in range(blocks)])
        self.attention = Attention(channels)
        inputs = channels if light else channels * (size // 4) ** 2
        self.style = nn.ModuleList([nn.Linear(inputs, channels, bias=False), nn.Linear(channels, channels, bias=False)])
        self.gamma = nn.Linear(channels, channels, bias=False)
        self.beta = nn.Linear(channels, channels, bias=False)
        self.adaptive = nn.ModuleList([AdaptiveBlock(channels) for _ in range(blocks)])
        self.enlarge = nn.ModuleList([Enlarge(channels, width * 2), Enlarge(width * 2, width)])
        palette = output == "palette"
        self.head = Palette(channels, width) if palette else nn.Conv2d(width, 3, 7, bias=False)

    def encode(self, x: Tensor) -> Tensor:  # (N,3,H,W) -> (N,4 width,H/4,W/4)
        for conv, norm, by in zip(self.encoder, self.norms, (3, 1, 1), strict=True):
            x = F.relu(norm(conv(pad(x, by))))
        for block in self.blocks:
            x = block(x)
        return x

    def decode(self, attended: Tensor, source: Tensor) -> Tensor:  # (N,4 width,H/4,W/4), (N,3,H,W) -> (N,3,H,W)
        style = attended.mean((2, 3)) if self.light else attended.contiguous().flatten(1)
        for layer in self.style:
            style = F.relu(layer(style))
        gamma, beta = self.gamma(style), self.beta(style)
        x = attended
        for block in self.adaptive:
            x = block(x, gamma, beta)
        for layer in self.enlarge:
            x = layer(x)
        if isinstance(self.head, Palette):
            return self.head(source, attended, x)
        return torch.tanh(self.head(pad(x, 3)).float())

    def forward(self, x: Tensor) -> Tensor:
        return self.decode(F.relu(self.attention(self.encode(x))), x)

    def judge(self, x: Tensor) -> Judged:
        """The picture, and the logits by which the attention tells a picture to be changed from one that is not."""
        features = self.encode(x)
        return Judged(self.decode(F.relu(self.attention(features)), x), self.attention.logits(features))

    def see(self, x: Tensor) -> Seen:
        """What the attention is made of, for heat maps."""
        return _seen(self.attention, self.encode(x), 0.0)

    def clip_rho(self) -> None:
        """Puts every rho back into [0,1], after each step of the optimizer (2.1.2)."""
        for part in self.modules():
            if isinstance(part, AdaLIN):
                part.clip()


def _seen(attention: Attention, features: Tensor, slope: float) -> Seen:
    attended = F.leaky_relu(attention(features), slope)
    return Seen(features, torch.cat(attention.weights()), attention.logits(features), attended)


# --- critic -----------------------------------------------------------------------------------------------


class UGATITCritic(nn.Module):
    """Critic with attention and spectral norm (2.1.3; Miyato et al. 2018): (N,3,H,W) in [-1,1] -> logits.

    `layers` counts its convolutions as the paper does: 5 is the local critic, of patches of 70 pixels, and 7 the
    global one, of 286. Pictures must be `smallest_side(layers)` pixels at least.
    """

    def __init__(self, width: int = 64, layers: int = 5) -> None:
        super().__init__()
        halvings = layers - 2
        sides = [3, *(width * 2**k for k in range(halvings + 1))]
        self.hidden = nn.ModuleList(
            [
                spectral_norm(nn.Conv2d(into, out, 4, stride=2 if k < halvings else 1))
                for k, (into, out) in enumerate(pairwise(sides))
            ]
        )
        self.attention = Attention(sides[-1], spectral=True)
        self.head = spectral_norm(nn.Conv2d(sides[-1], 1, 4, bias=False))

    def encode(self, x: Tensor) -> Tensor:  # (N,3,H,W) -> (N,C,h,w)
        for conv in self.hidden:
            x = F.leaky_relu(conv(pad(x, 1)), 0.2)
        return x

    def forward(self, x: Tensor) -> Tensor:  # -> (N,1,h,w)
        return self.judge(x).result

    def judge(self, x: Tensor) -> Judged:
        """The patches' logits, and those of the attention: both are to tell real pictures from made ones."""
        features = self.encode(x)
        attended = F.leaky_relu(self.attention(features), 0.2)
        return Judged(self.head(pad(attended, 1)).float(), self.attention.logits(features))

    def see(self, x: Tensor) -> Seen:
        """What the attention is made of, for heat maps."""
        return _seen(self.attention, self.encode(x), 0.2)


def smallest_side(layers: int) -> int:
    """Side in pixels from which a critic of so many layers has something to judge: two patches by two."""
    return 4 * 2 ** (layers - 2)

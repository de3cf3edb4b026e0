"""UGATIT-pytorch's networks, built anew from the paper and from the names and shapes of their tensors.

They compute as plainly as can be: nothing of `ganstudio.networks` is used, so that both can be compared.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import spectral_norm

Weights = dict[str, Tensor]


def mixed(x: Tensor, rho: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
    """Instance and layer norm of (N,C,H,W) mixed by rho, of unbiased variances; the rest is (N or 1,C,1,1)."""
    normed = []
    for dims in ((2, 3), (1, 2, 3)):
        variance, mean = torch.var_mean(x, dim=dims, keepdim=True)
        normed.append((x - mean) / torch.sqrt(variance + 1e-5))
    return (rho * normed[0] + (1 - rho) * normed[1]) * gamma + beta


class PeerAdaptive(nn.Module):
    """AdaLIN; it owns rho alone."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.rho = nn.Parameter(torch.full((1, channels, 1, 1), 0.9))

    def forward(self, x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
        return mixed(x, self.rho, gamma[..., None, None], beta[..., None, None])


class PeerLIN(PeerAdaptive):
    """With a scale and a shift of its own."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels)
        self.gamma = nn.Parameter(torch.ones(1, channels, 1, 1))
        self.beta = nn.Parameter(torch.zeros(1, channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return mixed(x, self.rho, self.gamma, self.beta)


def convolution(into: int, out: int, side: int, stride: int = 1) -> list[nn.Module]:
    return [nn.ReflectionPad2d(side // 2), nn.Conv2d(into, out, side, stride, bias=False)]


class PeerBlock(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        first = [*convolution(channels, channels, 3), nn.InstanceNorm2d(channels), nn.ReLU()]
        self.conv_block = nn.Sequential(*first, *convolution(channels, channels, 3), nn.InstanceNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv_block(x)


class PeerAdaptiveBlock(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, bias=False)
        self.norm1 = PeerAdaptive(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, bias=False)
        self.norm2 = PeerAdaptive(channels)

    def forward(self, x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
        inner = F.relu(self.norm1(self.conv1(F.pad(x, [1] * 4, mode="reflect")), gamma, beta))
        return x + self.norm2(self.conv2(F.pad(inner, [1] * 4, mode="reflect")), gamma, beta)


class PeerAttention(nn.Module):
    """What a generator and a critic have in common: (features, logits (N,2)) from (N,C,H,W)."""

    gap_fc: nn.Module
    gmp_fc: nn.Module
    conv1x1: nn.Module

    def attend(self, x: Tensor) -> tuple[Tensor, Tensor]:
        logits = torch.cat([self.gap_fc(x.mean((2, 3))), self.gmp_fc(x.amax((2, 3)))], dim=1)
        # The layer's first parameter, which under spectral norm is the weight before it is normed.
        maps = [x * next(layer.parameters())[..., None, None] for layer in (self.gap_fc, self.gmp_fc)]
        return self.conv1x1(torch.cat(maps, dim=1)), logits


class PeerGenerator(PeerAttention):
    def __init__(self, width: int, blocks: int, light: bool, size: int = 256, channels: int = 3) -> None:
        super().__init__()
        self.light, self.blocks = light, blocks
        inner = width * 4
        down: list[nn.Module] = []
        for into, out, side, stride in ((channels, width, 7, 1), (width, width * 2, 3, 2), (width * 2, inner, 3, 2)):
            down += [*convolution(into, out, side, stride), nn.InstanceNorm2d(out), nn.ReLU()]
        self.DownBlock = nn.Sequential(*down, *(PeerBlock(inner) for _ in range(blocks)))
        self.gap_fc = nn.Linear(inner, 1, bias=False)
        self.gmp_fc = nn.Linear(inner, 1, bias=False)
        self.conv1x1 = nn.Conv2d(inner * 2, inner, 1)
        inputs = inner if light else inner * (size // 4) ** 2
        first, second = nn.Linear(inputs, inner, bias=False), nn.Linear(inner, inner, bias=False)
        self.FC = nn.Sequential(first, nn.ReLU(), second, nn.ReLU())
        self.gamma = nn.Linear(inner, inner, bias=False)
        self.beta = nn.Linear(inner, inner, bias=False)
        for k in range(blocks):
            self.add_module(f"UpBlock1_{k + 1}", PeerAdaptiveBlock(inner))
        up: list[nn.Module] = []
        for into in (inner, width * 2):
            up += [nn.Upsample(scale_factor=2), *convolution(into, into // 2, 3), PeerLIN(into // 2), nn.ReLU()]
        self.UpBlock2 = nn.Sequential(*up, *convolution(width, channels, 7), nn.Tanh())

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        merged, logits = self.attend(self.DownBlock(x))
        x = F.relu(merged)
        style = self.FC(x.mean((2, 3)) if self.light else x.flatten(1))
        gamma, beta = self.gamma(style), self.beta(style)
        for k in range(self.blocks):
            x = self.get_submodule(f"UpBlock1_{k + 1}")(x, gamma, beta)
        return self.UpBlock2(x), logits


class PeerCritic(PeerAttention):
    def __init__(self, width: int, layers: int) -> None:
        super().__init__()
        hidden: list[nn.Module] = []
        into, out = 3, width
        for k in range(layers - 1):
            conv = spectral_norm(nn.Conv2d(into, out, 4, 2 if k < layers - 2 else 1))
            hidden += [nn.ReflectionPad2d(1), conv, nn.LeakyReLU(0.2)]
            into, out = out, out * 2
        self.model = nn.Sequential(*hidden)
        self.gap_fc = spectral_norm(nn.Linear(into, 1, bias=False))
        self.gmp_fc = spectral_norm(nn.Linear(into, 1, bias=False))
        self.conv1x1 = nn.Conv2d(into * 2, into, 1)
        self.conv = spectral_norm(nn.Conv2d(into, 1, 4, bias=False))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        merged, logits = self.attend(self.model(x))
        return self.conv(F.pad(F.leaky_relu(merged, 0.2), [1] * 4, mode="reflect")), logits


def random(network: nn.Module, seed: int = 0) -> nn.Module:
    """Every parameter drawn at random, as large as training leaves them, in eval mode."""
    draw = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in network.named_parameters():
            if name.endswith(".rho"):
                tensor.uniform_(0, 1, generator=draw)
            elif tensor.dim() > 1 and tensor.shape[1:].numel() > 1:
                tensor.normal_(0, tensor[0].numel() ** -0.5, generator=draw)
            else:
                tensor.normal_(1 if name.endswith(".gamma") else 0, 0.3, generator=draw)
        if isinstance(network, PeerCritic):  # in training, every pass brings u and v nearer to the singular vectors
            network.train()(torch.rand(1, 3, 128, 128, generator=draw))
    return network.eval()


def checkpoint(width: int, blocks: int, light: bool, size: int = 256, layers: tuple[int, int] = (5, 7)) -> nn.Module:
    """All six networks as its parts, under the names that the peer's checkpoint gives them."""
    networks: dict[str, nn.Module] = {}
    for name in ("genA2B", "genB2A"):
        networks[name] = PeerGenerator(width, blocks, light, size)
    for name in ("disGA", "disGB", "disLA", "disLB"):
        networks[name] = PeerCritic(width, layers[name[3] == "G"])
    return nn.ModuleDict({name: random(network, seed) for seed, (name, network) in enumerate(networks.items())})


def state_dicts(networks: nn.Module) -> dict[str, Weights]:
    """As the peer saves them."""
    return {name: network.state_dict() for name, network in networks.named_children()}

"""python -m ganstudio bench: this machine's speed, as ratios within one run.

Every figure is taken beside its reference, the two in turns, because a machine's speed changes by the minute.
"""

from __future__ import annotations

import copy
import dataclasses
import os
import statistics
import tempfile
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from ganstudio import images
from ganstudio.analysis import colour
from ganstudio.data import creatures
from ganstudio.models.engine import Model, describe, example_extra, fastest, measure
from ganstudio.networks.layers import EPSILON, ResizeConv2d
from ganstudio.networks.resnet import ResNet
from ganstudio.networks.ugatit import UGATIT, AdaLIN, Attention, Instance
from ganstudio.networks.unet import UNet
from ganstudio.recipes.pix2pix import PIX2PIX, Pix2PixConfig
from ganstudio.recipes.recipe import Batch

ROUNDS = 9


def in_turns(works: dict[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, float]:
    """Median seconds of each work, run one after the other `rounds` times after a warm-up."""
    for work in works.values():
        work()
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(taken) for name, taken in times.items()}


def bench_network(model: Model) -> dict[str, Any]:
    """Batch 1, eager float32 against the engine's choice: the model's generator, and the papers' at 64 channels."""
    generator = next(iter(model.networks.values()))
    ugatit = UGATIT(64, 4).eval().requires_grad_(False)
    return {
        **describe(model),
        "shipped": _against_eager(generator, model.size),
        "unet64": _against_eager(UNet(64, 8).eval().requires_grad_(False), 256),
        "resnet9": _against_eager(ResNet(64, 9, upsample="transposed").eval().requires_grad_(False), 256),
        # Its norms and its enlargement are the same function here, in fewer passes: the reference takes all of them.
        "ugatit_light64": _against_eager(ugatit, 256, as_written(ugatit)),
    }


def _against_eager(generator: nn.Module, size: int, reference: nn.Module | None = None) -> dict[str, Any]:
    x = torch.rand(1, 3, size, size) * 2 - 1
    extra = example_extra(generator, size)
    chosen = fastest(measure(generator, size))
    fast = chosen.fast

    def eager() -> Tensor:
        with torch.inference_mode():
            return (reference or generator)(x, *extra)

    seconds = in_turns({"eager": eager, "fast": lambda: fast(x, *extra)})
    return {
        "eager_milliseconds": seconds["eager"] * 1e3,
        "fast_milliseconds": seconds["fast"] * 1e3,
        "times_faster": seconds["eager"] / seconds["fast"],
        "backend": chosen.name,
        "difference": (fast(x, *extra) - eager()).abs().mean().item(),
    }


def as_written(network: UGATIT) -> UGATIT:
    """A copy that computes, step by step, what the paper's formulas say, as peers do in eager PyTorch."""
    copied = copy.deepcopy(network)
    for parent in list(copied.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, AdaLIN):
                setattr(parent, name, _WrittenAdaLIN(child))
            elif isinstance(child, Instance):
                setattr(parent, name, _WrittenInstance())
            elif isinstance(child, ResizeConv2d):
                setattr(parent, name, _WrittenEnlargement(child))
            elif isinstance(child, Attention):
                setattr(parent, name, _WrittenAttention(child))
    return copied


class _WrittenAdaLIN(nn.Module):
    def __init__(self, norm: AdaLIN) -> None:
        super().__init__()
        self.norm = norm

    def forward(self, x: Tensor, gamma: Tensor | None = None, beta: Tensor | None = None) -> Tensor:
        by_picture = [(x - x.mean(d, keepdim=True)) / (x.var(d, keepdim=True) + EPSILON).sqrt() for d in _DIMENSIONS]
        rho = self.norm.rho.view(1, -1, 1, 1)
        mixed = rho * by_picture[0] + (1 - rho) * by_picture[1]
        if gamma is None or beta is None:
            assert self.norm.gamma is not None and self.norm.beta is not None
            gamma, beta = self.norm.gamma[None], self.norm.beta[None]
        return mixed * gamma[..., None, None] + beta[..., None, None]


_DIMENSIONS = ((2, 3), (1, 2, 3))  # of instance norm, of layer norm


class _WrittenInstance(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return F.instance_norm(x)


class _WrittenEnlargement(nn.Module):
    def __init__(self, layer: ResizeConv2d) -> None:
        super().__init__()
        self.weight = layer.weight.detach().transpose(0, 1).contiguous()

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(F.pad(F.interpolate(x, scale_factor=2.0), [1] * 4, mode="reflect"), self.weight)


class _WrittenAttention(nn.Module):
    def __init__(self, attention: Attention) -> None:
        super().__init__()
        self.attention = attention

    def forward(self, features: Tensor) -> Tensor:
        self.attention.logits(features)
        weighted = [features * weight[..., None, None] for weight in self.attention.weights()]
        return self.attention.merge(torch.cat(weighted, dim=1))


def bench_training(size: int = 256, rounds: int = 3) -> dict[str, float]:
    """Images a second of pix2pix's step with the paper's networks: batch 1 in float32 (as the peers train)
    against batch 8 in this trainer's arithmetic. Data are made beforehand: the step alone is timed."""
    slow = _stepper(PIX2PIX.config(size=size, batch=1, precision="float32"))
    fast = _stepper(PIX2PIX.config(size=size, batch=8, precision="auto"))
    seconds = in_turns({"slow": slow, "fast": fast}, rounds)
    return {
        "batch_1_float32_images_per_second": 1 / seconds["slow"],
        "batch_8_images_per_second": 8 / seconds["fast"],
        "times_faster": 8 * seconds["slow"] / seconds["fast"],
    }


def _stepper(config: Pix2PixConfig) -> Callable[[], None]:
    quick = config.precision != "float32" and torch.ops.mkldnn._is_mkldnn_bf16_supported()
    order = torch.channels_last if quick else torch.contiguous_format
    config = dataclasses.replace(config, upsample="transposed")
    networks = PIX2PIX.build(config)
    for network in networks.values():
        network.to(memory_format=order).train()
    optimizers = {
        player: torch.optim.Adam([w for n in owned for w in networks[n].parameters()], config.rate, fused=quick)
        for player, owned in PIX2PIX.players.items()
    }
    shape = (config.batch, 3, config.size, config.size)
    pictures = [(torch.rand(shape) * 2 - 1).contiguous(memory_format=order) for _ in range(2)]

    def update(player: str, **terms: Tensor) -> None:
        optimizers[player].zero_grad()
        torch.stack(list(terms.values())).sum().backward()
        optimizers[player].step()

    def step() -> None:
        with torch.autocast("cpu", torch.bfloat16, enabled=quick):
            PIX2PIX.step(networks, Batch(*pictures), update, config)

    return step


def bench_colours(pictures: int = 800, size: int = 256, rounds: int = 3) -> dict[str, float]:
    """Statistics of the colours of picture files on all cores, against decoding the same files alone; and by how much
    more memory the whole takes than an eighth of it, at its peak."""
    with tempfile.TemporaryDirectory(prefix="ganstudio-") as folder:
        files = [Path(folder) / f"{number}.png" for number in range(pictures)]
        drawn = [Image.fromarray(creatures.creature(seed, kind, size)) for seed, kind in creatures.EXAMPLES]
        encoded = [images.encode_png(picture, {}) for picture in drawn]
        for number, file in enumerate(files):
            file.write_bytes(encoded[number % len(encoded)])
        process = psutil.Process()

        def peak(some: list[Path]) -> int:
            return max(process.memory_info().rss for _ in colour.of_files(some))

        few = peak(files[: max(1, pictures // 8)])
        growth = peak(files) - few

        def decode() -> None:
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                for _ in pool.map(lambda file: images.decode(file, alpha="keep").size, files):
                    pass

        seconds = in_turns({"decode": decode, "statistics": lambda: deque(colour.of_files(files), 0)}, rounds)
    return {
        "pictures": pictures,
        "seconds": seconds["statistics"],
        "decoding_alone_seconds": seconds["decode"],
        "times_decoding": seconds["statistics"] / seconds["decode"],
        "memory_growth_megabytes": growth / 2**20,
    }

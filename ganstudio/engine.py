"""Running a published model fast on this machine.

One copy of each model per process, warmed before it is handed out, and shared by all who ask: what a request
needs (its noise) is an argument, so that requests never wait for one another's settings. How the arithmetic is
done is chosen by measuring, once, when the model is loaded: float32 as it was trained, or bfloat16 in
channels-last order where the processor has units for it, whichever is faster and close enough. No compiler is
involved, so that the first picture comes at once.
"""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn

from ganstudio import images
from ganstudio.hub import find, load_networks
from ganstudio.networks.layers import ResizeConv2d
from ganstudio.networks.patchgan import PatchGAN
from ganstudio.networks.unet import UNet
from ganstudio.recipes import RECIPES

TOLERANCE = 0.02  # mean absolute difference from float32 that is close enough: 2.5 of 255 levels
TRIALS = 3  # timed passes of each way at loading
AT_ONCE = 4  # pictures of a batch of variations: more is no faster on a CPU and takes memory


@dataclass(frozen=True)
class Backend:
    """A way of doing the arithmetic."""

    name: str
    dtype: torch.dtype
    memory_format: torch.memory_format


BACKENDS = (
    Backend("float32", torch.float32, torch.contiguous_format),
    Backend("float32, channels last", torch.float32, torch.channels_last),
    Backend("bfloat16, channels last", torch.bfloat16, torch.channels_last),
)


@dataclass(frozen=True)
class Measured:
    """One way on this machine: seconds of the fastest pass, and its mean absolute difference from float32."""

    backend: Backend
    seconds: float
    difference: float


class Fast:
    """A generator as `backend` runs it: (N,3,H,W) float32 in [-1,1] -> the same, on the generator's device."""

    def __init__(self, generator: nn.Module, backend: Backend) -> None:
        self.backend = backend
        self.network = folded(copy.deepcopy(generator)).to(backend.dtype).to(memory_format=backend.memory_format)

    @torch.inference_mode()
    def __call__(self, x: Tensor, noise: Sequence[Tensor] = ()) -> Tensor:
        moved = x.to(self.backend.dtype).contiguous(memory_format=self.backend.memory_format)
        return self.network(moved, noise).float() if len(noise) else self.network(moved).float()


def folded(network: nn.Module) -> nn.Module:
    """The same function with each resize-convolution as the transposed convolution that it equals."""
    for name, child in network.named_children():
        if isinstance(child, ResizeConv2d):
            kernel = child.kernel().detach().contiguous()
            plain = nn.ConvTranspose2d(kernel.shape[0], kernel.shape[1], 4, stride=2, padding=1)
            plain.weight.data, plain.bias.data = kernel, child.bias.detach()  # type: ignore[union-attr]
            setattr(network, name, plain.requires_grad_(False))
        else:
            folded(child)
    return network


def measure(generator: nn.Module, size: int, trials: int = TRIALS) -> list[Measured]:
    """Every way that this machine offers, timed at batch 1 and compared with float32 on a drawing-like input."""
    x = torch.ones(1, 3, size, size)
    x[..., size // 4 : size // 4 + 2, size // 4 : -size // 4] = -1
    x[..., size // 4 : -size // 4, size // 3 : size // 3 + 2] = -1
    with torch.inference_mode():
        reference = generator(x)
    results = []
    for backend in BACKENDS:
        if backend.dtype == torch.bfloat16 and not torch.ops.mkldnn._is_mkldnn_bf16_supported():
            continue  # emulated bfloat16 is slower than float32, and warming it would delay the start
        fast = Fast(generator, backend)
        difference = (fast(x) - reference).abs().mean().item()  # warms it as well
        seconds = min(_timed(fast, x) for _ in range(trials))
        results.append(Measured(backend, seconds, difference))
    return results


def _timed(fast: Fast, x: Tensor) -> float:
    start = time.perf_counter()
    fast(x)
    return time.perf_counter() - start


class Model:
    """A published model, loaded and warmed; safe to use from several threads.

    `networks` are the published modules by name, float32, in eval mode. `size` is the side in pixels of the
    square that the generator works on, `backend` the name of the chosen arithmetic, `measured` what it was
    chosen from.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.networks, self.settings, self.config = load_networks(folder)
        self.size: int = self.settings.size
        generator = self.networks[RECIPES[self.config["recipe"]].exports[0]]
        self.measured = measure(generator, self.size)
        close = [m for m in self.measured if m.difference <= TOLERANCE]
        chosen = min(close, key=lambda m: m.seconds)
        self.backend = chosen.backend.name
        self.fast = Fast(generator, chosen.backend)

    def translate(
        self, image: Image.Image | str | Path, *, seed: int | None = None, keep_size: bool = True
    ) -> Image.Image:
        """The picture's translation, RGB, of the picture's own size (`keep_size`) or of `size` x `size`.

        A picture of another aspect is put on a square of white, and cut out of the result. `seed` draws the
        generator's noise: the same seed gives the same picture. None, the default, runs without noise, which is
        the steady picture. Raises `Refused` for a file that is no readable picture.
        """
        return self._translate(image, (seed,), keep_size)[0]

    def variations(
        self, image: Image.Image | str | Path, count: int, seed: int = 0, keep_size: bool = True
    ) -> list[Image.Image]:
        """`count` translations; the k-th is the one that `translate(seed=seed + k)` gives."""
        return self._translate(image, tuple(range(seed, seed + count)), keep_size)

    def _translate(
        self, image: Image.Image | str | Path, seeds: Sequence[int | None], keep_size: bool
    ) -> list[Image.Image]:
        picture = images.to_rgb(image) if isinstance(image, Image.Image) else images.decode(image)
        square, frame = images.letterbox(picture, self.size)
        x = images.to_tensor(square)  # (1,3,size,size)
        results = []
        for first in range(0, len(seeds), AT_ONCE):
            outputs = self.run(x, seeds[first : first + AT_ONCE])
            results += [images.to_image(output) for output in outputs]
        return [images.unpad(result, frame) for result in results] if keep_size else results

    def run(self, x: Tensor, seeds: Sequence[int | None]) -> Tensor:
        """(1,3,S,S) in [-1,1] -> (len(seeds),3,S,S) in [-1,1], one a seed; all seeds None, or none."""
        drawn = [seed for seed in seeds if seed is not None]
        generator = self.fast.network
        if drawn and isinstance(generator, UNet) and generator.noisy:
            noise = generator.noise(x.shape[2], x.shape[3], drawn)
            return self.fast(x.expand(len(drawn), -1, -1, -1), noise)
        return self.fast(x).expand(len(seeds), -1, -1, -1)

    def receptive_field(self) -> int | None:
        """Side in pixels of the patch that its discriminator judged in training; None for other recipes."""
        discriminator = RECIPES[self.config["recipe"]].build(self.settings).get("discriminator")
        return discriminator.receptive_field() if isinstance(discriminator, PatchGAN) else None


_models: dict[Path, Model] = {}
_loading = threading.Lock()


def load(source: str | Path) -> Model:
    """A model by name under checkpoints/, folder, or Hub id with an optional @revision; loaded once a process.

    Raises `Refused` where there is no such model, or its files are damaged or do not fit.
    """
    folder = find(source).resolve()
    with _loading:
        if folder not in _models:
            _models[folder] = Model(folder, folder.name if folder.name != "model" else folder.parent.name)
        return _models[folder]


def describe(model: Model) -> dict[str, Any]:
    """The choice of arithmetic and what it was chosen from, JSON-ready: milliseconds and mean difference."""
    return {
        "model": model.name,
        "backend": model.backend,
        "measured": [
            {"backend": m.backend.name, "milliseconds": m.seconds * 1e3, "difference": m.difference}
            for m in model.measured
        ],
    }

"""Running a published model fast on this machine.

One copy of each model per process, warmed before it is handed out, and shared by all who ask: what a request
needs (its noise) is an argument, so that requests never wait for one another's settings. How the arithmetic is
done is chosen by measuring, once, when the model is loaded: float32 as it was trained, or with its weights
ordered for the processor, or that in bfloat16 where the processor has units for it, whichever is the fastest of
those that are close enough. No compiler is involved, so that the first picture comes at once.
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
from ganstudio.networks.packed import can_pack, folded, packed
from ganstudio.networks.patchgan import PatchGAN
from ganstudio.networks.unet import UNet
from ganstudio.recipes import RECIPES

TOLERANCE = 0.02  # mean absolute difference from float32 that is close enough: 2.5 of 255 levels
TRIALS = 5  # timed passes of each way at loading


@dataclass(frozen=True)
class Backend:
    """A way of doing the arithmetic: the type of its numbers, and whether weights are ordered for the processor."""

    name: str
    dtype: torch.dtype
    packed: bool

    def available(self) -> bool:
        """Whether this machine has it. Emulated bfloat16 is not: it is slower than float32."""
        if self.dtype == torch.bfloat16 and not torch.ops.mkldnn._is_mkldnn_bf16_supported():
            return False
        return not self.packed or can_pack()


BACKENDS = (
    Backend("float32", torch.float32, packed=False),
    Backend("float32, packed", torch.float32, packed=True),
    Backend("bfloat16, packed", torch.bfloat16, packed=True),
)


class Fast:
    """A generator as `backend` runs it at pictures of `size`: (N,3,size,size) float32 in [-1,1] -> the same."""

    def __init__(self, generator: nn.Module, backend: Backend, size: int) -> None:
        self.backend = backend
        if backend.packed:
            self.network = packed(generator, torch.zeros(1, 3, size, size, dtype=backend.dtype))
        else:
            self.network = folded(copy.deepcopy(generator)).to(backend.dtype)

    @torch.inference_mode()
    def __call__(self, x: Tensor, noise: Sequence[Tensor] = ()) -> Tensor:
        order = torch.channels_last if self.backend.packed else torch.contiguous_format
        moved = x.to(self.backend.dtype).contiguous(memory_format=order)
        return self.network(moved, noise).float() if len(noise) else self.network(moved).float()


@dataclass(frozen=True)
class Measured:
    """One way on this machine: seconds of the fastest pass, and its mean absolute difference from float32."""

    fast: Fast
    seconds: float
    difference: float

    @property
    def name(self) -> str:
        return self.fast.backend.name


def measure(generator: nn.Module, size: int, trials: int = TRIALS) -> list[Measured]:
    """Every way that this machine offers, timed at batch 1 and compared with float32 on a drawing-like input."""
    x = torch.ones(1, 3, size, size)
    x[..., size // 4 : size // 4 + 2, size // 4 : -size // 4] = -1
    x[..., size // 4 : -size // 4, size // 3 : size // 3 + 2] = -1
    with torch.inference_mode():
        reference = generator(x)
    ways = [Fast(generator, backend, size) for backend in BACKENDS if backend.available()]
    differences = [(fast(x) - reference).abs().mean().item() for fast in ways]  # warms each as well
    # In turns: what else the machine does meanwhile slows all of them alike.
    rounds = [[_timed(fast, x) for fast in ways] for _ in range(trials)]
    seconds = [min(times) for times in zip(*rounds, strict=True)]
    return [Measured(*row) for row in zip(ways, seconds, differences, strict=True)]


def fastest(measured: Sequence[Measured]) -> Measured:
    """The fastest of those that are close enough to float32."""
    return min((m for m in measured if m.difference <= TOLERANCE), key=lambda m: m.seconds)


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
        chosen = fastest(self.measured)
        self.backend, self.fast = chosen.name, chosen.fast
        # Once: every visitor's page asks for it, and building the networks takes longer than a picture.
        discriminator = RECIPES[self.config["recipe"]].build(self.settings).get("discriminator")
        self._receptive_field = discriminator.receptive_field() if isinstance(discriminator, PatchGAN) else None

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
        results = [images.to_image(self.run(x, seed)) for seed in seeds]
        return [images.unpad(result, frame) for result in results] if keep_size else results

    def run(self, x: Tensor, seed: int | None = None) -> Tensor:
        """(1,3,size,size) in [-1,1] -> the same, with the noise of `seed`.

        One picture at a time: a batch is no faster on a CPU, and its rounding would differ, while a seed must
        give the same picture alone and among others.
        """
        generator = self.fast.network
        if seed is not None and isinstance(generator, UNet) and generator.noisy:
            return self.fast(x, generator.noise(x.shape[2], x.shape[3], (seed,)))
        return self.fast(x)

    def receptive_field(self) -> int | None:
        """Side in pixels of the patch that its discriminator judged in training; None for other recipes."""
        return self._receptive_field


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
            {"backend": m.name, "milliseconds": m.seconds * 1e3, "difference": m.difference} for m in model.measured
        ],
    }

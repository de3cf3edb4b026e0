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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from ganstudio import images
from ganstudio.analysis import enlarge, guided
from ganstudio.models.hub import find, load_networks
from ganstudio.networks.classifier import Classifier
from ganstudio.networks.packed import can_pack, folded, packed
from ganstudio.networks.palette import RECOLOURS
from ganstudio.networks.patchgan import PatchGAN
from ganstudio.networks.recolourer import Recolourer
from ganstudio.networks.resnet import ResNet
from ganstudio.networks.styled import StyleEncoder, StyleUNet
from ganstudio.networks.ugatit import UGATIT, UGATITCritic
from ganstudio.networks.unet import UNet
from ganstudio.recipes import RECIPES
from ganstudio.words import Refused

TOLERANCE = 0.02  # mean absolute difference from float32 that is close enough: 2.5 of 255 levels
MAX_STRENGTH = 2.0
PAINTS = ("photograph", "illustration")  # what a model that draws may say of its pictures in config.json
MAX_STYLE = 10.0  # a style's numbers are of the normal distribution: far beyond it there is nothing to see
BAND = 2**20  # pixels of a large picture that are recoloured at a time
PALETTE_BAND = 2**18  # likewise by palette, which takes some forty numbers a pixel
OBSERVERS = (UGATIT, UGATITCritic, Classifier)
Extra = Tensor | Sequence[Tensor]  # what a generator takes besides a picture
TRIALS = 5  # timed passes of each way at loading


@dataclass(frozen=True)
class Direction:
    """One of a model's sliders: `vector` added to a style, times -1 to 1, changes what `name` says it measures."""

    name: str  # of analysis/directions.py's MEASURES
    vector: tuple[float, ...]


def read_directions(listed: object, codes: int) -> tuple[Direction, ...]:
    """The directions in a model's config.json; those that are not whole are left out."""
    found = []
    for each in listed if isinstance(listed, list) else ():
        name, vector = (each.get("name"), each.get("vector")) if isinstance(each, dict) else (None, None)
        if not isinstance(name, str) or not isinstance(vector, list) or len(vector) != codes:
            continue
        numbers = tuple(float(v) for v in vector if isinstance(v, int | float) and abs(v) <= MAX_STYLE)
        if len(numbers) == codes:
            found.append(Direction(name, numbers))
    return tuple(found)


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
    """A generator as `backend` runs it at pictures of `size`: (N,3,size,size) float32 in [-1,1] -> the same.

    `extra` is what the generator takes besides: a U-Net's noise, the label (N,labels) of one that has labels, or style
    (N,codes) and noise of one that has styles.
    """

    def __init__(self, generator: nn.Module, backend: Backend, size: int) -> None:
        self.backend = backend
        if backend.packed:
            example = torch.zeros(1, 3, size, size, dtype=backend.dtype)
            self.network = packed(generator, example, *self._cast(example_extra(generator, size)))
        else:
            self.network = folded(copy.deepcopy(generator)).to(backend.dtype)

    @torch.inference_mode()
    def __call__(self, x: Tensor, *extra: Extra) -> Tensor:
        order = torch.channels_last if self.backend.packed else torch.contiguous_format
        moved = x.to(self.backend.dtype).contiguous(memory_format=order)
        return self.network(moved, *self._cast(extra)).float()

    def _cast(self, extra: Sequence[Extra]) -> list[Extra]:
        return [e.to(self.backend.dtype) if isinstance(e, Tensor) else e for e in extra]


def example_extra(generator: nn.Module, size: int) -> tuple[Extra, ...]:
    """What a generator needs besides a picture of `size` to be run at all."""
    if isinstance(generator, StyleUNet):
        return torch.zeros(1, generator.codes), generator.noise(size, size)
    labels = generator.labels if isinstance(generator, ResNet | Recolourer) else 0
    if not labels:
        return ()
    style = (torch.zeros(1, generator.codes),) if isinstance(generator, Recolourer) else ()
    return torch.eye(labels)[:1], *style


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
    extra = example_extra(generator, size)
    with torch.inference_mode():
        reference = generator(x, *extra)
    # A palette is a few numbers, which need their digits and gain nothing by another order of weights.
    backends = BACKENDS[:1] if isinstance(generator, Recolourer) else BACKENDS
    ways = [Fast(generator, backend, size) for backend in backends if backend.available()]
    differences = [(fast(x, *extra) - reference).abs().mean().item() for fast in ways]  # warms each as well
    # In turns: what else the machine does meanwhile slows all of them alike.
    rounds = [[_timed(fast, x, extra) for fast in ways] for _ in range(trials)]
    seconds = [min(times) for times in zip(*rounds, strict=True)]
    return [Measured(*row) for row in zip(ways, seconds, differences, strict=True)]


def fastest(measured: Sequence[Measured]) -> Measured:
    """The fastest of those that are close enough to float32."""
    return min((m for m in measured if m.difference <= TOLERANCE), key=lambda m: m.seconds)


def _timed(fast: Fast, x: Tensor, extra: Sequence[Extra]) -> float:
    start = time.perf_counter()
    fast(x, *extra)
    return time.perf_counter() - start


class Model:
    """A published model, loaded and warmed; safe to use from several threads.

    `networks` are the published modules by name, float32, in eval mode. `size` is the side in pixels of the
    square that the generators work on, `backend` the name of the chosen arithmetic, `measured` what it was
    chosen from. `targets` is what `translate` may be asked for: the types of a model that knows many, the two
    domains of one that goes both ways, the one of a CycleGAN that goes one way; a pix2pix has none. `codes` is how many
    numbers a style has, 0 where the model knows no styles, `palette` how many colours it chooses, `paints` one of
    `PAINTS` or empty. `of_faces` is whether config.json says that it draws faces and nothing else ("subject": "faces"),
    so that a drawing of something else is worth a word. `purpose` and `labelled` are the recipe's.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.networks, self.settings, self.config = load_networks(folder)
        self.recipe: str = self.config["recipe"]
        self.purpose = RECIPES[self.recipe].purpose
        self.draws = RECIPES[self.recipe].draws
        self.labelled = RECIPES[self.recipe].labelled
        self.paints: str = paints if (paints := self.config.get("paints")) in PAINTS else ""
        self.size: int = self.settings.size
        # What can be asked what it saw, for heat maps: both directions, their critics, or a classifier.
        self.observers: tuple[str, ...] = tuple(n for n, net in self.networks.items() if isinstance(net, OBSERVERS))
        generators = [self.networks[n] for n in RECIPES[self.recipe].exports if n in self.networks]
        self.measured = measure(generators[0], self.size)
        chosen = fastest(self.measured)
        self.backend, self.fast = chosen.name, chosen.fast
        styled = generators[0] if isinstance(generators[0], StyleUNet) else None
        self.codes, self.palette = (styled.codes, styled.palette) if styled is not None else (0, 0)
        if isinstance(generators[0], Recolourer):
            self.codes = generators[0].codes
        self.directions = read_directions(self.config.get("directions"), self.codes)
        self.of_faces: bool = self.config.get("subject") == "faces"
        self._grain_lock = threading.Lock()
        self._grains: tuple[int | None, tuple[Tensor, ...]] | None = None
        ways = RECIPES[self.recipe].targets(self.settings, self.networks)
        self.targets: tuple[str, ...] = tuple(ways)
        # All are of one build: what is the fastest for the first is so for the others.
        fast = {
            name: self.fast if network is generators[0] else Fast(network, self.fast.backend, self.size)
            for name, network in self.networks.items()
            if name in ways.values()
        }
        self._ways = {target: fast[name] for target, name in ways.items()}
        # Once, as every visitor's page asks for it, and of a critic as narrow as can be: its width does not matter.
        patch = getattr(self.settings, "patch", None)
        self._receptive_field = PatchGAN(3, 1, patch).receptive_field() if patch else None

    def translate(
        self,
        image: Image.Image | str | Path,
        *,
        to: str | None = None,
        seed: int | None = None,
        style: Sequence[float] | None = None,
        strength: float = 1.0,
        keep_size: bool = True,
        size: int | None = None,
    ) -> Image.Image:
        """The picture's translation, of the picture's own size (`keep_size`) or of the square that the network paints.

        With `size`, for a model that draws, of that many pixels at its longer side instead, `enlarge.MIN_SIDE` to
        `enlarge.MAX_SIDE`: enlarged from what the network painted, by the way that was measured to look best.

        `to` is one of `targets` (None where there is only one), or for a model of many types two of them joined by
        "+". A picture of another aspect is put on a square of white, and cut out of the result. A pix2pix and a
        U-GAT-IT draw anew, and give RGB, transparency laid on white; `strength` is for the others alone, which keep
        transparency bit for bit (RGBA in, RGBA out), and where a picture is larger than `size` its fine detail (see
        `guided.fit`); those that change colours leave a plain backdrop alone. `strength` 0 is the picture itself, 1 the
        network's, up to 2 goes on beyond it. `seed` draws a U-Net's noise, or the style and noise of a model that has
        styles: the same seed gives the same picture. None, the default, runs without noise, or in the style 0, which is
        the steady picture. `style` is one of `codes` numbers, such as `style_of` reads off a picture, and goes before
        the seed's. Raises `Refused` for a model that translates nothing, a file that is no readable picture, an unknown
        target, a strength or a size out of bounds, or a style that the model cannot have.
        """
        self.check(to, strength, size)
        if not RECIPES[self.recipe].translates:
            raise Refused("engine.no_translation", model=self.name)
        if RECIPES[self.recipe].redraws:
            return self._translate(image, (seed,), keep_size, to, style, size)[0]
        if style is not None:
            style = self.checked_style(style)
        picture = image if isinstance(image, Image.Image) else images.decode(image, alpha="keep")
        result = self._repaint(images.to_rgb(picture, alpha="keep"), to, seed, style, strength, keep_size)
        if keep_size and picture.mode == "RGBA" and result.mode == "RGB":
            result.putalpha(255)  # it was opaque, but RGBA none the less
        return result

    def variations(
        self,
        image: Image.Image | str | Path,
        count: int,
        seed: int = 0,
        keep_size: bool = True,
        size: int | None = None,
    ) -> list[Image.Image]:
        """`count` translations; the k-th is the one that `translate(seed=seed + k)` gives."""
        if not self.draws:  # the others have no noise
            raise Refused("engine.no_variations", model=self.name)
        self.check(None, size=size)
        return self._translate(image, tuple(range(seed, seed + count)), keep_size, size=size)

    def style_of(self, image: Image.Image | str | Path) -> list[float]:
        """The style of a picture, `codes` numbers: what there is of colours and light, whatever the picture shows.

        Raises `Refused` for a model without styles, or one that was published without its encoder.
        """
        encoder = self.networks.get("encoder")
        if not self.codes or not isinstance(encoder, StyleEncoder):
            raise Refused("engine.no_style", model=self.name)
        picture = images.to_rgb(image) if isinstance(image, Image.Image) else images.decode(image)
        square, _ = images.letterbox(picture, self.size)
        with torch.inference_mode():
            mean, _ = encoder(images.to_tensor(square))
        return [round(value, 4) for value in mean[0].tolist()]

    def seed_style(self, seed: int) -> list[float]:
        """The style that a seed gives. Raises `Refused` for a model without styles."""
        generator = self.fast.network
        if not self.codes or not isinstance(generator, StyleUNet | Recolourer):
            raise Refused("engine.no_style", model=self.name)
        return [round(value, 4) for value in generator.style(seed)[0].tolist()]

    def styled(
        self, seed: int | None = None, base: Sequence[float] | None = None, sliders: Mapping[str, float] | None = None
    ) -> tuple[float, ...] | None:
        """The style `base`, or the seed's, or 0, moved along `directions` by as much as `sliders` say, -1 to 1 each.

        None where that is the seed's own. Raises `Refused` for a base or a slider that the model cannot have.
        """
        sliders = {name: share for name, share in (sliders or {}).items() if share}
        if base is None and not sliders:
            return None
        known = {each.name: each.vector for each in self.directions}
        if not set(sliders) <= set(known) or not all(abs(share) <= 1 for share in sliders.values()):
            raise Refused("engine.slider", model=self.name, known=", ".join(known) or "-")
        if base is None:
            base = [0.0] * self.codes if seed is None else self.seed_style(seed)
        moved = np.array(self.checked_style(base))
        for name, share in sliders.items():
            moved = moved + share * np.array(known[name])
        return tuple(np.clip(moved, -MAX_STYLE, MAX_STYLE).tolist())

    def checked_style(self, style: Sequence[float]) -> tuple[float, ...]:
        """A style as numbers; raises `Refused` where it is not `codes` finite ones, none beyond `MAX_STYLE`."""
        if not self.codes:
            raise Refused("engine.no_style", model=self.name)
        numbers = tuple(float(value) for value in style if isinstance(value, int | float) and abs(value) <= MAX_STYLE)
        if not len(numbers) == len(style) == self.codes:
            raise Refused("engine.style", model=self.name, codes=self.codes, limit=MAX_STYLE)
        return numbers

    def _translate(
        self,
        image: Image.Image | str | Path,
        seeds: Sequence[int | None],
        keep_size: bool,
        to: str | None = None,
        style: Sequence[float] | None = None,
        size: int | None = None,
    ) -> list[Image.Image]:
        if style is not None:
            style = self.checked_style(style)
        picture = images.to_rgb(image) if isinstance(image, Image.Image) else images.decode(image)
        square, frame = images.letterbox(picture, self.size)
        x = images.to_tensor(square)  # (1,3,size,size)
        results = [images.to_image(self.run(x, seed, to, style)) for seed in seeds]
        if size is not None:
            shown = frame.inside(size) if keep_size else None
            return [_at(result, size, shown) for result in results]
        return [images.unpad(result, frame) for result in results] if keep_size else results

    def _repaint(
        self,
        picture: Image.Image,
        to: str | None,
        seed: int | None,
        style: Sequence[float] | None,
        strength: float,
        keep_size: bool,
    ) -> Image.Image:
        """`translate` for the recipes that keep what a picture shows: RGB -> RGB, RGBA -> RGBA."""
        colour = picture if picture.mode == "RGB" else picture.convert("RGB")
        alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
        left_alone = None  # (H,W) of a plain backdrop
        generator = self._ways.get(to or "", self.fast).network
        if alpha is None and getattr(self.settings, "output", "picture") in RECOLOURS:
            left_alone = guided.backdrop(np.asarray(colour))
        seen = alpha if left_alone is None else Image.fromarray(~left_alone).convert("L")
        on_white = colour
        if seen is not None:
            on_white = Image.new("RGB", colour.size, (255, 255, 255))
            on_white.paste(colour, mask=seen)
        square, frame = images.letterbox(on_white, self.size)
        x = images.to_tensor(square)  # (1,3,size,size)
        if keep_size and isinstance(generator, Recolourer):
            # A palette's change is the same for a picture of any size, so all of its pixels go through it.
            with torch.inference_mode():
                change = generator.plan(x, *self._wish(to, seed, style))
                out = _in_bands(
                    lambda band, _: generator.paint(band, change), colour, strength, left_alone, PALETTE_BAND
                )
            if alpha is not None:
                out.putalpha(alpha)
            return out
        y = self.run(x, seed, to, style)
        if not keep_size:
            return images.to_image(x + strength * (y - x))
        rows = slice(frame.top, frame.top + frame.inner_height)
        columns = slice(frame.left, frame.left + frame.inner_width)
        if frame.inner_width < frame.width and getattr(self.settings, "keep_detail", True):
            weight = None
            if seen is not None:
                small = seen.resize((frame.inner_width, frame.inner_height), Image.Resampling.BOX)
                weight = torch.from_numpy(np.array(small, np.float32))[None, None] / 255
            maps = guided.fit(x[..., rows, columns], y[..., rows, columns].clamp(-1, 1), weight)
            out = _in_bands(lambda band, top: guided.apply(maps, band, top, frame.height), colour, strength, left_alone)
        else:
            painted = images.unpad(images.to_image(y), frame)
            out = _in_bands(
                lambda band, top: images.to_tensor(painted.crop((0, top, painted.width, top + band.shape[2]))),
                colour,
                strength,
                left_alone,
            )
        if alpha is not None:
            out.putalpha(alpha)
        return out

    def check(self, to: str | None, strength: float = 1.0, size: int | None = None) -> None:
        """Raises `Refused`, saying what the model can do, where it cannot do `to`, or `strength` or `size` is out of
        bounds.

        Where there is one target at most, `to` need not be given."""
        parts = self._parts(to)
        if bool(parts) != bool(self.targets) or len(parts) > 2 or not set(parts) <= set(self.targets):
            raise Refused("engine.to", model=self.name, to=to or "-", known=", ".join(self.targets) or "-")
        if not 0 <= strength <= MAX_STRENGTH:
            raise Refused("engine.strength", limit=MAX_STRENGTH)
        if size is not None:
            if not self.draws:
                raise Refused("engine.no_size", model=self.name)
            if not enlarge.MIN_SIDE <= size <= enlarge.MAX_SIDE:
                raise Refused("engine.size", low=enlarge.MIN_SIDE, high=enlarge.MAX_SIDE)

    def _parts(self, to: str | None) -> list[str]:
        """The targets that `to` names, known or not. The names of two domains may hold a "+" of their own."""
        if to is None:
            return list(self.targets) if len(self.targets) == 1 else []
        return to.split("+") if self.labelled and to not in self.targets else [to]

    def run(
        self, x: Tensor, seed: int | None = None, to: str | None = None, style: Sequence[float] | None = None
    ) -> Tensor:
        """(1,3,size,size) in [-1,1] -> the same, with the noise of `seed`, towards `to`, in `style`.

        One picture at a time: a batch is no faster on a CPU, and its rounding would differ, while a seed must
        give the same picture alone and among others.
        """
        fast = self._ways.get(to or "", self.fast)
        generator = fast.network
        if self.labelled:
            return fast(x, *self._wish(to, seed, style))
        if isinstance(generator, StyleUNet):
            return fast(x, self._style(seed, style), self._grain(seed))
        if seed is not None and isinstance(generator, UNet) and generator.noisy:
            return fast(x, generator.noise(x.shape[2], x.shape[3], (seed,)))
        return fast(x)

    def _wish(self, to: str | None, seed: int | None, style: Sequence[float] | None) -> list[Tensor]:
        """What is told to a network that makes many things, or has many looks for one."""
        if not self.labelled:
            return []
        return [self._label(to), *([self._style(seed, style)] if self.codes else [])]

    def _label(self, to: str | None) -> Tensor:  # (1,labels)
        parts = self._parts(to)
        label = torch.zeros(1, len(self.targets))
        for part in parts:
            label[0, self.targets.index(part)] += 1 / len(parts)
        return label

    def _style(self, seed: int | None, style: Sequence[float] | None) -> Tensor:  # (1,codes)
        if style is None:
            style = [0.0] * self.codes if seed is None else self.seed_style(seed)
        return torch.tensor([style], dtype=torch.float32)

    def _grain(self, seed: int | None) -> tuple[Tensor, ...]:
        """The noise of a seed, kept while the same one is asked for: a pen that moves asks often."""
        generator = self.fast.network
        assert isinstance(generator, StyleUNet)
        with self._grain_lock:
            if self._grains is None or self._grains[0] != seed:
                self._grains = (seed, generator.noise(self.size, self.size, seed))
            return self._grains[1]

    def receptive_field(self) -> int | None:
        """Side in pixels of the patch that its discriminator judged in training; None for other recipes."""
        return self._receptive_field


def _at(square: Image.Image, side: int, shown: tuple[int, int, int, int] | None) -> Image.Image:
    """What the network painted at `side` x `side` pixels, and of that the part `shown`, where it is not all."""
    if side >= square.width:
        square = enlarge.enlarged(square, side, side)
    else:
        square = square.resize((side, side), Image.Resampling.LANCZOS)
    return square if shown is None else square.crop(shown)


def _in_bands(
    change: Callable[[Tensor, int], Tensor],
    picture: Image.Image,
    strength: float,
    left_alone: NDArray[np.bool_] | None,
    most: int | None = None,
) -> Image.Image:
    """x + strength (change(x) - x) for a picture of any size, some rows at a time: as floats it is 12 times as large.

    `change` takes (1,3,n,W) in [-1,1] and the number of the first row; `left_alone` (H,W) marks pixels that stay; at
    most `most` pixels go through it at once, else BAND.
    """
    pixels = np.array(picture)  # (H,W,3)
    step = max(1, (most or BAND) // picture.width)
    for top in range(0, picture.height, step):
        band = pixels[top : top + step]
        x = torch.from_numpy(band).permute(2, 0, 1)[None].float() / 127.5 - 1
        y = (x + strength * (change(x, top) - x)).clamp(-1, 1)
        changed = ((y[0] + 1) * 127.5).round().byte().permute(1, 2, 0).numpy()
        if left_alone is not None:
            changed = np.where(left_alone[top : top + step, :, None], band, changed)
        pixels[top : top + step] = changed
    return Image.fromarray(pixels)


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


def forget(folder: Path) -> None:
    """Lets go of the model in `folder`, which has been replaced: `load` reads it anew."""
    with _loading:
        _models.pop(folder.resolve(), None)


def describe(model: Model) -> dict[str, Any]:
    """The choice of arithmetic and what it was chosen from, JSON-ready: milliseconds and mean difference."""
    return {
        "model": model.name,
        "backend": model.backend,
        "measured": [
            {"backend": m.name, "milliseconds": m.seconds * 1e3, "difference": m.difference} for m in model.measured
        ],
    }

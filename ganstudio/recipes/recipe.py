"""What a GAN is to the trainer: its settings, its networks, who plays against whom, and one step."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

from torch import Tensor, nn

from ganstudio.config import knob

Networks = dict[str, nn.Module]
PRESETS = ("try", "good", "paper")  # minutes on a CPU; an hour on a GPU; the paper's settings, where there is one


class Batch(NamedTuple):
    """One batch of training data, on the training device."""

    source: Tensor  # (N,3,H,W) in [-1,1]
    target: Tensor  # the same, or (N,) class labels


class Update(Protocol):
    """Sums the terms, runs backward, steps this player's optimizer, and logs each term under its name."""

    def __call__(self, player: str, **terms: Tensor) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Training:
    """The settings that every recipe shares. Lengths are in images seen, the trainer's only clock."""

    data: str = knob("", "folder of the training pictures")
    images: int = knob(200_000, "training length, in images seen", 1, 10**8)
    size: int = knob(256, "side of the training pictures, in pixels", 16, 1024)
    batch: int = knob(8, "pictures a step, over all processes", 1, 4096)
    seed: int = knob(0, "seed of the weights, the data order and the noise", 0, 2**31 - 1)
    rate: float = knob(2e-4, "learning rate of Adam", 1e-7, 1.0)
    beta1: float = knob(0.5, "Adam's decay of the first moment", 0.0, 0.999)
    beta2: float = knob(0.999, "Adam's decay of the second moment", 0.0, 0.99999)
    weight_decay: float = knob(0.0, "Adam's decay of the weights", 0.0, 1.0)
    decay_after: float = knob(0.5, "share of the run after which the rate falls linearly to 0", 0.0, 1.0)
    ema: int = knob(2_000, "half-life of the averaged weights, in images seen; 0 = none", 0, 10**7)
    precision: str = knob(
        "auto",
        "arithmetic of the step; auto takes bfloat16 where the processor has units for it",
        choices=("auto", "float32", "bfloat16"),
    )
    checkpoint_every: int = knob(5_000, "images seen between checkpoints", 1, 10**8)
    milestones: str = knob(
        "10,50", "per cents of the training at which the model is kept to compare with; empty = none"
    )
    sample_every: int = knob(2_500, "images seen between sample sheets", 1, 10**8)
    report_every: int = knob(250, "images seen between lines of metrics.jsonl", 1, 10**8)
    samples: int = knob(8, "pictures on a sample sheet", 1, 64)
    workers: int = knob(2, "processes that prepare pictures; 0 = the training process itself", 0, 64)
    start_from: str = knob("", "published model or model folder whose weights the run starts from")
    folds: int = knob(1, "split of the pictures into so many parts; 1 = train on all", 1, 1000)
    fold: int = knob(0, "the part that is held back from training, from 0", 0, 999)
    hold_out: str = knob("", "text file that names, one a line, pictures never to train on")


@dataclass(frozen=True, kw_only=True)
class PairedTraining(Training):
    """The settings of recipes that learn from pairs: how they lie on the disk, and how they are changed at random."""

    form: str = knob(
        "auto",
        "form of the data: folders (source/ and target/), beside (two pictures side by side), photos (drawings "
        "are made on the fly)",
        choices=("auto", "folders", "beside", "photos"),
    )
    direction: str = knob("AtoB", "AtoB: the left picture is the source", choices=("AtoB", "BtoA"))
    enlarge: float = knob(0.12, "share by which a picture may be enlarged before the random crop", 0.0, 1.0)
    shrink: float = knob(0.0, "share by which a picture may be made smaller, its border continued", 0.0, 0.5)
    turn: float = knob(0.0, "degrees by which a picture may be turned, its border continued", 0.0, 45.0)
    flip: bool = knob(True, "mirror half of the pictures")
    repeat: str = knob("", "text file: a pattern of names and how often each such picture counts, a line each")
    hands: str = knob("", "folder of source/ and target/ drawn by real hands, mixed in with drawings made on the fly")
    hands_share: float = knob(0.15, "share of those among all", 0.0, 1.0)


# What a published model is for: it paints drawings; gives pictures other colours; redraws them in another style; says
# what it sees.
Purpose = Literal["draw", "recolour", "redraw", "look"]


@dataclass(frozen=True)
class Recipe:
    """A GAN, as data: all others know it only through this record."""

    name: str
    paper: str  # as a model's card names it
    purpose: Purpose
    config: type  # a dataclass of knobs, derived from Training
    data: Literal["paired", "unpaired", "single", "labelled"]
    players: dict[str, tuple[str, ...]]  # optimizer -> the networks it owns, of those that its settings build
    exports: tuple[str, ...]  # networks that get an average, are sampled and published
    build: Callable[[Any], Networks]
    step: Callable[[Networks, Batch, Update, Any], None]
    generate: Callable[[Networks, Batch], dict[str, Tensor]]  # a sheet's columns: name -> (N,3,H,W) in [-1,1]
    multiple: Callable[[Any], int]  # sides of pictures must be multiples of this
    smallest: Callable[[Any], int]  # and no less than this
    # Of a sheet's columns, those made by the networks: which other column shows the same things; None for the rest.
    resembles: Callable[[str], str | None] = lambda column: None
    # What a training needs besides, such as a pretrained network's weights, brought once before its first step: from
    # there on its checkpoints hold it. Raises `Refused` where it is missing.
    prepare: Callable[[Networks, Any], None] = lambda networks, c: None
    # The settings after so many images seen, where some change in the course of a training: a step gets these.
    at: Callable[[Any, int], Any] = lambda c, seen: c
    # The other recipes whose published models it may start from, and what their networks, and their settings, give this
    # one's; None: nothing.
    adapts: tuple[str, ...] = ()
    adapt: Callable[[Networks, Any, Any], Networks | None] = lambda start, settings, c: None
    # What a published model may be asked for, and which of its networks makes it: of its settings and the networks
    # that it has. Where one network makes many, it is told by a label. Empty where there is nothing to choose.
    targets: Callable[[Any, Collection[str]], dict[str, str]] = lambda c, networks: {}
    # Of PRESETS: settings to begin with, beside the defaults; data and lengths are for a person to choose.
    presets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    one_way: bool = False  # a published model may hold some of the exports, and not all
    witnesses: tuple[str, ...] = ()  # published besides, as trained, where a run has them: they show what they saw

    @property
    def draws(self) -> bool:
        """Its sources are drawings, as those of the sketch tab, and noise or style varies its results."""
        return self.purpose == "draw"

    @property
    def redraws(self) -> bool:
        """All of a result is new: it need not have its source's outlines, nor its transparency."""
        return self.purpose in ("draw", "redraw")

    @property
    def translates(self) -> bool:
        """Its exports turn pictures into pictures."""
        return self.purpose != "look"

    @property
    def labelled(self) -> bool:
        """One network makes all targets, told which by a label; mixtures of two may be asked for."""
        return self.data == "labelled" and self.translates

    @property
    def attends(self) -> bool:
        """Its networks can be asked where they looked."""
        return bool(self.witnesses) or self.purpose == "look"

    @property
    def pipeline_tag(self) -> str:
        """What the Hub calls it."""
        return "image-to-image" if self.translates else "image-classification"


def both_ways(c: Any, networks: Collection[str]) -> dict[str, str]:
    """The targets of two domains: those that the networks there are lead to."""
    ways = {c.domain_a: "b_to_a", c.domain_b: "a_to_b"}
    return {domain: network for domain, network in ways.items() if network in networks}


@contextmanager
def frozen(*networks: nn.Module) -> Iterator[None]:
    """Gradients flow through the networks, but none is collected in their parameters."""
    held = [p for network in networks for p in network.parameters() if p.requires_grad]
    for p in held:
        p.requires_grad_(False)
    try:
        yield
    finally:
        for p in held:
            p.requires_grad_(True)

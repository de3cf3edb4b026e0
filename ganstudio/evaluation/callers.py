"""Who says which label a picture has: linear classifiers of its palette and of what pretrained networks see in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ganstudio import images
from ganstudio.analysis.classifier import DECAY, fit
from ganstudio.analysis.colour import without_paper
from ganstudio.networks.palette import not_paper, palette
from ganstudio.networks.pretrained import SIDE as JUDGE_SIDE
from ganstudio.networks.pretrained import Judge

SIDE = 96  # pixels at which palettes are taken
JUDGE_DECAY = 3e-2  # of a linear classifier on pretrained features, of which there are far more than pictures
PALETTE = "palette"

Seen = dict[str, Tensor]  # of a picture, by classifier: what that one looks at


class Callers:
    """One classifier on palettes, and one on the features of each of `judges`, by its name."""

    def __init__(self, judges: Sequence[Judge] = ()) -> None:
        self._looks: dict[str, Callable[[Image.Image], Tensor]] = {PALETTE: _palette}
        self._looks |= {judge.name: partial(_features, judge) for judge in judges}
        self._labels: list[str] = []
        self._classifiers: dict[str, Callable[[Tensor], Tensor]] = {}

    def look(self, picture: Image.Image) -> Seen:
        """What each classifier is asked about a picture, RGB or RGBA. Raises `Refused` for one without a colour."""
        white = without_paper(picture)
        return {name: look(white) for name, look in self._looks.items()}

    def learn(self, seen: Sequence[Seen], labels: Sequence[str]) -> None:
        """Trains all of them, from the beginning."""
        self._labels = sorted(set(labels))
        numbers = torch.tensor([self._labels.index(label) for label in labels])
        for name in self._looks:
            rows = torch.stack([each[name] for each in seen])
            decay = DECAY if name == PALETTE else JUDGE_DECAY
            self._classifiers[name] = fit(rows, numbers, len(self._labels), decay)

    def share(self, seen: Sequence[Seen], labels: str | Sequence[str], name: str = PALETTE) -> float | None:
        """How often a classifier calls pictures by their label, or by the one label given; None without any."""
        labels = [labels] * len(seen) if isinstance(labels, str) else labels
        called = [self._labels[int(self._classifiers[name](each[name][None]).argmax())] for each in seen]
        return sum(map(str.__eq__, called, labels)) / len(called) if called else None

    def surely(self, picture: Image.Image, label: str) -> float:
        """The probability of a label for a picture: the geometric mean over all classifiers."""
        place, seen = self._labels.index(label), self.look(picture)
        each = [ask(seen[name][None])[0].softmax(0)[place].item() for name, ask in self._classifiers.items()]
        return float(np.prod(each) ** (1 / len(each)))


def _palette(picture: Image.Image) -> Tensor:
    small = images.to_rgb(picture)
    small.thumbnail((SIDE, SIDE))
    x = images.to_tensor(small)
    return palette(x, not_paper(x))[0]


def _features(judge: Judge, picture: Image.Image) -> Tensor:
    square, _ = images.letterbox(images.to_rgb(picture), JUDGE_SIDE)
    return judge(images.to_tensor(square))[0][0].clone()

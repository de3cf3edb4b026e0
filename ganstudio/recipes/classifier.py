"""A plain classifier of labelled pictures, for heat maps of what it decides by (Zhou et al. 2016). No GAN: it is here
because the trainer, its checkpoints and its data serve it as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor

from ganstudio.config import knob
from ganstudio.networks.classifier import Classifier
from ganstudio.networks.layers import NORMS
from ganstudio.recipes.recipe import Batch, Networks, Recipe, Training, Update
from ganstudio.typenames import TYPES


@dataclass(frozen=True, kw_only=True)
class ClassifierConfig(Training):
    size: int = knob(96, "side of the training pictures, in pixels", 16, 1024)
    batch: int = knob(32, "pictures a step, over all processes", 1, 4096)
    rate: float = knob(1e-3, "learning rate of Adam", 1e-7, 1.0)
    beta1: float = knob(0.9, "Adam's decay of the first moment", 0.0, 0.999)
    weight_decay: float = knob(1e-4, "Adam's decay of the weights", 0.0, 1.0)
    labels: str = knob("", "CSV of labels (columns id, type1, type2); without one, `data` has a folder for each class")
    domains: str = knob(",".join(TYPES), "names of the classes, joined by commas")
    secondary: float = knob(0.0, "how often a picture counts as its second class, for once as its first", 0.0, 1.0)
    width: int = knob(32, "channels of the first level", 4, 256)
    norm: str = knob("batch", "normalisation", choices=NORMS)
    dropout: float = knob(0.3, "share of pooled features dropped in training", 0.0, 0.9)
    smoothing: float = knob(0.1, "share of the certainty that is spread over all classes in training", 0.0, 0.9)
    output: str = knob(
        "colours",
        "with colours, paper around a drawing that is nearly white is cleaned",
        choices=("picture", "colours"),
    )
    enlarge: float = knob(0.25, "share by which a picture may be enlarged before the random crop", 0.0, 1.0)
    shrink: float = knob(0.3, "share by which a picture may be made smaller, on white", 0.0, 0.5)
    flip: bool = knob(True, "mirror half of the pictures")


def classes(c: ClassifierConfig) -> list[str]:
    return c.domains.split(",")


def build(c: ClassifierConfig) -> Networks:
    return {"classifier": Classifier(len(classes(c)), c.width, c.norm, c.dropout)}


def step(nets: Networks, batch: Batch, update: Update, c: ClassifierConfig) -> None:
    logits = nets["classifier"](batch.source)
    update("classifier", entropy=F.cross_entropy(logits, batch.target, label_smoothing=c.smoothing))


@torch.no_grad()
def generate(nets: Networks, batch: Batch) -> dict[str, Tensor]:
    """The pictures, and where each speaks for its own class: grey at 0, white where most for it."""
    classifier = cast(Classifier, nets["classifier"])
    seen = classifier.see(batch.source)
    own = seen.weights[batch.target][:, :, None, None]  # (N,C,1,1)
    heat = (seen.features * own).sum(1, keepdim=True)  # (N,1,h,w)
    heat = heat / heat.abs().amax((2, 3), keepdim=True).clamp(min=1e-6)
    shown = F.interpolate(heat, batch.source.shape[2:], mode="bilinear").expand(-1, 3, -1, -1)
    return {"source": batch.source, "its own class": shown}


CLASSIFIER = Recipe(
    name="classifier",
    paper="classifier with class activation maps (Zhou et al. 2016)",
    purpose="look",
    config=ClassifierConfig,
    data="labelled",
    players={"classifier": ("classifier",)},
    exports=("classifier",),
    build=build,
    step=step,
    generate=generate,
    presets={
        "try": {
            "images": 20_000,
            "size": 64,
            "width": 16,
            "ema": 1_000,
            "checkpoint_every": 5_000,
            "sample_every": 2_500,
            "report_every": 320,
        },
        "good": {"images": 400_000},
    },
    multiple=lambda c: 8,
    smallest=lambda c: 16,
)

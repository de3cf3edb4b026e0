"""Recolour: CycleGAN's idea with one generator for many domains, told which one to make.

The generator gets the target as a label (as StarGAN does, Choi et al. 2018). What is unlike StarGAN: no classifier
rewards it, since such a reward has no upper end and ends in caricature. Critics judge pairs of picture and label by
projection instead (Miyato and Koyama 2018), wrong pairs included, so that a result must both belong to its type and
look like it: one critic of patches, one of the palette alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from ganstudio.config import knob
from ganstudio.data.augment import POLICIES, draw_augmentation
from ganstudio.losses import ADVERSARIAL
from ganstudio.networks.layers import NORMS
from ganstudio.networks.palette import PaletteCritic, not_paper, palette
from ganstudio.networks.patchgan import PATCHES, PatchGAN
from ganstudio.networks.resnet import OUTPUTS, ResNet
from ganstudio.recipes.colouring import new_edges, one_colour
from ganstudio.recipes.recipe import Batch, Networks, Recipe, Training, Update, frozen
from ganstudio.types import TYPES

SHOWN = 6  # targets on a sample sheet, spread over all


@dataclass(frozen=True, kw_only=True)
class RecolourConfig(Training):
    labels: str = knob("", "CSV of labels (columns id, type1, type2); without one, `data` has a folder for each domain")
    domains: str = knob(",".join(TYPES), "names of the domains, joined by commas")
    secondary: float = knob(0.35, "how often a picture counts as its second type, for once as its first", 0.0, 1.0)
    width: int = knob(32, "channels of the generator's first level", 4, 256)
    blocks: int = knob(6, "residual blocks of the generator", 1, 32)
    output: str = knob("colours", "what the generator paints: pixels, or how to change colours", choices=OUTPUTS)
    norm: str = knob("instance", "normalisation of the patch critic", choices=NORMS)
    upsample: str = knob("resize", "enlargement; resize leaves no checkerboard", choices=("resize", "transposed"))
    critic_width: int = knob(32, "channels of the patch critic's first level", 4, 256)
    patch: int = knob(34, "side in pixels of the patch the critic judges", choices=tuple(PATCHES))
    loss: str = knob("hinge", "adversarial loss", choices=tuple(ADVERSARIAL))
    patch_weight: float = knob(2.0, "weight of the patch critic", 0.0, 1e3)
    palette_weight: float = knob(5.0, "weight of the palette critic", 0.0, 1e3)
    mismatch: float = knob(0.2, "weight of wrong pairs of picture and label among what the critics reject", 0.0, 1.0)
    cycle_weight: float = knob(10.0, "weight of the way there and back", 0.0, 1e4)
    identity_weight: float = knob(0.5, "weight of leaving a picture as its own type, as a share of cycle_weight", 0, 10)
    paper_weight: float = knob(10.0, "weight of leaving blank paper blank", 0.0, 1e4)
    edge_weight: float = knob(10.0, "weight of making no edges where the source has none", 0.0, 1e4)
    one_colour_weight: float = knob(10.0, "weight of changing what has one colour alike", 0.0, 1e4)
    augmentation: str = knob(
        "none", "differentiable augmentation of what the patch critic sees, for small sets", choices=POLICIES
    )
    enlarge: float = knob(0.12, "share by which a picture may be enlarged before the random crop", 0.0, 1.0)
    shrink: float = knob(0.25, "share by which a picture may be made smaller, on white", 0.0, 0.5)
    flip: bool = knob(True, "mirror half of the pictures")


def build(c: RecolourConfig) -> Networks:
    count = len(c.domains.split(","))
    return {
        "generator": ResNet(c.width, c.blocks, c.norm, c.upsample, 0.0, c.output, labels=count),
        "critic": PatchGAN(3, c.critic_width, c.patch, c.norm, labels=count),
        "palette_critic": PaletteCritic(labels=count),
    }


def step(nets: Networks, batch: Batch, update: Update, c: RecolourConfig) -> None:
    count = len(c.domains.split(","))
    x, own = batch.source, F.one_hot(batch.target, count).float()  # (N,3,H,W), (N,labels)
    g, critic, palette_critic = nets["generator"], nets["critic"], nets["palette_critic"]
    gan_real, gan_fake, gan_generator = ADVERSARIAL[c.loss]
    change = draw_augmentation(c.augmentation, x)
    # The labels of the batch, moved on: the targets are as balanced as the pictures are.
    target = own.roll(1 + int(torch.randint(max(1, len(x) - 1), ())), dims=0)
    # But where that is a picture's own label, any other: a right pair must not be shown to the critics as a wrong one.
    other = own.roll(1 + int(torch.randint(max(1, count - 1), ())), dims=1)
    target = torch.where((target * own).sum(dim=1, keepdim=True) > 0, other, target)
    painted = not_paper(x)

    def judge(picture: Tensor, label: Tensor) -> tuple[Tensor, Tensor]:  # -> logits of patches, of the palette
        # The source's paper is not counted, whatever the generator made of it.
        return critic(change(picture), label), palette_critic(palette(picture, painted), label)

    fake = g(x, target)
    with frozen(critic, palette_critic):
        patches, colours = judge(fake, target)
        terms = {
            "patch": c.patch_weight * gan_generator(patches),
            "palette": c.palette_weight * gan_generator(colours),
            # There and back again is where it began (Zhu et al. 2017, eq. 2).
            "cycle": c.cycle_weight * F.l1_loss(g(fake, own), x),
            "paper": c.paper_weight * ((fake - x).abs() * (1 - painted)).mean(),
            "edges": c.edge_weight * new_edges(x, fake),
            "one_colour": c.one_colour_weight * one_colour(x, fake),
        }
        if c.identity_weight:
            terms["identity"] = c.identity_weight * c.cycle_weight * F.l1_loss(g(x, own), x)
        update("generator", **terms)
    kinds = ("patch", "palette")
    terms = {}
    judged = judge(x, own), judge(x, target), judge(fake.detach(), target)
    for kind, right, wrong, made in zip(kinds, *judged, strict=True):
        terms[f"{kind}_real"] = gan_real(right)
        terms[f"{kind}_fake"] = gan_fake(made) * (1 - c.mismatch)
        # A real picture under another's label is as wrong as a made one: what is judged is the pair.
        terms[f"{kind}_mismatch"] = gan_fake(wrong) * c.mismatch
    update("critics", **terms)


def generate(nets: Networks, batch: Batch) -> dict[str, Tensor]:
    x, g = batch.source, nets["generator"]
    count = int(g.labels)  # type: ignore[arg-type]
    shown = sorted({round(k * (count - 1) / max(1, SHOWN - 1)) for k in range(SHOWN)})
    labels = torch.eye(count, device=x.device)
    return {"source": x} | {str(k): g(x, labels[k].expand(len(x), -1)) for k in shown}


RECOLOUR = Recipe(
    name="recolour",
    config=RecolourConfig,
    data="labelled",
    players={"generator": ("generator",), "critics": ("critic", "palette_critic")},
    exports=("generator",),
    build=build,
    step=step,
    generate=generate,
    presets={
        "try": {
            "images": 8_000,
            "size": 64,
            "batch": 16,
            "width": 24,
            "critic_width": 24,
            "blocks": 3,
            "ema": 500,
            "checkpoint_every": 1_000,
            "sample_every": 500,
            "report_every": 160,
        },
        "good": {"images": 400_000, "size": 128, "batch": 32},
    },
    resembles=lambda column: None if column == "source" else "source",
    multiple=lambda c: 4,
    smallest=lambda c: max(16, 3 * 2 ** PATCHES[c.patch]),
)

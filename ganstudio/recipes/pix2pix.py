"""pix2pix: paired image-to-image translation (Isola et al. 2017, "Image-to-Image Translation with Conditional
Adversarial Networks")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor

from ganstudio.config import knob
from ganstudio.data.augment import POLICIES, draw_augmentation
from ganstudio.losses import ADVERSARIAL, feature_matching
from ganstudio.networks.layers import NORMS
from ganstudio.networks.patchgan import PATCHES, PatchGAN
from ganstudio.networks.unet import UNet
from ganstudio.recipes.recipe import Batch, Networks, PairedTraining, Recipe, Update, frozen


@dataclass(frozen=True, kw_only=True)
class Pix2PixConfig(PairedTraining):
    """Defaults are the paper's where this studio found nothing better; README names the ones that differ."""

    width: int = knob(64, "channels of the generator's first level", 4, 256)
    critic_width: int = knob(64, "channels of the discriminator's first level", 4, 256)
    depth: int = knob(8, "times the generator halves the picture", 2, 10)
    patch: int = knob(70, "side in pixels of the patch the discriminator judges", choices=tuple(PATCHES))
    norm: str = knob("instance", "normalisation of both networks", choices=NORMS)
    upsample: str = knob("resize", "enlargement; resize leaves no checkerboard", choices=("resize", "transposed"))
    head: int = knob(0, "channels of a layer at full resolution at the end; 0 = none, as in the paper", 0, 256)
    dropout: float = knob(0.5, "share of the decoder's features dropped, the source of variations", 0.0, 0.9)
    loss: str = knob("vanilla", "adversarial loss", choices=tuple(ADVERSARIAL))
    l1_weight: float = knob(100.0, "weight of the L1 distance to the true picture", 0.0, 1e4)
    feature_weight: float = knob(0.0, "weight of feature matching in the discriminator; 0 = off", 0.0, 1e4)
    augmentation: str = knob(
        "none", "differentiable augmentation of what the discriminator sees, for small sets", choices=POLICIES
    )


def build(c: Pix2PixConfig) -> Networks:
    return {
        "generator": UNet(c.width, c.depth, c.norm, c.upsample, c.dropout, c.head),
        # Judges the source and the picture stacked: whether it is real, and whether it fits (3.1).
        "discriminator": PatchGAN(6, c.critic_width, c.patch, c.norm),
    }


def step(nets: Networks, batch: Batch, update: Update, c: Pix2PixConfig) -> None:
    x, y = batch
    g, d = nets["generator"], cast(PatchGAN, nets["discriminator"])
    gan_real, gan_fake, gan_generator = ADVERSARIAL[c.loss]
    change = draw_augmentation(c.augmentation, x)

    def judge(image: Tensor) -> tuple[Tensor, list[Tensor]]:
        return d.features(change(torch.cat([x, image], dim=1)))  # (N,6,H,W) -> logits (N,1,h,w)

    fake = g(x)
    # Halved, so that the discriminator learns slowly relative to the generator (3.3).
    update("discriminator", real=gan_real(judge(y)[0]) / 2, fake=gan_fake(judge(fake.detach())[0]) / 2)
    with frozen(d):
        logits, features = judge(fake)
        # L1 keeps the low frequencies right; the patch critic judges the rest (3.2.2, eq. 4).
        terms = {"gan": gan_generator(logits), "l1": c.l1_weight * F.l1_loss(fake, y)}
        if c.feature_weight:
            with torch.no_grad():
                real_features = judge(y)[1]
            terms["features"] = c.feature_weight * feature_matching(features, real_features)
        update("generator", **terms)


def generate(nets: Networks, batch: Batch) -> dict[str, Tensor]:
    return {"source": batch.source, "output": nets["generator"](batch.source), "target": batch.target}


PIX2PIX = Recipe(
    name="pix2pix",
    paper="pix2pix (Isola et al. 2017)",
    purpose="draw",
    config=Pix2PixConfig,
    data="paired",
    players={"generator": ("generator",), "discriminator": ("discriminator",)},
    exports=("generator",),
    build=build,
    step=step,
    generate=generate,
    presets={
        "try": {
            "images": 16_000,
            "size": 64,
            "batch": 8,
            "width": 24,
            "critic_width": 24,
            "depth": 6,
            "patch": 34,
            "feature_weight": 10.0,
            "ema": 300,
            "checkpoint_every": 1_000,
            "sample_every": 500,
            "report_every": 80,
        },
        "good": {"images": 400_000, "batch": 16, "feature_weight": 10.0, "augmentation": "geometry"},
        # 3.3 and 6.1.1; 200 epochs of the facades' 400 pictures.
        "paper": {
            "images": 80_000,
            "batch": 1,
            "norm": "batch",
            "upsample": "transposed",
            "ema": 0,
            "precision": "float32",
        },
    },
    resembles={"output": "target"}.get,
    multiple=lambda c: 2**c.depth,
    # The discriminator's last hidden level needs 2 x 2 pixels: its norm would make a single one zero.
    smallest=lambda c: 3 * 2 ** PATCHES[c.patch],
)

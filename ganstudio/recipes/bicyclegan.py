"""BicycleGAN: one source, many pictures, by a style code (Zhu et al. 2017, "Toward Multimodal Image-to-Image
Translation"), judged through a network that knows pictures (Sauer et al. 2021, "Projected GANs Converge Faster")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor

from ganstudio.config import knob
from ganstudio.data.augment import POLICIES, draw_augmentation
from ganstudio.losses import feature_matching, hinge_fake, hinge_generator, hinge_real
from ganstudio.networks.patchgan import PATCHES, PatchGAN
from ganstudio.networks.pretrained import LEVELS, PretrainedFeatures
from ganstudio.networks.projected import ProjectedCritic
from ganstudio.networks.styled import StyleEncoder, StyleUNet
from ganstudio.recipes.recipe import Batch, Networks, PairedTraining, Recipe, Update, frozen


@dataclass(frozen=True, kw_only=True)
class BicycleGANConfig(PairedTraining):
    """The paper's two cycles; its critics and its L1 give way to what works in an hour on a CPU, see `step`."""

    beta1: float = knob(0.0, "Adam's decay of the first moment", 0.0, 0.999)
    beta2: float = knob(0.99, "Adam's decay of the second moment", 0.0, 0.99999)
    width: int = knob(16, "channels of the generator at full resolution", 4, 128)
    most: int = knob(208, "channels of its coarsest levels", 4, 1024)
    depth: int = knob(6, "times the generator halves the picture", 2, 10)
    codes: int = knob(32, "numbers of the style code", 1, 512)
    palette: int = knob(0, "colours that the style chooses and every pixel mixes, for flat pictures; 0 = none", 0, 64)
    plain: int = knob(-1, "in use: seed of the style that 0 stands for; -1 = the mean of all styles", -1, 2**31 - 1)
    critic_width: int = knob(128, "channels of the critics of features", 4, 512)
    pixel_width: int = knob(24, "channels of the first level of the critics of pixels", 4, 256)
    patch: int = knob(
        70, "side in pixels of the patch that the critic of pixels judges; 0 = none", choices=(0, *PATCHES)
    )
    features: str = knob("", "file of the MobileNetV2 weights to see through; empty = where it is found, random = none")
    grow_at: int = knob(0, "images seen at half the size before the last level joins; 0 = at once", 0, 10**8)
    l1_weight: float = knob(8.0, "weight of the L1 distance to the true picture, with its own style", 0.0, 1e4)
    feature_weight: float = knob(4.0, "weight of the distance in pretrained features, likewise", 0.0, 1e4)
    content_weight: float = knob(1.0, "weight of the distance in the coarse features, with any style", 0.0, 1e4)
    code_weight: float = knob(0.5, "weight of the style read off a result against the one it was painted in", 0.0, 1e4)
    kl_weight: float = knob(0.08, "weight of the styles' distance from the normal distribution, a number", 0.0, 1e4)
    mismatch_weight: float = knob(
        0.0, "weight of true pictures beside wrong sources, as fakes, to critics; 0 = off", 0.0, 1e4
    )
    augmentation: str = knob(
        "all", "differentiable augmentation of what the discriminators see, for small sets", choices=POLICIES
    )


def build(c: BicycleGANConfig) -> Networks:
    sides = [max(1, c.size >> level) for level in range(2, 2 + len(LEVELS))]
    networks: Networks = {
        "generator": StyleUNet(c.width, c.depth, c.most, c.codes, c.palette, c.plain),
        "encoder": StyleEncoder(c.codes, side=min(128, c.size)),
        "features": PretrainedFeatures(),
        "discriminator": ProjectedCritic(list(LEVELS.values()), sides, c.critic_width),
    }
    if c.patch:
        networks["pixel_discriminator"] = PatchGAN(6, c.pixel_width, c.patch, "instance")
    return networks


def prepare(networks: Networks, c: BicycleGANConfig) -> None:
    if c.features != "random":
        cast(PretrainedFeatures, networks["features"]).read(c.features)


def at(c: BicycleGANConfig, seen: int) -> BicycleGANConfig:
    return replace(c, grow_at=0) if seen >= c.grow_at else c


def step(nets: Networks, batch: Batch, update: Update, c: BicycleGANConfig) -> None:
    x, y = batch
    g, e, d = (nets[name] for name in ("generator", "encoder", "discriminator"))
    features, pixels = nets["features"], nets.get("pixel_discriminator")
    stop = 1 if c.grow_at else 0  # of the generator's levels, left out until then
    n, own = len(x), (len(x) + 1) // 2

    # The first half is painted in the style of its own true picture (the paper's cVAE-GAN), the rest in a random one
    # (its cLR-GAN).
    mean, log_variance = e(y)
    own_style = mean + torch.randn_like(mean) * (log_variance / 2).exp()
    any_style = torch.randn_like(mean[own:])
    fake = g(x, torch.cat([own_style[:own], any_style]), stop=stop)
    if stop:
        x, y = (F.avg_pool2d(picture, 2**stop) for picture in (x, y))

    change = draw_augmentation(c.augmentation, x)

    def seen(picture: Tensor) -> tuple[Tensor, list[Tensor]]:
        changed = change(torch.cat([x, picture], dim=1))  # (N,6,H,W)
        return changed, features(changed[:, 3:])

    with torch.no_grad():
        real, of_real = seen(y)
        of_source = features(real[:, :3])
    made, of_made = seen(fake)
    logits = d(of_real, of_source), d([f.detach() for f in of_made], of_source)
    terms = {"real": total(hinge_real, logits[0]), "fake": total(hinge_fake, logits[1])}
    if c.mismatch_weight and n > 1:
        # Whoever is told only that fakes are wrong may look at the picture alone (Reed et al. 2016, "Generative
        # Adversarial Text to Image Synthesis", 4.2): so a true picture beside another's source is wrong as well. Taking
        # its share out of the fakes' own, as there, left critics that took most fakes for real.
        others = [f.roll(1, 0) for f in of_source]
        terms["wrong"] = c.mismatch_weight * total(hinge_fake, d(of_real, others))
    if pixels is not None:
        terms["pixel_real"] = hinge_real(pixels(real))
        terms["pixel_fake"] = hinge_fake(pixels(made.detach()))
    update("discriminator", **terms)

    with frozen(*(net for net in (d, pixels, e) if net is not None)):
        terms = {"gan": total(hinge_generator, d(of_made, of_source))}
        if pixels is not None:
            terms["pixel_gan"] = hinge_generator(pixels(made))
        if c.code_weight and own < n:
            terms["code"] = c.code_weight * F.l1_loss(e(fake[own:])[0], any_style)
    terms["l1"] = c.l1_weight * F.l1_loss(fake[:own], y[:own])
    alike = [normalised(f) for f in of_made], [normalised(f) for f in of_real]
    if c.feature_weight:
        terms["features"] = c.feature_weight * sum_of([f[:own] for f in alike[0]], [f[:own] for f in alike[1]])
    if c.content_weight and own < n:
        # Pose, hair, glasses and smile are in the coarse features; colour and light hardly are.
        coarse = [[f[own:] for f in side[2:]] for side in alike]
        terms["content"] = c.content_weight * sum_of(*coarse)
    # KL from N(0, 1), a number of the code (Kingma and Welling 2014, appendix B).
    divergence = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()
    update("generator", **terms, kl=c.kl_weight * divergence)


def total(loss: Any, logits: Sequence[Tensor]) -> Tensor:
    """The sum of a loss over critics."""
    return torch.stack([loss(each) for each in logits]).sum()


def sum_of(a: Sequence[Tensor], b: Sequence[Tensor]) -> Tensor:
    """The sum over levels of the mean L1 distance of features."""
    return feature_matching(a, b) * len(a)


def normalised(features: Tensor) -> Tensor:  # (N,C,H,W) -> the same, float32
    """Each place's features to a mean square of 1 over the channels, as in LPIPS (Zhang et al. 2018, eq. 1)."""
    features = features.float()
    return features / (features.square().mean(dim=1, keepdim=True) + 1e-6).sqrt()


def generate(nets: Networks, batch: Batch) -> dict[str, Tensor]:
    g, e = cast(StyleUNet, nets["generator"]), cast(StyleEncoder, nets["encoder"])
    x, y = batch
    n, _, height, width = x.shape
    noise = [level.to(x.device) for level in g.noise(height, width)]
    others = torch.cat([g.style(seed) for seed in range(n)]).to(x.device)

    g.eval()  # averaged weights have moved since, and the mean style with them

    def paint(style: Tensor) -> Tensor:
        return g(x, style, noise)

    return {
        "source": x,
        "output": paint(torch.zeros_like(others)),
        "other": paint(others),
        "own": paint(e(y)[0]),
        "target": y,
    }


BICYCLEGAN = Recipe(
    name="bicyclegan",
    paper="BicycleGAN (Zhu et al. 2017)",
    purpose="draw",
    config=BicycleGANConfig,
    data="paired",
    players={
        "discriminator": ("discriminator", "pixel_discriminator"),
        "generator": ("generator", "encoder"),
    },
    exports=("generator", "encoder"),
    build=build,
    step=step,
    generate=generate,
    prepare=prepare,
    at=at,
    presets={
        "try": {
            "images": 12_000,
            "size": 64,
            "depth": 5,
            "batch": 8,
            "ema": 300,
            "patch": 34,
            "checkpoint_every": 1_000,
            "sample_every": 500,
            "report_every": 80,
        },
        "good": {"images": 200_000, "batch": 16, "grow_at": 60_000},
    },
    resembles={"output": "target", "other": "target", "own": "target"}.get,
    multiple=lambda c: 2**c.depth,
    # As for pix2pix, at the size that the training begins with.
    smallest=lambda c: (3 * 2 ** PATCHES[c.patch] if c.patch else 16) * (2 if c.grow_at else 1),
)

"""CycleGAN: two sets of pictures, no pairs (Zhu et al. 2017, "Unpaired Image-to-Image Translation using
Cycle-Consistent Adversarial Networks")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganstudio.config import knob
from ganstudio.data.augment import POLICIES, draw_augmentation
from ganstudio.losses import ADVERSARIAL
from ganstudio.networks.layers import NORMS
from ganstudio.networks.palette import PaletteCritic, not_paper, palette
from ganstudio.networks.patchgan import PATCHES, PatchGAN
from ganstudio.networks.recolourer import Recolourer
from ganstudio.networks.resnet import OUTPUTS, ResNet
from ganstudio.networks.unet import UNet
from ganstudio.recipes.colouring import new_edges, one_colour
from ganstudio.recipes.recipe import Batch, Networks, Recipe, Training, Update, both_ways, frozen
from ganstudio.recipes.seeing import critic_terms, generator_terms, prepare_seeing, seeing_networks
from ganstudio.recipes.seeing import critics as seeing_critics


@dataclass(frozen=True, kw_only=True)
class CycleGANConfig(Training):
    """Defaults are the paper's (7.2 and its appendix), but for the norm's scale, the enlargement and the batch."""

    data_b: str = knob("", "folder of the second domain, where `data` is the folder of the first alone")
    labels: str = knob("", "CSV of labels (columns id, type1, ...) that picks both domains out of `data`")
    domain_a: str = knob("A", "name of the first domain; with labels, the type to pick")
    domain_b: str = knob("B", "name of the second domain; with labels, the type to pick")
    generator: str = knob("resnet", "network of both generators", choices=("resnet", "unet"))
    blocks: int = knob(9, "residual blocks of a ResNet; the paper takes 6 up to 128 pixels, 9 above", 1, 32)
    depth: int = knob(8, "times a U-Net halves the picture", 2, 10)
    width: int = knob(64, "channels of a generator's first level", 4, 256)
    output: str = knob(
        "picture",
        "what a ResNet paints: pixels, or how to change colours; palette: a network of a picture's palette instead",
        choices=(*OUTPUTS, "palette"),
    )
    colours: int = knob(10, "colours of a palette", 2, 64)
    norm: str = knob("instance", "normalisation of all networks", choices=NORMS)
    upsample: str = knob("resize", "enlargement; resize leaves no checkerboard", choices=("resize", "transposed"))
    dropout: float = knob(0.0, "share of features dropped inside the generators", 0.0, 0.9)
    critic_width: int = knob(64, "channels of a discriminator's first level", 4, 256)
    patch: int = knob(70, "side in pixels of the patch a discriminator judges", choices=tuple(PATCHES))
    loss: str = knob("lsgan", "adversarial loss", choices=tuple(ADVERSARIAL))
    cycle_weight: float = knob(10.0, "weight of the way there and back", 0.0, 1e4)
    identity_weight: float = knob(0.5, "weight of leaving what is of the target, as a share of cycle_weight", 0, 10)
    palette_weight: float = knob(0.0, "weight of a critic of the colours alone; 0 = none, as in the paper", 0, 1e3)
    feature_weight: float = knob(0.0, "weight of the critics of pretrained features; 0, as in the paper", 0.0, 1e3)
    feature_width: int = knob(96, "channels of the critics of pretrained features", 4, 512)
    features: str = knob("", "file of the MobileNetV2 weights to see through; empty = where it is found, random = none")
    edge_weight: float = knob(0.0, "weight of making no edges where the source has none", 0.0, 1e4)
    one_colour_weight: float = knob(0.0, "weight of changing what has one colour alike", 0.0, 1e4)
    pool: int = knob(50, "earlier results that the discriminators are shown again; 0 = none", 0, 1000)
    augmentation: str = knob(
        "none", "differentiable augmentation of what the discriminators see, for small sets", choices=POLICIES
    )
    enlarge: float = knob(0.12, "share by which a picture may be enlarged before the random crop", 0.0, 1.0)
    shrink: float = knob(0.0, "share by which a picture may be made smaller, on white", 0.0, 0.5)
    flip: bool = knob(True, "mirror half of the pictures")
    keep_detail: bool = knob(True, "when used: carry the source's fine detail into results larger than `size`")


class Pool(nn.Module):
    """The last results of a generator: half of what the critic is shown are older ones (Shrivastava et al. 2017;
    Zhu et al. 2017, section 4), so that it does not forget what it has learned to reject.

    Part of the checkpoint, so that a resumed run shows the same ones.
    """

    def __init__(self, places: int, size: int) -> None:
        super().__init__()
        self.pictures: Tensor
        self.filled: Tensor
        self.register_buffer("pictures", torch.zeros(places, 3, size, size))
        self.register_buffer("filled", torch.zeros((), dtype=torch.int64))

    @torch.no_grad()
    def forward(self, fresh: Tensor) -> Tensor:  # (N,3,H,W) -> the same, some exchanged for older ones
        shown = []
        for picture in fresh.detach().float():
            filled = int(self.filled)
            if filled < len(self.pictures):
                self.pictures[filled] = picture
                self.filled += 1
                shown.append(picture)
            elif len(self.pictures) and torch.rand(()) < 0.5:
                place = int(torch.randint(len(self.pictures), ()))
                shown.append(self.pictures[place].clone())
                self.pictures[place] = picture
            else:
                shown.append(picture)
        return torch.stack(shown).contiguous(memory_format=torch.channels_last)


def build_generator(c: CycleGANConfig) -> nn.Module:
    if c.output == "palette":
        return Recolourer(0, 0, c.colours)
    if c.generator == "unet":
        return UNet(c.width, c.depth, c.norm, c.upsample, c.dropout)
    return ResNet(c.width, c.blocks, c.norm, c.upsample, c.dropout, c.output)


def build(c: CycleGANConfig) -> Networks:
    nets: Networks = {"a_to_b": build_generator(c), "b_to_a": build_generator(c)}
    for domain in ("a", "b"):
        nets[f"critic_{domain}"] = PatchGAN(3, c.critic_width, c.patch, c.norm)
        if c.palette_weight:
            nets[f"palette_critic_{domain}"] = PaletteCritic()
        nets[f"pool_{domain}"] = Pool(c.pool, c.size)
    return nets | seeing_networks(c)


def step(nets: Networks, batch: Batch, update: Update, c: CycleGANConfig) -> None:
    a, b = batch
    a_to_b, b_to_a = nets["a_to_b"], nets["b_to_a"]
    gan_real, gan_fake, gan_generator = ADVERSARIAL[c.loss]
    change = draw_augmentation(c.augmentation, a)

    def judge(domain: str, picture: Tensor) -> list[Tensor]:  # (N,3,H,W) -> logits of the critics of a domain
        logits = [nets[f"critic_{domain}"](change(picture))]
        if c.palette_weight:
            logits.append(nets[f"palette_critic_{domain}"](palette(picture, not_paper(picture))))
        return logits

    fake_b, fake_a = a_to_b(a), b_to_a(b)
    critics = [net for name, net in nets.items() if "critic" in name]
    with frozen(*critics, *seeing_critics(nets).values()):
        terms = generator_terms(nets, c.feature_weight, {"a": fake_a, "b": fake_b}, change)
        for domain, fake in (("b", fake_b), ("a", fake_a)):
            patches, *colours = judge(domain, fake)
            terms[f"gan_{domain}"] = gan_generator(patches)  # eq. 1
            if colours:
                terms[f"palette_{domain}"] = c.palette_weight * gan_generator(colours[0])
        # There and back again is where it began (3.2, eq. 2).
        terms["cycle_a"] = c.cycle_weight * F.l1_loss(b_to_a(fake_b), a)
        terms["cycle_b"] = c.cycle_weight * F.l1_loss(a_to_b(fake_a), b)
        if c.identity_weight:
            # What is of the target domain already stays as it is: keeps tints (5.2, "Photo generation from paintings").
            terms["identity_a"] = c.identity_weight * c.cycle_weight * F.l1_loss(b_to_a(a), a)
            terms["identity_b"] = c.identity_weight * c.cycle_weight * F.l1_loss(a_to_b(b), b)
        for domain, source, fake in (("a", a, fake_b), ("b", b, fake_a)):
            if c.edge_weight:
                terms[f"edges_{domain}"] = c.edge_weight * new_edges(source, fake)
            if c.one_colour_weight:
                terms[f"one_colour_{domain}"] = c.one_colour_weight * one_colour(source, fake)
        update("generators", **terms)
    terms = critic_terms(nets, c.feature_weight, {"a": a, "b": b}, {"a": fake_a, "b": fake_b}, change)
    for domain, real, fake in (("a", a, fake_a), ("b", b, fake_b)):
        shown = nets[f"pool_{domain}"](fake) if c.pool else fake.detach()
        kinds = ("", "_palette") if c.palette_weight else ("",)
        for kind, real_logits, fake_logits in zip(kinds, judge(domain, real), judge(domain, shown), strict=True):
            # Halved, so that the discriminators learn slowly relative to the generators (7.1).
            terms[f"real_{domain}{kind}"] = gan_real(real_logits) / 2
            terms[f"fake_{domain}{kind}"] = gan_fake(fake_logits) / 2
    update("critics", **terms)


def generate(nets: Networks, batch: Batch) -> dict[str, Tensor]:
    a, b = batch
    fake_b, fake_a = nets["a_to_b"](a), nets["b_to_a"](b)
    return {
        "a": a,
        "a to b": fake_b,
        "a to b to a": nets["b_to_a"](fake_b),
        "b": b,
        "b to a": fake_a,
        "b to a to b": nets["a_to_b"](fake_a),
    }


def adapt(start: Networks, settings: Any, c: CycleGANConfig) -> Networks | None:
    """Both generators out of one that knows many domains, these two among them: each is it with its label settled."""
    many = start.get("generator")
    domains = str(getattr(settings, "domains", "")).split(",")
    if not isinstance(many, ResNet | Recolourer) or not many.labels or not {c.domain_a, c.domain_b} <= set(domains):
        return None
    labels = torch.eye(many.labels)
    return {
        "a_to_b": many.settled(labels[domains.index(c.domain_b)]),
        "b_to_a": many.settled(labels[domains.index(c.domain_a)]),
    }


CYCLEGAN = Recipe(
    name="cyclegan",
    paper="CycleGAN (Zhu et al. 2017)",
    purpose="recolour",
    config=CycleGANConfig,
    data="unpaired",
    players={
        "generators": ("a_to_b", "b_to_a"),
        "critics": ("critic_a", "critic_b", "palette_critic_a", "palette_critic_b", "seen_a", "seen_b"),
    },
    exports=("a_to_b", "b_to_a"),
    build=build,
    step=step,
    generate=generate,
    prepare=prepare_seeing,
    presets={
        "try": {
            "images": 6_000,
            "size": 64,
            "batch": 4,
            "width": 24,
            "critic_width": 24,
            "blocks": 4,
            "patch": 34,
            "ema": 300,
            "checkpoint_every": 1_000,
            "sample_every": 500,
            "report_every": 80,
        },
        "good": {"images": 200_000, "batch": 8, "augmentation": "geometry"},
        # Section 4 and 7.2; 200 epochs of horse2zebra's 1,067 pictures.
        "paper": {"images": 213_400, "batch": 1, "upsample": "transposed", "ema": 0, "precision": "float32"},
    },
    resembles={"a to b": "a", "b to a": "b"}.get,
    adapts=("recolour",),
    adapt=adapt,
    targets=both_ways,
    multiple=lambda c: 2**c.depth if c.generator == "unet" and c.output != "palette" else 4,
    smallest=lambda c: max(16, 3 * 2 ** PATCHES[c.patch]),
    one_way=True,
)

"""Recolour: CycleGAN's idea with one generator for many domains, told which one to make.

The generator gets the target as a label (as StarGAN does, Choi et al. 2018). Critics judge pairs of picture and label
by projection (Miyato and Koyama 2018), wrong pairs included, so that a result must both belong to its type and look
like it: one critic of patches, one of the palette alone, one of pretrained features. What is unlike StarGAN: its
classifier rewards without an upper end, and ends in caricature. Here one looks at colours alone, and is content when
they tell the type: without it warm creatures become what few of the real ones of a cold type are, since those exist.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganstudio.config import knob
from ganstudio.data.augment import POLICIES, draw_augmentation
from ganstudio.losses import ADVERSARIAL
from ganstudio.networks.layers import NORMS
from ganstudio.networks.palette import BINS, PaletteClassifier, PaletteCritic, not_paper, palette
from ganstudio.networks.patchgan import PATCHES, PatchGAN
from ganstudio.networks.pretrained import PretrainedFeatures
from ganstudio.networks.recolourer import Recolourer
from ganstudio.networks.resnet import OUTPUTS, ResNet
from ganstudio.recipes.colouring import new_edges, one_colour, some_pixels, turned_hues
from ganstudio.recipes.recipe import Batch, Networks, Recipe, Training, Update, frozen
from ganstudio.recipes.seeing import mean_of, prepare_seeing, seeing_critic
from ganstudio.typenames import TYPES
from ganstudio.words import Refused

PARTS = 24  # pixels of a picture that are asked each for itself
PART_SHARE = 0.3  # of `typical`, which these need
CRITICS = {"patch": "critic", "palette": "palette_critic", "seen": "seen"}
SHOWN = 6  # targets on a sample sheet, spread over all


@dataclass(frozen=True, kw_only=True)
class RecolourConfig(Training):
    labels: str = knob("", "CSV of labels (columns id, type1, type2); without one, `data` has a folder for each domain")
    domains: str = knob(",".join(TYPES), "names of the domains, joined by commas")
    secondary: float = knob(0.35, "how often a picture counts as its second type, for once as its first", 0.0, 1.0)
    plain: str = knob(
        "", "in use: seeds of the styles that 0 stands for, one a domain, joined by commas; empty = 0 itself"
    )
    width: int = knob(32, "channels of the generator's first level", 4, 256)
    blocks: int = knob(6, "residual blocks of the generator", 1, 32)
    output: str = knob(
        "palette",
        "what the generator decides on: the colours of a picture's palette, how to change each pixel's, or pixels",
        choices=("palette", *OUTPUTS),
    )
    colours: int = knob(10, "colours of a palette", 2, 64)
    codes: int = knob(8, "numbers of the style, of which a type has many, where a palette is changed", 1, 512)
    norm: str = knob("instance", "normalisation of the patch critic", choices=NORMS)
    upsample: str = knob("resize", "enlargement; resize leaves no checkerboard", choices=("resize", "transposed"))
    critic_width: int = knob(32, "channels of the patch critic's first level", 4, 256)
    patch: int = knob(34, "side in pixels of the patch the critic judges", choices=tuple(PATCHES))
    loss: str = knob("hinge", "adversarial loss", choices=tuple(ADVERSARIAL))
    patch_weight: float = knob(2.0, "weight of the patch critic", 0.0, 1e3)
    palette_weight: float = knob(5.0, "weight of the palette critic", 0.0, 1e3)
    feature_weight: float = knob(1.0, "weight of the critic of pretrained features; 0 = none", 0.0, 1e3)
    feature_width: int = knob(96, "channels of the critic of pretrained features", 4, 512)
    features: str = knob("", "file of the MobileNetV2 weights to see through; empty = where it is found, random = none")
    mismatch: float = knob(0.2, "weight of wrong pairs of picture and label among what the critics reject", 0.0, 1.0)
    mismatch_until: float = knob(0.8, "share of the run until which that weight falls to 0; 1 = it stays", 0.0, 1.0)
    typical_weight: float = knob(1.0, "weight of colours that tell the type, as far as `typical`", 0.0, 1e3)
    typical: float = knob(0.6, "how sure of the type colours should make one; more is a caricature", 0.01, 1.0)
    variety_weight: float = knob(0.5, "weight of two styles giving two pictures", 0.0, 1e3)
    cycle_weight: float = knob(10.0, "weight of the way there and back", 0.0, 1e4)
    identity_weight: float = knob(0.5, "weight of leaving a picture as its own type, as a share of cycle_weight", 0, 10)
    paper_weight: float = knob(10.0, "weight of leaving blank paper blank", 0.0, 1e4)
    edge_weight: float = knob(10.0, "weight of making no edges where the source has none", 0.0, 1e4)
    one_colour_weight: float = knob(10.0, "weight of changing what has one colour alike", 0.0, 1e4)
    augmentation: str = knob(
        "none", "differentiable augmentation of what the patch critic sees, for small sets", choices=POLICIES
    )
    turned_hues: float = knob(0.0, "share of sources whose hues are turned: people's own come in any colours", 0.0, 1.0)
    enlarge: float = knob(0.12, "share by which a picture may be enlarged before the random crop", 0.0, 1.0)
    shrink: float = knob(0.25, "share by which a picture may be made smaller, on white", 0.0, 0.5)
    flip: bool = knob(True, "mirror half of the pictures")


def build(c: RecolourConfig) -> Networks:
    count = len(c.domains.split(","))
    if c.output == "palette":
        generator: nn.Module = Recolourer(count, c.codes, c.colours, seeds_of(c))
    else:
        generator = ResNet(c.width, c.blocks, c.norm, c.upsample, 0.0, c.output, labels=count)
    networks = {
        "generator": generator,
        "critic": PatchGAN(3, c.critic_width, c.patch, c.norm, labels=count),
        "palette_critic": PaletteCritic(labels=count),
    }
    if c.typical_weight:
        networks["colour_classifier"] = PaletteClassifier(count)
    if c.feature_weight:
        networks["features"] = PretrainedFeatures()
        networks["seen"] = seeing_critic(c, count)
    return networks


def seeds_of(c: RecolourConfig) -> tuple[int, ...]:
    """Those of `plain`; raises `Refused` where they are not one whole number a domain."""
    seeds = c.plain.split(",") if c.plain else []
    if seeds and (
        len(seeds) != len(c.domains.split(",")) or not all(each.isdecimal() and len(each) < 10 for each in seeds)
    ):
        raise Refused("recolour.plain", plain=c.plain[:100])
    return tuple(int(each) for each in seeds)


def at(c: RecolourConfig, seen: int) -> RecolourConfig:
    """Wrong pairs force the condition within minutes, but while they are among what critics reject, the best generator
    is not the real distribution but one pushed away from all other types: so they go."""
    until = c.mismatch_until * c.images
    return replace(c, mismatch=c.mismatch * max(0.0, 1 - seen / until)) if 0 < c.mismatch_until < 1 else c


def step(nets: Networks, batch: Batch, update: Update, c: RecolourConfig) -> None:
    count = len(c.domains.split(","))
    x, own = batch.source, F.one_hot(batch.target, count).float()  # (N,3,H,W), (N,labels)
    g, gan = nets["generator"], ADVERSARIAL[c.loss]
    critics = {kind: nets[name] for kind, name in CRITICS.items() if name in nets}
    weights = {"patch": c.patch_weight, "palette": c.palette_weight, "seen": c.feature_weight}
    change = draw_augmentation(c.augmentation, x)
    # The labels of the batch, moved on: the targets are as balanced as the pictures are.
    target = own.roll(1 + int(torch.randint(max(1, len(x) - 1), ())), dims=0)
    # But where that is a picture's own label, any other: a right pair must not be shown to the critics as a wrong one.
    other = own.roll(1 + int(torch.randint(max(1, count - 1), ())), dims=1)
    target = torch.where((target * own).sum(dim=1, keepdim=True) > 0, other, target)
    painted = not_paper(x)
    # What a picture of other colours should become is the target's colours all the same. Nobody knows its way back.
    turned = torch.rand(len(x), 1, 1, 1, device=x.device) < c.turned_hues
    source = torch.where(turned, turned_hues(x), x)
    known = (~turned).float()

    def judge(  # -> logits by critic, a label each; `colours` are the picture's
        picture: Tensor, colours: Tensor, *labels: Tensor
    ) -> list[dict[str, list[Tensor]]]:
        changed = change(picture)
        seen = nets["features"](changed.clamp(-1, 1)) if "seen" in critics else []
        found = []
        for label in labels:
            logits = {
                "patch": [critics["patch"](changed, label)],
                "palette": [critics["palette"](colours, label)],
            }
            if seen:
                logits["seen"] = critics["seen"](seen, label=label)
            found.append(logits)
        return found

    def styles() -> tuple[Tensor, ...]:
        return (torch.randn(len(x), c.codes, device=x.device),) if c.output == "palette" else ()

    style, another = styles(), styles()
    fake = g(source, target, *style)
    with frozen(*critics.values(), *(nets[name] for name in ("colour_classifier",) if name in nets)):
        # The source's paper is not counted, whatever the generator made of it.
        whole = palette(fake, painted)
        (judged,) = judge(fake, whole, target)
        terms = {kind: weights[kind] * mean_of(gan[2], logits) for kind, logits in judged.items()}
        terms |= {
            # There and back again is where it began (Zhu et al. 2017, eq. 2), in the style 0: no other is known.
            "cycle": c.cycle_weight * ((g(fake, own) - x).abs() * known).mean(),
            "paper": c.paper_weight * ((fake - source).abs() * (1 - painted)).mean(),
        }
        if c.typical_weight:
            # A reward without an upper end makes caricatures: this one ends where the colours say enough.
            doubt = F.cross_entropy(nets["colour_classifier"](whole), target, reduction="none")
            terms["typical"] = c.typical_weight * F.relu(doubt + math.log(c.typical)).mean()
            # No part speaks against it: single pixels, in the whole's company, are asked the same, more leniently.
            pixels, counted = some_pixels(fake, source, painted, PARTS)
            alone = torch.cat([palette(pixels)[:, : BINS**3], whole[:, BINS**3 :].repeat_interleave(PARTS, 0)], dim=1)
            doubt = F.cross_entropy(
                nets["colour_classifier"](alone), target.repeat_interleave(PARTS, 0), reduction="none"
            )
            against = F.relu(doubt + math.log(c.typical * PART_SHARE)) * counted
            terms["coherent"] = c.typical_weight * against.sum() / counted.sum().clamp_min(1)
        if c.output == "palette":
            # Two styles of one picture differ by as much as the styles do (Mao et al. 2019, eq. 4).
            apart = (fake - g(source, target, *another)).abs().mean(dim=(1, 2, 3)) / painted.mean(dim=(1, 2, 3)).clamp(
                0.05
            )
            far = (style[0] - another[0]).abs().mean(dim=1)
            terms["variety"] = c.variety_weight * (far / (apart + 0.1)).mean()
        else:
            terms["edges"] = c.edge_weight * new_edges(source, fake)
            terms["one_colour"] = c.one_colour_weight * one_colour(source, fake)
        if c.identity_weight:
            terms["identity"] = c.identity_weight * c.cycle_weight * F.l1_loss(g(x, own), x)
        update("generator", **terms)
    terms = {}
    real = palette(x, painted)
    right, wrong = judge(x, real, own, target)
    (made,) = judge(fake.detach(), whole.detach(), target)
    for kind in critics:
        terms[f"{kind}_real"] = mean_of(gan[0], right[kind])
        terms[f"{kind}_fake"] = mean_of(gan[1], made[kind]) * (1 - c.mismatch)
        # A real picture under another's label is as wrong as a made one: what is judged is the pair.
        terms[f"{kind}_mismatch"] = mean_of(gan[1], wrong[kind]) * c.mismatch
    if c.typical_weight:
        logits = nets["colour_classifier"](real)
        terms["colours"] = F.cross_entropy(logits, own, label_smoothing=0.1)
    update("critics", **terms)


def generate(nets: Networks, batch: Batch) -> dict[str, Tensor]:
    x, g = batch.source, nets["generator"]
    count = int(g.labels)  # type: ignore[arg-type]
    shown = sorted({round(k * (count - 1) / max(1, SHOWN - 1)) for k in range(SHOWN)})
    labels = torch.eye(count, device=x.device)
    return {"source": x} | {str(k): g(x, labels[k].expand(len(x), -1)) for k in shown}


RECOLOUR = Recipe(
    name="recolour",
    paper="generator conditioned on labels, trained against projection critics (Miyato and Koyama 2018)",
    purpose="recolour",
    config=RecolourConfig,
    data="labelled",
    players={"generator": ("generator",), "critics": ("critic", "palette_critic", "seen", "colour_classifier")},
    exports=("generator",),
    build=build,
    step=step,
    generate=generate,
    prepare=prepare_seeing,
    at=at,
    targets=lambda c, networks: dict.fromkeys(c.domains.split(","), "generator"),
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

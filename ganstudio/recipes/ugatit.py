"""U-GAT-IT: two sets of pictures, no pairs, and attention (Kim et al. 2020, "U-GAT-IT: Unsupervised Generative
Attentional Networks with Adaptive Layer-Instance Normalization for Image-to-Image Translation")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor

from ganstudio.config import knob
from ganstudio.data.augment import POLICIES, draw_augmentation
from ganstudio.losses import ADVERSARIAL, vanilla_fake, vanilla_real
from ganstudio.networks.ugatit import OUTPUTS, Judged, UGATITCritic, smallest_side
from ganstudio.networks.ugatit import UGATIT as Generator
from ganstudio.recipes.colouring import kept_colours
from ganstudio.recipes.recipe import Batch, Networks, Recipe, Training, Update, both_ways, frozen
from ganstudio.recipes.seeing import critic_terms, generator_terms, prepare_seeing, seeing_networks
from ganstudio.recipes.seeing import critics as seeing_critics
from ganstudio.words import Refused


@dataclass(frozen=True, kw_only=True)
class UGATITConfig(Training):
    """Defaults are the paper's (section 2.2 and appendix C), but for the light form and the batch."""

    rate: float = knob(1e-4, "learning rate of Adam", 1e-7, 1.0)
    weight_decay: float = knob(1e-4, "Adam's decay of the weights", 0.0, 1.0)
    data_b: str = knob("", "folder of the second domain, where `data` is the folder of the first alone")
    labels: str = knob("", "CSV of labels (columns id, type1, ...) that picks both domains out of `data`")
    domain_a: str = knob("A", "name of the first domain; with labels, the type to pick")
    domain_b: str = knob("B", "name of the second domain; with labels, the type to pick")
    width: int = knob(64, "channels of a generator's first level", 4, 256)
    blocks: int = knob(4, "residual blocks before the attention, and as many behind it", 1, 32)
    light: bool = knob(True, "AdaLIN's scales from averages: far fewer weights, and pictures of any size")
    critic_width: int = knob(64, "channels of a critic's first level", 4, 256)
    local_layers: int = knob(5, "convolutions of the local critics; 5 judge patches of 70 pixels", 3, 8)
    global_layers: int = knob(7, "convolutions of the global critics; 7 judge patches of 286 pixels", 3, 8)
    loss: str = knob("lsgan", "adversarial loss", choices=tuple(ADVERSARIAL))
    gan_weight: float = knob(1.0, "weight of the critics", 0.0, 1e3)
    cycle_weight: float = knob(10.0, "weight of the way there and back", 0.0, 1e4)
    identity_weight: float = knob(10.0, "weight of leaving what is of the target as it is", 0.0, 1e4)
    cam_weight: float = knob(1000.0, "weight of the generators' attention telling both domains apart", 0.0, 1e5)
    colour_weight: float = knob(
        0.0, "weight of painting with the source's colours alone, black and white apart; 0, as in the paper", 0.0, 1e4
    )
    pair_weight: float = knob(
        0.0, "weight of the distance to the true partner of the same name, for half of the pictures; 0 = none", 0.0, 1e4
    )
    feature_weight: float = knob(0.0, "weight of the critics of pretrained features; 0, as in the paper", 0.0, 1e3)
    feature_width: int = knob(96, "channels of the critics of pretrained features", 4, 512)
    features: str = knob("", "file of the MobileNetV2 weights to see through; empty = where it is found, random = none")
    augmentation: str = knob(
        "none", "differentiable augmentation of what the critics see, for small sets", choices=POLICIES
    )
    output: str = knob(
        "picture",
        "what the generators paint: pixels, as in the paper, or mixtures of the source's colours",
        choices=OUTPUTS,
    )
    enlarge: float = knob(0.12, "share by which a picture may be enlarged before the random crop", 0.0, 1.0)
    shrink: float = knob(0.0, "share by which a picture may be made smaller, on white", 0.0, 0.5)
    flip: bool = knob(True, "mirror half of the pictures")
    keep_detail: bool = knob(False, "when used: carry the source's fine detail into results larger than `size`")


def build(c: UGATITConfig) -> Networks:
    nets: Networks = {name: Generator(c.width, c.blocks, c.light, c.size, c.output) for name in ("a_to_b", "b_to_a")}
    for domain in ("a", "b"):
        nets[f"local_{domain}"] = UGATITCritic(c.critic_width, c.local_layers)
        nets[f"global_{domain}"] = UGATITCritic(c.critic_width, c.global_layers)
    return nets | seeing_networks(c)


def prepare(networks: Networks, c: UGATITConfig) -> None:
    processes = torch.distributed.get_world_size() if torch.distributed.is_initialized() else 1
    if c.pair_weight and c.batch % (2 * processes):
        raise Refused("train.partners", batch=c.batch, processes=processes)
    prepare_seeing(networks, c)


def step(nets: Networks, batch: Batch, update: Update, c: UGATITConfig) -> None:
    a, b = batch
    a_to_b, b_to_a = cast(Generator, nets["a_to_b"]), cast(Generator, nets["b_to_a"])
    critics = {name: cast(UGATITCritic, net) for name, net in nets.items() if name.startswith(("local_", "global_"))}
    gan_real, gan_fake, gan_generator = ADVERSARIAL[c.loss]
    change = draw_augmentation(c.augmentation, a)

    def judge(name: str, picture: Tensor) -> Judged:
        return critics[name].judge(change(picture))

    to_b, to_a = a_to_b.judge(a), b_to_a.judge(b)
    real, fake = {"a": a, "b": b}, {"a": to_a.result, "b": to_b.result}

    terms: dict[str, Tensor] = {}
    for name in critics:
        domain = name[-1]
        of_real, of_fake = judge(name, real[domain]), judge(name, fake[domain].detach())
        # The patches and the attention's own logits, each against real and made pictures (2.2, eq. 2 and 5).
        terms[f"{name}_real"] = c.gan_weight * (gan_real(of_real.result) + gan_real(of_real.logits))
        terms[f"{name}_fake"] = c.gan_weight * (gan_fake(of_fake.result) + gan_fake(of_fake.logits))
    terms |= critic_terms(nets, c.feature_weight, real, fake, change)
    update("critics", **terms)

    with frozen(*critics.values(), *seeing_critics(nets).values()):
        terms = generator_terms(nets, c.feature_weight, fake, change)
        for name in critics:
            judged = judge(name, fake[name[-1]])
            terms[f"gan_{name}"] = c.gan_weight * gan_generator(judged.result)
            terms[f"gan_cam_{name}"] = c.gan_weight * gan_generator(judged.logits)
        # There and back again is where it began (2.2, eq. 3).
        terms["cycle_a"] = c.cycle_weight * F.l1_loss(b_to_a(fake["b"]), a)
        terms["cycle_b"] = c.cycle_weight * F.l1_loss(a_to_b(fake["a"]), b)
        # What is of the target domain already stays as it is (2.2, eq. 4).
        same_a, same_b = b_to_a.judge(a), a_to_b.judge(b)
        terms["identity_a"] = c.identity_weight * F.l1_loss(same_a.result, a)
        terms["identity_b"] = c.identity_weight * F.l1_loss(same_b.result, b)
        # The attention tells a picture to be changed from one that is not, and so finds where they differ (eq. 5).
        terms["cam_a"] = c.cam_weight * (vanilla_real(to_a.logits) + vanilla_fake(same_a.logits))
        terms["cam_b"] = c.cam_weight * (vanilla_real(to_b.logits) + vanilla_fake(same_b.logits))
        if c.pair_weight:
            # Of every second picture the partner is known (see data.unpaired).
            terms["pair_a"] = c.pair_weight * F.l1_loss(fake["a"][::2], a[::2])
            terms["pair_b"] = c.pair_weight * F.l1_loss(fake["b"][::2], b[::2])
        if c.colour_weight:
            terms["colour_a"] = c.colour_weight * kept_colours(b, fake["a"])
            terms["colour_b"] = c.colour_weight * kept_colours(a, fake["b"])
        update("generators", **terms)
    a_to_b.clip_rho()
    b_to_a.clip_rho()


def heat(generator: Generator, x: Tensor) -> Tensor:
    """The map that the authors draw, the sum of the attended features, as a grey picture of x's size: (N,3,H,W)."""
    total = generator.see(x).attended.float().sum(1, keepdim=True)
    low, high = total.amin((2, 3), keepdim=True), total.amax((2, 3), keepdim=True)
    grey = (total - low) / (high - low).clamp(min=1e-6) * 2 - 1  # a constant map is black, not NaN
    return F.interpolate(grey, x.shape[2:], mode="bilinear").expand(-1, 3, -1, -1)


@torch.no_grad()
def generate(nets: Networks, batch: Batch) -> dict[str, Tensor]:
    a, b = batch
    a_to_b, b_to_a = cast(Generator, nets["a_to_b"]), cast(Generator, nets["b_to_a"])
    fake_b, fake_a = a_to_b(a), b_to_a(b)
    return {
        "a": a,
        "attention a": heat(a_to_b, a),
        "a to b": fake_b,
        "a to b to a": b_to_a(fake_b),
        "b": b,
        "attention b": heat(b_to_a, b),
        "b to a": fake_a,
        "b to a to b": a_to_b(fake_a),
    }


UGATIT = Recipe(
    name="ugatit",
    paper="U-GAT-IT (Kim et al. 2020)",
    purpose="redraw",
    config=UGATITConfig,
    data="unpaired",
    players={
        "critics": ("local_a", "global_a", "local_b", "global_b", "seen_a", "seen_b"),
        "generators": ("a_to_b", "b_to_a"),
    },
    exports=("a_to_b", "b_to_a"),
    witnesses=("local_a", "global_a", "local_b", "global_b"),
    build=build,
    step=step,
    generate=generate,
    prepare=prepare,
    presets={
        "try": {
            "images": 6_000,
            "size": 64,
            "batch": 4,
            "width": 16,
            "critic_width": 16,
            "local_layers": 4,
            "global_layers": 5,
            "output": "palette",
            "cam_weight": 50.0,
            "rate": 2e-4,
            "shrink": 0.15,
            "ema": 300,
            "checkpoint_every": 1_000,
            "sample_every": 500,
            "report_every": 80,
        },
        "good": {
            "images": 200_000,
            "size": 128,
            "width": 32,
            "critic_width": 32,
            "local_layers": 4,
            "global_layers": 6,
            "output": "palette",
            "cam_weight": 50.0,
            "rate": 2e-4,
            "shrink": 0.15,
        },
        "paper": {"images": 1_000_000, "batch": 1, "light": False, "ema": 0, "precision": "float32"},  # appendix C
    },
    resembles={"a to b": "a", "b to a": "b"}.get,
    targets=both_ways,
    multiple=lambda c: 4,
    smallest=lambda c: max(16, smallest_side(max(c.local_layers, c.global_layers))),
    one_way=True,
)

"""Networks of UGATIT-pytorch, by U-GAT-IT's own authors: what their tensors are called there, and where they go here.

Outputs are equal in float32, those of the critics and of the attention too. The project's first version alone took the
norms' variances otherwise; its weights cannot be told from later ones, and give other pictures here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from ganstudio.config import from_dict
from ganstudio.networks.ugatit import UGATIT, UGATITCritic, smallest_side
from ganstudio.recipes.ugatit import UGATITConfig
from ganstudio.words import Refused

HOME = "https://github.com/znxlwm/UGATIT-pytorch"
# The peer's names in a checkpoint, and ours. A critic judges the domain that ends its name, there as here.
NETWORKS = {
    "genA2B": "a_to_b",
    "genB2A": "b_to_a",
    "disLA": "local_a",
    "disGA": "global_a",
    "disLB": "local_b",
    "disGB": "global_b",
}
TRAINED_AT = 256  # the peer's side of pictures, which the weights of the light form do not tell
TRIED_AT = 64  # side of the picture on which an imported generator is tried, where any will do

Networks = Mapping[str, Mapping[str, Tensor]]  # tensors by name, by network; "" for one that is alone in its file


def claims(networks: Networks) -> bool:
    """Whether these are, by their names, networks of that project."""
    if "" in networks:
        return not {"gap_fc.weight", "gap_fc.weight_orig"}.isdisjoint(networks[""])
    return networks.keys() <= NETWORKS.keys()


def convert(file: Path, networks: Networks, name: str) -> tuple[UGATITConfig, dict[str, nn.Module]]:
    """The settings that build our networks with the weights of theirs, and these, float32, in eval mode.

    A generator that is alone in its file goes from A to B. Where there is one way, its target is called `name`. `file`
    is what refusals name. Raises `Refused` without a generator, for other channels than RGB, and where a tensor is
    absent, left over, of another shape, or holds what is no number.
    """
    if "" in networks and "gap_fc.weight" in networks[""]:
        networks = {"genA2B": networks[""]}
    ways = [way for way in ("genA2B", "genB2A") if way in networks]
    if not ways:
        raise Refused("peers.discriminator", file=file)
    target = {"genA2B": {"domain_b": name}, "genB2A": {"domain_a": name}}[ways[0]]
    c = _settings(file, networks, {} if len(ways) > 1 else target)
    placed = {NETWORKS[network]: _place(network, tensors, c, file) for network, tensors in networks.items()}
    return c, {name: _build(file, name, tensors, c) for name, tensors in placed.items()}


def architecture(c: UGATITConfig) -> str:
    """The peer's name for the generator."""
    return "UGATIT_light" if c.light else "UGATIT"


# --- what the shapes tell ---------------------------------------------------------------------------------


def _settings(file: Path, networks: Networks, names: Mapping[str, str]) -> UGATITConfig:
    """The settings of networks with these shapes, with `names` added; whether all of it fits is seen later."""

    def sides(network: str, tensor: str) -> tuple[int, ...]:
        found = networks.get(network, {}).get(tensor)
        return tuple(found.shape) if found is not None and found.dim() > 1 else (0, 0)

    def count(network: str, begins: str, ends: str) -> int:
        return sum(name.startswith(begins) and name.endswith(ends) for name in networks.get(network, {}))

    way = "genA2B" if "genA2B" in networks else "genB2A"
    width, channels_in = sides(way, "DownBlock.1.weight")[:2]
    channels_out = sides(way, "UpBlock2.11.weight")[0]
    if (channels_in, channels_out) != (3, 3) and channels_in and channels_out:
        raise Refused("peers.channels", file=file, channels_in=channels_in, channels_out=channels_out)
    inputs = sides(way, "FC.0.weight")[1]  # of the style: averages, or every feature of every place
    light = inputs in (0, 4 * width)
    size = TRAINED_AT if light or not width else 4 * math.isqrt(inputs // (4 * width))
    found = {
        "width": width,
        "blocks": count(way, "UpBlock1_", ".conv1.weight"),
        "light": light,
        "size": size,
        "output": "picture",
    }
    # Settings describe critics in any case: those that nobody gave us are as small as can be.
    critics = {"critic_width": 4}
    for network, setting in (("disL", "local_layers"), ("disG", "global_layers")):
        for critic in (f"{network}A", f"{network}B"):
            if critic in networks:
                critics[setting] = 1 + count(critic, "model.", ".weight_orig")
                critics["critic_width"] = sides(critic, "model.1.weight_orig")[0]
    return from_dict(UGATITConfig, {**found, **critics, **names})


def _new(name: str, c: UGATITConfig) -> UGATIT | UGATITCritic:
    if name in ("a_to_b", "b_to_a"):
        return UGATIT(c.width, c.blocks, c.light, c.size)
    return UGATITCritic(c.critic_width, c.local_layers if name.startswith("local") else c.global_layers)


# --- what goes where --------------------------------------------------------------------------------------


def _generator(blocks: int) -> Iterator[tuple[str, str]]:
    """(our name, theirs) of each of a generator's tensors."""
    for k, place in enumerate((1, 5, 9)):
        yield f"encoder.{k}.weight", f"DownBlock.{place}.weight"
    for k in range(blocks):
        yield f"blocks.{k}.first.weight", f"DownBlock.{12 + k}.conv_block.1.weight"
        yield f"blocks.{k}.second.weight", f"DownBlock.{12 + k}.conv_block.5.weight"
        for ours, theirs in (("first", 1), ("second", 2)):
            yield f"adaptive.{k}.{ours}.weight", f"UpBlock1_{k + 1}.conv{theirs}.weight"
            yield f"adaptive.{k}.{ours}_norm.rho", f"UpBlock1_{k + 1}.norm{theirs}.rho"
    yield "attention.average.weight", "gap_fc.weight"
    yield "attention.maximum.weight", "gmp_fc.weight"
    yield "attention.merge.weight", "conv1x1.weight"
    yield "attention.merge.bias", "conv1x1.bias"
    yield "style.0.weight", "FC.0.weight"
    yield "style.1.weight", "FC.2.weight"
    yield "gamma.weight", "gamma.weight"
    yield "beta.weight", "beta.weight"
    for k, place in enumerate((2, 7)):
        yield f"enlarge.{k}.conv.weight", f"UpBlock2.{place}.weight"
        for part in ("rho", "gamma", "beta"):
            yield f"enlarge.{k}.norm.{part}", f"UpBlock2.{place + 1}.{part}"
    yield "head.weight", "UpBlock2.11.weight"


def _critic(layers: int) -> Iterator[tuple[str, str]]:
    """(our name, theirs) of each of a critic's tensors."""
    normed = [(f"hidden.{k}", f"model.{1 + 3 * k}") for k in range(layers - 1)]
    for ours, theirs in normed:
        yield f"{ours}.bias", f"{theirs}.bias"
    for ours, theirs in [*normed, ("attention.average", "gap_fc"), ("attention.maximum", "gmp_fc"), ("head", "conv")]:
        yield f"{ours}.parametrizations.weight.original", f"{theirs}.weight_orig"
        yield f"{ours}.parametrizations.weight.0._u", f"{theirs}.weight_u"
        yield f"{ours}.parametrizations.weight.0._v", f"{theirs}.weight_v"
    yield "attention.merge.weight", "conv1x1.weight"
    yield "attention.merge.bias", "conv1x1.bias"


def _place(network: str, tensors: Mapping[str, Tensor], c: UGATITConfig, file: Path) -> dict[str, Tensor]:
    """The tensors of the peer's `network` under our names, float32; raises `Refused` where they are not as expected."""
    name = NETWORKS[network]
    with torch.device("meta"):  # shapes alone: nothing is as large as a file says before it is known to fit
        described = _new(name, c)
    wanted = {ours: tuple(tensor.shape) for ours, tensor in described.state_dict().items()}
    pairs = _generator(c.blocks) if isinstance(described, UGATIT) else _critic(len(described.hidden) + 1)
    left, differences = dict(tensors), []
    fitting: dict[str, Tensor] = {}
    for ours, theirs in pairs:
        shape, tensor = wanted[ours], left.pop(theirs, None)
        enlarges = ours.startswith("enlarge.") and ours.endswith(".conv.weight")
        if ours.endswith((".rho", ".norm.gamma", ".norm.beta")):
            shape = (1, *shape, 1, 1)
        elif enlarges:  # ours is stored as a transposed convolution's
            shape = (shape[1], shape[0], *shape[2:])
        if tensor is None:
            differences.append(f"-{network}.{theirs}")
        elif tuple(tensor.shape) != shape:
            differences.append(f"{network}.{theirs} {tuple(tensor.shape)} for {shape}")
        else:
            fitting[ours] = tensor.detach().transpose(0, 1) if enlarges else tensor.detach()
    differences += [f"+{network}.{theirs}" for theirs in left]
    if differences:
        listed = ", ".join(differences[:5]) + (" ..." if len(differences) > 5 else "")
        raise Refused("peers.differs", file=file, architecture=architecture(c), differences=listed)
    taken = {ours: tensor.to(torch.float32).reshape(wanted[ours]).contiguous() for ours, tensor in fitting.items()}
    if isinstance(described, UGATITCritic):
        _unnormed_maps(taken)
    return taken


def _unnormed_maps(taken: dict[str, Tensor]) -> None:
    """Makes the merging convolution the peer's, whose critics weigh the features before spectral normalisation.

    There the pooled features are judged by normed weights, as here, and the features multiplied by those that are not:
    the two differ by one factor, each pooling's spectral norm, which goes into the convolution that follows.
    """
    halves = list(taken["attention.merge.weight"].chunk(2, dim=1))
    for k, pooling in enumerate(("average", "maximum")):
        layer = f"attention.{pooling}.parametrizations.weight"
        halves[k] = halves[k] * torch.dot(taken[f"{layer}.0._u"], taken[f"{layer}.original"] @ taken[f"{layer}.0._v"])
    taken["attention.merge.weight"] = torch.cat(halves, dim=1)


def _build(file: Path, name: str, tensors: dict[str, Tensor], c: UGATITConfig) -> nn.Module:
    """Our network with these weights, which are not copied; raises `Refused` where what it gives is no number."""
    with torch.device("meta"):
        network = _new(name, c)
    network.load_state_dict(tensors, assign=True)
    network.eval().requires_grad_(False)
    whole = TRIED_AT if c.light else c.size
    side = whole if isinstance(network, UGATIT) else smallest_side(len(network.hidden) + 1)
    with torch.inference_mode():
        answer = network.judge(torch.linspace(-1, 1, 3 * side * side).view(1, 3, side, side))
    if not all(tensor.isfinite().all() for tensor in (*answer, *tensors.values())):
        raise Refused("model.not_finite", file=file)
    return network

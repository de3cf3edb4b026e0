"""How a training begins: what its settings ask for, and the networks, averages and optimizers that it changes."""

from __future__ import annotations

import copy
import ctypes
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import broadcast
from torch import Tensor, nn

from ganstudio.models.hub import find, load_networks, load_weights, read_weights
from ganstudio.recipes.recipe import Networks, Recipe
from ganstudio.runs.folder import Damaged, RunFolder, verify_checkpoint
from ganstudio.words import Refused

Say = Callable[[str], None]

# mallopt's parameters (malloc.h): no block of its own from the system, nothing given back, and 256 MB more at a time.
MALLOC_MMAP_MAX, MALLOC_TRIM_THRESHOLD, MALLOC_TOP_PAD = (-4, 0), (-1, 2**31 - 1), (-2, 2**28)


@dataclass(frozen=True)
class State:
    """What a training changes from step to step, and a checkpoint holds."""

    networks: Networks
    averages: dict[str, nn.Module]  # of those that are published
    averaged: list[tuple[Tensor, Tensor]]  # each averaged tensor, and the one that it follows: both stay in place
    parameters: dict[str, dict[str, nn.Parameter]]  # by player, and by network and name
    optimizers: dict[str, torch.optim.Optimizer]  # by player


def checked(recipe: Recipe, config: Any) -> Accelerator:
    """The device to train on, where the settings go together; raises `Refused` where they do not."""
    if config.size % recipe.multiple(config):
        raise Refused("train.size", size=config.size, multiple=recipe.multiple(config))
    if config.size < recipe.smallest(config):
        raise Refused("train.too_small", size=config.size, smallest=recipe.smallest(config))
    accelerator = Accelerator(mixed_precision="bf16" if _wants_bfloat16(config.precision) else "no")
    if config.batch % accelerator.num_processes:
        raise Refused("train.batch", batch=config.batch, processes=accelerator.num_processes)
    return accelerator


def build(recipe: Recipe, c: Any, device: torch.device, fresh: bool, say: Say) -> State:
    """A training's state at its beginning, the same in every process. Where it is not `fresh`, a checkpoint follows,
    and nothing is fetched or taken from elsewhere. Raises `Refused`."""
    torch.manual_seed(c.seed)
    networks = recipe.build(c)
    if fresh:
        recipe.prepare(networks, c)
        if c.start_from:
            start_from(networks, recipe, c, find(c.start_from), say)
    for network in networks.values():
        network.to(device).to(memory_format=torch.channels_last).train()
        for tensor in network.state_dict().values():
            tensor.copy_(broadcast(tensor))  # whatever each process drew, all start from the first one's
    averages = {name: copy.deepcopy(networks[name]).eval().requires_grad_(False) for name in recipe.exports}
    averaged = [
        pair
        for name, mean in averages.items()
        for pair in zip(mean.state_dict().values(), networks[name].state_dict().values(), strict=True)
    ]
    parameters: dict[str, dict[str, nn.Parameter]] = {
        player: {f"{n}.{p}": w for n in owned if n in networks for p, w in networks[n].named_parameters()}
        for player, owned in recipe.players.items()
    }
    fused = device.type in ("cpu", "cuda")
    optimizers: dict[str, torch.optim.Optimizer] = {
        player: torch.optim.Adam(
            list(weights.values()), c.rate, (c.beta1, c.beta2), weight_decay=c.weight_decay, fused=fused
        )
        for player, weights in parameters.items()
    }
    return State(networks, averages, averaged, parameters, optimizers)


def start_from(networks: Networks, recipe: Recipe, c: Any, model: Path, say: Say) -> None:
    """Weights from a published model; where it is a run's, and its recipe this one, its critics' as well."""
    start, settings, values = load_networks(model)
    adapted = None
    if values["recipe"] != recipe.name:
        adapted = recipe.adapt(start, settings, c) if values["recipe"] in recipe.adapts else None
        if adapted is None:
            raise Refused("train.start_from", model=c.start_from, recipe=values["recipe"])
    ours, theirs = (getattr(each, "upsample", None) for each in (c, settings))
    if theirs != ours:  # in a ResNet weights of one shape, but not of one meaning
        ways = f"--upsample {theirs} for {ours}"
        raise Refused("model.mismatch", file=model, differences=ways)
    if adapted is not None:
        for name, network in adapted.items():
            apply(networks[name], network.state_dict())
        say(f"{', '.join(adapted)}: out of {c.start_from}")
        return
    for name in start:
        fresh = load_weights(model / values["networks"][name], networks[name], fresh=True)
        if fresh:
            say(f"{name}: {len(fresh)} tensors that {c.start_from} lacks start fresh")
    run = RunFolder(model.parent)
    if not (model.name == "model" and run.exists and run.read_config()[0] == recipe.name):
        return
    for folder in reversed(run.list_checkpoints()):
        with suppress(Damaged):
            verify_checkpoint(folder)
            state = read_weights(folder / "networks.safetensors")
            for name in set(networks) - set(recipe.exports):
                tensors, own = below(state, f"{name}."), networks[name].state_dict()
                # All or nothing: half a critic is worse than a fresh one. An image pool of another size is fresh.
                if tensors and {k: v.shape for k, v in tensors.items()} == {k: v.shape for k, v in own.items()}:
                    networks[name].load_state_dict(tensors)
                    say(f"{name}: goes on from {c.start_from}")
            return


def flat(networks: Networks | dict[str, nn.Module]) -> dict[str, Tensor]:
    """The tensors of all networks, by network and name."""
    return {f"{n}.{k}": v for n, network in networks.items() for k, v in network.state_dict().items()}


def below(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Those whose names begin so, without it."""
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}


def apply(network: nn.Module, tensors: dict[str, Tensor]) -> None:
    """Loads a network's weights; raises `Refused` where they are another's."""
    try:
        network.load_state_dict(tensors)
    except RuntimeError as error:
        raise Refused("run.other_networks", reason=error) from error


def _wants_bfloat16(precision: str) -> bool:
    if precision != "auto":
        return precision == "bfloat16"
    if torch.cuda.is_available():
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.backends.mkldnn.is_available() and torch.ops.mkldnn._is_mkldnn_bf16_supported()


def keep_memory() -> None:
    """Has the C library keep the memory of tensors that are freed, for the next step's, instead of giving it back.

    Each step needs the same again, and getting pages anew costs a quarter of a step's time at 256 pixels. Only glibc
    can be told; elsewhere nothing happens.
    """
    library = ctypes.CDLL(None) if sys.platform.startswith("linux") else None
    if library is None or not hasattr(library, "gnu_get_libc_version"):
        return
    for parameter, value in (MALLOC_MMAP_MAX, MALLOC_TRIM_THRESHOLD, MALLOC_TOP_PAD):
        library.mallopt(parameter, value)

"""A training's checkpoints: what its state is on the disk, and which of them can be trusted."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import torch
from torch import nn

from ganstudio.models.hub import read_weights, save_weights
from ganstudio.runs.folder import Damaged, RunFolder, verify_checkpoint
from ganstudio.training.start import Say, State, apply, below, flat
from ganstudio.words import Refused


class NotFinite(Exception):
    """A loss or a weight became NaN or infinite."""


def save(run: RunFolder, state: State, seen: int) -> None:
    """Writes the checkpoint of `seen` images. Raises `NotFinite`, and OSError where the disk is full: the earlier ones
    stay."""
    networks = flat(state.networks)
    bad = [name for name, tensor in networks.items() if not torch.isfinite(tensor).all()]
    if bad:
        raise NotFinite(f"{bad[0]} has values that are not finite at {seen} images; not saved")
    moments = {
        f"{player}.{name}.{key}": value
        for player, weights in state.parameters.items()
        for name, weight in weights.items()
        for key, value in state.optimizers[player].state.get(weight, {}).items()
    }
    contents = {"networks": networks, "averages": flat(state.averages), "optimizers": moments}
    run.save_checkpoint(
        seen, {f"{name}.safetensors": partial(save_weights, tensors=tensors) for name, tensors in contents.items()}
    )


def newest(run: RunFolder, say: Say) -> tuple[Path | None, int, list[Path]]:
    """The newest checkpoint that passes its manifest, the images seen by it, and the damaged ones passed over.

    Raises `Refused` where there are checkpoints and none is whole.
    """
    damaged: list[Path] = []
    reasons: list[str] = []
    for folder in reversed(run.list_checkpoints()):
        try:
            return folder, verify_checkpoint(folder), damaged
        except Damaged as error:
            say(f"passed over: {error}")
            damaged.append(folder)
            reasons.append(str(error))
    if reasons:
        raise Refused("run.all_damaged", folder=run.path, reasons="; ".join(reasons))
    return None, 0, damaged


def load(state: State, folder: Path) -> None:
    """The state that `folder`, a checkpoint that passes its manifest, holds; raises `Refused` for other networks'."""
    networks, averages, moments = (
        read_weights(folder / f"{name}.safetensors") for name in ("networks", "averages", "optimizers")
    )
    kept: tuple[tuple[dict[str, nn.Module], dict[str, torch.Tensor]], ...]
    kept = ((state.networks, networks), (state.averages, averages))
    for those, tensors in kept:
        for name, network in those.items():
            apply(network, below(tensors, f"{name}."))
    for player, weights in state.parameters.items():
        optimizer = state.optimizers[player]
        for name, weight in weights.items():
            for key, value in below(moments, f"{player}.{name}.").items():
                if value.shape == weight.shape:  # moments lie in memory like their weights
                    value = torch.empty_like(weight, dtype=value.dtype).copy_(value)
                optimizer.state[weight][key] = value if key == "step" else value.to(weight.device)

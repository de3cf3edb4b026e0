"""ganstudio import-weights: models of weights trained elsewhere."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ganstudio.commands.tell import print_values


def add(verbs: Any, _arguments: Sequence[str]) -> None:
    parser = verbs.add_parser("import-weights", help="make a model of weights trained elsewhere", allow_abbrev=False)
    parser.description = (
        "Make a model of a generator's weights from pytorch-CycleGAN-and-pix2pix (resnet_9blocks, resnet_6blocks, "
        "unet_256, unet_128; any norm, with or without dropout), such as latest_net_G.pth, or of a whole checkpoint or "
        "a generator from UGATIT-pytorch, light or full. Code in a file is never run."
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="state dict or checkpoint, .pth, .pt or .safetensors")
    parser.add_argument("--name", required=True, help="name of the new model")
    parser.add_argument(
        "--out", type=Path, help="folder to put the model's folder into (default: checkpoints/, in GANSTUDIO_HOME)"
    )
    parser.add_argument("--network", default="", help="of several generators in the file: which, netG_A say")
    parser.set_defaults(run=run_import)


def run_import(options: argparse.Namespace) -> int:
    from ganstudio.models.peers import import_weights

    made = import_weights(options.file, options.name, options.out, options.network)
    said = {"model": str(made.folder), "architecture": made.architecture}
    shown = ("width", "norm", "dropout", "size")
    said |= {name: getattr(made.config, name) for name in shown if hasattr(made.config, name)}
    print_values(said, False)
    return 0

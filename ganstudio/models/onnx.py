"""A published model's generators as ONNX files, which other programs run without PyTorch; each checked for equality.

Needs three packages more than the rest: onnx, onnxruntime and onnxscript.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ganstudio.models import hub
from ganstudio.networks.recolourer import Recolourer
from ganstudio.networks.resnet import ResNet
from ganstudio.recipes import RECIPES
from ganstudio.words import Refused

LIMIT = 2e-3  # the greatest difference allowed, of values in [-1,1]: a quarter of one of 255 levels
OPSET = 18


@dataclass(frozen=True)
class Exported:
    """An ONNX file: input "picture" (N,3,H,W) float32 in [-1,1], with "label" (N,labels) for a model of many types, and
    "style" (N,codes) where these have many looks;
    output "result" (N,3,H,W) float32, of a CycleGAN or a recolouring network slightly outside of [-1,1] at places."""

    file: Path
    network: str
    any_size: bool  # whether N, H and W are free; otherwise N is 1 and H and W are the model's size
    difference: float  # the greatest from PyTorch, over all pictures tried


def export(source: str | Path, out: Path, network: str | None = None) -> list[Exported]:
    """Writes each generator of the model `source` (see `hub.find`), or the one named, as `out`/MODEL-NETWORK.onnx.

    Every file is run on random pictures beside PyTorch, and kept only where no value differs by more than LIMIT.
    Sizes are free where the network and the exporter allow it. Raises `Refused`, also where a package is missing.
    """
    _check_installed()
    folder = hub.find(source)
    networks, config, values = hub.load_networks(folder)
    name = folder.parent.name if folder.name == "model" else folder.name
    recipe = RECIPES[values["recipe"]]
    if not recipe.translates:
        raise Refused("engine.no_translation", model=name)
    known = [each for each in recipe.exports if each in networks]
    if network is not None and network not in known:
        raise Refused("onnx.network", model=name, network=network, known=", ".join(known))
    multiple = recipe.multiple(config)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused("translate.output", folder=out, reason=error.strerror) from error
    found = []
    for each in known if network is None else [network]:
        file = out / f"{name}-{each}.onnx"
        found.append(_export(networks[each], name, each, file, config.size, multiple))
    return found


def _check_installed() -> None:
    try:
        import onnx  # noqa: F401
        import onnxruntime  # noqa: F401
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise Refused("onnx.not_installed") from error


def _export(network: nn.Module, model: str, name: str, file: Path, size: int, multiple: int) -> Exported:
    half = file.with_name(f".{file.name}.part")
    reasons = []
    try:
        for any_size in (True, False):
            try:
                with torch.random.fork_rng(devices=[]):
                    torch.manual_seed(0)
                    _write(network, half, size, multiple, any_size)
                    difference = _difference(network, half, size, multiple, any_size)
            # The exporter and the runtime raise errors of many kinds for what they cannot do.
            except Exception as error:
                reasons.append(str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__)
                continue
            if difference > LIMIT:
                raise Refused("onnx.differs", model=model, difference=difference, limit=LIMIT)
            half.replace(file)
            return Exported(file, name, any_size, difference)
        raise Refused("onnx.failed", model=model, reason=reasons[-1])
    finally:
        half.unlink(missing_ok=True)


def _inputs(network: nn.Module, count: int, height: int, width: int) -> tuple[Tensor, ...]:
    """Random pictures, random mixtures of labels where the network takes any, and styles."""
    picture = torch.rand(count, 3, height, width) * 2 - 1
    labels = network.labels if isinstance(network, ResNet | Recolourer) else 0
    inputs = (picture, torch.rand(count, labels).softmax(1)) if labels else (picture,)
    return (*inputs, torch.randn(count, network.codes)) if labels and isinstance(network, Recolourer) else inputs


def _write(network: nn.Module, file: Path, size: int, multiple: int, any_size: bool) -> None:
    example = _inputs(network, 2 if any_size else 1, size, size)
    shapes: Any = None
    if any_size:
        count = torch.export.Dim("count", min=1, max=64)
        high, wide = (torch.export.Dim(f"{side}_parts", min=1, max=8192 // multiple) for side in ("height", "width"))
        shapes = ({0: count, 2: multiple * high, 3: multiple * wide}, {0: count}, {0: count})[: len(example)]
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)  # the exporter tells of every step
    try:
        with warnings.catch_warnings(), torch.inference_mode(False), torch.no_grad():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                network,
                example,
                str(file),
                input_names=["picture", "label", "style"][: len(example)],
                output_names=["result"],
                opset_version=OPSET,
                dynamo=True,
                dynamic_shapes=shapes,
                external_data=False,
                verbose=False,
            )
    finally:
        logging.disable(before)


def _difference(network: nn.Module, file: Path, size: int, multiple: int, any_size: bool) -> float:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    names = [each.name for each in session.get_inputs()]
    other = size + multiple * max(1, 16 // multiple)
    tried: Sequence[tuple[int, int, int]] = ((1, size, size), (2, other, size)) if any_size else ((1, size, size),)
    worst = 0.0
    for shape in tried:
        inputs = _inputs(network, *shape)
        with torch.inference_mode():
            expected = network(*inputs)
        given = dict(zip(names, (each.numpy() for each in inputs), strict=True))
        found = torch.from_numpy(session.run(None, given)[0])
        worst = max(worst, (found - expected).abs().max().item())
    return worst

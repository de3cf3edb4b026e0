"""Of a square picture: whether it shows a head, and which of its pixels are the person's, by two small networks.

Their cards are data/head/README.md and data/figure/README.md.
"""

from __future__ import annotations

import argparse
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from ganstudio import images
from ganstudio.analysis.flat import outside
from ganstudio.files import walked
from ganstudio.models.hub import load_networks

DATA = Path(__file__).parents[1] / "data"
LEAST = 0.2  # probability of a head below which a picture shows none; measured by `python -m ganstudio.models.heads`
_SURE = (0.35, 0.65)  # shares from which a pixel is partly, and wholly, the person's
_SMALLEST = 0.02  # of the picture: a person that covers less is none
_SPECK = 0.2  # of the largest part's area: a smaller part is none of the person


def no_head(picture: Image.Image) -> bool:
    """Whether a square picture, any mode and size, shows nothing like a head: drawn or photographed, from before."""
    return float(_probabilities(_tensor(picture, *_network("head"))[None])[0]) < LEAST


def figure(picture: Image.Image) -> NDArray[np.float32]:
    """(H,W), 0..1: how much of each pixel of a square picture is the person's. All of it where no person is seen."""
    network, size = _network("figure")
    with torch.inference_mode():
        x = _tensor(picture, network, size)[None]
        share = (network(x)[0].mean(dim=0).clamp(-1, 1) + 1) / 2
    levels = share.float().numpy()
    kept, enclosed = _large_parts(levels > 0.5)
    whole = cv2.resize(np.maximum(levels * kept, enclosed), picture.size, interpolation=cv2.INTER_CUBIC)
    low, high = _SURE
    found = np.clip((whole - low) / (high - low), 0, 1).astype(np.float32)
    return found if found.mean() > _SMALLEST else np.ones_like(found)


def _large_parts(there: NDArray[np.bool_]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """1 around the largest part of what is there, and those that are not much smaller, as the rest are specks; and 1 in
    the holes, which what is there encloses."""
    holes = ~there & ~outside(~there)
    _, labels, found, _ = cv2.connectedComponentsWithStats(there.astype(np.uint8))
    sizes = found[1:, cv2.CC_STAT_AREA]
    kept = np.isin(labels, 1 + np.flatnonzero(sizes >= _SPECK * sizes.max(initial=0))) & there
    around = cv2.dilate(kept.astype(np.float32), np.ones((5, 5), np.uint8))
    return np.asarray(around, np.float32), holes.astype(np.float32)


def alone(picture: Image.Image) -> Image.Image:
    """The person of a square picture on white: RGB."""
    rgb = np.asarray(images.to_rgb(picture), np.float32)
    share = figure(picture)[..., None]
    return Image.fromarray(np.rint(rgb * share + 255 * (1 - share)).astype(np.uint8))


@cache
def _network(name: str) -> tuple[Any, int]:
    """One of both, and the side of its pictures in pixels; raises `Refused`."""
    networks, settings, _ = load_networks(DATA / name)
    (network,) = networks.values()
    return network, settings.size


def _tensor(picture: Image.Image, network: Any, size: int) -> torch.Tensor:
    small = images.to_rgb(picture).resize((size, size), Image.Resampling.BILINEAR, reducing_gap=2)
    return images.to_tensor(small)[0]


@torch.inference_mode()
def _probabilities(x: torch.Tensor) -> NDArray[np.float32]:  # (N,3,size,size) -> (N,), how likely each shows a head
    return np.asarray(_network("head")[0](x).softmax(1)[:, 0], np.float32)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m ganstudio.models.heads", allow_abbrev=False)
    parser.description = "What the two cards' figures come from."
    parser.add_argument("--heads", type=Path, help="folder of head/KIND-NNNNN.png and other/KIND-NNNNN.png")
    parser.add_argument(
        "--figures", type=Path, help="folder of source/ and target/, as ganstudio.data.grounds makes it"
    )
    asked = parser.parse_args(arguments)
    if asked.heads:
        for label in ("head", "other"):
            kinds: dict[str, list[bool]] = {}
            for file in walked(asked.heads / label).pictures:
                headless = no_head(images.to_rgb(images.decode(file)))
                kinds.setdefault(file.stem.rpartition("-")[0], []).append(headless)
            every = [headless for those in kinds.values() for headless in those]
            print(f"{label}: {np.mean(every):.1%} of {len(every)} are told to show no head")
            print("   " + ", ".join(f"{kind} {np.mean(those):.1%} of {len(those)}" for kind, those in kinds.items()))
    if asked.figures:
        overlaps: dict[str, list[float]] = {}
        for file in walked(asked.figures / "source").pictures:
            found = figure(images.to_rgb(images.decode(file))) > 0.5
            true = np.asarray(images.decode(asked.figures / "target" / file.name).convert("L")) > 127
            both, either = (found & true).sum(), (found | true).sum()
            overlaps.setdefault(file.stem.rpartition("-")[0], []).append(both / max(1, either))
        for kind, those in overlaps.items():
            print(
                f"{kind}: {np.mean(those):.3f} of person found or true are both, in the worst tenth "
                f"{np.quantile(those, 0.1):.3f}, of {len(those)}"
            )


if __name__ == "__main__":
    main()

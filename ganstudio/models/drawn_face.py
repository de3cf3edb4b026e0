"""Whether a face is drawn on a sheet, by a small classifier of drawings; data/drawn-face/README.md is its card.

A finder of faces in what a model painted could not tell: a model of faces makes one of whatever is drawn.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from ganstudio import images
from ganstudio.data.drawing import Finding, close_up
from ganstudio.files import walked
from ganstudio.models.hub import load_networks
from ganstudio.networks.classifier import Classifier

FOLDER = Path(__file__).parents[1] / "data" / "drawn-face"
LEAST = 0.1  # probability of a face below which a sheet has none; measured by `python -m ganstudio.models.drawn_face`
BATCH = 64

# Findings of drawing.inspect with which nothing can be said yet, or no longer.
UNJUDGED = {"drawing.empty", "drawing.inverted", "drawing.too_little_ink", "drawing.too_much_ink"}


def no_face(sheet: Image.Image, findings: Sequence[Finding]) -> bool:
    """Whether a sheet, on which drawing.inspect has found `findings`, has ink enough to judge and shows no face.

    Any mode and size. An oval on its own counts as a face: that is how one begins. A few milliseconds on a CPU.
    """
    if UNJUDGED & {finding.key for finding in findings}:
        return False
    network, size = _network(FOLDER)
    return float(_probabilities(network, close_up(sheet, size)[None])[0]) < LEAST


@cache
def _network(folder: Path) -> tuple[Classifier, int]:
    """The classifier, whose first class is the face, and the side of its pictures in pixels; raises `Refused`."""
    networks, settings, _ = load_networks(folder)
    classifier = networks["classifier"]
    assert isinstance(classifier, Classifier)
    return classifier, settings.size


@torch.inference_mode()
def _probabilities(network: Classifier, greys: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(N,size,size) close-ups -> (N,), how likely each shows a face."""
    x = torch.from_numpy(greys)[:, None].float() / 127.5 - 1
    logits: torch.Tensor = network(x.expand(-1, 3, -1, -1))
    return np.asarray(logits.softmax(1)[:, 0], np.float32)


def measure(folder: Path, model: Path = FOLDER) -> dict[str, dict[str, NDArray[np.float32]]]:
    """{label: {kind: (N,) probabilities of a face}} of the close-ups folder/{face,other}/KIND-NNNNN.png; raises
    `Refused`."""
    network, size = _network(model)
    found: dict[str, dict[str, NDArray[np.float32]]] = {}
    for label in ("face", "other"):
        kinds: dict[str, list[NDArray[np.uint8]]] = {}
        for path in walked(folder / label).pictures:
            small = images.decode(path).convert("L").resize((size, size), Image.Resampling.BICUBIC)
            kinds.setdefault(path.stem.rpartition("-")[0], []).append(np.asarray(small))
        found[label] = {
            kind: np.concatenate(
                [_probabilities(network, np.stack(each[k : k + BATCH])) for k in range(0, len(each), BATCH)]
            )
            for kind, each in kinds.items()
        }
    return found


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m ganstudio.models.drawn_face", allow_abbrev=False)
    parser.description = "What LEAST and the card of drawn-face come from: how often sheets are said to have no face."
    parser.add_argument("folder", type=Path, help="as ganstudio.data.sheets makes it")
    parser.add_argument(
        "--model", type=Path, default=FOLDER, help="folder of another classifier, its classes face,other"
    )
    parser.add_argument("--alarms", type=float, default=0.005, help="share of faces to validate with that may be told")
    asked = parser.parse_args(arguments)
    validate, test = (measure(asked.folder / part, asked.model) for part in ("validate", "test"))
    faces = np.concatenate(list(validate["face"].values()))
    print(
        f"LEAST for {asked.alarms:.1%} of {len(faces)} faces to validate with: {np.quantile(faces, asked.alarms):.3f}"
    )
    for name, part in (("validate", validate), ("test", test)):
        for label, kinds in part.items():
            shares = {kind: float((found < LEAST).mean()) for kind, found in kinds.items()}
            every = np.concatenate(list(kinds.values()))
            unseen = [found for kind, found in kinds.items() if name == "test" and kind not in validate[label]]
            print(f"{name}, {label}: {float((every < LEAST).mean()):.1%} of {len(every)} are told to have no face")
            if unseen:
                apart = np.concatenate(unseen)
                print(f"{name}, {label}, kinds never trained on: {float((apart < LEAST).mean()):.1%} of {len(apart)}")
            print("   " + ", ".join(f"{kind} {share:.1%}" for kind, share in shares.items()))


if __name__ == "__main__":
    main()

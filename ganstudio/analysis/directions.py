"""What a model's styles do: the directions of its style code that change one measurable thing each.

Found from the model's own pictures of many random styles: each measure is regressed on the code, and a direction is
what changes one of them and, to first order, none of the others. They are named by what they measure, so that a slider
cannot promise what the model does not do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Table = NDArray[np.float64]

# Places of an aligned portrait, as shares of its side: left, top, right, bottom.
CHEEKS = ((0.30, 0.55, 0.40, 0.66), (0.60, 0.55, 0.70, 0.66))
HAIR = ((0.38, 0.10, 0.62, 0.17),)
GROUND = ((0.0, 0.0, 0.09, 0.30), (0.91, 0.0, 1.0, 0.30))
CLOTHES = ((0.30, 0.96, 0.70, 1.0),)
FACE = ((0.30, 0.40, 0.70, 0.80),)
LIGHTNESS, RED, YELLOW = 0, 1, 2  # of L*a*b*

EXPLAINED = 0.3  # share of a measure's variance that the code must explain for a slider
APART = 0.4  # what is left of a measure's gradient once those of earlier sliders are taken out
MOST = 6  # sliders
STRENGTH = 3.0  # length of a direction: what a slider at its end adds to the code


class Found(NamedTuple):
    """A direction: what it changes, the vector, and the share of that measure's variance that the code explains."""

    name: str
    vector: list[float]
    explained: float


def _mean(picture: NDArray[Any], places: tuple[tuple[float, float, float, float], ...], channel: int) -> float:
    height, width = picture.shape[:2]
    parts = [
        picture[
            round(top * height) : round(bottom * height), round(left * width) : round(right * width), channel
        ].ravel()
        for left, top, right, bottom in places
    ]
    return float(np.concatenate(parts).mean())


# What is measured, by the name of its slider ("app.slider.*" of the words): of a picture in L*a*b*, (H,W,3).
MEASURES: dict[str, Callable[[NDArray[Any]], float]] = {
    "skin": lambda p: _mean(p, CHEEKS, LIGHTNESS),
    "hair": lambda p: _mean(p, HAIR, LIGHTNESS),
    "ground": lambda p: _mean(p, GROUND, LIGHTNESS),
    "warmth": lambda p: _mean(p, CHEEKS, YELLOW) + _mean(p, HAIR, YELLOW),
    "clothes": lambda p: _mean(p, CLOTHES, LIGHTNESS),
    "side_light": lambda p: _mean(p, CHEEKS[:1], LIGHTNESS) - _mean(p, CHEEKS[1:], LIGHTNESS),
    "ground_warmth": lambda p: _mean(p, GROUND, YELLOW),
    "hair_red": lambda p: _mean(p, HAIR, RED),
}


def measured(picture: Image.Image) -> list[float]:
    """Each of `MEASURES` of an RGB portrait."""
    small = picture.convert("RGB").resize((128, 128), Image.Resampling.BOX)
    colours = cv2.cvtColor(np.asarray(small, np.float32) / 255, cv2.COLOR_RGB2LAB)  # L* in 0..100
    return [measure(colours) for measure in MEASURES.values()]


def directions(codes: Table, measures: Table, groups: NDArray[np.int64]) -> list[Found]:
    """From random codes (N,D), what was measured of their pictures (N,M) and the drawing that each painted (N,).

    Drawings differ by more than styles do, so each measure is taken from its mean over its drawing's pictures.
    """
    x, y = codes.copy(), measures.copy()
    for group in np.unique(groups):
        members = groups == group
        x[members] -= x[members].mean(axis=0)
        y[members] -= y[members].mean(axis=0)
    weights, *_ = np.linalg.lstsq(x, y, rcond=None)  # (D,M): a measure's gradient a column
    left = ((y - x @ weights) ** 2).mean(axis=0)
    explained = 1 - left / np.maximum((y**2).mean(axis=0), 1e-12)
    chosen: list[int] = []
    for k in np.argsort(-explained):
        if explained[k] < EXPLAINED or len(chosen) == MOST:
            break
        gradient = weights[:, k] / np.linalg.norm(weights[:, k])
        if chosen:
            basis, _ = np.linalg.qr(weights[:, chosen])
            if np.linalg.norm(gradient - basis @ (basis.T @ gradient)) < APART:
                continue  # it says what an earlier one said
        chosen.append(int(k))
    if not chosen:
        return []
    names = list(MEASURES)
    pure = np.linalg.pinv(weights[:, chosen]).T  # (D,K): changes one, and none of the others
    return [
        Found(names[k], (STRENGTH * vector / np.linalg.norm(vector)).round(4).tolist(), float(explained[k]))
        for k, vector in zip(chosen, pure.T, strict=True)
    ]

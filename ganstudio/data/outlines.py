"""The drawn people of data.demo as `Lines`, so that the hands of data.sketch draw them as they draw photographs.

A photograph has to be traced; of these people each line is known, which part of the person it is, and what hides it.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganstudio.data.shapes import Colour, Shape
from ganstudio.data.trace import KINDS, RAYS, SIDE, Lines, Plane, Points

_FINE = 2  # times finer than the square is the map of what lies in front
_SPACING = 3.0  # pixels between points of a line
_STEP = 0.5  # pixels, along a ray
_LEAST = 40  # square pixels of a region that a hand draws

# What each part of a person counts as when traced lines are chosen; glasses matter as eyes do.
_KIND_OF = {
    **dict.fromkeys(("body", "neck"), "contour"),
    **dict.fromkeys(("face", "ear"), "face"),
    **dict.fromkeys(("eye", "iris", "pupil", "lid", "glasses", "bridge"), "eye"),
    **dict.fromkeys(("mouth", "beard", "moustache"), "mouth"),
    **dict.fromkeys(("hair", "strand", "hat"), "hair"),
    "brow": "brow",
    "nose": "nose",
    "detail": "detail",
}
_BESIDE_THE_FACE = ("hair", "strand", "hat", "ear", "neck", "body")


def lines_of(shapes: Sequence[Shape], face: Image.Image) -> Lines:
    """All that a hand needs to draw the person; `shapes` from back to front, the first of them the scenery."""
    ids = np.zeros((SIDE * _FINE, SIDE * _FINE), np.int32)
    for index, shape in enumerate(shapes):
        if shape.fill is not None:
            corners = np.round(_placed(shape) * _FINE * 16).astype(np.int32)
            cv2.fillPoly(ids, [corners], index, cv2.LINE_8, 4)
    parts, tones = _parts(shapes, ids), _tones(shapes)

    runs: list[Points] = []
    kinds: list[int] = []
    for index, shape in enumerate(shapes):
        if shape.drawn:
            seen = _visible(_even(_placed(shape), shape.closed), index, ids)
            runs += seen
            kinds += [KINDS.index(_KIND_OF[shape.part])] * len(seen)
    grey = np.asarray(face.convert("L").resize((SIDE, SIDE), Image.Resampling.LANCZOS))
    return Lines(
        grey=cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes(),
        points=np.round(np.concatenate(runs) * 16).astype(np.int16),
        ends=np.cumsum([0] + [len(run) for run in runs]).astype(np.int32),
        kinds=np.array(kinds, np.uint8),
        strengths=np.full(len(runs), 0.6, np.float32),
        parts=parts,
        tones=tones,
        place=(1.0, 0.0, 0.0),
        box=(0.0, 0.0, float(SIDE), float(SIDE)),
    )


def _placed(shape: Shape) -> NDArray[np.float64]:  # (K,2) in the square
    return (shape.points + 1) * (SIDE / 2)


def _even(points: NDArray[np.float64], closed: bool) -> Points:
    """The line at even distances, (M,2) float32."""
    if closed:
        points = np.concatenate([points, points[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    at = np.linspace(0, along[-1], max(2, int(along[-1] / _SPACING) + 1))
    return np.stack([np.interp(at, along, points[:, axis]) for axis in (0, 1)], axis=1).astype(np.float32)


def _visible(points: Points, index: int, ids: NDArray[np.int32]) -> list[Points]:
    """The runs of a line, of at least two points, in front of which nothing lies and that the square shows."""
    cells = np.round(points * _FINE).astype(int)
    inside = ((cells >= 0) & (cells < len(ids))).all(axis=1)
    column, row = np.clip(cells, 0, len(ids) - 1).T
    shown = inside & (ids[row, column] <= index)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], shown, [False]]).astype(np.int8)))
    return [points[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True) if end - start > 1]


def _parts(shapes: Sequence[Shape], ids: NDArray[np.int32]) -> dict[str, Points]:
    """The parts of a naive drawing, named as those of a photograph (data.trace), and rims, hat and moustache."""
    of: dict[str, list[NDArray[np.float64]]] = {}
    for shape in shapes:
        of.setdefault(shape.part, []).append(_placed(shape))
    names = np.array([shape.part for shape in shapes])
    named = names[ids]  # (H,W)
    parts: dict[str, Points] = {"face": _rays(of["face"][0].mean(axis=0), ~np.isin(named, ("", *_BESIDE_THE_FACE)))}
    for name, chosen in (("hair", ("hair", "strand")), ("hat", ("hat",))):
        for k, region in enumerate(_regions(np.isin(named, chosen))):
            parts[f"{name}{k}"] = region
    for k, outline in enumerate(_regions(named != "")[:1]):
        parts[f"outline{k}"] = outline
    for k, eye in enumerate(of.get("eye", of["lid"])):
        low, high = eye.min(axis=0), eye.max(axis=0)
        parts[f"eye{k}"] = np.stack([(low + high) / 2, (high - low) / 2])
    for k, brow in enumerate(of["brow"]):
        parts[f"brow{k}"] = brow
    for k, rim in enumerate(of.get("glasses", ())):
        parts[f"rim{k}"] = rim
    nose, mouth = of["nose"][0], of["mouth"][0]
    parts["nose"] = nose[[nose[:, 0].argmin(), nose[:, 1].argmax(), nose[:, 0].argmax()]]
    upper = mouth[: len(mouth) // 2] if "teeth" in of else mouth  # an open one is a closed outline, its upper lip first
    parts["mouth"] = upper[np.argsort(upper[:, 0])]
    if "teeth" in of:
        parts["teeth"] = mouth
    if "moustache" in of:
        parts["moustache"] = of["moustache"][0]
    return {name: part.astype(np.float32) for name, part in parts.items()}


def _rays(centre: NDArray[np.float64], mask: Plane) -> Points:
    """Where the mask ends on each of RAYS rays from `centre`, clockwise from the right: (RAYS,2)."""
    angle = np.arange(RAYS) * 2 * np.pi / RAYS
    ways = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    far = np.arange(4.0, SIDE / 2, _STEP)
    at = centre + ways[:, None] * far[None, :, None]  # (RAYS,steps,2)
    column, row = np.clip(np.round(at * _FINE).astype(int), 0, len(mask) - 1).transpose(2, 0, 1)
    last = len(far) - 1 - mask[row, column][:, ::-1].argmax(axis=1)
    return centre + ways * far[last][:, None]


def _regions(mask: Plane) -> list[Points]:
    """The outlines of the mask's regions, the largest first, in pixels of the square."""
    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outlines = [contour[:, 0].astype(np.float32)[::3] / _FINE for contour in found]
    large = [outline for outline in outlines if len(outline) > 5 and cv2.contourArea(outline) > _LEAST]
    return sorted(large, key=cv2.contourArea, reverse=True)


def _tones(shapes: Sequence[Shape]) -> dict[str, float]:
    """What data.trace measures on a photograph, read off the shapes."""

    def dark(part: str) -> float:
        colours: list[Colour] = [shape.fill for shape in shapes if shape.part == part and shape.fill]
        return 1 - float(np.mean(colours[0])) / 255 if colours else 0.0

    has = {shape.part for shape in shapes}
    return {
        "hair": float("hair" in has),
        "hair_dark": dark("hair"),
        "brow0": 0.5,
        "brow1": 0.5,
        "teeth": float("teeth" in has),
        "glasses": float("glasses" in has),
        "beard": float("beard" in has),
        "skin_dark": dark("face"),
        "closed": 0.0 if "eye" in has else 1.0,
    }

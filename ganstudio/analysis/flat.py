"""Flat colours made clean: a network's small, slightly soft drawing as areas of one colour with crisp edges, any size.

Icons are drawn with few colours, yet a network paints each pixel for itself: a little noise in every area, and edges
that blur when they are enlarged. Here the few colours are found, every pixel on an edge is taken as the mixture of two
of them that its neighbourhood really has, and the edge is drawn anew where the mixture is half and half. So two areas
never get a rim of a third colour that merely lies between theirs.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

LARGEST = 256  # pixels: the side at which a picture is looked at; a longer one is made smaller first
SMALL = 200  # pixels: a shorter one is made larger, so that an eye of three pixels has a colour of its own
SAMPLES = 4  # per side and pixel of the result, from which its edges are averaged
MAX_DETAIL = 1024  # pixels a side at which edges are drawn, samples or no: a result of 512 has 2 a side
LEVELS = 24.0  # of 255 within 2 pixels: the slope at which a pixel counts a third as part of an area
STEEP = 0.25  # of the contrast around it: so steep it may be instead, since no line is even
NEAR, FAR = 6.0, 40.0  # distances in Lab: nearer colours are one, farther ones are distinct
# The share of the picture that an area's colour needs, when it is as near as NEAR to another one and when it is FAR.
SHARE_NEAR, SHARE_FAR = 6e-3, 2e-4
TWINS = 7.5  # distance in Lab of two colours that are one
SOLID = 12  # a colour is of an area where one in so many of its pixels has it all around
BETWEEN = 9.0  # distance in Lab from the line of two others' mixtures at which a colour may be such a mixture
REACH = 3  # pixels around one on an edge in which both of its colours must be found; one more where enlarged
CELL = 3.0  # of Lab: a side of the cells in which colours are counted
ROOM = 50  # cells that a and b reach to either side of grey
CELLS = (40, 2 * ROOM, 2 * ROOM)
WHITE = (96.0, 5.0)  # lightness above which, and colourfulness below which, a colour is white itself

Floats = NDArray[np.floating]


class Palette(NamedTuple):
    """The colours of a picture, those of the largest areas first."""

    lab: Floats  # (K,3), lightness 0..100
    rgb: Floats  # (K,3), levels 0..255


def flatten(picture: Image.Image, size: int, colours: int = 12, cut: bool = False) -> Image.Image:
    """The square RGB picture as `size` x `size` pixels of at most `colours` flat colours with smooth edges.

    Thin lines and small spots stay where they differ clearly from what is around them. A colour near white becomes
    white. With `cut` the result is RGBA, and the white that reaches the border is transparent; other white stays.
    Raises ValueError for a picture that is not square.
    """
    if picture.width != picture.height:
        raise ValueError(f"expected a square picture, got {picture.width} x {picture.height} pixels")
    levels, reach = np.asarray(picture.convert("RGB")), REACH  # (n,n,3)
    if picture.width > LARGEST:
        levels = cv2.resize(levels, (LARGEST, LARGEST), interpolation=cv2.INTER_AREA)
    elif picture.width < SMALL:  # a line of one pixel has no middle
        side, reach = min(2 * picture.width, LARGEST), REACH + 1
        levels = cv2.resize(levels, (side, side), interpolation=cv2.INTER_CUBIC)
    calm = np.asarray(cv2.bilateralFilter(levels, 5, 14, 1.5), np.uint8)
    inner = _inner(calm)
    found = palette(calm, inner, colours)
    shares = _shares(calm, inner, found, reach)
    index, samples = _drawn(shares, size)
    table = np.zeros((256, 1, 3), np.uint8)
    table[: len(found.rgb), 0] = np.rint(found.rgb).clip(0, 255)
    painted = np.asarray(cv2.LUT(cv2.merge([index] * 3), table), np.uint8)  # (S,S,3)
    if not cut:
        return Image.fromarray(cv2.resize(painted, (size, size), interpolation=cv2.INTER_AREA))
    white = np.all(found.rgb >= 255, axis=1)
    solid = ~outside(white[index])
    return _averaged(painted, solid, samples)


def palette(levels: NDArray[np.uint8], inner: Floats, colours: int) -> Palette:
    """The colours of the areas of `levels` (n,n,3); `inner` (n,n) says how much each pixel is part of one."""
    lab, rgb = _lab(levels).reshape(-1, 3), levels.reshape(-1, 3).astype(np.float32)
    weight = inner.reshape(-1)
    grey = np.array((0, ROOM, ROOM))
    places = grey + np.round(lab / CELL).astype(np.int64)
    total = np.bincount(np.ravel_multi_index(tuple(places.T), CELLS), weight)
    there = np.flatnonzero(total)
    kept = there[np.argsort(-total[there], kind="stable")[:512]]  # the rest is noise
    cells = (np.stack(np.unravel_index(kept, CELLS), 1) - grey).astype(np.float32) * CELL
    total = total[kept]
    # Each cell with its neighbours, so that an area whose noise spreads over several cells is seen as one.
    near = ((cells[:, None] - cells[None]) ** 2).sum(2)  # (C,C)
    density = np.exp(-near / (2 * 3.0**2)) @ total
    left = np.ones(len(cells), bool)
    chosen: list[int] = []
    while left.any() and len(chosen) < 2 * colours:
        best = int(np.argmax(np.where(left, density, -1)))
        distance = float(np.sqrt(near[best][chosen].min())) if chosen else 0.0
        reach = float(np.clip(distance / 4, NEAR, 2 * NEAR))  # thin lines are not of one colour
        left &= near[best] > reach**2
        if not chosen or total[near[best] <= reach**2].sum() >= _needed(distance) * len(weight):
            chosen.append(best)
    centres: Floats = cells[chosen]
    for _ in range(3):
        centres = _moved(lab, weight, centres)
    centres = _moved(lab, weight, _without_twins(centres))
    centres = _without_mixtures(lab, centres, inner.shape)[:colours]
    nearest, off = _nearest(lab, centres)
    mass = np.where(off < 2 * NEAR, weight, 0) + 1e-9
    shown = _means(rgb, nearest, mass, len(centres))
    order = np.argsort(-np.bincount(nearest, mass, len(centres)), kind="stable")
    shown = shown[order]
    lab_shown = _lab(np.rint(shown).astype(np.uint8)[None])[0]
    light, plain = lab_shown[:, 0], np.hypot(lab_shown[:, 1], lab_shown[:, 2])
    shown[(light > WHITE[0]) & (plain < WHITE[1])] = 255
    return Palette(_lab(np.rint(shown).astype(np.uint8)[None])[0], shown)


def _needed(distance: float) -> float:
    """The share of a picture that a colour needs which lies so far in Lab from the nearest one already found."""
    place = np.clip((distance - NEAR) / (FAR - NEAR), 0, 1)
    return float(SHARE_NEAR * (SHARE_FAR / SHARE_NEAR) ** place)


def _moved(lab: Floats, weight: Floats, centres: Floats) -> Floats:
    """One step of k-means: each centre in the middle of what is nearest to it; those of nothing are left out."""
    nearest, off = _nearest(lab, centres)
    mass = np.where(off < 2 * NEAR, weight, 0)
    size = np.bincount(nearest, mass, len(centres))
    means = _means(lab, nearest, mass + 1e-9, len(centres))
    return means[np.argsort(-size, kind="stable")][: max(1, int((size > 0).sum()))]


def _means(values: Floats, groups: NDArray[np.intp], mass: Floats, count: int) -> Floats:  # (P,3), (P,), (P,) -> (K,3)
    total = np.bincount(groups, mass, count).clip(1e-9)
    return np.stack([np.bincount(groups, mass * values[:, k], count) / total for k in range(3)], 1).astype(np.float32)


def _without_twins(centres: Floats) -> Floats:
    """The centres, largest first, without those that are one with a larger: the noise of one area found twice."""
    kept: list[Floats] = []
    for centre in centres:
        if all(np.linalg.norm(centre - other) > TWINS for other in kept):
            kept.append(centre)
    return np.stack(kept)


def _without_mixtures(lab: Floats, centres: Floats, shape: tuple[int, ...]) -> Floats:
    """The centres, largest first, without those that occur only as a rim where two others meet.

    Such a colour lies between the two, and is nowhere as wide as three pixels; a line's own colour mostly does not
    lie between any two.
    """
    square = np.ones((3, 3), np.uint8)
    kept, off = centres, _squares(lab, centres)  # (P,K)
    for k in reversed(range(len(centres))):
        if len(kept) < 3:
            break
        mine = (off.argmin(1) == k).reshape(shape).astype(np.uint8)
        if int(cv2.erode(mine, square).sum()) * SOLID >= mine.sum() > 0:
            continue
        others = np.delete(kept, k, 0)
        along = others[None] - others[:, None]  # (O,O,3) from each to each
        length = (along**2).sum(2).clip(1e-6)
        share = (((kept[k] - others)[:, None] * along).sum(2) / length).clip(0, 1)
        away = np.linalg.norm(others[:, None] + share[..., None] * along - kept[k], axis=2)
        if (away[(share > 0.12) & (share < 0.88)] < BETWEEN).any():
            kept, off = others, np.delete(off, k, 1)
    return kept


def _inner(levels: NDArray[np.uint8]) -> Floats:  # (n,n,3) -> (n,n) in 0..1
    """How much each pixel is part of an area, or the middle of a line: 1 where the picture does not change across it.

    Across the middle of a line both sides are alike, so that its own colour counts although it is thin.
    """
    padded = cv2.copyMakeBorder(levels, 1, 1, 1, 1, cv2.BORDER_REPLICATE).astype(np.float32)
    across = padded[1:-1, 2:] - padded[1:-1, :-2]
    down = padded[2:, 1:-1] - padded[:-2, 1:-1]
    slope = (across**2 + down**2).max(axis=2)
    square = np.ones((3, 3), np.uint8)
    contrast = (cv2.dilate(levels, square) - cv2.erode(levels, square)).max(axis=2)
    return np.exp(-slope / np.maximum(LEVELS, contrast.astype(np.float32) * STEEP) ** 2)


def _nearest(lab: Floats, centres: Floats) -> tuple[NDArray[np.intp], Floats]:
    """The nearest centre of each pixel (P,3), and how far it is: (P,), (P,)."""
    squares = _squares(lab, centres)
    nearest = squares.argmin(1)
    return nearest, np.sqrt(squares[np.arange(len(lab)), nearest].clip(0))


def _squares(lab: Floats, centres: Floats) -> Floats:  # (P,3), (K,3) -> (P,K), squared distances
    return (lab**2).sum(1)[:, None] - 2 * lab @ centres.T + (centres**2).sum(1)


def _shares(levels: NDArray[np.uint8], inner: Floats, found: Palette, reach: int) -> Floats:
    """How much of each colour is in each pixel, (K,n,n), a pixel's sum 1: all of one, or a mixture of two that are
    within `reach` of it."""
    side, count = levels.shape[0], len(found.rgb)
    rgb = levels.reshape(-1, 3).astype(np.float32)
    nearest, off = _nearest(_lab(levels).reshape(-1, 3), found.lab)
    shares = np.zeros((count, side * side), np.float32)
    shares[nearest, np.arange(side * side)] = 1
    if count == 1:
        return shares.reshape(count, side, side)
    sure = ((inner > 0.4).reshape(-1) & (off < 3 * NEAR)) | (off < NEAR / 2)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    here = np.stack(
        [cv2.dilate(((nearest == k) & sure).reshape(side, side).astype(np.uint8), disc) for k in range(count)]
    )
    mixed = np.flatnonzero(~sure)
    seen = here.reshape(count, -1)[:, mixed].astype(bool)  # (K,M)
    least = np.full(len(mixed), np.inf, np.float32)
    first, second = np.zeros(len(mixed), np.intp), np.zeros(len(mixed), np.intp)
    share = np.ones(len(mixed), np.float32)
    for a in range(count):
        for b in range(a + 1, count):
            use = np.flatnonzero(seen[a] & seen[b])
            if not len(use):
                continue
            x, along = rgb[mixed[use]] - found.rgb[b], found.rgb[a] - found.rgb[b]
            t = (x @ along / (along @ along).clip(1e-6)).clip(0, 1)
            error = ((x - t[:, None] * along) ** 2).sum(1)
            better = error < least[use]
            chosen = use[better]
            least[chosen], share[chosen], first[chosen], second[chosen] = error[better], t[better], a, b
    solved = np.isfinite(least)
    places = mixed[solved]
    shares[:, places] = 0
    shares[first[solved], places] = share[solved]
    shares[second[solved], places] += 1 - share[solved]
    return shares.reshape(count, side, side)


def _drawn(shares: Floats, size: int) -> tuple[NDArray[np.uint8], int]:  # (K,n,n) -> (S,S), S / size
    """The colour that each place has the most of, at so many times as many pixels a side as the result has."""
    samples = max(2, min(SAMPLES, MAX_DETAIL // size))
    side = samples * size
    index = np.zeros((side, side), np.uint8)
    most = cv2.resize(shares[0], (side, side), interpolation=cv2.INTER_CUBIC)
    for k, share in enumerate(shares[1:], 1):
        fine = cv2.resize(share, (side, side), interpolation=cv2.INTER_CUBIC)
        index[fine > most] = k
        np.maximum(most, fine, out=most)
    return index, samples


def outside(white: NDArray[np.bool_]) -> NDArray[np.bool_]:  # (H,W) -> (H,W)
    """What of the white, or of whatever is marked, is joined to the picture's border."""
    framed = cv2.copyMakeBorder(white.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    cv2.floodFill(framed, None, (0, 0), 2)
    return framed[1:-1, 1:-1] == 2


def _averaged(painted: NDArray[np.uint8], solid: NDArray[np.bool_], samples: int) -> Image.Image:
    """(S,S,3) and which of its pixels can be seen -> RGBA, `samples` times smaller; the unseen lend no colour."""
    side = len(painted) // samples
    seen = np.where(solid[..., None], painted, 0).astype(np.float32)
    whole = cv2.resize(solid.astype(np.float32), (side, side), interpolation=cv2.INTER_AREA)[..., None]
    colour = cv2.resize(seen, (side, side), interpolation=cv2.INTER_AREA) / whole.clip(1e-3)
    return Image.fromarray(np.rint(np.concatenate([colour, 255 * whole], 2)).clip(0, 255).astype(np.uint8))


def _lab(levels: NDArray[np.uint8]) -> Floats:  # (...,3) sRGB in 0..255 -> (...,3), lightness 0..100
    return np.asarray(cv2.cvtColor(levels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)

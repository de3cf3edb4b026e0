"""The colours of pictures: means, spreads and HSV histograms, and distances between clouds of mean colours."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from ganstudio import images
from ganstudio.words import Refused

HUES = 36  # bins of the hue, 10 degrees each, from red at 0
LEVELS = 16  # bins of saturation and of value
BAND = 2**20  # pixels of a large picture that are counted at a time: as floats they take 24 times as much
AHEAD = 4  # pictures that may wait, for each thread: memory does not grow with their number
PAPER = 240  # of 255 in each channel: what lossy compression leaves of a white backdrop

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class ColourStatistics:
    """What a picture's counted pixels are like. Histograms are shares that sum to 1; `hue` counts only pixels that
    have one, and is all 0 for a grey picture."""

    pixels: int
    mean: tuple[float, float, float]  # R, G, B, 0 to 255
    spread: tuple[float, float, float]  # standard deviations of the same
    hue: tuple[float, ...]  # HUES bins
    saturation: tuple[float, ...]  # LEVELS bins of 0 to 1
    value: tuple[float, ...]  # LEVELS bins of 0 to 1


def statistics(image: Image.Image) -> ColourStatistics:
    """Statistics of all pixels that are not pure white, pure black or wholly transparent.

    Hue, saturation and value as Smith (1978) defines them. Raises Refused when no pixel is left.
    """
    import cv2

    if image.mode != "RGBA":
        image = image.convert("RGB")
    pixels = np.asarray(image)  # (H,W,3) or (H,W,4)
    rgb = np.ascontiguousarray(pixels[..., :3])
    white = cv2.inRange(rgb, (255, 255, 255), (255, 255, 255))
    counted = cv2.bitwise_not(cv2.bitwise_or(white, cv2.inRange(rgb, (0, 0, 0), (0, 0, 0))))
    if image.mode == "RGBA":
        counted[pixels[..., 3] == 0] = 0
    count = cv2.countNonZero(counted)
    if not count:
        raise Refused("colour.none_left")
    mean, spread = (each.ravel().tolist() for each in cv2.meanStdDev(rgb, mask=counted))

    def histogram(hsv: Any, channel: int, bins: int, width: float, nudge: float, mask: Any) -> NDArray[np.float64]:
        # One bin more takes what lies on the upper end itself: full saturation, full value.
        ends = [-nudge, (bins + 1) * width - nudge]
        found = cv2.calcHist([hsv], [channel], mask, [bins + 1], ends).ravel().astype(np.float64)
        found[bins - 1] += found[bins]
        return found[:bins]

    hue, saturation, value = np.zeros(HUES), np.zeros(LEVELS), np.zeros(LEVELS)
    rows = max(1, BAND // rgb.shape[1])
    for top in range(0, len(rgb), rows):
        hsv = cv2.cvtColor(rgb[top : top + rows].astype(np.float32) / 255, cv2.COLOR_RGB2HSV)  # degrees, 0..1, 0..1
        mask = counted[top : top + rows]
        coloured = cv2.bitwise_and(mask, cv2.inRange(hsv, (0, 1e-6, 0), (361, 2, 2)))
        # Pure yellow is 59.99998 degrees in these floats. Hues of 8 bits that are not on the border of two bins are
        # at least 10/255 of a degree from it, saturations 1/(16 * 255): the nudge moves no other.
        hue += histogram(hsv, 0, HUES, 360 / HUES, 0.01, coloured)
        saturation += histogram(hsv, 1, LEVELS, 1 / LEVELS, 1e-5, mask)
        value += histogram(hsv, 2, LEVELS, 1 / LEVELS, 1e-5, mask)
    shares = (tuple((found / max(1.0, found.sum())).tolist()) for found in (hue, saturation, value))
    return ColourStatistics(count, (mean[0], mean[1], mean[2]), (spread[0], spread[1], spread[2]), *shares)


def difference(a: Image.Image, b: Image.Image) -> float:
    """Mean absolute difference of two pictures of one size, in levels 0..255, where the first is not transparent."""
    counted = np.asarray(a.convert("RGBA"))[..., 3] > 0  # (H,W)
    first, second = (np.asarray(each.convert("RGB"), np.float32)[counted] for each in (a, b))  # (P,3)
    return float(np.abs(first - second).mean()) if counted.any() else 0.0


def without_paper(image: Image.Image) -> Image.Image:
    """An opaque picture on white paper as RGBA whose paper is transparent; any other picture as it is.

    Paper is what is nearly white and reaches the picture's edge, where at least half of the edge is such. JPEG and
    WebP leave little of a white backdrop purely white: counted as colours, the rest moves a channel of the
    mean of a Pokémon by up to 67 of 255 levels.
    """
    import cv2

    if image.mode == "RGBA":
        return image
    rgb = np.array(image.convert("RGB"))
    paper = cv2.inRange(rgb, (PAPER,) * 3, (255, 255, 255))
    edge = np.concatenate([paper[0], paper[-1], paper[:, 0], paper[:, -1]])
    if np.count_nonzero(edge) * 2 < edge.size:
        return image
    reached = cv2.copyMakeBorder(paper, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=255)  # joins what touches the edge
    cv2.floodFill(reached, None, (0, 0), 128)
    opacity = np.where(reached[1:-1, 1:-1] == 128, 0, 255).astype(np.uint8)
    if not opacity.any():
        return image  # nothing but pale colours: they are the picture
    return Image.fromarray(np.dstack([rgb, opacity]))


def of_picture(source: bytes | str | Path) -> ColourStatistics:
    """Statistics of an untrusted picture file without its paper; raises Refused as `images.decode` and `statistics`."""
    return statistics(without_paper(images.decode(source, alpha="keep")))


def of_files(paths: Iterable[Path], workers: int | None = None) -> Iterator[tuple[Path, ColourStatistics | Refused]]:
    """(path, `of_picture` or why it has none) for each picture, in order, on all cores.

    Memory is flat in the number of pictures: a few are in flight at a time, and `paths` may be a generator.
    """

    def one(path: Path) -> ColourStatistics | Refused:
        try:
            return of_picture(path)
        except Refused as refusal:
            return refusal

    return in_order(paths, one, workers)


def in_order(
    items: Iterable[Item], work: Callable[[Item], Result], workers: int | None = None
) -> Iterator[tuple[Item, Result]]:
    """(item, `work(item)`) for each, in order, on all cores; what `work` raises is raised here.

    A few are in flight at a time, and `items` may be a generator.
    """
    workers = workers or os.cpu_count() or 1
    waiting: deque[tuple[Item, Future[Result]]] = deque()
    with ThreadPoolExecutor(workers) as pool:  # decoding and numpy let go of the interpreter's lock
        try:
            for item in items:
                waiting.append((item, pool.submit(work, item)))
                if len(waiting) >= workers * AHEAD:
                    done, future = waiting.popleft()
                    yield done, future.result()
            while waiting:
                done, future = waiting.popleft()
                yield done, future.result()
        finally:
            for _, future in waiting:  # nobody wants them any more
                future.cancel()


def frechet(a: ArrayLike, b: ArrayLike) -> float:
    """Fréchet distance between Gaussians fitted to two clouds (N,D) and (M,D), in the square of their units.

    |m_a - m_b|^2 + tr(C_a + C_b - 2 (C_a C_b)^(1/2)) (Dowson and Landau 1982; Heusel et al. 2017, eq. 6). A cloud of
    one point has no spread.
    """
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if not len(a) or not len(b):
        raise ValueError("a cloud needs at least one point")
    c_a, c_b = _covariance(a), _covariance(b)
    values, vectors = np.linalg.eigh(c_a)
    root = vectors @ np.diag(np.sqrt(np.maximum(values, 0))) @ vectors.T
    # tr (C_a C_b)^(1/2) through the symmetric matrix of the same eigenvalues: no complex numbers, no singular trouble.
    mixed = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ c_b @ root), 0)).sum()
    difference = a.mean(axis=0) - b.mean(axis=0)
    return float(max(0.0, difference @ difference + np.trace(c_a) + np.trace(c_b) - 2 * mixed))


def _covariance(cloud: NDArray[np.float64]) -> NDArray[np.float64]:
    if len(cloud) < 2:
        return np.zeros((cloud.shape[1], cloud.shape[1]))
    return np.cov(cloud.T)


def floor(cloud: ArrayLike, seed: int = 0, halves: int = 20) -> float:
    """Mean `frechet` between random halves of one cloud (N,D), N >= 2: what two samples of the same kind differ by."""
    points = np.asarray(cloud, np.float64)
    if len(points) < 2:
        raise ValueError("a cloud needs two points to be halved")
    rng = np.random.default_rng(seed)
    distances = []
    for _ in range(halves):
        order = rng.permutation(len(points))
        distances.append(frechet(points[order[: len(points) // 2]], points[order[len(points) // 2 :]]))
    return float(np.mean(distances))

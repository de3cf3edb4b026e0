"""What can be drawn of a photograph: its edges as lines, its outline, the place of each feature of a face.

Coordinates: every line lives in a square of 256 x 256 with y down; a photograph that is not square lies
centred in it with its whole length (`Lines.box`). Features are those of one upright portrait: from where they
are in a portrait that is aligned on eyes and mouth, refined on the picture. No detector is needed.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 256  # the square that all lines live in
KINDS = ("contour", "face", "eye", "brow", "nose", "mouth", "hair", "detail")

# A portrait aligned on the eyes, nose and mouth at 256: medians over 1,284 aligned faces.
EYES = ((93.0, 111.0), (163.0, 111.0))
NOSE = (128.0, 152.0)
MOUTH = (128.0, 187.0)
CENTRE = (128.0, 140.0)  # the rays of the face outline start here
# The mean of the aligned faces from brow to chin (x 48..208, y 64..224) less its blurred self, left half:
# 20 x 10 cells of 8 pixels. Nobody can be recognised in it.
MEAN_FACE = (
    "485d7b97a7b5c1c6c8c9465e7f9bacb9c4c9c9c8445e809aabb7c3caccca455e77807f7d869db1bb475b64655d402c4476a0"
    "4b5c5d4e371b182245955a6e653f301a383b52a06684928e8f897f7974a36b8ba8b4b1aba79584a56c87a7bfc8c3b4938bac"
    "6c81a1bfccbc917e8cb16a7a94adaf8a6963668b6771828f837076614a4e646c787c70717c7b7569636c7d86796054667780"
    "646c80948e67495d7c8b636879919a8e7875899661626d81949b958b8e915f5d627083959e9fa09e5c5a5a626e849aa7acad"
)
# Correlations with the mean face. Of aligned faces 98 % are taken as such; of faces made smaller and put
# elsewhere 3 in 4 are found, and 1 in 50 is found where it is not.
SURE, LIKELY, FOUND = (
    0.5,
    0.27,
    0.61,
)  # surely in its place; likely, unless another place is BETTER; elsewhere
BETTER = 0.2
FACE_SIZES = (1.3, 1.15, 1.0, 0.87, 0.75, 0.65, 0.56, 0.49, 0.42, 0.36, 0.31, 0.27)  # of 256
GLASSES = (19.0, 12.5)  # lightness that a bridge and a rim lack, of 255
RAYS = 72
RADII = np.arange(36, 134, dtype=np.float32)

Points = NDArray[Any]  # (K,2) float32: x, y
Plane = NDArray[Any]  # (H,W) or (H,W,3); uint8 unless its function says otherwise


@dataclass(frozen=True, slots=True)
class Lines:
    """All that is drawn from one photograph; about 20 KB pickled.

    The traced edges lie in one array: line i is `points[ends[i]:ends[i+1]]` / 16 pixels, of kind
    `KINDS[kinds[i]]`, with mean edge strength `strengths[i]` (0..1). Points and parts are in the square of an
    aligned face; in the square of the photograph they are `points * place[0] + place[1:]`.
    `parts` holds the features of a naive drawing by name (see `_features`), `tones` what the photograph says
    of them (0..1): how dark the hair, whether there are teeth, glasses, a beard, hair at all. Where no face
    was found both are empty.
    """

    grey: bytes  # the square photograph, JPEG
    points: NDArray[np.int16]  # (P,2) in sixteenths of a pixel
    ends: NDArray[np.int32]  # (S+1,)
    kinds: Plane  # (S,)
    strengths: NDArray[np.float32]  # (S,)
    parts: dict[str, Points]
    tones: dict[str, float]
    place: tuple[float, float, float]  # scale, left and top of the aligned face in the square photograph
    box: tuple[float, float, float, float]  # where the photograph lies in the square: x, y, width, height


# --- tracing ------------------------------------------------------------------------------------------------


def trace(photo: Image.Image) -> Lines:
    """Everything that drawings of `photo` need: linked edges and the features of a face. About 40 ms."""
    rgb, box = _square(photo)
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    found = _find(grey)
    place = found or (1.0, 0.0, 0.0)
    smooth = cv2.bilateralFilter(rgb, 5, 30, 3)
    parts: dict[str, Points] = {}
    tones: dict[str, float] = {}
    foreground = None
    if found:
        lab = cv2.cvtColor(smooth if place[0] == 1 else _aligned(smooth, place), cv2.COLOR_RGB2LAB)
        foreground = _foreground(lab)
        parts, tones = _features(lab, foreground)
    # A face found elsewhere has more around it than one portrait: all edges are kept then.
    whole = foreground if place[0] == 1 else None
    chains, strengths = _link(cv2.cvtColor(smooth, cv2.COLOR_RGB2GRAY), whole)
    chains = [(chain - np.array(place[1:], np.float32)) / place[0] for chain in chains]
    points = np.concatenate(chains) if chains else np.zeros((0, 2), np.float32)
    return Lines(
        grey=cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes(),
        points=np.round(points * 16).astype(np.int16),
        ends=np.cumsum([0] + [len(chain) for chain in chains]).astype(np.int32),
        kinds=_kinds(chains, parts),
        strengths=strengths,
        parts={name: part.astype(np.float32) for name, part in parts.items()},
        tones=tones,
        place=place,
        box=box,
    )


@cache
def _mean_face() -> NDArray[np.float32]:
    half = np.frombuffer(bytes.fromhex("".join(MEAN_FACE)), np.uint8).reshape(20, 10)
    return np.hstack([half, half[:, ::-1]]).astype(np.float32)


def _find(grey: Plane) -> tuple[float, float, float] | None:
    """Scale, left and top of an aligned face in a (256,256) picture; None where nothing looks like a face.

    Normalised correlation with the mean face: enough for one upright frontal face, with no model to ship.
    """
    here = _correlation(grey, 8.0)[7:10, 5:8]  # within a cell of its place
    if here.max() >= SURE:
        return 1.0, 0.0, 0.0
    wide = cv2.copyMakeBorder(grey, 64, 64, 64, 64, cv2.BORDER_REPLICATE)
    likely = here.max() >= LIKELY
    best = max(FOUND, float(here.max()) + BETTER) if likely else FOUND
    place = (1.0, 0.0, 0.0) if likely else None
    for scale in FACE_SIZES:
        score = _correlation(wide, 8 * scale)
        y, x = np.unravel_index(int(score.argmax()), score.shape)
        if score[y, x] > best:
            best, cell = float(score[y, x]), len(wide) / round(len(wide) / (8 * scale))
            place = scale, float(x * cell - 64 - 48 * scale), float(y * cell - 64 - 64 * scale)
    return place


def _correlation(grey: Plane, cell: float) -> NDArray[np.float32]:
    """How like the mean face, its cells `cell` pixels large, each part of a square picture is: in -1..1."""
    cells = round(len(grey) / cell)
    small = cv2.resize(grey, (cells, cells), interpolation=cv2.INTER_AREA).astype(np.float32)
    small -= cv2.GaussianBlur(small, (0, 0), 5)  # light from one side says nothing of a face
    score = cv2.matchTemplate(small, _mean_face(), cv2.TM_CCOEFF_NORMED)
    power = cv2.sqrBoxFilter(small, -1, (20, 20), anchor=(0, 0))[: score.shape[0], : score.shape[1]]
    return np.where(power > 9, score, 0).astype(np.float32)  # on even ground the division means nothing


def _aligned(rgb: Plane, place: tuple[float, float, float]) -> Plane:
    """The (256,256,3) cut in which the face has the place of an aligned one."""
    scale, left, top = place
    matrix = np.array([[scale, 0, left], [0, scale, top]], np.float64)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(rgb, matrix, (SIDE, SIDE), flags=flags, borderMode=cv2.BORDER_REPLICATE)


def _square(photo: Image.Image) -> tuple[Plane, tuple[float, float, float, float]]:
    """The photograph centred in a 256 square, its border repeated: (256,256,3), and its box (x, y, w, h)."""
    scale = SIDE / max(photo.size)
    width, height = (max(1, round(side * scale)) for side in photo.size)
    rgb = np.asarray(photo.convert("RGB").resize((width, height), Image.Resampling.LANCZOS))
    left, top = (SIDE - width) // 2, (SIDE - height) // 2
    bottom, right = SIDE - height - top, SIDE - width - left
    rgb = cv2.copyMakeBorder(rgb, top, bottom, left, right, cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(rgb), (float(left), float(top), float(width), float(height))


def _link(grey: Plane, foreground: Plane | None) -> tuple[list[Points], NDArray[np.float32]]:
    """Canny edges of a (256,256) picture as simplified polylines and their mean strength in 0..1.

    With a foreground only the edges on it, or at most 4 pixels away: nobody draws what is behind a person.
    """
    blurred = cv2.GaussianBlur(grey, (0, 0), 1.2)
    dx, dy = cv2.Sobel(blurred, cv2.CV_16S, 1, 0), cv2.Sobel(blurred, cv2.CV_16S, 0, 1)
    edges = cv2.Canny(dx, dy, 30, 80, L2gradient=True) // 255
    if foreground is not None:
        edges = cv2.bitwise_and(edges, cv2.dilate(foreground, np.ones((9, 9), np.uint8)))
    magnitude = np.hypot(dx.astype(np.float32), dy.astype(np.float32))
    edges = _without_corners(edges)
    neighbours = cv2.filter2D(edges, -1, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT)
    edges[neighbours > 3] = 0  # without its junctions, an edge is a plain path or a loop
    contours, family = cv2.findContours(edges, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    chains, strengths = [], []
    for number, contour in enumerate(contours):
        path = contour[:, 0]
        if len(path) < 10 or family[0, number, 3] >= 0:  # the inner side of a loop
            continue
        # A contour runs there and back along a thin path; it turns where both neighbours are the same pixel.
        turns = np.flatnonzero((np.roll(path, 1, 0) == np.roll(path, -1, 0)).all(1))
        if len(turns) >= 2:
            there = turns[1] - turns[0] >= len(path) // 3  # else the first turn is a spur
            path = path[turns[0] : turns[1] + 1] if there else path[turns[0] :]
        if len(path) < 6:
            continue
        strength = magnitude[path[:, 1], path[:, 0]].mean() / 400
        simple = cv2.approxPolyDP(_soften(path.astype(np.float32), 2), 0.5, False)[:, 0]
        chains.append(simple)
        strengths.append(min(1.0, float(strength)))
    return chains, np.array(strengths, np.float32)


def _without_corners(edges: Plane) -> Plane:
    """A (H,W) edge map of 0 and 1, stairs made diagonals: so a pixel on a path has two neighbours."""
    on = np.pad(edges.astype(bool), 1)
    up, down, left, right = on[:-2, 1:-1], on[2:, 1:-1], on[1:-1, :-2], on[1:-1, 2:]
    here = on[1:-1, 1:-1]  # a view, as are the others: each pass sees the pixels that the last one removed
    far = {
        (0, 0): on[2:, 2:],
        (0, 1): on[2:, :-2],
        (1, 0): on[:-2, 2:],
        (1, 1): on[:-2, :-2],
    }
    for (low, rightward), opposite in far.items():
        first, second = (down if low else up), (right if rightward else left)
        third, fourth = (up if low else down), (left if rightward else right)
        here &= ~(first & second & ~third & ~fourth & ~opposite)
    return here.astype(np.uint8)


def _soften(path: Points, reach: int) -> Points:
    """A moving average along an open path that keeps its ends."""
    if len(path) <= 2 * reach:
        return path
    padded = np.pad(path, ((reach, reach), (0, 0)), mode="edge")
    window = 2 * reach + 1
    total = np.cumsum(np.pad(padded, ((1, 0), (0, 0))), axis=0)
    soft = (total[window:] - total[:-window]) / window
    soft[0], soft[-1] = path[0], path[-1]
    return soft.astype(np.float32)


def _soften_loop(values: Plane, reach: int) -> NDArray[np.float32]:
    """A moving average around a closed sequence, (K,) or (K,2)."""
    return np.mean([np.roll(values, k, 0) for k in range(-reach, reach + 1)], axis=0).astype(np.float32)


def _kinds(chains: list[Points], parts: dict[str, Points]) -> Plane:
    """The kind of each chain by where it lies: near a feature, on an outline, in the hair, or elsewhere."""
    if not chains:
        return np.zeros(0, np.uint8)
    middle = np.array([c.mean(0) for c in chains], np.float32)
    index = {name: i for i, name in enumerate(KINDS)}
    kinds = np.full(len(chains), index["detail"], np.uint8)
    curves = [(part, "contour") for name, part in parts.items() if name.startswith("outline")]
    face = parts.get("face")
    if face is not None:
        inside = np.array([cv2.pointPolygonTest(face, (float(x), float(y)), True) for x, y in middle])
        kinds[(inside < -4) & (middle[:, 1] < 200)] = index["hair"]
        curves.insert(0, (face, "face"))
    for curve, kind in curves:
        for i, chain in enumerate(chains):
            apart = np.sqrt(((chain[:, None] - curve[None, ::2]) ** 2).sum(2)).min(1)
            if np.median(apart) < 5:
                kinds[i] = index[kind]
    if face is None:
        return kinds
    areas = [
        ("eye", EYES[0], 24, 13),
        ("eye", EYES[1], 24, 13),
        ("nose", NOSE, 22, 16),
        ("mouth", MOUTH, 38, 18),
    ]
    areas += [("brow", (x, y - 20), 30, 10) for x, y in EYES]
    for kind, (x, y), reach_x, reach_y in areas:
        near = (np.abs(middle[:, 0] - x) < reach_x) & (np.abs(middle[:, 1] - y) < reach_y) & (inside > 6)
        kinds[near] = index[kind]
    return kinds


# --- the features of a face ---------------------------------------------------------------------------------


def _features(lab: Plane, foreground: Plane) -> tuple[dict[str, Points], dict[str, float]]:
    """Where a naive drawer would put each line, from an aligned (256,256,3) Lab picture.

    Parts: "face" closed (72,2) from the right, clockwise; "outline0.." open lines around head and shoulders;
    "hair0.." closed regions; "eye0", "eye1" rows (centre, half width and height of the opening); "brow0",
    "brow1"; "mouth" the line between the lips, left to right; "teeth" closed, when they show; "nose" (left
    wing, middle of the base, right wing).
    """
    lightness = cv2.GaussianBlur(lab[..., 0], (0, 0), 1.0).astype(np.float32)
    skin, spread = _skin(lab)
    distance = np.abs(lab.astype(np.float32) - skin) / spread
    unlike = cv2.GaussianBlur(np.minimum(distance.sum(2), 12), (0, 0), 1.5)  # 0 = skin, 12 = anything but
    radii = _face_radii(unlike, lightness)
    face = _around(CENTRE, radii)
    parts: dict[str, Points] = {"face": face}
    parts |= _outlines(foreground)
    hair, hair_tone = _hair(lab, foreground, face, unlike)
    parts |= hair
    tones = {"hair": 1.0 if hair else 0.0, "hair_dark": hair_tone}
    for i, (x, y) in enumerate(EYES):
        parts[f"eye{i}"], parts[f"brow{i}"], tones[f"brow{i}"] = _eye(lightness, x, y, float(skin[0]))
    parts["nose"] = _nose(lightness)
    mouth, tones["teeth"] = _mouth(lab, lightness, skin)
    parts |= mouth
    tones["glasses"] = _glasses(lightness)
    tones["beard"] = _beard(lab)
    tones["skin_dark"] = float(1 - skin[0] / 255)
    return parts, tones


def _skin(lab: Plane) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The usual colour of cheeks, nose and forehead in Lab, and how far from it is still skin: (3,), (3,)."""
    places = ((78, 140), (160, 140), (116, 70))
    cells = np.concatenate([lab[y : y + 14, x : x + 18].reshape(-1, 3) for x, y in places])
    skin = np.median(cells, 0).astype(np.float32)
    spread = np.abs(cells - skin).mean(0) * np.array([2.2, 2.5, 2.5]) + np.array([14, 4, 4])
    return skin, spread.astype(np.float32)


@cache
def _usual_radii() -> Plane:
    """The usual outline: distances from CENTRE every 5 degrees, clockwise from right, (72,)."""
    angle = np.arange(RAYS) * (2 * np.pi / RAYS)
    height = np.where(np.sin(angle) > 0, 91, 94)
    return (1 / np.hypot(np.cos(angle) / 76, np.sin(angle) / height)).astype(np.float32)


def _around(centre: tuple[float, float], radii: Plane) -> Points:
    angle = np.arange(len(radii)) * (2 * np.pi / len(radii))
    return np.stack([centre[0] + radii * np.cos(angle), centre[1] + radii * np.sin(angle)], 1).astype(np.float32)


def _face_radii(unlike: Plane, lightness: Plane) -> NDArray[np.float32]:
    """The closed outline of the face: the best path around CENTRE by dynamic programming, (72,) distances.

    A good edge has skin within and something else beyond it, lies near the usual outline and does not jump.
    """
    usual = _usual_radii()
    angle = (np.arange(RAYS) * (2 * np.pi / RAYS)).astype(np.float32)[:, None]
    slack = 15 + 20 * np.maximum(0, -np.sin(angle)) ** 2  # a hairline may be anywhere between brow and crown
    x, y = CENTRE[0] + RADII * np.cos(angle), CENTRE[1] + RADII * np.sin(angle)
    sample = cv2.remap(unlike, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # (72,98)
    light = cv2.remap(lightness, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    sums = np.cumsum(np.pad(sample, ((0, 0), (7, 6)), mode="edge"), axis=1)
    within, beyond = sums[:, 6:-6] - sums[:, :-12], sums[:, 12:] - sums[:, 6:-6]
    within, beyond = within[:, : len(RADII)], beyond[:, : len(RADII)]
    step = np.abs(np.gradient(light, axis=1))
    score = (beyond - within) / 6 + 0.12 * np.minimum(step, 20) - ((RADII - usual[:, None]) / slack) ** 2
    score[(y < 2) & (angle > np.pi)] -= 3  # above the picture is no edge
    best, came = score[0].copy(), []
    for k in range(1, 2 * RAYS):  # twice around, so that start and end meet
        options = np.stack([np.roll(best, s) - 0.35 * abs(s) for s in range(-4, 5)])
        options[:4, -4:], options[5:, :4] = -1e9, -1e9
        choice = options.argmax(0)
        came.append(choice)
        best = np.take_along_axis(options, choice[None], 0)[0] + score[k % RAYS]
    place = int(best.argmax())
    path = np.zeros(2 * RAYS, np.int64)
    for k in range(2 * RAYS - 1, 0, -1):
        path[k] = place
        place = int(np.clip(place - (came[k - 1][place] - 4), 0, len(RADII) - 1))
    path[0] = place
    half = RAYS // 2
    turn = np.concatenate([path[RAYS : RAYS + half], path[half:RAYS]])
    return _soften_loop(RADII[turn], 1)


def _foreground(lab: Plane) -> Plane:
    """The person, (256,256) of 0 and 1: GrabCut (Rother et al. 2004) from where portraits usually are."""
    small = cv2.resize(lab, (64, 64), interpolation=cv2.INTER_AREA)
    mask = _usual_place().copy()
    colours = small.astype(np.float32) * np.array([0.5, 1, 1], np.float32)
    for x in (slice(0, 5), slice(59, 64)):  # a plain background is what looks like its corner
        corner = colours[:8, x].reshape(-1, 3)
        if corner.std(0).max() < 6:
            same = np.abs(colours - np.median(corner, 0)).max(2) < 6
            mask[same & (mask != cv2.GC_FGD)] = cv2.GC_BGD
    mask[:1, :4], mask[:1, -4:] = cv2.GC_BGD, cv2.GC_BGD
    cv2.setRNGSeed(0)  # its first clusters are random; a photograph shall always give the same lines
    cv2.grabCut(small, mask, (0, 0, 1, 1), np.zeros((1, 65)), np.zeros((1, 65)), 3, cv2.GC_INIT_WITH_MASK)
    person = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    _, labels = cv2.connectedComponents(person, connectivity=4)
    person = (labels == labels[36, 32]).astype(np.float32)
    person = cv2.GaussianBlur(cv2.resize(person, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC), (0, 0), 3.5)
    return (person > 0.5).astype(np.uint8)


@cache
def _usual_place() -> Plane:
    mask = np.full((64, 64), cv2.GC_PR_BGD, np.uint8)
    cv2.ellipse(mask, (32, 30), (23, 30), 0, 0, 360, cv2.GC_PR_FGD, -1)
    mask[54:] = mask[46:, 8:56] = cv2.GC_PR_FGD
    mask[:2] = mask[:44, :1] = mask[:44, -1:] = cv2.GC_PR_BGD
    cv2.ellipse(mask, (32, 35), (15, 20), 0, 0, 360, cv2.GC_FGD, -1)
    return mask


def runs(line: Points, keep: NDArray[Any]) -> list[Points]:
    """The runs of an open line where `keep` holds, each of at least three points."""
    cuts = np.flatnonzero(np.diff(np.concatenate([[False], keep, [False]]).astype(np.int8)))
    return [line[a:b] for a, b in zip(cuts[::2], cuts[1::2], strict=True) if b - a > 2]


def open_runs(closed: Points, keep: NDArray[Any]) -> list[Points]:
    """The runs of a closed line where `keep` holds, as open lines."""
    if keep.all():
        return [np.concatenate([closed, closed[:1]])]
    start = int(np.flatnonzero(~keep)[0])
    return runs(np.roll(closed, -start, 0), np.roll(keep, -start))


def _outlines(foreground: Plane) -> dict[str, Points]:
    """The silhouette as open lines, where it does not run along the border of the picture."""
    contours, _ = cv2.findContours(foreground, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return {}
    line = max(contours, key=len)[:, 0].astype(np.float32)
    keep = np.all((line > 2) & (line < SIDE - 3), axis=1)
    pieces = [_soften(run, 5)[::4] for run in open_runs(_soften_loop(line, 3), keep) if len(run) > 40]
    return {f"outline{i}": run for i, run in enumerate(pieces)}


def _hair(lab: Plane, foreground: Plane, face: Points, unlike: Plane) -> tuple[dict[str, Points], float]:
    """Closed regions of hair and their darkness in 0..1: what looks like the ring above the hairline."""
    outside = foreground.copy()
    cv2.fillPoly(outside, [np.round(face).astype(np.int32)], 0)
    ring = outside.copy()
    ring[110:] = 0
    crown = ring.astype(bool) & (unlike > 3.0)
    if crown.sum() < 500:
        return {}, 0.0
    colour = np.median(lab[crown], 0)
    apart = np.abs(lab.astype(np.float32) - colour) * np.array([0.5, 1, 1], np.float32)
    alike = ((apart.max(2) < 24) & (outside > 0)).astype(np.float32)
    alike[:110][crown[:110]] = 1
    alike[unlike < 2.2] = 0  # a bald crown is skin
    alike[228:] *= 0.7  # clothes below the chin are dark as well
    alike = cv2.GaussianBlur(alike, (0, 0), 4)
    mask = (alike > 0.45).astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    regions = []
    for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:3]:
        line = contour[:, 0].astype(np.float32)
        if cv2.contourArea(contour) > 250 and line[:, 1].min() < 120:
            regions.append(_soften_loop(line, 3)[::4])
    return {f"hair{i}": region for i, region in enumerate(regions)}, float(1 - colour[0] / 255)


def _darkest_path(darkness: Plane, jump: float) -> NDArray[np.int64]:
    """The row of the best left-to-right path through (H,W), at most one row a column: (W,)."""
    best, came = darkness[:, 0].copy(), []
    for column in darkness.T[1:]:
        up, down = np.roll(best, 1) - jump, np.roll(best, -1) - jump
        up[0] = down[-1] = -1e9
        options = np.stack([up, best, down])
        choice = options.argmax(0)
        came.append(choice)
        best = options.max(0) + column
    place = int(best.argmax())
    path = [place]
    for choice in reversed(came):
        place += int(choice[place]) - 1
        path.append(place)
    return np.array(path[::-1])


def _eye(lightness: Plane, x: float, y: float, skin: float) -> tuple[Points, Points, float]:
    """One eye near (x, y): [[centre], [half width, half height]]; its brow (9,2), its darkness (0..1)."""
    left, top = int(x) - 14, int(y) - 11
    patch = cv2.GaussianBlur(lightness, (0, 0), 3)[top : top + 23, left : left + 29]
    rows, columns = np.mgrid[0:23, 0:29].astype(np.float32)
    away = ((columns - 14) / 9) ** 2 + ((rows - 11) / 7) ** 2
    row, column = np.unravel_index(int((patch + 14 * away).argmin()), patch.shape)
    centre = 0.65 * np.array([left + column, top + row]) + 0.35 * np.array([x, y])
    cx, cy = centre
    strip = lightness[int(cy) - 10 : int(cy) + 11, int(cx) - 2 : int(cx) + 3].mean(1)
    dark = strip < (strip.min() + 0.45 * (max(skin, strip.max()) - strip.min()))
    height = np.clip(0.5 * dark[4:17].sum(), 3.0, 7.5)
    width = np.clip(12.5 + 0.7 * height, 14, 18)
    eye = np.array([[cx, cy], [width, height]], np.float32)

    above = lightness[int(cy) - 34 : int(cy) - 9, int(x) - 24 : int(x) + 25]
    ridge = cv2.GaussianBlur(above, (0, 0), 2) - cv2.blur(above, (1, 19))
    usual = 13 + 2.5 * np.abs(np.linspace(-1, 1, 49)) ** 2  # rows; a brow is a flat arch
    darkness = -ridge - 0.12 * (np.arange(25)[:, None] - usual) ** 2
    path = _darkest_path(darkness.astype(np.float32), 1.5)
    tone = float(np.clip(-ridge[path, np.arange(49)].mean() / 25, 0, 1))
    brow = np.stack([int(x) - 24 + np.arange(49.0), int(cy) - 34 + path], 1).astype(np.float32)
    return eye, _soften(brow, 4)[::6], tone


def _nose(lightness: Plane) -> Points:
    """Left wing, middle of the base, right wing: (3,2); the base is where the nostrils are dark."""
    x, y = NOSE
    strip = cv2.GaussianBlur(lightness, (0, 0), 2)[int(y) - 10 : int(y) + 19, int(x) - 18 : int(x) + 19].mean(1)
    row = int((strip + 0.25 * (np.arange(29) - 13) ** 2).argmin())
    base = int(y) - 10 + row
    return np.array([[x - 17, base - 4], [x, base + 2], [x + 17, base - 4]], np.float32)


def _mouth(lab: Plane, lightness: Plane, skin: Plane) -> tuple[dict[str, Points], float]:
    """The line between the lips, the region of the teeth when they show, and their share (0..1)."""
    x0, x1, y0, y1 = 84, 173, 170, 206
    box = cv2.GaussianBlur(lightness, (0, 0), 1.5)[y0:y1, x0:x1]
    ridge = cv2.blur(box, (1, 15)) - box
    rows = np.arange(y1 - y0)[:, None]
    path = _darkest_path((ridge - 0.06 * (rows - 17) ** 2).astype(np.float32), 1.2)
    columns = np.arange(x1 - x0)
    contrast = cv2.GaussianBlur(ridge[path, columns].astype(np.float32)[None], (0, 0), 2)[0]
    strong = contrast > max(3.0, 0.35 * float(np.median(contrast[25:64])))
    left = 44 - int(np.argmin(np.append(strong[44::-1], False)))
    right = 44 + int(np.argmin(np.append(strong[44:], False)))
    left, right = int(np.clip(left, 4, 24)), int(np.clip(right, 64, 84))
    line = np.stack([x0 + columns, y0 + path], 1).astype(np.float32)[left : right + 1]
    parts = {"mouth": _soften(line, 4)[::5]}

    colours = lab[y0 - 2 : y1 + 4, x0:x1].astype(np.float32)
    chroma = np.hypot(colours[..., 1] - 128, colours[..., 2] - 128)
    usual = float(np.hypot(skin[1] - 128, skin[2] - 128))
    bright = (chroma < 0.72 * usual) & (colours[..., 0] > 0.72 * skin[0]) & (colours[..., 0] > 60)
    near = np.abs(np.arange(y0 - 2, y1 + 4)[:, None] - (y0 + path)[None]) < 13
    white = (bright & near).astype(np.uint8)
    white[:, :8] = white[:, -8:] = 0
    white = cv2.morphologyEx(white, cv2.MORPH_OPEN, np.ones((2, 3), np.uint8))
    white = cv2.morphologyEx(white, cv2.MORPH_CLOSE, np.ones((5, 9), np.uint8))
    contours, _ = cv2.findContours(white, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return parts, 0.0
    largest = max(contours, key=cv2.contourArea)
    area = float(cv2.contourArea(largest))
    wide = float(np.ptp(largest[:, 0, 0]))
    if area < 110 or wide < 26 or abs(float(largest[:, 0, 0].mean()) - (MOUTH[0] - x0)) > 14:
        return parts, 0.0
    hull = cv2.convexHull(largest)[:, 0].astype(np.float32) + np.array([x0, y0 - 2], np.float32)
    return parts | {"teeth": hull}, float(np.clip(area / 500, 0.2, 1))


def _glasses(lightness: Plane) -> float:
    """1 where the bridge and the lower rims of glasses show as thin dark lines, else 0."""
    # A frame is a thin dark line: what closing across it fills. The broad shine of a nose is not.
    thin = cv2.morphologyEx(lightness, cv2.MORPH_CLOSE, np.ones((9, 1), np.uint8)) - lightness
    across = float(np.median(thin[98:124, 119:138].max(0)))
    below = min(float(np.median(thin[123:143, int(x) - 15 : int(x) + 16].max(0))) for x, _ in EYES)
    return 1.0 if min(across / GLASSES[0], below / GLASSES[1]) > 1 else 0.0


def _beard(lab: Plane) -> float:
    """0..1: a beard has less colour and more texture than the cheeks."""
    colours = lab.astype(np.float32)
    chroma = np.hypot(colours[..., 1] - 128, colours[..., 2] - 128)
    texture = np.abs(colours[..., 0] - cv2.GaussianBlur(colours[..., 0], (0, 0), 2))
    chin, cheeks = np.s_[200:222, 108:149], (np.s_[140:162, 78:92], np.s_[140:162, 164:178])
    usual = np.median([chroma[cheek] for cheek in cheeks]) + 1
    drop = 1 - float(np.median(chroma[chin]) / usual)
    rough = float(np.log((texture[chin].mean() + 1) / (np.mean([texture[cheek] for cheek in cheeks]) + 1)))
    return float(np.clip((drop + 0.25 * rough - 0.3) / 0.5, 0, 1)) if drop > 0.2 else 0.0

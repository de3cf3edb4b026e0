"""Photograph to line drawing: five plain styles, and the random drawings that the face model is trained on.

A model trained on clean, rich edges breaks on what a hand draws: an oval, two dots and a curve. So a training
drawing is anything between the two. `trace` does the expensive part, once a photograph; `random_drawing` then
makes a new drawing from it in about two milliseconds: rich raster edges, traced strokes redrawn by a shaky
hand, or the naive drawing of a person who cannot draw.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganstudio.data.drawing import Drawing, Measures, Stroke, measure
from ganstudio.data.trace import CENTRE, KINDS, RAYS, SIDE, Lines, Plane, Points, open_runs, runs, trace

STYLES = ("canny", "xdog", "pencil", "strokes", "naive")


# --- raster styles ------------------------------------------------------------------------------------------


def _canny(grey: Plane, sigma: float, low: float, high: float, width: float) -> Plane:
    """Canny edges as black lines about `width` pixels wide on white (Canny 1986)."""
    blurred = cv2.GaussianBlur(grey, (0, 0), sigma)
    edges = cv2.Canny(blurred, low, high, L2gradient=True)
    # A blurred one-pixel line, amplified and clipped, is a soft-edged line of the wanted width.
    spread = max(0.5, width / 2.4)
    soft = cv2.GaussianBlur(edges, (0, 0), spread)
    return 255 - cv2.convertScaleAbs(soft, alpha=1.3 + 1.6 * spread)


def _xdog(grey: Plane, sigma: float, sharpness: float, threshold: float, slope: float) -> Plane:
    """Extended difference of Gaussians (Winnemoeller et al. 2012), (H,W) to (H,W); dark lines on white."""
    picture = grey.astype(np.float32) / 255
    near, far = cv2.GaussianBlur(picture, (0, 0), sigma), cv2.GaussianBlur(picture, (0, 0), 1.6 * sigma)
    difference = near + sharpness * (near - far)
    level = threshold * cv2.GaussianBlur(picture, (0, 0), 12 * sigma)  # relative: a dark face is not filled
    ink = np.clip(1 + np.tanh(slope * (difference - level + 0.04)), 0, 1)  # flat shade stays white
    return (ink * 255).astype(np.uint8)


def _pencil(grey: Plane, sigma: float, contrast: float) -> Plane:
    """Colour dodge of a picture with its blurred self: thin grey lines where it is darker than around it."""
    picture = cv2.GaussianBlur(grey, (0, 0), max(0.6, sigma / 5)).astype(np.float32) + 4
    around = cv2.GaussianBlur(picture, (0, 0), sigma)
    ratio = np.minimum(picture / around, 1)
    return (255 * np.clip(1 - contrast * (1 - ratio - 0.03), 0, 1)).astype(np.uint8)


# --- the hand -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Hand:
    """One drawer with one pen: how it shakes, how thick and dark it draws. Its sheet is twice as large."""

    rng: np.random.Generator
    sheet: Plane  # (2*size, 2*size)
    width: float  # pixels at 256
    ink: int  # 0 is black
    slip: NDArray[np.float32]  # (5,5,2) slow displacement in pixels at 256
    shake: NDArray[np.float32]  # (28,28,2) quick displacement
    gap: float  # probability that a stroke has a gap
    twice: float  # probability that a stroke is drawn twice
    vary: float  # how far a stroke's width goes from the pen's, as a share
    place: tuple[float, float, float]  # of the face, see Lines

    @property
    def scale(self) -> float:
        return self.sheet.shape[0] / SIDE

    def moved(self, points: Points) -> Points:
        """`points` (K,2) where this hand puts them."""
        out = points.astype(np.float32)
        for field in (self.slip, self.shake):
            at = points.astype(np.float32) * ((len(field) - 1) / SIDE)
            flags, border = cv2.INTER_LINEAR, cv2.BORDER_REPLICATE
            out = out + cv2.remap(field, at[:, :1], at[:, 1:], flags, borderMode=border)[:, 0]
        return out

    def thickness(self, factor: float = 1.0) -> int:
        varied = self.width * factor * (1 + self.vary * (2 * self.rng.random() - 1))
        return max(1, round(varied * self.scale))

    def fixed(self, points: Points) -> NDArray[np.int32]:
        size, left, top = self.place
        placed = points * size + np.array([left, top], np.float32)
        return np.round(placed * (self.scale * 16)).astype(np.int32)

    def line(self, points: Points, closed: bool = False, factor: float = 1.0) -> None:
        """One stroke through `points` (K,2), resampled, shaken, with this hand's habits."""
        if closed:
            # A hand does not end where it began: it starts anywhere, overshoots or stops short.
            start, over = int(self.rng.integers(len(points))), int(self.rng.integers(-1, 3))
            points = np.roll(points, -start, 0)
            points = np.concatenate([points, points[: 1 + over] if over >= 0 else points[:0]])
        path = self.moved(_even(points, 5.0))
        for _ in range(2 if self.rng.random() < self.twice else 1):
            self.ribbon(path + self.rng.normal(0, 0.35 + 0.8 * self.twice, 2).astype(np.float32), factor)

    def ribbon(self, path: Points, factor: float = 1.0) -> None:
        """A path as it is: in one width, or swelling and thinning along the way; perhaps with a gap."""
        count = len(path)
        pieces = [path]
        if count > 8 and self.rng.random() < self.gap:
            cut, hole = int(self.rng.integers(2, count - 3)), int(self.rng.integers(1, 4))
            pieces = [path[:cut], path[cut + hole :]]
        for piece in pieces:
            if len(piece) < 2:
                continue
            if self.vary > 0.25 and len(piece) > 6:
                for part in np.array_split(np.arange(len(piece)), len(piece) // 3):
                    run = self.fixed(piece[part[0] : part[-1] + 2])
                    cv2.polylines(self.sheet, [run], False, self.ink, self.thickness(factor), cv2.LINE_AA, 4)
            else:
                cv2.polylines(self.sheet, [self.fixed(piece)], False, self.ink, self.thickness(factor), cv2.LINE_AA, 4)

    def fill(self, points: Points, ink: int | None = None) -> None:
        """A closed region (K,2), filled with ink."""
        colour = self.ink if ink is None else ink
        cv2.fillPoly(self.sheet, [self.fixed(self.moved(points))], colour, cv2.LINE_AA, 4)

    def oval(self, x: float, y: float, across: float, down: float, filled: bool = False, factor: float = 1.0) -> None:
        """An ellipse with the given half axes."""
        angle = np.linspace(0, 2 * np.pi, 20, endpoint=False) + self.rng.uniform(0, 6)
        squash = self.rng.normal(1, 0.08, 2)
        points = np.stack([x + across * squash[0] * np.cos(angle), y + down * squash[1] * np.sin(angle)], 1)
        if filled:
            self.fill(points.astype(np.float32))
        else:
            self.line(points.astype(np.float32), closed=True, factor=factor)

    def dot(self, x: float, y: float, radius: float) -> None:
        at = self.moved(np.array([[x, y]], np.float32))
        centre = tuple(int(v) for v in self.fixed(at)[0])
        cv2.circle(
            self.sheet,
            centre,
            max(16, round(radius * self.place[0] * self.scale * 16)),
            self.ink,
            -1,
            cv2.LINE_AA,
            4,
        )


def _even(points: Points, spacing: float) -> Points:
    """Points along an open polyline at even distances of about `spacing` pixels: (K,2) to (M,2)."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0], np.cumsum(steps)])
    at = np.linspace(0, along[-1], max(2, int(along[-1] / spacing) + 1))
    return np.stack([np.interp(at, along, points[:, 0]), np.interp(at, along, points[:, 1])], 1).astype(np.float32)


def _new_hand(lines: Lines, size: int, rng: np.random.Generator) -> _Hand:
    width = float(np.clip(rng.lognormal(np.log(2.3), 0.45), 1.0, 7.0))
    calm = rng.random() ** 1.5  # most hands are rather steady
    return _Hand(
        rng=rng,
        sheet=np.full((2 * size, 2 * size), 255, np.uint8),
        width=width,
        ink=0 if rng.random() < 0.8 else int(rng.integers(0, 91)),
        slip=rng.normal(0, 0.3 + 3.0 * calm, (5, 5, 2)).astype(np.float32),
        shake=rng.normal(0, 0.15 + 1.0 * rng.random() ** 2, (28, 28, 2)).astype(np.float32),
        gap=float(rng.choice([0, 0, 0.2, 0.6])),
        twice=float(rng.choice([0, 0, 0, 0.15, 0.5])),
        vary=float(rng.choice([0.05, 0.2, 0.45])),
        place=lines.place,
    )


def random_drawing(lines: Lines, size: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """One random training drawing, (size,size), dark on white: rich (a quarter), traced, naive or mixed."""
    kind = rng.random()
    if kind < 0.25:
        return _raster_drawing(lines, size, rng)
    hand = _new_hand(lines, size, rng)
    if kind < 0.60:
        _draw_traced(hand, lines, share=float(rng.beta(1.3, 1.3)))
        if rng.random() < 0.4:
            _draw_outlines(hand, lines)
    else:
        _draw_naive(hand, lines)
        if rng.random() < 0.3:
            chosen = rng.choice(["features", "hair", "around"])
            kinds = {
                "features": ("eye", "brow", "nose", "mouth"),
                "hair": ("hair", "contour"),
                "around": ("contour", "detail", "hair"),
            }[str(chosen)]
            _draw_traced(hand, lines, share=float(rng.uniform(0.2, 0.9)), only=kinds)
    if "face" in lines.parts and rng.random() < 0.12:
        _draw_shade(hand, lines.parts["face"])
    if rng.random() < 0.06:
        _leave_unfinished(hand)
    return np.asarray(cv2.resize(hand.sheet, (size, size), interpolation=cv2.INTER_AREA), np.uint8)


def _draw_shade(hand: _Hand, face: Points) -> None:
    """Hatching down one side of the face: shade to a hand that draws, whatever the light was."""
    reach = hand.rng.uniform(0.35, 0.8)  # of the way from the middle to the outline, where the shade begins
    rays = np.arange(-RAYS // 14, RAYS // 6)  # from temple to jaw on the right, and then on the left
    side = face[rays if hand.rng.random() < 0.5 else RAYS // 2 - rays]
    region = np.concatenate([side, (side[::-1] - CENTRE) * reach + CENTRE])
    _hatch(hand, region.astype(np.float32), hand.rng.random() < 0.2, float(hand.rng.uniform(4, 10)))


def _leave_unfinished(hand: _Hand) -> None:
    """Nothing is drawn yet below, or on one side of, a line through the sheet."""
    side = hand.sheet.shape[0]
    cut = int(hand.rng.uniform(0.35, 0.75) * side)
    region = (np.s_[cut:], np.s_[:, cut:], np.s_[:, : side - cut])[int(hand.rng.choice([0, 0, 1, 2]))]
    hand.sheet[region] = 255


def _raster_drawing(lines: Lines, size: int, rng: np.random.Generator) -> Plane:
    grey: Plane = np.asarray(cv2.imdecode(np.frombuffer(lines.grey, np.uint8), cv2.IMREAD_GRAYSCALE))
    if size != SIDE:
        grey = cv2.resize(grey, (size, size), interpolation=cv2.INTER_AREA)  # enlarging, it is bilinear
    unit = size / SIDE
    style = rng.random()
    if style < 0.45:
        low = rng.uniform(20, 90)
        return _canny(grey, unit * rng.uniform(0.8, 2.2), low, low * rng.uniform(1.8, 3), unit * rng.uniform(1, 3.5))
    if style < 0.8:
        sigma = unit * rng.uniform(0.7, 1.6)
        return _xdog(grey, sigma, rng.uniform(6, 18), rng.uniform(0.5, 0.8), rng.uniform(6, 30))
    return _pencil(grey, unit * rng.uniform(3, 9), rng.uniform(2.0, 5.0))


# How much each kind matters to a person who draws a face, in the order of KINDS.
_MATTERS = np.array([2.0, 2.0, 3.0, 2.5, 2.5, 3.0, 0.9, 0.6], np.float32)


def _draw_traced(hand: _Hand, lines: Lines, share: float, only: tuple[str, ...] = KINDS) -> None:
    """The traced edges that matter most, up to `share` (0..1) of all, redrawn by `hand`."""
    rng, ends = hand.rng, lines.ends
    count = len(ends) - 1
    if count == 0:
        return
    length = np.diff(ends).astype(np.float32)
    points = lines.points.astype(np.float32) / 16
    steps = np.hypot(*np.diff(points, axis=0, append=points[-1:]).T)
    steps[ends[1:] - 1] = 0
    length = np.add.reduceat(steps, ends[:-1])
    worth = length * (0.2 + lines.strengths) * _MATTERS[lines.kinds] * rng.lognormal(0, 0.5, count)
    allowed = np.isin(lines.kinds, [KINDS.index(kind) for kind in only])
    order = np.argsort(-worth * allowed)[: max(6, round(share * allowed.sum()))]
    offsets = rng.normal(0, rng.choice([0.1, 0.6, 1.2]), (count, 2)).astype(np.float32)
    moved = hand.moved(points) + np.repeat(offsets, np.diff(ends), axis=0)
    tolerance = float(rng.choice([0.4, 0.8, 1.6, 3.0]))
    groups: dict[int, list[NDArray[np.int32]]] = {}
    for i in order:
        if not allowed[i]:
            continue
        path = moved[ends[i] : ends[i + 1]]
        if tolerance > 0.5:
            path = cv2.approxPolyDP(path, tolerance, False)[:, 0]
        if rng.random() < 0.5 * hand.gap and len(path) > 3:
            path = path[: -int(rng.integers(1, len(path) // 2 + 1))]
        groups.setdefault(hand.thickness(), []).append(hand.fixed(path))
    for thickness, paths in groups.items():
        cv2.polylines(hand.sheet, paths, False, hand.ink, thickness, cv2.LINE_AA, 4)


def _draw_outlines(hand: _Hand, lines: Lines) -> None:
    """Face and silhouette in one go each: traced edges alone leave them in pieces."""
    if "face" in lines.parts and hand.rng.random() < 0.7:
        hand.line(lines.parts["face"], closed=True)
    for name, part in lines.parts.items():
        if name.startswith("outline") and hand.rng.random() < 0.8:
            hand.line(part)


# --- the naive drawing --------------------------------------------------------------------------------------


def _draw_naive(hand: _Hand, lines: Lines) -> None:
    """What a person draws who cannot: an oval, two dots and a curve, where the photograph has them."""
    rng = hand.rng
    parts, tones = lines.parts, lines.tones
    if "face" not in parts:
        _draw_traced(hand, lines, share=0.25)  # no face: the lines that stand out most
        return
    # A drawing under way: now and then only some of its parts are there yet.
    started = {"hair", "face", "eyes", "brows", "nose", "mouth", "shoulders", "extras"}
    if rng.random() < 0.18:
        some = ["face", "hair", "eyes", "mouth", "nose", "brows", "shoulders"]
        started = set(rng.permutation(some)[: int(rng.integers(1, 6))].tolist()) | {str(rng.choice(some[:3]))}
    missing = {
        "hair": 0.12,
        "face": 0.06,
        "eyes": 0.03,
        "brows": 0.35,
        "nose": 0.2,
        "mouth": 0.04,
        "shoulders": 0.45,
    }
    started -= {part for part, chance in missing.items() if rng.random() < chance}
    if "hair" in started:
        _draw_hair(hand, lines)
    if "face" in started:
        _draw_face(hand, parts["face"], tones)
    if "shoulders" in started:
        for name, part in parts.items():
            if name.startswith("outline"):
                for run in runs(part, part[:, 1] > 175):
                    hand.line(run)
    if "eyes" in started:
        _draw_eyes(hand, parts, tones.get("closed"))
    if "brows" in started:
        simple, factor = (
            rng.random() < 0.6,
            rng.uniform(0.8, 1.4) * (1 + 0.5 * max(tones["brow0"], tones["brow1"])),
        )
        for brow in (parts["brow0"], parts["brow1"]):
            hand.line(brow[:: len(brow) // 2] if simple else brow, factor=factor)
    if "nose" in started:
        _draw_nose(hand, parts["nose"])
    if "mouth" in started:
        _draw_mouth(hand, parts)
    if "extras" in started:
        for name, part in parts.items():
            if name.startswith("hat"):
                hand.line(part, closed=True)
        if "moustache" in parts and rng.random() < 0.9:
            _draw_moustache(hand, parts["moustache"])
        if tones["glasses"] > 0.5 and rng.random() < 0.95:
            _draw_glasses(hand, parts)
        if tones["beard"] > 0.25 and rng.random() < 0.7:
            _draw_beard(hand, parts)


def _harmonics(face: Points, keep: int) -> Points:
    """The closed outline with only its `keep` lowest harmonics: 1 is an ellipse-like oval, 8 nearly all."""
    spectrum = np.fft.fft(face[:, 0] + 1j * face[:, 1])
    spectrum[keep + 1 : -keep] = 0
    smooth = np.fft.ifft(spectrum)
    return np.stack([smooth.real, smooth.imag], 1).astype(np.float32)


def _draw_face(hand: _Hand, face: Points, tones: dict[str, float]) -> None:
    rng = hand.rng
    outline = _harmonics(face, int(rng.choice([1, 2, 3, 5, 9])))
    style = rng.random()
    if style < 0.6 or not tones["hair"]:
        hand.line(outline, closed=True)
    elif style < 0.9:  # jaw from ear to ear, the hair closes it
        reach = int(rng.integers(0, 7))
        hand.line(np.roll(outline, reach, 0)[: RAYS // 2 + 2 * reach + 1])
    else:  # few corners
        hand.line(outline[:: int(rng.integers(5, 9))], closed=True)
    if rng.random() < 0.35:
        drop = float(rng.uniform(8, 13))
        for side, place in ((1, 0), (-1, RAYS // 2)):
            x, y = outline[place]
            angle = np.linspace(-1.4, 1.4, 8)
            ear = np.stack([x + side * (drop * 0.7 * np.cos(angle)), y - 8 + 1.4 * drop * np.sin(angle)], 1)
            hand.line(ear.astype(np.float32))


def _draw_hair(hand: _Hand, lines: Lines) -> None:
    rng, parts = hand.rng, lines.parts
    regions = [part for name, part in parts.items() if name.startswith("hair")]
    outlines = [part for name, part in parts.items() if name.startswith("outline")]
    dark = lines.tones["hair_dark"]
    if not regions or rng.random() < 0.3:
        for part in outlines:  # the silhouette of the head
            for run in runs(part, part[:, 1] < 190):
                hand.line(run)
        return
    # Dark hair is often filled, light hair hardly ever: so filling means dark.
    if rng.random() < 0.75 * np.clip((dark - 0.5) / 0.25, 0.04, 1):
        style = rng.choice(["fill", "fill", "hatch", "scribble"])
    else:
        style = rng.choice(["outline", "outline", "outline", "strands"])
    for region in regions:
        if style == "fill":
            hand.fill(region)
            continue
        if style in ("outline", "hatch") or rng.random() < 0.5:
            inner = np.all((region > 3) & (region < SIDE - 4), axis=1)
            for run in open_runs(region, inner):
                hand.line(run)
        if style != "outline":
            _hatch(hand, region, style == "scribble", 4 + 10 * rng.random() + 10 * (style == "strands"))
    if style == "fill" and rng.random() < 0.9:
        hand.fill(_harmonics(parts["face"], 5), 255)


def _hatch(hand: _Hand, region: Points, scribble: bool, spacing: float) -> None:
    """Strokes across a closed region (K,2), `spacing` pixels apart: parallel, or one line to and fro."""
    turn = float(hand.rng.uniform(-0.9, 0.9)) + np.pi / 2
    along = np.array([np.cos(turn), np.sin(turn)], np.float32)
    across = np.array([-along[1], along[0]], np.float32)
    edge = np.concatenate([region, region[:1]])
    u, v = edge @ across, edge @ along
    ends: list[Points] = []
    for level in np.arange(u.min() + spacing / 2, u.max(), spacing):
        hit = np.flatnonzero((u[:-1] < level) != (u[1:] < level))
        if len(hit) < 2:
            continue
        at = np.sort(v[hit] + (level - u[hit]) / (u[hit + 1] - u[hit]) * (v[hit + 1] - v[hit]))
        for low, high in zip(at[::2], at[1::2], strict=False):
            if high - low > 3:
                ends.append(np.stack([level * across + low * along, level * across + high * along]).astype(np.float32))
    width = hand.rng.uniform(0.6, 1.1)
    if scribble:
        chain = [end[:: 1 if i % 2 else -1] for i, end in enumerate(ends)]
        jumps = [i for i in range(1, len(chain)) if np.hypot(*(chain[i][0] - chain[i - 1][1])) > 3 * spacing]
        for run in np.split(np.arange(len(chain)), jumps):
            if len(run):
                hand.line(np.concatenate([chain[i] for i in run]), factor=width)
        return
    paths = [hand.fixed(hand.moved(_even(end + hand.rng.normal(0, 1, (2, 2)), 12))) for end in ends]
    cv2.polylines(hand.sheet, paths, False, hand.ink, hand.thickness(width), cv2.LINE_AA, 4)


def _draw_eyes(hand: _Hand, parts: dict[str, Points], closed: float | None) -> None:
    """`closed`: whether they are; None where nobody knows, and an arc may be an open eye as well."""
    rng = hand.rng
    style = rng.choice(["dot", "dot", "filled", "oval", "oval", "almond", "almond", "arc", "lid"])
    if closed is not None and (closed > 0.5) != (style == "arc"):
        style = "arc" if closed > 0.5 else "dot"
    grown = float(rng.uniform(0.8, 1.25))
    pupil = rng.choice(["dot", "dot", "iris", "none"])
    for name in ("eye0", "eye1"):
        (x, y), (width, height) = parts[name]
        width, height = width * grown, height * grown
        if style == "dot":
            hand.dot(x, y, float(rng.uniform(2.5, 5.0)) * grown)
        elif style == "filled":
            hand.oval(x, y, 0.45 * width, 1.1 * height, filled=True)
        elif style == "oval":
            hand.oval(x, y, width * 0.9, height * 1.3)
        elif style == "arc":
            across = np.linspace(-1, 1, 9)
            up = float(rng.choice([-1, 1]))
            hand.line(np.stack([x + width * across, y + up * height * (across**2 - 0.4)], 1).astype(np.float32))
            continue
        else:
            across = np.linspace(-1, 1, 9)
            upper = np.stack([x + width * across, y - 1.1 * height * (1 - across**2)], 1)
            lower = np.stack([x + width * across[::-1], y + 0.8 * height * (1 - across**2)], 1)
            hand.line(upper.astype(np.float32), factor=1.2)
            if style == "almond":
                hand.line(lower.astype(np.float32))
        if style in ("oval", "almond", "lid") and pupil != "none":
            if pupil == "iris":
                hand.oval(x, y, min(7.0, height), height * 0.95)
            hand.dot(x, y, float(np.clip(height * 0.5, 1.5, 4)))


def _draw_nose(hand: _Hand, nose: Points) -> None:
    rng = hand.rng
    left, base, right = nose
    x, y = base
    side = float(rng.choice([-1, 1]))
    style = rng.choice(["curve", "curve", "corner", "nostrils", "dot", "ridge", "line"])
    if style == "curve":
        hand.line(_bow(left, _shifted(base, 0, 4), right))
    elif style == "corner":
        rise = float(rng.uniform(18, 40))
        hand.line(np.array([[x - 2 * side, y - rise], [x + 12 * side, y - 3], [x - 4 * side, y]], np.float32))
    elif style == "nostrils":
        for sign in (-1, 1):
            hand.dot(x + 8 * sign, y - 3, float(rng.uniform(1.2, 2.4)))
    elif style == "dot":
        hand.dot(x, y - 4, float(rng.uniform(1.5, 3.5)))
    elif style == "ridge":
        hand.line(np.array([[x + 9 * side, y - 46], [x + 5 * side, y - 22], [x + 11 * side, y - 4]], np.float32))
        hand.line(_bow(left, _shifted(base, 0, 3), right))
    else:
        hand.line(np.array([[x, y - 30], [x, y]], np.float32))


def _shifted(point: Points, right: float, down: float) -> Points:
    return point + np.array([right, down], np.float32)


def _bow(start: Points, middle: Points, end: Points) -> Points:
    """A parabola through the ends that is pulled to `middle`: (9,2)."""
    t = np.linspace(0, 1, 9)[:, None]
    return ((1 - t) ** 2 * start + 2 * t * (1 - t) * middle + t**2 * end).astype(np.float32)


def _draw_mouth(hand: _Hand, parts: dict[str, Points]) -> None:
    rng = hand.rng
    line, teeth = parts["mouth"], parts.get("teeth")
    left, right = line[0], line[-1]
    middle = line[len(line) // 2]
    if teeth is not None:
        left, right = teeth[teeth[:, 0].argmin()] - [5, 1], teeth[teeth[:, 0].argmax()] + [5, -1]
        middle = np.array([(left[0] + right[0]) / 2, teeth[:, 1].max()])
    bend = 2 * middle - (left + right) / 2  # a Bezier handle, so that the bow passes through the middle
    bow = _bow(left, bend, right)
    style = rng.random()
    if style < 0.35:
        hand.line(bow)
    elif teeth is not None and style < 0.85:
        hand.line(teeth, closed=True)
        if style < 0.5:
            hand.line(np.stack([left, right]))
        elif style < 0.65:
            for x in np.linspace(teeth[:, 0].min(), teeth[:, 0].max(), int(rng.integers(4, 8)))[1:-1]:
                hand.line(np.array([[x, teeth[:, 1].min()], [x, middle[1]]]), factor=0.7)
    elif teeth is None and style < 0.65:
        hand.line(line)
    else:  # lips
        full = float(rng.uniform(5, 10))
        top = line[len(line) // 2] + [0, 1 - full]
        hand.line(bow)
        hand.line(_bow(left, _shifted(bend, 0, 2 * full), right))
        if rng.random() < 0.7:
            hand.line(np.stack([left, _shifted(top, -7, -1), top, _shifted(top, 7, -1), right]))


def _draw_glasses(hand: _Hand, parts: dict[str, Points]) -> None:
    rng = hand.rng
    squareness = float(rng.choice([2, 2.6, 4]))
    across, down = float(rng.uniform(25, 30)), float(rng.uniform(17, 23))
    angle = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    unit = np.stack([np.cos(angle), np.sin(angle)], 1)
    unit = np.sign(unit) * np.abs(unit) ** (2 / squareness)  # a superellipse
    centres = [parts[name][0] + [0, 3] for name in ("eye0", "eye1")]
    if "rim0" in parts:  # where they are known to be
        rims = [parts["rim0"], parts["rim1"]]
        centres, (across, down) = [rim.mean(axis=0) for rim in rims], np.ptp(rims[0], axis=0) / 2
    else:
        rims = [(centre + unit * [across, down]).astype(np.float32) for centre in centres]
    for rim in rims:
        hand.line(rim, closed=True)
    bridge = np.stack([centres[0] + [across, -3], (centres[0] + centres[1]) / 2 + [0, -7], centres[1] - [across, 3]])
    hand.line(bridge.astype(np.float32))
    if rng.random() < 0.6:
        hand.line(np.stack([centres[0] - [across, 4], centres[0] - [across + 16, 7]]).astype(np.float32))
        hand.line(np.stack([centres[1] + [across, -4], centres[1] + [across + 16, -7]]).astype(np.float32))


def _draw_moustache(hand: _Hand, outline: Points) -> None:
    style = hand.rng.choice(["fill", "hatch", "outline"])
    if style == "fill":
        hand.fill(outline)
    elif style == "hatch":
        _hatch(hand, outline, hand.rng.random() < 0.3, float(hand.rng.uniform(3, 6)))
    else:
        hand.line(outline, closed=True)


def _draw_beard(hand: _Hand, parts: dict[str, Points]) -> None:
    """Short strokes, or a hatched region, between mouth and jaw."""
    rng = hand.rng
    jaw = parts["face"][3 : RAYS // 2 - 2]
    inner = (jaw - CENTRE) * np.array([0.72, 0.62]) + CENTRE
    inner[:, 1] = np.where(np.abs(inner[:, 0] - 128) < 34, np.maximum(inner[:, 1], 200), inner[:, 1])
    if rng.random() < 0.5:
        _hatch(hand, np.concatenate([jaw, inner[::-1]]).astype(np.float32), rng.random() < 0.3, rng.uniform(4, 9))
        return
    for start, end in zip(inner[1:-1], jaw[1:-1], strict=True):
        way = np.sort(rng.uniform(0, 1, 2))
        hand.line(np.stack([start + (end - start) * way[0], start + (end - start) * way[1]]).astype(np.float32))


# --- named styles -------------------------------------------------------------------------------------------


def sketch(photo: Image.Image, style: str = "strokes", seed: int = 0) -> Image.Image:
    """`photo` as a black-on-white RGB line drawing of the same size, in one of STYLES.

    canny, xdog and pencil look only at edges and tones; strokes redraws the traced edges by hand; naive draws
    an outline and simple features where a portrait has them. The same seed gives the same drawing.
    Raises ValueError for an unknown style.
    """
    if style not in STYLES:
        raise ValueError(f"unknown style {style!r}; expected one of {', '.join(STYLES)}")
    longest = max(photo.size)
    if style in ("canny", "xdog", "pencil"):
        scale = min(1.0, 1024 / longest)  # finer lines than that nobody sees
        size = max(1, round(photo.width * scale)), max(1, round(photo.height * scale))
        grey = np.asarray(photo.convert("L").resize(size, Image.Resampling.LANCZOS))
        unit = max(max(size) / SIDE, 0.5)
        if style == "canny":
            drawing = _canny(grey, 1.3 * unit, 40, 100, 1.6 * unit)
        elif style == "xdog":
            drawing = _xdog(grey, 1.0 * unit, 16, 0.8, 16)
        else:
            drawing = _pencil(grey, 6 * unit, 3.2)
        return Image.fromarray(drawing).convert("RGB").resize(photo.size, Image.Resampling.LANCZOS)
    lines = trace(photo)
    side = int(np.clip(longest, 64, 1024))
    hand = _new_hand(lines, side, np.random.default_rng(seed))
    hand.width, hand.ink, hand.gap, hand.twice = 2.2, 0, 0.0, 0.0
    hand.slip *= 0.5
    if style == "strokes":
        _draw_traced(hand, lines, share=0.6)
        _draw_outlines(hand, lines)
    else:
        _draw_naive(hand, lines)
    square = Image.fromarray(hand.sheet)
    left, top, width, height = (value * hand.scale for value in lines.box)
    inner = square.crop((round(left), round(top), round(left + width), round(top + height)))
    return inner.convert("RGB").resize(photo.size, Image.Resampling.LANCZOS)


def to_drawing(lines: Lines, detail: float = 0.5) -> Drawing:
    """The photograph as strokes for the canvas, to be drawn on: outlines and the edges that matter most.

    `detail` in 0..1: from the outline and the features to every traced edge. Raises ValueError outside it.
    """
    if not 0 <= detail <= 1:
        raise ValueError(f"detail is {detail}; expected 0..1")
    size, shift = lines.place[0], np.array(lines.place[1:], np.float32)
    outlines = [part for name, part in lines.parts.items() if name.startswith("outline")]
    drawing = [_stroke(_even(part * size + shift, 6), 2.4) for part in outlines]
    if "face" in lines.parts:  # edges seldom show the pupils, and without them nobody looks back
        for name in ("eye0", "eye1"):
            pupil = np.append(lines.parts[name][0] * size + shift, 1)[None].astype(np.float32)
            drawing.append(Stroke(pupil, max(2.5, 5 * size)))
    count = len(lines.ends) - 1
    if count == 0:
        return drawing
    paths = [lines.points[lines.ends[i] : lines.ends[i + 1]].astype(np.float32) / 16 for i in range(count)]
    length = np.array([np.hypot(*np.diff(path, axis=0).T).sum() for path in paths])
    worth = length * (0.2 + lines.strengths) * _MATTERS[lines.kinds]
    if outlines:
        worth[lines.kinds == KINDS.index("contour")] = 0  # drawn already
    order = np.argsort(-worth)[: 14 + round(detail**1.5 * count)]
    drawing += [_stroke(_even(paths[i] * size + shift, 4), 1.8) for i in order if worth[i] > 0]
    return drawing


def _stroke(path: Points, width: float) -> Stroke:
    """A path (K,2) as a stroke whose ends taper a little, as a pen's do."""
    pressure = np.ones((len(path), 1), np.float32)
    pressure[[0, -1]] = 0.7
    return Stroke(np.hstack([np.clip(path, 0, SIDE - 0.01), pressure]).astype(np.float32), width)


# --- what training drawings are like ------------------------------------------------------------------------


def survey(folder: Path, each: int = 4, most: int = 642) -> list[Measures]:
    """The measures of `each` random drawings of up to `most` photographs (.jpg) in `folder`."""
    photos = sorted(folder.glob("*.jpg"))
    rng = np.random.default_rng(0)
    found = []
    for photo in photos[:: max(1, len(photos) // most)][:most]:
        with Image.open(photo) as image:
            lines = trace(image)
        drawings = (Image.fromarray(random_drawing(lines, SIDE, rng)) for _ in range(each))
        found += [measures for drawing in drawings if (measures := measure(drawing)) is not None]
    return found


if __name__ == "__main__":  # python -m ganstudio.data.sketch FOLDER: what the constants of drawing.py come from
    arguments = argparse.ArgumentParser(description="Measure random training drawings of the photos in a folder.")
    arguments.add_argument("folder", type=Path)
    table = np.array(survey(arguments.parse_args().folder))
    for share in (0.5, 1, 2, 5, 25, 50, 75, 95, 98, 99, 99.5):
        row = zip(Measures._fields, np.percentile(table, share, axis=0), strict=True)
        print(f"{share:5} %: " + ", ".join(f"{name} {value:.3f}" for name, value in row))

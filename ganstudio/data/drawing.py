"""A drawing as strokes: read, saved, rendered, compared with training drawings, brought near to them.

A drawing is a list of strokes in a square of 256 x 256 with y down, whatever the size of the canvas: so undo
is exact, a saved drawing opens again, and it renders at any size.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from ganstudio.images import to_rgb
from ganstudio.words import Refused

SIDE = 256  # the square that strokes live in
MAX_STROKES = 2_000
MAX_POINTS = 100_000  # in a whole drawing
WIDTHS = (0.5, 64.0)  # pixels at 256
INK_TONE = 192  # darker is ink, of 255
REACH = 1024.0  # a stroke may leave the canvas, but not by more than this many pixels

EXAMPLES = Path(__file__).with_name("examples.json")


class Stroke(NamedTuple):
    """One movement of the pen."""

    points: NDArray[np.float32]  # (K,3), K >= 1: x, y in pixels at 256, pressure in (0,1]
    width: float  # pixels at 256, at pressure 1
    erase: bool = False


Drawing = list[Stroke]
Plane = NDArray[Any]  # (H,W) uint8


# --- reading and saving -------------------------------------------------------------------------------------


def parse(data: object) -> Drawing:
    """The drawing in decoded JSON: {"strokes": [{"points": [[x, y, pressure], ...], "width": 3}]}.

    Pressure (0..1) may be left out and is then 1; "erase" is true or false. Unknown keys are ignored. Raises
    Refused("drawing.*") for anything else: too many strokes or points, numbers not finite or out of range.
    """
    strokes = data.get("strokes") if isinstance(data, dict) else None
    if not isinstance(strokes, list):
        raise Refused("drawing.not_a_drawing")
    if len(strokes) > MAX_STROKES:
        raise Refused("drawing.too_many_strokes", most=MAX_STROKES)
    left = MAX_POINTS
    drawing = []
    for number, stroke in enumerate(strokes, 1):
        if not isinstance(stroke, dict) or not isinstance(stroke.get("points"), list):
            raise Refused("drawing.bad_stroke", number=number)
        left -= len(stroke["points"])
        if left < 0:
            raise Refused("drawing.too_many_points", most=MAX_POINTS)
        erase = stroke.get("erase", False)
        if not isinstance(erase, bool):
            raise Refused("drawing.bad_stroke", number=number)
        drawing.append(Stroke(_points(stroke["points"], number), _width(stroke.get("width"), number), erase))
    return drawing


def _points(rows: list[Any], number: int) -> NDArray[np.float32]:
    for row in rows:
        numbers = isinstance(row, list) and all(type(value) in (int, float) for value in row)
        if not numbers or len(row) not in (2, 3):
            raise Refused("drawing.bad_stroke", number=number)
        x, y, pressure = row if len(row) == 3 else (*row, 1.0)
        # Comparisons, not arithmetic: they hold for NaN, infinity and integers too large for a float.
        if not (-REACH <= x <= REACH and -REACH <= y <= REACH and 0 <= pressure <= 1):
            raise Refused("drawing.bad_number", number=number)
    if not rows:
        raise Refused("drawing.bad_stroke", number=number)
    points = np.array([row if len(row) == 3 else [*row, 1.0] for row in rows], np.float32)
    points[:, 2] = np.maximum(points[:, 2], 0.05)  # pens report 0 as they touch and leave the surface
    return points


def _width(value: object, number: int) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise Refused("drawing.bad_stroke", number=number)
    if not WIDTHS[0] <= value <= WIDTHS[1]:
        raise Refused("drawing.bad_width", number=number, least=WIDTHS[0], most=WIDTHS[1])
    return float(value)


def to_json(drawing: Drawing) -> dict[str, Any]:
    """What `parse` reads, with coordinates to a hundredth of a pixel."""
    return {
        "strokes": [
            {
                "points": [[round(float(value), 2) for value in point] for point in stroke.points],
                "width": round(stroke.width, 2),
                "erase": stroke.erase,
            }
            for stroke in drawing
        ]
    }


@cache
def _examples() -> dict[str, Drawing]:
    saved = json.loads(EXAMPLES.read_text("utf-8"))
    return {name: parse(drawing) for name, drawing in saved.items()}


def examples() -> dict[str, Drawing]:
    """The example drawings by name; the words for a name stand under "example.<name>"."""
    return {name: list(drawing) for name, drawing in _examples().items()}


# --- rendering ----------------------------------------------------------------------------------------------


def render(drawing: Drawing, size: int = SIDE) -> Image.Image:
    """Black on white, RGB, (size, size), antialiased; later strokes lie on top, erasing ones are white.

    Raises ValueError for a size outside 8..4096.
    """
    if not 8 <= size <= 4096:
        raise ValueError(f"size is {size}; expected 8..4096")
    finer = max(1, min(16, -(-1536 // size)))  # OpenCV's lines have whole widths: so draw large, then reduce
    sheet = np.full((size * finer, size * finer), 255, np.uint8)
    scale = size * finer / SIDE
    for stroke in drawing:
        _draw(sheet, stroke, scale)
    grey = cv2.resize(sheet, (size, size), interpolation=cv2.INTER_AREA) if finer > 1 else sheet
    return Image.fromarray(grey).convert("RGB")


def _draw(sheet: Plane, stroke: Stroke, scale: float) -> None:
    ink = 255 if stroke.erase else 0
    at = np.round(stroke.points[:, :2] * (scale * 16)).astype(np.int32)
    width = stroke.width * scale
    if len(at) == 1:
        radius = max(1, round(width * float(stroke.points[0, 2]) * 8))
        cv2.circle(sheet, (int(at[0, 0]), int(at[0, 1])), radius, ink, -1, cv2.LINE_AA, 4)
        return
    pressure = (stroke.points[1:, 2] + stroke.points[:-1, 2]) / 2
    thickness = np.maximum(1, np.round(width * pressure)).astype(int)
    changes = np.flatnonzero(np.diff(thickness)) + 1
    for start, end in zip([0, *changes], [*changes, len(thickness)], strict=True):
        cv2.polylines(sheet, [at[start : end + 1]], False, ink, int(thickness[start]), cv2.LINE_AA, 4)


# --- is it like a training drawing? -------------------------------------------------------------------------


class Finding(NamedTuple):
    """One way in which a drawing is unlike the training drawings."""

    key: str  # of the words
    details: dict[str, Any]


class Measures(NamedTuple):
    """What `inspect` compares, in pixels at 256."""

    ink: float  # share of the square that is dark, 0..1
    stroke: float  # usual width of a stroke
    long: float  # longer side of the box around the ink
    short: float  # shorter side
    x: float  # centre of that box
    y: float


# What 99 of 100 training drawings keep to, or nearly; the percentiles come from
#   python -m ganstudio.data.sketch FOLDER_OF_FACES
INK = (0.007, 0.40)
STROKE = (0.7, 8.0)
LONG = 150.0  # a whole face is at least this long; parts of a face may be smaller
CENTRE = (128.0, 128.0)
OFF = (34.0, 54.0)  # how far the centre of a whole face may be from CENTRE, across and down
WHOLE = 0.6  # shorter by longer side: from here on a drawing counts as a whole face


def measure(image: Image.Image) -> Measures | None:
    """The measures of a drawing, dark on light; None where there is no ink."""
    return _measure(_grey(image))


def _measure(grey: Plane) -> Measures | None:
    ink = (grey < INK_TONE).astype(np.uint8)
    count = int(ink.sum())
    if count < 12:
        return None
    # On the middle line of a stroke the distance to the paper is largest, about half the stroke's width.
    finer = (cv2.resize(grey, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC) < INK_TONE).astype(np.uint8)
    ridge = cv2.distanceTransform(finer, cv2.DIST_L2, 5)[_ridge(finer) > 0]
    darkness = 1 - float(np.median(grey[ink > 0])) / 255
    rows, columns = np.nonzero(ink)
    left, right = np.percentile(columns, (0.5, 99.5))  # a speck far away does not count
    top, bottom = np.percentile(rows, (0.5, 99.5))
    wide, high = float(right - left + 1), float(bottom - top + 1)
    return Measures(
        ink=count / ink.size,
        # Enlarging and the tone that counts as ink widen each line by a pixel; a faint line is a thin one.
        stroke=float(np.median(ridge) - 1) * min(1.0, 1.5 * darkness),
        long=max(wide, high),
        short=min(wide, high),
        x=float(left + right) / 2,
        y=float(top + bottom) / 2,
    )


def _grey(image: Image.Image, side: int = SIDE) -> Plane:
    """The whole picture inside a square, on its own paper: (side,side)."""
    grey = ImageOps.contain(to_rgb(image).convert("L"), (side, side), Image.Resampling.BOX)
    square = Image.new("L", (side, side), _paper(np.asarray(grey)))
    square.paste(grey, ((side - grey.width) // 2, (side - grey.height) // 2))
    return np.asarray(square)


def _paper(grey: Plane) -> int:
    """The usual tone along the border of a picture: that of the paper."""
    return int(np.median(np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])))


def inspect(image: Image.Image) -> list[Finding]:
    """In which ways a drawing is unlike what the model was trained on; an empty list when in none.

    Any mode and size; it is looked at as a 256 square. Keys: drawing.empty, inverted, too_little_ink,
    too_much_ink, too_thick, too_thin, too_small, off_centre.
    """
    grey = _grey(image)
    if _inverted(grey):
        return [Finding("drawing.inverted", {})]
    found = _measure(grey)
    if found is None:
        return [Finding("drawing.empty", {})]
    findings = []
    if found.ink < INK[0]:
        findings.append(Finding("drawing.too_little_ink", {"percent": round(100 * found.ink, 1)}))
    if found.ink > INK[1]:
        findings.append(Finding("drawing.too_much_ink", {"percent": round(100 * found.ink)}))
    elif found.stroke > STROKE[1]:
        findings.append(Finding("drawing.too_thick", {"pixels": round(found.stroke, 1)}))
    if found.stroke < STROKE[0]:
        findings.append(Finding("drawing.too_thin", {"pixels": round(found.stroke, 1)}))
    if _too_small(found):
        findings.append(Finding("drawing.too_small", {"percent": round(100 * found.long / SIDE)}))
    if _off_centre(found):
        findings.append(Finding("drawing.off_centre", {}))
    return findings


def close_up(image: Image.Image, side: int) -> Plane:
    """What is drawn and hardly any paper around it: (side,side), the darkest ink black, whatever the pen's grey.

    A drawing of any mode and size, dark on light; white where there is no ink.
    """
    grey = even_paper(_grey(image))
    rows, columns = np.nonzero(grey < INK_TONE)
    if len(rows) < 12:
        return np.full((side, side), 255, np.uint8)
    left, right = np.percentile(columns, (0.5, 99.5))  # a speck far away does not count
    top, bottom = np.percentile(rows, (0.5, 99.5))
    reach = 0.56 * float(max(right - left, bottom - top) + 1)  # from the middle: a little paper all around
    x, y, scale = (left + right) / 2, (top + bottom) / 2, side / (2 * reach)
    blur = 0.4 / scale  # enlarging and reducing alike, by one warp
    ink = cv2.GaussianBlur(255 - grey, (0, 0), blur) if blur > 0.5 else 255 - grey
    matrix = np.array([[scale, 0, side / 2 - scale * x], [0, scale, side / 2 - scale * y]], np.float64)
    small = cv2.warpAffine(ink, matrix, (side, side), flags=cv2.INTER_LINEAR, borderValue=0).astype(np.float32)
    inked = small[small > 16]
    darkest = float(np.percentile(inked, 90)) if len(inked) else 255.0
    return (255 - np.clip(small * (255 / max(darkest, 64.0)), 0, 255)).astype(np.uint8)


def _inverted(grey: Plane) -> bool:
    """Light lines on a dark ground."""
    return _paper(grey) < 110 and float((grey < 128).mean()) > 0.5


def _too_small(found: Measures) -> bool:
    return found.long < LONG and found.short > WHOLE * found.long


def _off_centre(found: Measures) -> bool:
    far = abs(found.x - CENTRE[0]) > OFF[0] or abs(found.y - CENTRE[1]) > OFF[1]
    return far and found.short > WHOLE * found.long


# --- bringing it near ---------------------------------------------------------------------------------------

USUAL_LONG = 208.0  # the longer side of a whole drawing
USUAL_STROKE = 2.5


def _placement(found: Measures) -> tuple[float, float, float] | None:
    """Scale and shift (x, y) that bring a drawing to the usual place; None when it is near enough."""
    if not (_too_small(found) or _off_centre(found)):
        return None
    scale = min(USUAL_LONG / found.long, 6.0)
    return scale, CENTRE[0] - scale * found.x, CENTRE[1] - scale * found.y


def normalise(drawing: Drawing) -> Drawing:
    """The drawing in the middle, as large as a face should be, in usual strokes; as it is where it is so.

    Every stroke stays a stroke, so it can be undone and edited on.
    """
    found = measure(render(drawing))
    if found is None:
        return list(drawing)
    scale, right, down = _placement(found) or (1.0, 0.0, 0.0)
    widths = [stroke.width * float(stroke.points[:, 2].mean()) for stroke in drawing if not stroke.erase]
    usual = float(np.median(widths))
    thicker = 1.0 if 1.2 <= usual <= 0.75 * STROKE[1] else USUAL_STROKE / usual
    changed = []
    for stroke in drawing:
        points = stroke.points.copy()
        points[:, :2] = np.clip(points[:, :2] * scale + [right, down], -REACH, REACH)
        # An eraser must go on covering what it covered, so it grows with the drawing.
        width = stroke.width * (scale if stroke.erase else thicker)
        changed.append(Stroke(points, float(np.clip(width, *WIDTHS)), stroke.erase))
    return changed


def normalise_image(image: Image.Image) -> Image.Image:
    """The same for a drawing in pixels, even a photographed sheet: (256,256) RGB, dark on white paper."""
    fine = _grey(image, 4 * SIDE)
    if _inverted(fine):
        fine = 255 - fine
    fine = even_paper(fine)
    grey = cv2.resize(fine, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    found = _measure(grey)
    placement = _placement(found) if found else None
    if placement is not None:
        scale, right, down = placement
        matrix = np.array([[scale, 0, 4 * right], [0, scale, 4 * down]], np.float64)
        fine = cv2.warpAffine(fine, matrix, (4 * SIDE, 4 * SIDE), flags=cv2.INTER_LINEAR, borderValue=255)
        grey = cv2.resize(fine, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        found = _measure(grey)
    if found is not None:
        grey = _usual_strokes(grey, found.stroke)
    return Image.fromarray(grey).convert("RGB")


def even_paper(grey: Plane) -> Plane:
    """White paper and dark ink from a sheet in uneven light, (H,W) to (H,W); a clean drawing stays."""
    if _paper(grey) >= 248:
        return grey
    reach = max(3, grey.shape[0] // 12) | 1
    paper = cv2.GaussianBlur(cv2.dilate(grey, np.ones((reach, reach), np.uint8)), (0, 0), reach / 2)
    share = grey.astype(np.float32) / np.maximum(paper, 1)
    return (255 * np.clip((share - 0.5) / 0.36, 0, 1)).astype(np.uint8)


def _usual_strokes(grey: Plane, width: float) -> Plane:
    """A (256,256) drawing whose strokes are `width` pixels wide, thinned or thickened to the usual width."""
    if width < 1.2:
        return cv2.erode(grey, np.ones((2, 2), np.uint8))
    if width <= 0.75 * STROKE[1]:
        return grey
    reach = max(1, round((width - USUAL_STROKE) / 2))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    thinned = cv2.dilate(grey, kernel)
    # What was thin before would be gone: its middle line stays.
    middle = cv2.dilate(_ridge((grey < INK_TONE).astype(np.uint8)), np.ones((2, 2), np.uint8))
    return np.minimum(thinned, 255 - 255 * middle)


def _ridge(ink: Plane) -> Plane:
    """Roughly the middle lines of (H,W) ink of 0 and 1: where the paper is farther than from all around."""
    distance = cv2.distanceTransform(ink, cv2.DIST_L2, 5)
    return ((distance > 0) & (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8)))).astype(np.uint8)

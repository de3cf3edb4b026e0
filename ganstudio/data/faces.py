"""Faces for the icon model: found by a cascade, cut out as a square, turned.

A cascade (Viola and Jones, "Rapid Object Detection using a Boosted Cascade of Simple Features", CVPR 2001) slides a
window over the picture at many sizes and gives each place up at the first stage that says no. OpenCV brings one for
photographs. Drawn characters need another one: a file that the user names, or the one that `cascade.fetch_cascade`
fetches.
"""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import Literal, NamedTuple

import cv2
import numpy as np
from PIL import Image, ImageChops

from ganstudio.data.cascade import load, photographs
from ganstudio.data.pokedex import safe
from ganstudio.words import Refused

Box = tuple[float, float, float, float]  # left, top, right, bottom in pixels; may exceed the picture

WAYS = ("face", "center", "none")
MAX_MARGIN = 2.0
MAX_TILT = 45.0  # degrees
TINY = 32  # pixels; a face narrower than that has too little to translate
MAX_CROP = 4096  # pixels

_LONGEST = 640  # pixels of the longer side while searching; the least face is then a 27th of it
_LEAST = 24  # pixels; the side of the cascades' own windows
_STEP = 1.1  # from one size of the window to the next
_NEIGHBOURS = 5  # windows that must agree on a face; one picture in twenty without a face still has one
_MAX_WINDOWS = 20_000  # a photograph has a few hundred; grouping them takes their square
_AROUND = 0.15  # of the longer side, added on every side, so that a face cut by the border is found
_SHIFT = 0.3  # of the margin: a cascade's box reaches from brow to chin, and hair is above

_PLAIN = 245  # the least level of a white ground; JPEG makes it uneven
_PLAIN_SHARE = 0.6  # of the border that is ground where the picture has a plain one; a bust crosses the lower edge
_FILLED = 0.8  # share of the square that a drawn head fills, hair and all; the median of bigEars avatars is 0.81


class Face(NamedTuple):
    box: Box
    how: Literal["face", "centre", "whole"]  # found by a cascade; `centre`; the whole picture

    @property
    def side(self) -> float:
        """The longer side in pixels."""
        return max(self.box[2] - self.box[0], self.box[3] - self.box[1])


class Prepared(NamedTuple):
    picture: Image.Image  # square, RGB or RGBA
    face: Face
    found: int  # faces in the picture; 0 where none was looked for

    @property
    def tiny(self) -> bool:
        """Whether there are so few pixels that the caller ought to say so."""
        return self.face.side < TINY


def prepare(
    picture: Image.Image,
    way: str = "face",
    cascade: Path | None = None,
    margin: float = 0.3,
    tilt: float = 0.0,
    size: int | None = None,
) -> Prepared:
    """The picture as the icon model wants it, by one of WAYS: its largest face, its centre, or all of it.

    A face's square stays in the picture: at its border it moves, and of a tight portrait it is all of it, since a
    white frame is nothing that a model of photographs knows. `margin` counts for faces alone. Otherwise as `crop` and
    `find_faces`. Raises Refused ("faces.none") where there is no face.
    """
    found = 0
    if way == "face":
        faces = find_faces(picture, cascade)
        if not faces:
            raise Refused("faces.none")
        face, found = faces[0], len(faces)
        square = square_around(face.box, margin, picture.size)
    elif way == "center":
        face = centre(picture)
        square = face.box
    elif way == "none":
        face = Face((0.0, 0.0, float(picture.width), float(picture.height)), "whole")
        square = face.box
    else:
        raise ValueError(f"unknown way {way!r}; expected one of {', '.join(WAYS)}")
    return Prepared(crop(picture, square, 0.0, tilt, size), face, found)


# --- the table of many --------------------------------------------------------------------------------------


class Table:
    """What was made of many pictures: the files' names, each of them once, and where its face was."""

    def __init__(self) -> None:
        self.rows: list[tuple[str | int, ...]] = []
        self.several = 0  # pictures of more than one face
        self._taken: set[str] = set()

    def add(self, source: str, made: Prepared) -> str:
        """The name of the file to write: the source's, numbered where there is one of that name."""
        stem = Path(source).stem
        file, count = f"{stem}.png", 1
        while file.casefold() in self._taken:  # as systems do that know no upper case
            count += 1
            file = f"{stem}-{count}.png"
        self._taken.add(file.casefold())
        self.several += made.found > 1
        corners = (f"{corner:.1f}" for corner in made.face.box)
        self.rows.append((safe(file), safe(source), made.found, *corners, made.face.how))
        return file

    def csv(self) -> bytes:
        """UTF-8, a row for each file, boxes in the source's pixels."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(("file", "source", "faces", "left", "top", "right", "bottom", "how"))
        writer.writerows(self.rows)
        return text.getvalue().encode("utf-8", "replace")  # a file's name may be no UTF-8


# --- finding ------------------------------------------------------------------------------------------------


def find_faces(picture: Image.Image, cascade: Path | None = None) -> list[Face]:
    """The faces in the picture, the largest first; [] where there is none.

    `cascade` is an XML file of OpenCV's, from whomever; None stands for OpenCV's own frontal faces of photographs.
    Faces below a 27th of the picture's longer side, or below 24 pixels, are not found. Raises Refused ("faces.*")
    for a file that is no cascade, and for one that finds something everywhere.
    """
    classifier = load(cascade) if cascade else photographs()
    scale = min(1.0, _LONGEST / max(picture.size))
    grey = np.asarray(_grey(picture, scale))
    around = round(_AROUND * max(grey.shape))
    wide = cv2.copyMakeBorder(grey, around, around, around, around, cv2.BORDER_REPLICATE)
    # 0: every window, ungrouped, since grouping those of a cascade that says yes to everything would never end.
    windows = classifier.detectMultiScale(wide, _STEP, 0, minSize=(_LEAST, _LEAST))
    if len(windows) > _MAX_WINDOWS:
        raise Refused("faces.everywhere", file=cascade.name if cascade else "-")
    boxes, _ = cv2.groupRectangles([tuple(map(int, window)) for window in windows], _NEIGHBOURS, 0.2)
    faces = []
    for left, top, width, height in boxes:
        x, y = int(left) - around, int(top) - around
        faces.append(Face((x / scale, y / scale, (x + int(width)) / scale, (y + int(height)) / scale), "face"))
    return sorted(faces, key=lambda face: face.side, reverse=True)


def _grey(picture: Image.Image, scale: float) -> Image.Image:
    """Grey at `scale`, transparency laid on white."""
    if scale < 1:
        size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
        picture = picture.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    return _on_white(picture).convert("L")


def _on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    picture = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")


def centre(picture: Image.Image) -> Face:
    """A square around what is drawn, or the largest in the middle where there is no white or transparent ground.

    What is drawn fills 80 % of it, as heads fill avatars; it is no larger than the picture's longer side and leaves
    the picture only where that is narrower.
    """
    width, height = picture.size
    side, x, y = float(min(width, height)), width / 2, height / 2
    drawn = _drawn(picture)
    rows, columns = np.flatnonzero(drawn.any(1)), np.flatnonzero(drawn.any(0))
    if len(rows) and _bordered(drawn):
        content = max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1
        side = min(float(content) / _FILLED, float(max(width, height)))
        x, y = float(columns[0] + columns[-1] + 1) / 2, float(rows[0] + rows[-1] + 1) / 2
    left, top = (_inside(middle, side, length) for middle, length in ((x, width), (y, height)))
    return Face((left, top, left + side, top + side), "centre")


def _inside(middle: float, side: float, length: int) -> float:
    """Where a side around `middle` begins, moved into 0..length where it fits in there."""
    return min(max(middle - side / 2, 0.0), length - side) if side <= length else middle - side / 2


def _drawn(picture: Image.Image) -> np.ndarray:
    """(H,W) bool: what stands out from a transparent ground, where there is one, or from a white one."""
    if picture.has_transparency_data:
        solid = np.asarray(picture.convert("RGBA").getchannel("A")) > 255 - _PLAIN
        if _bordered(solid):
            return solid
    red, green, blue = _on_white(picture).split()
    return np.asarray(ImageChops.darker(ImageChops.darker(red, green), blue)) < _PLAIN


def _bordered(drawn: np.ndarray) -> bool:
    """Whether most of the picture's border is ground."""
    edge = np.concatenate([drawn[0], drawn[-1], drawn[:, 0], drawn[:, -1]])
    return bool(edge.mean() <= 1 - _PLAIN_SHARE)


# --- cutting out --------------------------------------------------------------------------------------------


def crop(
    picture: Image.Image, box: Box, margin: float = 0.3, tilt: float = 0.0, size: int | None = None
) -> Image.Image:
    """A square around the box, with `margin` times its longer side added on each side, a little more above.

    Turned by `tilt` degrees (-45..45, clockwise) about the square's centre. What lies beyond the picture is white,
    or transparent where the picture is RGBA. `size` is the result's side in pixels; None keeps the picture's own
    pixels, up to MAX_CROP, and without a tilt exactly. Raises ValueError for numbers out of range.
    """
    if not (all(map(math.isfinite, box)) and box[2] > box[0] and box[3] > box[1]):
        raise ValueError(f"{box} is no box")
    if not 0 <= margin <= MAX_MARGIN or not -MAX_TILT <= tilt <= MAX_TILT or (size is not None and size < 1):
        raise ValueError(f"margin {margin}, tilt {tilt} or size {size} is out of range")
    if picture.mode not in ("RGB", "RGBA"):
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    x, y, side = _around(box, margin)
    if size is None:
        size = max(1, min(round(side), MAX_CROP))
        if size < MAX_CROP:  # whole pixels, or copying them would blur them
            x, y, side = round(x - size / 2) + size / 2, round(y - size / 2) + size / 2, float(size)
    return _turned(picture, x, y, side, tilt, size) if tilt else _upright(picture, x, y, side, size)


def square_around(box: Box, margin: float, size: tuple[int, int]) -> Box:
    """The square that `crop` cuts out, but no larger than the picture, unless the face is, and moved into it.

    `size` is the picture's, in pixels.
    """
    x, y, side = _around(box, margin)
    side = min(side, max(box[2] - box[0], box[3] - box[1], float(min(size))))
    left, top = _inside(x, side, size[0]), _inside(y, side, size[1])
    return left, top, left + side, top + side


def _around(box: Box, margin: float) -> tuple[float, float, float]:
    """The middle and the side of the square around a box with its margin."""
    longer = max(box[2] - box[0], box[3] - box[1])
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2 - _SHIFT * margin * longer, longer * (1 + 2 * margin)


def _upright(picture: Image.Image, x: float, y: float, side: float, size: int) -> Image.Image:
    """The square of `side` pixels around (x, y) as `size` pixels."""
    square = _blank(picture.mode, (size, size))
    scale = size / side
    left, top = x - side / 2, y - side / 2
    # Whole pixels of the result, and the part of the picture that they show.
    across = _span(left, scale, size, picture.width)
    down = _span(top, scale, size, picture.height)
    if across[0] < across[1] and down[0] < down[1]:
        shown = _within(left, across, scale, picture.width), _within(top, down, scale, picture.height)
        part = (shown[0][0], shown[1][0], shown[0][1], shown[1][1])
        if scale == 1 and left.is_integer() and top.is_integer():  # a filter would round what is half transparent
            whole = round(part[0]), round(part[1]), round(part[2]), round(part[3])
            square.paste(picture.crop(whole), (across[0], down[0]))
            return square
        extent = (across[1] - across[0], down[1] - down[0])
        method = Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.BICUBIC
        square.paste(picture.resize(extent, method, part, reducing_gap=3.0), (across[0], down[0]))
    return square


def _span(start: float, scale: float, size: int, length: int) -> tuple[int, int]:
    """The first and the last pixel + 1 of the result that lie in the picture, along one side."""
    return max(0, round(-start * scale)), min(size, round((length - start) * scale))


def _within(start: float, span: tuple[int, int], scale: float, length: int) -> tuple[float, float]:
    """Those pixels as a part of the picture, along one side."""
    return min(max(start + span[0] / scale, 0.0), length - 1e-3), min(start + span[1] / scale, float(length))


def _turned(picture: Image.Image, x: float, y: float, side: float, tilt: float, size: int) -> Image.Image:
    """As `_upright`, turned clockwise. One bicubic map from the picture's own pixels, which shrinking filters first."""
    angle = math.radians(tilt)
    cosine, sine = math.cos(angle), math.sin(angle)
    # The turned square's, and three pixels of the result around it, which the filter sees.
    reach = side / 2 * (abs(cosine) + abs(sine)) + 3 * max(1.0, side / size)
    left, top = max(0, math.floor(x - reach)), max(0, math.floor(y - reach))
    right, bottom = min(picture.width, math.ceil(x + reach)), min(picture.height, math.ceil(y + reach))
    if left >= right or top >= bottom:
        return _blank(picture.mode, (size, size))
    part = picture.crop((left, top, right, bottom))
    if size < side:
        shrunk = [max(1, math.ceil(length * size / side)) for length in part.size]
        part = part.resize((shrunk[0], shrunk[1]), Image.Resampling.LANCZOS, reducing_gap=3.0)
    across, down = part.width / (right - left), part.height / (bottom - top)
    # The border that is cut by the square shall be as smooth as what is in the picture.
    framed = _blank(picture.mode, (part.width + 4, part.height + 4))
    framed.paste(part, (2, 2))
    step = side / size
    # A pixel of the result (u, v), in the middle of which Pillow asks, comes from this one of the part.
    matrix = (
        across * step * cosine,
        across * step * sine,
        across * (x - left - side / 2 * (cosine + sine)) + 2,
        -down * step * sine,
        down * step * cosine,
        down * (y - top - side / 2 * (cosine - sine)) + 2,
    )
    fill = None if picture.mode == "RGBA" else (255, 255, 255)
    return framed.transform((size, size), Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC, fillcolor=fill)


def _blank(mode: str, size: tuple[int, int]) -> Image.Image:
    return Image.new(mode, size, (255, 255, 255) if mode == "RGB" else (0, 0, 0, 0))

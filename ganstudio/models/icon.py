"""A picture of a character made an icon, or an icon a character: cut out, turned, translated, finished.

For models that redraw, as a U-GAT-IT does. They learn from heads that fill their square, so what is cut out matters
more than for any other model here; and an icon is wanted in many sizes, on white, on nothing, or on a disc of a colour.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np
from PIL import Image

from ganstudio.analysis.flat import flatten
from ganstudio.data import faces
from ganstudio.data.faces import MAX_TILT, TINY, Box
from ganstudio.images import to_rgb
from ganstudio.models import heads
from ganstudio.words import Refused

if TYPE_CHECKING:
    from ganstudio.models.engine import Model

PURPOSE = "redraw"  # of models that make icons
WAYS = ("auto", *faces.WAYS)
SIZES = (48, 64, 96, 128, 192, 256, 512)  # those that are offered; any between the first and the last may be had
BACKGROUNDS = ("white", "transparent")  # or a colour
MARGIN = 0.3  # of a face's longer side, added on every side: what `prepare faces` takes
MAX_MARGIN = 1.0
MAX_CROP = 512  # pixels a side that are kept of what was cut out; the networks see at most that
LEAST_BOX, FARTHEST = 8.0, 4.0  # pixels of a box, and how often the picture's longer side it may be away or long

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_EDGE = 0.02  # of a face's side: so near the picture's border it is probably cut by it
_GROUND, _GROUND_SHARE = 245, 0.9  # the least level of a plain white ground, and the share of the border that is such
_FILLED = 0.94  # of a disc's radius that a figure on it may take
_WHITE = 245  # the least level of white around the figure, in the network's own pixels
_CRUMB = 0.02  # of the largest part's area, below which another one is a crumb


class Note(NamedTuple):
    """Something that the person ought to know: a key of the words, and what to fill in."""

    key: str
    details: dict[str, Any]


@dataclass(frozen=True)
class Chosen:
    """What of a picture is cut out: a square in its pixels, before it is turned; it may exceed the picture."""

    box: Box
    found: int | None = None  # faces; None where none was looked for
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Made:
    """What became of a picture."""

    chosen: Chosen
    cropped: Image.Image  # square, RGB, transparency laid on white; what the network was given
    raw: Image.Image  # the network's own output, size x size
    picture: Image.Image  # finished: RGB on white, else RGBA
    settings: dict[str, Any] = field(default_factory=dict)  # to, tilt, flat, size, background, alone: for the PNG


def make(
    model: Model,
    picture: Image.Image,
    *,
    to: str | None = None,
    crop: str | Box = "auto",
    tilt: float = 0.0,
    margin: float = MARGIN,
    cascade: Path | None = None,
    flat: bool | None = None,
    size: int = 256,
    background: str = "white",
    alone: bool = True,
) -> Made:
    """The picture turned into `to`, one of the model's targets; None is the second, the icon.

    `crop` is one of WAYS or a square of the picture's pixels, `margin` and `cascade` are as `choose` takes them;
    `tilt` turns what is cut out clockwise, in degrees. `alone` leaves a ground that is not plain out, where the model
    knows faces. The rest is as `finish` takes it; `flat` None cleans the colours of icons alone. Raises Refused.
    """
    to = checked_target(model, to)
    check(tilt, margin, size, background)
    chosen, cropped = taken(picture, crop, tilt, margin, cascade, of_faces=model.of_faces, alone=alone)
    raw = model.translate(cropped, to=to, keep_size=False)
    flat = to == model.targets[-1] if flat is None else flat
    settings = {"to": to, "tilt": tilt, "flat": flat, "size": size, "background": background}
    settings |= {"alone": True} if model.of_faces and alone else {}
    return Made(chosen, cropped, raw, finish(raw, flat=flat, size=size, background=background), settings)


# --- what may be asked for --------------------------------------------------------------------------------


def checked_target(model: Model, to: object) -> str:
    """`to`, the second target where it is None or empty; raises Refused, also for models that are no ugatit."""
    if model.purpose != PURPOSE:
        raise Refused("icon.model", model=model.name)
    if to in (None, ""):
        return model.targets[-1]
    if not isinstance(to, str) or len(to) > 100:
        raise Refused("engine.to", model=model.name, to="-", known=", ".join(model.targets))
    model.check(to)
    return to


def check(tilt: object, margin: object, size: object, background: object) -> None:
    """Raises Refused for what is out of bounds, or no number or colour at all."""
    for name, value, low, high in (("tilt", tilt, 0, MAX_TILT), ("margin", margin, 0, MAX_MARGIN)):
        if not _is_number(value) or not low <= float(str(value)) <= high:
            raise Refused(f"icon.{name}", low=low, high=f"{high:g}")
    if isinstance(size, bool) or not isinstance(size, int) or not SIZES[0] <= size <= SIZES[-1]:
        raise Refused("icon.size", low=SIZES[0], high=SIZES[-1])
    if not isinstance(background, str) or (background not in BACKGROUNDS and not _COLOUR.fullmatch(background)):
        raise Refused("icon.background")


def _is_number(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, int | float) and math.isfinite(value)


def checked_box(picture: Image.Image, box: object) -> Box:
    """A square of the picture's pixels from four numbers; raises Refused for anything else, and for far-off ones."""
    if not isinstance(box, list | tuple) or len(box) != 4 or not all(map(_is_number, box)):
        raise Refused("icon.box")
    left, top, right, bottom = map(float, box)
    limit = FARTHEST * max(picture.size)
    side = right - left
    if not (LEAST_BOX <= side <= limit and abs(side - (bottom - top)) <= 1 and max(map(abs, (left, top))) <= limit):
        raise Refused("icon.box")
    return left, top, right, bottom


# --- what is cut out --------------------------------------------------------------------------------------


def choose(
    picture: Image.Image, crop: str | Box = "auto", margin: float = MARGIN, cascade: Path | None = None
) -> Chosen:
    """The square to cut out of an RGB or RGBA picture, by one of WAYS or as given.

    auto: around what is drawn on a plain ground, else as face. face: the largest face, with `margin` times its side
    around it as far as the picture reaches, or as center, and a note, where `cascade` (None: OpenCV's own for
    photographs) finds none. center: around what is drawn, or the largest square in the middle. none: all of it.
    Raises Refused for a file that is no cascade, and a square that is none.
    """
    if not isinstance(crop, str):
        return Chosen(checked_box(picture, crop))
    if crop not in WAYS:
        raise Refused("config.choice", name="crop", value=repr(crop), choices=", ".join(WAYS))
    if crop == "none":
        half, x, y = max(picture.size) / 2, picture.width / 2, picture.height / 2
        return Chosen((x - half, y - half, x + half, y + half))
    if crop == "center" or (crop == "auto" and cascade is None and _on_plain_ground(picture)):
        return Chosen(faces.centre(picture).box)
    found = faces.find_faces(picture, cascade)
    if not found:
        return Chosen(faces.centre(picture).box, 0, (Note("icon.no_face", {}),))
    face = found[0]
    notes = [Note("icon.many_faces", {"count": len(found)})] if len(found) > 1 else []
    if face.side < TINY:
        notes.append(Note("faces.tiny", {"side": round(face.side)}))
    near = _EDGE * face.side
    left, top, right, bottom = face.box
    if min(left, top, picture.width - right, picture.height - bottom) < near:
        notes.append(Note("icon.border", {}))
    return Chosen(faces.square_around(face.box, margin, picture.size), len(found), tuple(notes))


def cut_out(picture: Image.Image, box: Box, tilt: float = 0.0) -> Image.Image:
    """The box as a square RGB picture of at most MAX_CROP pixels a side, turned clockwise by `tilt` degrees."""
    side = max(1, min(round(box[2] - box[0]), MAX_CROP))
    return to_rgb(faces.crop(picture, box, 0.0, tilt, side))


def taken(
    picture: Image.Image,
    crop: str | Box,
    tilt: float = 0.0,
    margin: float = MARGIN,
    cascade: Path | None = None,
    *,
    of_faces: bool = False,
    alone: bool = True,
    noted: bool = True,
) -> tuple[Chosen, Image.Image]:
    """What a network is given of a picture, see `choose` and `cut_out`. For a model `of_faces` a head is looked for in
    it, if it is to be `noted` that there is none, and with `alone` a ground that is not plain is left out."""
    chosen = choose(picture, crop, margin, cascade)
    cropped = cut_out(picture, chosen.box, tilt)
    if not of_faces:
        return chosen, cropped
    chosen = looked_at(chosen, cropped) if noted else chosen
    return chosen, without_ground(cropped) if alone else cropped


def looked_at(chosen: Chosen, cropped: Image.Image) -> Chosen:
    """The same, with a note where what was cut out shows no head, drawn or photographed.

    What finds faces knows photographs alone: that it found none says nothing where there is a head all the same.
    """
    notes = tuple(note for note in chosen.notes if note.key != "icon.no_face")
    return replace(chosen, notes=(*notes, Note("icon.no_head", {})) if heads.no_head(cropped) else notes)


def without_ground(cropped: Image.Image) -> Image.Image:
    """The person on white, where the ground of a square RGB picture is not plain already."""
    levels = np.asarray(cropped.resize((64, 64), Image.Resampling.BOX))
    # Shoulders may reach the lower border.
    around = np.concatenate([levels[0], levels[:32, 0], levels[:32, -1]])
    return cropped if (around.min(axis=1) >= _GROUND).mean() >= _GROUND_SHARE else heads.alone(cropped)


def _on_plain_ground(picture: Image.Image) -> bool:
    """Whether nearly all of the border is white or transparent, as around a drawn head and not around a photograph."""
    small = picture.convert("RGBA").resize((64, 64), Image.Resampling.BOX)
    levels = np.asarray(small)
    edge = np.concatenate([levels[0], levels[-1], levels[1:-1, 0], levels[1:-1, -1]])  # (E,4)
    ground = (edge[:, :3].min(1) >= _GROUND) | (edge[:, 3] <= 255 - _GROUND)
    return bool(ground.mean() >= _GROUND_SHARE)


# --- what comes out ---------------------------------------------------------------------------------------


def finish(raw: Image.Image, *, flat: bool = True, size: int = 256, background: str = "white") -> Image.Image:
    """The network's square RGB output as `size` x `size` pixels: RGB on white, else RGBA.

    `flat` draws its flat colours anew with crisp edges, and leaves out crumbs around the figure; without it they are
    the network's own pixels, resized.
    transparent: the white around the figure becomes so, white inside it (eyes, teeth) stays. "#rrggbb": the figure on
    a disc of that colour, made smaller where it would not fit on it.
    """
    raw = _without_crumbs(raw) if flat else raw
    if background == "white":
        return flatten(raw, size) if flat else _resized(raw, size)
    whole = flatten(raw, raw.width, cut=True) if flat else _cut(raw)
    inner = size if background == "transparent" else round(size * _fitting(whole))
    figure = flatten(raw, inner, cut=True) if flat else _resized(whole, inner)
    if background == "transparent":
        return figure
    disc = _disc(size, background)
    disc.alpha_composite(figure, ((size - inner) // 2, (size - inner) // 2))
    return disc


def _without_crumbs(raw: Image.Image) -> Image.Image:
    """The picture without what lies beside its largest part on the white, and is far smaller."""
    levels = np.array(raw)
    count, of, about, _ = cv2.connectedComponentsWithStats((levels.min(axis=2) < _WHITE).astype(np.uint8))
    areas = about[1:, cv2.CC_STAT_AREA]
    crumbs = [number for number in range(1, count) if areas[number - 1] < _CRUMB * areas.max()]
    levels[np.isin(of, crumbs)] = 255
    return Image.fromarray(levels)


def _resized(picture: Image.Image, size: int) -> Image.Image:
    method = Image.Resampling.LANCZOS if size < picture.width else Image.Resampling.BICUBIC
    if picture.mode == "RGBA":  # multiplied by their alpha, or what cannot be seen would lend its colour
        return picture.convert("RGBa").resize((size, size), method).convert("RGBA")
    return picture.resize((size, size), method)


def _cut(raw: Image.Image) -> Image.Image:
    """RGBA: the white joined to the border transparent, and the pixels beside it as far as they are mixed with white.

    Laid on white, it is the picture again.
    """

    levels = np.asarray(raw).astype(np.float32)  # (n,n,3)
    white = (levels.min(2) >= _WHITE).astype(np.uint8)
    framed = cv2.copyMakeBorder(white, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    cv2.floodFill(framed, None, (0, 0), 2)
    outside = (framed == 2).astype(np.uint8)
    beside = cv2.dilate(outside, np.ones((5, 5), np.uint8))[1:-1, 1:-1].astype(bool)
    outside_here = outside[1:-1, 1:-1].astype(bool)
    colour = 255 - levels.min(2)  # how far from white
    fullest = cv2.dilate(colour, np.ones((5, 5), np.uint8)).clip(1)
    alpha = np.where(beside, colour / fullest, 1.0)
    alpha[outside_here] = 0
    own = 255 - (255 - levels) / alpha.clip(1e-3)[..., None]
    rgba = np.concatenate([np.where(outside_here[..., None], 255, own), 255 * alpha[..., None]], 2)
    return Image.fromarray(np.rint(rgba).clip(0, 255).astype(np.uint8))


def _fitting(figure: Image.Image) -> float:
    """The scale, at most 1, at which a figure lies inside the disc around its picture's middle."""
    rows, columns = np.nonzero(np.asarray(figure)[..., 3] > 127)
    if not len(rows):
        return 1.0
    middle = (figure.width - 1) / 2
    reach = float(np.hypot(rows - middle, columns - middle).max()) + 0.5
    return min(1.0, _FILLED * figure.width / 2 / reach)


def _disc(size: int, colour: str) -> Image.Image:
    """A disc that fills the square, RGBA, with a smooth edge."""
    x = np.arange(size) + 0.5 - size / 2
    distance = np.hypot(x[:, None], x[None])
    disc = Image.new("RGB", (size, size), colour)
    disc.putalpha(Image.fromarray(np.rint(255 * (size / 2 - distance + 0.5).clip(0, 1)).astype(np.uint8)))
    return disc


def back(model: Model, raw: Image.Image, to: str) -> Image.Image:
    """The network's output for the other direction, from `raw`, which was made with `to`: size x size RGB."""
    return model.translate(raw, to=next(each for each in model.targets if each != to), keep_size=False)

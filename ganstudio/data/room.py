"""More room around a portrait: what its frame cuts off is continued, so that faces can be smaller in their pictures.

Aligned portraits fill their frame: the hair is cut at the top, the neck at the bottom. People draw a face in the
middle of the sheet. A model that has only seen the border's pixels repeated gives such a face a flat head on a column.
So hair is closed by the arc of a skull, a neck goes into a collar, shoulders slope down, and the backdrop goes on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ganstudio.data.trace import KINDS, SIDE, Lines, Points

Pixels = NDArray[np.uint8]  # (H,W,3), RGB
Levels = NDArray[np.float32]

_UNLIKE = 45  # levels of 255 by which a pixel is no backdrop
_LEAST = 16  # pixels of a row that are not backdrop, for there to be hair to close
_SKULL = (98.0, 84.0)  # half axes of a head with its hair, pixels of an aligned portrait
_CAP = 58.0  # pixels that hair may go on for
_TUFT = 7  # rows of hair at the edge that are mirrored, again and again
_BELOW = 64.0  # pixels below the frame that can be made up
_SLOPE = 1.4  # of shoulders: pixels outwards a pixel down
_EDGE_ROWS = 4
_TOO_WIDE = 215  # pixels: no head, but a dark ground
_SOFT = 7.0  # pixels, by which a backdrop that goes on is blurred
_SKIN = 55  # levels of 255 by which skin differs from the cheeks', at most
_NECK = 50  # pixels from the middle, at most
_GAP = 8  # pixels of backdrop's colour between two parts of a person
_CLOTHS = ((42, 46, 58), (122, 128, 138), (214, 214, 212), (66, 86, 116), (112, 66, 66), (84, 98, 84))
_CHEEKS = (np.s_[150:170, 84:106], np.s_[150:170, 150:172])


class Room(NamedTuple):
    """Pixels added on each side of a portrait of SIDE x SIDE."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def scale(self) -> float:
        """How much smaller the face becomes."""
        return SIDE / (SIDE + self.left + self.right)


def random_room(shrink: float, rng: np.random.Generator) -> Room:
    """Room for a face up to `shrink` (0..1) smaller; more above than below, as below it there is only cloth."""
    extra = round(SIDE / (1 - rng.uniform(0.02, max(0.02, shrink))) - SIDE)
    left = round(extra * float(rng.uniform(0.2, 0.8)))
    bottom = round(min(_BELOW, extra) * float(rng.uniform(0, 1)))
    return Room(left, extra - bottom, extra - left, bottom)


def widened(photo: Pixels, room: Room) -> tuple[Pixels, list[Points]]:
    """The portrait (SIDE,SIDE,3) with more room, square, and the lines that were made up, in the portrait's pixels:
    the arc of its hair, and its shoulders."""
    levels = photo.astype(np.float32)
    corners = [np.median(part, axis=(0, 1)) for part in (levels[:8, :8], levels[:8, -8:])]  # (3,) each
    lines: list[Points] = []
    wide = _sides(levels, corners, room)
    top, arc = _above(levels, corners, wide.shape[1], room)
    if arc is not None:
        lines.append(arc)
    below, shoulders = _beneath(levels, wide, corners, room)
    lines += shoulders
    return np.concatenate([top, wide, below]).clip(0, 255).astype(np.uint8), lines


def with_room(photo: Pixels, lines: Lines, size: int, room: Room) -> tuple[Pixels, Lines]:
    """A traced portrait (SIDE,SIDE,3) and its lines, the face smaller: `size` x `size`, and where the lines are then.

    The pen's width is not the face's: it stays. `lines` must be of a portrait in its place (`place` is (1, 0, 0)).
    """
    wide, added = widened(photo, room)
    scale = room.scale
    square = cv2.resize(wide, (size, size), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(cv2.resize(wide, (SIDE, SIDE), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    parts = dict(lines.parts)
    arc = next((line for line in added if line[:, 1].max() < 1), None)
    if arc is not None:
        for name, part in parts.items():
            if name.startswith(("outline", "hair")):
                parts[name] = _lifted(part, arc)
    for k, line in enumerate(line for line in added if line is not arc):
        parts[f"outline_below{k}"] = line
    points = [lines.points, *(np.round(line * 16).astype(np.int16) for line in added)]
    ends = np.concatenate([lines.ends, lines.ends[-1] + np.cumsum([len(line) for line in added])])
    return square.astype(np.uint8), replace(
        lines,
        grey=cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes(),
        points=np.concatenate(points),
        ends=ends.astype(np.int32),
        kinds=np.append(lines.kinds, [KINDS.index("contour")] * len(added)).astype(lines.kinds.dtype),
        strengths=np.append(lines.strengths, [0.8] * len(added)).astype(np.float32),
        parts=parts,
        place=(scale, room.left * scale, room.top * scale),
    )


def with_room_drawn(drawing: Pixels, photo: Pixels, size: int, room: Room) -> tuple[Pixels, Pixels]:
    """A portrait and the drawing of it, both (SIDE,SIDE,3), the face smaller: `size` x `size`, the paper white."""
    wide, _ = widened(photo, room)
    border = ((room.top, room.bottom), (room.left, room.right), (0, 0))
    paper = np.pad(drawing, border, mode="constant", constant_values=255)
    drawn, square = (cv2.resize(each, (size, size), interpolation=cv2.INTER_AREA) for each in (paper, wide))
    return drawn.astype(np.uint8), square.astype(np.uint8)


def _sides(levels: Levels, corners: list[Levels], room: Room) -> Levels:
    """Left and right the edge's pixels go on; hair that the edge cuts gives way to the backdrop."""
    upper = SIDE * 7 // 10
    sides = []
    for edge, colour, count in ((levels[:, 0], corners[0], room.left), (levels[:, -1], corners[1], room.right)):
        column = edge.copy()  # (SIDE,3)
        column[:upper][np.abs(column[:upper] - colour).max(axis=1) > _UNLIKE] = colour
        soft = cv2.GaussianBlur(column[:, None], (1, 0), 0, sigmaY=_SOFT) if count else column[:, None]
        sides.append(np.repeat(soft.reshape(SIDE, 1, 3), count, axis=1))
    return np.concatenate([sides[0], levels, sides[1]], axis=1)


def _backdrop(corners: list[Levels], width: int) -> Levels:  # (width,3)
    share = np.linspace(0, 1, width, dtype=np.float32)[:, None]
    return np.asarray((1 - share) * corners[0] + share * corners[1], np.float32)


def _above(levels: Levels, corners: list[Levels], width: int, room: Room) -> tuple[Levels, Points | None]:
    """The rows above, and the arc of the hair there, where the frame has cut it."""
    rows = np.repeat(_backdrop(corners, width)[None], room.top, axis=0)
    hair = np.flatnonzero(np.abs(levels[:_EDGE_ROWS].mean(axis=0) - _backdrop(corners, SIDE)).max(axis=1) > _UNLIKE)
    first, last = (float(np.percentile(hair, share)) for share in (4, 96)) if len(hair) else (0.0, 0.0)
    if not _LEAST < last - first < _TOO_WIDE or room.top < 2:
        return rows, None
    middle, half = (first + last) / 2, (last - first) / 2 + 1
    across, down = _SKULL
    across = max(across, half / 0.9)
    low = down * np.sqrt(1 - (half / across) ** 2)
    tallest = min(_CAP, room.top - 1.0)
    x = np.arange(SIDE, dtype=np.float32)
    height = np.sqrt(np.maximum(0, 1 - ((x - middle) / across) ** 2)) * down - low  # above the frame, a column each
    height = np.where(np.abs(x - middle) < half, np.clip(height, 0, None), 0)
    height *= min(1.0, tallest / max(height.max(), 1e-3))
    depth = np.arange(room.top, 0, -1, dtype=np.float32)[:, None]  # of each row above the frame
    cover = np.clip(height[None] - depth + 1, 0, 1)[..., None]  # (top,SIDE,1)
    bounce = np.abs((np.arange(room.top, 0, -1) - 1) % (2 * _TUFT) - _TUFT + 0.5).astype(int)  # to and fro
    tufts = levels[:_TUFT][_TUFT - 1 - bounce]  # (top,SIDE,3)
    inner = rows[:, room.left : room.left + SIDE]
    rows[:, room.left : room.left + SIDE] = cover * tufts + (1 - cover) * inner
    inside = np.flatnonzero(height > 0)
    arc = np.stack([x[inside], -height[inside]], axis=1)[::3].astype(np.float32)
    return np.asarray(cv2.GaussianBlur(rows, (3, 3), 0), np.float32), arc if len(arc) > 2 else None


def _beneath(levels: Levels, wide: Levels, corners: list[Levels], room: Room) -> tuple[Levels, list[Points]]:
    """The rows below: a neck that goes into a collar, cloth, sloping shoulders, backdrop; and the shoulders' lines."""
    count, width = room.bottom, wide.shape[1]
    if count < 1:
        return np.zeros((0, width, 3), np.float32), []
    row = wide[-_EDGE_ROWS:].mean(axis=0)  # (width,3)
    row = cv2.blur(row[None], (9, 1))[0]
    backdrop = _backdrop(corners, width)
    x = np.arange(width, dtype=np.float32)
    middle = room.left + SIDE / 2
    seen = np.flatnonzero(np.abs(row - backdrop).max(axis=1) > _UNLIKE)
    if len(seen) < _LEAST:
        return np.repeat(row[None], count, axis=0), []
    parted = np.split(seen, np.flatnonzero(np.diff(seen) > _GAP) + 1)
    near = [run for run in parted if np.abs(run - middle).min() < _NECK + 20 or len(run) > SIDE / 2]
    if not near:
        return np.repeat(row[None], count, axis=0), []
    person = np.arange(near[0][0], near[-1][-1] + 1)
    start, end = float(person.min()), float(person.max())
    skin = np.median(np.concatenate([levels[part].reshape(-1, 3) for part in _CHEEKS]), axis=0)
    bare = np.abs(row - skin).max(axis=1) < _SKIN
    neck = bare & (np.abs(x - middle) < _NECK)
    dressed = person[~bare[person] & (np.abs(person - middle) > _NECK)]
    # Where no cloth is seen, one of a few plain ones, always the same for the same picture.
    plain = np.array(_CLOTHS[int(levels[::16, ::16].sum()) % len(_CLOTHS)], np.float32)
    cloth = np.median(row[dressed], axis=0) if len(dressed) >= 12 else plain
    centre = float(x[neck].mean()) if neck.any() else middle
    half = float(np.abs(x[neck] - centre).max()) + 1 if neck.any() else 0.0
    depth = np.arange(1, count + 1, dtype=np.float32)[:, None]  # (count,1)
    reach = 22 + half * 0.35  # where the collar ends
    in_neck = np.abs(x[None] - centre) < half * np.sqrt(np.clip(1 - depth / reach, 0, 1))
    on_person = (x[None] >= start - _SLOPE * depth) & (x[None] <= end + _SLOPE * depth)
    shirt = np.repeat(np.where(np.isin(x, dressed)[:, None], row, cloth)[None], count, axis=0)
    share = np.clip(depth / 16, 0, 1)[..., None]
    shirt = (1 - share) * shirt + share * cloth
    rows = np.where(on_person[..., None], shirt, backdrop[None])
    if neck.any():
        throat = np.stack([np.interp(x, x[neck], row[neck, channel]) for channel in range(3)], axis=1)
        rows = np.where((in_neck & on_person)[..., None], throat[None], rows)
    rows = np.asarray(cv2.GaussianBlur(rows.astype(np.float32), (3, 3), 0), np.float32)
    sides: list[Points] = []
    for edge, sign in ((start, -1.0), (end, 1.0)):
        if room.left + 4 < edge < room.left + SIDE - 4:
            down = np.linspace(0, count, max(3, count // 4), dtype=np.float32)
            sides.append(np.stack([edge - room.left + sign * _SLOPE * down, SIDE + down], axis=1).astype(np.float32))
    return rows, sides


def _lifted(part: Points, arc: Points) -> Points:
    """An outline along the frame's upper edge, put onto the arc."""
    lifted = part.copy()
    at_edge = (part[:, 1] < 3) & (part[:, 0] >= arc[0, 0]) & (part[:, 0] <= arc[-1, 0])
    lifted[at_edge, 1] = np.interp(part[at_edge, 0], arc[:, 0], arc[:, 1])
    return lifted

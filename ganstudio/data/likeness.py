"""What a photographed person looks like, as data.icons draws it: measured, to make pairs of photograph and icon.

Two small networks look, both of MediaPipe (Apache-2.0): 468 points of a face (Kartynnik et al. 2019, "Real-time Facial
Surface Geometry from Monocular Video on Mobile GPUs") and which pixels show a person. They are needed to make training
pictures and to evaluate, never by the app: `pip install ai-edge-litert` and `pip install --no-deps mediapipe==0.10.21`.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganstudio.data.icons import SIDE, Eye, Likeness, Mask, Mouth, Points, curve, filled, moved, rims
from ganstudio.data.shapes import Colour
from ganstudio.words import Refused

FILES = ("face_landmark/face_landmark.tflite", "selfie_segmentation/selfie_segmentation.tflite")
SURE = 0.5  # of a face, 0..1: below it there is none
POINTS = 468
_FACE_SIDE, _PERSON_SIDE = 192, 256  # pixels that the two networks look at
_LOOKS = 3  # at the face, each time closer to where it is

# Numbers of MediaPipe's face mesh.
OVAL: tuple[int, ...] = (
    10,
    338,
    297,
    332,
    284,
    251,
    389,
    356,
    454,
    323,
    361,
    288,
    397,
    365,
    379,
    378,
    400,
    377,
    152,
    148,
    176,
    149,
    150,
)
OVAL += (136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109)
JAW = (93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323)
LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
INNER_UPPER, INNER_LOWER = (78, 81, 13, 311, 308), (78, 178, 14, 402, 308)
BROWS = ((70, 63, 105, 66, 107), (336, 296, 334, 293, 300))
EYES = ((33, 133, 159, 145), (362, 263, 386, 374))  # corners, upper lid, lower lid
CHEEKS = (50, 280)
CHEEKS_SKIN = (50, 280, 205, 425)
FOREHEAD, CHIN, LEFT, RIGHT = 10, 152, 234, 454
WINGS, TIP = (98, 327), 1

_OPEN = 0.12  # gap between the lips over the mouth's width
_TEETH = 0.78  # lightness in the mouth over the skin's
_BEARD = (40.0, 30.0, 12.0)  # of 255 by which upper lip, jaw and chin are darker than cheeks
_MOUSTACHE = 52.0
_GLASSES = 20.0  # of 255 by which the bridge, and half of what the rims, are darker than the skin on both sides of them
_SMALLEST_HAIR = 250  # pixels of a patch of hair
_ALIKE = 54.0  # of 255: hair no further than this from the skin's colour
_NEAR = 16.0  # squared deviations within which a pixel is of a colour


class Looker:
    """Finds the points of a face and the person in a picture. Raises `Refused` where the networks are missing."""

    def __init__(self) -> None:
        found = importlib.util.find_spec("mediapipe")
        folder = Path(found.origin).parent / "modules" if found is not None and found.origin else None
        if folder is None or importlib.util.find_spec("ai_edge_litert") is None:
            raise Refused("likeness.packages")
        self.face, self.person = (_network(folder / file) for file in FILES)

    def points(self, rgb: NDArray[np.uint8]) -> Points | None:
        """(POINTS,2) in the pixels of a square portrait (SIDE,SIDE,3); None where no face is seen."""
        left, top, side = 0.11 * SIDE, 0.08 * SIDE, 0.78 * SIDE
        points, sure = np.zeros((0, 2)), 0.0
        for _ in range(_LOOKS):
            scale = _FACE_SIDE / side
            move = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]], np.float32)
            seen = np.zeros((_FACE_SIDE, _FACE_SIDE, 3), np.uint8)
            size = seen.shape[1::-1]
            cv2.warpAffine(rgb, move, size, seen, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
            mesh, flag = _ask(self.face, seen)
            points = mesh.reshape(POINTS, 3)[:, :2].astype(np.float64) / scale + (left, top)
            sure = float(1 / (1 + np.exp(-flag.ravel()[0])))
            low, high = points[list(OVAL)].min(axis=0), points[list(OVAL)].max(axis=0)
            side = float((high - low).max() * 1.5)
            left, top = ((low + high) / 2 - side / 2).tolist()
        return points if sure > SURE else None

    def mask(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(SIDE,SIDE), 0..1: whether a pixel of a square picture (SIDE,SIDE,3) shows a person."""
        return np.asarray(_ask(self.person, rgb)[0][0, ..., 0], np.float32)

    def likeness(self, picture: Image.Image) -> Likeness | None:
        """Of the one person in a portrait, in a square of SIDE; None where no face is seen."""
        rgb = np.asarray(picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS))
        points = self.points(rgb)
        return None if points is None else measure(rgb, points, self.mask(rgb) > 0.5)


def _network(file: Path) -> Any:
    from ai_edge_litert.interpreter import Interpreter

    if not file.is_file():
        raise Refused("likeness.packages")
    network = Interpreter(str(file), num_threads=1)
    network.allocate_tensors()
    return network


def _ask(network: Any, rgb: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
    network.set_tensor(network.get_input_details()[0]["index"], (rgb[None] / 255).astype(np.float32))
    network.invoke()
    return [network.get_tensor(each["index"]) for each in network.get_output_details()]


def measure(rgb: NDArray[np.uint8], points: Points, person: Mask) -> Likeness:
    """The likeness of a face of those `points` (POINTS,2) in a picture (SIDE,SIDE,3), `person` where one is seen."""
    lab = cv2.cvtColor(cv2.bilateralFilter(rgb, 7, 40, 5), cv2.COLOR_RGB2LAB).astype(np.float32)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    top, chin = points[FOREHEAD], points[CHIN]
    height, width = float(chin[1] - top[1]), float(np.hypot(*(points[RIGHT] - points[LEFT])))
    middle = (points[LEFT] + points[RIGHT]) / 2
    oval = filled((points[list(OVAL)] - middle) * 1.02 + middle)
    cheeks = _discs(points[list(CHEEKS_SKIN)], 0.05 * height)
    # A face's shadows make its skin darker than it is taken for.
    skin = np.array([np.percentile(lab[cheeks][:, 0], 65), *np.median(lab[cheeks][:, 1:], axis=0)], np.float32)
    skin_spread = np.maximum(lab[cheeks].std(axis=0), (14, 6, 6))
    skin_far = (((lab - skin) / skin_spread) ** 2).sum(axis=2)

    brow_y = float(np.mean([points[k][1] for pair in BROWS for k in pair]))
    eye_y = float(np.mean([points[k][1] for corners in EYES for k in corners[:2]]))
    neck = (np.abs(columns - chin[0]) < 0.36 * width) & (rows > chin[1] - 0.06 * height)
    below_brows = oval & (rows > brow_y - 0.03 * height)
    beside_jaw = (rows > chin[1] - 0.25 * height) & (np.abs(columns - middle[0]) < 0.5 * width)
    hair, hair_colour = np.zeros((SIDE, SIDE), bool), skin * (0.5, 1, 1)
    seed = person & ~oval & (rows < eye_y - 0.15 * height) & (np.abs(lab - skin).max(axis=2) > 18)
    if seed.sum() > 120:
        colour, spread = np.median(lab[seed], axis=0), np.maximum(lab[seed].std(axis=0), (9, 5, 5))
        far = (((lab - colour) / spread) ** 2).sum(axis=2)
        doubt = (
            np.where(rows < eye_y, -1.0, 0.0) + np.where(rows > chin[1], 2.5, 0) + 3 * (rows > chin[1] + 0.5 * height)
        )
        hair = person & (far + doubt < np.minimum(skin_far, _NEAR)) & ~below_brows & ~neck & ~beside_jaw
        hair &= ~_cloth_like(lab, person, far, skin_far, chin, height)
        if np.abs(colour - skin).max() < _ALIKE:  # fair hair: on a forehead it cannot be told from light
            hair &= ~filled((points[list(OVAL)] - middle) * (0.96, 1.12) + middle)
        hair = _hung_from_above(hair, eye_y)
        if hair.any():
            hair_colour = np.median(lab[hair], axis=0)
    within = np.abs(columns - middle[0]) < 0.51 * width
    forehead = person & (rows < brow_y) & within & ~hair
    face = (oval | forehead) & ~hair
    body = person & (rows > chin[1] - 0.12 * height) & ~hair & ~oval
    cloth = body & (rows > chin[1] + 0.08 * height) & (skin_far > 9) & (np.abs(columns - chin[0]) > 0.3 * width)
    beard, moustache, beard_colour = _beard(lab, points, oval, skin, height)
    return Likeness(
        face=face,
        chin=(float(chin[0]), float(chin[1])),
        height=height,
        width=width,
        ears=_ears(points, hair, height),
        hair=hair,
        body=body,
        hat=None,
        brows=tuple(curve(points[list(brow)]) for brow in BROWS),
        eyes=tuple(_eye(points, corners) for corners in EYES),
        nose=_nose(points, height),
        mouth=_mouth(lab, points, float(skin[0])),
        beard=beard,
        moustache=moustache,
        glasses=rims([_eye(points, corners) for corners in EYES]) if _wears_glasses(rgb, points) else (),
        cheeks=points[list(CHEEKS)] + (0, 0.045 * height),
        skin_colour=_rgb(skin),
        hair_colour=_rgb(hair_colour),
        cloth_colour=_rgb(np.median(lab[cloth], axis=0)) if cloth.sum() > 60 else (104, 116, 148),
        beard_colour=_rgb(beard_colour),
        hat_colour=(90, 90, 110),
    )


def _cloth_like(
    lab: NDArray[np.float32],
    person: Mask,
    hair_far: NDArray[np.float32],
    skin_far: NDArray[np.float32],
    chin: NDArray[np.float64],
    height: float,
) -> Mask:
    """What below the chin is nearer to the cloth's colour than to the hair's."""
    rows, columns = np.mgrid[:SIDE, :SIDE]
    below = rows > chin[1]
    seed = person & (rows > chin[1] + 0.35 * height) & (np.abs(columns - chin[0]) < 0.9 * height) & (skin_far > 9)
    if seed.sum() < 60:
        return np.zeros((SIDE, SIDE), bool)
    colour, spread = np.median(lab[seed], axis=0), np.maximum(lab[seed].std(axis=0), (9, 5, 5))
    return below & ((((lab - colour) / spread) ** 2).sum(axis=2) < hair_far)


def _hung_from_above(hair: Mask, eye_y: float) -> Mask:
    """Patches of hair that are large, and begin above the eyes: others are shadows and collars."""
    clean = cv2.medianBlur(hair.astype(np.uint8) * 255, 7)
    clean = cv2.morphologyEx(clean, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    count, labels, found, _ = cv2.connectedComponentsWithStats(clean)
    kept = np.zeros(hair.shape, bool)
    for k in range(1, count):
        if found[k, cv2.CC_STAT_AREA] > _SMALLEST_HAIR and found[k, cv2.CC_STAT_TOP] < eye_y:
            kept |= labels == k
    return kept


def _beard(
    lab: NDArray[np.float32], points: Points, oval: Mask, skin: NDArray[np.float32], height: float
) -> tuple[Mask | None, Mask | None, NDArray[np.float32]]:
    lips = cv2.dilate(filled(points[list(LIPS)]).astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    chin = _discs(((points[17] + points[CHIN]) / 2)[None], 0.08 * height) & ~lips
    jaw = _discs(points[[172, 397]] * 0.8 + points[CHIN] * 0.2 - (0, 0.03 * height), 0.043 * height) & ~lips
    upper = np.zeros((SIDE, SIDE), np.uint8)
    centre = points[164] * 0.6 + points[0] * 0.4
    axes = (max(1, round(0.1 * height)), max(1, round(0.025 * height)))
    cv2.ellipse(upper, (round(float(centre[0])), round(float(centre[1]))), axes, 0, 0, 360, 1, -1)
    zones = (upper.astype(bool) & ~lips, jaw, chin)
    darker = [float(skin[0] - np.median(lab[zone][:, 0])) if zone.any() else 0.0 for zone in zones]
    colour = np.median(lab[chin], axis=0) if chin.any() else skin
    mouth = filled(
        (points[list(LIPS)] - points[list(LIPS)].mean(axis=0)) * (1.05, 1.15) + points[list(LIPS)].mean(axis=0)
    )
    moustache = _moustache(points)
    if all(found > least for found, least in zip(darker, _BEARD, strict=True)):
        below = np.concatenate(
            [points[list(JAW)] * 1.0, points[[425, 164, 205]] * 0.35 + points[[426, 164, 206]] * 0.65]
        )
        zone = (filled(below) | moustache) & ~mouth
        return zone & (oval | moustache), moustache & ~mouth, colour * (0.8, 1, 1)
    if darker[0] > _MOUSTACHE:
        return None, moustache & ~mouth, np.median(lab[zones[0]], axis=0)
    return None, None, colour


def _moustache(points: Points) -> Mask:
    left, right = points[61], points[291]
    upper = [
        moved(left, -3, 2),
        moved(points[40], 0, -4),
        moved(points[164], 0, 3),
        moved(points[270], 0, -4),
        moved(right, 3, 2),
    ]
    return filled(np.stack([*upper, *(moved(points[k], 0, 2) for k in (267, 0, 37))]))


def _wears_glasses(rgb: NDArray[np.uint8], points: Points) -> bool:
    """Whether a dark line crosses the nose between the eyes, and others run below both: thin and golden frames pass."""
    left, right = (points[list(corners[:2])].mean(axis=0) for corners in EYES)
    across = right - left
    scale = 64 / max(1.0, float(np.hypot(*across)))  # the eyes, 64 pixels apart, on a sheet of 128 x 96
    centre = (left + right) / 2
    move = cv2.getRotationMatrix2D(tuple(centre.tolist()), float(np.degrees(np.arctan2(across[1], across[0]))), scale)
    move[:, 2] += np.array([64, 48]) - centre
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)[..., 0]
    upright = cv2.warpAffine(grey, move, (128, 96), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    smooth = cv2.GaussianBlur(upright.astype(np.float32), (0, 0), 1.0)

    def line(rows: slice, columns: slice) -> float:  # by how much the darkest line across is darker than its sides
        above, below = smooth[rows.start - 5 : rows.stop - 5, columns], smooth[rows.start + 5 : rows.stop + 5, columns]
        darker = cv2.dilate(np.minimum(above, below) - smooth[rows, columns], np.ones((3, 1), np.uint8))
        return float(np.percentile(darker, 30, axis=1).max())

    below_eyes = min(line(slice(62, 86), slice(22, 42)), line(slice(62, 86), slice(86, 106)))
    return line(slice(38, 62), slice(57, 72)) + below_eyes / 2 > _GLASSES


def _ears(points: Points, hair: Mask, height: float) -> tuple[tuple[float, float], ...]:
    seen = []
    for side, (edge, below) in ((-1, (LEFT, 132)), (1, (RIGHT, 361))):
        x, y = points[edge] * 0.7 + points[below] * 0.3 + (side * 0.012 * height, -0.015 * height)
        area = hair[max(0, int(y) - 6) : int(y) + 7, max(0, int(x + 5 * side) - 4) : int(x + 5 * side) + 5]
        if area.size and area.mean() < 0.4:
            seen.append((float(x), float(y)))
    return tuple(seen)


def _eye(points: Points, numbers: tuple[int, int, int, int]) -> Eye:
    left, right, upper, lower = (points[k] for k in numbers)
    return Eye(np.stack([left, right]), float(np.hypot(*(upper - lower)) / max(1.0, np.hypot(*(right - left)))))


def _nose(points: Points, height: float) -> Points:
    left, right = (points[k] * 0.45 + points[TIP] * 0.55 + (0, 0.03 * height) for k in WINGS)
    return np.stack([left, points[TIP] + (0, 0.055 * height), right])


def _mouth(lab: NDArray[np.float32], points: Points, lightness: float) -> Mouth:
    upper, lower = points[list(INNER_UPPER)], points[list(INNER_LOWER)]
    left, right = points[61], points[291]
    middle = (points[13] + points[14]) / 2
    lift = float(((left + right) / 2 - middle)[1])
    line = np.stack([left, moved(middle, 0, -0.6 * min(0.0, lift)), right])  # a smile is drawn as a clear one
    inside = filled(np.concatenate([upper, lower[::-1]]))
    gap = float(np.hypot(*(points[13] - points[14])) / max(1.0, np.hypot(*(upper[-1] - upper[0]))))
    if gap < _OPEN or inside.sum() < 12:
        return Mouth(line, None, None, False)
    return Mouth(line, upper, lower, float(np.percentile(lab[inside][:, 0], 80)) > _TEETH * lightness)


def _discs(centres: Points, radius: float) -> Mask:
    sheet = np.zeros((SIDE, SIDE), np.uint8)
    for x, y in centres:
        cv2.circle(sheet, (round(float(x)), round(float(y))), max(1, round(radius)), 1, -1)
    return sheet.astype(bool)


def _rgb(lab: NDArray[np.float32]) -> Colour:
    one = np.clip(lab, 0, 255).astype(np.uint8).reshape(1, 1, 3)
    red, green, blue = (int(value) for value in cv2.cvtColor(one, cv2.COLOR_LAB2RGB)[0, 0])
    return red, green, blue

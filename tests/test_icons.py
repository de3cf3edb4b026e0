"""The icon style drawn by code, and the pairs to train on."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ganstudio.commands import main
from ganstudio.data import icons
from ganstudio.data.demo import person
from ganstudio.data.icons import SIDE, Likeness
from ganstudio.data.likeness import POINTS, measure


def drawn(number: int) -> Likeness:
    shapes, _ = person(number, 64, seed=3)
    return icons.of_shapes(shapes)


def share(icon: Image.Image, colour: tuple[int, int, int]) -> float:
    """Of the pixels, those of about this colour."""
    return float((np.abs(np.asarray(icon, int) - colour).max(axis=2) < 12).mean())


@pytest.mark.parametrize("size", [16, 100, 128, 300, 512])
def test_icons_have_the_size_that_is_asked_for(size: int) -> None:
    icon = icons.draw(drawn(0), size)
    assert icon.size == (size, size) and icon.mode == "RGB"
    assert icon.getpixel((0, 0)) == icons.WHITE


def test_icons_keep_the_colours_of_skin_hair_and_cloth() -> None:
    people = [drawn(k) for k in range(24)]
    for who in people:
        icon = icons.draw(who, 128)
        assert share(icon, who.skin_colour) > 0.03
        # Long hair may hide a neckline.
        assert share(icon, who.cloth_colour) > 0.01 or who.hair[-30:].any()
        # A bald head has none, and a cap may hide what there is.
        assert who.hair.mean() < 0.02 or who.hat is not None or share(icon, who.hair_colour) > 0.02


def test_icons_show_what_a_person_wears_and_does() -> None:
    people = [drawn(k) for k in range(80)]
    for trait in ("beard", "moustache", "hat"):
        those = [who for who in people if getattr(who, trait) is not None]
        if trait == "moustache":  # a beard is of its colour
            those = [who for who in those if who.beard is None]
        assert those, trait
        without = [who._replace(**{trait: None}) for who in those]
        pairs = zip(those, without, strict=True)
        assert all(np.asarray(icons.draw(a, 64)).tobytes() != np.asarray(icons.draw(b, 64)).tobytes() for a, b in pairs)
    assert any(who.glasses for who in people) and any(who.mouth.teeth for who in people)
    asleep = next(who for who in people if any(eye.openness < 0.13 for eye in who.eyes))
    awake = asleep._replace(eyes=tuple(eye._replace(openness=0.3) for eye in asleep.eyes))
    assert icons.draw(asleep, 128).tobytes() != icons.draw(awake, 128).tobytes()


def test_styles_draw_the_same_person_with_other_strokes() -> None:
    who = drawn(1)
    flat, comic = (icons.draw(who, 128, style) for style in ("flat", "comic"))
    assert flat.tobytes() != comic.tobytes()
    for icon in (flat, comic):
        assert share(icon, who.skin_colour) > 0.03
    assert share(comic, icons.INK) > 2 * share(flat, icons.INK)  # its outlines


@pytest.mark.parametrize("style", icons.STYLES)
def test_the_cheeks_of_a_turned_head_stay_on_its_face(style: str) -> None:
    who = drawn(2)
    outside = np.array([[1.0, 1.0], [3.0, 3.0]])
    beside = icons.draw(who._replace(cheeks=outside), 128, style)
    none = icons.draw(who._replace(cheeks=np.zeros((0, 2))), 128, style)
    assert beside.tobytes() == none.tobytes()


def test_rims_stand_before_the_eyes() -> None:
    who = drawn(0)
    left, right, bridge = icons.rims(who.eyes)
    for rim, eye in zip((left, right), who.eyes, strict=True):
        centre = eye.corners.mean(axis=0)
        assert (rim.min(axis=0) < centre).all() and (centre < rim.max(axis=0)).all()
    assert left[:, 0].max() < right[:, 0].min() and len(bridge) > 2


def test_an_icon_smiles_when_the_person_does() -> None:
    who = next(each for each in (drawn(k) for k in range(40)) if each.mouth.upper is None)
    left, _, right = who.mouth.line
    middle = (left + right) / 2
    faces = {}
    for bend in (-10, 10):
        line = np.stack([left, middle + np.array([0, bend]), right])
        faces[bend] = np.asarray(icons.draw(who._replace(mouth=who.mouth._replace(line=line)), SIDE), int)
    changed = np.abs(faces[-10] - faces[10]).max(axis=2) > 60
    rows = np.flatnonzero(changed.any(axis=1))
    assert rows.min() < middle[1] - 4 and rows.max() > middle[1] + 4


def test_demo_writes_partners(tmp_path: Path) -> None:
    assert main(["demo", "--kind", "icons", "--out", str(tmp_path), "--count", "3", "--size", "32"]) == 0
    for part, count in (("train", 3), ("test", 1)):
        names = [sorted(file.name for file in (tmp_path / f"{part}{side}").iterdir()) for side in "AB"]
        assert names[0] == names[1] and len(names[0]) == count
    again = tmp_path / "again"
    assert main(["demo", "--kind", "icons", "--out", str(again), "--count", "2", "--size", "32"]) == 0
    for file in sorted((again / "trainB").iterdir()):
        assert file.read_bytes() == (tmp_path / "trainB" / file.name).read_bytes()


class Mirror:
    """Looks at a photograph and sees the same person, all over the picture's left half."""

    def __init__(self, who: Likeness) -> None:
        self.who = who

    def likeness(self, picture: Image.Image) -> Likeness | None:
        return None if np.asarray(picture).std() < 1 else self.who

    def mask(self, rgb: np.ndarray) -> np.ndarray:
        found = np.zeros(rgb.shape[:2], np.float32)
        found[:, : SIDE // 2] = 1
        return found


def test_photographs_get_partners_and_a_part_of_them_white_paper_or_glasses(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(40, 160, (SIDE, SIDE, 3)).astype(np.uint8)
    files = [tmp_path / f"{k}.png" for k in range(24)]
    for file in files:
        Image.fromarray(noise).save(file)
    blank = tmp_path / "blank.png"
    Image.new("RGB", (64, 64), "grey").save(blank)
    who = drawn(0)._replace(glasses=())
    assert icons.write_of_photographs(tmp_path / "out", [*files, blank], 64, Mirror(who), iter) == [blank]
    portraits = {file.stem: Image.open(tmp_path / "out" / "trainA" / file.name) for file in files}
    drawings = {file.stem: Image.open(tmp_path / "out" / "trainB" / file.name) for file in files}
    white = [name for name, each in portraits.items() if np.asarray(each)[:, 40:].min() > 250]
    assert 6 <= len(white) <= 18
    plain = icons.draw(who, 64).tobytes()
    worn = [name for name, each in drawings.items() if each.tobytes() != plain]
    assert 1 <= len(worn) <= 10


def test_glasses_are_drawn_on_a_photograph() -> None:
    pixels = np.full((SIDE, SIDE, 3), 200, np.uint8)
    worn = icons.with_glasses(pixels, icons.rims(drawn(0).eyes), np.random.default_rng(0))
    changed = np.abs(worn.astype(int) - 200).max(axis=2) > 20
    assert 0.002 < changed.mean() < 0.05


def test_an_unknown_style_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--kind", "icons", "--style", "baroque", "--out", str(tmp_path / "x")]) != 0
    assert "flat, comic" in capsys.readouterr().err


def test_demo_says_what_photographs_are_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--out", str(tmp_path / "x"), "--photos", str(tmp_path)]) != 0
    assert "--kind icons" in capsys.readouterr().err


# --- a photograph, measured -------------------------------------------------------------------------------------


def face_points() -> np.ndarray:
    """The 468 points of a made-up face, those that are asked for in their places."""
    from ganstudio.data import likeness as look

    points = np.full((POINTS, 2), 128.0)
    angle = np.linspace(0, 2 * np.pi, len(look.OVAL), endpoint=False)
    points[list(look.OVAL)] = np.stack([128 + 52 * np.sin(angle), 132 - 70 * np.cos(angle)], axis=1)
    for side, (corners, brow) in enumerate(zip(look.EYES, look.BROWS, strict=True)):
        x = 104 + 48 * side
        points[list(corners)] = [(x - 10, 118), (x + 10, 118), (x, 114), (x, 121)]
        points[list(brow)] = [(x - 12 + 6 * k, 104) for k in range(5)]
    points[list(look.LIPS)] = [(128 + 18 * np.cos(a), 170 + 6 * np.sin(a)) for a in np.linspace(0, 6.28, 20)]
    points[[61, 291]] = [(110, 168), (146, 168)]
    points[list(look.INNER_UPPER)] = [(112 + 8 * k, 170) for k in range(5)]
    points[list(look.INNER_LOWER)] = [(112 + 8 * k, 171) for k in range(5)]
    points[[13, 14]] = [(128, 170), (128, 171)]
    points[list(look.CHEEKS_SKIN)] = [(98, 145), (158, 145), (100, 152), (156, 152)]
    points[[164, 0, 17]] = [(128, 160), (128, 165), (128, 177)]
    points[[98, 327, 1]] = [(120, 150), (136, 150), (128, 148)]
    return points


def photograph(skin: tuple[int, int, int], hair: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    rows, columns = np.mgrid[:SIDE, :SIDE]
    picture = np.full((SIDE, SIDE, 3), (190, 200, 210), np.uint8)
    crown = ((columns - 128) / 66) ** 2 + ((rows - 110) / 82) ** 2 < 1
    face = ((columns - 128) / 52) ** 2 + ((rows - 132) / 70) ** 2 < 1
    cloth = rows > 215
    picture[crown], picture[cloth], picture[face] = hair, (40, 60, 140), skin
    return picture, crown | cloth | face


@pytest.mark.parametrize(("skin", "hair"), [((224, 180, 150), (50, 34, 28)), ((112, 74, 54), (30, 24, 24))])
def test_a_photograph_gives_hair_and_skin(skin: tuple[int, int, int], hair: tuple[int, int, int]) -> None:
    picture, person_mask = photograph(skin, hair)
    who = measure(picture, face_points(), person_mask)
    assert np.abs(np.array(who.skin_colour) - skin).max() < 12
    assert np.abs(np.array(who.hair_colour) - hair).max() < 16
    assert who.hair[40, 128] and not who.hair[140, 128]  # above the forehead, and not on the nose
    assert who.face[140, 128] and who.beard is None and not who.glasses
    assert np.abs(np.array(who.cloth_colour) - (40, 60, 140)).max() < 16
    icon = icons.draw(who, 128)
    assert share(icon, who.skin_colour) > 0.1 and share(icon, who.hair_colour) > 0.05


def test_a_beard_is_seen() -> None:
    picture, person_mask = photograph((224, 180, 150), (50, 34, 28))
    rows, columns = np.mgrid[:SIDE, :SIDE]
    low = (((columns - 128) / 52) ** 2 + ((rows - 132) / 70) ** 2 < 1) & (rows > 156)
    picture[low & ~((np.abs(columns - 128) < 20) & (np.abs(rows - 171) < 6))] = (60, 42, 34)
    who = measure(picture, face_points(), person_mask)
    assert who.beard is not None and who.beard[190, 128]


def test_dark_frames_are_seen() -> None:
    picture, person_mask = photograph((224, 180, 150), (50, 34, 28))
    points = face_points()
    bare = measure(picture, points, person_mask)
    assert not bare.glasses
    worn = picture.copy()
    for line in icons.rims(bare.eyes):
        cv2.polylines(worn, [np.round(line).astype(np.int32)], len(line) == 24, (30, 30, 34), 3)
    assert len(measure(worn, points, person_mask).glasses) == 3

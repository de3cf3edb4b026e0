"""Room around a portrait: hair closes, shoulders slope, and the face is where its lines say."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image

from ganstudio.data.room import Room, random_room, widened, with_room, with_room_drawn
from ganstudio.data.sketch import random_drawing
from ganstudio.data.trace import Lines, trace

GROUND, HAIR, SKIN, CLOTH = (200, 210, 220), (40, 30, 30), (220, 170, 140), (30, 60, 120)


@pytest.fixture
def portrait() -> np.ndarray:
    """A head whose hair and shoulders the frame cuts."""
    picture = np.full((256, 256, 3), GROUND, np.uint8)
    cv2.ellipse(picture, (128, 70), (90, 110), 0, 0, 360, HAIR, -1)
    cv2.rectangle(picture, (100, 200), (156, 256), SKIN, -1)
    cv2.rectangle(picture, (40, 236), (99, 256), CLOTH, -1)
    cv2.rectangle(picture, (157, 236), (216, 256), CLOTH, -1)
    cv2.ellipse(picture, (128, 140), (70, 88), 0, 0, 360, SKIN, -1)
    for x in (93, 163):
        cv2.circle(picture, (x, 111), 6, (20, 20, 20), -1)
    cv2.line(picture, (105, 187), (151, 187), (120, 40, 40), 4)
    return picture


def near(pixel: np.ndarray, colour: tuple[int, int, int]) -> bool:
    return bool(np.abs(pixel.astype(int) - colour).max() < 40)


def test_hair_closes_and_shoulders_go_on(portrait: np.ndarray) -> None:
    room = Room(40, 70, 80, 50)
    wide, lines = widened(portrait, room)
    assert wide.shape == (376, 376, 3) and np.array_equal(wide[70:326, 40:296], portrait)
    above = wide[70 - 12, :, :].astype(int)
    dark = np.flatnonzero(np.abs(above - HAIR).max(axis=1) < 40)
    cut = np.flatnonzero(np.abs(portrait[1].astype(int) - HAIR).max(axis=1) < 40)
    assert 20 < len(dark) < len(cut)  # narrower than where the frame cut it
    assert near(wide[2, 168], GROUND) and near(wide[30, 10], GROUND)
    assert near(wide[-2, 70], CLOTH) and near(wide[-2, 168], CLOTH)  # the neck has gone into the collar
    assert near(wide[328, 168], SKIN) and near(wide[-20, 5], GROUND)
    arc, *shoulders = lines
    assert arc[:, 1].max() < 1 and arc[:, 1].min() < -8 and len(shoulders) == 2
    assert all((np.diff(line[:, 1]) > 0).all() for line in shoulders)


@pytest.mark.parametrize("size", [128, 256])
def test_the_face_is_where_its_lines_say(portrait: np.ndarray, size: int) -> None:
    lines = trace(Image.fromarray(portrait))
    flat: Lines = lines if lines.place == (1.0, 0.0, 0.0) else pytest.fail("no portrait")
    picture, placed = with_room(portrait, flat, size, Room(64, 100, 64, 28))
    assert picture.shape == (size, size, 3) and placed.place == pytest.approx((2 / 3, 64 * 2 / 3, 100 * 2 / 3))
    x, y = (np.array([93.0, 111.0]) * placed.place[0] + placed.place[1:]) * size / 256
    assert picture[round(y), round(x)].max() < 90  # the pupil
    assert len(placed.kinds) == len(placed.ends) - 1 == len(placed.strengths)
    drawing = random_drawing(placed, size, np.random.default_rng(0))
    assert drawing.shape == (size, size)


def test_a_drawing_by_hand_gets_paper_where_its_portrait_gets_ground(portrait: np.ndarray) -> None:
    drawing = np.full((256, 256, 3), 255, np.uint8)
    drawing[100:110, 100:110] = 0
    drawn, square = with_room_drawn(drawing, portrait, 128, Room(128, 200, 128, 56))
    assert drawn.shape == square.shape == (128, 128, 3)
    rows, columns = np.nonzero(drawn[..., 0] < 128)
    assert abs(rows.mean() - (200 + 105) / 4) < 1 and abs(columns.mean() - (128 + 105) / 4) < 1
    assert (drawn[:20] == 255).all() and near(square[2, 2], GROUND)


def test_room_is_square_and_as_large_as_asked() -> None:
    rng = np.random.default_rng(3)
    rooms = [random_room(0.5, rng) for _ in range(200)]
    assert all(room.left + room.right == room.top + room.bottom and min(room) >= 0 for room in rooms)
    scales = [room.scale for room in rooms]
    assert 0.499 <= min(scales) < 0.55 and 0.93 < max(scales) <= 0.99


def test_a_picture_without_a_person_is_widened_all_the_same() -> None:
    for picture in (np.full((256, 256, 3), 128, np.uint8), np.random.default_rng(0).integers(0, 256, (256, 256, 3))):
        wide, _ = widened(picture.astype(np.uint8), Room(10, 10, 10, 10))
        assert wide.shape == (276, 276, 3)

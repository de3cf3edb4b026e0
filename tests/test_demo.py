"""The demo faces: reproducible, varied, and drawing and face belong together."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import ImageChops

from ganstudio import images
from ganstudio.data import demo
from ganstudio.data.outlines import lines_of


def test_same_seed_same_pictures_whatever_the_count() -> None:
    few, many = list(demo.faces(2, 48, 7)), list(demo.faces(4, 48, 7))
    for (drawing, face), (other_drawing, other_face) in zip(few, many[:2], strict=True):
        assert drawing.tobytes() == other_drawing.tobytes() and face.tobytes() == other_face.tobytes()
    everything = many + list(demo.faces(4, 48, 8))
    assert len({face.tobytes() for _, face in everything}) == len({d.tobytes() for d, _ in everything}) == 8


@pytest.mark.parametrize("size", [16, 33, 64, 128, 256])
def test_sizes(size: int) -> None:
    for picture in next(iter(demo.faces(1, size, 0))):
        assert picture.size == (size, size) and picture.mode == "RGB"


@pytest.mark.parametrize("size", [0, 15, 1025])
def test_size_out_of_range(size: int) -> None:
    with pytest.raises(ValueError, match="16 to 1024"):
        list(demo.faces(1, size, 0))


def test_drawings_are_black_on_white_with_soft_edges_and_faces_are_coloured() -> None:
    pairs = list(demo.faces(24, 96, 3))
    for drawing, face in pairs:
        grey = np.asarray(drawing)[..., 0]
        assert 0.02 < (grey < 128).mean() < 0.3
        assert grey.min() == 0 and grey.max() == 255 and ((grey > 40) & (grey < 215)).mean() > 0.005
        assert not ImageChops.difference(drawing, drawing.convert("L").convert("RGB")).getbbox()
        assert np.asarray(face).std() > 20
    assert all(
        np.abs(np.asarray(a, np.int16) - np.asarray(b, np.int16)).mean() > 5 for (_, a), (_, b) in pairwise(pairs)
    )


def test_a_drawing_fits_its_own_face_best() -> None:
    """Where the drawing has lines the face has edges: more than under the drawing of another face."""
    pairs = list(demo.faces(12, 96, 5))
    ink = np.stack([1 - np.asarray(d.convert("L"), np.float32) / 255 for d, _ in pairs])
    grey = np.stack([np.asarray(face.convert("L"), np.float32) for _, face in pairs])
    edges = np.abs(np.gradient(grey, axis=1)) + np.abs(np.gradient(grey, axis=2))
    agreement = np.corrcoef(ink.reshape(12, -1), edges.reshape(12, -1))[:12, 12:]  # (drawing, face)
    assert (agreement.argmax(axis=1) == np.arange(12)).all()


def test_write_paired(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "demo"
    demo.write_paired(folder, 3, 32, 1)
    demo.write_paired(folder, 3, 32, 1)
    for index, (drawing, face) in enumerate(demo.faces(3, 32, 1)):
        for name, picture in (("source", drawing), ("target", face)):
            path = folder / name / f"{index:04d}.png"
            assert images.decode(path).tobytes() == picture.tobytes()
    assert sorted(path.name for path in (folder / "source").iterdir()) == ["0000.png", "0001.png", "0002.png"]


def test_by_hand_the_same_people_in_drawings_of_every_kind() -> None:
    clean, by_hand = list(demo.faces(12, 96, 5)), list(demo.faces(12, 96, 5, by_hand=True))
    assert [face.tobytes() for _, face in clean] == [face.tobytes() for _, face in by_hand]
    assert [d.tobytes() for d, _ in by_hand] == [d.tobytes() for d, _ in demo.faces(12, 96, 5, by_hand=True)]
    ink = [float((np.asarray(drawing.convert("L")) < 128).mean()) for drawing, _ in by_hand]
    assert max(ink) > 3 * min(ink)  # from a few lines to filled hair
    assert {drawing.mode for drawing, _ in by_hand} == {"RGB"}


def test_a_hand_draws_what_is_seen_and_where_it_is() -> None:
    """Lines lie on outlines of the drawing with every outline in its place, and of what hair hides there are none."""
    near = 0
    for index in range(6):
        dice = np.random.default_rng([9, index])
        shapes, light, sky = demo._compose(dice)
        clean = np.asarray(demo._draw(shapes, 256, 1.5).convert("L"))
        lines = lines_of(shapes, demo._paint(shapes, light, sky, 256))
        ink = cv2.dilate((clean < 128).astype(np.uint8), np.ones((5, 5), np.uint8))
        column, row = np.clip(np.round(lines.points / 16).astype(int), 0, 255).T
        near += float(ink[row, column].mean()) > 0.97
        assert lines.ends[-1] == len(lines.points) and len(lines.kinds) == len(lines.ends) - 1
        assert {"face", "eye0", "eye1", "brow0", "nose", "mouth", "outline0"} <= set(lines.parts)
        assert lines.parts["eye0"][0, 0] < lines.parts["nose"][1, 0] < lines.parts["eye1"][0, 0]
        assert lines.parts["mouth"][:, 1].mean() > lines.parts["nose"][:, 1].max()
        inside = cv2.pointPolygonTest(lines.parts["face"], lines.parts["nose"][1].tolist(), False)
        assert inside > 0 and (np.diff(lines.parts["mouth"][:, 0]) >= 0).all()
    assert near == 6

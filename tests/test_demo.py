"""The demo faces: reproducible, varied, and drawing and face belong together."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageChops

from ganstudio import images
from ganstudio.data import demo


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

"""ganstudio.data.trace and sketch: faces are found, drawings fit the photograph, styles draw anything."""

import pickle
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ganstudio.data import sketch as sketches
from ganstudio.data import trace as traces
from ganstudio.data.drawing import render


def portrait(size: tuple[int, int] = (256, 256), left: int = 0) -> Image.Image:
    """A painted person, aligned as training photographs are, on a sheet of `size`."""
    canvas = np.full((256, 256, 3), (90, 120, 170), np.uint8)
    skin, shade, dark = (215, 170, 145), (150, 105, 90), (50, 35, 30)
    cv2.ellipse(canvas, (128, 300), (125, 80), 0, 0, 360, (40, 40, 60), -1)
    cv2.ellipse(canvas, (128, 110), (92, 100), 0, 0, 360, dark, -1)
    cv2.ellipse(canvas, (128, 142), (78, 92), 0, 0, 360, skin, -1)
    for x in (93, 163):
        cv2.ellipse(canvas, (x, 110), (26, 14), 0, 0, 360, shade, -1)
        cv2.ellipse(canvas, (x, 111), (15, 6), 0, 0, 360, (240, 240, 240), -1)
        cv2.circle(canvas, (x, 111), 6, dark, -1)
        cv2.ellipse(canvas, (x, 98), (22, 7), 0, 190, 350, dark, 5)
    cv2.ellipse(canvas, (128, 152), (16, 8), 0, 0, 180, shade, 5)
    cv2.ellipse(canvas, (128, 178), (34, 16), 0, 10, 170, (150, 60, 60), 7)
    canvas = np.asarray(cv2.GaussianBlur(canvas, (0, 0), 1.5), np.uint8)
    sheet = Image.new("RGB", size, (90, 120, 170))
    sheet.paste(Image.fromarray(canvas), (left, 0))
    return sheet


@pytest.fixture(scope="module")
def lines() -> sketches.Lines:
    return sketches.trace(portrait())


def test_features_lie_where_they_are_painted(lines: sketches.Lines) -> None:
    assert lines.place == (1, 0, 0)
    for name, (x, y) in (("eye0", (93, 111)), ("eye1", (163, 111))):
        assert np.abs(lines.parts[name][0] - (x, y)).max() < 5
    mouth = lines.parts["mouth"]
    assert abs(mouth[:, 0].mean() - 128) < 8 and abs(mouth[:, 1].mean() - 190) < 10
    assert np.abs(np.ptp(lines.parts["face"], axis=0) - (156, 184)).max() < 30
    assert lines.tones["hair"] == 1 and lines.tones["hair_dark"] > 0.6
    assert lines.tones["glasses"] == lines.tones["beard"] == 0


def test_a_face_elsewhere_is_found() -> None:
    """The mean face itself, from brow to chin, half as large as an aligned one."""
    face = cv2.resize(traces._mean_face(), (80, 80), interpolation=cv2.INTER_CUBIC)
    sheet = np.full((256, 256), 128, np.uint8)
    sheet[100:180, 120:200] = np.clip(face, 0, 255)
    scale, left, top = sketches.trace(Image.fromarray(sheet)).place
    assert 0.42 < scale < 0.6
    eye = np.array([93, 111]) * scale + (left, top)
    assert np.abs(eye - (120 + (93 - 48) / 2, 100 + (111 - 64) / 2)).max() < 8


def test_a_wide_photograph_lies_centred_in_the_square() -> None:
    lines = sketches.trace(portrait(size=(512, 256), left=128))
    assert lines.box == (0, 64, 256, 128)


def test_lines_are_small_and_survive_pickling(lines: sketches.Lines) -> None:
    data = pickle.dumps(lines)
    assert len(data) < 64_000
    again = pickle.loads(data)
    for seed in range(8):
        first = sketches.random_drawing(lines, 128, np.random.default_rng(seed))
        second = sketches.random_drawing(again, 128, np.random.default_rng(seed))
        assert np.array_equal(first, second)


def test_random_drawings_are_many_kinds_of_dark_on_white(lines: sketches.Lines) -> None:
    rng = np.random.default_rng(0)
    pages = [sketches.random_drawing(lines, 128, rng) for _ in range(60)]
    assert all(page.shape == (128, 128) and page.dtype == np.uint8 for page in pages)
    ink = np.array([(page < 128).mean() for page in pages])
    assert (ink > 0.002).mean() > 0.9 and ink.max() < 0.5 and np.median(ink) < 0.2
    assert ink.std() > 0.02
    assert len({page.tobytes() for page in pages}) == 60


def test_random_drawings_stay_on_the_face(lines: sketches.Lines) -> None:
    """Summed over many drawings, there is more ink on the painted eyes and mouth than on the cheeks."""
    rng = np.random.default_rng(1)
    ink = np.sum([255.0 - sketches.random_drawing(lines, 256, rng) for _ in range(60)], axis=0)
    cheeks = ink[140:165, 75:95].mean()
    assert ink[105:117, 80:106].mean() > 2 * cheeks
    assert ink[182:198, 110:146].mean() > 2 * cheeks


@pytest.mark.parametrize("style", sketches.STYLES)
@pytest.mark.parametrize("photo", ["portrait", "landscape", "blank", "noise", "dot"])
def test_every_style_draws_anything(style: str, photo: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (90, 160, 3), dtype=np.uint8)
    picture = {
        "portrait": portrait(),
        "landscape": portrait(size=(300, 190), left=20),
        "blank": Image.new("RGB", (70, 200), "white"),
        "noise": Image.fromarray(noise),
        "dot": Image.new("RGB", (1, 1)),
    }[photo]
    drawing = sketches.sketch(picture, style, seed=3)
    assert drawing.size == picture.size and drawing.mode == "RGB"
    assert drawing.tobytes() == sketches.sketch(picture, style, seed=3).tobytes()
    if photo == "portrait":
        tones = np.asarray(drawing.convert("L"))
        assert np.median(tones) > 230 and 0.003 < (tones < 128).mean() < 0.4


def test_unknown_style_is_named() -> None:
    with pytest.raises(ValueError, match="xdog"):
        sketches.sketch(portrait(), "oil")


def test_a_photograph_becomes_strokes(lines: sketches.Lines) -> None:
    few, many = sketches.to_drawing(lines, 0), sketches.to_drawing(lines, 1)
    assert 4 <= len(few) <= len(many)
    drawn = 255.0 - np.asarray(render(many).convert("L"))
    grey = cv2.cvtColor(np.asarray(portrait()), cv2.COLOR_RGB2GRAY)
    edges = cv2.dilate(cv2.Canny(grey, 30, 80), np.ones((7, 7), np.uint8)) > 0
    assert drawn[edges].sum() > 0.75 * drawn.sum()
    with pytest.raises(ValueError, match="detail"):
        sketches.to_drawing(lines, 2)


def test_nothing_is_traced_on_a_blank_sheet() -> None:
    lines = sketches.trace(Image.new("RGB", (256, 256), "white"))
    assert len(lines.kinds) == 0 and "face" not in lines.parts
    assert all(len(stroke.points) for stroke in sketches.to_drawing(lines))
    for seed in range(10):
        sketches.random_drawing(lines, 64, np.random.default_rng(seed))


def test_links_follow_a_line_once() -> None:
    """A drawn diagonal is one chain along each of its two edges, not many pieces and not there and back."""
    sheet = np.full((256, 256), 255, np.uint8)
    cv2.line(sheet, (40, 50), (200, 170), 0, 9)
    chains, strengths = traces._link(sheet, None)
    lengths = [np.hypot(*np.diff(chain, axis=0).T).sum() for chain in chains]
    assert sum(lengths) < 2 * 200 + 60
    assert max(lengths) > 150
    assert len(strengths) == len(chains)


def test_survey_measures_drawings(tmp_path: Path) -> None:
    portrait().save(tmp_path / "one.jpg")
    found = sketches.survey(tmp_path, each=3)
    assert 1 <= len(found) <= 3 and all(0 < measures.ink < 1 for measures in found)

"""ganstudio.data.drawing: parsing what strangers send, rendering, findings, normalising, examples."""

import json

import numpy as np
import pytest
from PIL import Image, ImageOps

from ganstudio.data import drawing as drawings
from ganstudio.data.drawing import Drawing, Stroke
from ganstudio.words import LANGUAGES, Refused, has, say


def circle(x: float, y: float, radius: float, width: float = 2.5) -> Stroke:
    angle = np.linspace(0, 2 * np.pi, 60)
    points = np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle), np.ones(60)], 1)
    return Stroke(points.astype(np.float32), width)


def face(x: float = 128, y: float = 128, radius: float = 92, width: float = 2.5) -> Drawing:
    small = radius / 10
    return [
        circle(x, y, radius, width),
        circle(x - 3 * small, y - 2 * small, small, width),
        circle(x + 3 * small, y - 2 * small, small, width),
        Stroke(
            np.array([[x - 3 * small, y + 4 * small, 1], [x + 3 * small, y + 4 * small, 1]], np.float32),
            width,
        ),
    ]


def keys(image: Image.Image) -> set[str]:
    return {finding.key for finding in drawings.inspect(image)}


def test_saved_drawing_opens_unchanged() -> None:
    original = [*face(), Stroke(np.array([[5, 6, 0.5]], np.float32), 8.0, True)]
    again = drawings.parse(json.loads(json.dumps(drawings.to_json(original))))
    assert [s.erase for s in again] == [False] * 4 + [True]
    before, after = (np.asarray(drawings.render(strokes), np.float32) for strokes in (original, again))
    assert np.abs(before - after).mean() < 0.1  # coordinates are kept to a hundredth of a pixel
    assert drawings.to_json(again) == drawings.to_json(original)


def test_pressure_may_be_left_out_and_is_never_zero() -> None:
    stroke = drawings.parse({"strokes": [{"points": [[1, 2], [3, 4, 0]], "width": 3}]})[0]
    assert stroke.points[0, 2] == 1
    assert 0 < stroke.points[1, 2] <= 0.1


@pytest.mark.parametrize(
    "data, key",
    [
        (None, "drawing.not_a_drawing"),
        ([], "drawing.not_a_drawing"),
        ({"strokes": "many"}, "drawing.not_a_drawing"),
        ({"strokes": [{"points": [[1, 1]], "width": 2}] * 2001}, "drawing.too_many_strokes"),
        ({"strokes": [{"points": [[1, 1]] * 50_001, "width": 2}] * 2}, "drawing.too_many_points"),
        ({"strokes": [7]}, "drawing.bad_stroke"),
        ({"strokes": [{"points": [], "width": 2}]}, "drawing.bad_stroke"),
        ({"strokes": [{"points": [[1]], "width": 2}]}, "drawing.bad_stroke"),
        ({"strokes": [{"points": [["1", 2]], "width": 2}]}, "drawing.bad_stroke"),
        ({"strokes": [{"points": [[True, 2]], "width": 2}]}, "drawing.bad_stroke"),
        ({"strokes": [{"points": [[[1], 2]], "width": 2}]}, "drawing.bad_stroke"),
        ({"strokes": [{"points": [[1, 2]], "width": 2, "erase": 1}]}, "drawing.bad_stroke"),
        ({"strokes": [{"points": [[1, 2]]}]}, "drawing.bad_stroke"),
        ({"strokes": [{"points": [[float("nan"), 2]], "width": 2}]}, "drawing.bad_number"),
        ({"strokes": [{"points": [[float("inf"), 2]], "width": 2}]}, "drawing.bad_number"),
        ({"strokes": [{"points": [[10**400, 2]], "width": 2}]}, "drawing.bad_number"),
        ({"strokes": [{"points": [[1, 2, 1.5]], "width": 2}]}, "drawing.bad_number"),
        ({"strokes": [{"points": [[1, 2]], "width": float("nan")}]}, "drawing.bad_width"),
        ({"strokes": [{"points": [[1, 2]], "width": 10**400}]}, "drawing.bad_width"),
    ],
)
def test_what_is_no_drawing_is_refused(data: object, key: str) -> None:
    with pytest.raises(Refused) as refusal:
        drawings.parse(data)
    assert refusal.value.key == key
    assert refusal.value.say("ja") != str(refusal.value)


@pytest.mark.parametrize("size", [64, 256, 700])
def test_render_scales(size: int) -> None:
    image = drawings.render(face(), size)
    assert image.size == (size, size) and image.mode == "RGB"
    ink = 1 - np.asarray(image.convert("L").resize((64, 64), Image.Resampling.BOX)) / 255
    usual = 1 - np.asarray(drawings.render(face()).convert("L").resize((64, 64), Image.Resampling.BOX)) / 255
    assert abs(ink.mean() / usual.mean() - 1) < 0.25  # OpenCV draws whole widths
    assert np.corrcoef(ink.ravel(), usual.ravel())[0, 1] > 0.9


def test_render_erases_and_presses() -> None:
    line = Stroke(np.array([[20, 128, 1], [236, 128, 1]], np.float32), 6)
    soft = Stroke(np.array([[20, 128, 0.3], [236, 128, 0.3]], np.float32), 6)
    thin, thick = (drawings.measure(drawings.render([stroke])) for stroke in (soft, line))
    assert thin and thick and thin.stroke < thick.stroke
    assert drawings.measure(drawings.render([line, line._replace(width=12, erase=True)])) is None
    with pytest.raises(ValueError, match="expected 8"):
        drawings.render([], 100_000)


def test_findings_name_what_is_unusual() -> None:
    page = drawings.render
    assert keys(page(face())) == set()
    assert keys(page(face(), 700)) == set()
    assert keys(page([])) == {"drawing.empty"}
    assert keys(ImageOps.invert(page(face()))) == {"drawing.inverted"}
    assert keys(page(face(width=20))) == {"drawing.too_thick"}
    assert keys(page(face(radius=40))) == {"drawing.too_small"}
    assert "drawing.off_centre" in keys(page(face(x=200, y=60, radius=50)))
    assert "drawing.too_much_ink" in keys(page([*face(), circle(128, 128, 60, 64), circle(128, 128, 20, 64)]))
    assert "drawing.too_little_ink" in keys(page([circle(128, 128, 2)]))
    faint = Image.blend(page(face(width=0.5)), Image.new("RGB", (256, 256), "white"), 0.3)
    assert keys(faint) <= {"drawing.too_thin", "drawing.empty"} and keys(faint)


def test_each_finding_can_be_said() -> None:
    found = [face(radius=40, width=12), face(x=200, radius=40), [], face(width=20), [circle(128, 128, 2)]]
    for finding in (finding for strokes in found for finding in drawings.inspect(drawings.render(strokes))):
        for language in LANGUAGES:
            assert "{" not in say(finding.key, language, **finding.details)


@pytest.mark.parametrize("strokes", [face(60, 190, 30), face(radius=45), face(width=20), face(200, 60, 50, 12)])
def test_normalise_mends_a_drawing(strokes: Drawing) -> None:
    assert drawings.inspect(drawings.render(strokes))
    mended = drawings.normalise(strokes)
    assert len(mended) == len(strokes)
    assert drawings.inspect(drawings.render(mended)) == []
    assert drawings.to_json(drawings.normalise(mended)) == drawings.to_json(mended)


def test_normalise_leaves_a_usual_drawing_alone() -> None:
    assert drawings.to_json(drawings.normalise(face())) == drawings.to_json(face())
    assert drawings.normalise([]) == []


def test_normalise_of_a_drawing_that_is_all_erased() -> None:
    erased = [Stroke(np.array([[20, 20, 1], [200, 200, 1]], np.float32), 9, True)]
    assert drawings.normalise(erased) == erased


@pytest.mark.parametrize("kind", ["inverted", "thick", "small", "photographed"])
def test_normalise_image_mends_pixels(kind: str) -> None:
    page = drawings.render(face(width=18) if kind == "thick" else face(), 512)
    if kind == "inverted":
        page = ImageOps.invert(page)
    elif kind == "small":
        wide = Image.new("RGB", (900, 700), "white")
        wide.paste(page.resize((220, 220)), (40, 420))
        page = wide
    elif kind == "photographed":
        light = np.linspace(0.55, 0.95, 512)[None, :, None]
        page = Image.fromarray((np.asarray(page) * light * 0.7 + 40).astype(np.uint8))
    mended = drawings.normalise_image(page)
    assert mended.size == (256, 256) and mended.mode == "RGB"
    assert drawings.inspect(mended) == []
    assert np.asarray(mended)[0].min() > 240  # white paper


def test_examples_are_usual_drawings_with_names() -> None:
    examples = drawings.examples()
    assert len(examples) >= 8
    for name, strokes in examples.items():
        assert drawings.inspect(drawings.render(strokes)) == [], name
        assert has(f"example.{name}")

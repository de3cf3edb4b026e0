"""Is there a face on the sheet? With the weights that ship; and who is told."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from core_fixtures import publish_tiny
from PIL import Image, ImageDraw

from ganstudio import commands, images
from ganstudio.data import demo, doodles, drawing, sheets
from ganstudio.models import drawn_face
from ganstudio.ui.models import Models
from ganstudio.ui.tabs.sketch import server as canvas
from ganstudio.words import say

SENTENCE = [say("drawing.no_face", each) for each in ("en", "ja")]


def told(sheet: Image.Image) -> bool:
    return drawn_face.no_face(sheet, drawing.inspect(sheet))


def drawn(draw: Callable[[ImageDraw.ImageDraw], None]) -> Image.Image:
    sheet = Image.new("RGB", (256, 256), "white")
    draw(ImageDraw.Draw(sheet))
    return sheet


def smiley(pen: ImageDraw.ImageDraw) -> None:
    pen.ellipse((50, 30, 206, 220), outline="black", width=3)
    pen.ellipse((90, 95, 102, 107), fill="black")
    pen.ellipse((154, 95, 166, 107), fill="black")
    pen.arc((95, 120, 161, 180), 20, 160, fill="black", width=3)


def house(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((60, 120, 200, 220), outline="black", width=3)
    pen.polygon([(45, 120), (130, 40), (215, 120)], outline="black", width=3)
    pen.rectangle((115, 165, 145, 220), outline="black", width=3)


def word(pen: ImageDraw.ImageDraw) -> None:
    pen.text((20, 90), "Hello", "black", font_size=88)


def scribble(pen: ImageDraw.ImageDraw) -> None:
    rng = np.random.default_rng(3)
    pen.line([tuple(point) for point in rng.uniform(40, 216, (40, 2)).tolist()], "black", 3)


@pytest.mark.parametrize("draw", [house, word, scribble])
def test_what_is_no_face_is_told(draw: Callable[[ImageDraw.ImageDraw], None]) -> None:
    assert told(drawn(draw))


def test_a_face_is_a_face_wherever_however_large_and_by_any_pencil() -> None:
    sheet = drawn(smiley)
    small = Image.new("RGB", (256, 256), "white")
    small.paste(sheet.resize((110, 110), Image.Resampling.LANCZOS), (10, 130))
    pencil = sheet.point(lambda level: 255 - (255 - level) // 2)
    for each in (sheet, small, pencil, sheet.convert("L"), sheet.resize((900, 900))):
        assert not told(each)


def test_the_examples_are_faces() -> None:
    for name, strokes in drawing.examples().items():
        assert not told(drawing.render(strokes)), name


def test_hardly_any_doodled_face_is_told_and_most_else_is() -> None:
    dice = np.random.default_rng(12)
    faces = [doodles.draw(doodles.face(dice), dice) for _ in range(100)]
    faces += [face for face, _ in demo.faces(30, 256, 5)]
    assert sum(map(told, faces)) <= 3
    others = [doodles.draw(make(dice), dice) for make in (doodles.KINDS | doodles.UNSEEN).values() for _ in range(3)]
    judged = [each for each in others if not drawn_face.UNJUDGED & {f.key for f in drawing.inspect(each)}]
    assert sum(map(told, judged)) >= 0.8 * len(judged)


def test_an_oval_is_the_beginning_of_a_face() -> None:
    assert not told(drawn(lambda pen: pen.ellipse((60, 30, 196, 220), outline="black", width=3)))


def test_nothing_is_said_of_faces_where_there_is_too_little_to_judge() -> None:
    for draw in (lambda pen: None, lambda pen: pen.line((40, 40, 90, 60), "black", 3)):
        assert not told(drawn(draw))
    assert not told(Image.new("L", (256, 256), 0))


# --- who is told ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two models of random weights: `portraits` says that it draws faces, `shoes` says nothing."""
    folder = tmp_path_factory.mktemp("shelf")
    for name in ("portraits", "shoes"):
        publish_tiny(folder / name, size=32)
    file = folder / "portraits" / "config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "subject": "faces"}))
    return folder


def ask(shelf: Path, model: str, sheet: Image.Image, **asked: Any) -> dict[str, Any]:
    functions = {each.__name__: each for each in canvas.functions(Models(shelf / "shoes", shelf))}
    picture = "data:image/png;base64," + base64.b64encode(images.encode_png(sheet.convert("L"))).decode()
    return asyncio.run(functions["translate_canvas"]({"picture": picture, "model": model, "look": True, **asked}))


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_model_of_faces_says_that_there_is_none(shelf: Path, language: str) -> None:
    answer = ask(shelf, "portraits", drawn(house), language=language)
    assert answer["no_face"] == SENTENCE[language == "ja"] and "picture" in answer
    assert ask(shelf, "portraits", drawn(smiley), language=language)["no_face"] is None


def test_other_models_never_do(shelf: Path) -> None:
    assert ask(shelf, "shoes", drawn(house))["no_face"] is None


def test_a_moving_pen_is_not_looked_at(shelf: Path) -> None:
    answer = ask(shelf, "portraits", drawn(house), look=False)
    assert answer["no_face"] is None and answer["findings"] is None


def test_translate_warns_and_goes_on(shelf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, draw in (("house", house), ("face", smiley)):
        drawn(draw).save(tmp_path / f"{name}.png")
    files = [str(tmp_path / f"{name}.png") for name in ("house", "face")]
    for model, lines in (("portraits", 1), ("shoes", 0)):
        assert commands.main(["translate", *files, "--model", str(shelf / model), "--out", str(tmp_path / model)]) == 0
        warned = [line for line in capsys.readouterr().err.splitlines() if SENTENCE[0] in line]
        assert len(warned) == lines and all("house.png" in line for line in warned)
        assert len(list((tmp_path / model).glob("*.png"))) == 2


def test_the_sheets_to_train_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both labels in each part, unseen kinds in the test alone, photographs and hands of one person in one part."""
    for name in ("photos", "hands", "others"):
        (tmp_path / name).mkdir()
        for k, (line, face) in enumerate(demo.faces(12, 64, 3)):
            (line if name == "hands" else face).save(tmp_path / name / f"{k}.png")
    (tmp_path / "held.txt").write_text("1\n2\n3\n4\n")
    options = [f"--{name}" for name in ("photos", "hands", "others")]
    named = [part for option in options for part in (option, str(tmp_path / option[2:]))]
    sheets.main([str(tmp_path / "out"), *named, "--hold-out", str(tmp_path / "held.txt"), "--faces", "6",
                 "--doodles", "4", "--most", "12", "--each", "3"])  # fmt: skip
    kinds = {
        part: {path.stem.rpartition("-")[0] for path in (tmp_path / "out" / part).glob("*/*.png")}
        for part in sheets.PARTS
    }
    assert {"childish", "photo", "artist", "house", "shuffled"} <= kinds["train"]
    assert set(doodles.UNSEEN) <= kinds["test"] and not set(doodles.UNSEEN) & (kinds["train"] | kinds["validate"])
    assert {path.parent.name for path in (tmp_path / "out" / "train").glob("*/*.png")} == {"face", "other"}
    assert Image.open(next((tmp_path / "out").rglob("*.png"))).size == (sheets.KEPT, sheets.KEPT)
    assert "train house: 4" in capsys.readouterr().out

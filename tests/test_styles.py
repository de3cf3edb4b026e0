"""Styles in the sketch tab, without a browser: what the page's functions answer, and what they refuse."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from core_fixtures import publish_tiny
from gradio.utils import get_upload_folder
from PIL import Image, ImageDraw

from ganstudio import images
from ganstudio.data import faces
from ganstudio.ui.answers import handler
from ganstudio.ui.models import Models
from ganstudio.ui.tabs.sketch import server as canvas
from ganstudio.words import WORDS

Ask = Callable[[str, dict[str, Any]], dict[str, Any]]


def sheet() -> str:
    picture = Image.new("L", (256, 256), 255)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((60, 40, 196, 220), outline=0, width=3)
    pen.arc((100, 140, 156, 185), 20, 160, fill=0, width=3)
    return "data:image/png;base64," + base64.b64encode(images.encode_png(picture)).decode()


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """The page's functions, of an app that knows a model with styles and one slider, and one without."""
    shelf = tmp_path_factory.mktemp("shelf")
    publish_tiny(shelf / "styled", recipe="bicyclegan", size=256, depth=3)
    publish_tiny(shelf / "plain", recipe="pix2pix", size=32)
    file = shelf / "styled" / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"directions": [{"name": "skin", "vector": [3, 0, 0]}]}))
    functions = {each.__name__: handler(each) for each in canvas.functions(Models(shelf / "styled", shelf))}

    def call(name: str, request: dict[str, Any]) -> dict[str, Any]:
        return asyncio.run(functions[name](request))  # type: ignore[arg-type]

    return call


def test_the_page_is_told_of_styles_and_sliders_in_the_visitors_language(ask: Ask) -> None:
    told = ask("wake", {"language": "ja"})
    assert told["codes"] == 3 and told["sliders"] == [{"name": "skin", "label": WORDS["ja"]["app.slider.skin"]}]
    assert set(told["models"]) == {"styled", "plain"}
    assert ask("wake", {"model": "plain"})["codes"] == 0


def test_a_style_paints_and_is_kept_in_the_png(ask: Ask) -> None:
    style = {"base": [1.0, -1.0, 0.5], "sliders": {"skin": -0.5}}
    request = {"picture": sheet(), "seed": 5, "strokes": [], "backdrop": sheet()}
    plain, painted = (ask("translate_canvas", {**request, "style": each})["picture"] for each in (None, style))
    assert painted != plain
    answer = ask("save_picture", {**request, "style": style})
    data = base64.b64decode(answer["png"].split(",", 1)[1])
    assert (images.read_settings(data) or {})["style"] == style
    folder = Path(get_upload_folder()) / "test-styles"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "face.png").write_bytes(data)
    opened = ask("open_file", {"path": str(folder / "face.png"), "kind": "auto"})
    assert opened["style"] == style and opened["seed"] == 5 and opened["size"] == 256


@pytest.mark.parametrize(("size", "name"), [(256, "face-5.png"), (512, "face-5-512.png"), (1024, "face-5-1024.png")])
def test_a_download_has_the_size_that_was_chosen_and_still_restores_the_drawing(ask: Ask, size: int, name: str) -> None:
    line = {"points": [[60, 60, 1], [120, 90, 1]], "width": 2.5, "erase": False}
    request = {"picture": sheet(), "seed": 5, "strokes": [line], "backdrop": None, "size": size}
    answer = ask("save_picture", request)
    data = base64.b64decode(answer["png"].split(",", 1)[1])
    assert answer["name"] == name and images.decode(data).size == (size, size)
    folder = Path(get_upload_folder()) / "test-sizes"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    opened = ask("open_file", {"path": str(folder / name), "kind": "auto"})
    assert opened["size"] == size and opened["seed"] == 5 and opened["strokes"] == [line]
    plain = ask("save_picture", {**request, "model": "plain"})  # a model of 32 pixels
    assert images.decode(base64.b64decode(plain["png"].split(",", 1)[1])).size == (size, size)


@pytest.mark.parametrize("size", [0, 257, 4096, "512", 512.0, None, True, [512]])
def test_a_size_that_is_not_offered_is_refused(ask: Ask, size: object) -> None:
    answer = ask("save_picture", {"picture": sheet(), "seed": 5, "strokes": [], "backdrop": None, "size": size})
    assert answer == {"error": WORDS["en"]["app.bad_request"]}


@pytest.mark.parametrize(
    "style",
    [
        7,
        "plain",
        [1, 2, 3],
        {"base": [1, 2]},
        {"base": [1, 2, "x"]},
        {"base": [1, 2, float("nan")]},
        {"base": [1, 2, 1e9]},
        {"base": "123"},
        {"sliders": {"skin": 2}},
        {"sliders": {"nothing": 1}},
        {"sliders": {"skin": None}},
        {"sliders": [1]},
    ],
)
def test_a_style_that_cannot_be_one_is_refused_in_a_sentence(ask: Ask, style: object) -> None:
    for name in ("translate_canvas", "save_picture", "walk_styles"):
        assert list(ask(name, {"picture": sheet(), "strokes": [], "style": style})) == ["error"]


def test_a_model_without_styles_says_so(ask: Ask) -> None:
    answer = ask("translate_canvas", {"picture": sheet(), "model": "plain", "style": {"base": [1.0], "sliders": {}}})
    assert answer["error"] == WORDS["en"]["engine.no_style"].format(model="plain")


def test_a_film_goes_from_one_style_to_another_and_back(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canvas, "FRAMES", 6)
    ends = ({"base": [-9.0, 9.0, -9.0]}, {"base": [9.0, -9.0, 9.0], "sliders": {"skin": 0.1}})
    request = {"picture": sheet(), "seed": None, "style": ends[0], "to_seed": 3, "to": ends[1]}
    film = Image.open(io.BytesIO(base64.b64decode(ask("walk_styles", request)["film"].split(",", 1)[1])))
    assert film.format == "WEBP" and film.n_frames > 1 and film.size == (256, 256)  # type: ignore[attr-defined]
    assert "film" in ask("walk_styles", {**request, "style": None, "to": None})  # from the plain one to a seed's


def upload(picture: Image.Image, name: str) -> str:
    folder = Path(get_upload_folder()) / "test-styles"
    folder.mkdir(parents=True, exist_ok=True)
    picture.save(folder / name)
    return str(folder / name)


def test_a_photograph_gives_its_style_and_what_is_none_is_told_so(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    photo = Image.effect_noise((300, 300), 90).convert("RGB").point(lambda level: level // 2 + 60)
    photo.paste((200, 120, 90), (80, 60, 220, 260))
    path = upload(photo, "photo.png")
    answer = ask("style_of_photograph", {"path": path})
    assert answer["error"] == WORDS["en"]["style.no_face"]
    face = faces.Face((80.0, 60.0, 220.0, 200.0), "face")
    monkeypatch.setattr(faces, "find_faces", lambda picture, cascade=None: [face, face])
    answer = ask("style_of_photograph", {"path": path})
    assert len(answer["style"]) == 3 and answer["faces"] == 2
    drawing = Image.new("RGB", (200, 200), "white")
    ImageDraw.Draw(drawing).ellipse((40, 40, 160, 180), outline="black", width=2)
    assert ask("style_of_photograph", {"path": upload(drawing, "drawing.png")})["error"] == WORDS["en"]["style.drawing"]
    assert list(ask("style_of_photograph", {"path": "/etc/passwd"})) == ["error"]
    assert list(ask("style_of_photograph", {"path": path, "model": "plain"})) == ["error"]

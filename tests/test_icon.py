"""Icons: what is cut out of a picture, what is said about it, and how results are finished."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from core_fixtures import publish_tiny
from face_fixtures import BRIGHT, EVERYTHING, portrait, squares
from PIL import Image, ImageDraw
from test_flat import colours_of, head, off, painted

from ganstudio import images
from ganstudio.commands import main
from ganstudio.data import faces
from ganstudio.models import engine, icon
from ganstudio.models.engine import Model
from ganstudio.words import LANGUAGES, Refused

DOMAINS = {"domain_a": "character", "domain_b": "icon"}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tmp_path_factory.mktemp("models") / "face2icon"
    publish_tiny(folder, recipe="ugatit", size=32, **DOMAINS)
    return engine.load(folder)


@pytest.fixture
def bright(tmp_path: Path) -> Path:
    """A cascade that finds bright squares."""
    file = tmp_path / "bright.xml"
    file.write_text(BRIGHT)
    return file


def keys(chosen: icon.Chosen) -> list[str]:
    return [note.key for note in chosen.notes]


# --- what is cut out --------------------------------------------------------------------------------------


def test_a_drawn_head_is_cut_out_as_it_is_and_a_photograph_by_its_face() -> None:
    drawn = icon.choose(head())
    assert drawn.found is None and drawn.notes == () and drawn.box == faces.centre(head()).box
    ground = Image.new("RGB", (400, 300), (120, 140, 130))
    ground.paste(portrait(), (200, 80))
    photo = icon.choose(ground)
    assert photo.found == 1 and keys(photo) == []
    left, top, right, bottom = photo.box
    assert left < 240 < 300 < right and top < 120 < 200 < bottom and right - left == pytest.approx(bottom - top)


def test_a_transparent_ground_is_plain_too() -> None:
    head_alone = head().convert("RGBA")
    head_alone.putalpha(Image.fromarray((np.asarray(head()).min(2) < 250).astype(np.uint8) * 255))
    assert icon.choose(head_alone).found is None


def test_without_a_face_the_middle_is_taken_and_said_so(bright: Path) -> None:
    picture = Image.new("RGB", (300, 200), (90, 90, 90))
    for cascade in (None, bright):
        chosen = icon.choose(picture, "face", cascade=cascade)
        assert chosen.box == (50, 0, 250, 200) and chosen.found == 0 and keys(chosen) == ["icon.no_face"]


def test_of_many_faces_the_largest_is_taken(bright: Path) -> None:
    picture = squares((30, 30, 60), (170, 60, 110), (40, 140, 50))
    chosen = icon.choose(picture, "face", cascade=bright)
    assert chosen.found is not None and chosen.found > 1 and "icon.many_faces" in keys(chosen)
    assert dict(chosen.notes[0].details) == {"count": chosen.found}
    left, top, right, bottom = chosen.box
    assert left < 225 < right and top < 115 < bottom


def test_a_face_at_the_border_or_a_tiny_one_is_said(bright: Path) -> None:
    assert "icon.border" in keys(icon.choose(squares((3, 60, 90)), "face", cascade=bright))
    assert "faces.tiny" in keys(icon.choose(squares((100, 80, 9)), "face", cascade=bright))
    fine = icon.choose(squares((100, 70, 90)), "face", cascade=bright)
    assert not {"icon.border", "faces.tiny"} & set(keys(fine))


def test_a_huge_face_is_all_of_the_picture(bright: Path) -> None:
    picture = squares((5, 5, 310), size=(320, 320))
    chosen = icon.choose(picture, "face", cascade=bright)
    left, top, right, bottom = chosen.box
    assert chosen.found and left <= 0 and top <= 0 and right >= 310 and bottom >= 310


def test_what_is_no_cascade_is_refused(tmp_path: Path) -> None:
    no_cascade, greedy = tmp_path / "no.xml", tmp_path / "greedy.xml"
    no_cascade.write_text("<opencv_storage/>")
    greedy.write_text(EVERYTHING)
    for file in (no_cascade, greedy, tmp_path / "missing.xml"):
        with pytest.raises(Refused) as refused:
            icon.choose(squares((100, 70, 90), size=(640, 640)), "face", cascade=file)
        assert file.name in refused.value.say("ja")


@pytest.mark.parametrize("margin", [0.0, 0.3, 0.7])
def test_the_square_that_is_shown_is_the_one_that_is_cut_out(margin: float) -> None:
    picture, box = portrait(320), (120.0, 130.0, 200.0, 210.0)
    shown = icon.cut_out(picture, faces.square_around(box, margin, picture.size))
    assert off(shown, faces.crop(picture, box, margin, size=shown.width)) < 0.5


def test_the_whole_picture_or_a_square_of_ones_own() -> None:
    picture = Image.new("RGB", (60, 40), (200, 30, 30))
    assert icon.choose(picture, "none").box == (0, -10, 60, 50)
    whole = icon.cut_out(picture, icon.choose(picture, "none").box)
    assert whole.size == (60, 60) and whole.getpixel((30, 2)) == (255, 255, 255)
    assert icon.cut_out(picture, icon.choose(picture, (10, 10, 30, 30)).box).getcolors() == [(400, (200, 30, 30))]


def test_transparency_is_laid_on_white_and_large_cuts_are_made_smaller() -> None:
    glass = Image.new("RGBA", (2000, 2000), (0, 0, 0, 0))
    cut = icon.cut_out(glass, (0, 0, 2000, 2000))
    assert cut.mode == "RGB" and cut.width == icon.MAX_CROP and cut.getpixel((9, 9)) == (255, 255, 255)


def test_it_is_turned_clockwise() -> None:
    picture = Image.new("RGB", (100, 100), "white")
    ImageDraw.Draw(picture).rectangle((45, 5, 55, 15), (0, 0, 0))  # at the top
    turned = np.asarray(icon.cut_out(picture, (0, 0, 100, 100), 45).convert("L"))
    rows, columns = np.nonzero(turned < 100)
    assert rows.mean() < 30 and columns.mean() > 70  # to the right


@pytest.mark.parametrize(
    "box",
    [
        *(
            (0, 0, 0, 0),
            (0, 0, 5, 5),
            (10, 10, 0, 0),
            (0, 0, 50, 30),
            (0, 0, 10**6, 10**6),
            (-(10**6), 0, -999900, 100),
        ),
        *(
            (0, 0, float("nan"), 10),
            (0, 0, float("inf"), float("inf")),
            (0, 0, 20),
            ("0", "0", "9", "9"),
            (0, 0, True, 9),
        ),
    ],
)
def test_a_square_that_is_none_is_refused(box: Any) -> None:
    with pytest.raises(Refused) as refused:
        icon.choose(head(64), box)
    assert all(refused.value.say(each) for each in LANGUAGES)


# --- what comes out ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("flat", [True, False])
@pytest.mark.parametrize("size", [48, 100, 128, 512])
def test_results_have_the_size_and_the_ground_that_was_asked_for(flat: bool, size: int) -> None:
    raw = painted(128, 1.0)
    plain = icon.finish(raw, flat=flat, size=size)
    assert plain.mode == "RGB" and plain.size == (size, size)
    clear = icon.finish(raw, flat=flat, size=size, background="transparent")
    assert clear.mode == "RGBA" and clear.size == (size, size)
    alpha = np.asarray(clear)[..., 3]
    assert alpha[0].max() == 0 and alpha[size // 2, size // 2] == 255 and alpha[int(0.67 * size), size // 2] > 250
    laid = Image.new("RGBA", clear.size, "white")
    laid.alpha_composite(clear)
    assert off(laid, plain) < 1.5


@pytest.mark.parametrize("flat", [True, False])
def test_a_colour_becomes_a_disc_with_the_figure_inside(flat: bool) -> None:
    raw = painted(128, 1.0)
    made = icon.finish(raw, flat=flat, size=256, background="#3b7ddd")
    pixels = np.asarray(made)
    x = np.arange(256) - 127.5
    away = np.hypot(x[:, None], x[None])
    assert (pixels[away > 129, 3] == 0).all() and (pixels[away < 126, 3] == 255).all()
    rim = pixels[(away > 122) & (away < 126), :3]
    assert (rim == (0x3B, 0x7D, 0xDD)).all()
    assert (0x3B, 0x7D, 0xDD) in colours_of(made.convert("RGB"), 4000)


def test_a_figure_that_fills_its_square_is_made_smaller_for_the_disc() -> None:
    raw = Image.new("RGB", (64, 64), "white")
    raw.paste((200, 40, 40), (2, 2, 62, 62))
    pixels = np.asarray(icon.finish(raw, size=128, background="#000000"))
    red = np.argwhere(pixels[..., 0] > 150)
    assert np.hypot(*(red - 63.5).T).max() < 64


def test_an_empty_result_is_no_trouble() -> None:
    for ground in ("transparent", "#102030"):
        for flat in (True, False):
            assert icon.finish(Image.new("RGB", (32, 32), "white"), flat=flat, size=48, background=ground).size == (
                48,
                48,
            )


# --- all of it --------------------------------------------------------------------------------------------


def test_make_goes_both_ways(model: Model) -> None:
    made = icon.make(model, head())
    assert made.settings["to"] == "icon" and made.settings["flat"] and made.picture.size == (256, 256)
    assert made.raw.size == (32, 32) and made.cropped.width == made.cropped.height
    other = icon.make(model, head(), to="character", size=64, background="transparent")
    assert not other.settings["flat"] and other.picture.mode == "RGBA" and other.raw.tobytes() != made.raw.tobytes()
    home = icon.back(model, made.raw, "icon")
    assert home.tobytes() == model.translate(made.raw, to="character", keep_size=False).tobytes()


def test_make_is_the_engines_picture_finished(model: Model) -> None:
    made = icon.make(model, head(), crop="none", tilt=20, flat=False, size=64)
    cut = icon.cut_out(head(), (0, 0, 256, 256), 20)
    raw = model.translate(cut, to="icon", keep_size=False)
    assert made.raw.tobytes() == raw.tobytes()
    assert made.picture.tobytes() == raw.resize((64, 64), Image.Resampling.BICUBIC).tobytes()


@pytest.mark.parametrize(
    "wish",
    [
        {"to": "fire"},
        {"to": 7},
        {"crop": "nose"},
        {"crop": (0, 0, 1, 1)},
        *({"tilt": each} for each in (-1, 46, float("nan"), "3", None, True)),
        *({"margin": each} for each in (-0.1, 1.5, "x")),
        *({"size": each} for each in (47, 513, 64.0, "64", None, True)),
        *({"background": each} for each in ("", "black", "#12345", "#12345g", "#1234567", None, 7)),
    ],
)
def test_what_cannot_be_had_is_refused_in_both_languages(model: Model, wish: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        icon.make(model, head(64), **wish)
    english, japanese = (refused.value.say(each) for each in ("en", "ja"))
    assert english != japanese and not japanese.isascii()


def test_models_of_other_recipes_are_refused(tmp_path: Path) -> None:
    publish_tiny(tmp_path / "pairs", size=16)
    with pytest.raises(Refused) as refused:
        icon.make(engine.load(tmp_path / "pairs"), head(64))
    assert "pairs" in str(refused.value)


# --- the command line -------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two heads and what is no picture."""
    place = tmp_path / "in"
    place.mkdir()
    head(80).save(place / "one.png")
    head(60).save(place / "two.png")
    (place / "bad.png").write_bytes(b"no picture")
    return place


def translate(model: Model, *arguments: object) -> int:
    return main(["translate", "--model", str(model.folder), *map(str, arguments)])


def test_the_command_line_makes_icons(model: Model, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    pictures = (folder / "one.png", folder / "two.png")
    assert translate(model, *pictures, "--out", out, "--size", 96, "--background", "#3b7ddd", "--tilt", 10) == 0
    assert sorted(file.name for file in out.iterdir()) == ["one.png", "two.png"]
    made = Image.open(out / "one.png")
    assert made.size == (96, 96) and made.mode == "RGBA"
    settings = images.read_settings((out / "one.png").read_bytes()) or {}
    expected = {"model": "face2icon", "to": "icon", "tilt": 10.0, "flat": True, "size": 96, "background": "#3b7ddd"}
    assert settings == expected


def test_the_command_line_takes_folders_and_zips(
    model: Model, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert translate(model, folder, "--out", tmp_path / "out", "--size", 48, "--crop", "none") == 1
    assert "bad.png" in capsys.readouterr().err
    with zipfile.ZipFile(tmp_path / "heads.zip", "w") as target:
        Image.new("RGB", (90, 60), (90, 90, 90)).save(folder / "one.png")  # a ground without a face
        target.write(folder / "one.png", "deep/one.png")
    wish = ("--to", "character", "--no-flat", "--crop", "face")
    assert translate(model, tmp_path / "heads.zip", "--out", tmp_path / "zipped", *wish) == 0
    assert "one.png: No face" in capsys.readouterr().err
    assert [file.name for file in (tmp_path / "zipped").iterdir()] == ["one.png"]


@pytest.mark.parametrize(
    ("wish", "word"),
    [
        (("--seed", "3"), "--seed"),
        (("--strength", "0.5"), "--strength"),
        (("--variations", "2"), "--variations"),
        (("--to", "fire"), "fire"),
        (("--crop", "nose"), "nose"),
        (("--size", "47"), "48"),
        (("--tilt", "46"), "45"),
        (("--background", "black"), "#3b7ddd"),
        (("--cascade", "missing.xml"), "missing.xml"),
    ],
)
def test_the_command_line_refuses_by_a_sentence(
    model: Model, folder: Path, tmp_path: Path, wish: tuple[str, str], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert translate(model, folder / "one.png", "--out", tmp_path / "out", *wish) == 1
    said = capsys.readouterr().err
    assert word in said and said.count("\n") == 1


def test_other_models_know_none_of_these_options(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish_tiny(tmp_path / "pairs", size=16)
    for wish in (("--tilt", "3"), ("--flat",), ("--no-flat",), ("--crop", "none")):
        arguments = ["translate", "--model", str(tmp_path / "pairs"), str(folder / "one.png")]
        assert main([*arguments, "--out", str(tmp_path / "out"), *wish]) == 1
        assert "pairs" in capsys.readouterr().err


def test_a_damaged_zip_is_refused(model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "torn.zip").write_bytes(b"PK\x03\x04 and no more")
    assert translate(model, tmp_path / "torn.zip", "--out", tmp_path / "out") == 1
    assert "ZIP" in capsys.readouterr().err


def test_crumbs_beside_the_figure_are_left_out() -> None:
    raw = Image.new("RGB", (64, 64), "white")
    pen = ImageDraw.Draw(raw)
    pen.rectangle((20, 16, 44, 63), (200, 120, 90))
    pen.rectangle((29, 30, 31, 34), (20, 20, 20))  # an eye is of the figure
    pen.rectangle((4, 10, 14, 22), (60, 160, 80))  # large enough to be meant
    clean = icon.finish(raw, size=64)
    pen.rectangle((52, 30, 53, 31), (20, 20, 20))
    assert off(icon.finish(raw, size=64), clean) == 0 and off(icon.finish(raw, size=64, flat=False), raw) == 0
    assert clean.getpixel((9, 16)) != (255, 255, 255) and max(clean.getpixel((30, 32))) < 60
    blank = Image.new("RGB", (64, 64), "white")
    assert icon.finish(blank, size=64).getcolors() == [(64 * 64, (255, 255, 255))]

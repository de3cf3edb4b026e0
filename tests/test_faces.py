"""Faces: found, cut out and turned; cascades that do harm; the cascade that is fetched."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest
from face_fixtures import BRIGHT, BRIGHT_LBP, EVERYTHING, portrait, squares
from PIL import Image

from ganstudio.data import cascade as cascades
from ganstudio.data.cascade import fetch_cascade, load
from ganstudio.data.faces import Box, Face, Table, centre, crop, find_faces, prepare
from ganstudio.words import Refused

OWN = Path(cv2.__file__).parent / "data"
WHITE, RED = (255, 255, 255), (220, 30, 30)


def write(file: Path, words: str | bytes) -> Path:
    file.write_bytes(words.encode() if isinstance(words, str) else words)
    return file


def overlap(one: Box, other: Box) -> float:
    """The area that two boxes share, as a share of what both cover."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(width, 0) * max(height, 0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return shared / (sum(areas) - shared)


# --- finding ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", [96, 160, 700])
def test_a_portrait_has_one_face(side: int) -> None:
    (face,) = find_faces(portrait(side))
    assert face.how == "face" and overlap(face.box, (0.15 * side, 0.22 * side, 0.85 * side, 0.92 * side)) > 0.75
    assert all(type(corner) is float for corner in face.box)


def test_of_two_faces_on_a_large_sheet_the_larger_comes_first() -> None:
    sheet = Image.new("RGB", (2000, 1200), WHITE)
    sheet.paste(portrait(300), (100, 100))
    sheet.paste(portrait(700), (1000, 300))
    first, second = find_faces(sheet)
    assert first.side > second.side
    assert overlap(first.box, (1105, 454, 1595, 944)) > 0.7 and overlap(second.box, (145, 166, 355, 376)) > 0.7


def test_a_face_that_the_border_cuts_is_found_and_its_box_leaves_the_picture() -> None:
    (whole,) = find_faces(portrait(200))
    cut = round(whole.box[0] + 0.1 * whole.side)
    (face,) = find_faces(portrait(200).crop((cut, 0, 200, 200)))
    left, top, right, bottom = whole.box
    assert face.box[0] < 0 and overlap(face.box, (left - cut, top, right - cut, bottom)) > 0.7


def test_transparency_counts_as_white() -> None:
    clear = Image.new("RGBA", (400, 300), (0, 0, 0, 0))
    clear.paste(portrait(200), (90, 40))
    white = Image.new("RGB", (400, 300), WHITE)
    white.paste(portrait(200), (90, 40))
    assert find_faces(clear) == find_faces(white) != []


def test_nothing_is_found_in_nothing() -> None:
    for size in ((1, 1), (3, 900), (640, 480)):
        assert find_faces(Image.new("RGB", size, RED)) == []
    with pytest.raises(Refused) as refused:
        prepare(Image.new("RGB", (64, 64), RED))
    assert refused.value.key == "faces.none"


@pytest.mark.parametrize("words", [BRIGHT, BRIGHT_LBP])
def test_a_cascade_of_ones_own(tmp_path: Path, words: str) -> None:
    own = write(tmp_path / "own.xml", words)
    large, small = find_faces(squares((40, 50, 40), (200, 100, 60)), own)
    for face, (x, y) in ((large, (230, 130)), (small, (60, 70))):
        assert abs((face.box[0] + face.box[2]) / 2 - x) < 8 and abs((face.box[1] + face.box[3]) / 2 - y) < 8


def test_a_cascade_that_says_yes_to_everything(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        find_faces(portrait(640), write(tmp_path / "all.xml", EVERYTHING))
    assert refused.value.key == "faces.everywhere" and "all.xml" in str(refused.value)


# --- the centre ---------------------------------------------------------------------------------------------


def test_the_centre_of_a_photograph_is_its_largest_square() -> None:
    assert centre(Image.new("RGB", (300, 200), RED)) == Face((50.0, 0.0, 250.0, 200.0), "centre")
    assert centre(Image.new("RGB", (100, 300), WHITE)).box == (0.0, 100.0, 100.0, 200.0)  # nothing is drawn
    assert centre(Image.new("RGBA", (100, 300), (0, 0, 0, 0))).box == (0.0, 100.0, 100.0, 200.0)


@pytest.mark.parametrize("ground", [WHITE, (250, 249, 251), (0, 0, 0, 0)])
def test_on_a_plain_ground_the_centre_is_around_what_is_drawn(ground: tuple[int, ...]) -> None:
    sheet = Image.new("RGBA" if len(ground) == 4 else "RGB", (900, 600), ground)
    sheet.paste(RED, (500, 200, 580, 300))
    assert centre(sheet).box == (477.5, 187.5, 602.5, 312.5)  # 100 of 125 pixels


def test_a_white_figure_on_a_transparent_ground_is_drawn() -> None:
    sheet = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    sheet.paste((255, 255, 255, 255), (50, 60, 130, 140))
    assert centre(sheet).box == (40.0, 50.0, 140.0, 150.0)


def test_the_centre_of_an_avatar_is_all_of_it() -> None:
    avatar = Image.new("RGB", (256, 256), WHITE)
    avatar.paste(RED, (40, 30, 220, 240))
    assert overlap(centre(avatar).box, (0, 0, 256, 256)) == 1
    avatar.paste(RED, (60, 200, 196, 256))  # a bust, which the lower border cuts
    assert overlap(centre(avatar).box, (0, 0, 256, 256)) == 1


def test_what_is_drawn_in_a_narrow_picture() -> None:
    strip = Image.new("RGB", (100, 500), WHITE)
    strip.paste(RED, (10, 20, 90, 120))
    assert centre(strip).box == (-12.5, 7.5, 112.5, 132.5)


# --- cutting out --------------------------------------------------------------------------------------------


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    rng = np.random.default_rng(0)
    return Image.fromarray(rng.integers(0, 256, (height, width, len(mode)), np.uint8), mode)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_an_upright_crop_keeps_the_pixels(mode: str) -> None:
    picture = noise(90, 70, mode)
    cut = crop(picture, (20, 10, 50, 40), margin=0)
    assert cut.mode == mode and np.array_equal(cut, picture.crop((20, 10, 50, 40)))
    assert crop(picture, (20.3, 9.8, 50.3, 39.8), margin=0).tobytes() == cut.tobytes()  # no half pixels


def test_the_margin_is_of_the_side_and_a_little_more_above() -> None:
    picture = noise(300, 300)
    cut = crop(picture, (100, 100, 200, 200), margin=0.3)
    assert np.array_equal(cut, picture.crop((70, 61, 230, 221)))  # 160 pixels, 39 above and 21 below


def test_a_box_that_is_no_square_is_widened() -> None:
    picture = noise(100, 100)
    assert np.array_equal(crop(picture, (40, 20, 60, 60), margin=0), picture.crop((30, 20, 70, 60)))


@pytest.mark.parametrize("tilt", [0.0, 30.0])
def test_beyond_the_picture_it_is_white_or_transparent(tilt: float) -> None:
    red = Image.new("RGB", (40, 40), RED)
    cut = np.asarray(crop(red, (-40, -40, 40, 40), 0, tilt))
    assert (cut[2, 2] == WHITE).all() and (cut[40 + 12, 40 + 12] == RED).all()
    clear = np.asarray(crop(red.convert("RGBA"), (-40, -40, 40, 40), 0, tilt))
    assert clear[2, 2, 3] == 0 and (clear[40 + 12, 40 + 12] == (*RED, 255)).all()
    assert set(np.asarray(crop(red, (500, 500, 540, 540), 0, tilt)).ravel()) == {255}  # nothing of it


def test_a_tilt_turns_clockwise_about_the_middle_and_whitens_the_corners() -> None:
    picture = Image.new("RGB", (200, 200), (90, 90, 90))
    picture.paste(RED, (95, 45, 105, 55))  # 50 pixels above the middle
    turned = np.asarray(crop(picture, (0, 0, 200, 200), 0, 45))
    x, y = 100 + 50 * 2**-0.5, 100 - 50 * 2**-0.5
    assert (turned[round(y), round(x)] == RED).all() and (turned[50, 100] == 90).all()
    assert (turned[3, 3] == 255).all() and (turned[-4, -4] == 255).all()
    back = np.asarray(crop(picture, (0, 0, 200, 200), 0, -45))
    assert np.abs(np.asarray(turned[:, ::-1], int) - back).mean() < 1  # the picture is its own mirror image


def test_a_turned_crop_comes_from_around_the_square_and_not_from_it() -> None:
    picture = Image.new("RGB", (400, 400), (90, 90, 90))
    assert (np.asarray(crop(picture, (150, 150, 250, 250), 0, 45)) == 90).all()


@pytest.mark.parametrize("size", [20, 50, 100, 333])
def test_upright_and_barely_turned_agree_at_every_size(size: int) -> None:
    """Once the white around the part that is turned bled into the square's edges where it was made smaller."""
    box = (60.5, 50.2, 200.1, 190.8)
    cuts = [np.asarray(crop(portrait(300), box, 0.1, tilt, size), int)[..., 0] for tilt in (0, 0.01)]
    difference = np.abs(cuts[0] - cuts[1])
    assert difference.shape == (size, size)
    assert difference[[0, -1]].mean() < 6 and difference[:, [0, -1]].mean() < 6 and difference.mean() < 5


def test_turned_edges_keep_their_colour_where_they_fade() -> None:
    clear = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    clear.paste((*RED, 255), (30, 30, 70, 70))
    pixels = np.asarray(crop(clear, (0, 0, 100, 100), 0, 20), int)
    faint = (pixels[..., 3] > 20) & (pixels[..., 3] < 250)
    assert faint.sum() > 50 and np.abs(pixels[faint][:, :3] - RED).max() < 16  # no dark rim


def test_a_great_crop_is_made_smaller() -> None:
    assert crop(Image.new("RGB", (16384, 40)), (0, 0, 16384, 40), 0).size == (4096, 4096)


@pytest.mark.parametrize(
    "wrong",
    [
        ((0, 0, 0, 5), 0.3, 0.0, None),
        ((0, 0, float("nan"), 5), 0.3, 0.0, None),
        ((0, 0, 5, 5), -0.1, 0.0, None),
        ((0, 0, 5, 5), 0.3, 46.0, None),
        ((0, 0, 5, 5), 0.3, float("nan"), None),
        ((0, 0, 5, 5), 0.3, 0.0, 0),
    ],
)
def test_numbers_out_of_range(wrong: tuple[Box, float, float, int | None]) -> None:
    with pytest.raises(ValueError):
        crop(Image.new("RGB", (10, 10)), *wrong)


def test_a_face_near_the_border_brings_no_white_frame() -> None:
    whole = prepare(portrait(200), size=64)
    assert whole.found == 1 and not whole.tiny and whole.picture.size == (64, 64)
    assert np.array_equal(whole.picture, crop(portrait(200), (0, 0, 200, 200), 0, 0, 64))  # a tight portrait: all of it
    sheet = Image.new("RGB", (600, 400), (150, 150, 150))
    sheet.paste(portrait(200), (-30, 190))
    assert 255 not in np.asarray(prepare(sheet).picture)


def test_the_other_ways() -> None:
    picture = Image.new("RGB", (90, 60), RED)
    assert prepare(picture, "center", size=30).face.how == "centre"
    whole = prepare(picture, "none", size=30)
    assert whole.face == Face((0.0, 0.0, 90.0, 60.0), "whole") and whole.found == 0
    assert (np.asarray(whole.picture)[[0, 15, -1], 15] == [WHITE, RED, WHITE]).all()
    assert prepare(picture.resize((20, 20)), "none").tiny
    with pytest.raises(ValueError):
        prepare(picture, "left")


def test_files_of_one_name_are_numbered() -> None:
    table, made = Table(), prepare(Image.new("RGB", (40, 40), RED), "none")
    sources = ("a/x.jpg", "b/X.png", "x-2.png", "=cmd.png")
    assert [table.add(source, made) for source in sources] == ["x.png", "X-2.png", "x-2-2.png", "=cmd.png"]
    lines = table.csv().decode().splitlines()
    assert lines[0] == "file,source,faces,left,top,right,bottom,how"
    assert lines[1] == "x.png,a/x.jpg,0,0.0,0.0,40.0,40.0,whole" and lines[4].startswith("'=cmd.png,'=cmd.png")


# --- cascades of strangers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["haarcascade_lefteye_2splits.xml", "haarcascade_smile.xml"])  # trees; tilted features
def test_what_is_written_anew_sees_the_same(name: str) -> None:
    grey = np.asarray(portrait(120).convert("L"))
    own, theirs = load(OWN / name), cv2.CascadeClassifier(str(OWN / name))
    found = [sorted(map(tuple, each.detectMultiScale(grey, 1.1, 0))) for each in (own, theirs)]
    assert found[0] == found[1] != []


HOSTILE = {  # each of the first five ended the process, or held it for ever, when OpenCV read it itself
    "a feature that is not there": BRIGHT.replace("0 -1 0 0.9", "0 -1 900000000 0.9"),
    "a feature below the first": BRIGHT.replace("0 -1 0 0.9", "0 -1 -5 0.9"),
    "too few categories": BRIGHT_LBP.replace("<maxCatCount>256", "<maxCatCount>1"),
    "too many categories": BRIGHT_LBP.replace("<maxCatCount>256", "<maxCatCount>2000000000"),
    "nested tags": "<opencv_storage>" + "<a>" * 50_000 + "</a>" * 50_000 + "</opencv_storage>",
    "a circle of nodes": BRIGHT.replace("0 -1 0 0.9", "1 -1 0 0.9 1 -1 0 0.9").replace("0. 1.", "0. 1. 1."),
    "a node that is not there": BRIGHT.replace("0 -1 0 0.9", "7 -1 0 0.9"),
    "a leaf that is not there": BRIGHT.replace("0 -1 0 0.9", "0 -9 0 0.9"),
    "too few leaves": BRIGHT.replace("0. 1.", "0."),
    "half a node": BRIGHT.replace("0 -1 0 0.9", "0 -1 0"),
    "no number": BRIGHT.replace("0 -1 0 0.9", "0 -1 0 nan"),
    "an endless number": BRIGHT.replace("0 -1 0 0.9", "0 -1 0 1e999"),
    "a rectangle outside": BRIGHT.replace("6 6 12 12", "6 6 12 1200000000"),
    "a rectangle below": BRIGHT.replace("6 6 12 12", "-6 6 12 12"),
    "a tilted rectangle outside": BRIGHT.replace("</rects>", "</rects><tilted>1</tilted>"),
    "an LBP rectangle outside": BRIGHT_LBP.replace("0 0 8 8", "1 0 8 8"),
    "a word of 40 bits": BRIGHT_LBP.replace("0 -1 0 1 0", "0 -1 0 1099511627776 0"),
    "a great window": BRIGHT.replace("<height>24", "<height>2000000000"),
    "no window": BRIGHT.replace("<width>24", "<width>0"),
    "another kind": BRIGHT.replace("HAAR", "HOG"),
    "no stage": re.sub("<stages>.*</stages>", "<stages></stages>", BRIGHT),
    "no cascade": "<opencv_storage><other/></opencv_storage>",
    "entities": '<!DOCTYPE a [<!ENTITY b "bbbb">]>' + BRIGHT[BRIGHT.index("?>") + 2 :],
    "half of it": BRIGHT[:-40],
    "UTF-16": BRIGHT.encode("utf-16"),
    "too long": BRIGHT + " " * cascades.MAX_BYTES,
    "nothing": b"",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "noise": bytes(np.random.default_rng(0).integers(0, 256, 4000, np.uint8)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_is_no_cascade_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        load(write(tmp_path / "own.xml", HOSTILE[name]))
    assert refused.value.key == "faces.no_cascade" and "own.xml" in str(refused.value)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for place, key in ((tmp_path, "faces.no_cascade"), (tmp_path / "absent.xml", "faces.no_file")):
        with pytest.raises(Refused) as refused:
            load(place)
        assert refused.value.key == key


def test_a_file_that_changes_is_read_again(tmp_path: Path) -> None:
    own = write(tmp_path / "own.xml", BRIGHT)
    load(own)
    write(own, "<a/>")
    with pytest.raises(Refused):
        load(own)


# --- the cascade that is fetched ----------------------------------------------------------------------------

Served = dict[str, tuple[int, bytes]]


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[list[str], Callable[[bytes, int], None]]]:
    """The requests that a server of our own has had, and a function that says what it answers; it is expected."""
    asked: list[str] = []
    answer = [(200, b"")]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            status, body = answer[0]
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(cascades, "ANIME_URL", f"http://127.0.0.1:{server.server_port}/anime.xml")
    monkeypatch.setattr(cascades, "ANIME_SHA256", hashlib.sha256(BRIGHT_LBP.encode()).hexdigest())

    def say(body: bytes, status: int = 200) -> None:
        answer[0] = (status, body)

    yield asked, say
    server.shutdown()
    server.server_close()


def kept(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_the_cascade_is_fetched_once(served, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    asked, say = served
    say(BRIGHT_LBP.encode())
    place = fetch_cascade()
    assert fetch_cascade() == place and len(asked) == 1 and kept(tmp_path) == [place]
    assert place.parent == tmp_path / "cache" / "ganstudio" and len(find_faces(squares((40, 50, 40)), place)) == 1
    place.write_bytes(b"damaged")
    assert fetch_cascade().read_text() == BRIGHT_LBP and len(asked) == 2


def test_another_file_than_expected_is_thrown_away(served, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    _, say = served
    say(BRIGHT.encode())
    with pytest.raises(Refused) as refused:
        fetch_cascade()
    assert refused.value.key == "faces.checksum" and kept(tmp_path) == []
    for text in (BRIGHT, BRIGHT_LBP):
        assert hashlib.sha256(text.encode()).hexdigest() in str(refused.value)


@pytest.mark.parametrize(("status", "length"), [(404, 9), (500, 0), (302, 0), (200, 2**20 + 1)])
def test_what_cannot_be_fetched(served, tmp_path: Path, status: int, length: int) -> None:  # type: ignore[no-untyped-def]
    _, say = served
    say(b"x" * length, status)
    with pytest.raises(Refused) as refused:
        fetch_cascade()
    assert refused.value.key == "faces.fetch" and kept(tmp_path) == []
    assert "\n" not in str(refused.value) and "127.0.0.1" in str(refused.value)


def test_no_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(cascades, "ANIME_URL", "http://127.0.0.1:1/anime.xml")
    with pytest.raises(Refused) as refused:
        fetch_cascade()
    assert refused.value.key == "faces.fetch" and "--cascade FILE" in str(refused.value)


def test_a_server_that_drips(served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    _, say = served
    say(BRIGHT_LBP.encode())
    monkeypatch.setattr(cascades, "_FETCH_SECONDS", -1.0)
    with pytest.raises(Refused) as refused:
        fetch_cascade()
    assert refused.value.key == "faces.fetch" and kept(tmp_path) == []


def test_a_cache_that_cannot_be_written(served, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    asked, _ = served
    (tmp_path / "cache").write_text("no folder")
    with pytest.raises(Refused) as refused:
        fetch_cascade()
    assert refused.value.key == "faces.cache" and "XDG_CACHE_HOME" in str(refused.value) and asked == []


def test_the_address_names_a_commit_and_never_a_branch() -> None:
    assert re.fullmatch(r"https://raw\.githubusercontent\.com/[\w/]+/[0-9a-f]{40}/[\w.]+", cascades.ANIME_URL)
    assert re.fullmatch("[0-9a-f]{64}", cascades.ANIME_SHA256)

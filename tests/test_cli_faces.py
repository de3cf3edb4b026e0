"""The verb `prepare faces`: from a folder or a ZIP to square pictures and a table."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import numpy as np
import pytest
from face_fixtures import BRIGHT, portrait, squares
from PIL import Image

from ganstudio.commands import main
from ganstudio.commands import prepare as command
from ganstudio.data import cascade as cascades

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    (folder / "more").mkdir(parents=True)
    sheet = Image.new("RGB", (400, 300), "white")
    sheet.paste(portrait(120), (20, 40))
    sheet.paste(portrait(160), (220, 90))
    sheet.save(folder / "two.png")
    portrait(150).save(folder / "one.jpg")
    portrait(120).save(folder / "more" / "One.png")
    return folder


def table(out: Path) -> list[dict[str, str]]:
    with (out / "faces.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def refused(arguments: list[str], capsys: Captured, *words: str) -> None:
    assert main(["prepare", *arguments]) == 1
    said = capsys.readouterr()
    assert said.err.startswith("ganstudio: ") and said.err.count("\n") == 1 and said.out == ""
    for word in words:
        assert word in said.err


def test_the_faces_of_a_folder(pictures: Path, tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "new" / "out"
    assert main(["prepare", "faces", str(pictures), "--out", str(out), "--size", "64"]) == 0
    assert {path.name for path in out.iterdir()} == {"One.png", "one-2.png", "two.png", "faces.csv"}
    for path in out.glob("*.png"):
        with Image.open(path) as made:
            assert made.size == (64, 64) and made.mode == "RGB"
    rows = {row["file"]: row for row in table(out)}
    assert rows["One.png"]["source"] == str(Path("more", "One.png")) and rows["one-2.png"]["source"] == "one.jpg"
    two = rows["two.png"]
    assert two["faces"] == "2" and two["how"] == "face" and 220 < float(two["left"]) < float(two["right"]) < 380
    said = capsys.readouterr()
    assert "pictures: 3" in said.out and "several faces: 1" in said.out and said.err == ""


def test_the_faces_of_a_zip(pictures: Path, tmp_path: Path) -> None:
    packed = tmp_path / "in.zip"
    with zipfile.ZipFile(packed, "w") as target:
        for path in pictures.rglob("*.*"):
            target.write(path, path.relative_to(pictures))
    out = tmp_path / "out"
    assert main(["prepare", "faces", str(packed), "--out", str(out), "--size", "32"]) == 0
    assert len(table(out)) == 3 == len(list(out.glob("*.png")))


def test_pictures_that_fail_are_named_and_counted(
    pictures: Path, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "COMPLAINTS", 2)
    (pictures / "bad.png").write_bytes(b"no picture")
    for number in range(3):
        Image.new("RGB", (64, 64), "green").save(pictures / f"empty{number}.png")
    out = tmp_path / "out"
    assert main(["prepare", "faces", str(pictures), "--out", str(out)]) == 1
    said = capsys.readouterr()
    lines = said.err.splitlines()
    assert len(lines) == 3 and "bad.png" in lines[0] and "empty0.png: No face" in lines[1] and "2 more" in lines[2]
    assert "refused: 4" in said.out and len(table(out)) == 3


def test_none_at_all(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "in").mkdir()
    Image.new("RGB", (64, 64), "green").save(tmp_path / "in" / "a.png")
    assert main(["prepare", "faces", str(tmp_path / "in"), "--out", str(tmp_path / "out")]) == 1
    assert "--crop center" in capsys.readouterr().err and list((tmp_path / "out").iterdir()) == []


def test_a_cascade_a_margin_and_a_tilt(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "in").mkdir()
    squares((40, 50, 40)).save(tmp_path / "in" / "a.png")
    (tmp_path / "own.xml").write_text(BRIGHT)
    arguments = ["prepare", "faces", str(tmp_path / "in"), "--cascade", str(tmp_path / "own.xml"), "--margin", "0"]
    for tilt in ("0", "45"):
        assert main([*arguments, "--out", str(tmp_path / tilt), "--tilt", tilt, "--size", "100"]) == 0
        capsys.readouterr()
    upright, tilted = (np.asarray(Image.open(tmp_path / tilt / "a.png"))[..., 0] for tilt in ("0", "45"))
    assert upright[29, 29] > 200 and tilted[29, 29] < 60 and tilted[18, 50] > 200  # the square stands on its corner
    assert main([*arguments, "--out", str(tmp_path / "margin"), "--margin", "1.5"]) == 0
    assert np.asarray(Image.open(tmp_path / "margin" / "a.png")).mean() < upright.mean()


def test_tiny_faces_are_told_of(tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "COMPLAINTS", 1)
    (tmp_path / "in").mkdir()
    for number in range(3):
        Image.new("RGB", (20, 20), "green").save(tmp_path / "in" / f"{number}.png")
    arguments = ["prepare", "faces", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--crop", "center"]
    assert main(arguments) == 0
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2 and "0.png" in lines[0] and "20 pixels" in lines[0] and "2 more" in lines[1]
    assert [row["how"] for row in table(tmp_path / "out")] == ["centre"] * 3


def test_transparency_stays(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    clear = Image.new("RGBA", (80, 60), (0, 0, 0, 0))
    clear.paste((255, 0, 0, 255), (20, 20, 60, 50))
    clear.save(tmp_path / "in" / "a.png")
    out = tmp_path / "out"
    assert main(["prepare", "faces", str(tmp_path / "in"), "--out", str(out), "--crop", "none"]) == 0
    with Image.open(out / "a.png") as made:
        assert made.mode == "RGBA" and made.getpixel((2, 2))[3] == 0 and made.getpixel((128, 128)) == (255, 0, 0, 255)


def test_the_cascade_of_drawn_faces_is_fetched_only_when_asked_for(
    pictures: Path, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(cascades, "ANIME_URL", "http://127.0.0.1:1/anime.xml")
    arguments = ["faces", str(pictures), "--out", str(tmp_path / "out")]
    assert main(["prepare", *arguments]) == 0
    capsys.readouterr()
    refused([*arguments, "--cascade", "anime"], capsys, "127.0.0.1", "--cascade FILE")


def test_what_is_refused_before_any_picture_is_read(pictures: Path, tmp_path: Path, capsys: Captured) -> None:
    out = ["--out", str(tmp_path / "out")]
    refused(["dogs", str(pictures), *out], capsys, "dogs", "faces")
    refused(["faces", str(pictures), *out, "--crop", "left"], capsys, "--crop", "face, center, none")
    refused(["faces", str(pictures), *out, "--tilt", "46"], capsys, "--tilt", "-45", "45")
    refused(["faces", str(pictures), *out, "--tilt", "nan"], capsys, "--tilt")
    refused(["faces", str(pictures), *out, "--margin", "-1"], capsys, "--margin")
    refused(["faces", str(pictures), *out, "--size", "1"], capsys, "--size")
    refused(["faces", str(pictures), *out, "--cascade", str(pictures / "two.png")], capsys, "two.png", "cascade")
    refused(["faces", str(pictures), *out, "--cascade", "absent.xml"], capsys, "absent.xml")
    refused(["faces", str(tmp_path / "absent"), *out], capsys, "absent")
    refused(["faces", str(pictures), "--out", str(pictures / "out")], capsys, "--out")
    (tmp_path / "empty").mkdir()
    refused(["faces", str(tmp_path / "empty"), *out], capsys, "empty")
    assert not (tmp_path / "out").exists()

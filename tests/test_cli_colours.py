"""The verb `colours`: from a folder or a ZIP to a table and two figures, each as a page and as a PNG."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ganstudio.analysis import figures
from ganstudio.commands import colours as command
from ganstudio.commands import main

Captured = pytest.CaptureFixture[str]
RESULTS = {"hues.html", "hues.png", "plotly.min.js", "scatter.html", "scatter.png", "statistics.csv"}
LABELS = "id,name_en,name_ja,type1,type2\n1,Bulbasaur,フシギダネ,grass,poison\n2,,,fire,\n"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """matplotlib's PNGs are what takes time, and have tests of their own."""
    monkeypatch.setattr(figures, "scatter_png", lambda *_: b"cloud")
    monkeypatch.setattr(figures, "hues_png", lambda *_: b"wheel")


def save(path: Path, colour: tuple[int, ...]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGBA" if len(colour) == 4 else "RGB", (4, 4), colour).save(path)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    save(tmp_path / "in" / "001.png", (10, 200, 30))
    save(tmp_path / "in" / "002.png", (200, 40, 40))
    save(tmp_path / "in" / "Water" / "sea.png", (20, 40, 200))
    save(tmp_path / "in" / ".hidden" / "x.png", (1, 2, 3))
    return tmp_path / "in"


def table(out: Path) -> dict[str, dict[str, str]]:
    with (out / "statistics.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def refused(arguments: list[str], capsys: Captured, *words: str) -> None:
    assert main(["colours", *arguments]) == 1
    said = capsys.readouterr()
    assert said.err.startswith("ganstudio: ") and said.err.count("\n") == 1 and said.out == ""
    for word in words:
        assert word in said.err


def test_a_folder_with_folders_of_types(pictures: Path, tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "new" / "out"
    assert main(["colours", str(pictures), "--out", str(out)]) == 0
    assert {path.name for path in out.iterdir()} == RESULTS
    rows = table(out)
    assert set(rows) == {"001", "002", "sea"}
    assert rows["001"]["mean"] == "10.0 200.0 30.0" and rows["001"]["type1"] == ""
    assert rows["sea"]["type1"] == "water" and rows["sea"]["name_en"] == "sea"
    assert "Water" in (out / "scatter.html").read_text("utf-8") and (out / "hues.png").read_bytes() == b"wheel"
    said = capsys.readouterr()
    assert "pictures: 3" in said.out and said.err == ""


def test_labels_count_more_than_folders_and_zeros_do_not(pictures: Path, tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text(LABELS + "SEA,Sea,うみ,dragon,\n", "utf-8")
    out = tmp_path / "out"
    assert main(["colours", str(pictures), "--labels", str(labels), "--out", str(out), "--language", "ja"]) == 0
    rows = table(out)
    assert [rows["001"][c] for c in ("name_en", "name_ja", "type1", "type2")] == [
        "Bulbasaur",
        "フシギダネ",
        "grass",
        "poison",
    ]
    assert rows["002"]["name_ja"] == "002" and rows["002"]["type1"] == "fire"
    assert rows["sea"]["type1"] == "dragon"
    page = (out / "scatter.html").read_text("utf-8")
    assert "3 枚" in page and '<html lang="ja">' in page


def test_a_zip_with_its_own_labels(pictures: Path, tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "pictures.zip"
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("labels.csv", LABELS)
        for path in pictures.rglob("*.png"):
            made.write(path, path.relative_to(tmp_path))
    assert main(["colours", str(file), "--out", str(tmp_path / "out")]) == 0
    rows = table(tmp_path / "out")
    assert {key: row["type1"] for key, row in rows.items()} == {"001": "grass", "002": "fire", "sea": "water"}
    capsys.readouterr()
    (tmp_path / "torn.zip").write_bytes(file.read_bytes()[:200])
    refused([str(tmp_path / "torn.zip"), "--out", str(tmp_path / "out2")], capsys, "ZIP")


def test_bad_pictures_are_named_and_skipped(pictures: Path, tmp_path: Path, capsys: Captured, monkeypatch: Any) -> None:
    monkeypatch.setattr(command, "COMPLAINTS", 2)
    for name in ("a.png", "b.png", "c.png", "d.png"):
        (pictures / name).write_bytes(b"no picture")
    save(pictures / "white.png", (255, 255, 255))
    assert main(["colours", str(pictures), "--out", str(tmp_path / "out")]) == 0
    assert len(table(tmp_path / "out")) == 3
    said = capsys.readouterr()
    lines = said.err.splitlines()
    assert len(lines) == 3 and "a.png" in lines[0] and "b.png" in lines[1] and "3 more" in lines[2]
    assert "refused: 5" in said.out


def test_nothing_readable_leaves_no_table(tmp_path: Path, capsys: Captured) -> None:
    save(tmp_path / "in" / "clear.png", (9, 9, 9, 0))
    out = tmp_path / "out"
    assert main(["colours", str(tmp_path / "in"), "--out", str(out)]) == 1
    said = capsys.readouterr().err.splitlines()
    assert "clear.png" in said[0] and "could be measured" in said[1] and len(said) == 2
    assert list(out.iterdir()) == []


def test_what_cannot_be_done(pictures: Path, tmp_path: Path, capsys: Captured) -> None:
    out = ["--out", str(tmp_path / "out")]
    refused([str(tmp_path / "absent"), *out], capsys, "absent")
    (tmp_path / "empty").mkdir()
    refused([str(tmp_path / "empty"), *out], capsys, "no pictures")
    for inside in (pictures, pictures / "fire" / "results"):
        refused([str(pictures), "--out", str(inside)], capsys, "--out")
    labels = tmp_path / "labels.csv"
    labels.write_text("id,type1\n77,fire\n", "utf-8")
    refused([str(pictures), "--labels", str(labels), *out], capsys, "labels.csv")
    labels.write_text("id,type1\n1,plasma\n", "utf-8")
    refused([str(pictures), "--labels", str(labels), *out], capsys, "plasma")
    (tmp_path / "file").write_text("x")
    refused([str(pictures), "--out", str(tmp_path / "file")], capsys, "file")
    assert not (tmp_path / "out").exists()


def test_names_that_are_formulas_or_no_utf8(tmp_path: Path) -> None:
    save(tmp_path / "in" / "=1+1.png", (9, 9, 9))
    name = b"\xff\xfe.png"
    file = io.BytesIO()
    Image.new("RGB", (2, 2), (7, 7, 7)).save(file, "PNG")
    try:
        with open(bytes(tmp_path / "in") + b"/" + name, "wb") as strange:
            strange.write(file.getvalue())
    except OSError:
        pytest.skip("this file system takes only UTF-8")
    assert main(["colours", str(tmp_path / "in"), "--out", str(tmp_path / "out")]) == 0
    assert set(table(tmp_path / "out")) == {"'=1+1", "??"}


def test_what_stays_unlabelled_or_unused_is_told(pictures: Path, tmp_path: Path, capsys: Captured) -> None:
    (pictures / "readme.txt").touch()
    table = tmp_path / "t.csv"
    some = sorted(path.stem for path in pictures.rglob("*.png"))[0]
    table.write_text(f"Name;Type 1\n{some};fire\nnobody;water\n")
    assert main(["colours", str(pictures), "--labels", str(table), "--out", str(tmp_path / "out")]) == 0
    told = capsys.readouterr().err
    assert "One row of the table matches no picture" in told and "1 .txt" in told

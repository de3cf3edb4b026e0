"""Data sets: what they are made of, what is left out, what their record says, and that none is ever half there."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from core_fixtures import tiny_config
from PIL import Image

from ganstudio import images, places
from ganstudio.analysis.colour import AHEAD, in_order
from ganstudio.commands import main
from ganstudio.data import dataset, domains, making, preview, sketch, sources
from ganstudio.data.dataset import Preparation, Source
from ganstudio.data.making import Stopped, incoming, make, repeat
from ganstudio.data.order import fold_of
from ganstudio.data.sets import KINDS
from ganstudio.recipes import RECIPES
from ganstudio.runs.folder import RunFolder
from ganstudio.runs.process import identity
from ganstudio.words import Refused

SMALL = Preparation(size=16)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GANSTUDIO_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def picture(seed: int, size: int = 32) -> Image.Image:
    """No two seeds are alike."""
    return Image.fromarray(domains.ball((99, seed), "A", size))


def write(folder: Path, count: int, first: int = 0, size: int = 32) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for k in range(first, first + count):
        picture(k, size).save(folder / f"{k:03d}.png")
    return folder


def content(folder: Path) -> dict[str, str]:
    """sha256 of every file below a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def made(name: str, source: Source, **wanted: Any) -> tuple[Path, dict[str, Any]]:
    folder = make(name, source, Preparation(**{"size": 16, **wanted}))
    return folder, dataset.read(folder)


def refused(key: str, work: Callable[[], object]) -> Refused:
    """The work is refused, and no trace of a set is left."""
    before = names(places.datasets()) if places.datasets().is_dir() else []
    with pytest.raises(Refused) as refusal:
        work()
    assert refusal.value.key == key, str(refusal.value)
    after = names(places.datasets()) if places.datasets().is_dir() else []
    assert [each for each in after if each != ".locks"] == [each for each in before if each != ".locks"]
    return refusal.value


def step(record: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in record["steps"] if each["step"] == name)


# --- kinds ------------------------------------------------------------------------------------------------


def test_drawn_pairs_can_be_trained_on(home: Path) -> None:
    folder, record = made("Faces", Source(drawn="faces", count=12), folds=3)
    assert folder == home / "datasets" / "Faces" and record["kind"] == "paired"
    assert record["counts"] == {"source": 12, "target": 12} and sum(record["folds"]) == record["pictures"] == 12
    assert names(folder / "source") == names(folder / "target")
    assert record["folds"] == [sum(fold_of(Path(n).stem, 3) == k for n in names(folder / "source")) for k in range(3)]
    given = dataset.settings(folder, RECIPES["pix2pix"])
    assert given["form"] == "folders" and given["folds"] == 3
    train, probe, bad, _ = KINDS["paired"].open(tiny_config("pix2pix", **given))
    assert len(train) + len(probe) == 12 and not bad and train[0][0].shape == (3, 16, 16)


@pytest.mark.parametrize("drawn", ["ball", "creatures"])
def test_drawn_kinds_have_true_partners_to_test_with(drawn: str) -> None:
    folder, record = made(drawn, Source(drawn=drawn, count=10))
    assert record["counts"] == {"trainA": 10, "trainB": 10, "testA": 1, "testB": 1}
    assert names(folder / "testA") == names(folder / "testB") and len(record["domains"]) == 2
    direct = Image.fromarray((domains.ball if drawn == "ball" else domains.creature_on_white)((0, 1, 3), "B", 16))
    assert np.array_equal(images.decode(folder / "trainB" / "00003.png"), direct)


def test_plain_pictures_get_line_drawings(tmp_path: Path) -> None:
    photos = write(tmp_path / "photos", 5)
    before = content(photos)
    folder, record = made("p", Source(folder=str(photos)), kind="paired", drawings="canny")
    assert content(photos) == before, "an original was touched"
    assert names(folder / "source") == names(folder / "target") == names(photos)
    assert step(record, "drawings")["made"] == 5
    drawing = images.decode(folder / "source" / "000.png")
    assert np.array_equal(drawing, sketch.sketch(images.decode(folder / "target" / "000.png"), "canny"))


def test_two_pictures_side_by_side_are_a_pair(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    for k in range(4):
        images.grid([picture(k), picture(50 + k)], 2, gap=0).save(tmp_path / "d" / f"{k}.png")
    folder, record = made("beside", Source(folder=str(tmp_path / "d")))
    assert record["kind"] == "paired" and "drawings" not in [each["step"] for each in record["steps"]]
    expected = making.square(picture(52), "crop", 16)
    assert np.array_equal(images.decode(folder / "target" / "2.png"), expected)


def test_two_folders_are_two_kinds_where_that_is_wanted(tmp_path: Path) -> None:
    for k, name in enumerate(("cats", "dogs")):
        write(tmp_path / "d" / "around" / name, 3, 10 * k)
    _, record = made("auto", Source(folder=str(tmp_path / "d")))
    assert record["kind"] == "labelled" and record["classes"] == {"cats": 3, "dogs": 3}
    folder, record = made("two", Source(folder=str(tmp_path / "d")), kind="unpaired")
    assert record["counts"] == {"trainA": 3, "trainB": 3} and record["domains"] == ["cats", "dogs"]
    assert dataset.settings(folder, RECIPES["cyclegan"])["domain_b"] == "dogs"


def test_classes_from_folders_and_from_a_table_of_ones_own(tmp_path: Path) -> None:
    photos = write(tmp_path / "d", 6)
    (photos / "labels.csv").write_text("id,type1,type2\n0,Tabby,\n1,tabby,black\n2,black,\n3,black,\n4,black,\n")
    folder, record = made("cats", Source(folder=str(photos)))
    assert record["kind"] == "labelled" and record["classes"] == {"black": 3, "tabby": 2}
    assert step(record, "read")["unlabelled"] == 1
    assert [each.source for each in dataset.dropped(folder, 9)] == ["005.png"]
    given = dataset.settings(folder, RECIPES["classifier"])
    train, *_ = KINDS["labelled"].open(tiny_config("classifier", **given))
    assert len(train) == 5 and given["domains"] == "black,tabby"
    rows = {row.file: row for row in dataset.rows(folder)}
    assert rows["pictures/001.png"].labels == ("tabby", "black") and rows["pictures/001.png"].group == "tabby"


def test_a_table_beside_the_packers_folder_and_one_of_something_else(tmp_path: Path) -> None:
    file = tmp_path / "z.zip"
    write(tmp_path / "d", 4)
    with zipfile.ZipFile(file, "w") as target:
        for path in sorted((tmp_path / "d").iterdir()):
            target.write(path, f"mine/pictures/{path.name}")
        target.writestr("mine/classes.csv", "id,type1\n0,a\n1,a\n2,b\n3,b\n")
    assert made("own", Source(zip=str(file)))[1]["classes"] == {"a": 2, "b": 2}
    (tmp_path / "d" / "labels.csv").write_text("file_name,text\n000.png,hello\n")
    assert made("other", Source(folder=str(tmp_path / "d")))[1]["kind"] == "single"
    refused(
        "labels.columns",
        lambda: made("x", Source(folder=str(tmp_path / "d"), labels=str(tmp_path / "d" / "labels.csv"))),
    )


@pytest.mark.parametrize("places", ["{side}/{part}", "{part}/{side}"])
def test_a_and_b_with_their_parts_are_pairs(places: str, tmp_path: Path) -> None:
    for part, first in (("train", 0), ("val", 20), ("test", 40)):
        for k, side in enumerate("AB"):
            write(tmp_path / "d" / places.format(side=side, part=part), 3, first)
            if k:  # another look of the same
                for path in (tmp_path / "d" / places.format(side=side, part=part)).iterdir():
                    images.decode(path).transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(path)
    (tmp_path / "d" / "notes.txt").touch()
    for kind in ("auto", "paired"):
        folder, record = made(kind, Source(folder=str(tmp_path / "d")), kind=kind)
        assert record["kind"] == "paired" and record["counts"] == {"source": 3, "target": 3}
        assert step(record, "form_folders")["source"] == "A"
        assert step(record, "read") | {"apart": 6, "ignored": 1} == step(record, "read")
        assert any("1 .txt" in sentence for sentence in dataset.history(record, "en"))
        assert {each.key for each in dataset.dropped(folder, 99)} == {"dataset.apart", "dataset.ignored"}
    assert made("two", Source(folder=str(tmp_path / "d")), kind="unpaired")[1]["counts"]["trainA"] == 3


def test_what_side_by_side_pairs_are_can_be_said(tmp_path: Path) -> None:
    write(tmp_path / "d", 3, size=32)
    for k, path in enumerate(sorted((tmp_path / "d").iterdir())):
        picture(k, 64).crop((0, 0, 64, 24)).save(path)
    source = Source(folder=str(tmp_path / "d"))
    assert "--form beside" in str(refused("data.form_unsure", lambda: made("x", source, kind="paired")))
    record = made("beside", source, form="beside")[1]
    assert record["kind"] == "paired" and "form_beside" in [each["step"] for each in record["steps"]]
    assert "drawings" not in [each["step"] for each in record["steps"]]
    assert step(made("photos", source, form="photos")[1], "drawings")["made"] == 3
    assert made("single", source)[1]["kind"] == "single"
    refused("dataset.no_kinds", lambda: made("x", source, form="folders"))


def test_linked_folders_and_leftovers_of_systems(tmp_path: Path) -> None:
    for k, side in enumerate(("trainA", "trainB")):
        write(tmp_path / "real" / side, 3, 10 * k)
        (tmp_path / "real" / side / "._000.png").write_bytes(b"\0\5\x16\7")
        (tmp_path / "d").mkdir(exist_ok=True)
        (tmp_path / "d" / side).symlink_to(tmp_path / "real" / side, target_is_directory=True)
    record = made("linked", Source(folder=str(tmp_path / "d")))[1]
    assert record["counts"] == {"trainA": 3, "trainB": 3} and step(record, "read")["unreadable"] == 0


def test_a_table_that_names_no_picture_is_refused_and_its_spare_rows_are_told(tmp_path: Path) -> None:
    write(tmp_path / "d", 4)
    table = tmp_path / "t.csv"
    table.write_text("id;type1\nx;a\ny;b\n")
    source = Source(folder=str(tmp_path / "d"), labels=str(table))
    refused("data.labels_match_none", lambda: made("x", source))
    table.write_text("id;type1\n0;a\n1;b\n1;c\n77;b\n")
    record = made("told", source)[1]
    assert record["classes"] == {"a": 1, "b": 1} and step(record, "read")["unlabelled"] == 2
    assert step(record, "table") == {"step": "table", "rows": 3, "unused": 1, "twice": 1}
    assert len([each for each in dataset.history(record, "ja") if "行" in each]) == 1


def test_a_folder_of_what_cannot_be_opened_says_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    for name in ("a.svg", "b.svg", "c.psd"):
        (tmp_path / "d" / name).touch()
    said = refused("data.others_only", lambda: made("x", Source(folder=str(tmp_path / "d"))))
    assert "2 .svg, 1 .psd" in str(said)
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as target:
        target.writestr("a.svg", "<svg/>")
    said = refused("data.others_only", lambda: made("x", Source(zip=str(tmp_path / "z.zip"))))
    assert "1 .svg" in str(said)


def test_names_of_a_zip_in_a_code_page(tmp_path: Path) -> None:
    entries = {}
    for k, name in enumerate(("水属性", "火属性")):
        raw = name.encode("gbk")
        entries["x" * (len(raw) + k)] = raw + b"_" * k
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as target:
        for k, stand_in in enumerate(entries):
            for path in sorted(write(tmp_path / f"d{k}", 2, 5 * k).iterdir()):
                target.write(path, f"{stand_in}/{path.name}")
    data = (tmp_path / "z.zip").read_bytes()
    for stand_in in sorted(entries, key=len, reverse=True):
        data = data.replace(stand_in.encode(), entries[stand_in])
    (tmp_path / "z.zip").write_bytes(data)
    record = made("guessed", Source(zip=str(tmp_path / "z.zip")))[1]
    assert list(record["classes"]) == ["水属性", "火属性_"] and step(record, "names")["page"] == "gbk"
    record = made("said", Source(zip=str(tmp_path / "z.zip"), names="gb18030"))[1]
    assert list(record["classes"]) == ["水属性", "火属性_"]
    refused("zip.names", lambda: made("x", Source(zip=str(tmp_path / "z.zip"), names="ascii")))


def test_one_target_of_several_sources_is_no_duplicate(tmp_path: Path) -> None:
    write(tmp_path / "d" / "source", 3)
    (tmp_path / "d" / "target").mkdir()
    for k in range(3):
        picture(9).save(tmp_path / "d" / "target" / f"{k:03d}.png")
    assert made("p", Source(folder=str(tmp_path / "d")))[1]["pictures"] == 3


def test_names_that_a_table_would_take_for_one_are_kept_apart(tmp_path: Path) -> None:
    for k, name in enumerate(("a", "b")):
        write(tmp_path / "d" / name, 1, k)
        (tmp_path / "d" / name / f"00{k}.png").rename(tmp_path / "d" / name / ("01.PNG" if k else "1.png"))
    folder, record = made("apart", Source(folder=str(tmp_path / "d")))
    assert names(folder / "pictures") == ["01-2.png", "1.png"] and record["pictures"] == 2


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("kind", dataset.KINDS)
def test_settings_are_what_the_trainer_finds_pictures_by(recipe: str, kind: str, tmp_path: Path) -> None:
    for k, name in enumerate(("fire", "water")):
        write(tmp_path / "d" / name, 4, 10 * k)
    folder, _ = made(kind, Source(folder=str(tmp_path / "d")), kind=kind, folds=2, distance=-1)
    record = RECIPES[recipe]
    fits = {"paired": {"paired", "single", "labelled"}, "unpaired": {"unpaired", "paired", "labelled"}}
    if kind not in fits.get(record.data, {"labelled"}):
        with pytest.raises(Refused) as refusal:
            dataset.settings(folder, record)
        assert refusal.value.key == "dataset.unfit"
        return
    given = dataset.settings(folder, record)
    assert given["folds"] == 2 and Path(given["data"]).is_absolute()
    KINDS[record.data].find(tiny_config(recipe, **given))


# --- what is left out -------------------------------------------------------------------------------------


def broken(folder: Path) -> dict[str, str]:
    """Files that are no pictures, and why."""
    whole = folder / "000.png"
    files = {
        "empty.png": (b"", "image.empty"),
        "torn.png": (whole.read_bytes()[:100], "image.damaged"),
        "text.png": (b"not a picture", "image.unknown"),
        "page.jpg": (b"<html></html>", "image.document"),
        "vector.png": (b"<svg xmlns='x'/>", "image.document"),
        "paper.gif": (b"%PDF-1.7", "image.document"),
    }
    for name, (data, _) in files.items():
        (folder / name).write_bytes(data)
    header = whole.read_bytes()
    bomb = header[:16] + (40_000).to_bytes(4, "big") * 2 + header[24:]  # 1,600 million pixels
    (folder / "bomb.png").write_bytes(bomb)
    Image.new("RGB", (1, 1)).save(folder / "dot.png")
    Image.new("RGB", (1, 4000)).save(folder / "line.png")
    return {name: key for name, (_, key) in files.items()} | {"dot.png": "dataset.tiny", "line.png": "dataset.tiny"}


def test_unreadable_files_are_listed_and_skipped(tmp_path: Path) -> None:
    photos = write(tmp_path / "d", 45)
    expected = broken(photos)
    folder, record = made("some", Source(folder=str(photos)))
    assert record["pictures"] == 45 and step(record, "read")["unreadable"] == len(expected) + 1
    told = {each.source: each for each in dataset.dropped(folder, 100)}
    assert {name: told[name].key for name in expected} == expected and told["bomb.png"].key.startswith("image.")
    assert all(each.say("ja") != each.say("en") for each in told.values())


def test_too_many_unreadable_ones_are_refused(tmp_path: Path) -> None:
    broken(write(tmp_path / "d", 5))
    refusal = refused("data.unreadable", lambda: made("many", Source(folder=str(tmp_path / "d"))))
    assert "bomb.png" in str(refusal) or "dot.png" in str(refusal)
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / "a.png").write_bytes(b"x")
    refused("data.unreadable", lambda: made("all", Source(folder=str(tmp_path / "all"))))
    (tmp_path / "none").mkdir()
    refused("data.empty", lambda: made("none", Source(folder=str(tmp_path / "none"))))
    refused("data.no_folder", lambda: made("absent", Source(folder=str(tmp_path / "absent"))))


def test_pairs_that_do_not_match_are_named(tmp_path: Path) -> None:
    for side in ("source", "target"):
        write(tmp_path / "d" / side, 12, size=32)
    picture(5, 64).crop((0, 0, 64, 40)).save(tmp_path / "d" / "target" / "005.png")
    folder, record = made("one", Source(folder=str(tmp_path / "d")), distance=-1)
    (dropped,) = dataset.dropped(folder, 9)
    assert (dropped.source, dropped.key) == ("target/005.png", "dataset.unaligned") and "64 x 40" in dropped.say("en")
    assert record["pictures"] == 11 and "005.png" not in names(folder / "source")
    (tmp_path / "d" / "target" / "007.png").rename(tmp_path / "d" / "target" / "x.png")
    refusal = refused("data.unmatched", lambda: made("two", Source(folder=str(tmp_path / "d"))))
    assert "007" in str(refusal) and "x" in str(refusal)


def test_near_duplicates_are_dropped_with_their_twins(tmp_path: Path) -> None:
    photos = write(tmp_path / "d", 4, size=96)
    first = picture(0, 96)
    first.save(photos / "x-again.jpg", quality=80)
    first.resize((120, 120)).save(photos / "x-larger.png")
    red, green, blue = first.split()
    Image.merge("RGB", (blue, red, green)).save(photos / "x-recoloured.png")
    folder, record = made("apart", Source(folder=str(photos)), size=64)
    told = {each.source: each.details["twin"] for each in dataset.dropped(folder, 9)}
    assert told == {"x-again.jpg": "000.png", "x-larger.png": "000.png"}
    assert step(record, "duplicates")["dropped"] == 2 and record["pictures"] == 5
    assert made("all", Source(folder=str(photos)), distance=-1)[1]["pictures"] == 7


# --- pictures ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fit", ["crop", "letterbox"])
@pytest.mark.parametrize("size", [(9, 33), (33, 9), (16, 16), (301, 200), (8, 900)])
def test_every_picture_becomes_a_square_of_the_size(fit: str, size: tuple[int, int]) -> None:
    assert making.square(picture(1).resize(size), fit, 16).size == (16, 16)


def test_crop_takes_the_middle_and_letterbox_all_of_it() -> None:
    wide = Image.new("RGB", (300, 100), "red")
    wide.paste("blue", (100, 0, 200, 100))
    cropped = making.square(wide, "crop", 50)
    assert cropped.getpixel((4, 25)) == cropped.getpixel((45, 0)) == (0, 0, 255)
    boxed = making.square(wide, "letterbox", 60)
    assert boxed.getpixel((30, 2)) == (255, 255, 255) and boxed.getpixel((5, 30)) == (255, 0, 0)


def test_pictures_come_out_upright_on_white_and_without_metadata(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    turned = Image.new("RGB", (64, 64), "red")
    turned.paste("blue", (0, 0, 64, 32))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise: what is at the top belongs to the right
    exif.get_ifd(0x8825)[1] = "N"
    turned.save(tmp_path / "d" / "turned.jpg", exif=exif, quality=95)
    Image.new("RGBA", (64, 64), (0, 90, 0, 0)).save(tmp_path / "d" / "clear.png")
    Image.fromarray(np.full((64, 64), 0x8080, np.uint16)).save(tmp_path / "d" / "deep.png")
    Image.new("CMYK", (64, 64), (0, 255, 255, 0)).save(tmp_path / "d" / "print.jpg")
    frames = [Image.new("P", (64, 64), 0), Image.new("P", (64, 64), 1)]
    frames[0].putpalette([0, 200, 0, 0, 0, 200])
    frames[1].putpalette([0, 200, 0, 0, 0, 200])
    frames[0].save(tmp_path / "d" / "moving.gif", save_all=True, append_images=frames[1:])
    folder, record = made("kinds", Source(folder=str(tmp_path / "d")), kind="single", distance=-1)
    assert record["pictures"] == 5
    colours = {}
    for path in (folder / "pictures").iterdir():
        assert b"eXIf" not in path.read_bytes() and b"GPS" not in path.read_bytes()
        with Image.open(path) as opened:
            assert opened.mode == "RGB" and opened.size == (16, 16) and not opened.info
            colours[path.stem] = opened.getpixel((13, 8)), opened.getpixel((2, 8))
    assert colours["turned"][0][2] > 200 and colours["turned"][1][0] > 200
    assert colours["clear"][0] == (255, 255, 255) and colours["deep"][0] == (128, 128, 128)
    assert colours["moving"][0] == (0, 200, 0) and colours["print"][0][0] > 200


# --- the record -------------------------------------------------------------------------------------------


def test_the_record_makes_the_same_set_again(tmp_path: Path) -> None:
    photos = write(tmp_path / "d", 8)
    folder, record = made("once", Source(folder=str(photos)), kind="paired", folds=2, fit="letterbox")
    again, same = repeat("once")
    assert same and again.name == "once-2"
    for place in ("source", "target", "pictures.csv"):
        assert content(folder / place) == content(again / place) if (folder / place).is_dir() else True
    assert (folder / "pictures.csv").read_bytes() == (again / "pictures.csv").read_bytes()
    assert dataset.read(again)["source"]["sha256"] == record["source"]["sha256"]
    write(photos, 1, 77)
    other, same = repeat("once", "other")
    assert not same and dataset.read(other)["source"]["sha256"] != record["source"]["sha256"]


def test_what_was_sent_is_kept_with_the_set(tmp_path: Path) -> None:
    sent = incoming() / "a-hand-of-sixteen"
    write(sent / "cats", 2)
    write(sent / "dogs", 2, 10)
    before = content(sent)
    folder, record = made("sent", Source(upload=str(sent)))
    assert content(folder / "original") == before and not sent.exists()
    assert record["source"] == {"upload": "original", "files": 4, "sha256": record["source"]["sha256"]}
    again, same = repeat("sent")
    assert same and content(again / "original") == before
    dataset.delete("sent")
    assert content(again / "original") == before


def test_a_refusal_leaves_what_was_sent(tmp_path: Path) -> None:
    sent = incoming() / "a-hand-of-sixteen"
    write(sent, 2)
    with pytest.raises(Refused):
        make("sent", Source(upload=str(sent)), Preparation(size=16, kind="unpaired"))
    assert names(sent) == ["000.png", "001.png"]


def test_zips_keep_their_folders(tmp_path: Path) -> None:
    for k, side in enumerate(("trainA", "trainB", "testA")):
        write(tmp_path / "d" / side, 2, 10 * k)
    file = tmp_path / "two.zip"
    with zipfile.ZipFile(file, "w") as target:
        for path in (tmp_path / "d").rglob("*.png"):
            target.write(path, Path("set") / path.relative_to(tmp_path / "d"))
    folder, record = made("zip", Source(zip=str(file)))
    assert record["counts"] == {"trainA": 2, "trainB": 2, "testA": 2} and record["source"]["zip"] == str(file)
    assert names(folder) == ["dataset.json", "dropped.jsonl", "pictures.csv", "testA", "trainA", "trainB"]
    assert {row.fold for row in dataset.rows(folder) if row.group == "testA"} == {-1}
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as target:
        target.writestr("../../out.png", b"x")
    refused("zip.name", lambda: made("bad", Source(zip=str(tmp_path / "bad.zip"))))
    assert not (tmp_path / "out.png").exists()


def test_the_history_is_told_in_both_languages() -> None:
    record = made("told", Source(drawn="faces", count=3), folds=2)[1]
    english, japanese = dataset.history(record, "en"), dataset.history(record, "ja")
    assert len(english) == len(japanese) == 4 and not set(english) & set(japanese)
    assert "faces" in english[0] and "16 pixels" in english[2]
    assert "enlarged" not in english[2]
    record["steps"] += [{"step": "unheard of"}, {"step": "read"}]
    assert dataset.history(record, "en")[-2:] == ["step_unheard of", "step_read"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"schema": 2}', '{"schema": 1}', '{"schema": 1, "kind": ["paired"]}', "[" * 99999]
)
def test_a_damaged_record_is_said_and_can_be_deleted(text: str) -> None:
    folder, _ = made("hurt", Source(drawn="faces", count=2))
    (folder / "dataset.json").write_text(text)
    with pytest.raises(Refused) as refusal:
        dataset.read(folder)
    assert refusal.value.key in ("dataset.damaged", "dataset.other_schema") and dataset.found() == [folder]
    dataset.delete("hurt")
    assert dataset.found() == []


def test_tables_written_by_hand_lead_nowhere() -> None:
    folder, _ = made("hand", Source(drawn="faces", count=2))
    table = (folder / "pictures.csv").read_text()
    (folder / "pictures.csv").write_text(table.replace("target/", "../target/"))
    with pytest.raises(Refused):
        list(dataset.rows(folder))
    (folder / "dropped.jsonl").write_text('torn\n{"source": "a", "key": "no such", "details": {}}\n[]\n')
    assert [each.say("en") for each in dataset.dropped(folder, 9)] == ["no such"]


# --- whole or not at all ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../x", "/abs", "CON", "a" * 300, "-rf", "$(x)", "顔 🎉", "e\u0301", "שלום", " a  b ", ".hidden", "a/b"]
)
def test_names_stay_inside_and_are_kept_for_people(name: str) -> None:
    folder, record = made(name, Source(drawn="faces", count=2))
    assert folder.parent == places.datasets() and folder.name == places.slug(name)
    assert record["title"] == name.strip() and dataset.named(name) == folder
    refused("dataset.taken", lambda: made(name, Source(drawn="faces", count=2)))


@pytest.mark.parametrize("name", ["", "..", "🎉", "\0", "/"])
def test_names_of_nothing_are_refused(name: str) -> None:
    refused("name.empty", lambda: made(name, Source(drawn="faces", count=2)))


def test_two_at_once_of_one_name() -> None:
    places.datasets().mkdir(parents=True)
    with dataset.holding("twice"):
        refused("dataset.busy", lambda: made("twice", Source(drawn="faces", count=2)))
    assert made("twice", Source(drawn="faces", count=2))[1]["pictures"] == 2


def test_what_a_killed_process_left_is_swept_away() -> None:
    stale = places.datasets() / ".making-other"
    (stale / "target").mkdir(parents=True)
    (places.datasets() / ".making-held").mkdir()
    old = incoming() / "old"
    old.mkdir(parents=True)
    os.utime(old, (time.time() - 2 * making.DAY,) * 2)
    (incoming() / "new").mkdir()
    with dataset.holding("held"):
        made("mine", Source(drawn="faces", count=2))
    kept = set(names(places.datasets()))
    assert kept == {".locks", ".incoming", ".making-held", "mine"} and names(incoming()) == ["new"]


def test_it_can_be_stopped(tmp_path: Path) -> None:
    told = []

    def stop(done: int, count: int | None) -> bool:
        told.append((done, count))
        return done == 3

    with pytest.raises(Stopped):
        make("stopped", Source(drawn="faces", count=50), SMALL, stop)
    assert told == [(1, 50), (2, 50), (3, 50)] and names(places.datasets()) == [".locks"]


def test_a_full_disk_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    real, written = Path.write_bytes, []

    def full(path: Path, data: bytes) -> int:
        written.append(path)
        if len(written) == 4:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    refusal = refused("dataset.unwritable", lambda: made("full", Source(drawn="faces", count=9)))
    assert "No space left" in str(refusal)


def test_a_place_that_cannot_be_written_is_said(home: Path) -> None:
    home.parent.mkdir(exist_ok=True)
    home.write_text("a file where the folder is to be")
    with pytest.raises(Refused) as refusal:
        made("x", Source(drawn="faces", count=2))
    assert refusal.value.key == "dataset.unwritable"


def test_few_pictures_are_in_flight_at_a_time() -> None:
    taken = []

    def numbers() -> Any:
        for k in range(200):
            taken.append(k)
            yield k

    for done, (k, square) in enumerate(in_order(numbers(), lambda k: k * k, 2)):
        assert (k, square) == (done, done**2) and len(taken) <= done + 1 + 2 * AHEAD


def test_a_set_in_use_is_not_deleted() -> None:
    folder, _ = made("used", Source(drawn="faces", count=4))
    run = RunFolder(places.runs() / "r")
    run.create("pix2pix", {"data": str(folder)})
    run.write_status(state="running", **identity())
    refused("dataset.in_use", lambda: dataset.delete("used"))
    run.write_status(state="finished", **identity())
    dataset.delete("used")
    with pytest.raises(Refused, match="There are: -"):
        dataset.named("used")


def test_exactly_one_source() -> None:
    for source in (Source(), Source(folder="a", zip="b"), Source(hub="a/b", drawn="faces")):
        refused("dataset.one_source", lambda source=source: made("x", source))
    refused("config.choice", lambda: made("x", Source(drawn="cats")))
    refused("dataset.drawn_kind", lambda: made("x", Source(drawn="ball"), kind="labelled"))


def test_no_more_than_the_most_are_taken_from_all_over(tmp_path: Path) -> None:
    for k, name in enumerate(("a", "b")):
        write(tmp_path / "d" / name, 6, 10 * k)
    assert made("few", Source(folder=str(tmp_path / "d")), most=4)[1]["classes"] == {"a": 2, "b": 2}
    assert sources.thinned(range(5), 9) == [0, 1, 2, 3, 4] and sources.thinned(range(9), 3) == [0, 3, 6]


# --- looking through --------------------------------------------------------------------------------------


def test_pages_and_contact_sheets(tmp_path: Path) -> None:
    folder, _ = made("seen", Source(drawn="ball", count=30))
    rows, total = preview.page(folder, 1, "trainA")
    assert total == 30 and len(rows) == 6 and rows[0].file == "trainA/00024.png"
    assert preview.sheet(folder, 0, "trainB", 20).size == (6 * 24 - 4, 4 * 24 - 4)
    (folder / rows[0].file).write_bytes(b"torn")
    assert preview.thumbnail(folder, rows[0], 20).getcolors() == [(400, (160, 160, 160))]
    with pytest.raises(Refused) as refusal:
        preview.sheet(folder, 9)
    assert refusal.value.key == "dataset.no_page"
    pairs, _ = made("pairs", Source(drawn="faces", count=2))
    assert preview.thumbnail(pairs, preview.page(pairs, 0)[0][0], 20).size == (40, 20)


def test_styles_are_those_of_the_drawings() -> None:
    assert set(dataset.STYLES) == set(sketch.STYLES)


# --- the command line -------------------------------------------------------------------------------------


def test_everything_from_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photos = write(tmp_path / "d", 5)
    (photos / "bad.png").write_bytes(b"x")
    arguments = ["--folder", str(photos), "--kind", "paired", "--size", "16", "--folds", "2", "--drawings", "xdog"]
    assert main(["data", "make", "My set", *arguments]) == 0
    assert "5 pictures" in capsys.readouterr().out
    assert main(["data", "list", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["name"], told["title"], told["kind"]) == ("My-set", "My set", "paired")
    assert main(["data", "show", "My set", "--dropped", "--sheet", str(tmp_path / "sheet.png")]) == 0
    assert "bad.png: This file is not a picture" in capsys.readouterr().out
    assert images.decode(tmp_path / "sheet.png").width > 128
    assert main(["data", "repeat", "My set", "--as", "b"]) == 0 and "bit for bit" in capsys.readouterr().out
    assert main(["data", "delete", "b"]) == 1 and "5 pictures" in capsys.readouterr().err
    assert main(["data", "delete", "b", "--yes"]) == 0 and main(["data", "list"]) == 0
    assert capsys.readouterr().out.startswith("My-set")
    assert main(["data", "show", "b"]) == 1 and "My-set" in capsys.readouterr().err
    assert main(["data", "make", "c", "--drawn", "faces", "--size", "8"]) == 1 and "size" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--help"], ["make", "--help"], ["show", "--help"]])
def test_help_is_there(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["data", *words])
    assert end.value.code == 0 and len(capsys.readouterr().out) > 200

"""Folders as people have them: what counts as a picture, what is followed, what its folders mean, what is left over."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
from PIL import Image

from ganstudio import files
from ganstudio.data.beside import are_double
from ganstudio.data.codepages import code_page
from ganstudio.files import classes_of, is_picture, matched, parts_in, sides_of, walked
from ganstudio.words import Refused


def touch(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def below(folder: Path, paths: list[Path]) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in paths]


@pytest.mark.parametrize(
    "name", ["a.png", "a.JPG", "a.jfif", "a.jpe", "a.pjpeg", "a.heic", "a.HIF", "a.avif", "a.dib", "a.apng", "x/a.tiff"]
)
def test_what_is_plainly_a_picture_counts(name: str) -> None:
    assert is_picture(PurePosixPath(name))


@pytest.mark.parametrize(
    "name",
    [
        *("._a.png", ".a.png", "__MACOSX/a.png", "x/.thumbs/a.png", "@eaDir/a.png/SYNOPHOTO_THUMB.jpg"),
        *("#recycle/a.png", "$RECYCLE.BIN/a.png", ".ipynb_checkpoints/a.png", "a.svg", "a.txt", "png", "a.png.part"),
    ],
)
def test_what_systems_leave_behind_does_not(name: str) -> None:
    assert not is_picture(PurePosixPath(name))


def test_the_pages_take_for_pictures_what_the_readers_do() -> None:
    text = (Path(files.__file__).parent / "ui" / "page" / "pictures.js").read_text(encoding="utf-8")
    (pattern,) = re.findall(r"const isPicture =.*?/(.*?)/i\.test", text, re.DOTALL)
    assert [suffix for suffix in files.SUFFIXES if not re.search(pattern, f"a{suffix}", re.IGNORECASE)] == []
    assert not re.search(pattern, "a.svg", re.IGNORECASE)


def test_other_files_are_counted_and_named_and_noise_is_not(tmp_path: Path) -> None:
    touch(tmp_path, "a.png", "b.svg", "c.svg", "readme.txt", "Thumbs.db", ".DS_Store", "._a.png", "d/e.cr2")
    listing = walked(tmp_path)
    assert below(tmp_path, listing.pictures) == ["a.png"]
    assert listing.counted() == {"count": 4, "names": "2 .svg, 1 .cr2, 1 .txt"}
    assert listing.counted([tmp_path / "readme.txt"])["count"] == 3
    assert files.counted([]) == {}


def test_links_are_followed_and_never_in_circles(tmp_path: Path) -> None:
    touch(tmp_path / "real", "a.png")
    touch(tmp_path / "set", "b.png")
    for name in ("one", "two"):
        (tmp_path / "set" / name).symlink_to(tmp_path / "real", target_is_directory=True)
    (tmp_path / "set" / "round").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "real" / "up").symlink_to(tmp_path / "set", target_is_directory=True)
    (tmp_path / "set" / "gone.png").symlink_to(tmp_path / "nowhere.png")
    found = below(tmp_path / "set", walked(tmp_path / "set").pictures)
    assert {"b.png", "gone.png", "one/a.png", "two/a.png"} <= set(found) and len(found) < 20


@pytest.mark.parametrize(
    ("names", "sides", "parts", "likely"),
    [
        (["source", "target"], ("source", "target"), ["train"], "paired"),
        (["Source", "TARGET"], ("Source", "TARGET"), ["train"], "paired"),
        (["A", "B"], ("A", "B"), ["train"], "either"),
        (["A/train", "B/train"], ("A", "B"), ["train"], "either"),
        (["A/train", "B/train", "A/val", "B/val", "A/test", "B/test"], ("A", "B"), ["train", "val", "test"], "either"),
        (["train/A", "train/B", "test/A", "test/B"], ("A", "B"), ["train", "test"], "either"),
        (["train/source", "train/target"], ("source", "target"), ["train"], "paired"),
        (["trainA", "trainB", "testA", "testB"], ("trainA", "trainB"), ["train", "test"], "unpaired"),
        (["train_A", "train B"], ("train_A", "train B"), ["train"], "unpaired"),
        (["ｔｒａｉｎＡ", "trainB"], ("ｔｒａｉｎＡ", "trainB"), ["train"], "unpaired"),
        (["A_train", "B_train", "a test"], ("A_train", "B_train"), ["train", "test"], "unpaired"),
        (["input", "output"], ("input", "output"), ["train"], "paired"),
    ],
)
def test_folders_that_say_what_they_are_for(
    names: list[str], sides: tuple[str, str], parts: list[str], likely: str, tmp_path: Path
) -> None:
    found = sides_of(touch(tmp_path, *(f"{name}/1.png" for name in names)))
    assert found is not None and found.names == sides and list(found.parts) == parts and found.likely == likely


@pytest.mark.parametrize("names", [["cats", "dogs"], ["train", "test"], ["trainA"], ["A"], []])
def test_other_folders_are_no_sides(names: list[str], tmp_path: Path) -> None:
    assert sides_of(touch(tmp_path, "x.png", *(f"{name}/1.png" for name in names))) is None


def test_parts_of_the_data_are_no_classes(tmp_path: Path) -> None:
    touch(tmp_path / "a", "train/cat/1.png", "train/dog/2.png", "val/cat/3.png", "4.png")
    files_ = walked(tmp_path / "a").pictures
    assert sorted(classes_of(files_, tmp_path / "a").values()) == ["", "cat", "cat", "dog"]
    touch(tmp_path / "b", "train/1.png", "car/2.png")  # vehicles
    files_ = walked(tmp_path / "b").pictures
    assert sorted(classes_of(files_, tmp_path / "b").values()) == ["car", "train"]
    assert parts_in(touch(tmp_path / "c", "train/1.png", "val/2.png")).keys() == {"train", "val"}
    assert parts_in(tmp_path / "b") == {}


def test_partners_are_found_however_their_names_are_written() -> None:
    composed, pieces = "が.png", unicodedata.normalize("NFD", "が.jpg")
    assert composed[0] != pieces[0]
    pairs, alone = matched({composed: 1, "IMG_2.PNG": 2}, {pieces: 3, "img_2.png": 4})
    assert sorted((a, b) for _, a, b in pairs) == [(1, 3), (2, 4)] and alone == []
    # One stem twice: equal names first, and what could have two partners has none.
    pairs, alone = matched({"a.png": 1, "a.jpg": 2}, {"a.png": 3, "a.jpg": 4})
    assert sorted((a, b) for _, a, b in pairs) == [(1, 3), (2, 4)] and alone == []
    pairs, alone = matched({"a.png": 1, "a.jpg": 2}, {"a.webp": 3})
    assert pairs == [] and alone == ["a.jpg", "a.png", "a.webp"]
    pairs, alone = matched({"x/1.png": 1, "y/1.png": 2}, {"y/1.jpg": 3, "x/1.jpg": 4})
    assert pairs == [("x/1", 1, 4), ("y/1", 2, 3)] and alone == []


# --- side by side -------------------------------------------------------------------------------------------


def photo(seed: int, width: int, height: int) -> Image.Image:
    """Smooth, as photographs are."""
    small = np.random.default_rng(seed).integers(0, 256, (5, 7, 3), np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)


def beside(seed: int, width: int, height: int) -> Image.Image:
    both = Image.new("RGB", (2 * width, height))
    both.paste(photo(seed, width, height), (0, 0))
    both.paste(photo(seed + 1000, width, height), (width, 0))
    return both


@pytest.mark.parametrize(
    ("make", "double"),
    [
        (lambda k: photo(k, 60, 40), False),
        (lambda k: photo(k, 80, 40), True),  # twice as wide as high, as pix2pix's own
        (lambda k: beside(k, 80, 60), True),
        (lambda k: beside(k, 60, 80), True),  # as wide as many a photograph: the seam tells
        (lambda k: photo(k, 120, 45), None),  # a panorama, or two pictures that go on in one another?
    ],
)
def test_two_pictures_in_one_file(make: object, double: bool | None, tmp_path: Path) -> None:
    for k in range(5):
        make(k).save(tmp_path / f"{k}.png")  # type: ignore[operator]
    assert are_double(sorted(tmp_path.iterdir())) is double


# --- code pages ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "folders"),
    [
        *(("cp949", each) for each in (["물", "불"], ["고양이", "강아지"], ["훈련", "시험"], ["새 폴더"])),
        *(("gbk", each) for each in (["水属性", "火属性"], ["猫", "狗"], ["训练", "测试"], ["红", "蓝"])),
        *(("cp932", each) for each in (["みず", "ほのお"], ["猫", "犬"], ["ソース", "表"], ["炎タイプ"])),
        *(("big5", each) for each in (["貓", "狗"], ["蘋果", "香蕉"], ["訓練", "測試"])),
        *(("cp850", each) for each in (["été", "über"], ["Größe", "Äpfel"], ["niño"])),
        *(("cp866", each) for each in (["вода", "огонь"], ["Новая папка"])),
        *(("cp1251", each) for each in (["вода", "огонь"],)),
        *(("cp852", each) for each in (["źródło", "łódź"],)),
        *(("utf-8", each) for each in (["é"], ["水"])),
    ],
)
def test_code_pages_of_names(page: str, folders: list[str]) -> None:
    names = [f"{folder}/{k}.png".encode(page) for folder in folders for k in range(2)]
    assert [name.decode(code_page(names)) for name in names] == [name.decode(page) for name in names]


def test_a_code_page_may_be_named() -> None:
    assert code_page(["火".encode("gbk")], "gbk") == "gbk"
    for wanted in ("nonsense", "utf-8"):
        with pytest.raises(Refused) as refused:
            code_page(["火".encode("gbk")], wanted)
        assert refused.value.key == "zip.names" and "cp949" in refused.value.say("ja")

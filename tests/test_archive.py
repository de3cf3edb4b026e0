"""ZIPs of strangers: what becomes of honest ones, and that none does anything else."""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image

from ganstudio import images
from ganstudio.data import archive
from ganstudio.data.archive import labels_of_zip, pictures_of_zip
from ganstudio.words import Refused


def png(colour: str = "red") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (4, 4), colour).save(file, "PNG")
    return file.getvalue()


def zipped(folder: Path, *files: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    file = folder / "pictures.zip"
    with zipfile.ZipFile(file, "w", method) as made:
        for name, content in files:
            made.writestr(name, content, method)
    return file


def refused(file: Path, key: str) -> Refused:
    """The ZIP is refused, and nothing lies outside the folder it was to be unpacked into."""
    root = file.parent
    before = set(root.rglob("*"))
    with pytest.raises(Refused) as refusal:
        pictures_of_zip(file, root / "into")
    assert refusal.value.key == key
    assert all(path.is_relative_to(root / "into") for path in {*root.rglob("*")} - before)
    return refusal.value


def test_pictures_keep_their_names_and_types(tmp_path: Path) -> None:
    file = zipped(
        tmp_path,
        ("set/Fire/004.png", png("red")),
        ("set/water/flying/ペリッパー.PNG", png("blue")),
        ("set/025.png", png("yellow")),
        ("set/readme.txt", b"hello"),
    )
    found = pictures_of_zip(file, tmp_path / "into")
    assert [(each.file.name, each.type) for each in found] == [
        ("025.png", ""),
        ("004.png", "fire"),
        ("ペリッパー.png", "flying"),
    ]
    assert [images.decode(each.file).getpixel((0, 0)) for each in found] == [(255, 255, 0), (255, 0, 0), (0, 0, 255)]
    assert [archive.type_of(each.file.relative_to(tmp_path / "into")) for each in found] == ["", "fire", "flying"]


def test_pictures_of_one_name_do_not_replace_each_other(tmp_path: Path) -> None:
    file = zipped(tmp_path, ("a/1.png", png("red")), ("b/1.PNG", png("lime")), ("c/1.png", png("blue")))
    found = pictures_of_zip(file, tmp_path / "into")
    assert [each.file.name for each in found] == ["1.png"] * 3
    assert {images.decode(each.file).getpixel((0, 0)) for each in found} == {(255, 0, 0), (0, 255, 0), (0, 0, 255)}


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_japanese_names_without_the_flag_for_them(tmp_path: Path, encoding: str) -> None:
    raw = "カメ.png".encode(encoding)
    entry = zipfile.ZipInfo("x" * len(raw))
    file = zipped(tmp_path, (entry, png()))
    file.write_bytes(file.read_bytes().replace(b"x" * len(raw), raw))
    assert [each.file.name for each in pictures_of_zip(file, tmp_path / "into")] == ["カメ.png"]


def test_other_files_stay_packed(tmp_path: Path) -> None:
    inner = zipped(tmp_path, ("a.png", png())).read_bytes()
    file = zipped(
        tmp_path, ("inner.zip", inner), ("__MACOSX/._a.png", b"x"), (".hidden.png", b"x"), ("a.svg", b"<svg/>")
    )
    assert "inner.zip" in str(refused(file, "zip.packed")) and not (tmp_path / "into").exists()


@pytest.mark.parametrize(
    "name", ["../a.png", "a/../../b.png", "/a.png", "\\a.png", "C:\\a.png", "..\\a.png", "\\\\host\\share\\a.png"]
)
def test_names_that_lead_out_are_refused_before_anything_is_written(tmp_path: Path, name: str) -> None:
    file = zipped(tmp_path, ("0.png", png()), (name, png()))
    refusal = refused(file, "zip.name")
    assert "a.png" in str(refusal) or "b.png" in str(refusal)
    assert not (tmp_path / "into").exists()


@pytest.mark.parametrize("name", ["a\nb.png", "con\u202egnp.png", "😀" * 60 + ".png", "a" * 5000 + ".png", " .png"])
def test_strange_names_become_plain_ones(tmp_path: Path, name: str) -> None:
    (found,) = pictures_of_zip(zipped(tmp_path, (name, png())), tmp_path / "into")
    assert found.file.parent == tmp_path / "into" and len(found.file.name.encode()) <= 255
    assert found.file.name.isprintable() and found.file.suffix == ".png"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"7z\xbc\xaf\x27\x1c\0\4", "7z"),
        (b"Rar!\x1a\x07\1\0", "RAR"),
        (b"\x1f\x8b\x08\0", "tar.gz"),
        (b"BZh91AY", "tar.bz2"),
        (b"\xfd7zXZ\0\0", "tar.xz"),
        (b"\x28\xb5\x2f\xfd\0", "tar.zst"),
        (b"a.png".ljust(257, b"\0") + b"ustar\x0000", "tar"),
    ],
)
def test_other_archives_are_called_what_they_are(tmp_path: Path, head: bytes, kind: str) -> None:
    (tmp_path / "a.zip").write_bytes(head + bytes(600))
    assert kind in str(refused(tmp_path / "a.zip", "zip.other"))


def test_a_pointer_to_a_zip_says_how_to_fetch_it(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 4\n")
    assert "git lfs pull" in str(refused(tmp_path / "a.zip", "file.pointer"))


def test_a_name_in_unicode_beside_the_other_counts(tmp_path: Path) -> None:
    raw, name = b"????.png", "かめ.png".encode()
    entry = zipfile.ZipInfo(raw.decode())
    field = b"\1" + struct.pack("<I", zlib.crc32(raw)) + name
    entry.extra = struct.pack("<HH", 0x7075, len(field)) + field
    (found,) = pictures_of_zip(zipped(tmp_path, (entry, png())), tmp_path / "into")
    assert found.file.name == "かめ.png"


def test_links_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    refused(zipped(tmp_path, (link, b"/etc/passwd")), "zip.link")


def test_encrypted_ones_are_refused(tmp_path: Path) -> None:
    file = zipped(tmp_path, ("a.png", png()))
    data = bytearray(file.read_bytes())
    data[data.index(b"PK\1\2") + 8] |= 1
    file.write_bytes(data)
    refused(file, "zip.encrypted")


def test_methods_that_may_ask_for_much_memory_are_refused(tmp_path: Path) -> None:
    assert "a.png" in str(refused(zipped(tmp_path, ("a.png", png()), method=zipfile.ZIP_LZMA), "zip.method"))


def test_damaged_ones_are_refused(tmp_path: Path) -> None:
    file = zipped(tmp_path, ("a.png", png()))
    whole = file.read_bytes()
    start = whole.index(b"a.png") + 5
    flipped = whole[:start] + bytes(b ^ 255 for b in whole[start : start + 20]) + whole[start + 20 :]
    for number, data in enumerate((b"", b"no archive", whole[:40], whole[:-30], flipped)):
        (tmp_path / str(number)).mkdir()
        torn = tmp_path / str(number) / "torn.zip"
        torn.write_bytes(data)
        refused(torn, "zip.damaged")
    refused(tmp_path / "absent.zip", "zip.damaged")


def test_a_bomb_ends_at_the_limit_whatever_its_headers_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_TOTAL", 2**20)
    size = 500_001
    file = zipped(tmp_path, *((f"{k}.png", b"\0" * size) for k in range(8)))
    data = file.read_bytes()
    assert len(data) < size / 50
    refused(file, "zip.too_large")
    written = [path.stat().st_size for path in (tmp_path / "into").rglob("*.png")]
    assert sum(written) <= 2**20

    (tmp_path / "lying").mkdir()
    honest = struct.pack("<I", size)
    assert data.count(honest) == 16  # before each file and in the list of files
    lying = tmp_path / "lying" / "pictures.zip"
    lying.write_bytes(data.replace(honest, struct.pack("<I", 10)))
    refused(lying, "zip.damaged")
    assert sum(path.stat().st_size for path in (tmp_path / "lying" / "into").rglob("*.png")) <= 10


def test_one_picture_over_the_limit_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (archive, images):
        monkeypatch.setattr(module, "MAX_BYTES", 2**20)
    file = zipped(tmp_path, ("a.png", b"\0" * 2**22), ("b.png", png()))
    first, second = (each.file for each in pictures_of_zip(file, tmp_path / "into"))
    assert first.stat().st_size == 2**20 + 1
    with pytest.raises(Refused) as refusal:
        images.decode(first)
    assert refusal.value.key == "image.too_heavy"
    assert images.decode(second).size == (4, 4)


def test_too_many_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = zipped(tmp_path, *((f"{k}.png", png()) for k in range(5)))
    monkeypatch.setattr(archive, "MAX_PICTURES", 4)
    refused(file, "zip.too_many")
    assert not (tmp_path / "into").exists()
    monkeypatch.setattr(archive, "MAX_PICTURES", 5)
    monkeypatch.setattr(archive, "MAX_DIRECTORY", 200)  # the list of files alone is refused before it is read
    monkeypatch.setattr(zipfile.ZipFile, "infolist", lambda _: pytest.fail("the list was read"))
    refused(file, "zip.too_many")


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    (tmp_path / "into").write_bytes(b"")  # a file where a folder is to be
    refused(zipped(tmp_path, ("a.png", png())), "zip.no_room")


def test_labels_of_the_table_nearest_to_the_top(tmp_path: Path) -> None:
    near, far = b"id,type1\n1,fire\n", b"id,type1\n1,water\n"
    labels = labels_of_zip(zipped(tmp_path, ("a/b/far.csv", far), ("set/near.csv", near), ("set/1.png", png())))
    assert labels["1"].types == ("fire",)
    assert labels_of_zip(zipped(tmp_path, ("1.png", png()))) == {}
    with pytest.raises(Refused) as refusal:
        labels_of_zip(zipped(tmp_path, ("t.csv", b"no,columns\n1,2\n")))
    assert refusal.value.key == "labels.columns"


def test_headers_that_lie_about_places_and_names(tmp_path: Path) -> None:
    """A list that begins later than it does puts entries before the file; the name beside the data is no UTF-8."""
    file = zipped(tmp_path, ("a.png", png()), ("labels.csv", b"id,type1\n1,fire\n"))
    content = bytearray(file.read_bytes())
    end = content.rfind(b"PK\5\6")
    struct.pack_into("<I", content, end + 16, struct.unpack_from("<I", content, end + 16)[0] + 7)
    file.write_bytes(content)
    refused(file, "zip.damaged")
    file = zipped(tmp_path, ("é.png", png()), ("é.csv", b"id,type1\n1,fire\n"))
    file.write_bytes(re.sub(rb"(?s)(PK\x03\x04.{26})\xc3", lambda m: m[1] + b"\xff", file.read_bytes()))
    refused(file, "zip.damaged")
    with pytest.raises(Refused) as refusal:
        labels_of_zip(file)
    assert refusal.value.key == "zip.damaged"

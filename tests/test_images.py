"""The decoder: what becomes of each kind of picture, what is refused, and that nothing breaks it."""

from __future__ import annotations

import base64
import io
import json
import os
import random
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageCms, JpegImagePlugin, PngImagePlugin

from ganstudio import images
from ganstudio.words import Refused

GREEN, RED, BLUE, WHITE = (0, 200, 0), (200, 0, 0), (0, 0, 200), (255, 255, 255)

# 48 x 32 pixels, blue, red in its upper left quarter; made with libheif, whose encoder is not among what we need.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAX1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9j"
    "AAAAAERAAAEAAQAAAAABoQABAAAAAAAAAFkAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA/Wlw"
    "cnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AA"
    "AAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAA"
    "QAAAAEAAAAAoY2xhcAAAADAAAAABAAAAIAAAAAH////wAAAAAv///+AAAAACAAAAEHBpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWB"
    "AgMFhAAAAGFtZGF0AAAAVSgBrwng4wucj2//1nu//wtOy+28zwu+f/E/93zkR/+DokNg4K/84f1NFufSuAHMQX6qZ9WKv/cy6j6uYr/nEru9"
    "i5jeoNovn5KmCDeS/kL84pfPCo4="
)
# The same, to be turned by its own box, with EXIF (a camera's name, the same turn once more) and XMP.
TURNED_HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAhJtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAAEZpbG9j"
    "AAAAAERAAAMAAQAAAAACNgABAAAAAAAAAFkAAgAAAAACjwABAAAAAAAAADoAAwAAAAACyQABAAAAAAAAAFYAAABiaWluZgAAAAAAAwAAABVp"
    "bmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAACppbmZlAgAAAQADAABtaW1lAGFwcGxpY2F0aW9uL3JkZit4bWwAAAAA"
    "AA5waXRtAAAAAAABAAABB2lwcnAAAADmaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMA"
    "AAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQAN"
    "AAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAADAAAAABAAAAIAAAAAH////wAAAAAv///+AAAAACAAAAEHBpeGkAAAAAAwgICAAA"
    "AAlpcm90AwAAABlpcG1hAAAAAAAAAAEAAQaBAgMFhIYAAAAoaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAAA5jZHNjAAMAAQABAAAA8W1kYXQA"
    "AABVKAGvCeDjC5yPb//We7//C07L7bzPC75/8T/3fORH/4OiQ2Dgr/zh/U0W59K4AcxBfqpn1Yq/9zLqPq5iv+cSu72LmN6g2i+fkqYIN5L+"
    "Qvzil88KjgAAAAZFeGlmAABNTQAqAAAACAACAQ8AAgAAAAkAAAAmARIAAwAAAAEABgAAAAAAAGEgY2FtZXJhAAA8eDp4bXBtZXRhIHhtbG5z"
    "Ong9ImFkb2JlOm5zOm1ldGEvIj48dGlmZjpPcmllbnRhdGlvbj42PC90aWZmOk9yaWVudGF0aW9uPjwveDp4bXBtZXRhPg=="
)


def encode(image: Image.Image, form: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def noise(width: int = 24, height: int = 20) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8))


def corner() -> Image.Image:
    """Wide, red in its upper left corner, blue elsewhere."""
    image = Image.new("RGB", (32, 16), BLUE)
    image.paste(RED, (0, 0, 8, 8))
    return image


def exif(orientation: int) -> Image.Exif:
    block = Image.Exif()
    block[0x0112] = orientation
    block[0x010F] = "a camera"
    block[0x8825] = {1: "N", 2: (35.0, 39.0, 31.0)}
    return block


def near(pixel: object, expected: tuple[int, ...], tolerance: int = 4) -> bool:
    assert isinstance(pixel, tuple)
    return len(pixel) == len(expected) and all(abs(a - b) <= tolerance for a, b in zip(pixel, expected, strict=True))


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *extra: bytes, pixels: bytes = b"") -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    parts = b"\x89PNG\r\n\x1a\n", header, *extra, chunk(b"IDAT", zlib.compress(pixels)), chunk(b"IEND", b"")
    return b"".join(parts)


def refused(source: object, key: str, **options: object) -> Refused:
    with pytest.raises(Refused) as caught:
        images.decode(source, **options)  # type: ignore[arg-type]
    assert caught.value.key == key
    assert caught.value.say("ja") != caught.value.say("en")
    return caught.value


# --- conversions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["PNG", "WEBP", "BMP", "TIFF"])
def test_lossless_formats_keep_every_pixel(form: str) -> None:
    image = noise()
    decoded = images.decode(encode(image, form, lossless=True))
    assert decoded.mode == "RGB" and decoded.tobytes() == image.tobytes()


def test_sources(tmp_path: Path) -> None:
    image = noise()
    path = tmp_path / "絵 {0}.png"
    path.write_bytes(encode(image, "PNG"))
    for source in (path, str(path), path.read_bytes(), io.BytesIO(path.read_bytes())):
        assert images.decode(source).tobytes() == image.tobytes()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_turns_upright_and_no_metadata_survives(form: str, orientation: int) -> None:
    undo = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    stored = corner() if undo is None else corner().transpose(Image.Transpose(undo))
    if form == "TIFF":
        data = encode(stored, form, tiffinfo={0x0112: orientation, 0x010F: "a camera"})
    else:
        data = encode(stored, form, exif=exif(orientation))
    decoded = images.decode(data)
    assert decoded.size == (32, 16)
    assert near(decoded.getpixel((2, 2)), RED, 16) and near(decoded.getpixel((28, 12)), BLUE, 16)
    assert not decoded.info and not dict(decoded.getexif())
    again = images.encode_png(decoded)
    assert b"eXIf" not in again and b"camera" not in again


def test_sixteen_bit_grey_is_scaled_not_clipped() -> None:
    levels = np.array([[0, 257, 32896, 65535]], np.uint16)
    for form in ("PNG", "TIFF"):
        decoded = images.decode(encode(Image.fromarray(levels), form))
        assert np.asarray(decoded)[0, :, 0].tolist() == [0, 1, 128, 255]


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (np.array([[0, 65535]], np.int32), [0, 255]),
        (np.array([[-1000, 0, 1000]], np.int32), [0, 128, 255]),
        (np.array([[0, 0.5, 1]], np.float32), [0, 128, 255]),
        (np.array([[0, 100, 200]], np.float32), [0, 100, 200]),
        (np.array([[-2, 0, 2]], np.float32), [0, 128, 255]),
        (np.array([[np.nan, np.inf, 1]], np.float32), [0, 0, 255]),
        (np.array([[-7, -7]], np.int32), [0, 0]),
    ],
)
def test_integers_and_floats(levels: np.ndarray, expected: list[int]) -> None:
    decoded = images.decode(encode(Image.fromarray(levels), "TIFF"))
    assert np.asarray(decoded)[0, :, 2].tolist() == expected


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([0, 4095, 2048, 1], [0, 255, 128, 0]),  # 12 bits in 16: by 65535 it would all be black
        ([0, 4096, 32896, 65535], [0, 16, 128, 255]),
        ([0, 1, 128, 255], [0, 1, 128, 255]),  # 8 bits in 16
        ([0, 0, 0, 0], [0, 0, 0, 0]),
    ],
)
def test_few_bits_in_sixteen(levels: list[int], expected: list[int]) -> None:
    grey = np.array([levels], np.uint16)
    for form in ("PNG", "TIFF"):
        assert np.asarray(images.decode(encode(Image.fromarray(grey), form)))[0, :, 0].tolist() == expected
    colours = np.stack([grey, grey[:, ::-1], grey], axis=2)  # (1,4,3)
    seen = np.asarray(images.decode(deep_png(colours)))
    step = 0 if max(levels) < 4096 else 1  # of colours of 16 bits the high byte is kept
    assert np.abs(seen[0, :, 0].astype(int) - expected).max() <= step
    assert np.abs(seen[0, ::-1, 1].astype(int) - expected).max() <= step
    seen = np.asarray(images.decode(deep_tiff(colours)))
    assert np.abs(seen[0, :, 0].astype(int) - expected).max() <= step


def deep_png(levels: np.ndarray) -> bytes:
    """(H,W,3) uint16 -> a PNG of 16 bits, which Pillow does not write."""
    height, width = levels.shape[:2]
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0))
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in levels)
    return b"".join((b"\x89PNG\r\n\x1a\n", header, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")))


def deep_tiff(levels: np.ndarray) -> bytes:
    """(H,W,3) uint16 -> a TIFF of 16 bits, which Pillow does not write either."""
    height, width = levels.shape[:2]
    pixels = levels.astype("<u2").tobytes()
    values = {256: width, 257: height, 259: 1, 262: 2, 277: 3, 278: height, 279: len(pixels)}
    start = 8 + 2 + 12 * (len(values) + 2) + 4
    entries = {tag: struct.pack("<HHII", tag, 4, 1, value) for tag, value in values.items()}
    entries[258] = struct.pack("<HHII", 258, 3, 3, start)
    entries[273] = struct.pack("<HHII", 273, 4, 1, start + 6)
    directory = b"".join(entries[tag] for tag in sorted(entries))
    return (
        b"II*\0" + struct.pack("<IH", 8, len(entries)) + directory + bytes(4) + struct.pack("<3H", 16, 16, 16) + pixels
    )


def test_heic_and_avif(tmp_path: Path) -> None:
    decoded = images.decode(HEIC)
    assert decoded.size == (48, 32) and not decoded.info
    assert near(decoded.getpixel((4, 4)), RED, 12) and near(decoded.getpixel((40, 28)), BLUE, 12)
    turned = images.decode(TURNED_HEIC)  # once, not twice
    assert turned.size == (32, 48) and not turned.info and not dict(turned.getexif())
    assert near(turned.getpixel((28, 4)), RED, 12) and near(turned.getpixel((4, 44)), BLUE, 12)
    mark = Image.new("RGBA", (8, 8), (200, 0, 0, 0))
    assert near(images.decode(encode(mark, "AVIF")).getpixel((1, 1)), WHITE)
    assert images.decode(encode(mark, "AVIF"), alpha="keep").getpixel((1, 1))[3] == 0
    for data in (HEIC, encode(noise(64, 64), "AVIF")):
        for share in (0.3, 0.6, 0.9):
            refused(data[: int(len(data) * share)], "image.damaged")


def test_a_damaged_heic_takes_nothing_down_with_it() -> None:
    dice = random.Random(1)  # many of these crash the decoder, which is a process of its own
    for _ in range(12):
        data = bytearray(HEIC)
        for _ in range(8):
            data[dice.randrange(12, 256)] = dice.randrange(256)
        try:
            assert images.decode(bytes(data)).mode == "RGB"
        except Refused as refusal:
            assert refusal.key.startswith("image.")


def test_a_heic_larger_than_its_header_says() -> None:
    place = HEIC.index(b"ispe") + 8
    lying = HEIC[:place] + struct.pack(">II", 16, 16) + HEIC[place + 8 :]
    with pytest.raises(Refused):
        images.decode(lying)
    huge = HEIC[:place] + struct.pack(">II", 20_000, 20_000) + HEIC[place + 8 :]
    with pytest.raises(Refused):
        images.decode(huge)


def test_sixteen_bit_transparency_key() -> None:
    image = Image.fromarray(np.array([[500, 60000]], np.uint16))
    data = encode(image, "PNG", transparency=500)
    assert images.decode(data).getpixel((0, 0)) == WHITE
    assert images.decode(data, alpha="keep").getchannel("A").tobytes() == b"\0\xff"


def test_alpha_on_white_or_kept() -> None:
    image = Image.new("RGBA", (4, 4), (200, 0, 0, 128))
    for form in ("PNG", "WEBP", "TIFF"):
        data = encode(image, form, lossless=True)
        assert near(images.decode(data).getpixel((1, 1)), (227, 127, 127), 2)
        assert images.decode(data, alpha="keep").getpixel((1, 1)) == (200, 0, 0, 128)
    assert images.decode(encode(image.convert("LA"), "PNG"), alpha="keep").mode == "RGBA"
    assert images.decode(encode(noise().convert("RGBA"), "PNG"), alpha="keep").mode == "RGB"  # opaque


def test_palette_with_transparency() -> None:
    image = Image.new("P", (4, 1))
    image.putpalette([*RED, *GREEN, *BLUE])
    image.putdata([0, 1, 2, 1])
    for form in ("PNG", "GIF"):
        assert images.decode(encode(image, form)).getpixel((1, 0)) == GREEN
        data = encode(image, form, transparency=1)
        decoded = images.decode(data)
        assert [decoded.getpixel((x, 0)) for x in range(4)] == [RED, WHITE, BLUE, WHITE]
        assert images.decode(data, alpha="keep").getchannel("A").tobytes() == b"\xff\0\xff\0"


@pytest.mark.parametrize("form", ["PNG", "GIF", "WEBP", "TIFF"])
def test_animation_gives_its_first_frame(form: str) -> None:
    first, second = Image.new("RGB", (8, 8), RED), Image.new("RGB", (8, 8), BLUE)
    decoded = images.decode(encode(first, form, save_all=True, append_images=[second], lossless=True))
    assert decoded.size == (8, 8) and near(decoded.getpixel((3, 3)), RED)


def test_cmyk_and_bilevel() -> None:
    cmyk = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    for form in ("JPEG", "TIFF"):
        assert near(images.decode(encode(cmyk, form)).getpixel((3, 3)), (255, 0, 0))
    assert images.decode(encode(Image.new("1", (8, 8), 1), "PNG")).getpixel((3, 3)) == WHITE


def test_lab() -> None:
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    image = ImageCms.profileToProfile(Image.new("RGB", (8, 8), (200, 60, 60)), srgb, lab, outputMode="LAB")
    assert image is not None
    assert near(images.decode(encode(image, "TIFF")).getpixel((3, 3)), (200, 60, 60))


def swapped_profile() -> bytes:
    """sRGB with red and blue exchanged and another name: shows whether a profile is used."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for name in (b"sRGB", "sRGB".encode("utf-16-be")):
        profile = profile.replace(name, name.replace(b"s", b"x"))
    return profile.replace(b"rXYZ", b"#XYZ").replace(b"bXYZ", b"rXYZ").replace(b"#XYZ", b"bXYZ")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_icc_profile_is_applied_and_a_broken_one_ignored(form: str) -> None:
    image = Image.new("RGB", (16, 16), RED)
    options = {"lossless": True, "quality": 95}
    changed = images.decode(encode(image, form, icc_profile=swapped_profile(), **options))
    assert near(changed.getpixel((8, 8)), BLUE, 12)
    for broken in (b"nonsense", swapped_profile()[:200]):
        plain = images.decode(encode(image, form, icc_profile=broken, **options))
        assert near(plain.getpixel((8, 8)), RED, 4)
    grey = encode(image.convert("L"), form, icc_profile=swapped_profile(), **options)  # a profile for RGB
    assert near(images.decode(grey).getpixel((8, 8)), (60, 60, 60), 2)


def test_to_rgb_of_an_opened_picture() -> None:
    opened = Image.open(io.BytesIO(encode(corner(), "JPEG", exif=exif(6))))
    assert images.to_rgb(opened).size == (16, 32)
    with pytest.raises(Refused):
        images.to_rgb(Image.open(io.BytesIO(encode(noise(), "PNG")[:-40])))
    with pytest.raises(Refused):
        images.to_rgb(Image.new("1", (images.MAX_SIDE + 1, 1)))


# --- refusals ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "image.empty"),
        (b"hello", "image.unknown"),
        (b"RIFF\x04\0\0\0WAVE", "image.unknown"),
        (b"BM", "image.damaged"),
        (b"GIF89a", "image.damaged"),
        (b"%PDF-1.7\n", "image.document"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "image.document"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>", "image.document"),
        (b"<!DOCTYPE html><html></html>", "image.document"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "image.damaged"),
        (b"\0\0\0\x18ftypavif\0\0\0\0", "image.damaged"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "image.unknown"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 4\n", "image.pointer"),
        (encode(Image.new("RGB", (4, 4)), "PPM"), "image.unknown"),
        (encode(Image.new("RGB", (4, 4)), "ICO"), "image.unknown"),
        (encode(Image.new("RGB", (4, 4)), "EPS"), "image.document"),
    ],
)
def test_what_is_no_picture(data: bytes, key: str) -> None:
    refused(data, key)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    refused(png(20_000, 10), "image.too_long")
    refused(png(20_000, 20_000), "image.too_many_pixels")
    refused(png(10_000, 10_000), "image.too_many_pixels")
    refused(png(16_000, 16_000)[:40], "image.damaged")
    refused(b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0, 0, 0) + b",", "image.damaged")
    monkeypatch.setattr(images, "MAX_BYTES", 1000)
    refused(bytes(1001), "image.too_heavy")
    refused(io.BytesIO(bytes(5000)), "image.too_heavy")


def test_paths(tmp_path: Path) -> None:
    assert "nothing.png" in str(refused(tmp_path / "nothing.png", "image.missing"))
    refused(tmp_path, "image.folder")
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    refused(pipe, "image.missing")
    for name in ("a\0b.png", "x" * 5000, "data:image/png;base64,iVBORw0KGgo=", "http://127.0.0.1/a.png"):
        refused(name, "image.missing")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_truncated(form: str) -> None:
    data = encode(noise(64, 64), form)
    for share in (0.3, 0.6, 0.9):
        refused(data[: int(len(data) * share)], "image.damaged")


def overlapping_exif(tags: int = 20_000) -> bytes:
    """Tags that all claim the same bytes; a reader that copies each needs gigabytes."""
    size = 12 * tags
    entries = b"".join(struct.pack("<HHII", 30_000 + tag, 7, size, 8) for tag in range(tags))
    return b"II*\0" + struct.pack("<IH", 8, tags) + entries + bytes(4)


def test_metadata_bombs_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(self: Image.Image) -> Image.Exif:
        raise AssertionError("Pillow read the EXIF")

    image = noise()
    bomb = overlapping_exif()
    monkeypatch.setattr(Image.Exif, "load", never)
    for data in (
        encode(image, "WEBP", lossless=True, exif=bomb),
        encode(image, "PNG")[:33] + chunk(b"eXIf", bomb) + encode(image, "PNG")[33:],
        encode(image, "PNG")[:33]
        + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(5 * 2**20))) * 99
        + encode(image, "PNG")[33:],
    ):
        assert images.decode(data).tobytes() == image.tobytes()
    jpeg = encode(image, "JPEG")
    comments = jpeg[:2] + b"\xff\xfe\0\2" * (images.MAX_BLOCKS + 1) + jpeg[2:]
    refused(comments, "image.damaged")
    refused(png(4, 4, chunk(b"teSt", b"") * (images.MAX_BLOCKS + 1)), "image.damaged")
    gif = encode(image, "GIF")
    start = gif.index(b",", 13 + 768)
    refused(gif[:start] + b"!\xfe" + b"\1a" * (images.MAX_BLOCKS + 1) + b"\0" + gif[start:], "image.damaged")


def test_exif_of_avif_and_heic_is_never_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(self: Image.Image, data: bytes) -> None:
        raise AssertionError("Pillow read the EXIF")

    avif = encode(corner(), "AVIF", exif=exif(1))
    assert b"a camera" in avif and b"a camera" in TURNED_HEIC
    monkeypatch.setattr(Image.Exif, "load", never)
    assert images.decode(avif).size == (32, 16)
    assert images.decode(TURNED_HEIC).size == (32, 48)


def many_scans(image: Image.Image, more: int) -> bytes:
    """A sound progressive JPEG whose last scan comes `more` times again."""
    jpeg = encode(image, "JPEG", progressive=True)
    scan = jpeg[jpeg.rfind(b"\xff\xda") : -2]
    return jpeg[:-2] + scan * more + jpeg[-2:]


def test_scans_are_bounded_before_any_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[tuple[int, int]] = []
    load = JpegImagePlugin.JpegImageFile.load

    def counted(self: JpegImagePlugin.JpegImageFile) -> object:
        loaded.append(self.size)
        return load(self)

    monkeypatch.setattr(JpegImagePlugin.JpegImageFile, "load", counted)
    scans = many_scans(noise(), 0).count(b"\xff\xda")
    assert images.decode(many_scans(noise(), images.MAX_JPEG_SCANS - scans)).size == (24, 20)
    assert loaded
    loaded.clear()
    refused(many_scans(noise(), images.MAX_JPEG_SCANS - scans + 1), "image.damaged")
    assert not loaded  # libjpeg would not have minded
    large = Image.new("RGB", (4000, 3000), RED)  # and the larger the picture, the fewer
    refused(many_scans(large, images.MAX_JPEG_WORK // (4000 * 3000) - scans + 1), "image.damaged")
    assert not loaded


def test_a_thumbnail_is_no_scan_of_the_picture() -> None:
    jpeg = encode(noise(), "JPEG")
    thumbnails = b"\xff\xe1" + struct.pack(">H", 2 + 6 + 1000) + b"Exif\0\0" + b"\xff\xda" * 500
    assert images.decode(jpeg[:2] + thumbnails + jpeg[2:]).size == (24, 20)


def test_scans_of_a_jpeg_inside_a_tiff_are_bounded() -> None:
    def tiff(jpeg: bytes) -> bytes:
        values = {256: 24, 257: 20, 259: 7, 262: 6, 277: 3, 278: 20, 279: len(jpeg), 258: 8}
        start = 8 + 2 + 12 * (len(values) + 1) + 4
        entries = {tag: struct.pack("<HHII", tag, 4, 1, value) for tag, value in values.items()}
        entries[273] = struct.pack("<HHII", 273, 4, 1, start)
        entries[258] = struct.pack("<HHII", 258, 3, 3, start + len(jpeg))
        directory = b"".join(entries[tag] for tag in sorted(entries))
        head = b"II*\0" + struct.pack("<IH", 8, len(entries)) + directory + bytes(4)
        return head + jpeg + struct.pack("<3H", 8, 8, 8)

    jpeg = encode(noise(), "JPEG", progressive=True, subsampling=0)
    scan = jpeg[jpeg.rfind(b"\xff\xda") : -2]
    assert images.decode(tiff(jpeg)).size == (24, 20)
    refused(tiff(jpeg[:-2] + scan * 40 + jpeg[-2:]), "image.damaged")


def test_tiff_tags_that_claim_more_than_the_file() -> None:
    """A sound TIFF but for tags that all claim the same bytes; a reader that copies each needs gigabytes."""

    def tiff(overlapping: tuple[int, ...], count: int) -> bytes:
        values = {256: 8, 257: 8, 258: 8, 259: 1, 262: 1, 277: 1, 278: 8, 279: 64}
        start = 8 + 2 + 12 * (len(values) + 1 + len(overlapping)) + 4
        entries = {tag: struct.pack("<HHII", tag, 3, 1, value) for tag, value in values.items()}
        entries |= {tag: struct.pack("<HHII", tag, 7, count, start) for tag in overlapping}
        entries[273] = struct.pack("<HHII", 273, 4, 1, start)
        directory = b"".join(entries[tag] for tag in sorted(entries))
        return b"II*\0" + struct.pack("<IH", 8, len(entries)) + directory + bytes(4 + 60_000)

    overlapping = (292, 293, 332)  # they matter to some TIFFs, and not to this one
    assert images.decode(tiff(overlapping, 15_000)).size == (8, 8)
    refused(tiff(overlapping, 50_000), "image.damaged")


@pytest.mark.parametrize(
    "error",
    [
        *(AttributeError, AssertionError, NotImplementedError, RuntimeError, RecursionError, KeyError, IndexError),
        *(OverflowError, ZeroDivisionError, struct.error, zlib.error, UnicodeDecodeError, SyntaxError, EOFError),
        *(BufferError, NameError, StopIteration, OSError, TypeError, ValueError, ReferenceError, ImportError),
    ],
)
@pytest.mark.parametrize("method", ["_open", "load"])
def test_whatever_a_reader_throws_is_a_damaged_file(
    error: type[Exception], method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: PngImagePlugin.PngImageFile) -> None:
        raise error("utf-8", b"", 0, 1, "?") if error is UnicodeDecodeError else error("?")

    monkeypatch.setattr(PngImagePlugin.PngImageFile, method, broken)
    refused(encode(noise(), "PNG"), "image.damaged")


def test_a_palette_png_without_its_palette() -> None:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 16, 8, 3, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(17 * 16)))
    refused(b"\x89PNG\r\n\x1a\n" + header + pixels + chunk(b"IEND", b""), "image.damaged")


@pytest.mark.filterwarnings("ignore")
def test_random_damage_gives_a_picture_or_a_refusal() -> None:
    image = noise()
    samples = [
        encode(image, "PNG", exif=exif(6), icc_profile=swapped_profile()),
        encode(image.convert("P"), "PNG", transparency=3),
        encode(image, "JPEG", exif=exif(6)),
        encode(image.convert("CMYK"), "JPEG", icc_profile=swapped_profile()),
        encode(image, "JPEG", progressive=True),
        encode(image, "WEBP", exif=exif(3)),
        encode(image, "WEBP", save_all=True, append_images=[image.rotate(90)]),
        encode(image, "GIF", save_all=True, append_images=[image.rotate(90)], transparency=4),
        encode(image, "BMP"),
        encode(image.convert("1"), "BMP"),
        encode(image, "TIFF"),
        encode(image, "TIFF", compression="tiff_lzw"),
        encode(image, "TIFF", compression="jpeg"),
        encode(image, "AVIF", exif=exif(6)),
        deep_png(np.full((8, 8, 3), 4000, np.uint16)),
        deep_tiff(np.full((8, 8, 3), 4000, np.uint16)),
    ]
    dice = random.Random(1)
    outcomes = {"picture": 0, "refusal": 0}
    for sample in samples:
        for _ in range(120):
            data = bytearray(sample)
            place = dice.randrange(len(data))
            choice = dice.random()
            if choice < 0.2:
                del data[place:]
            elif choice < 0.8:
                for _ in range(dice.choice([1, 2, 8])):
                    data[dice.randrange(min(len(data), dice.choice([64, 256, 10**6])))] = dice.randrange(256)
            elif choice < 0.9:
                del data[place : place + dice.randrange(1, 9)]
            else:
                data[place:place] = dice.randbytes(dice.randrange(1, 9))
            try:
                decoded = images.decode(bytes(data))
                assert decoded.mode == "RGB" and not decoded.info
                outcomes["picture"] += 1
            except Refused as refusal:
                assert refusal.key.startswith("image.")
                outcomes["refusal"] += 1
            assert images.read_settings(bytes(data)) is None
    assert min(outcomes.values()) > 100


# --- tensors, shapes, settings ----------------------------------------------------------------------------


def test_tensor_round_trip() -> None:
    image = noise()
    tensor = images.to_tensor(image)
    assert tensor.shape == (1, 3, 20, 24) and tensor.dtype == torch.float32 and tensor.is_contiguous()
    assert tensor.min() >= -1 and tensor.max() <= 1
    for given in (tensor, tensor[0], tensor.double(), tensor.contiguous(memory_format=torch.channels_last)):
        assert images.to_image(given).tobytes() == image.tobytes()
    assert images.to_image(torch.full((3, 1, 2), 9.0)).getpixel((0, 0)) == WHITE
    with pytest.raises(ValueError, match="shape"):
        images.to_image(torch.zeros(2, 3, 4, 4))


@pytest.mark.parametrize(
    ("width", "height"),
    [(1, 1), (1, 10_000), (10_000, 1), (37, 211), (256, 256), (255, 257), (1000, 3), (640, 480), (2, 2)],
)
def test_letterbox_and_back(width: int, height: int) -> None:
    image = Image.new("RGB", (width, height), BLUE)
    square, frame = images.letterbox(image, 256)
    assert square.size == (256, 256) and square.mode == "RGB"
    assert frame.inner_width >= 1 and frame.left + frame.inner_width <= 256
    back = images.unpad(square, frame)
    assert back.size == (width, height)
    assert back.tobytes() == image.tobytes()  # none of the border's white leaked in


def test_letterbox_keeps_the_picture() -> None:
    ramp = np.linspace(0, 255, 211, dtype=np.uint8)[:, None, None]
    image = Image.fromarray(np.broadcast_to(ramp, (211, 37, 3)).copy())
    back = images.unpad(*images.letterbox(image, 256))
    assert np.abs(np.asarray(back, np.int16) - np.asarray(image, np.int16)).mean() < 1


def test_letterbox_fills_and_unpad_checks() -> None:
    square, frame = images.letterbox(Image.new("RGB", (10, 5), RED), 20, fill=GREEN)
    assert square.getpixel((10, 1)) == GREEN and square.getpixel((10, 10)) == RED
    assert set(images.unpad(square, frame).get_flattened_data()) == {RED}
    with pytest.raises(ValueError, match="20 x 20"):
        images.unpad(square.resize((40, 40)), frame)


def test_grid() -> None:
    sheet = images.grid([Image.new("RGB", (4, 6), RED)] * 3, columns=2, gap=2)
    assert sheet.size == (10, 14)
    assert sheet.getpixel((9, 0)) == RED
    assert sheet.getpixel((5, 0)) == WHITE and sheet.getpixel((9, 13)) == WHITE
    assert images.grid([Image.new("L", (4, 6))], columns=5).size == (4, 6)
    with pytest.raises(ValueError, match="at least one"):
        images.grid([], 3)


def test_settings_round_trip() -> None:
    settings = {"model": "sketch2face", "seed": 7, "名前": "絵\n", "options": [1, 2.5, None, True]}
    data = images.encode_png(noise(), settings)
    assert images.read_settings(data) == settings
    assert images.decode(data).tobytes() == noise().tobytes()
    assert images.read_settings(images.encode_png(noise())) is None
    opened = Image.open(io.BytesIO(encode(noise(), "PNG", exif=exif(6), icc_profile=swapped_profile(), dpi=(72, 72))))
    opened.info["parameters"] = "what another program wrote"
    plain = images.encode_png(opened)
    assert not Image.open(io.BytesIO(plain)).info and b"eXIf" not in plain and b"iCCP" not in plain
    assert images.encode_png(noise().convert("P"))
    for bad in ({"a": "x" * images.MAX_SETTINGS_BYTES}, {"a": float("nan")}):
        with pytest.raises(ValueError, match=r"."):
            images.encode_png(noise(), bad)


@pytest.mark.parametrize(
    "body",
    [
        b"ganstudio\0\1\0\0\0" + zlib.compress(b'{"a": 1}'),  # compressed: never opened
        b"ganstudio\0\0\0\0\0[1, 2]",
        b"ganstudio\0\0\0\0\0{",
        b"ganstudio\0\0\0\0\0" + b"[" * 50_000,
        b"ganstudio\0\0\0\0\0" + b'{"a":' * 12_000,
        b'ganstudio\0\0\0\0\0{"a": NaN}',
        b'ganstudio\0\0\0\0\0{"a": ' + b"9" * 9999 + b"}",
        b"ganstudio\0\0\0\0\0\xff\xfe",
        b'ganstudio\0\0\0\0\0{"a": "' + b"x" * 70_000 + b'"}',
        b"ganstudio\0\0\0",
        b'other\0\0\0\0\0{"a": 1}',
    ],
)
def test_foreign_settings(body: bytes) -> None:
    assert images.read_settings(png(1, 1, chunk(b"iTXt", body))) is None


def test_settings_of_damaged_files() -> None:
    data = images.encode_png(noise(), {"a": 1})
    assert images.read_settings(data.replace(b'"a"', b'"b"')) is None  # checksum
    for length in range(0, 120):
        assert images.read_settings(data[:length]) in (None, {"a": 1})
    for junk in (b"", b"GIF89a", os.urandom(100), b"\x89PNG\r\n\x1a\n" + b"\xff" * 50):
        assert images.read_settings(junk) is None
    assert json.dumps(images.read_settings(data)) == '{"a": 1}'

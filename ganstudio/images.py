"""The one decoder of pictures that strangers send, and the few picture shapes that the house needs.

Every picture enters through `decode` (bytes, a file) or `to_rgb` (a PIL image that somebody already opened)
and is from then on plain: upright, sRGB, 8 bit, no metadata. Networks see it through `letterbox` and
`to_tensor`; `to_image` and `unpad` lead back to the size it came in.
"""

from __future__ import annotations

import io
import itertools
import json
import os
import stat
import struct
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, NamedTuple

import numpy as np
from PIL import Image, ImageCms, ImageFile, PngImagePlugin

from ganstudio import heic, lfs
from ganstudio.words import Refused

if TYPE_CHECKING:  # torch takes seconds to import; the app's page must not wait for it
    from torch import Tensor

MAX_BYTES = 32 * 2**20
MAX_PIXELS = 50_000_000  # below Pillow's own warning (89 million), so that its warning always means a refusal
MAX_SIDE = 16_384
MAX_JPEG_SCANS = 200  # cameras write 1 to 14; each costs a pass over all pixels, however few bytes it has
MAX_JPEG_WORK = 20 * MAX_PIXELS  # scans times pixels; a second or two
MAX_PROFILE_BYTES = 4 * 2**20
MAX_SETTINGS_BYTES = 64 * 2**10
MAX_BLOCKS = 50_000  # chunks, segments or sub-blocks of one file
MAX_TIFF_VALUES = 200_000  # of one tag; 50 megapixels in tiles of 16 x 16
SETTINGS_KEYWORD = "ganstudio"

# libtiff decodes a JPEG inside a TIFF itself, by default in up to 100 scans.
os.environ.setdefault("LIBTIFF_JPEG_MAX_ALLOWED_SCAN_NUMBER", str(MAX_JPEG_WORK // MAX_PIXELS))

_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError)

# Bits that levels may have in 16, with the table that gives 8: few writers scale what a sensor of 12 bits gives.
_TO_EIGHT = {bits: np.rint(np.arange(2**bits) * (255 / (2**bits - 1))).astype(np.uint8) for bits in (8, 12, 16)}
# Pillow keeps the high byte of colours of 16 bits; read with their bytes exchanged, they give the low one.
_EXCHANGED = {f"{mode};16{a}": f"{mode};16{b}" for mode in ("RGB", "RGBA", "RGBX", "RGBa") for a, b in ("LB", "BL")}
_EXCHANGED |= {name[:-1] + "N": name for name in _EXCHANGED if name.endswith("B" if sys.byteorder == "little" else "L")}

_PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
_TIFF_SHORT = 3  # the type of 16-bit integers
_TIFF_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8}
_TIFF_PROFILE = 34675
# Size, depth, compression, strips; fax, predictor, palette, tiles, inks, alpha, format; JPEG inside, YCbCr.
_TIFF_TAGS = {256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 284, _TIFF_PROFILE}
_TIFF_TAGS |= {292, 293, 317, 320, 322, 323, 324, 325, 332, 338, 339}
_TIFF_TAGS |= {347, 512, 513, 514, 515, 517, 518, 519, 520, 521, 529, 530, 531, 532}

_ORIENTATION = 0x0112  # the EXIF tag; its values 2..8 and what sets the picture upright
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


# --- in ---------------------------------------------------------------------------------------------------


def decode(source: bytes | str | Path | BinaryIO, *, alpha: Literal["white", "keep"] = "white") -> Image.Image:
    """A picture from untrusted bytes, a path or an open file: upright, sRGB, 8 bit, without metadata.

    RGB, transparency laid on white; with `alpha="keep"` RGBA where the picture has any. Of an animation the
    first frame. `to_rgb` says how other kinds of pixels are converted. Raises Refused (keys "image.*") for
    everything but a whole PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF or HEIC of at most MAX_BYTES, MAX_PIXELS and MAX_SIDE.
    """
    data = read_file(source)
    if not data:
        raise Refused("image.empty")
    if len(data) > MAX_BYTES:
        raise Refused("image.too_heavy", limit=MAX_BYTES // 2**20)
    with _reading():
        data = _essential(data)
        if _format(data) == "HEIF":
            return to_rgb(heic.open_heic(data, MAX_PIXELS, MAX_SIDE), alpha=alpha)
        with _opened(data) as image:  # reads the header only
            _check_size(image)
            tiles = list(image.tile)
            image.load()
            return to_rgb(_of_twelve_bits(image, tiles, data), alpha=alpha)


@contextmanager
def _reading() -> Iterator[None]:
    """Whatever a reader of pictures throws at a damaged file, it is a damaged file; raises Refused.

    A list of what they throw is never whole: Pillow's readers are Python, and fail in a damaged file as any code fails
    with values that it does not expect, with an AttributeError or an AssertionError, say.
    """
    try:
        yield
    except Refused:  # is a ValueError too
        raise
    except _BOMB:
        raise Refused("image.too_many_pixels", limit=MAX_PIXELS // 10**6) from None
    except Exception:
        raise Refused("image.damaged") from None


def _opened(data: bytes) -> ImageFile.ImageFile:
    """As Image.open, with the one reader that the first bytes name: the others need not see the file."""
    return Image.open(io.BytesIO(data), formats=(_format(data),))


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    if width < 1 or height < 1:
        raise Refused("image.damaged")
    if max(width, height) > MAX_SIDE:
        raise Refused("image.too_long", width=width, height=height, limit=MAX_SIDE)
    if width * height > MAX_PIXELS:
        raise Refused("image.too_many_pixels", limit=MAX_PIXELS // 10**6)


def to_rgb(image: Image.Image, *, alpha: Literal["white", "keep"] = "white") -> Image.Image:
    """Any PIL image as a new plain one: RGB (or RGBA, see `decode`), upright by EXIF, sRGB, no metadata.

    - 16-bit grey is scaled, 65535 becoming 255, but levels that all lie within 0..4095 (0..255) count as 12-bit
      (8-bit) ones that nobody scaled, and the largest such level becomes 255. Of 16-bit colour the high byte is kept;
      `decode` counts levels within 0..4095 as 12-bit there, too.
    - 32-bit integers within 0..65535 count as 16-bit; floats within 0..1 as shares of white, within 0..255
      as levels. Anything else is stretched from its least value to its greatest; what is not finite is 0.
    - CMYK, grey and RGB pass through their ICC profile, Lab through its definition. Without a profile, or
      with a broken one, RGB and grey count as sRGB and CMYK is converted plainly.
    - Palettes are resolved, transparency of every kind is laid on white or kept.

    Raises Refused when the size is over the limits or when a lazily opened file turns out damaged.
    """
    _check_size(image)
    with _reading():
        image.load()
        colour, opacity = _split(image)
        colour = _to_srgb(colour, image.info.get("icc_profile"))
        exif = image.info.get("exif")  # TIFF has none: Pillow turns it on loading
        upright = _UPRIGHT.get(_orientation(exif)) if isinstance(exif, bytes) else None
        # Pasting into a new image leaves EXIF, GPS, comments and profiles behind; convert() would carry them on.
        if opacity is not None and alpha == "white":
            plain = Image.new("RGB", colour.size, (255, 255, 255))
            plain.paste(colour, mask=opacity)
        else:
            plain = Image.new("RGB", colour.size)
            plain.paste(colour)
            if opacity is not None:
                plain.putalpha(opacity)
        return plain if upright is None else plain.transpose(upright)


def read_file(source: bytes | str | Path | BinaryIO) -> bytes:
    """At most MAX_BYTES + 1 bytes of the source; the last one tells the caller that it is too long.

    Raises Refused ("image.missing", "image.folder", "image.forbidden") for a path that is no file to be read.
    """
    if isinstance(source, bytes):
        return source
    if not isinstance(source, str | Path):
        return source.read(MAX_BYTES + 1)
    shown = "".join(letter if letter.isprintable() else "?" for letter in str(source))[-200:]
    try:
        mode = os.stat(source).st_mode
        if stat.S_ISDIR(mode):
            raise Refused("image.folder", path=shown)
        if not stat.S_ISREG(mode):  # a pipe or a device could be read for ever
            raise Refused("image.missing", path=shown)
        with open(source, "rb") as file:
            return file.read(MAX_BYTES + 1)
    except PermissionError:
        raise Refused("image.forbidden", path=shown) from None
    except Refused:  # is a ValueError, as is a NUL byte in a path
        raise
    except (OSError, ValueError):
        raise Refused("image.missing", path=shown) from None


def _unknown(data: bytes) -> Refused:
    """The refusal of bytes that are none of our formats, naming those that people try most."""
    if lfs.is_pointer(data):
        return Refused("image.pointer")
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"%pdf"):
        return Refused("image.document", kind="PDF")
    if head.startswith((b"%!ps", b"\xc5\xd0\xd3\xc6")):
        return Refused("image.document", kind="PostScript")
    if b"<svg" in head:
        return Refused("image.document", kind="SVG")
    if head.startswith((b"<!doctype html", b"<html")):
        return Refused("image.document", kind="HTML")
    return Refused("image.unknown")


def _of_twelve_bits(image: Image.Image, tiles: Sequence[ImageFile._Tile], data: bytes) -> Image.Image:
    """The loaded picture of `data`; where it has colours of 12 bits (or 8) in 16, with those as its levels.

    Pillow kept their high bytes alone, at most 15: nearly black. The low bytes come from reading the file once more.
    `tiles` are the picture's from before it was loaded.
    """
    raw = [str(tile.args[0] if isinstance(tile.args, tuple) else tile.args) for tile in tiles]
    if image.mode not in ("RGB", "RGBA", "LA") or not any(";16" in each for each in raw):
        return image
    high = np.asarray(image).astype(np.uint16)  # (H,W,C)
    if high.max() > 15:
        return image
    levels = high * (4095 // 15)  # as they are where the low bytes cannot be had
    if all(each in _EXCHANGED for each in raw):
        opened = _opened(data)
        opened.tile = [
            tile._replace(args=(_EXCHANGED[each], *tile.args[1:]) if isinstance(tile.args, tuple) else _EXCHANGED[each])
            for tile, each in zip(tiles, raw, strict=True)
        ]
        opened.load()
        levels = high << 8 | np.asarray(opened)
    plain = Image.fromarray(_TO_EIGHT[8 if levels.max() < 256 else 12][levels])
    plain.info = dict(image.info)
    return plain


def _split(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """The picture as L, RGB, CMYK or LAB, and its opacity as L (None: opaque)."""
    if image.mode.startswith(("I", "F")):
        levels = np.asarray(image)  # (H,W) of 16- or 32-bit integers or floats
        colour, key = Image.fromarray(_eight_bit(levels)), image.info.get("transparency")
        if not isinstance(key, int):
            return colour, None
        return colour, Image.fromarray(np.where(levels == key, 0, 255).astype(np.uint8))
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        opacity = rgba.getchannel("A")
        colour = image.convert("L") if image.mode in ("LA", "La") else rgba.convert("RGB")
        return colour, None if opacity.getextrema() == (255, 255) else opacity
    if image.mode in ("L", "RGB", "CMYK", "LAB"):
        return image, None
    return image.convert("L" if image.mode == "1" else "RGB"), None


def _eight_bit(levels: np.ndarray) -> np.ndarray:
    """(H,W) integers or floats of any range -> (H,W) uint8; the rule stands in `to_rgb`."""
    if levels.dtype.kind == "f":
        levels = np.where(np.isfinite(levels), levels, np.float32(0))
    low, high = float(levels.min()), float(levels.max())
    if levels.dtype.kind != "f" and low >= 0 and high <= 65535:
        return _TO_EIGHT[next(bits for bits in _TO_EIGHT if high < 2**bits)][levels]
    if levels.dtype.kind == "f" and low >= 0 and high <= 255:
        low, high = 0.0, (1.0 if high <= 1 else 255.0)
    shares = (levels - low) / max(high - low, 1e-12)
    return np.rint(shares * 255).clip(0, 255).astype(np.uint8)


def _to_srgb(colour: Image.Image, profile: object) -> Image.Image:
    """L, RGB, CMYK or LAB -> RGB through the picture's ICC profile, if it has a sound and fitting one."""
    if colour.mode == "LAB":
        transform = ImageCms.buildTransform(ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB")
        return ImageCms.applyTransform(colour, transform) or colour
    if isinstance(profile, bytes) and 0 < len(profile) <= MAX_PROFILE_BYTES:
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            fits = own.profile.xcolor_space.strip() == {"L": "GRAY"}.get(colour.mode, colour.mode)
            if fits and "sRGB" not in (own.profile.profile_description or ""):
                srgb = ImageCms.createProfile("sRGB")
                return ImageCms.profileToProfile(colour, own, srgb, outputMode="RGB") or colour
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a broken profile changes tints; it is no reason to refuse the picture
    return colour if colour.mode == "RGB" else colour.convert("RGB")


def _orientation(exif: bytes) -> int:
    """The orientation 1..8 in an EXIF block; 1 (upright) where it has none or is damaged."""
    exif = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(order + "I", exif, 4)
        (entries,) = struct.unpack_from(order + "H", exif, start)
        for entry in range(min(entries, 1000)):
            tag, kind, count, value = struct.unpack_from(order + "HHIH", exif, start + 2 + 12 * entry)
            if (tag, kind, count) == (_ORIENTATION, _TIFF_SHORT, 1):
                return value
    except struct.error:
        pass
    return 1


# --- what of a file reaches Pillow ------------------------------------------------------------------------
#
# Pillow reads metadata in Python and without measure: 240 kB of overlapping EXIF tags cost it 4 GB and 11 s.
# So a file is first reduced to what makes its pixels. Of EXIF one number is left.


def _format(data: bytes) -> str:
    """Pillow's name for the form of these bytes; raises Refused for all but ours, EPS (runs Ghostscript) too."""
    if data.startswith(_PNG_MAGIC):
        return "PNG"
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data.startswith((b"II*\0", b"MM\0*")):
        return "TIFF"
    if data.startswith(b"BM"):
        return "BMP"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        length = int.from_bytes(data[:4], "big")
        brands = {data[k : k + 4] for k in (8, *range(16, min(length, 256), 4))}
        if brands & {b"avif", b"avis"}:
            return "AVIF"
        if brands & {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}:
            return "HEIF"
    raise _unknown(data)


def _essential(data: bytes) -> bytes:
    """The same picture without its metadata, but for the colour profile and the orientation.

    Raises Refused for structures that no honest file has, and ValueError or struct.error for broken ones.
    """
    reduce = {
        "PNG": _essential_png,
        "JPEG": _essential_jpeg,
        "GIF": _essential_gif,
        "TIFF": _essential_tiff,
        "AVIF": _essential_heif,
        "HEIF": _essential_heif,
    }
    # BMP has no metadata; WebP is taken apart in C, and its EXIF read by _orientation alone.
    return reduce.get(_format(data), bytes)(data)


def _bounded(blocks: int) -> None:
    if blocks > MAX_BLOCKS:
        raise Refused("image.damaged")


def _small_exif(orientation: int) -> bytes:
    return b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, _TIFF_SHORT, 1, orientation, 0, 0)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end (without the checksum) of each chunk's content; a torn one ends with the file."""
    position = len(_PNG_MAGIC)
    while position + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        yield kind, position + 8, min(position + 8 + length, len(data))
        position += 12 + length


def _essential_png(data: bytes) -> bytes:
    kept = [_PNG_MAGIC]
    for blocks, (kind, start, end) in enumerate(_png_chunks(data)):
        _bounded(blocks)
        if kind == b"eXIf":
            body = kind + _small_exif(_orientation(data[start:end])).removeprefix(b"Exif\0\0")
            kept.append(struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body)))
        elif kind in (b"IHDR", b"PLTE", b"tRNS", b"iCCP", b"IDAT", b"IEND"):
            kept.append(data[start - 8 : end + 4])
    return b"".join(kept)


def _essential_jpeg(data: bytes) -> bytes:
    kept, position, orientation, pixels = [data[:2]], 2, 1, 0
    for blocks in range(MAX_BLOCKS + 2):
        _bounded(blocks)
        sync, marker, length = struct.unpack_from(">BBH", data, position)
        if sync != 0xFF:
            raise ValueError("no marker where one is due")
        if marker == 0xFF:  # padding
            position += 1
            continue
        if marker == 0xDA:  # the pixels begin; from here on libjpeg reads, in C
            break
        end = position + 2 + length
        body = data[position + 4 : end]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):  # the frame: precision, height, width
            height, width = struct.unpack_from(">HH", body, 1)
            pixels = max(pixels, height * width)
        if marker == 0xE1 and body.startswith(b"Exif\0\0"):
            orientation = _orientation(body)
        # Of APP0..15 and comments only JFIF (0), the profile (2) and Adobe's word on CMYK (14) matter.
        profile = marker == 0xE2 and body.startswith(b"ICC_PROFILE\0")
        if profile or marker in (0xE0, 0xEE) or not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            kept.append(data[position:end])
        position = end
    scans = data.count(b"\xff\xda", position)  # between the scans' own bytes no such pair can be
    if scans > MAX_JPEG_SCANS or scans * pixels > MAX_JPEG_WORK:
        raise Refused("image.damaged")
    exif = _small_exif(orientation)
    kept.insert(1, b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)
    return b"".join(kept) + data[position:]


def _essential_gif(data: bytes) -> bytes:
    """Without comments and application blocks before the first frame."""
    flags = data[10]
    position = 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    kept, blocks = [data[:position]], 0
    while data[position : position + 1] == b"!":
        start, label = position, data[position + 1]
        position += 2
        while data[position]:  # sub-blocks, each led by its length; 0 ends them
            position += 1 + data[position]
            blocks += 1
            _bounded(blocks)
        position += 1
        blocks += 1
        if label == 0xF9:  # timing and transparency
            kept.append(data[start:position])
    return b"".join(kept) + data[position:]


def _essential_heif(data: bytes) -> bytes:
    """With its EXIF and XMP renamed, so that nobody reads them: a HEIC's or AVIF's own boxes say how it is turned."""
    position = 0
    for blocks in range(MAX_BLOCKS + 2):
        _bounded(blocks)
        if position + 8 > len(data):
            break
        length, kind = struct.unpack_from(">I4s", data, position)
        if length == 1 and position + 16 <= len(data):
            (length,) = struct.unpack_from(">Q", data, position + 8)
        end = len(data) if length == 0 else position + length
        if length and length < 8:
            raise ValueError("a box shorter than its head")
        if kind == b"meta":
            items = data[position:end].replace(b"Exif", b"skip").replace(b"application/rdf+xml", b"application/skipped")
            data = data[:position] + items + data[end:]
        position = end
    return data


def _essential_tiff(data: bytes) -> bytes:
    """With all tags of the first directory blanked that make no pixels; the others must fit into the file."""
    order = "<" if data.startswith(b"II") else ">"
    (start,) = struct.unpack_from(order + "I", data, 4)
    (entries,) = struct.unpack_from(order + "H", data, start)
    blanked, total = bytearray(data), 0
    for position in range(start + 2, start + 2 + 12 * entries, 12):
        tag, kind, count = struct.unpack_from(order + "HHI", data, position)
        if tag not in _TIFF_TAGS:
            struct.pack_into(order + "H", blanked, position + 2, 0)  # a type that does not exist: skipped
            continue
        total += count * _TIFF_SIZES.get(kind, 0)
        if total > len(data) or (count > MAX_TIFF_VALUES and tag != _TIFF_PROFILE):
            raise Refused("image.damaged")
    return bytes(blanked)


# --- tensors ----------------------------------------------------------------------------------------------


def to_tensor(image: Image.Image) -> Tensor:
    """An RGB image -> (1,3,H,W) float32 in [-1,1]."""
    import torch

    levels = torch.from_numpy(np.array(image.convert("RGB")))  # (H,W,3) uint8
    return levels.permute(2, 0, 1)[None].to(torch.float32, memory_format=torch.contiguous_format) / 127.5 - 1


def to_image(tensor: Tensor) -> Image.Image:
    """(3,H,W) or (1,3,H,W), any float type, in [-1,1] (clamped) -> an RGB image."""
    import torch

    if tensor.dim() == 4 and tensor.shape[0] == 1:
        tensor = tensor[0]
    if tensor.dim() != 3 or tensor.shape[0] != 3:
        raise ValueError(f"expected one picture of shape (3,H,W) or (1,3,H,W), got {tuple(tensor.shape)}")
    levels = ((tensor.detach().float().clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
    return Image.fromarray(levels.permute(1, 2, 0).cpu().contiguous().numpy())


# --- shapes -----------------------------------------------------------------------------------------------


class Frame(NamedTuple):
    """Where `letterbox` put a picture; all in pixels."""

    width: int  # of the picture as it came
    height: int
    left: int  # of the picture inside the square
    top: int
    inner_width: int
    inner_height: int
    size: int  # side of the square

    def inside(self, side: int) -> tuple[int, int, int, int]:
        """Where the picture is (left, top, right, bottom) when the square has been brought to `side` pixels."""
        share = side / self.size
        left, top = round(self.left * share), round(self.top * share)
        width, height = max(1, round(self.inner_width * share)), max(1, round(self.inner_height * share))
        return left, top, min(side, left + width), min(side, top + height)


def letterbox(image: Image.Image, size: int, fill: tuple[int, int, int] = (255, 255, 255)) -> tuple[Image.Image, Frame]:
    """The whole picture, centred in a size x size RGB square with borders of `fill`, and how to undo it."""
    width, height = image.size
    scale = size / max(width, height)
    inner_width, inner_height = max(1, round(width * scale)), max(1, round(height * scale))
    left, top = (size - inner_width) // 2, (size - inner_height) // 2
    square = Image.new("RGB", (size, size), fill)
    square.paste(_resize(image.convert("RGB"), inner_width, inner_height), (left, top))
    return square, Frame(width, height, left, top, inner_width, inner_height, size)


def unpad(image: Image.Image, frame: Frame) -> Image.Image:
    """Undoes `letterbox` on a picture of its square's size: exactly frame.width x frame.height again."""
    if image.size != (frame.size, frame.size):
        raise ValueError(f"expected {frame.size} x {frame.size} pixels, got {image.width} x {image.height}")
    # Cropped before it is resized, or the filter would mix the border's colour into the edge.
    right, bottom = frame.left + frame.inner_width, frame.top + frame.inner_height
    return _resize(image.crop((frame.left, frame.top, right, bottom)), frame.width, frame.height)


def _resize(image: Image.Image, width: int, height: int) -> Image.Image:
    # Lanczos keeps thin lines when shrinking; when enlarging it rings, bicubic less so. The gap first shrinks
    # big photos by whole numbers, several times faster and not visibly different at 3.
    shrinks = width * height < image.width * image.height
    method = Image.Resampling.LANCZOS if shrinks else Image.Resampling.BICUBIC
    return image.resize((width, height), method, reducing_gap=3.0)


def grid(images: Sequence[Image.Image], columns: int, gap: int = 2) -> Image.Image:
    """Pictures side by side, row by row, on white, `gap` pixels apart; every cell as large as the largest."""
    if not images or columns < 1:
        raise ValueError("a grid needs at least one picture and one column")
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    cell_width = max(image.width for image in images)
    cell_height = max(image.height for image in images)
    size = (columns * (cell_width + gap) - gap, rows * (cell_height + gap) - gap)
    sheet = Image.new("RGB", size, (255, 255, 255))
    for index, image in enumerate(images):
        row, column = divmod(index, columns)
        sheet.paste(image.convert("RGB"), (column * (cell_width + gap), row * (cell_height + gap)))
    return sheet


# --- out --------------------------------------------------------------------------------------------------


def encode_png(image: Image.Image, settings: dict | None = None) -> bytes:
    """The picture as PNG, with `settings` as JSON in an iTXt chunk "ganstudio" and no other metadata.

    Raises ValueError when the settings are no JSON or longer than MAX_SETTINGS_BYTES.
    """
    information = PngImagePlugin.PngInfo()
    if settings is not None:
        words = json.dumps(settings, ensure_ascii=False, allow_nan=False)
        if len(words.encode()) > MAX_SETTINGS_BYTES:
            raise ValueError(f"settings take {len(words.encode())} bytes; at most {MAX_SETTINGS_BYTES} fit")
        information.add_itxt(SETTINGS_KEYWORD, words)
    file = io.BytesIO()
    if image.mode not in ("L", "RGB", "RGBA"):
        image = image.convert("RGB")
    plain = Image.new(image.mode, image.size)  # Pillow would write an image's own profile and EXIF along
    plain.paste(image)
    plain.save(file, "PNG", pnginfo=information)
    return file.getvalue()


def read_settings(data: bytes) -> dict | None:
    """The settings that `encode_png` put into a PNG; None for every other file, whatever it holds.

    Walks the chunks itself and never decompresses anything, so a compressed bomb costs nothing. The values
    are as untrusted as the file: check each before use.
    """
    if len(data) > MAX_BYTES or not data.startswith(_PNG_MAGIC):
        return None
    # After the keyword: not compressed, method 0, and whatever language and translated keyword.
    lead = SETTINGS_KEYWORD.encode() + b"\0\0\0"
    for kind, start, end in itertools.islice(_png_chunks(data), MAX_BLOCKS):
        if kind == b"iTXt" and data.startswith(lead, start) and end - start <= MAX_SETTINGS_BYTES + 256:
            if data[end : end + 4] != zlib.crc32(data[start - 4 : end]).to_bytes(4, "big"):
                return None
            return _settings(data[start + len(lead) : end])
    return None


def _settings(chunk: bytes) -> dict | None:
    """language NUL translated keyword NUL UTF-8 JSON -> the JSON object, or None."""
    parts = chunk.split(b"\0", 2)
    if len(parts) != 3 or len(parts[2]) > MAX_SETTINGS_BYTES:
        return None
    try:
        settings = json.loads(parts[2].decode())
        json.dumps(settings, allow_nan=False)  # refuses the NaN that loads() lets through
    except (ValueError, RecursionError):
        return None
    return settings if isinstance(settings, dict) else None

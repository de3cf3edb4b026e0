"""Pictures out of a ZIP that a stranger sent: under names made here, counted while they are read, as headers lie.

What a ZIP may do to its reader: climb out by its names (`../`), link elsewhere, unfold from kilobytes to terabytes,
list millions of files. Here nothing is written before every name has been looked at, no name is used as it stands, and
only what is called as a picture is unpacked, so that a ZIP inside a ZIP stays packed.
"""

from __future__ import annotations

import io
import os
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePath, PurePosixPath
from typing import NamedTuple

from ganstudio.data.pokedex import MAX_TABLE, Label, read_labels
from ganstudio.images import MAX_BYTES, SUFFIXES
from ganstudio.text import Refused
from ganstudio.types import TYPES

MAX_PICTURES = 20_000
MAX_TOTAL = 2**30  # bytes, unpacked
MAX_DIRECTORY = 8 * 2**20  # bytes of the list of files: 400 for each picture, and at most 180,000 empty entries
MAX_STEM = 60  # characters, of 4 bytes at most: file names end at 255 bytes
MAX_FOLDERS = 8  # that a kept name may lie in
CHUNK = 2**18  # bytes unpacked at a time

_ENCRYPTED, _UTF8 = 0x1, 0x800  # flags of an entry
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # LZMA may ask for gigabytes before its first byte


class Unpacked(NamedTuple):
    file: Path  # its stem is the picture's own name, but for letters that are unsafe in one
    type: str  # "" where no folder around it is called as a type


def pictures_of_zip(file: Path, into: Path, keep_folders: bool = False) -> list[Unpacked]:
    """Unpacks the pictures of an untrusted ZIP below `into`, in the order of their names; [] where it has none.

    A picture becomes `into/NAME.png`, or `into/fire/NAME.png` where a folder in the ZIP is called so, or with
    `keep_folders` as `place_of` says; what would be there twice gets a numbered folder. One over MAX_BYTES is cut off,
    for `images.decode` to refuse it alone. Raises Refused (keys "zip.*"); what has been unpacked until then stays for
    the caller to remove.
    """
    found: list[Unpacked] = []
    with _Directory(file) as source:
        pictures = sorted((each for each in _entries(source.zip) if is_picture(each[0])), key=lambda each: each[0])
        if len(pictures) > MAX_PICTURES:
            raise Refused("zip.too_many", limit=MAX_PICTURES)
        taken: dict[str, int] = {}
        left = MAX_TOTAL
        for name, entry in pictures:
            place = into / (place_of(name, taken) if keep_folders else _place(name, taken))
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                with place.open("xb") as target:
                    for chunk in _unpacked(source.zip, entry, MAX_BYTES + 1):
                        left -= len(chunk)
                        if left < 0:
                            raise Refused("zip.too_large", limit=MAX_TOTAL // 2**20)
                        target.write(chunk)
            except OSError as error:
                raise Refused("zip.no_room", reason=error.strerror or error) from error
            found.append(Unpacked(place, type_of(name)))
    return found


def labels_of_zip(file: Path) -> dict[str, Label]:
    """Labels from the CSV nearest to the top of an untrusted ZIP, {} where it has none.

    Raises Refused as `pictures_of_zip` and `read_labels` do.
    """
    table = table_of_zip(file)
    return {} if table is None else read_labels(table)


def table_of_zip(file: Path) -> bytes | None:
    """The CSV nearest to the top of an untrusted ZIP, its first MAX_TABLE + 1 bytes; None where it has none."""
    with _Directory(file) as source:
        tables = [each for each in _entries(source.zip) if each[0].suffix.lower() == ".csv" and _is_shown(each[0])]
        if not tables:
            return None
        _, entry = min(tables, key=lambda each: (len(each[0].parts), each[0]))
        return b"".join(_unpacked(source.zip, entry, MAX_TABLE + 1))


def pictures_of_folder(folder: Path) -> list[Unpacked]:
    """The pictures in a folder of one's own and in the folders below it, hidden ones aside, in the order of paths."""
    found = []
    for place, folders, names in os.walk(folder):  # follows no links to folders
        folders[:] = [name for name in folders if not name.startswith(".")]
        for path in (Path(place, name) for name in names):
            if is_picture(PurePosixPath(path.name)):
                found.append(Unpacked(path, type_of(path.relative_to(folder))))
    return sorted(found)


def type_of(name: PurePath) -> str:
    """The type that the innermost such folder of a relative name is called by: "fire" for Fire/a.png; or ""."""
    return next((part.lower() for part in reversed(name.parts[:-1]) if part.lower() in TYPES), "")


class _Directory(io.FileIO):
    """The ZIP's file while it is read; `zip` is what is in it.

    zipfile reads the list of all files in one piece and makes an object of half a kilobyte of each entry. A file that
    refuses such a piece when it is too long bounds both, whatever the ZIP says of its own size.
    """

    zip: zipfile.ZipFile

    def __init__(self, file: Path) -> None:
        try:
            super().__init__(file)
        except OSError:
            raise Refused("zip.damaged") from None
        try:
            self.zip = zipfile.ZipFile(self)
        except Refused:  # is a ValueError, as zipfile's own complaints of strange offsets are
            self.close()
            raise
        except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
            self.close()
            raise Refused("zip.damaged") from None

    def read(self, size: int | None = -1) -> bytes:
        limit = MAX_DIRECTORY if size is None or size < 0 else size
        if limit > MAX_DIRECTORY:
            raise Refused("zip.too_many", limit=MAX_PICTURES)
        return super().read(limit) or b""


def _entries(source: zipfile.ZipFile) -> list[tuple[PurePosixPath, zipfile.ZipInfo]]:
    """Every file with its name, none of which leads anywhere else; raises Refused."""
    found = []
    for entry in source.infolist():
        name = _name(entry)
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", name):
            raise Refused("zip.name", name=_shown(name))
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise Refused("zip.link", name=_shown(name))
        if entry.flag_bits & _ENCRYPTED:
            raise Refused("zip.encrypted")
        if not entry.is_dir():
            found.append((path, entry))
    return found


def _name(entry: zipfile.ZipInfo) -> str:
    """An entry's name with / between folders. Without the flag for UTF-8, it is in the packer's own encoding."""
    name = entry.orig_filename
    if not entry.flag_bits & _UTF8:
        raw = name.encode("cp437")  # how zipfile has read it
        for encoding in ("utf-8", "cp932"):  # macOS; Windows in Japanese
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")


def is_picture(name: PurePosixPath) -> bool:
    """Whether a relative name is called as a picture and not hidden."""
    return name.suffix.lower() in SUFFIXES and _is_shown(name)


def _is_shown(name: PurePosixPath) -> bool:
    return not any(part.startswith((".", "__MACOSX")) for part in name.parts)  # macOS packs a shadow of each file


def plain_name(name: str) -> str:
    """A file's stem or a folder's name from a stranger's: letters and digits of any script, "-" and "_"."""
    return re.sub(r"[^\w\-]+", "_", unicodedata.normalize("NFC", name))[:MAX_STEM] or "picture"


def place_of(name: PurePosixPath, taken: dict[str, int]) -> PurePosixPath:
    """Where a picture of a stranger's relative name goes, in its innermost MAX_FOLDERS folders; a second one of the
    same place is numbered. `taken` counts what is there, as systems do that know no upper case."""
    folder = PurePosixPath(*(plain_name(part) for part in name.parts[:-1][-MAX_FOLDERS:]))
    stem, suffix = plain_name(name.stem), name.suffix.lower()
    place = folder / (stem + suffix)
    while (count := taken.get(str(place).casefold(), 0)) > 0:
        taken[str(place).casefold()] = count + 1
        place = folder / f"{stem}-{count + 1}{suffix}"
    taken[str(place).casefold()] = 1
    return place


def _place(name: PurePosixPath, taken: dict[str, int]) -> PurePosixPath:
    """Where a picture of that name goes; `taken` counts what is there, as systems do that know no upper case."""
    stem = plain_name(name.stem)
    folder = PurePosixPath(type_of(name))
    place = folder / (stem + name.suffix.lower())
    count = taken[str(place).casefold()] = taken.get(str(place).casefold(), 0) + 1
    return place if count == 1 else folder / str(count) / place.name


def _unpacked(source: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> Iterator[bytes]:
    """An entry's bytes, the first `limit` of them, whatever its header says; raises Refused."""
    if entry.compress_type not in _PACKED:
        raise Refused("zip.method", name=_shown(_name(entry)))
    try:
        with source.open(entry) as member:
            while limit and (chunk := member.read(min(CHUNK, limit))):
                limit -= len(chunk)
                yield chunk
    except (OSError, UnicodeDecodeError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise Refused("zip.damaged") from None  # offsets before the file, names that are no UTF-8, torn data


def _shown(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name)[-100:]

"""Pictures out of a ZIP that a stranger sent: under names made here, counted while they are read, as headers lie.

What a ZIP may do to its reader: climb out by its names (`../`), link elsewhere, unfold from kilobytes to terabytes,
list millions of files. Here nothing is written before every name has been looked at, no name is used as it stands, and
only what is called as a picture is unpacked, so that a ZIP inside a ZIP stays packed.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePath, PurePosixPath
from typing import NamedTuple

from ganstudio import lfs
from ganstudio.data.codepages import code_page
from ganstudio.data.pokedex import MAX_TABLE, Labels, read_labels
from ganstudio.files import is_hidden, is_picture, walked
from ganstudio.images import MAX_BYTES
from ganstudio.typenames import TYPES
from ganstudio.words import Refused

MAX_PICTURES = 20_000
MAX_TOTAL = 2**30  # bytes, unpacked
MAX_DIRECTORY = 8 * 2**20  # bytes of the list of files: 400 for each picture, and at most 180,000 empty entries
MAX_STEM = 60  # characters, of 4 bytes at most: file names end at 255 bytes
MAX_FOLDERS = 8  # that a kept name may lie in
CHUNK = 2**18  # bytes unpacked at a time

# How other archives begin, which people call ZIPs all the same; what is in them, only their own programs know.
_OTHERS = {
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!\x1a\x07": "RAR",
    b"\x1f\x8b": "gzip (tar.gz)",
    b"BZh": "bzip2 (tar.bz2)",
    b"\xfd7zXZ\0": "xz (tar.xz)",
    b"\x28\xb5\x2f\xfd": "zstd (tar.zst)",
    b"ustar": "tar",
}
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst")
_UNICODE_PATH = 0x7075  # an extra field of Info-ZIP's
_ENCRYPTED, _UTF8 = 0x1, 0x800  # flags of an entry
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # LZMA may ask for gigabytes before its first byte


class Unpacked(NamedTuple):
    file: Path  # its stem is the picture's own name, but for letters that are unsafe in one
    type: str  # "" where no folder around it is called as a type


def pictures_of_zip(file: Path, into: Path, keep_folders: bool = False, names: str = "") -> list[Unpacked]:
    """Unpacks the pictures of an untrusted ZIP below `into`, in the order of their names; [] where it has none.

    `names` is the code page of names that do not say theirs; "": guessed from all of them, see `data.codepages`.

    A picture becomes `into/NAME.png`, or `into/fire/NAME.png` where a folder in the ZIP is called so, or with
    `keep_folders` as `place_of` says; what would be there twice gets a numbered folder. One over MAX_BYTES is cut off,
    for `images.decode` to refuse it alone. Raises Refused (keys "zip.*"); what has been unpacked until then stays for
    the caller to remove.
    """
    found: list[Unpacked] = []
    with _Directory(file, names) as source:
        entries = _entries(source)
        pictures = sorted((each for each in entries if is_picture(each[0])), key=lambda each: each[0])
        if not pictures and (packed := [name for name, _ in entries if name.suffix.lower() in _ARCHIVES]):
            raise Refused("zip.packed", names=", ".join(_shown(str(name)) for name in packed[:3]))
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


def labels_of_zip(file: Path) -> Labels:
    """Labels from the CSV nearest to the top of an untrusted ZIP, none where it has no CSV.

    Raises Refused as `pictures_of_zip` and `read_labels` do.
    """
    table = table_of_zip(file)
    return Labels() if table is None else read_labels(table)


def table_of_zip(file: Path, names: str = "") -> bytes | None:
    """The CSV nearest to the top of an untrusted ZIP, its first MAX_TABLE + 1 bytes; None where it has none."""
    with _Directory(file, names) as source:
        tables = _tables(source)
        return b"".join(_unpacked(source.zip, tables[0][1], MAX_TABLE + 1)) if tables else None


def _tables(source: _Directory) -> list[tuple[PurePosixPath, zipfile.ZipInfo]]:
    """Its CSVs, the one nearest to the top first."""
    tables = [each for each in _entries(source) if each[0].suffix.lower() == ".csv" and not is_hidden(each[0])]
    return sorted(tables, key=lambda each: (len(each[0].parts), each[0]))


def others_of_zip(file: Path, names: str = "") -> list[PurePosixPath]:
    """The files of an untrusted ZIP that are neither pictures nor hidden nor its table; raises Refused."""
    with _Directory(file, names) as source:
        shown = [name for name, _ in _entries(source) if not is_hidden(name)]
        tables = _tables(source)
        return [name for name in shown if not is_picture(name) and name not in [each for each, _ in tables[:1]]]


def names_of_zip(file: Path, names: str = "") -> str:
    """The code page that the names of an untrusted ZIP are read in; "" where they say it themselves, or need none."""
    with _Directory(file, names) as source:
        return source.names


def pictures_of_folder(folder: Path) -> list[Unpacked]:
    """The pictures in a folder of one's own and in the folders below it, hidden ones aside, in the order of paths."""
    return [Unpacked(path, type_of(path.relative_to(folder))) for path in walked(folder).pictures]


def type_of(name: PurePath) -> str:
    """The type that the innermost such folder of a relative name is called by: "fire" for Fire/a.png; or ""."""
    return next((part.lower() for part in reversed(name.parts[:-1]) if part.lower() in TYPES), "")


class _Directory(io.FileIO):
    """The ZIP's file while it is read; `zip` is what is in it.

    zipfile reads the list of all files in one piece and makes an object of half a kilobyte of each entry. A file that
    refuses such a piece when it is too long bounds both, whatever the ZIP says of its own size.
    """

    zip: zipfile.ZipFile
    names: str  # the code page of names that do not say theirs; "" where all do, or are ASCII

    def __init__(self, file: Path, names: str = "") -> None:
        try:
            super().__init__(file)
        except OSError:
            raise Refused("zip.damaged") from None
        try:
            _check_kind(super().read(300) or b"", file)
            self.seek(0)
            self.zip = zipfile.ZipFile(self)
            unsaid = [raw for entry in self.zip.infolist() if (raw := _unsaid(entry)) and not raw.isascii()]
            self.names = code_page(unsaid, names) if unsaid else ""
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


def _check_kind(head: bytes, file: Path) -> None:
    """Raises Refused for what begins as another archive, and for what stands for one."""
    if lfs.is_pointer(head):
        raise Refused("file.pointer", file=file.name)
    for beginning, kind in _OTHERS.items():
        if head.startswith(beginning) or (kind == "tar" and head[257:262] == beginning):
            raise Refused("zip.other", kind=kind)


def _entries(source: _Directory) -> list[tuple[PurePosixPath, zipfile.ZipInfo]]:
    """Every file with its name, none of which leads anywhere else; raises Refused."""
    found = []
    for entry in source.zip.infolist():
        name = _name(entry, source.names)
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


def _unsaid(entry: zipfile.ZipInfo) -> bytes:
    """An entry's name as it stands in the ZIP, where nothing says in which code page; else b""."""
    if entry.flag_bits & _UTF8 or _in_unicode(entry):
        return b""
    return entry.orig_filename.encode("cp437")  # how zipfile has read it


def _in_unicode(entry: zipfile.ZipInfo) -> str:
    """The name in UTF-8 that some packers (Info-ZIP, WinRAR) put beside the one in a code page; or ""."""
    extra, raw = entry.extra, entry.orig_filename.encode("cp437", "replace")
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        field = extra[4 : 4 + length]
        if kind == _UNICODE_PATH and len(field) > 5 and field[0] == 1:
            if int.from_bytes(field[1:5], "little") != zlib.crc32(raw):  # of a name that was changed since
                return ""
            return field[5:].decode("utf-8", "replace")
        extra = extra[4 + length :]
    return ""


def _name(entry: zipfile.ZipInfo, names: str) -> str:
    """An entry's name with / between folders."""
    name = entry.orig_filename
    if not entry.flag_bits & _UTF8:
        name = _in_unicode(entry) or name.encode("cp437").decode(names or "utf-8", "replace")
    return name.replace("\\", "/")


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
        raise Refused("zip.method", name=_shown(entry.filename))
    try:
        with source.open(entry) as member:
            while limit and (chunk := member.read(min(CHUNK, limit))):
                limit -= len(chunk)
                yield chunk
    except (OSError, UnicodeDecodeError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise Refused("zip.damaged") from None  # offsets before the file, names that are no UTF-8, torn data


def _shown(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name)[-100:]

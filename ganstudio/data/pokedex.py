"""Tables of labels and of colour statistics, and the Pokédex's own statistics, which ship with the project.

A table is a CSV in UTF-8 with a header. Labels: `id` (or `file`), `type1`, and where there are such `type2`, `name_en`,
`name_ja`; a person's own may be separated by semicolons or tabs, and call its columns otherwise (see `_COLUMNS`).
Statistics add: `pixels`; `mean` and `spread`, three numbers each; `hue`, `saturation` and `value`, per mille
a bin, all separated by spaces. The shipped table holds facts about pictures, and no picture.
"""

from __future__ import annotations

import csv
import functools
import io
import re
import unicodedata
from collections.abc import Collection, Iterable
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from ganstudio import lfs
from ganstudio.analysis.colour import ColourStatistics
from ganstudio.files import SUFFIXES
from ganstudio.typenames import TYPES
from ganstudio.words import Refused

TABLE = Path(__file__).with_name("pokedex.csv")
MAX_TABLE = 10 * 2**20  # bytes of a table that a person gives
COLUMNS = ("id", "name_en", "name_ja", "type1", "type2", "pixels", "mean", "spread", "hue", "saturation", "value")
SEPARATORS = (",", ";", "\t", "|")
# What tables call our columns, in small letters and without spaces.
_COLUMNS = {
    **dict.fromkeys(("id", "#", "number", "no", "index", "imageid", "pokedexnumber", "番号"), "id"),
    **dict.fromkeys(("file", "filename", "image", "imagename", "picture", "path", "filepath", "ファイル"), "file"),
    **dict.fromkeys(("name", "pokemon", "名前"), "name"),
    **dict.fromkeys(("type1", "type", "primarytype", "label", "class", "category", "タイプ1", "タイプ"), "type1"),
    **dict.fromkeys(("type2", "secondarytype", "タイプ2"), "type2"),
    "nameen": "name_en",
    "nameja": "name_ja",
}


class Label(NamedTuple):
    names: tuple[str, str]  # English, Japanese; "" where the table has none
    types: tuple[str, ...]  # the first one first


class Entry(NamedTuple):
    """A picture's label and statistics; without a label its names are its file's and it has no types."""

    id: str
    names: tuple[str, str]
    types: tuple[str, ...]
    statistics: ColourStatistics


class Labels(dict[str, Label]):
    """Labels by `key` of their ids, the first row of each counting; and what else a table tells."""

    def __init__(self) -> None:
        super().__init__()
        self.aliases: dict[str, Label] = {}  # by `key` of the rows' files and names, where they have an id as well
        self.twice = 0  # rows that label something again, and otherwise

    def of(self, stem: str) -> Label | None:
        """The label of the picture of that file name without suffix, by its id or else by another name of its row."""
        return self.get(key(stem)) or self.aliases.get(key(stem))

    def unused(self, stems: Iterable[str]) -> int:
        """How many rows label none of the pictures of these names."""
        used = {id(label) for stem in stems if (label := self.of(stem)) is not None}
        return sum(id(label) not in used for label in self.values())


def key(stem: str) -> str:
    """What a file's stem and a table's id are compared by: leading zeros, case, the width of letters and digits, and
    how accents are composed do not count."""
    return unicodedata.normalize("NFKC", stem).strip().lstrip("0").casefold() or "0"


def read_labels(table: Path | bytes, known: Collection[str] | None = tuple(TYPES)) -> Labels:
    """Labels by `key`, from a file or its bytes, in small letters; raises `Refused` where it is no table of `known`
    ones (None: of any)."""
    shown = table if isinstance(table, Path) else "CSV"
    labels = Labels()
    for number, row in _rows(table):
        names = [name for column in ("id", "file", "name") if (name := _name(column, row.get(column) or ""))]
        given = ((row.get(column) or "").strip().lower() for column in ("type1", "type2"))
        types = tuple(dict.fromkeys(each for each in given if each))
        if not names:
            continue
        unknown = [t for t in types if known is not None and t not in known]
        if unknown or not types:
            listed = ", ".join(TYPES if known is None else known)
            raise Refused("labels.type", file=shown, line=number, type=", ".join(unknown) or "-", known=listed)
        english = (row.get("name_en") or "").strip()
        label = Label((english, (row.get("name_ja") or english).strip()), types)
        first = labels.setdefault(key(names[0]), label)
        labels.twice += first.types != label.types
        for other in names[1:]:
            labels.aliases.setdefault(key(other), first)
    if not labels:
        raise Refused("labels.empty", file=shown)
    return labels


def _name(column: str, cell: str) -> str:
    """What a cell of that column calls a picture: a file by its stem, wherever it lies."""
    cell = cell.strip().replace("\\", "/")
    path = PurePosixPath(cell)
    named = column == "file" or path.suffix.lower() in SUFFIXES
    return path.stem if named else cell


def _rows(table: Path | bytes) -> list[tuple[int, dict[str, str]]]:
    """Each row, by our names of its columns, with the number of its line; empty lines are no rows."""
    shown = table if isinstance(table, Path) else "CSV"
    try:
        if isinstance(table, bytes):
            data = table
        else:
            with table.open("rb") as file:
                data = file.read(MAX_TABLE + 1)
    except OSError as error:
        raise Refused("labels.unreadable", file=shown, reason=error.strerror) from error
    if len(data) > MAX_TABLE:
        raise Refused("labels.too_large", file=shown, limit=MAX_TABLE // 2**20)
    if lfs.is_pointer(data):
        raise Refused("file.pointer", file=shown)
    try:
        # Excel's "Unicode text" is UTF-16; its CSVs may say in a line of their own what separates the cells.
        text = data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
        if "\0" in text:  # a spreadsheet as its program keeps it, or UTF-16 that does not say so
            raise Refused("labels.unreadable", file=shown, reason="UTF-8")
        first = re.match(r'(?:[ \t]*\r?\n)*(?:"?sep=."?[ \t]*\r?\n)?', text)
        above = first.group() if first else ""
        skipped = text.removeprefix(above)
        found: list[str] = []
        for separator in SEPARATORS:
            reader = csv.DictReader(io.StringIO(skipped, newline=""), delimiter=separator, skipinitialspace=True)
            columns = [_column(name) for name in reader.fieldnames or []]
            if "type1" in columns and {"id", "file", "name"} & set(columns):
                # Of two columns of one meaning the first counts.
                reader.fieldnames = [c if c not in columns[:k] else f"{c} {k}" for k, c in enumerate(columns)]
                return [(reader.line_num + above.count("\n"), row) for row in reader]
            found = max(found, list(reader.fieldnames or []), key=len)
        raise Refused("labels.columns", file=shown, found=", ".join(found)[:200] or "-")
    except UnicodeDecodeError as error:
        raise Refused("labels.unreadable", file=shown, reason="UTF-8") from error
    except csv.Error as error:
        raise Refused("labels.unreadable", file=shown, reason=error) from error


def _column(name: str) -> str:
    """Our name of a column, in whatever capitals and spacing the table writes it; another's name stays as it is."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if c not in " _-.")
    return _COLUMNS.get(plain, name.strip())


def write(entries: Iterable[Entry], file: io.TextIOBase) -> None:
    """The entries as a table, into a text file that was opened with newline=""."""
    table = csv.writer(file, lineterminator="\n")
    table.writerow(COLUMNS)
    for entry in entries:
        s = entry.statistics
        types = (*entry.types, "", "")[:2]
        colours = (" ".join(f"{x:.1f}" for x in each) for each in (s.mean, s.spread))
        histograms = (" ".join(str(round(x * 1000)) for x in each) for each in (s.hue, s.saturation, s.value))
        table.writerow([safe(x) for x in (entry.id, *entry.names, *types)] + [s.pixels, *colours, *histograms])


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


@functools.cache
def rows() -> tuple[Entry, ...]:
    """The shipped Pokédex."""
    entries = []
    for _, row in _rows(TABLE):
        numbers = {c: tuple(map(float, row[c].split())) for c in ("mean", "spread", "hue", "saturation", "value")}
        shares = {c: tuple(x / 1000 for x in numbers[c]) for c in ("hue", "saturation", "value")}
        entries.append(
            Entry(
                row["id"],
                (row["name_en"], row["name_ja"]),
                tuple(t for t in (row["type1"], row["type2"]) if t),
                ColourStatistics(int(row["pixels"]), numbers["mean"], numbers["spread"], **shares),  # type: ignore[arg-type]
            )
        )
    return tuple(entries)

"""Tables of labels and of colour statistics, and the Pokédex's own statistics, which ship with the project.

A table is a CSV in UTF-8 with a header. Labels: `id` (or `file`), `type1`, and where there are such `type2`, `name_en`,
`name_ja`. Statistics add: `pixels`; `mean` and `spread`, three numbers each; `hue`, `saturation` and `value`, per mille
a bin, all separated by spaces. The shipped table holds facts about pictures, and no picture.
"""

from __future__ import annotations

import csv
import functools
import io
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

from ganstudio.analysis.colour import ColourStatistics
from ganstudio.text import Refused
from ganstudio.types import TYPES

TABLE = Path(__file__).with_name("pokedex.csv")
MAX_TABLE = 10 * 2**20  # bytes of a table that a person gives
COLUMNS = ("id", "name_en", "name_ja", "type1", "type2", "pixels", "mean", "spread", "hue", "saturation", "value")


class Label(NamedTuple):
    names: tuple[str, str]  # English, Japanese; "" where the table has none
    types: tuple[str, ...]  # the first one first


class Entry(NamedTuple):
    """A picture's label and statistics; without a label its names are its file's and it has no types."""

    id: str
    names: tuple[str, str]
    types: tuple[str, ...]
    statistics: ColourStatistics


def key(stem: str) -> str:
    """What a file's stem and a table's id are compared by: leading zeros and case do not count."""
    return stem.strip().lstrip("0").casefold() or "0"


def read_labels(table: Path | bytes, known: Collection[str] | None = tuple(TYPES)) -> dict[str, Label]:
    """Labels by `key`, from a file or its bytes, in small letters; raises `Refused` where it is no table of `known`
    ones (None: of any)."""
    shown = table if isinstance(table, Path) else "CSV"
    labels = {}
    for number, row in _rows(table):
        name = (row.get("id") or "").strip() or Path((row.get("file") or "").strip()).stem
        given = ((row.get(column) or "").strip().lower() for column in ("type1", "type2"))
        types = tuple(dict.fromkeys(each for each in given if each))
        if not name:
            continue
        unknown = [t for t in types if known is not None and t not in known]
        if unknown or not types:
            listed = ", ".join(TYPES if known is None else known)
            raise Refused("labels.type", file=shown, line=number, type=", ".join(unknown) or "-", known=listed)
        english = (row.get("name_en") or "").strip()
        labels[key(name)] = Label((english, (row.get("name_ja") or english).strip()), types)
    if not labels:
        raise Refused("labels.empty", file=shown)
    return labels


def _rows(table: Path | bytes) -> list[tuple[int, dict[str, str]]]:
    """Each row with the number of its line; empty lines are no rows."""
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
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        columns = reader.fieldnames or []
        if "type1" not in columns or not {"id", "file"} & set(columns):
            raise Refused("labels.columns", file=shown, found=", ".join(columns)[:200] or "-")
        return [(reader.line_num, row) for row in reader]
    except UnicodeDecodeError as error:
        raise Refused("labels.unreadable", file=shown, reason="UTF-8") from error
    except csv.Error as error:
        raise Refused("labels.unreadable", file=shown, reason=error) from error


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

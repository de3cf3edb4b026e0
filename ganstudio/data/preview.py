"""What a data set looks like: its pictures by pages, small ones of them, and contact sheets."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from PIL import Image

from ganstudio import images
from ganstudio.data.dataset import Row, partner, rows
from ganstudio.words import Refused

PAGE = 24  # pictures
COLUMNS = 6


def page(folder: Path, number: int, group: str = "", size: int = PAGE) -> tuple[list[Row], int]:
    """The pictures of page `number`, from 0, and how many there are on all pages; with `group` those of one label or of
    one of the two kinds alone. Raises `Refused` where the set cannot be read."""
    wanted = [row for row in rows(folder) if not group or row.group == group]
    return list(islice(wanted, number * size, (number + 1) * size)), len(wanted)


def thumbnail(folder: Path, row: Row, side: int) -> Image.Image:
    """The picture as RGB of side x side pixels; a pair side by side, twice as wide. Grey where its file is damaged."""
    files = [partner(row.file), row.file] if row.file.startswith("target/") else [row.file]
    return images.grid([_small(folder / file, side) for file in files], len(files), gap=0)


def _small(file: Path, side: int) -> Image.Image:
    try:
        return images.letterbox(images.decode(file), side)[0]
    except Refused:
        return Image.new("RGB", (side, side), (160, 160, 160))


def sheet(folder: Path, number: int = 0, group: str = "", side: int = 128) -> Image.Image:
    """A contact sheet of one page, as RGB; raises `Refused` where the set cannot be read or has no such page."""
    shown, total = page(folder, number, group)
    if not shown:
        raise Refused("dataset.no_page", page=number + 1, pages=-(-total // PAGE))
    return images.grid([thumbnail(folder, row, side) for row in shown], COLUMNS, gap=4)

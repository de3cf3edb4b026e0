"""Where runs, data sets and models lie on this machine, and what a folder may be called.

GANSTUDIO_HOME names the folder that holds them; without it, it is the project's own, or that of an installed program,
~/ganstudio. Standard library only.
"""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

from ganstudio.words import Refused

_PACKAGE = Path(__file__).resolve().parent
IMPORTED_FROM = _PACKAGE.parent  # where `python -m ganstudio` finds this very program
CHECKOUT = (_PACKAGE.parent / "app.py").is_file()  # the project's own folder; else the program was installed
PROJECT = _PACKAGE.parent if CHECKOUT else Path.home() / "ganstudio"
SHIPPED = (PROJECT if CHECKOUT else _PACKAGE) / "checkpoints"  # models that came with the program
MAX_NAME = 60  # characters, of 4 bytes at most: file names end at 255 bytes
# Names of devices, which Windows takes for no file whatever their suffix.
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


def home() -> Path:
    """The folder that holds runs/, datasets/ and checkpoints/."""
    named = os.environ.get("GANSTUDIO_HOME")
    return Path(named).expanduser().resolve() if named else PROJECT


def runs() -> Path:
    return home() / "runs"


def datasets() -> Path:
    return home() / "datasets"


def models() -> Path:
    """Where promoted and imported models go; in the project's own folder that is where the shipped ones are."""
    return home() / "checkpoints"


def shelves() -> list[Path]:
    """The folders of published models: a person's own, where GANSTUDIO_HOME names one, and those that came with us."""
    return [SHIPPED] if home() == PROJECT else [models(), SHIPPED]


def published() -> dict[str, Path]:
    """The models on all shelves, folders by name, in its order; one's own hides a shipped one of its name."""
    found: dict[str, Path] = {}
    for shelf in shelves():
        for file in shelf.glob("[!.]*/config.json"):
            found.setdefault(file.parent.name, file.parent)
    return dict(sorted(found.items()))


def slug(name: str) -> str:
    """A folder's name from what a person typed: letters and digits of any script, "-" and "_"; all else becomes "-".

    Composed (NFC), so that a name typed on any system is the same folder; raises `Refused` where nothing is left.
    """
    text = unicodedata.normalize("NFC", name)
    kept = "".join(c if c.isalnum() or c == "_" or unicodedata.category(c).startswith("M") else "-" for c in text)
    parts = [part for part in kept.split("-") if part]
    made = "-".join(parts)[:MAX_NAME].strip("-")
    if not any(c.isalnum() for c in made):
        raise Refused("name.empty", name=name[:MAX_NAME])
    return f"{made}-" if made.casefold() in _RESERVED else made


def unused(folder: Path, name: str) -> Path:
    """`folder`/slug of the name, numbered from 2 on where something is there; not made, so the caller's `mkdir`
    without `exist_ok` is what decides between two at once."""
    wanted = slug(name)
    taken = {each.name.casefold() for each in folder.iterdir()} if folder.is_dir() else set()
    number, made = 1, wanted
    while made.casefold() in taken:
        number += 1
        made = f"{wanted}-{number}"
    return folder / made

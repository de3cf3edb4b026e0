"""The pictures that a command is given: files, folders, and ZIPs of them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from ganstudio.words import Refused, say


def pictures_in(source: Path, unpacked: Path, tables: Sequence[Path] = ()) -> Sequence[tuple[Path, str]]:
    """The pictures of a folder, or of a ZIP, which is put into `unpacked`, each with its type or ""; tells of what
    else lies there but for `tables`. Raises `Refused` where there are none."""
    from ganstudio import files
    from ganstudio.data import archive

    if source.is_dir():
        listing = files.walked(source)
        found = archive.pictures_of_folder(source)
        known = {table.resolve() for table in tables}
        others = files.counted(path for path in listing.others if path.resolve() not in known)
    else:
        found = archive.pictures_of_zip(source, unpacked)
        others = files.counted(archive.others_of_zip(source))
    if not found:
        raise Refused("data.others_only", folder=source, **others) if others else Refused("data.empty", folder=source)
    if others:
        print(f"ganstudio: {say('data.ignored', folder=source, **others)}", file=sys.stderr)
    return found


def gathered(names: Sequence[str], unpacked: Path) -> list[str]:
    """The pictures that are named, those in named folders, and those of named ZIPs, which are put into `unpacked`."""
    found: list[str] = []
    for number, name in enumerate(names):
        if Path(name).is_dir() or (Path(name).suffix.lower() == ".zip" and Path(name).is_file()):
            found += [str(path) for path, _ in pictures_in(Path(name), unpacked / str(number))]
        else:
            found.append(name)
    return found

"""What commands say, and where they write."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from ganstudio import console
from ganstudio.words import Refused, say

COMPLAINTS = 20  # files that are named before the rest is counted


def complain(name: str, refusal: Refused) -> None:
    about = "" if name in str(refusal) else f"{name}: "
    print(f"ganstudio: {about}{refusal}", file=sys.stderr)


def natural(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**31:
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 0 to {2**31 - 1}")
    return int(text)


def out_folder(name: str, pictures: Sequence[str] = ()) -> Path:
    """The folder of the results, made if absent; refused where two of them would have the same name."""
    folder = Path(name)
    if folder.is_file():
        raise Refused("translate.out_is_file", folder=folder)
    by_stem: dict[str, str] = {}
    for picture in pictures:
        if (first := by_stem.setdefault(Path(picture).stem, picture)) != picture:
            raise Refused("translate.same_name", first=first, second=picture)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused("translate.output", folder=folder, reason=error.strerror) from error
    return folder


class Unwritable(Refused):
    """A result that cannot be written: the next one could not, either."""


def write(file: Path, content: bytes, pictures: Sequence[str]) -> None:
    """Writes a result, never over one of the pictures it was made from."""
    if file.resolve() in {Path(picture).resolve() for picture in pictures}:
        raise Unwritable("translate.onto_itself", picture=file)
    try:
        file.write_bytes(content)
    except OSError as error:
        raise Unwritable("translate.output", folder=file.parent, reason=error.strerror) from error


def progress(items: Sequence[Any]) -> Iterable[Any]:
    from tqdm import tqdm

    return tqdm(items, disable=None, leave=False)  # None: no bar where nobody watches


def each_picture(names: Sequence[str], out: Path, work: Callable[[str], int]) -> int:
    """Has `work` done for each picture, which writes so many results into `out` and returns how many; one that is
    refused is told, and costs no other. Ends with what was made, and returns the exit status: 1 where any was refused.
    """
    made, refused = 0, 0
    for name in progress(names):
        try:
            made += work(name)
        except Unwritable:
            raise
        except Refused as refusal:
            refused += 1
            complain(name, refusal)
    said = [say("commands.made", made=made, folder=out), *([say("commands.refused", count=refused)] if refused else [])]
    console.tell(" ".join(said))
    return 1 if refused else 0


def print_values(values: dict[str, Any], as_json: bool, indent: str = "") -> None:
    if as_json:
        print(json.dumps(values, indent=2))
        return
    for name, value in values.items():
        if isinstance(value, dict):
            print(f"{indent}{name}:")
            print_values(value, False, indent + "  ")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for item in value:
                print(indent + name + ": " + ", ".join(f"{k} {short(v)}" for k, v in item.items()))
        else:
            print(f"{indent}{name}: {short(value)}")


def short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return ", ".join(map(short, value)) if isinstance(value, list) else str(value)

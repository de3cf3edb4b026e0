"""python -m ganstudio data VERB ...: what the data tab does, from a terminal."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ganstudio.config import add_flags, fields, from_dict
from ganstudio.data.dataset import Preparation, Source, delete, dropped, found, history, named, read
from ganstudio.words import Refused


def add(verbs: Any, _arguments: Sequence[str]) -> None:
    parser = verbs.add_parser("data", help="make and look through data sets to train on", allow_abbrev=False)
    parser.description = (
        "Make data sets of pictures, list them, look through them, make them again and delete them. They lie in "
        "datasets/, in the project or in the folder that GANSTUDIO_HOME names; what they are made from is only read."
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    each = actions.add_parser("make", help="make one", allow_abbrev=False)
    each.description = (
        "Make a data set of a folder (--folder), a ZIP (--zip), a data set on the Hub (--hub) or pictures drawn by "
        "code (--drawn): square, without unreadable files and near-duplicates, which are listed. source/ and target/, "
        "A/ and B/ with the same names, or two pictures side by side in each file become pairs (--form says which), "
        "trainA/ and trainB/ or two folders two kinds, several folders or a labels.csv classes. For a "
        "first try: data make faces --drawn faces --size 128"
    )
    each.add_argument("name", metavar="NAME", help="what the set is to be called")
    add_flags(each.add_argument_group("where the pictures come from"), Source, skip=("upload",))
    add_flags(each.add_argument_group("what becomes of them"), Preparation)
    each.set_defaults(run=run_make)

    each = actions.add_parser("list", help="all of them, the newest first", allow_abbrev=False)
    each.add_argument("--json", action="store_true", help="print a JSON array")
    each.set_defaults(run=run_list)

    each = actions.add_parser("show", help="what is in one, and how it was made", allow_abbrev=False)
    each.add_argument("name", metavar="NAME", help="of the set")
    each.add_argument("--sheet", type=Path, metavar="FILE", help="write a contact sheet, PNG, here")
    each.add_argument("--page", type=int, default=1, metavar="N", help="page of the contact sheet (default: 1)")
    each.add_argument(
        "--group", default="", help="of the contact sheet: one class, or trainA, trainB, testA or testB (default: all)"
    )
    each.add_argument("--dropped", action="store_true", help="name each file that was left out, and why")
    each.add_argument("--json", action="store_true", help="print the whole record as one JSON object")
    each.set_defaults(run=run_show)

    each = actions.add_parser("repeat", help="make the same one once more from its source", allow_abbrev=False)
    each.add_argument("name", metavar="NAME", help="of the set")
    each.add_argument("--as", dest="again", default="", metavar="NAME", help="of the new one (default: numbered)")
    each.set_defaults(run=run_repeat)

    each = actions.add_parser("delete", help="delete one for good", allow_abbrev=False)
    each.add_argument("name", metavar="NAME", help="of the set")
    each.add_argument("--yes", action="store_true", help="do it; without this nothing happens")
    each.set_defaults(run=run_delete)


def run_make(options: argparse.Namespace) -> int:
    from ganstudio.data.making import make  # torch and OpenCV, which listing sets does without

    given = vars(options)
    source = from_dict(Source, {name: given[name] for name, *_ in fields(Source) if name in given})
    wanted = from_dict(Preparation, {name: given[name] for name, *_ in fields(Preparation) if name in given})
    with _counted() as step:
        folder = make(options.name, source, wanted, step)
    _tell(folder)
    return 0


def run_repeat(options: argparse.Namespace) -> int:
    from ganstudio.data.making import repeat

    with _counted() as step:
        folder, same = repeat(options.name, options.again, step)
    _tell(folder)
    print("the same pictures, bit for bit" if same else "its source has changed, and so have the pictures")
    return 0


def run_list(options: argparse.Namespace) -> int:
    sets = []
    for folder in found():
        try:
            record = read(folder)
        except Refused as refusal:
            print(f"ganstudio: {refusal}", file=sys.stderr)
            continue
        told = {key: record[key] for key in ("title", "kind", "pictures", "size", "classes", "made")}
        sets.append({"name": folder.name, **told})
    if options.json:
        print(json.dumps(sets, indent=2, ensure_ascii=False))
    for each in [] if options.json else sets:
        print(f"{each['name']:28} {each['kind']:9} {each['pictures']:7} pictures {each['size']:5} px  {each['made']}")
    return 0


def run_show(options: argparse.Namespace) -> int:
    folder = named(options.name)
    record = read(folder)
    if options.json:
        print(json.dumps(record, indent=2, ensure_ascii=False))
    else:
        print(f"{record['title']}: {record['kind']}, {record['pictures']} pictures, {record['size']} px, in {folder}")
        for name, count in (record["classes"] or record["counts"]).items():
            print(f"  {name}: {count}")
        for sentence in history(record, "en"):
            print(sentence)
    if options.dropped:
        for each in dropped(folder, record["settings"].get("most", 10**6)):
            print(f"{each.source}: {each.say('en')}")
    if options.sheet:
        from ganstudio import images
        from ganstudio.data.preview import sheet

        data = images.encode_png(sheet(folder, max(1, options.page) - 1, options.group))
        try:
            options.sheet.write_bytes(data)
        except OSError as error:
            raise Refused("translate.output", folder=options.sheet, reason=error.strerror) from error
    return 0


def run_delete(options: argparse.Namespace) -> int:
    folder = named(options.name)
    if not options.yes:
        count = "?"  # of a damaged one
        with suppress(Refused):
            count = str(read(folder)["pictures"])
        raise Refused("dataset.unsure", name=folder.name, pictures=count)
    delete(folder.name)
    return 0


@contextmanager
def _counted() -> Iterator[Callable[[int, int | None], bool]]:
    """A bar that a set's `step` moves; none where nobody watches."""
    from tqdm import tqdm

    with tqdm(disable=None, leave=False, unit=" pictures") as bar:

        def step(done: int, count: int | None) -> bool:
            bar.total = count
            bar.update(done - bar.n)
            return False

        yield step


def _tell(folder: Path) -> None:
    record = read(folder)
    for sentence in history(record, "en"):
        print(sentence)
    speed = record["pictures"] / max(record["seconds"], 1e-3)
    print(f"{record['pictures']} pictures, {record['kind']}, {speed:.0f} images a second, in {folder}")

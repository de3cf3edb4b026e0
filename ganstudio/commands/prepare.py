"""ganstudio prepare: pictures cut out around their faces."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ganstudio.commands.pictures import pictures_in
from ganstudio.commands.tell import COMPLAINTS, complain, natural, out_folder, print_values, progress, write
from ganstudio.words import Refused, say


def add(verbs: Any, _arguments: Sequence[str]) -> None:
    parser = verbs.add_parser("prepare", help="cut faces out of many pictures", allow_abbrev=False)
    parser.description = (
        "Make square pictures for a model of faces. faces: the largest face of each picture with the whole head around "
        "it, as PNG; faces.csv tells where each was."
    )
    parser.add_argument("kind", help="faces")
    parser.add_argument("pictures", type=Path, metavar="DIR", help="folder or ZIP of the pictures")
    parser.add_argument("--out", required=True, help="folder of the results, made if absent")
    parser.add_argument("--crop", default="face", help="face (default), center (what is drawn) or none (all of it)")
    parser.add_argument(
        "--cascade",
        metavar="FILE",
        help="find faces by this cascade of OpenCV's; anime: one for drawn faces, fetched once (default: photographs)",
    )
    parser.add_argument("--margin", type=float, default=0.3, help="of a face's side, added on each side (default: 0.3)")
    parser.add_argument("--tilt", type=float, default=0.0, help="turn every result by -45 to 45 degrees, clockwise")
    parser.add_argument("--size", type=natural, default=256, help="side of the results in pixels (default: 256)")
    parser.set_defaults(run=run_prepare)


def run_prepare(options: argparse.Namespace) -> int:
    from ganstudio.data.cascade import fetch_cascade, load
    from ganstudio.data.faces import MAX_CROP, MAX_MARGIN, MAX_TILT, WAYS

    if options.kind != "faces":
        raise Refused("prepare.kind", kind=repr(options.kind), known="faces")
    if options.crop not in WAYS:
        raise Refused("config.choice", name="--crop", value=repr(options.crop), choices=", ".join(WAYS))
    bounds = {"margin": (0, MAX_MARGIN), "tilt": (-MAX_TILT, MAX_TILT), "size": (16, MAX_CROP)}
    for name, (low, high) in bounds.items():
        value = getattr(options, name)
        if not low <= value <= high:
            raise Refused("config.bounds", name=f"--{name}", value=value, low=low, high=high)
    cascade = fetch_cascade() if options.cascade == "anime" else options.cascade and Path(options.cascade)
    if cascade:
        load(cascade)  # refused once, not for every picture
    source: Path = options.pictures
    with tempfile.TemporaryDirectory(prefix="ganstudio-") as unpacked:
        if source.is_dir():
            if Path(options.out).resolve().is_relative_to(source.resolve()):
                raise Refused("prepare.out_inside", folder=source)
        elif not source.is_file():
            raise Refused("data.no_folder", folder=source)
        found, root = pictures_in(source, Path(unpacked)), source if source.is_dir() else Path(unpacked)
        return _prepare([path for path, _ in found], root, cascade, options)


def _prepare(pictures: Sequence[Path], root: Path, cascade: Path | None, options: argparse.Namespace) -> int:
    """Writes a PNG of each picture's face, and the table; sources are named from `root` on."""
    from ganstudio import images
    from ganstudio.data.faces import TINY, Table, prepare

    out = out_folder(options.out)
    table, tiny, refused = Table(), 0, 0
    for path in progress(pictures):
        name = str(path.relative_to(root))
        try:
            picture = images.decode(path, alpha="keep")
            made = prepare(picture, options.crop, cascade, options.margin, options.tilt, options.size)
        except Refused as refusal:  # one bad picture must not cost the others
            refused += 1
            if refused <= COMPLAINTS:
                complain(name, refusal)
            continue
        if made.tiny:
            tiny += 1
            if tiny <= COMPLAINTS:
                print(f"ganstudio: {name}: {say('faces.tiny', side=round(made.face.side))}", file=sys.stderr)
        write(out / table.add(name, made), images.encode_png(made.picture), [])
    if refused > COMPLAINTS:
        print(f"ganstudio: {say('colours.more_refused', count=refused - COMPLAINTS)}", file=sys.stderr)
    if tiny > COMPLAINTS:
        print(f"ganstudio: {say('faces.more_tiny', count=tiny - COMPLAINTS, least=TINY)}", file=sys.stderr)
    if not table.rows:
        raise Refused("faces.nothing", folder=options.pictures)
    write(out / "faces.csv", table.csv(), [])
    counts = {"pictures": len(table.rows), "refused": refused, "several faces": table.several}
    print_values({**counts, "results": str(out)}, False)
    return 1 if refused else 0

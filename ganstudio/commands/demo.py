"""ganstudio demo: data sets drawn by code."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ganstudio.commands.tell import complain, natural, out_folder, progress
from ganstudio.words import Refused


def add(verbs: Any, _arguments: Sequence[str]) -> None:
    parser = verbs.add_parser("demo", help="draw a data set to try a training on", allow_abbrev=False)
    parser.description = (
        "Draw a data set. faces: pairs of line drawing and coloured cartoon face, DIR/source and DIR/target. "
        "ball (red and white; purple), creatures (of water; of fire): two unpaired kinds of picture, DIR/trainA "
        "and DIR/trainB; in DIR/testA and DIR/testB pictures of one name show the same thing. icons: people as "
        "portraits and as icons, likewise; here pictures of one name in DIR/trainA and DIR/trainB are partners, too."
    )
    parser.add_argument("--out", required=True, help="folder of the data set, made if absent")
    parser.add_argument("--kind", default="faces", help="faces (default), icons, ball or creatures")
    parser.add_argument(
        "--count",
        type=natural,
        default=400,
        help="pairs to draw, or pictures of each kind and a tenth as many to test with (default: 400)",
    )
    parser.add_argument("--size", type=natural, default=128, help="side of the pictures in pixels (default: 128)")
    parser.add_argument("--seed", type=natural, default=0, help="other seeds give other pictures (default: 0)")
    parser.add_argument(
        "--by-hand",
        action="store_true",
        help="of faces: drawings as people make them, from careful ones to an oval with two dots",
    )
    parser.add_argument(
        "--photos",
        type=Path,
        metavar="DIR",
        help="of icons: draw those of the people in these portraits, instead of people that code draws",
    )
    parser.add_argument("--style", default="flat", help="of icons: flat (default), or comic, with bold outlines")
    parser.set_defaults(run=run_demo)


def run_demo(options: argparse.Namespace) -> int:
    from ganstudio.data import icons
    from ganstudio.data.demo import write_paired
    from ganstudio.data.domains import KINDS, write_unpaired

    known = ("faces", "icons", *KINDS)
    if options.kind not in known:
        choices = ", ".join(known)
        raise Refused("config.choice", name="--kind", value=repr(options.kind), choices=choices)
    if not 16 <= options.size <= 1024:
        raise Refused("config.bounds", name="--size", value=options.size, low=16, high=1024)
    if options.by_hand and options.kind != "faces":
        raise Refused("config.choice", name="--by-hand", value=options.kind, choices="--kind faces")
    if options.photos and options.kind != "icons":
        raise Refused("config.choice", name="--photos", value=options.kind, choices="--kind icons")
    if options.style not in icons.STYLES:
        raise Refused("config.choice", name="--style", value=repr(options.style), choices=", ".join(icons.STYLES))
    folder = out_folder(options.out)
    try:
        if options.photos:
            return _draw_icons(folder, options.photos, options.size, options.style)
        if options.kind == "icons":
            icons.write_drawn(folder, options.count, options.size, options.seed, options.style)
        elif options.kind == "faces":
            write_paired(folder, options.count, options.size, options.seed, options.by_hand)
        else:
            write_unpaired(folder, options.kind, options.count, options.size, options.seed)
    except OSError as error:
        raise Refused("translate.output", folder=options.out, reason=error.strerror) from error
    return 0


def _draw_icons(folder: Path, photos: Path, size: int, style: str) -> int:
    from ganstudio.data.icons import write_of_photographs
    from ganstudio.data.likeness import Looker
    from ganstudio.files import no_pictures, walked

    if not photos.is_dir():
        raise Refused("data.no_folder", folder=photos)
    listing = walked(photos)
    if not listing.pictures:
        raise no_pictures(photos, listing.others)
    faceless = write_of_photographs(folder, listing.pictures, size, Looker(), progress, style)
    for file in faceless:
        complain(str(file), Refused("likeness.no_face"))
    return 1 if len(faceless) == len(listing.pictures) else 0

"""ganstudio sketch: line drawings of photographs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ganstudio.commands.tell import each_picture, natural, out_folder, write
from ganstudio.words import Refused


def add(verbs: Any, _arguments: Sequence[str]) -> None:
    parser = verbs.add_parser("sketch", help="make line drawings from photos", allow_abbrev=False)
    parser.description = "Make a line drawing from each photo, black on white, a PNG of the photo's size."
    parser.add_argument("pictures", nargs="+", metavar="IMAGE", help="photo files")
    parser.add_argument("--out", required=True, help="folder of the drawings, made if absent")
    parser.add_argument("--style", default="strokes", help="canny, xdog, pencil, strokes (default) or naive")
    parser.add_argument("--seed", type=natural, default=0, help="seed of the hand's wobble (default: 0)")
    parser.set_defaults(run=run_sketch)


def run_sketch(options: argparse.Namespace) -> int:
    from ganstudio import images
    from ganstudio.data.sketch import STYLES, sketch

    if options.style not in STYLES:
        raise Refused("config.choice", name="--style", value=repr(options.style), choices=", ".join(STYLES))
    out = out_folder(options.out, options.pictures)

    def draw(name: str) -> int:
        drawing = sketch(images.decode(name), options.style, options.seed)
        write(out / f"{Path(name).stem}.png", images.encode_png(drawing), options.pictures)
        return 1

    return each_picture(options.pictures, out, draw)

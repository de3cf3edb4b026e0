"""ganstudio translate: what a model makes of pictures."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganstudio.commands.hub import MODEL_HELP
from ganstudio.commands.pictures import gathered
from ganstudio.commands.tell import each_picture, natural, out_folder, write
from ganstudio.words import Refused, say

if TYPE_CHECKING:
    from ganstudio.models.engine import Model


def add(verbs: Any, _arguments: Sequence[str]) -> None:
    parser = verbs.add_parser("translate", help="translate pictures with a model", allow_abbrev=False)
    parser.description = "Translate pictures; each result is a PNG of its picture's size, or of --size, named after it."
    parser.add_argument("pictures", nargs="+", metavar="IMAGE", help="picture files")
    parser.add_argument("--model", required=True, help=MODEL_HELP)
    parser.add_argument("--out", required=True, help="folder of the results, made if absent")
    parser.add_argument(
        "--to",
        help="what to turn the pictures into: fire, water, ... for recolour (two: water+flying), or a domain's name",
    )
    parser.add_argument("--strength", type=float, default=1.0, help="0 = the original, 1 = the network's, at most 2")
    parser.add_argument("--seed", type=natural, help="draw the noise from this seed (default: no noise)")
    parser.add_argument(
        "--variations",
        type=natural,
        default=0,
        metavar="K",
        help="K results a picture, of seeds SEED, SEED+1 ...",
    )
    parser.add_argument(
        "--style-of", metavar="PHOTO", help="paint in the style of this portrait, for models that have styles"
    )
    parser.add_argument(
        "--slider", nargs=2, action="append", default=[], metavar=("NAME", "SHARE"), help="move it, by -1 to 1"
    )
    parser.add_argument(
        "--size",
        type=natural,
        help="longer side of the results in pixels: of models that draw, 16 to 1024 (default: the picture's own); "
        "of those that make icons, 48 to 512 (default: 256)",
    )
    icons = parser.add_argument_group(
        "models that make icons (ugatit)", "IMAGE may be a folder or a ZIP of pictures; --to is the icon where left out"
    )
    icons.add_argument("--crop", help="auto (default), face, center or none: what is cut out of a picture")
    icons.add_argument("--margin", type=float, help="around a face, as a share of its side, 0 to 1 (default: 0.3)")
    icons.add_argument(
        "--cascade", metavar="FILE", help="find faces by this cascade of OpenCV's; anime: for drawn ones"
    )
    icons.add_argument("--tilt", type=float, help="turn what is cut out clockwise, 0 to 45 degrees (default: 0)")
    icons.add_argument(
        "--background",
        metavar="COLOUR",
        help="white (default), transparent, or #rrggbb: a disc of it behind the figure",
    )
    icons.add_argument(
        "--flat",
        action=argparse.BooleanOptionalAction,
        help="draw the flat colours anew, crisp at every size (default: for icons), or keep the network's own pixels",
    )
    icons.add_argument(
        "--alone",
        action=argparse.BooleanOptionalAction,
        help="leave a ground that is not plain out (default, of models of faces), or keep it",
    )
    parser.set_defaults(run=run_translate)


OF_ICONS = ("crop", "margin", "cascade", "tilt", "size", "background", "flat", "alone")


NOT_OF_ICONS: dict[str, Any] = {
    "strength": 1.0,
    "seed": None,
    "variations": 0,
    "style_of": None,
    "slider": [],
}  # and what they are where nobody gives them


def run_translate(options: argparse.Namespace) -> int:
    from ganstudio import images
    from ganstudio.data.drawing import inspect
    from ganstudio.models import engine, icon
    from ganstudio.models.drawn_face import no_face

    model = engine.load(options.model)
    if model.purpose == icon.PURPOSE:
        return _translate_icons(model, options)
    for name in (each for each in OF_ICONS if each != "size" and getattr(options, each) is not None):
        raise Refused("icon.option", model=model.name, option=f"--{name}")
    model.check(options.to, options.strength, options.size)  # before any picture is read
    style = _asked_style(model, options)
    out = out_folder(options.out, options.pictures)
    settings: dict[str, Any] = {"model": model.name}
    if style is not None:
        settings["style"] = {"base": list(style), "sliders": {}}
    if options.size is not None:
        settings["size"] = options.size
    if model.targets:
        settings |= {"to": options.to, "strength": options.strength}

    def translate(name: str) -> int:
        picture = images.decode(name, alpha="keep")
        if model.of_faces and no_face(picture, inspect(picture)):
            print(f"ganstudio: {Path(name).name}: {say('drawing.no_face')}", file=sys.stderr)
        first = options.seed or 0
        if options.variations:
            results = model.variations(picture, options.variations, first, size=options.size)
            named = {f"{Path(name).stem}-{first + k}.png": (first + k, r) for k, r in enumerate(results)}
        else:
            result = model.translate(
                picture,
                to=options.to,
                seed=options.seed,
                strength=options.strength,
                style=style,
                size=options.size,
            )
            named = {f"{Path(name).stem}.png": (options.seed, result)}
        for file, (seed, result) in named.items():
            write(out / file, images.encode_png(result, {**settings, "seed": seed}), options.pictures)
        return len(named)

    return each_picture(options.pictures, out, translate)


def _asked_style(model: Model, options: argparse.Namespace) -> Sequence[float] | None:
    """The style that the options ask for; None for the seed's own."""
    from ganstudio import images
    from ganstudio.data import faces

    sliders = {}
    for name, share in options.slider:
        try:
            sliders[name] = float(share)
        except ValueError:
            raise Refused("config.type", name="--slider", value=repr(share), kind="float") from None
    base = None
    if options.style_of:
        base = model.style_of(faces.prepare(images.decode(options.style_of), size=model.size).picture)
    return model.styled(options.seed, base, sliders)


def _translate_icons(model: Model, options: argparse.Namespace) -> int:
    """`translate` for models that cut out, turn and finish: pictures, and folders and ZIPs of them."""
    from ganstudio import images
    from ganstudio.data.cascade import fetch_cascade, load
    from ganstudio.models import icon

    for name in (each for each, usual in NOT_OF_ICONS.items() if getattr(options, each) != usual):
        raise Refused("icon.option", model=model.name, option=f"--{name.replace('_', '-')}")
    wish = {name: getattr(options, name) for name in OF_ICONS if getattr(options, name) is not None}
    wish["to"] = icon.checked_target(model, options.to)
    given = {"tilt": 0.0, "margin": icon.MARGIN, "size": 256, "background": "white", **wish}
    icon.check(*(given[name] for name in ("tilt", "margin", "size", "background")))
    if wish.get("crop", "auto") not in icon.WAYS:
        raise Refused("config.choice", name="--crop", value=repr(options.crop), choices=", ".join(icon.WAYS))
    if options.cascade:
        wish["cascade"] = fetch_cascade() if options.cascade == "anime" else Path(options.cascade)
        load(wish["cascade"])  # refused once, not for every picture
    with tempfile.TemporaryDirectory(prefix="ganstudio-") as unpacked:
        pictures = gathered(options.pictures, Path(unpacked))
        out = out_folder(options.out, pictures)

        def make(name: str) -> int:
            made = icon.make(model, images.decode(name, alpha="keep"), **wish)
            for note in made.chosen.notes:
                print(f"ganstudio: {Path(name).name}: {say(note.key, **note.details)}", file=sys.stderr)
            data = images.encode_png(made.picture, {"model": model.name, **made.settings})
            write(out / f"{Path(name).stem}.png", data, pictures)
            return 1

        return each_picture(pictures, out, make)

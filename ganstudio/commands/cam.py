"""ganstudio cam: where the networks of a model look."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganstudio.commands.hub import MODEL_HELP
from ganstudio.commands.tell import each_picture, out_folder, write
from ganstudio.words import Refused

if TYPE_CHECKING:
    from PIL.Image import Image

    from ganstudio.analysis.cam import Look, Observed, Part


def add(verbs: Any, _arguments: Sequence[str]) -> None:
    parser = verbs.add_parser("cam", help="show where a model's networks look", allow_abbrev=False)
    parser.description = (
        "Lay class activation maps over pictures, PNGs of the pictures' size: of a U-GAT-IT's generator and critics, "
        "over the picture (input) and over what became of it (output), or of a classifier. cam.json has their scores."
    )
    parser.add_argument("pictures", nargs="+", metavar="IMAGE", help="picture files")
    parser.add_argument("--model", required=True, help=MODEL_HELP)
    parser.add_argument("--out", required=True, help="folder of the results, made if absent")
    parser.add_argument("--to", help="the domain to turn the pictures into (default: the model's second)")
    parser.add_argument("--network", help="generator, local or global (the critics) alone (default: all there are)")
    parser.add_argument("--part", help="average, maximum or together, the paper's own map (default: together)")
    parser.add_argument("--class", dest="kind", metavar="NAME", help="class of a classifier (default: the best three)")
    parser.add_argument("--opacity", type=float, default=0.6, help="of the map, from 0 to 1 (default: 0.6)")
    parser.set_defaults(run=run_cam)


BEST = 3  # classes whose maps are drawn where none is named


def run_cam(options: argparse.Namespace) -> int:
    from ganstudio import images
    from ganstudio.analysis import cam
    from ganstudio.models.hub import find, load_networks
    from ganstudio.recipes import RECIPES

    folder = find(options.model)
    networks, settings, values = load_networks(folder)
    model = cam.Observed(folder.parent.name if folder.name == "model" else folder.name, settings, networks)
    if not RECIPES[values["recipe"]].attends:
        raise Refused("cam.no_attention", model=model.name, known=", ".join(_attending()) or "-")
    _check_cam(options, model)
    out = out_folder(options.out, options.pictures)
    seen = {}

    def look(name: str) -> int:
        picture = images.decode(name)
        found = cam.look(model, picture, options.to, [options.network] if options.network else ())
        overlays = _overlays(found, picture, options)
        for suffix, drawn in overlays.items():
            write(out / f"{Path(name).stem}-{suffix}.png", images.encode_png(drawn), options.pictures)
        seen[Path(name).name] = _readings(found)
        return len(overlays)

    status = each_picture(options.pictures, out, look)
    if seen:
        content = json.dumps({"model": model.name, "to": options.to, "pictures": seen}, indent=2, ensure_ascii=False)
        write(out / "cam.json", content.encode(), options.pictures)
    return status


def _check_cam(options: argparse.Namespace, model: Observed) -> None:
    """Raises `Refused` for what does not go with the model, and sets the defaults, before any picture is read."""
    from ganstudio.analysis import cam

    if not 0 <= options.opacity <= 1:
        raise Refused("config.bounds", name="--opacity", value=options.opacity, low=0, high=1)
    networks = cam.observers(model)
    own = ("class",) if "classifier" in networks else ("to", "network", "part")
    given = {"to": options.to, "network": options.network, "part": options.part, "class": options.kind}
    for option in (name for name, value in given.items() if value is not None and name not in own):
        raise Refused("cam.option", model=model.name, option=f"--{option}", known=", ".join(f"--{o}" for o in own))
    if "classifier" in networks:
        classes = model.settings.domains.split(",")
        if options.kind is not None and options.kind not in classes:
            raise Refused("cam.unknown_class", model=model.name, name=options.kind, known=", ".join(classes))
        return
    options.to = options.to or next(iter(cam.directions(model)))
    networks = cam.observers(model, options.to)
    if options.network is not None and options.network not in networks:
        known = ", ".join(networks)
        raise Refused("cam.unknown_network", model=model.name, network=options.network, known=known)
    options.part = options.part or cam.TOGETHER
    if options.part not in cam.PARTS:
        raise Refused("config.choice", name="--part", value=repr(options.part), choices=", ".join(cam.PARTS))


def _attending() -> list[str]:
    """The published models whose networks can be asked where they looked."""
    from ganstudio import places
    from ganstudio.models.hub import read
    from ganstudio.recipes import RECIPES

    found = []
    for name, folder in places.published().items():
        with suppress(Refused):
            found += [name] if RECIPES[read(folder)[0]].attends else []
    return found


def _overlays(found: Look, picture: Image, options: argparse.Namespace) -> dict[str, Image]:
    """The drawn maps by what stands behind the picture's name. Maps over input and output share their colours."""
    from ganstudio.analysis import cam

    drawn = {}
    for role, sights in found.sights.items():
        parts = {place: sight.parts for place, sight in sights.items()}
        names = [options.part]
        if role == "classifier":
            of_classes = parts["input"]
            best = sorted(of_classes, key=lambda each: -of_classes[each].score)[:BEST]
            names = [options.kind] if options.kind else best
        for name in names:
            chosen = {place: of_place[name] for place, of_place in parts.items()}
            span = cam.limits(chosen["input"].neutral, *(part.map for part in chosen.values()))
            for place, part in chosen.items():
                under = found.output if place == "output" and found.output is not None else picture
                spread = cam.upsample(part.map, found.frame)
                suffix = name if role == "classifier" else f"{role}-{place}"
                drawn[suffix] = cam.overlay(under, spread, part, span, options.opacity)
    return drawn


def _readings(found: Look) -> dict[str, Any]:
    """{role: {input, output: {part: {score, probability, map}}}}, of a classifier {class: ...}; map: least, greatest
    and mean value, and its size in places."""

    def tell(part: Part) -> dict[str, Any]:
        height, width = part.map.shape
        span = {"least": float(part.map.min()), "greatest": float(part.map.max()), "mean": float(part.map.mean())}
        numbers = {"score": part.score, "probability": part.probability, "neutral": part.neutral}
        return {**numbers, "bias": part.bias, "map": {**span, "height": height, "width": width}}

    readings = {
        role: {place: {name: tell(part) for name, part in sight.parts.items()} for place, sight in sights.items()}
        for role, sights in found.sights.items()
    }
    return readings["classifier"]["input"] if "classifier" in readings else readings

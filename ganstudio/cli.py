"""python -m ganstudio VERB ...: everything the app does, from a terminal."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganstudio import __version__, console
from ganstudio.cli_data import data_parser
from ganstudio.cli_hub import MODEL_HELP, hub_parsers
from ganstudio.cli_runs import runs_parser
from ganstudio.text import LANGUAGES, Refused, say

if TYPE_CHECKING:
    from PIL.Image import Image

    from ganstudio.analysis.cam import Look, Observed, Part
    from ganstudio.data.pokedex import Entry, Labels
    from ganstudio.engine import Model
    from ganstudio.recipes.recipe import Recipe

# Settings that may change when a run is resumed: they touch neither its networks nor its order of pictures.
CHANGEABLE = (
    "images",
    "checkpoint_every",
    "sample_every",
    "report_every",
    "milestones",
    "samples",
    "workers",
    "data",
    "data_b",
    "labels",
    "hold_out",
)


COMPLAINTS = 20  # files that are named before the rest is counted


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit status: 0, or 1 for something refused.

    A wrong command line ends the process with status 2, as argparse does."""
    console.prepare()
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="ganstudio", description="An image-to-image GAN studio.")
    parser.add_argument("--version", action="version", version=__version__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    translate_parser(verbs)
    sketch_parser(verbs)
    demo_parser(verbs)
    data_parser(verbs)
    train_parser(verbs, arguments)
    evaluate_parser(verbs)
    colours_parser(verbs)
    prepare_parser(verbs)
    import_parser(verbs)
    cam_parser(verbs)
    runs_parser(verbs)
    hub_parsers(verbs)
    directions_parser(verbs)
    bench_parser(verbs)
    options = parser.parse_args(arguments)
    try:
        code = options.run(options)
        sys.stdout.flush()  # here, where a reader that went away can be told from an error
        return code
    except Refused as refusal:
        print(f"ganstudio: {refusal}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        console.mute()
        return console.ENDED
    except KeyboardInterrupt:
        print("ganstudio: interrupted", file=sys.stderr)
        return 130


def translate_parser(verbs: Any) -> None:
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
    parser.add_argument("--seed", type=_natural, help="draw the noise from this seed (default: no noise)")
    parser.add_argument(
        "--variations",
        type=_natural,
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
        type=_natural,
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
    from ganstudio import engine, icon, images
    from ganstudio.data.drawing import inspect
    from ganstudio.drawn_face import no_face

    model = engine.load(options.model)
    if model.purpose == icon.PURPOSE:
        return _translate_icons(model, options)
    for name in (each for each in OF_ICONS if each != "size" and getattr(options, each) is not None):
        raise Refused("icon.option", model=model.name, option=f"--{name}")
    model.check(options.to, options.strength, options.size)  # before any picture is read
    style = _asked_style(model, options)
    out = _out_folder(options.out, options.pictures)
    settings: dict[str, Any] = {"model": model.name}
    if style is not None:
        settings["style"] = {"base": list(style), "sliders": {}}
    if options.size is not None:
        settings["size"] = options.size
    if model.targets:
        settings |= {"to": options.to, "strength": options.strength}
    failed = 0
    for name in _progress(options.pictures):
        try:
            picture = images.decode(name, alpha="keep")
        except Refused as refusal:  # one bad file must not cost the others
            _complain(name, refusal)
            failed += 1
            continue
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
            _write(out / file, images.encode_png(result, {**settings, "seed": seed}), options.pictures)
    return 1 if failed else 0


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
    from ganstudio import icon, images
    from ganstudio.data.cascade import fetch_cascade, load

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
    failed = 0
    with tempfile.TemporaryDirectory(prefix="ganstudio-") as unpacked:
        pictures = _gathered(options.pictures, Path(unpacked))
        out = _out_folder(options.out, pictures)
        for name in _progress(pictures):
            try:
                made = icon.make(model, images.decode(name, alpha="keep"), **wish)
            except Refused as refusal:  # one bad file must not cost the others
                _complain(name, refusal)
                failed += 1
                continue
            for note in made.chosen.notes:
                print(f"ganstudio: {Path(name).name}: {say(note.key, **note.details)}", file=sys.stderr)
            data = images.encode_png(made.picture, {"model": model.name, **made.settings})
            _write(out / f"{Path(name).stem}.png", data, pictures)
    return 1 if failed else 0


def _gathered(names: Sequence[str], unpacked: Path) -> list[str]:
    """The pictures that are named, those in named folders, and those of named ZIPs, which are put into `unpacked`."""
    found: list[str] = []
    for number, name in enumerate(names):
        if Path(name).is_dir() or (Path(name).suffix.lower() == ".zip" and Path(name).is_file()):
            found += [str(path) for path, _ in _pictures_in(Path(name), unpacked / str(number))]
        else:
            found.append(name)
    return found


def sketch_parser(verbs: Any) -> None:
    parser = verbs.add_parser("sketch", help="make line drawings from photos", allow_abbrev=False)
    parser.description = "Make a line drawing from each photo, black on white, a PNG of the photo's size."
    parser.add_argument("pictures", nargs="+", metavar="IMAGE", help="photo files")
    parser.add_argument("--out", required=True, help="folder of the drawings, made if absent")
    parser.add_argument("--style", default="strokes", help="canny, xdog, pencil, strokes (default) or naive")
    parser.add_argument("--seed", type=_natural, default=0, help="seed of the hand's wobble (default: 0)")
    parser.set_defaults(run=run_sketch)


def run_sketch(options: argparse.Namespace) -> int:
    from ganstudio import images
    from ganstudio.data.sketch import STYLES, sketch

    if options.style not in STYLES:
        raise Refused("config.choice", name="--style", value=repr(options.style), choices=", ".join(STYLES))
    out = _out_folder(options.out, options.pictures)
    failed = 0
    for name in _progress(options.pictures):
        try:
            photo = images.decode(name)
        except Refused as refusal:
            _complain(name, refusal)
            failed += 1
            continue
        drawing = sketch(photo, options.style, options.seed)
        _write(out / f"{Path(name).stem}.png", images.encode_png(drawing), options.pictures)
    return 1 if failed else 0


def evaluate_parser(verbs: Any) -> None:
    parser = verbs.add_parser("evaluate", help="measure a model on a data set", allow_abbrev=False)
    parser.description = (
        "Measure a model on pictures that it was not trained on: a paired one against the true pictures; one that "
        "recolours by clouds of mean colours, a classifier and outlines (--labels), or against true partners (testA "
        "and "
        "testB in DIR); one that redraws (ugatit) by distances of sets, colours kept, the way back, and where its "
        "critics look (trainA and trainB in DIR, testA and testB, or --data-b)."
    )
    parser.add_argument("--model", required=True, help=MODEL_HELP)
    parser.add_argument("--data", required=True, help="folder of the pictures")
    parser.add_argument("--data-b", default="", help="folder of the second domain, where DIR is the first one's")
    parser.add_argument("--labels", default="", help="CSV of labels, for models that recolour")
    parser.add_argument("--only", default="", help="text file that names the pictures to use")
    parser.add_argument("--sheet", type=Path, help="put a PNG of sources, outputs and true pictures here")
    parser.add_argument(
        "--judge",
        nargs="+",
        choices=("mobilenet_v2", "efficientnet_lite0"),
        default=[],
        help="look through these pretrained networks, too",
    )
    parser.add_argument(
        "--partners", action="store_true", help="of models that redraw: pictures of one name show the same thing"
    )
    parser.add_argument("--drawings", choices=("mixed", "rich", "naive"), default="mixed", help="for --judge")
    parser.add_argument("--seeded", action="store_true", help="for --judge: each drawing in a style of its own")
    parser.add_argument(
        "--enlarge",
        action="store_true",
        help="of models that draw: compare the ways of making their results larger, on the true pictures",
    )
    parser.add_argument("--train", type=Path, help="for --judge: folder of training pictures, to look for copies in")
    parser.add_argument("--json", action="store_true", help="print one JSON object (see ganstudio.evaluate)")
    parser.set_defaults(run=run_evaluate)


def run_evaluate(options: argparse.Namespace) -> int:
    from ganstudio.engine import load
    from ganstudio.evaluate import evaluate
    from ganstudio.evaluate_classifier import evaluate_classifier
    from ganstudio.evaluate_icons import evaluate_icons
    from ganstudio.evaluate_unpaired import evaluate_partners, evaluate_types

    model, data = load(options.model), Path(options.data)
    if options.enlarge:
        from ganstudio.evaluate_enlarge import evaluate_enlarge
        from ganstudio.evaluate_perceptual import judges

        if not model.draws:
            raise Refused("engine.no_size", model=model.name)
        found = evaluate_enlarge(model, data, judges(options.judge), options.only, _progress, options.sheet)
    elif model.draws and options.judge:
        from ganstudio.evaluate_perceptual import evaluate_perceptual, judges

        asked = judges(options.judge)
        found = evaluate_perceptual(
            model, data, asked, options.only, options.drawings, options.train, _progress, options.sheet, options.seeded
        )
    elif model.draws:
        found = evaluate(model, data, options.only, _progress, options.sheet)
    elif model.purpose == "redraw":
        from ganstudio.evaluate_perceptual import judges

        asked = judges(options.judge)
        found = evaluate_icons(
            model, data, options.data_b, options.only, _progress, options.sheet, asked, options.partners
        )
    elif model.purpose == "look":
        found = evaluate_classifier(model, data, options.labels, options.only, _progress)
    elif not model.labelled and not options.labels:
        found = evaluate_partners(model, data, _progress)
    else:
        from ganstudio.evaluate_perceptual import judges

        asked = judges(options.judge)
        found = evaluate_types(model, data, options.labels, options.only, _progress, options.sheet, asked)
    _print(found, options.json)
    return 0


def directions_parser(verbs: Any) -> None:
    parser = verbs.add_parser("directions", help="find what a model's styles do, for its sliders", allow_abbrev=False)
    parser.description = (
        "Paint drawings in many random styles, measure the pictures, and write into the model's config.json the "
        "directions that change one thing each: the sliders of the app. Of a model that recolours by palette: find for "
        "each type the palette that says it best, which becomes its plain one."
    )
    parser.add_argument("--model", required=True, help=MODEL_HELP)
    parser.add_argument("--data", required=True, help="folder of aligned portraits, or of pairs, to take drawings from")
    parser.add_argument("--only", default="", help="text file that names the pictures to use")
    parser.add_argument("--labels", default="", help="CSV of labels, for models that recolour")
    parser.add_argument("--styles", type=_natural, default=600, help="pictures to paint and measure (default: 600)")
    parser.set_defaults(run=run_directions)


def run_directions(options: argparse.Namespace) -> int:
    from ganstudio.engine import forget, load
    from ganstudio.evaluate_perceptual import find_directions
    from ganstudio.runs.folder import write_json

    model = load(options.model)
    if model.labelled:
        return _choose_plain(model, Path(options.data), options.labels)
    found = find_directions(model, Path(options.data), options.only, options.styles, _progress)
    listed = [{"name": each.name, "vector": each.vector, "explained": round(each.explained, 3)} for each in found]
    file = model.folder / "config.json"
    write_json(file, {**json.loads(file.read_text(encoding="utf-8")), "directions": listed})
    forget(model.folder)
    for each in found:
        print(f"{each.name}: {each.explained:.0%} explained")
    return 0


def _choose_plain(model: Model, data: Path, labels: str) -> int:
    from ganstudio.engine import forget, load
    from ganstudio.evaluate_unpaired import plain_seeds
    from ganstudio.networks.pretrained import MobileNetJudge
    from ganstudio.runs.folder import write_json

    file = model.folder / "config.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    if model.settings.plain:  # styles are drawn towards the plain one, so it is forgotten first
        config["config"]["plain"] = ""
        write_json(file, config)
        forget(model.folder)
        model = load(model.folder)
    found = plain_seeds(model, data, labels, MobileNetJudge(), _progress)
    config["config"]["plain"] = ",".join(str(found[target][0] if target in found else 0) for target in model.targets)
    write_json(file, config)
    forget(model.folder)
    for target, (seed, sure, usual) in found.items():
        print(f"{target}: seed {seed}, {sure:.2f} sure, of any {usual:.2f}")
    return 0


def colours_parser(verbs: Any) -> None:
    parser = verbs.add_parser("colours", help="measure and draw the colours of many pictures", allow_abbrev=False)
    parser.description = (
        "Measure the colours of many pictures, without their pure white, pure black and transparent pixels: "
        "statistics.csv, the mean colours as a cloud (scatter.html, .png) and the hues as a wheel (hues.html, .png)."
    )
    parser.add_argument(
        "pictures",
        type=Path,
        metavar="DIR",
        help="folder or ZIP of the pictures; a folder named like a type labels its own",
    )
    parser.add_argument("--labels", type=Path, metavar="CSV", help="table with id (or file), type1, type2 and names")
    parser.add_argument("--out", required=True, help="folder of the results, made if absent")
    parser.add_argument("--language", choices=LANGUAGES, default="en", help="of the figures' words (default: en)")
    parser.set_defaults(run=run_colours)


def run_colours(options: argparse.Namespace) -> int:
    from ganstudio.data.archive import labels_of_zip
    from ganstudio.data.pokedex import Labels, read_labels

    source: Path = options.pictures
    labels = read_labels(options.labels) if options.labels else Labels()
    with tempfile.TemporaryDirectory(prefix="ganstudio-") as unpacked:
        if source.is_dir():
            if Path(options.out).resolve().is_relative_to(source.resolve()):
                raise Refused("colours.out_inside", folder=source)
        elif not source.is_file():
            raise Refused("data.no_folder", folder=source)
        else:
            labels = labels or labels_of_zip(source)
        found = _pictures_in(source, Path(unpacked), [options.labels] if options.labels else [])
        unused = labels.unused(path.stem for path, _ in found)
        if options.labels and unused == len(labels):
            raise Refused("data.labels_match_none", folder=source, file=options.labels)
        if labels:
            without = sum(labels.of(path.stem) is None and not kind for path, kind in found)
            for key, count in (("labels.without", without), ("labels.unused", unused), ("labels.twice", labels.twice)):
                if count:
                    print(f"ganstudio: {say(key, count=count)}", file=sys.stderr)
        return _colours(found, labels, options)


def _pictures_in(source: Path, unpacked: Path, tables: Sequence[Path] = ()) -> Sequence[tuple[Path, str]]:
    """The pictures of a folder, or of a ZIP, which is put into `unpacked`, each with its type or ""; tells of what
    else lies there but for `tables`. Raises `Refused` where there are none."""
    from ganstudio import files
    from ganstudio.data import archive

    if source.is_dir():
        listing = files.walked(source)
        found = archive.pictures_of_folder(source)
        known = {table.resolve() for table in tables}
        others = files.told(path for path in listing.others if path.resolve() not in known)
    else:
        found = archive.pictures_of_zip(source, unpacked)
        others = files.told(archive.others_of_zip(source))
    if not found:
        raise Refused("data.others_only", folder=source, **others) if others else Refused("data.empty", folder=source)
    if others:
        print(f"ganstudio: {say('data.ignored', folder=source, **others)}", file=sys.stderr)
    return found


def _colours(found: Sequence[tuple[Path, str]], labels: Labels, options: argparse.Namespace) -> int:
    """Measures the pictures one by one; what is kept of each is one row of the table and at most one point."""
    from ganstudio.analysis import figures
    from ganstudio.analysis.colour import of_files
    from ganstudio.data.pokedex import Entry, Label, write

    out = _out_folder(options.out)
    collection, refused = figures.Collection(), 0

    def entries() -> Iterator[Entry]:
        nonlocal refused
        measured = of_files(path for path, _ in found)
        for (path, kind), (_, statistics) in zip(_progress(found), measured, strict=True):
            if isinstance(statistics, Refused):
                refused += 1
                if refused <= COMPLAINTS:
                    _complain(path.name, statistics)
                continue
            label = labels.of(path.stem) or Label(("", ""), (kind,) if kind else ())
            english = label.names[0] or path.stem
            yield collection.add(Entry(path.stem, (english, label.names[1] or english), label.types, statistics))

    part = out / "statistics.csv.part"
    try:
        # A file's name may be no UTF-8.
        with part.open("w", encoding="utf-8", errors="replace", newline="") as table:
            write(entries(), table)
        if refused > COMPLAINTS:
            print(f"ganstudio: {say('colours.more_refused', count=refused - COMPLAINTS)}", file=sys.stderr)
        if not collection.count:
            raise Refused("colours.nothing", folder=options.pictures)
        part.replace(out / "statistics.csv")
    except OSError as error:
        raise Refused("translate.output", folder=out, reason=error.strerror) from error
    finally:
        part.unlink(missing_ok=True)
    for name, content in {
        "scatter.html": figures.scatter_html(collection, options.language).encode(),
        "hues.html": figures.hues_html(collection, options.language).encode(),
        "plotly.min.js": figures.script().encode(),
        "scatter.png": figures.scatter_png(collection, options.language),
        "hues.png": figures.hues_png(collection, options.language),
    }.items():
        _write(out / name, content, [])
    _print({"pictures": collection.count, "refused": refused, "results": str(out)}, False)
    return 0


def prepare_parser(verbs: Any) -> None:
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
    parser.add_argument("--size", type=_natural, default=256, help="side of the results in pixels (default: 256)")
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
        found, root = _pictures_in(source, Path(unpacked)), source if source.is_dir() else Path(unpacked)
        return _prepare([path for path, _ in found], root, cascade, options)


def _prepare(pictures: Sequence[Path], root: Path, cascade: Path | None, options: argparse.Namespace) -> int:
    """Writes a PNG of each picture's face, and the table; sources are named from `root` on."""
    from ganstudio import images
    from ganstudio.data.faces import TINY, Table, prepare

    out = _out_folder(options.out)
    table, tiny, refused = Table(), 0, 0
    for path in _progress(pictures):
        name = str(path.relative_to(root))
        try:
            picture = images.decode(path, alpha="keep")
            made = prepare(picture, options.crop, cascade, options.margin, options.tilt, options.size)
        except Refused as refusal:  # one bad picture must not cost the others
            refused += 1
            if refused <= COMPLAINTS:
                _complain(name, refusal)
            continue
        if made.tiny:
            tiny += 1
            if tiny <= COMPLAINTS:
                print(f"ganstudio: {name}: {say('faces.tiny', side=round(made.face.side))}", file=sys.stderr)
        _write(out / table.add(name, made), images.encode_png(made.picture), [])
    if refused > COMPLAINTS:
        print(f"ganstudio: {say('colours.more_refused', count=refused - COMPLAINTS)}", file=sys.stderr)
    if tiny > COMPLAINTS:
        print(f"ganstudio: {say('faces.more_tiny', count=tiny - COMPLAINTS, least=TINY)}", file=sys.stderr)
    if not table.rows:
        raise Refused("faces.nothing", folder=options.pictures)
    _write(out / "faces.csv", table.csv(), [])
    counts = {"pictures": len(table.rows), "refused": refused, "several faces": table.several}
    _print({**counts, "results": str(out)}, False)
    return 1 if refused else 0


def import_parser(verbs: Any) -> None:
    parser = verbs.add_parser("import-weights", help="make a model of weights trained elsewhere", allow_abbrev=False)
    parser.description = (
        "Make a model of a generator's weights from pytorch-CycleGAN-and-pix2pix (resnet_9blocks, resnet_6blocks, "
        "unet_256, unet_128; any norm, with or without dropout), such as latest_net_G.pth, or of a whole checkpoint or "
        "a generator from UGATIT-pytorch, light or full. Code in a file is never run."
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="state dict or checkpoint, .pth, .pt or .safetensors")
    parser.add_argument("--name", required=True, help="name of the new model")
    parser.add_argument(
        "--out", type=Path, help="folder to put the model's folder into (default: checkpoints/, in GANSTUDIO_HOME)"
    )
    parser.add_argument("--network", default="", help="of several generators in the file: which, netG_A say")
    parser.set_defaults(run=run_import)


def run_import(options: argparse.Namespace) -> int:
    from ganstudio.peers import import_weights

    made = import_weights(options.file, options.name, options.out, options.network)
    said = {"model": str(made.folder), "architecture": made.architecture}
    shown = ("width", "norm", "dropout", "size")
    said |= {name: getattr(made.config, name) for name in shown if hasattr(made.config, name)}
    _print(said, False)
    return 0


# --- cam --------------------------------------------------------------------------------------------------


def cam_parser(verbs: Any) -> None:
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
    from ganstudio.hub import find, load_networks
    from ganstudio.recipes import RECIPES

    folder = find(options.model)
    networks, settings, values = load_networks(folder)
    model = cam.Observed(folder.parent.name if folder.name == "model" else folder.name, settings, networks)
    if not RECIPES[values["recipe"]].attends:
        raise Refused("cam.no_attention", model=model.name, known=", ".join(_attending()) or "-")
    _check_cam(options, model)
    out = _out_folder(options.out, options.pictures)
    told, failed = {}, 0
    for name in _progress(options.pictures):
        try:
            picture = images.decode(name)
        except Refused as refusal:
            _complain(name, refusal)
            failed += 1
            continue
        found = cam.look(model, picture, options.to, [options.network] if options.network else ())
        for suffix, drawn in _overlays(found, picture, options).items():
            _write(out / f"{Path(name).stem}-{suffix}.png", images.encode_png(drawn), options.pictures)
        told[Path(name).name] = _told(found)
    if told:
        content = json.dumps({"model": model.name, "to": options.to, "pictures": told}, indent=2, ensure_ascii=False)
        _write(out / "cam.json", content.encode(), options.pictures)
    return 1 if failed else 0


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
    from ganstudio.hub import read
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


def _told(found: Look) -> dict[str, Any]:
    """{role: {input, output: {part: {score, probability, map}}}}, of a classifier {class: ...}; map: least, greatest
    and mean value, and its size in places."""

    def tell(part: Part) -> dict[str, Any]:
        height, width = part.map.shape
        span = {"least": float(part.map.min()), "greatest": float(part.map.max()), "mean": float(part.map.mean())}
        numbers = {"score": part.score, "probability": part.probability, "neutral": part.neutral}
        return {**numbers, "bias": part.bias, "map": {**span, "height": height, "width": width}}

    told = {
        role: {place: {name: tell(part) for name, part in sight.parts.items()} for place, sight in sights.items()}
        for role, sights in found.sights.items()
    }
    return told["classifier"]["input"] if "classifier" in told else told


def bench_parser(verbs: Any) -> None:
    parser = verbs.add_parser("bench", help="measure speed on this machine", allow_abbrev=False)
    parser.description = "Measure this machine's speed, as ratios within one run. Takes about a minute."
    parser.add_argument("--model", default="sketch2face", help="the model whose generator is timed")
    parser.add_argument("--browser", action="store_true", help="measure the page in a real browser as well")
    parser.add_argument(
        "--studio", action="store_true", help="measure runs, data sets and trainer instead (about half an hour)"
    )
    parser.add_argument(
        "--visitors",
        type=_natural,
        metavar="N",
        help="measure how N visitors at once fare instead, mixed over the tabs",
    )
    parser.add_argument(
        "--seconds", type=_natural, default=300, help="how long the visitors stay; with --visitors (default: 300)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object (see ganstudio.bench)")
    parser.set_defaults(run=run_bench)


def run_bench(options: argparse.Namespace) -> int:
    from ganstudio.bench import bench_colours, bench_network, bench_training
    from ganstudio.bench_app import bench_app
    from ganstudio.engine import load

    if options.studio:
        from ganstudio.bench_studio import bench_studio

        _print(bench_studio(), options.json)
        return 0
    if options.visitors:
        from ganstudio.bench_visitors import bench_visitors

        _print(bench_visitors(options.model, options.visitors, options.seconds), options.json)
        return 0
    model = load(options.model)
    # First, since what follows leaves this process large and the machine warm.
    app = bench_app(options.model, options.browser)
    colours = bench_colours()
    found = {"app": app, "colours": colours, "inference": bench_network(model), "training": bench_training()}
    _print(found, options.json)
    return 0


def demo_parser(verbs: Any) -> None:
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
        type=_natural,
        default=400,
        help="pairs to draw, or pictures of each kind and a tenth as many to test with (default: 400)",
    )
    parser.add_argument("--size", type=_natural, default=128, help="side of the pictures in pixels (default: 128)")
    parser.add_argument("--seed", type=_natural, default=0, help="other seeds give other pictures (default: 0)")
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
    folder = _out_folder(options.out)
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
    faceless = write_of_photographs(folder, listing.pictures, size, Looker(), _progress, style)
    for file in faceless:
        _complain(str(file), Refused("likeness.no_face"))
    return 1 if len(faceless) == len(listing.pictures) else 0


def train_parser(verbs: Any, arguments: list[str]) -> None:
    parser = verbs.add_parser("train", help="train a recipe, or resume a run", allow_abbrev=False)
    if arguments[:1] != ["train"]:
        return  # the flags below need torch, which takes seconds to import
    parser.description = (
        "Train a recipe into a new run folder (train pix2pix --data DIR --run runs/NAME), or resume a run "
        "(train runs/NAME). Ctrl+C saves and ends."
    )
    parser.usage = (
        "ganstudio train RECIPE --data DIR --run DIR [--setting VALUE ...]\n       ganstudio train RUN_FOLDER"
    )
    parser.add_argument("what", help="a recipe, or the folder of a run to resume")
    parser.add_argument("--run", dest="folder", help="folder of the new run, such as runs/NAME")
    parser.add_argument("--quiet", action="store_true", help="print nothing; log.txt has it all")
    parser.add_argument("--on", metavar="DEVICE", help="wait in its queue for: cpu, gpu0 ..., or gpus (all of them)")
    parser.add_argument(
        "--push", metavar="USER/NAME", help="push each checkpoint, with metrics and samples, to this Hub repository"
    )
    parser.set_defaults(run=run_train)
    if _resumes_as_it_is(arguments):
        return  # a run may wait for its device for hours, and torch would hold hundreds of megabytes meanwhile
    from ganstudio.config import add_flags
    from ganstudio.recipes import RECIPES
    from ganstudio.recipes.recipe import PRESETS

    parser.add_argument(
        "--preset", choices=PRESETS, help="settings to begin with: try (minutes on a CPU), good, or the paper's"
    )
    parser.add_argument("--dry-run", action="store_true", help="try a few steps: memory, speed, time; no run is made")
    parser.add_argument("--json", action="store_true", help="print what a dry run found as one JSON object")
    parser.description += f" Recipes: {', '.join(RECIPES)}."
    recipe = RECIPES.get(arguments[1]) if len(arguments) > 1 else None
    add_flags(parser, (recipe or next(iter(RECIPES.values()))).config)


def _resumes_as_it_is(arguments: list[str]) -> bool:
    """Whether these name a run's folder and nothing that only a recipe could explain."""
    options = [each.split("=")[0] for each in arguments[2:] if each.startswith("-")]
    if len(arguments) < 2 or not set(options) <= {"--on", "--push", "--quiet"}:
        return False
    try:
        return (Path(arguments[1]) / "config.json").is_file()
    except OSError:
        return False


def run_train(options: argparse.Namespace) -> int:
    from ganstudio.runs.folder import RunFolder
    from ganstudio.runs.local import train_on

    if options.on and not getattr(options, "dry_run", False) and (Path(options.what) / "config.json").is_file():
        code = train_on(RunFolder(options.what), options.on, _push_flags(options))
        if code is not None:
            return code
        options.on = None
    return _train(options)


def _push_flags(options: argparse.Namespace) -> list[str]:
    return ["--push", options.push] if options.push else []


def _train(options: argparse.Namespace) -> int:
    from ganstudio.config import from_dict, to_dict
    from ganstudio.data.sets import KINDS
    from ganstudio.recipes import RECIPES
    from ganstudio.runs.folder import RunFolder
    from ganstudio.runs.local import train_on
    from ganstudio.runs.mirror import Mirror, restore
    from ganstudio.trainer import NotFinite, train

    if options.what in RECIPES:
        recipe = RECIPES[options.what]
        if options.preset and options.preset not in recipe.presets:
            raise Refused("train.no_preset", recipe=recipe.name, preset=options.preset, known=", ".join(recipe.presets))
        given = {**recipe.presets.get(options.preset, {}), **_given(options, recipe)}
        if not given.get("data"):
            raise Refused("train.no_data", recipe=options.what)
        config = to_dict(from_dict(recipe.config, given))
        if options.dry_run:
            return _dry_run(recipe, config, options.json)
        if not options.folder:
            raise Refused("train.no_run", recipe=options.what)
        run = RunFolder(options.folder)
        if run.exists and run.list_checkpoints():
            name, values = run.read_config()
            if name != recipe.name:
                raise Refused("run.differs", folder=run.path, differences=f"{name} -> {recipe.name}")
            old = to_dict(from_dict(recipe.config, values))
            changed = [f"{k} {old[k]} -> {v}" for k, v in config.items() if old[k] != v]
            if changed:
                raise Refused("run.differs", folder=run.path, differences="; ".join(changed))
        else:  # new, or failed before its first checkpoint: there is nothing to lose but a mistyped setting
            KINDS[recipe.data].find(from_dict(recipe.config, config))  # refused before a folder is made
            run.begin(recipe.name, config)
        if options.on and (code := train_on(run, options.on, _push_flags(options))) is not None:
            return code
    else:
        if getattr(options, "dry_run", False) or getattr(options, "preset", None):
            raise Refused("train.new_only")
        run = RunFolder(options.what)
        name, values = run.read_config()
        if name not in RECIPES:
            raise Refused("run.recipe", recipe=name, known=", ".join(RECIPES))
        given = _given(options, RECIPES[name])
        old = to_dict(from_dict(RECIPES[name].config, values))
        fixed = [k for k, v in given.items() if k not in CHANGEABLE and old[k] != v]
        if fixed:
            raise Refused("run.fixed", names=", ".join(fixed))
        if given:
            run.create(name, to_dict(from_dict(RECIPES[name].config, {**old, **given})))
    if options.push:
        restore(run, options.push)  # on a fresh machine: what an earlier one pushed of this very run
    mirror = Mirror(run, options.push) if options.push else None
    try:
        train(run, quiet=options.quiet, saved=mirror.saved if mirror else lambda images: None)
    except NotFinite as error:
        print(f"ganstudio: {error}", file=sys.stderr)
        return 1
    finally:
        if mirror:
            mirror.close()
    return 0


def _dry_run(recipe: Recipe, config: dict[str, Any], as_json: bool) -> int:
    """Prints what a few steps tell. As JSON a refusal is printed as well, for whoever asks in another language."""
    from ganstudio.config import from_dict
    from ganstudio.trainer import rehearse

    try:
        _print(rehearse(recipe, from_dict(recipe.config, config)), as_json)
    except Refused as refusal:
        if not as_json:
            raise
        details = {name: str(value) for name, value in refusal.details.items()}
        print(json.dumps({"refused": refusal.key, "details": details}))
        return 1
    return 0


def _complain(name: str, refusal: Refused) -> None:
    about = "" if name in str(refusal) else f"{name}: "
    print(f"ganstudio: {about}{refusal}", file=sys.stderr)


def _natural(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**31:
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 0 to {2**31 - 1}")
    return int(text)


def _out_folder(name: str, pictures: Sequence[str] = ()) -> Path:
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


def _write(file: Path, content: bytes, pictures: Sequence[str]) -> None:
    """Writes a result, never over one of the pictures it was made from."""
    if file.resolve() in {Path(picture).resolve() for picture in pictures}:
        raise Refused("translate.onto_itself", picture=file)
    try:
        file.write_bytes(content)
    except OSError as error:
        raise Refused("translate.output", folder=file.parent, reason=error.strerror) from error


def _progress(items: Sequence[Any]) -> Iterable[Any]:
    from tqdm import tqdm

    return tqdm(items, disable=None, leave=False)  # None: no bar where nobody watches


def _print(values: dict[str, Any], as_json: bool, indent: str = "") -> None:
    if as_json:
        print(json.dumps(values, indent=2))
        return
    for name, value in values.items():
        if isinstance(value, dict):
            print(f"{indent}{name}:")
            _print(value, False, indent + "  ")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for item in value:
                print(indent + name + ": " + ", ".join(f"{k} {_short(v)}" for k, v in item.items()))
        else:
            print(f"{indent}{name}: {_short(value)}")


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return ", ".join(map(_short, value)) if isinstance(value, list) else str(value)


def _given(options: argparse.Namespace, recipe: Recipe) -> dict[str, Any]:
    from ganstudio.config import FILES, FOLDERS, PATHS, fields

    values = {name: getattr(options, name) for name, *_ in fields(recipe.config) if hasattr(options, name)}
    for name in PATHS:  # a run is resumed from any working directory
        if values.get(name) and (name in FOLDERS + FILES or Path(values[name]).exists()):
            values[name] = str(Path(values[name]).resolve())
    return values

"""ganstudio colours: the mean colours of pictures."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganstudio.commands.pictures import pictures_in
from ganstudio.commands.tell import COMPLAINTS, complain, out_folder, print_values, progress, write
from ganstudio.words import FIRST, LANGUAGES, Refused, say

if TYPE_CHECKING:
    from ganstudio.data.pokedex import Entry, Labels


def add(verbs: Any, _arguments: Sequence[str]) -> None:
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
    parser.add_argument("--language", choices=LANGUAGES, default=FIRST, help="of the figures' words (default: en)")
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
        found = pictures_in(source, Path(unpacked), [options.labels] if options.labels else [])
        unused = labels.unused(path.stem for path, _ in found)
        if options.labels and unused == len(labels):
            raise Refused("data.labels_match_none", folder=source, file=options.labels)
        if labels:
            without = sum(labels.of(path.stem) is None and not kind for path, kind in found)
            for key, count in (("labels.without", without), ("labels.unused", unused), ("labels.twice", labels.twice)):
                if count:
                    print(f"ganstudio: {say(key, count=count)}", file=sys.stderr)
        return _colours(found, labels, options)


def _colours(found: Sequence[tuple[Path, str]], labels: Labels, options: argparse.Namespace) -> int:
    """Measures the pictures one by one; what is kept of each is one row of the table and at most one point."""
    from ganstudio.analysis import figures
    from ganstudio.analysis.colour import of_files
    from ganstudio.data.pokedex import Entry, Label
    from ganstudio.data.pokedex import write as write_table

    out = out_folder(options.out)
    collection, refused = figures.Collection(), 0

    def entries() -> Iterator[Entry]:
        nonlocal refused
        measured = of_files(path for path, _ in found)
        for (path, kind), (_, statistics) in zip(progress(found), measured, strict=True):
            if isinstance(statistics, Refused):
                refused += 1
                if refused <= COMPLAINTS:
                    complain(path.name, statistics)
                continue
            label = labels.of(path.stem) or Label(("", ""), (kind,) if kind else ())
            english = label.names[0] or path.stem
            yield collection.add(Entry(path.stem, (english, label.names[1] or english), label.types, statistics))

    part = out / "statistics.csv.part"
    try:
        # A file's name may be no UTF-8.
        with part.open("w", encoding="utf-8", errors="replace", newline="") as table:
            write_table(entries(), table)
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
        write(out / name, content, [])
    print_values({"pictures": collection.count, "refused": refused, "results": str(out)}, False)
    return 0

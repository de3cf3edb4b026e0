"""ganstudio directions: what the styles of a model do."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganstudio.commands.hub import MODEL_HELP
from ganstudio.commands.tell import natural, progress

if TYPE_CHECKING:
    from ganstudio.models.engine import Model


def add(verbs: Any, _arguments: Sequence[str]) -> None:
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
    parser.add_argument("--styles", type=natural, default=600, help="pictures to paint and measure (default: 600)")
    parser.set_defaults(run=run_directions)


def run_directions(options: argparse.Namespace) -> int:
    from ganstudio.evaluation.perceptual import find_directions
    from ganstudio.models.engine import forget, load
    from ganstudio.runs.folder import write_json

    model = load(options.model)
    if model.labelled:
        return _choose_plain(model, Path(options.data), options.labels)
    found = find_directions(model, Path(options.data), options.only, options.styles, progress)
    listed = [{"name": each.name, "vector": each.vector, "explained": round(each.explained, 3)} for each in found]
    file = model.folder / "config.json"
    write_json(file, {**json.loads(file.read_text(encoding="utf-8")), "directions": listed})
    forget(model.folder)
    for each in found:
        print(f"{each.name}: {each.explained:.0%} explained")
    return 0


def _choose_plain(model: Model, data: Path, labels: str) -> int:
    from ganstudio.evaluation.unpaired import plain_seeds
    from ganstudio.models.engine import forget, load
    from ganstudio.networks.pretrained import MobileNetJudge
    from ganstudio.runs.folder import write_json

    file = model.folder / "config.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    if model.settings.plain:  # styles are drawn towards the plain one, so it is forgotten first
        config["config"]["plain"] = ""
        write_json(file, config)
        forget(model.folder)
        model = load(model.folder)
    found = plain_seeds(model, data, labels, MobileNetJudge(), progress)
    config["config"]["plain"] = ",".join(str(found[target][0] if target in found else 0) for target in model.targets)
    write_json(file, config)
    forget(model.folder)
    for target, (seed, sure, usual) in found.items():
        print(f"{target}: seed {seed}, {sure:.2f} sure, of any {usual:.2f}")
    return 0

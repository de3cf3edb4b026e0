"""ganstudio evaluate: how good a model is."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ganstudio.commands.hub import MODEL_HELP
from ganstudio.commands.tell import print_values, progress
from ganstudio.words import Refused


def add(verbs: Any, _arguments: Sequence[str]) -> None:
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
    parser.add_argument("--json", action="store_true", help="print one JSON object (see ganstudio.evaluation)")
    parser.set_defaults(run=run_evaluate)


def run_evaluate(options: argparse.Namespace) -> int:
    from ganstudio.evaluation.classifier import evaluate_classifier
    from ganstudio.evaluation.icons import evaluate_icons
    from ganstudio.evaluation.paired import evaluate
    from ganstudio.evaluation.unpaired import evaluate_partners, evaluate_types
    from ganstudio.models.engine import load

    model, data = load(options.model), Path(options.data)
    if options.enlarge:
        from ganstudio.evaluation.enlarge import evaluate_enlarge
        from ganstudio.evaluation.perceptual import judges

        if not model.draws:
            raise Refused("engine.no_size", model=model.name)
        found = evaluate_enlarge(model, data, judges(options.judge), options.only, progress, options.sheet)
    elif model.draws and options.judge:
        from ganstudio.evaluation.perceptual import evaluate_perceptual, judges

        asked = judges(options.judge)
        found = evaluate_perceptual(
            model, data, asked, options.only, options.drawings, options.train, progress, options.sheet, options.seeded
        )
    elif model.draws:
        found = evaluate(model, data, options.only, progress, options.sheet)
    elif model.purpose == "redraw":
        from ganstudio.evaluation.perceptual import judges

        asked = judges(options.judge)
        found = evaluate_icons(
            model, data, options.data_b, options.only, progress, options.sheet, asked, options.partners
        )
    elif model.purpose == "look":
        found = evaluate_classifier(model, data, options.labels, options.only, progress)
    elif not model.labelled and not options.labels:
        found = evaluate_partners(model, data, progress)
    else:
        from ganstudio.evaluation.perceptual import judges

        asked = judges(options.judge)
        found = evaluate_types(model, data, options.labels, options.only, progress, options.sheet, asked)
    print_values(found, options.json)
    return 0

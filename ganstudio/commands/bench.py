"""ganstudio bench: how fast the studio is on this machine."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from ganstudio.commands.tell import natural, print_values


def add(verbs: Any, _arguments: Sequence[str]) -> None:
    parser = verbs.add_parser("bench", help="measure speed on this machine", allow_abbrev=False)
    parser.description = "Measure this machine's speed, as ratios within one run. Takes about a minute."
    parser.add_argument("--model", default="sketch2face", help="the model whose generator is timed")
    parser.add_argument("--browser", action="store_true", help="measure the page in a real browser as well")
    parser.add_argument(
        "--studio", action="store_true", help="measure runs, data sets and trainer instead (about half an hour)"
    )
    parser.add_argument(
        "--visitors",
        type=natural,
        metavar="N",
        help="measure how N visitors at once fare instead, mixed over the tabs",
    )
    parser.add_argument(
        "--seconds", type=natural, default=300, help="how long the visitors stay; with --visitors (default: 300)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object (see ganstudio.bench.speed)")
    parser.set_defaults(run=run_bench)


def run_bench(options: argparse.Namespace) -> int:
    from ganstudio.bench.app import bench_app
    from ganstudio.bench.speed import bench_colours, bench_network, bench_training
    from ganstudio.models.engine import load

    if options.studio:
        from ganstudio.bench.studio import bench_studio

        print_values(bench_studio(), options.json)
        return 0
    if options.visitors:
        from ganstudio.bench.visitors import bench_visitors

        print_values(bench_visitors(options.model, options.visitors, options.seconds), options.json)
        return 0
    model = load(options.model)
    # First, since what follows leaves this process large and the machine warm.
    app = bench_app(options.model, options.browser)
    colours = bench_colours()
    found = {"app": app, "colours": colours, "inference": bench_network(model), "training": bench_training()}
    print_values(found, options.json)
    return 0

"""python -m ganstudio runs VERB ...: what the runs tab does, from a terminal."""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ganstudio import places
from ganstudio import remote as hub_remote
from ganstudio.runs import control, export, jobs, local
from ganstudio.runs.alerts import alerts
from ganstudio.runs.curves import curves
from ganstudio.runs.folder import RunFolder
from ganstudio.runs.summary import Summary, find_runs, state_of, summaries, summary
from ganstudio.words import Refused, say

RUN_HELP = "a name under runs/, or a run's folder"
LATELY = 0.1  # share of a curve whose mean stands for where it is now
NAMED = 20  # runs that are named before the rest is left out
LOOK = 0.5  # seconds between looks at a run that is waited for

Table = dict[str, list[float | None]]


def add(verbs: Any, _arguments: Sequence[str]) -> None:
    parser = verbs.add_parser("runs", help="list, watch, stop, resume, compare and export runs", allow_abbrev=False)
    parser.description = "See to the trainings on this machine; a run is named by its folder's name, or by its folder."
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    each = actions.add_parser("list", help="all runs, the newest first", allow_abbrev=False)
    each.add_argument("--json", action="store_true", help="print a JSON array")
    each.set_defaults(run=run_list)

    each = actions.add_parser("show", help="how a run is: state, warnings, last values, log", allow_abbrev=False)
    each.add_argument("name", metavar="RUN", help=RUN_HELP)
    each.add_argument("--log", type=int, default=10, metavar="N", help="so many lines of the log's end (default: 10)")
    each.add_argument("--json", action="store_true", help="print one JSON object")
    each.set_defaults(run=run_show)

    each = actions.add_parser("stop", help="have runs save and end", allow_abbrev=False)
    each.add_argument("names", nargs="+", metavar="RUN", help=RUN_HELP)
    each.add_argument("--wait", action="store_true", help="return when they have ended")
    each.set_defaults(run=run_stop)

    for verb, text in (("save", "make a checkpoint now"), ("sample", "draw a sample sheet now")):
        each = actions.add_parser(verb, help=text, allow_abbrev=False)
        each.add_argument("name", metavar="RUN", help=RUN_HELP)
        each.set_defaults(run=run_save if verb == "save" else run_sample)

    each = actions.add_parser("resume", help="start a run again where it ended, in the background", allow_abbrev=False)
    each.add_argument("name", metavar="RUN", help=RUN_HELP)
    each.add_argument("--on", metavar="DEVICE", help="cpu, gpu0 ..., or gpus (default: where it was)")
    each.set_defaults(run=run_resume)

    each = actions.add_parser("delete", help="delete a run that has ended", allow_abbrev=False)
    each.add_argument("name", metavar="RUN", help=RUN_HELP)
    each.add_argument("--yes", action="store_true", help="do not ask")
    each.set_defaults(run=run_delete)

    each = actions.add_parser("recover", help="find jobs on the Hub that have no run here", allow_abbrev=False)
    each.add_argument("--namespace", help="who pays for them (default: whoever is signed in, and their organisations)")
    each.set_defaults(run=run_recover)

    each = actions.add_parser("film", help="make a film of a run's samples", allow_abbrev=False)
    each.add_argument("name", metavar="RUN", help=RUN_HELP)
    each.add_argument("--out", required=True, metavar="FILE", help="the film: .webp or .gif")
    each.set_defaults(run=run_film)

    each = actions.add_parser("compare", help="put the curves of several runs side by side", allow_abbrev=False)
    each.add_argument("names", nargs="+", metavar="RUN", help=RUN_HELP)
    each.add_argument("--term", help="all points of one curve, generator/l1 say, as CSV, instead of last values")
    each.set_defaults(run=run_compare)

    each = actions.add_parser("export", help="write a run's curves for other programs", allow_abbrev=False)
    each.add_argument("name", metavar="RUN", help=RUN_HELP)
    each.add_argument(
        "--to",
        choices=("csv", *export.EXPORTERS),
        default="csv",
        help="csv (default, to the standard output), or with their packages installed: tensorboard, trackio",
    )
    each.set_defaults(run=run_export)


def find_run(name: str) -> RunFolder:
    """The run of that name, or in that folder; raises `Refused` where there is none."""
    known = {run.path.name: run for run in find_runs(places.runs())}
    if name in known:
        return known[name]
    folder = RunFolder(name)
    if folder.exists:
        return folder
    listed = sorted(known)
    more = ", ..." if len(listed) > NAMED else ""
    raise Refused("runs.unknown", name=name, known=", ".join(listed[:NAMED]) + more or "-")


def run_list(options: argparse.Namespace) -> int:
    found = summaries(places.runs())
    if options.json:
        print(json.dumps([asdict(each) for each in found], indent=2, ensure_ascii=False))
        return 0
    rows = [("RUN", "STATE", "IMAGES", "SPEED", "LEFT", "RECIPE", "TITLE")]
    for each in found:
        title = each.title if each.title != each.name else ""
        rows.append((each.name, each.state, _seen(each), _speed(each), _left(each), each.recipe or "-", title))
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return 0


def run_show(options: argparse.Namespace) -> int:
    run = find_run(options.name)
    if jobs.is_due(run):
        try:
            jobs.refresh(run)
        except Refused as refusal:  # what is known of it can be shown all the same
            print(f"ganstudio: {refusal}", file=sys.stderr)
    found, table = summary(run), curves(run)
    sentences = [say(each.key, **each.details) for each in alerts(run, table)]
    now = _now(table)
    if options.json:
        values = {**asdict(found), "alerts": sentences, "last": now}
        print(json.dumps(values, indent=2, ensure_ascii=False))
        return 0
    print(f"{found.title}: {found.state}")
    print(f"  folder: {run.path}")
    print(f"  recipe: {found.recipe or '-'}" + (f", {found.size} pixels" if found.size else ""))
    print(f"  images: {_seen(found)}" + (f", {_speed(found)}, {_left(found)} left" if found.speed else ""))
    if found.checkpoint is not None:
        print(f"  checkpoint: at {found.checkpoint} images")
    if found.memory:
        print(f"  memory: {found.memory / 2**30:.1f} GB")
    if found.message:
        print(f"  message: {found.message}")
    for text in sentences:
        print(f"  warning: {text}")
    for name, value in now.items():
        print(f"  {name}: {value:.4g}")
    for line in _last_lines(run, options.log):
        print(f"  | {line}")
    return 0


def run_stop(options: argparse.Namespace) -> int:
    found = [find_run(name) for name in options.names]  # all or none: one is misspelt
    for run in found:
        control.stop(run)
    while options.wait and any(state_of(run) in jobs.LIVE for run in found):
        time.sleep(LOOK)
        for run in (each for each in found if jobs.is_due(each)):
            jobs.refresh(run)
    return 0


def run_save(options: argparse.Namespace) -> int:
    local.save_now(find_run(options.name))
    return 0


def run_sample(options: argparse.Namespace) -> int:
    local.sample_now(find_run(options.name))
    return 0


def run_resume(options: argparse.Namespace) -> int:
    run = find_run(options.name)
    device = str(run.read_about().get("device") or "cpu")
    control.resume(run, options.on or ("cpu" if run.read_job() else device))
    print(f"ganstudio runs show {options.name}")
    return 0


def run_delete(options: argparse.Namespace) -> int:
    run = find_run(options.name)
    if not options.yes:
        if not sys.stdin.isatty():
            raise Refused("runs.sure", folder=run.path)
        for question in (f"Delete {run.path} with all its checkpoints?", "Really? It cannot be undone."):
            if input(f"{question} [y/N] ").strip().lower() not in ("y", "yes"):
                return 1
    control.delete(run)
    return 0


def run_recover(options: argparse.Namespace) -> int:
    names = [options.namespace] if options.namespace else []
    if not names:
        person = hub_remote.whoami()
        names = [person.name, *person.organisations]
    for name in names:
        for run in jobs.recover(name):
            print(run.path.name)
    return 0


def run_film(options: argparse.Namespace) -> int:
    from ganstudio.analysis.film import film

    run, file = find_run(options.name), Path(options.out)
    data = film(run.list_samples(), file.suffix.lower().removeprefix("."))
    try:
        file.write_bytes(data)
    except OSError as error:
        raise Refused("translate.output", folder=file.parent, reason=error.strerror) from error
    return 0


def run_compare(options: argparse.Namespace) -> int:
    tables = {name: curves(find_run(name)) for name in options.names}
    known = list(dict.fromkeys(term for table in tables.values() for term in table if term != "images"))
    if options.term is not None:
        if options.term not in known:
            raise Refused("runs.no_term", term=options.term, known=", ".join(known) or "-")
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(("run", "images", "value"))
        for name, table in tables.items():
            for images, value in zip(table["images"], table.get(options.term, []), strict=False):
                writer.writerow((name, f"{images:.0f}", "" if value is None else f"{value:.7g}"))
        return 0
    seen = [f"{table['images'][-1]:.0f}" if table.get("images") else "-" for table in tables.values()]
    rows = [("", *tables), ("images", *seen)]
    now = {name: _now(table) for name, table in tables.items()}
    rows += [(term, *(f"{now[name][term]:.4g}" if term in now[name] else "-" for name in tables)) for term in known]
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return 0


def run_export(options: argparse.Namespace) -> int:
    run = find_run(options.name)
    if options.to == "csv":
        sys.stdout.write(export.csv(run))
        return 0
    outcome = export.EXPORTERS[options.to](run)
    print(say(outcome.key, **outcome.details))
    return 0


def _now(table: Table) -> dict[str, float]:
    """The mean of the last points of every curve that has any."""
    found = {}
    for name, values in table.items():
        lately = [value for value in values[-max(1, round(LATELY * len(values))) :] if value is not None]
        if name != "images" and lately:
            found[name] = sum(lately) / len(lately)
    return found


def _last_lines(run: RunFolder, count: int) -> list[str]:
    if count < 1:
        return []
    try:
        with run.log_file.open(encoding="utf-8", errors="replace") as file:
            return [line.rstrip("\n") for line in deque(file, count)]
    except OSError:
        return []


def _seen(found: Summary) -> str:
    return f"{found.images}/{found.total}" if found.total else str(found.images)


def _speed(found: Summary) -> str:
    return f"{found.speed:.3g} images/s" if found.speed else "-"


def _left(found: Summary) -> str:
    if found.seconds_left is None:
        return "-"
    minutes = round(found.seconds_left / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 90 else f"{minutes} min"

"""ganstudio train: trains a recipe, or resumes a run."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganstudio.commands.tell import print_values
from ganstudio.words import Refused

if TYPE_CHECKING:
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


def add(verbs: Any, arguments: Sequence[str]) -> None:
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


def _resumes_as_it_is(arguments: Sequence[str]) -> bool:
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
    from ganstudio.training.checkpoint import NotFinite
    from ganstudio.training.loop import train

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
    from ganstudio.training.loop import rehearse

    try:
        print_values(rehearse(recipe, from_dict(recipe.config, config)), as_json)
    except Refused as refusal:
        if not as_json:
            raise
        details = {name: str(value) for name, value in refusal.details.items()}
        print(json.dumps({"refused": refusal.key, "details": details}))
        return 1
    return 0


def _given(options: argparse.Namespace, recipe: Recipe) -> dict[str, Any]:
    from ganstudio.config import FILES, FOLDERS, PATHS, fields

    values = {name: getattr(options, name) for name, *_ in fields(recipe.config) if hasattr(options, name)}
    for name in PATHS:  # a run is resumed from any working directory
        if values.get(name) and (name in FOLDERS + FILES or Path(values[name]).exists()):
            values[name] = str(Path(values[name]).resolve())
    return values

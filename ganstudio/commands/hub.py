"""python -m ganstudio pull, push, promote, export: what the models tab does, from a terminal."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ganstudio import places
from ganstudio.runs.folder import RunFolder
from ganstudio.words import Refused

MODEL_HELP = "a name under checkpoints/, a folder, or a Hub id[@revision]"


def add(verbs: Any, _arguments: Sequence[str]) -> None:
    _pull_parser(verbs)
    _push_parser(verbs)
    _promote_parser(verbs)
    _export_parser(verbs)


def _pull_parser(verbs: Any) -> None:
    parser = verbs.add_parser("pull", help="fetch a model from the Hugging Face Hub", allow_abbrev=False)
    parser.description = (
        "Fetch a model from the Hub into its cache, each file checked against its sha256. It is used by its id from "
        "then on, without a network too; with --name it is put among the models as well."
    )
    parser.add_argument(
        "model", metavar="OWNER/NAME[@REVISION]", help="a Hub id; a revision is a branch, tag or commit"
    )
    parser.add_argument("--name", help="put a copy among the models under this name")
    parser.add_argument("--overwrite", action="store_true", help="replace a model that has this name")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run_pull)


def run_pull(options: argparse.Namespace) -> int:
    from ganstudio.models.sharing import keep, pull

    folder = pull(options.model)
    told = {"model": options.model, "commit": folder.name, "folder": str(folder)}
    if options.name:
        told["kept"] = str(keep(folder, options.name, overwrite=options.overwrite))
    _tell(told, options.json)
    return 0


def _push_parser(verbs: Any) -> None:
    parser = verbs.add_parser("push", help="put a model onto the Hugging Face Hub", allow_abbrev=False)
    parser.description = (
        "Put a model onto the Hub in one commit: weights, card, samples, losses, and a manifest of sha256. As whoever "
        "is signed in: hf auth login, or HF_TOKEN."
    )
    parser.add_argument("model", metavar="MODEL", help="a name under checkpoints/, or a folder")
    parser.add_argument("repository", metavar="OWNER/NAME", help="the repository, made if absent")
    parser.add_argument("--public", action="store_true", help="make a new repository public (default: private)")
    parser.add_argument("--message", default="", help="of the commit")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run_push)


def run_push(options: argparse.Namespace) -> int:
    from ganstudio.models.hub import find
    from ganstudio.models.sharing import push
    from ganstudio.remote import check_name

    check_name(options.repository)  # before a model is looked for, perhaps on the Hub
    made = push(find(options.model), options.repository, private=not options.public, message=options.message)
    _tell({"repository": made.repository, "commit": made.commit, "url": made.url}, options.json)
    return 0


def _promote_parser(verbs: Any) -> None:
    parser = verbs.add_parser("promote", help="make a model of a run's checkpoint", allow_abbrev=False)
    parser.description = (
        "Put a checkpoint of a run among the models, with a card, samples and losses. The run stays as it is."
    )
    parser.add_argument("what", metavar="RUN", help="a name under runs/, or a run's folder")
    parser.add_argument("--name", required=True, help="name of the model")
    parser.add_argument(
        "--checkpoint",
        default="newest",
        help='newest (default), images seen such as 12000, or a milestone such as "50%%"',
    )
    parser.add_argument("--overwrite", action="store_true", help="replace a model that has this name")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run_promote)


def run_promote(options: argparse.Namespace) -> int:
    from ganstudio.models.sharing import promote

    run = RunFolder(options.what)
    if not run.exists and Path(options.what).name == options.what:
        run = RunFolder(places.runs() / options.what)
    folder = promote(run, options.name, options.checkpoint, overwrite=options.overwrite)
    _tell({"model": folder.name, "folder": str(folder)}, options.json)
    return 0


def _export_parser(verbs: Any) -> None:
    parser = verbs.add_parser("export", help="write a model's generators as ONNX", allow_abbrev=False)
    parser.description = (
        "Write each generator as an ONNX file, run it beside PyTorch on random pictures, and keep it only where no "
        "value differs by more than 0.002. Needs onnx, onnxruntime and onnxscript."
    )
    parser.add_argument("model", metavar="MODEL", help=MODEL_HELP)
    parser.add_argument("--out", required=True, type=Path, help="folder of the files, made if absent")
    parser.add_argument("--network", help="this generator alone, such as a_to_b (default: all)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run_export)


def run_export(options: argparse.Namespace) -> int:
    if options.out.is_file():
        raise Refused("translate.out_is_file", folder=options.out)
    from ganstudio.models.onnx import export

    for made in export(options.model, options.out, options.network):
        size = "any" if made.any_size else "the model's"
        _tell({"file": str(made.file), "pictures of size": size, "largest difference": made.difference}, options.json)
    return 0


def _tell(values: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(values))
        return
    for name, value in values.items():
        print(f"{name}: {value:.3g}" if isinstance(value, float) else f"{name}: {value}")

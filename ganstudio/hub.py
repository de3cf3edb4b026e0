"""A published model: a folder in the Hub's layout, written, found, and loaded with nothing trusted.

    config.json                 what to build: recipe, settings, networks, images seen
    <network>.safetensors       weights, one file a network; float16 but for those of ganstudio.peers
    README.md                   model card (with the Hub's front matter)
    samples.png                 sheet of samples
    losses.csv                  the curves of its training: images, then a column a term
    milestones/010/ ...         the model at 10 % of its training, say, likewise; config.json and weights alone

Weights are safetensors only, strictly matched to the network that config.json names; nothing is unpickled.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from ganstudio import hub_remote, lfs, places
from ganstudio.config import from_dict, to_dict
from ganstudio.recipes import RECIPES
from ganstudio.runs.folder import write_json
from ganstudio.text import Refused

FORMAT = 1
# Settings that name places on the trainer's machine: not published.
PATHS = ("data", "data_b", "labels", "hold_out", "start_from")
CHECKPOINTS = Path(__file__).resolve().parent.parent / "checkpoints"
MAX_WEIGHTS = 2 * 1024**3  # bytes of one weights file


def publish(
    folder: Path,
    recipe: str,
    config: Any,
    networks: Mapping[str, nn.Module],
    images: int,
    *,
    dtype: torch.dtype = torch.float16,
    card: str = "",
    losses: str = "",
    **facts: Any,
) -> None:
    """Writes a model in the Hub's layout, whole or not at all; keeps a README.md that is already there.

    `networks` are those to publish, `dtype` is their weights' in the files; `card` is a README.md for a model that
    has none, `losses` a losses.csv (see `Curves.csv`); `facts` are added to config.json (who trained it and
    how, say).
    """
    half = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}")
    half.mkdir(parents=True)
    try:
        for name, network in networks.items():
            save_weights(half / f"{name}.safetensors", network.state_dict(), dtype)
        write_json(
            half / "config.json",
            {
                "format": FORMAT,
                "recipe": recipe,
                "images": images,
                "networks": {name: f"{name}.safetensors" for name in networks},
                "config": {k: "" if k in PATHS else v for k, v in to_dict(config).items()},
                **facts,
            },
        )
        if (folder / "README.md").is_file():
            shutil.copy2(folder / "README.md", half)
        elif card:
            (half / "README.md").write_text(card, encoding="utf-8")
        if losses:
            (half / "losses.csv").write_text(losses, encoding="utf-8")
        if folder.exists():
            old = folder.with_name(f".{folder.name}.old")
            shutil.rmtree(old, ignore_errors=True)
            folder.rename(old)
            half.rename(folder)
            shutil.rmtree(old, ignore_errors=True)
        else:
            half.rename(folder)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def find(source: str | Path) -> Path:
    """The folder of a model: a name under checkpoints/, a folder (a run's, too), or a Hub id with a @revision.

    Raises `Refused` where there is none, or the Hub cannot be reached.
    """
    with suppress(OSError):  # a name too long for a file
        for named in (shelf / str(source) for shelf in shelves()):
            if "/" not in str(source) and "\\" not in str(source) and (named / "config.json").is_file():
                return named
        if (Path(source) / "config.json").is_file():
            published = Path(source) / "model"  # of a run's folder
            return published if (published / "config.json").is_file() else Path(source)
        if Path(source).is_dir():
            raise Refused("model.no_config", folder=source)
    repository, _, revision = str(source).partition("@")
    if repository.count("/") != 1 or repository.startswith((".", "/")):
        names = sorted({file.parent.name for place in shelves() for file in place.glob("[!.]*/config.json")})
        raise Refused("model.unknown", source=source, known=", ".join(names) or "-")
    return hub_remote.fetch(repository, revision or None)


def shelves() -> list[Path]:
    """The folders of published models: a person's own, where GANSTUDIO_HOME names one, and those that came with us."""
    own = places.models()
    return [CHECKPOINTS] if places.home() == places.PROJECT else [own, CHECKPOINTS]


def read(folder: Path) -> tuple[str, Any, dict[str, Any]]:
    """(recipe name, its checked settings, the whole config.json) of the model in `folder`; raises `Refused`."""
    file = folder / "config.json"
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        recipe, settings, written = values["recipe"], values["config"], values["format"]
        names = values["networks"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise Refused("model.damaged_config", file=file, reason=error) from error
    if written != FORMAT or recipe not in list(RECIPES):  # a list: what was read may not be hashable
        raise Refused("model.other_format", file=file, recipe=recipe, format=written)
    if not (isinstance(settings, dict) and isinstance(names, dict) and all(type(f) is str for f in names.values())):
        raise Refused("model.damaged_config", file=file, reason="config or networks is no table")
    exports = RECIPES[recipe].exports
    missing = [name for name in exports if name not in names]
    if missing and not (RECIPES[recipe].one_way and len(missing) < len(exports)):
        raise Refused("model.incomplete", file=file, recipe=recipe, networks=", ".join(missing))
    config: Any = from_dict(RECIPES[recipe].config, settings)
    if config.size % RECIPES[recipe].multiple(config):
        raise Refused("train.size", size=config.size, multiple=RECIPES[recipe].multiple(config))
    return recipe, config, values


def milestones(folder: Path) -> list[tuple[int, Path]]:
    """(per cent of the training, folder) of what is kept of the training of the model in `folder`, in order.

    They lie in it, and those of a run beside it. What cannot be read, lacks a file or is of another recipe is left out.
    """
    places = [folder / "milestones", *([folder.parent / "milestones"] if folder.name == "model" else [])]
    found: dict[int, Path] = {}
    for path in (path for place in places for path in place.glob("[0-9][0-9][0-9]")):
        with suppress(Refused):
            recipe, _, values = read(path)
            whole = all((path / file).is_file() for file in values["networks"].values())
            if whole and 0 < int(path.name) < 100 and recipe == read(folder)[0]:
                found.setdefault(int(path.name), path)
    return sorted(found.items())


def load_networks(folder: Path) -> tuple[dict[str, nn.Module], Any, dict[str, Any]]:
    """The published networks in eval mode and float32, their settings, and config.json; raises `Refused`."""
    recipe, config, values = read(folder)
    # Without the pool of pictures that training has: a stranger's settings could ask for 25 GB of it.
    config_of_use = replace(config, pool=0) if hasattr(config, "pool") else config
    with torch.device("meta"):  # shapes alone: those settings could ask for more networks than there is memory
        shapes = RECIPES[recipe].build(config_of_use)
    for network in shapes.values():
        if sum(tensor.numel() for tensor in network.state_dict().values()) * 4 > MAX_WEIGHTS:
            raise Refused("model.too_large", file=folder / "config.json")
    built = RECIPES[recipe].build(config_of_use)
    networks = {}
    for name, file in values["networks"].items():
        if name not in built or Path(file).name != file:
            raise Refused("model.other_format", file=folder / "config.json", recipe=recipe, format=name)
        load_weights(folder / file, built[name])
        networks[name] = built[name].eval().requires_grad_(False)
    return networks, config, values


def save_weights(file: Path, tensors: Mapping[str, Tensor], dtype: torch.dtype | None = None) -> None:
    """Tensors to safetensors; floating ones as `dtype` where one is given. Raises `OSError`."""
    kept = {}
    for name, tensor in tensors.items():
        tensor = tensor.detach().cpu()
        if dtype is not None and tensor.is_floating_point():
            tensor = tensor.to(dtype)
        kept[name] = tensor.contiguous().clone()
    try:
        save_file(kept, file)
    except SafetensorError as error:  # how the library reports a full disk
        raise OSError(str(error)) from error
    file.chmod(0o644)  # the library makes it readable to its owner alone


def read_weights(file: Path, limit: int | None = None) -> dict[str, Tensor]:
    """All tensors of a safetensors file of at most `limit` bytes (None: MAX_WEIGHTS); raises `Refused` for anything
    else, judged by content."""
    try:
        if file.stat().st_size > (limit or MAX_WEIGHTS):
            raise Refused("model.too_large", file=file)
        with file.open("rb") as opened:
            if lfs.is_pointer(opened.read(lfs.HEAD)):
                raise Refused("file.pointer", file=file)
        with safe_open(file, framework="pt") as opened:
            return {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118  (not a dict)
    except (SafetensorError, OSError, ValueError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused("model.no_safetensors", file=file, reason=error) from error


def load_weights(file: Path, network: nn.Module, fresh: bool = False) -> list[str]:
    """Weights from a safetensors file into `network`, cast to its dtype; raises `Refused` listing differences.

    With `fresh`, what the file lacks keeps its initial weights; the names of those are returned.
    """
    found, wanted = read_weights(file), network.state_dict()
    missing = [name for name in wanted if name not in found]
    differences = [] if fresh else [f"-{name}" for name in missing]
    differences += [f"+{name}" for name in found if name not in wanted]
    differences += [
        f"{name} {tuple(found[name].shape)} for {tuple(tensor.shape)}"
        for name, tensor in wanted.items()
        if name in found and found[name].shape != tensor.shape
    ]
    if differences:
        listed = ", ".join(differences[:5]) + (" ..." if len(differences) > 5 else "")
        raise Refused("model.mismatch", file=file, differences=listed)
    if not all(torch.isfinite(tensor).all() for tensor in found.values()):
        raise Refused("model.not_finite", file=file)
    network.load_state_dict(found, strict=not fresh)
    return missing

"""A published model: a folder in the Hub's layout, written, found, and loaded with nothing trusted.

    config.json                 what to build: recipe, settings, networks, images seen
    <network>.safetensors       weights, one file a network; float16 but for those of ganstudio.models.peers
    README.md                   model card (with the Hub's front matter)
    samples.png                 sheet of samples
    losses.csv                  the curves of its training: images, then a column a term
    milestones/010/ ...         the model at 10 % of its training, say, likewise; config.json and weights alone

Weights are safetensors only, strictly matched to the network that config.json names; nothing is unpickled.
"""

from __future__ import annotations

import math
import os
import reprlib
import shutil
import stat
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from ganstudio import lfs, places
from ganstudio import remote as hub_remote
from ganstudio.config import PATHS, from_dict, load_json, to_dict
from ganstudio.recipes import RECIPES
from ganstudio.runs.folder import put_in_place, write_json
from ganstudio.words import Refused

FORMAT = 1
MAX_WEIGHTS = 2 * 1024**3  # bytes of one weights file
MAX_NETWORKS = 2 * MAX_WEIGHTS  # bytes of all networks of a model, in float32
MAX_FILE_NAME = 255  # bytes

Shapes = Mapping[str, tuple[int, ...]]  # of tensors, by name


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
        old = put_in_place(half, folder)
        if old is not None:
            shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def find(source: str | Path) -> Path:
    """The folder of a model: a name under checkpoints/, a folder (a run's, too), or a Hub id with a @revision.

    Raises `Refused` where there is none, or the Hub cannot be reached.
    """
    with suppress(OSError):  # a name too long for a file
        for named in (shelf / str(source) for shelf in places.shelves()):
            if "/" not in str(source) and "\\" not in str(source) and (named / "config.json").is_file():
                return named
        if (Path(source) / "config.json").is_file():
            published = Path(source) / "model"  # of a run's folder
            return published if (published / "config.json").is_file() else Path(source)
        if Path(source).is_dir():
            raise Refused("model.no_config", folder=source)
    repository, _, revision = str(source).partition("@")
    if repository.count("/") != 1 or repository.startswith((".", "/")):
        raise Refused("model.unknown", source=source, known=", ".join(places.published()) or "-")
    return hub_remote.fetch(repository, revision or None, look=look)


def read(folder: Path) -> tuple[str, Any, dict[str, Any]]:
    """(recipe name, its checked settings, the whole config.json) of the model in `folder`.

    Raises `Refused`, and nothing else, whatever that file holds or is.
    """
    file = folder / "config.json"
    try:
        values = load_json(file)
        recipe, settings, written = values["recipe"], values["config"], values["format"]
        names = values["networks"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise Refused("model.damaged_config", file=file, reason=_short(error)) from error
    if written != FORMAT or recipe not in list(RECIPES):  # a list: what was read may not be hashable
        raise Refused("model.other_format", file=file, recipe=_short(recipe), format=_short(written))
    if not (isinstance(settings, dict) and isinstance(names, dict) and all(type(f) is str for f in names.values())):
        raise Refused("model.damaged_config", file=file, reason="config or networks is no table")
    known = [network for player in RECIPES[recipe].players.values() for network in player]
    for name, weights in names.items():
        plain = Path(weights).name == weights and "\0" not in weights and len(os.fsencode(weights)) <= MAX_FILE_NAME
        if name not in known or not plain:
            raise Refused("model.other_format", file=file, recipe=recipe, format=_short(name if plain else weights))
    exports = RECIPES[recipe].exports
    missing = [name for name in exports if name not in names]
    if missing and not (RECIPES[recipe].one_way and len(missing) < len(exports)):
        raise Refused("model.incomplete", file=file, recipe=recipe, networks=", ".join(missing))
    config: Any = from_dict(RECIPES[recipe].config, settings)
    if config.size % RECIPES[recipe].multiple(config):
        raise Refused("train.size", size=config.size, multiple=RECIPES[recipe].multiple(config))
    return recipe, config, values


def _short(value: object) -> str:
    """A stranger's value within a sentence."""
    return (str(value) if isinstance(value, str | Exception) else reprlib.repr(value))[:200]


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


def look(folder: Path, whole: bool = True) -> None:
    """Raises `Refused` where the folder holds no model that `load_networks` would take, as far as its config.json and
    the headers of its weights tell; nothing of the size that they claim is made. `whole`: the weights have arrived."""
    _described(folder, whole)


def load_networks(folder: Path) -> tuple[dict[str, nn.Module], Any, dict[str, Any]]:
    """The published networks in eval mode and float32, their settings, and config.json; raises `Refused`.

    Takes no more memory than the weights in its files need.
    """
    networks, config, values = _described(folder)
    for name, network in networks.items():
        load_weights(folder / values["networks"][name], network, assign=True)
        network.eval().requires_grad_(False)
    return networks, config, values


def _described(folder: Path, whole: bool = True) -> tuple[dict[str, nn.Module], Any, dict[str, Any]]:
    """As `load_networks`, but the networks have shapes alone, which fit those in the files' headers."""
    recipe, config, values = read(folder)
    # Without the pool of pictures that training has: a stranger's settings could ask for 25 GB of it.
    config_of_use = replace(config, pool=0) if hasattr(config, "pool") else config
    with torch.device("meta"):
        described = RECIPES[recipe].build(config_of_use)
    # Of what the settings describe, what the folder has: critics that nobody published are never made.
    networks = {name: described[name] for name in values["networks"] if name in described}
    if len(networks) < len(values["networks"]):
        raise Refused(
            "model.other_format",
            file=folder / "config.json",
            recipe=recipe,
            format=", ".join(sorted(values["networks"].keys() - networks.keys())),
        )
    sizes = {name: _numbers(shapes_of(network)) * 4 for name, network in networks.items()}
    if max(sizes.values()) > MAX_WEIGHTS or sum(sizes.values()) > MAX_NETWORKS:
        raise Refused("model.too_large", file=folder / "config.json")
    for name, network in networks.items() if whole else ():
        file = folder / values["networks"][name]
        check_shapes(file, read_shapes(file), shapes_of(network))
    return networks, config, values


def shapes_of(network: nn.Module) -> dict[str, tuple[int, ...]]:
    """Of a network's state dict; it may be on the meta device, where it has shapes alone."""
    return {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}


def _numbers(shapes: Shapes) -> int:
    return sum(math.prod(shape) for shape in shapes.values())


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


def read_shapes(file: Path) -> dict[str, tuple[int, ...]]:
    """Shapes by name out of the header of a safetensors file of at most MAX_WEIGHTS bytes; raises `Refused`."""
    with _opened(file, MAX_WEIGHTS) as opened:
        return {name: tuple(opened.get_slice(name).get_shape()) for name in opened.keys()}  # noqa: SIM118  (not a dict)


def read_weights(file: Path, limit: int | None = None) -> dict[str, Tensor]:
    """All tensors of a safetensors file of at most `limit` bytes (None: MAX_WEIGHTS); raises `Refused` for anything
    else, judged by content."""
    with _opened(file, limit or MAX_WEIGHTS) as opened:
        return {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118  (not a dict)


@contextmanager
def _opened(file: Path, limit: int) -> Iterator[Any]:
    try:
        found = file.stat()
        if not stat.S_ISREG(found.st_mode):  # opening a pipe would wait for ever
            raise ValueError("no file")
        if found.st_size > limit:
            raise Refused("model.too_large", file=file)
        with file.open("rb") as opened:
            if lfs.is_pointer(opened.read(lfs.HEAD)):
                raise Refused("file.pointer", file=file)
        with safe_open(file, framework="pt") as opened:
            yield opened
    except (SafetensorError, OSError, ValueError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused("model.no_safetensors", file=file, reason=_short(error)) from error


def check_shapes(file: Path, found: Shapes, wanted: Shapes, fresh: bool = False) -> list[str]:
    """Raises `Refused`, listing the differences, where a file's tensors are not those of a network.

    Returns the names that are missing, which with `fresh` is no difference.
    """
    missing = [name for name in wanted if name not in found]
    differences = [] if fresh else [f"-{name}" for name in missing]
    differences += [f"+{name}" for name in found if name not in wanted]
    differences += [
        f"{name} {found[name]} for {shape}" for name, shape in wanted.items() if found.get(name, shape) != shape
    ]
    if differences:
        listed = ", ".join(_short(each) for each in differences[:5]) + (" ..." if len(differences) > 5 else "")
        raise Refused("model.mismatch", file=file, differences=listed)
    return missing


def load_weights(file: Path, network: nn.Module, fresh: bool = False, assign: bool = False) -> list[str]:
    """Weights from a safetensors file into `network`, cast to its dtype; raises `Refused` listing differences.

    With `fresh`, what the file lacks keeps its initial weights; the names of those are returned. With `assign`, the
    network, on the meta device until now, takes the tensors themselves.
    """
    missing = check_shapes(file, read_shapes(file), shapes_of(network), fresh)
    found = read_weights(file)
    if not all(torch.isfinite(tensor).all() for tensor in found.values()):
        raise Refused("model.not_finite", file=file)
    if assign:
        wanted = network.state_dict()
        found = {name: tensor.to(wanted[name].dtype) for name, tensor in found.items()}
    network.load_state_dict(found, strict=not fresh, assign=assign)
    return missing

"""Models on their way: out of a run under a name, onto the Hub, and back from it.

Whatever arrives or leaves is judged by its content: a folder is a model when its networks can be built and loaded,
strictly, from safetensors alone. What is put under a name is written beside it and renamed, whole or not at all.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ganstudio import __version__, images, places
from ganstudio import remote as hub_remote
from ganstudio.config import PATHS, fields, from_dict
from ganstudio.models import hub
from ganstudio.recipes import RECIPES
from ganstudio.remote import FILE, Pushed, Watch
from ganstudio.runs.curves import Curves
from ganstudio.runs.folder import Damaged, RunFolder, read_table, verify_checkpoint
from ganstudio.words import Refused

NEWEST = "newest"
MAX_CARD = 2**20  # bytes of a README.md
MAX_SEEN = 10**15  # images seen in training: more is no such number, and too much for a page's
MAX_LOSSES = 4 * 2**20  # bytes of a losses.csv
SECRET = re.compile(r"\b(hf|api_org)_[A-Za-z0-9]{20,}")  # what the Hub's tokens look like


@dataclass(frozen=True)
class Choice:
    """Something of a run that can be promoted."""

    checkpoint: str  # as `promote` takes it: "newest", images seen ("12000"), or per cent ("50%")
    images: int  # seen


@dataclass(frozen=True)
class Described:
    """What a model's folder says of itself; no weights are read."""

    recipe: str
    images: int  # seen in training
    size: int  # side of its pictures, in pixels
    networks: tuple[str, ...]
    licence: str  # as its card names it; "" where it does not
    bytes: int  # of its files


# --- out of a run -----------------------------------------------------------------------------------------


def choices(run: RunFolder) -> list[Choice]:
    """What of `run` can be promoted, the newest first; nothing before its first checkpoint."""
    found = []
    with suppress(Refused):
        found.append(Choice(NEWEST, _seen(run.model)))
    for folder in reversed(run.list_checkpoints()):
        number = folder.name.removeprefix("step-")
        if number.isdecimal() and (not found or int(number) != found[0].images):
            found.append(Choice(str(int(number)), int(number)))
    if run.has_model:
        for percent, folder in reversed(hub.milestones(run.model)):
            found.append(Choice(f"{percent}%", _seen(folder)))
    return found


def promote(
    run: RunFolder,
    name: str,
    checkpoint: str = NEWEST,
    *,
    overwrite: bool = False,
    folder: Path | None = None,
) -> Path:
    """Puts a checkpoint of `run` under a name among the models, with its card, samples and losses; returns its folder.

    `checkpoint` is one of `choices`; `folder` holds the models (None: `places.models`). Raises `Refused` where there
    is no such checkpoint, it is damaged, or the name is taken and `overwrite` is not set.
    """
    wanted = places.slug(name)
    recipe, values = run.read_config()
    found = next((each for each in choices(run) if each.checkpoint == checkpoint), None)
    if found is None:
        known = ", ".join(each.checkpoint for each in choices(run)) or "-"
        raise Refused("promote.no_checkpoint", run=run.path.name, checkpoint=checkpoint, known=known)
    with _placed((folder or places.models()) / wanted, overwrite) as half:
        if checkpoint == NEWEST:
            _copy_model(run.model, half)
        elif checkpoint.endswith("%"):
            _copy_model(dict(hub.milestones(run.model))[int(checkpoint[:-1])], half)
        else:
            _publish_checkpoint(run, recipe, values, found.images, half)
        for percent, earlier in hub.milestones(run.model) if run.has_model else ():
            if _seen(earlier) < found.images:
                _copy_model(earlier, half / "milestones" / f"{percent:03d}")
        sheets = [file for seen, file in run.list_samples() if seen <= found.images] or [
            file for _, file in run.list_samples()[:1]
        ]
        if sheets:
            shutil.copyfile(sheets[-1], half / "samples.png")
        curves = Curves(run)
        curves.update()
        if losses := curves.csv():
            (half / "losses.csv").write_text(losses, encoding="utf-8")
        (half / "README.md").write_text(card(run, half, wanted), encoding="utf-8")
    return (folder or places.models()) / wanted


def keep(model: Path, name: str, *, overwrite: bool = False, folder: Path | None = None) -> Path:
    """Puts a copy of a model's folder, from the Hub's cache say, under a name among the models; returns its folder."""
    wanted = places.slug(name)
    with _placed((folder or places.models()) / wanted, overwrite) as half:
        for path in sorted(model.rglob("*")):
            place = path.relative_to(model).as_posix()
            if path.is_file() and FILE.fullmatch(place):
                (half / place).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, half / place)
    return (folder or places.models()) / wanted


@contextmanager
def _placed(final: Path, overwrite: bool) -> Iterator[Path]:
    """A folder to write a model into; it gets its place once its networks have been loaded, or vanishes."""
    if final.exists() and not overwrite:
        raise Refused("promote.exists", name=final.name)
    half = final.with_name(f".{final.name}.{uuid.uuid4().hex[:8]}")
    old = final.with_name(f".{final.name}.{uuid.uuid4().hex[:8]}")
    try:
        half.mkdir(parents=True)
        yield half
        hub.load_networks(half)
        if overwrite and final.exists():
            final.rename(old)
        try:
            half.rename(final)  # onto a folder that another has made meanwhile it fails
        except OSError as error:
            if old.exists():
                old.rename(final)
            if final.exists():
                raise Refused("promote.exists", name=final.name) from error
            raise
    except OSError as error:
        raise Refused("promote.unwritable", folder=final.parent, reason=error.strerror or error) from error
    finally:
        for each in (half, old):
            shutil.rmtree(each, ignore_errors=True)


def _copy_model(source: Path, target: Path) -> None:
    """config.json and the weights that it names, of one moment, even while a training replaces them."""
    target.mkdir(parents=True, exist_ok=True)
    for _ in range(3):
        values = hub.read(source)[2]
        before = (source / "config.json").read_bytes()
        with suppress(FileNotFoundError):  # replaced in this very moment
            for name in ("config.json", *values["networks"].values()):
                if Path(name).name != name:
                    raise Refused(
                        "model.other_format", file=source / "config.json", recipe=values["recipe"], format=name
                    )
                shutil.copyfile(source / name, target / name)
            if (source / "config.json").read_bytes() == before:
                return
    raise Refused("promote.busy", folder=source)


def _publish_checkpoint(run: RunFolder, recipe: str, values: Mapping[str, Any], seen: int, half: Path) -> None:
    """A model of what a checkpoint holds: the averages of what the recipe exports, and its witnesses as trained."""
    if recipe not in RECIPES:
        raise Refused("run.recipe", recipe=recipe, known=", ".join(RECIPES))
    folder = run.checkpoints / f"step-{seen:09d}"
    try:
        verify_checkpoint(folder)
    except Damaged as error:
        raise Refused("run.all_damaged", folder=run.path, reasons=str(error)) from error
    config: Any = from_dict(RECIPES[recipe].config, values)
    networks = RECIPES[recipe].build(replace(config, pool=0) if "pool" in values else config)
    shown = {}
    for file, names in (("averages", RECIPES[recipe].exports), ("networks", RECIPES[recipe].witnesses)):
        tensors = hub.read_weights(folder / f"{file}.safetensors")
        for name in names:
            own = {k.removeprefix(f"{name}."): v for k, v in tensors.items() if k.startswith(f"{name}.")}
            try:
                networks[name].load_state_dict(own)
            except RuntimeError as error:
                raise Refused("run.other_networks", reason=error) from error
            shown[name] = networks[name]
    hub.publish(half, recipe, config, shown, seen)


# --- the card ---------------------------------------------------------------------------------------------


def card(run: RunFolder, model: Path, name: str) -> str:
    """README.md of a model made of `run`: what it is, on what and how it was trained, and its figures.

    Figures come from evaluation.json in the run's folder, as `evaluate --json` prints them, where there is one."""
    recipe, config, values = hub.read(model)
    about = run.read_about()
    data = str(about.get("data") or Path(str(run.read_config()[1].get("data") or "-")).name)
    usual = {name: default for name, _, default, _ in fields(type(config))}
    changed = {key: value for key, value in values["config"].items() if key not in PATHS and usual.get(key) != value}
    kind = RECIPES[recipe].pipeline_tag
    lines = [
        "---",
        "license: unknown",
        f"pipeline_tag: {kind}",
        "library_name: ganstudio",
        "tags:",
        f"  - {recipe}",
        "  - gan",
        f"  - {kind}",
        "---",
        "",
        f"# {name}",
        "",
        f"A {RECIPES[recipe].paper}, trained with ganstudio {__version__} at {config.size} pixels.",
        "",
    ]
    if (model / "samples.png").is_file():
        lines += ["![Samples](samples.png)", ""]
    use = f"python -m ganstudio translate --model {name} PICTURE.png --out DIR"
    if not RECIPES[recipe].translates:
        use = f"python -m ganstudio cam --model {name} PICTURE.png --out DIR"
    lines += ["```", use, "```", "", "## Data", "", f"{_plain(data)}. Its licence counts for this model as well.", ""]
    seen, planned = _seen(model), config.images
    lines += ["## Training", "", f"{seen:,} images seen of {planned:,} planned. Settings other than the defaults:", ""]
    lines += ["| setting | value |", "|---|---|"]
    lines += [f"| {key} | {_plain(value)} |" for key, value in changed.items()] or ["| - | - |"]
    figures = dict(_flat(read_table(run.path / "evaluation.json")))
    if figures:
        lines += ["", "## Metrics", "", "| figure | value |", "|---|---|"]
        lines += [f"| {_plain(key)} | {value:.4g} |" for key, value in figures.items()]
    return "\n".join(lines) + "\n"


def _plain(value: object) -> str:
    """Text that means nothing else in Markdown, on one line."""
    text = " ".join(str(value).split())[:200]
    return re.sub(r"([\\`*_\[\]<>|#!~])", r"\\\1", text)


def _flat(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, float]]:
    """The numbers in nested tables, by their names joined."""
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{key}, ")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield before + str(key), value


def _seen(model: Path) -> int:
    """Images seen in training, 0 where its config.json does not tell; raises `Refused` where that cannot be read."""
    seen = hub.read(model)[2].get("images")
    return seen if isinstance(seen, int) and not isinstance(seen, bool) and 0 <= seen <= MAX_SEEN else 0


def describe(folder: Path) -> Described:
    """What the model in `folder` is; raises `Refused` where its config.json cannot be used."""
    recipe, config, values = hub.read(folder)
    front = re.match(r"---\n(.*?)\n---", read_card(folder), re.DOTALL)
    named = re.search(r"^license:\s*([\w.-]{1,60})\s*$", front[1], re.MULTILINE) if front else None
    size = 0
    for place, _, files in os.walk(folder):
        for file in files:
            with suppress(OSError):  # a link that leads nowhere
                size += os.stat(os.path.join(place, file)).st_size
    return Described(recipe, _seen(folder), config.size, tuple(values["networks"]), named[1] if named else "", size)


def read_card(folder: Path) -> str:
    """A model's README.md, at most MAX_CARD bytes of it; "" where there is none that can be read."""
    file = folder / "README.md"
    with suppress(OSError):
        if file.is_file():  # opening a pipe would wait for ever
            with file.open("rb") as opened:
                return opened.read(MAX_CARD).decode("utf-8", "replace")
    return ""


# --- the Hub ----------------------------------------------------------------------------------------------


def pull(source: str, token: str | None = None, watch: Watch | None = None) -> Path:
    """Fetches a model, OWNER/NAME with an optional @revision, into the Hub's cache; returns its folder there.

    Raises `Refused` with a sentence for whatever hinders it, and for what is no model of ours, judged by content: that
    is not kept.
    """
    repository, _, revision = source.strip().partition("@")
    folder = hub_remote.fetch(repository, revision or None, token, watch, _loadable)
    hub.load_networks(folder)  # for one that was in the cache before
    return folder


def _loadable(folder: Path, whole: bool) -> None:
    if whole:
        hub.load_networks(folder)
    else:
        hub.look(folder, whole=False)


def push(
    model: Path,
    repository: str,
    *,
    private: bool = True,
    message: str = "",
    token: str | None = None,
    watch: Watch | None = None,
) -> Pushed:
    """Puts the model in `model` (a folder as `hub.publish` makes it) onto the Hub in one commit.

    With it goes manifest.json, the sha256 of each file; weights that are there from before and no longer belong to it
    go away in the same commit. Nothing on this machine is changed. Raises `Refused`.
    """
    hub_remote.check_name(repository)
    files = checked_files(model, repository.rpartition("/")[2])
    files[hub_remote.MANIFEST] = hub_remote.manifest(files)
    return hub_remote.commit(
        repository,
        files,
        message.strip()[:200] or f"ganstudio: {model.name}, {_seen(model)} images",
        token=token,
        private=private,
        delete=lambda names: [name for name in names if FILE.fullmatch(name)],
        watch=watch,
    )


def checked_files(model: Path, name: str) -> dict[str, Path | bytes]:
    """The files of a model that go to the Hub, by their path there; raises `Refused` for what is no model by content.

    A card without front matter gets one; `name` heads the card of a model that has none.
    """
    values = hub.load_networks(model)[2]
    files: dict[str, Path | bytes] = {"config.json": model / "config.json"}
    files |= {file: model / file for file in values["networks"].values()}
    for percent, folder in hub.milestones(model):
        if folder.parent.parent == model:
            hub.load_networks(folder)
            for file in ("config.json", *hub.read(folder)[2]["networks"].values()):
                files[f"milestones/{percent:03d}/{file}"] = folder / file
    if (model / "samples.png").is_file():
        images.decode(model / "samples.png")
        files["samples.png"] = model / "samples.png"
    losses = model / "losses.csv"
    if losses.is_file() and losses.stat().st_size <= MAX_LOSSES and losses.read_bytes().startswith(b"images,"):
        files["losses.csv"] = losses
    files["README.md"] = _checked_card(model, name, values["recipe"])
    for place, source in files.items():
        if not place.endswith((".safetensors", ".png")):
            text = source if isinstance(source, bytes) else source.read_bytes()
            if SECRET.search(text.decode("utf-8", "replace")):
                raise Refused("hub.secret", file=place)
    return files


def _checked_card(model: Path, name: str, recipe: str) -> bytes:
    file = model / "README.md"
    text = f"# {name}\n"
    if file.is_file():
        if file.stat().st_size > MAX_CARD:
            raise Refused("hub.card_too_large", limit=MAX_CARD // 2**20)
        text = file.read_text(encoding="utf-8", errors="replace")
    if not text.startswith("---\n"):
        kind = RECIPES[recipe].pipeline_tag
        tags = json.dumps([recipe, "gan", kind])
        text = f"---\nlicense: unknown\npipeline_tag: {kind}\nlibrary_name: ganstudio\ntags: {tags}\n---\n\n{text}"
    return text.encode()

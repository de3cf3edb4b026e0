"""A run's newest checkpoint, its metrics, status and samples, pushed to a model repository of the Hub as it trains.

    config.json, <network>.safetensors, manifest.json ...   the model, as any other on the Hub: `pull` takes it
    run/status.json, metrics.jsonl, log.txt, samples/ ...    what the Runs tab shows
    run/checkpoints/step-NNNNNNNNN/                          the newest, to resume from

All of it goes in one commit, from a thread of its own: the training waits for none of it and survives all of it. Where
the Hub fails it is tried again; where the training is faster than the line, the newest checkpoint wins.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from contextlib import suppress
from pathlib import Path

from ganstudio import remote as hub_remote
from ganstudio.config import PATHS
from ganstudio.remote import FILE, MANIFEST
from ganstudio.runs.folder import RunFolder, put_in_place
from ganstudio.words import Refused

RETRY = 15.0  # seconds before a push is tried again, doubled each time
LONGEST = 900.0  # seconds between tries, at most
CLOSING = 600.0  # seconds that the end of a training waits for its last push
# Settings that differ from machine to machine, or may be changed in a run that goes on.
VARIABLE = (
    *(*PATHS, "workers", "precision", "images"),
    *("checkpoint_every", "sample_every", "report_every", "milestones", "samples"),
)
# Of a run's folder, what goes along beside checkpoints and the model.
FILES = ("config.json", "about.json", "status.json", "metrics.jsonl", "curves.json", "log.txt")


class Mirror:
    """Pushes `run` to `repository`; `token` is for others than whoever is signed in. Nothing in it raises.

    Of several processes that train together (torchrun) the first alone pushes.
    """

    def __init__(self, run: RunFolder, repository: str, token: str | None = None) -> None:
        self.run, self.repository = run, repository
        self.pushed = -1  # images seen by the newest checkpoint that has landed
        self._token = token
        self._images = -1
        for stale in run.path.glob(".push-*"):  # of a process that was killed
            shutil.rmtree(stale, ignore_errors=True)
        self._new = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True, name="mirror")
        if _is_first():
            self._thread.start()

    def saved(self, images: int) -> None:
        """Says that there is a checkpoint after `images` seen; returns at once."""
        self._images = images
        self._new.set()

    def close(self) -> None:
        """Pushes how the run ended, and waits for that, but not for ever. For when status.json has its last word."""
        self._closing.set()
        self._new.set()
        if _is_first():
            self._thread.join(CLOSING)

    def _work(self) -> None:
        while True:
            self._new.wait()
            closing = self._closing.is_set()
            self._new.clear()
            if self._push_until_done(closing) and closing:
                return

    def _push_until_done(self, closing: bool) -> bool:
        """Whether a push has landed, or the time for it is over; False where there is something newer to push."""
        wait, begun = RETRY, time.monotonic()
        while True:
            images = self._images
            try:
                push(self.run, self.repository, self._token, f"{max(images, 0)} images")
                self.pushed = images
                return True
            except Exception as error:  # whatever it is, the training goes on
                with suppress(OSError):
                    self.run.log(f"not pushed to {self.repository}: {error}")
            if closing and time.monotonic() - begun + wait > CLOSING:
                return True
            if self._new.wait(wait):
                return False
            wait = min(2 * wait, LONGEST)


def push(run: RunFolder, repository: str, token: str | None = None, message: str = "run") -> None:
    """Puts the run as it is now onto the Hub in one commit; older checkpoints there go in the same. Raises `Refused`,
    and `OSError` where the run's folder cannot be read."""
    stage = run.path / f".push-{os.getpid()}-{threading.get_ident()}"
    try:
        files = _staged(run, stage)

        def outdated(names: list[str]) -> list[str]:
            ours = [name for name in names if FILE.fullmatch(name) or name.startswith("run/checkpoints/")]
            return [name for name in ours if name not in files]

        hub_remote.commit(repository, files, message, token=token, delete=outdated)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def restore(run: RunFolder, repository: str, token: str | None = None) -> bool:
    """Takes up a run where it was last pushed: its newest checkpoint, metrics and samples, if it has none of its own.

    Returns whether there was anything to take up; its settings stay those that lie in the folder already. Raises
    `Refused` where the Hub cannot be asked, rather than begin anew what has been trained for hours.
    """
    if run.list_checkpoints() or not _is_first():
        return False
    stage = run.path / ".restored"
    shutil.rmtree(stage, ignore_errors=True)
    try:
        hub_remote.fetch_files(
            repository, stage, lambda name, size: name.startswith("run/") or bool(FILE.fullmatch(name)), token=token
        )
        if not any((stage / "run" / "checkpoints").glob("step-*/manifest.json")):
            return False
        if _networks(RunFolder(stage / "run")) != _networks(run):
            raise Refused("run.pushed_other", repository=repository)
        take_over(run, stage, leave=("config.json", "status.json"))
    except Refused as refusal:
        if refusal.key != "model.hub_absent":
            raise
        return False  # the first push will make it
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return True


def _networks(run: RunFolder) -> tuple[str, dict[str, object]]:
    """The recipe, and the settings that its networks depend on: all but places, lengths and intervals."""
    recipe, config = run.read_config()
    return recipe, {name: value for name, value in config.items() if name not in VARIABLE}


def take_over(run: RunFolder, stage: Path, leave: tuple[str, ...] = ()) -> None:
    """Moves what was fetched into `stage` to its place in the run's folder, but for the files to `leave` there."""
    for path in sorted((stage / "run").rglob("*")):
        place = path.relative_to(stage / "run")
        if path.is_file() and place.as_posix() not in leave:
            (run.path / place).parent.mkdir(parents=True, exist_ok=True)
            path.replace(run.path / place)
    if (stage / "config.json").is_file():
        half = run.path / f".{run.model.name}.{os.getpid()}"
        half.mkdir(exist_ok=True)
        for path in (each for each in stage.iterdir() if each.is_file() and each.name != MANIFEST):
            path.replace(half / path.name)
        if (old := put_in_place(half, run.model)) is not None:
            shutil.rmtree(old, ignore_errors=True)


def _staged(run: RunFolder, stage: Path) -> dict[str, Path | bytes]:
    """The files to push, by their path in the repository: a picture of one moment, as links and copies in `stage`.

    Checkpoints, samples and the model's files are never changed once they are there, only replaced and removed, so
    links of them are enough; what grows is copied.
    """
    files: dict[str, Path | bytes] = {}
    for name in FILES:
        with suppress(FileNotFoundError):
            files[f"run/{name}"] = (run.path / name).read_bytes()
    checkpoints = run.list_checkpoints()
    folders = {"run/samples": run.path / "samples", "run/milestones": run.path / "milestones"}
    if checkpoints:
        folders[f"run/checkpoints/{checkpoints[-1].name}"] = checkpoints[-1]
    for place, folder in folders.items():
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
                there = f"{place}/{path.relative_to(folder).as_posix()}"
                files[there] = _linked(path, stage / there)
    model: dict[str, Path | bytes] = {}
    if run.has_model:
        for path in sorted(run.model.iterdir()):
            if path.is_file() and FILE.fullmatch(path.name):
                model[path.name] = _linked(path, stage / path.name)
        if samples := run.list_samples():
            model["samples.png"] = _linked(samples[-1][1], stage / "samples.png")
        model.setdefault("README.md", _card(run))
        model[MANIFEST] = hub_remote.manifest(model)
    return files | model


def _is_first() -> bool:
    return os.environ.get("RANK", "0") == "0"


def _linked(source: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # a file system without links
        shutil.copyfile(source, target)
    return target


def _card(run: RunFolder) -> bytes:
    recipe = run.read_config()[0]
    front = f"---\nlicense: unknown\nlibrary_name: ganstudio\ntags: [{recipe}, gan]\n---\n"
    return (
        f"{front}\n# A {recipe} in training\n\nPushed by ganstudio as it trains; run/ holds how far it is.\n".encode()
    )

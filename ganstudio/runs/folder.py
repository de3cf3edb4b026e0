"""A run's folder: the one module that knows the names of its files.

    config.json      recipe and every setting
    about.json       what a person calls it, when it was made, on which device, from which data set
    job.json         of a remote run: which job it is, and what it may cost
    status.json      state, images seen, speed, time left, process; replaced atomically
    metrics.jsonl    one line a report; a value that is not finite is null and named in "nonfinite"
    curves.json      the same, thinned, and how much of metrics.jsonl is in it
    log.txt          what the trainer says
    output.txt       what its process prints besides: errors of libraries
    samples/         NNNNNNNNN.png by images seen: the same probe pictures through time; .json: how they look
    checkpoints/     step-NNNNNNNNN/ by images seen, each with a manifest of sha256
    model/           the published form of the newest checkpoint
    milestones/      PPP by per cent of the training: its model then, to compare with
    STOP             when it appears, the trainer saves and ends
    SAVE, SAMPLE     when one appears, the trainer makes a checkpoint or a sample sheet, removes it, and goes on
    lock             held by the process that trains

Standard library and filelock only, no torch: the app and the command line read runs without loading it.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from ganstudio.words import Refused

SCHEMA = 1  # of checkpoints; a reader refuses another
KEEP = 2  # checkpoints kept, the newest ones
OVER = ("finished", "stopped", "failed")  # states of a run that has ended
SPARE = 16 * 2**10  # bytes that a run keeps for its last words
MOST_ROWS = 1000  # of metrics that wait for a disk to have room again
WISHES = ("STOP", "SAVE", "SAMPLE")  # files by which others ask the trainer for something


# Names of what is being written, and of what has been laid aside for it: see `_replace`, `put_in_place`, `hub.publish`,
# `mirror.take_over`.
STALE = re.compile(r"\.(tmp|push)-.*|\.(model|\d{3}|\d{9}\.png|[\w.-]+\.jsonl?)\.([0-9a-f]{8}|\d+)", re.ASCII)
OLD = re.compile(r"\.(step-\d{9}|model|\d{3})\.old", re.ASCII)


class Damaged(Exception):
    """A checkpoint fails its manifest; says which file and how."""


class RunFolder:
    """Reads and writes one run. Nothing is created before `create` or the first write."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.log_file = self.path / "log.txt"
        self.output_file = self.path / "output.txt"
        self.metrics_file = self.path / "metrics.jsonl"
        self.curves_file = self.path / "curves.json"
        self.model = self.path / "model"
        self.stop_file = self.path / "STOP"
        self.checkpoints = self.path / "checkpoints"
        self._lock = FileLock(self.path / "lock")
        self._rows: list[bytes] = []  # lines of metrics.jsonl that a full disk did not take

    @property
    def exists(self) -> bool:
        try:
            return (self.path / "config.json").is_file()
        except OSError as error:  # a name too long, a folder that may not be entered
            raise Refused("run.unwritable", folder=self.path, reason=error.strerror) from error

    def create(self, recipe: str, config: Mapping[str, Any]) -> None:
        """Writes config.json; raises `Refused` where the folder cannot be written."""
        self.create_folder()
        try:
            write_json(self.path / "config.json", {"recipe": recipe, "config": dict(config)})
        except OSError as error:
            raise Refused("run.unwritable", folder=self.path, reason=error.strerror) from error

    def begin(self, recipe: str, config: Mapping[str, Any]) -> None:
        """`create`, unless a process is training here: its settings must not change under it."""
        self.create_folder()
        with self.lock():
            self.create(recipe, config)

    def create_folder(self) -> None:
        """Makes the folder; raises `Refused` where that cannot be."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError) as error:  # a ValueError: a NUL in the name
            reason = error.strerror if isinstance(error, OSError) else error
            raise Refused("run.unwritable", folder=self.path, reason=reason) from error

    def read_config(self) -> tuple[str, dict[str, Any]]:
        """(recipe name, settings); raises `Refused` where this is no run or its config cannot be read."""
        file = self.path / "config.json"
        if not self.exists:
            raise Refused("run.absent", folder=self.path)
        try:
            values = json.loads(file.read_text(encoding="utf-8"))
            return str(values["recipe"]), dict(values["config"])
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise Refused("run.damaged_config", file=file, reason=error) from error

    def write_about(self, **values: Any) -> None:
        """Adds to about.json, or replaces what is there. Keys: title, created (seconds since the epoch), device, data
        (name of a data set). Raises `Refused` where the folder cannot be written."""
        try:
            write_json(self.path / "about.json", {**self.read_about(), **values})
        except OSError as error:
            raise Refused("run.unwritable", folder=self.path, reason=error.strerror) from error

    def read_about(self) -> dict[str, Any]:
        """What about.json says, {} where there is none, as in runs from the command line."""
        return read_table(self.path / "about.json")

    def write_job(self, **values: Any) -> None:
        """Replaces job.json (see runs.jobs)."""
        write_json(self.path / "job.json", values)

    def read_job(self) -> dict[str, Any]:
        """What job.json says, {} for a run of this machine."""
        return read_table(self.path / "job.json")

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Holds the lock of the one process that may train here; raises `Refused` where another holds it."""
        try:
            self._lock.acquire(blocking=False)
        except Timeout as error:
            raise Refused("run.busy", folder=self.path) from error
        except OSError as error:
            raise Refused("run.unwritable", folder=self.path, reason=error.strerror) from error
        try:
            yield
        finally:
            self._lock.release()

    # --- status and metrics --------------------------------------------------------------------------------

    def write_status(self, **values: Any) -> None:
        """Replaces status.json. Keys: state, images, total, images_per_second, seconds_left, message, device and
        gpu_memory (of a GPU; bytes), what `process.identity` gives; heartbeat (seconds since the epoch) is added.

        On a full disk, where no new file has room, the old one is overwritten where it lies (a reader that comes in
        that very moment reads none); for the last words of a run some room was kept. Raises `OSError` where even that
        fails.
        """
        file = self.path / "status.json"
        status = {**values, "heartbeat": time.time()}
        try:
            write_json(file, status)
        except OSError:
            if values.get("state") in OVER:
                self._spare.unlink(missing_ok=True)
            _overwrite(file, json.dumps(status, ensure_ascii=False) + "\n")
        if values.get("state") in OVER:
            self._spare.unlink(missing_ok=True)
        else:
            self._keep_spare()

    @property
    def _spare(self) -> Path:
        return self.path / ".spare"

    def _keep_spare(self) -> None:
        """Some room on the disk for the last words of a run, where there will be no other."""
        if not self._spare.exists():
            try:
                self._spare.write_bytes(bytes(SPARE))
            except OSError:
                self._spare.unlink(missing_ok=True)

    def read_status(self) -> dict[str, Any]:
        """The last status, or {} before the first."""
        return read_table(self.path / "status.json")

    def append_metrics(self, row: Mapping[str, Any]) -> None:
        """Appends one line; a float that is not finite becomes null and is named in "nonfinite".

        Raises `OSError` where the disk is full; the line is kept, and written before the next one that finds room.
        """
        bad = [k for k, v in row.items() if isinstance(v, float) and not math.isfinite(v)]
        values = {k: None if k in bad else v for k, v in row.items()}
        if bad:
            values["nonfinite"] = bad
        self._rows = [*self._rows, json.dumps(values).encode() + b"\n"][-MOST_ROWS:]
        with self.metrics_file.open("a+b", buffering=0) as file:
            begun = file.tell()
            torn = b""
            if begun:
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":  # a crash tore the last line: it must not take this one with it
                    torn = b"\n"
            try:
                rest = memoryview(torn + b"".join(self._rows))
                while rest:
                    rest = rest[file.write(rest) :]
            except OSError:
                file.truncate(begun)
                raise
        self._rows = []

    def read_metrics(self) -> Iterator[dict[str, Any]]:
        """The rows so far; a line torn by a crash or a full disk is skipped."""
        if not self.metrics_file.is_file():
            return
        with self.metrics_file.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                try:
                    row = json.loads(line)
                except ValueError:
                    continue
                if isinstance(row, dict):
                    yield row

    def rewind_metrics(self, images: int) -> None:
        """Drops the rows after `images` seen, and torn lines: a resumed run writes them again."""
        if not self.metrics_file.is_file():
            return
        self.curves_file.unlink(missing_ok=True)  # first: thinned rows must never be newer than the whole
        kept = (json.dumps(row).encode() + b"\n" for row in self.read_metrics() if row.get("images", 0) <= images)
        _replace(self.metrics_file, kept)

    def log(self, line: str) -> None:
        """Appends one line, with the time, to log.txt."""
        with self.log_file.open("a", encoding="utf-8", errors="backslashreplace") as file:  # names may be no UTF-8
            file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {line}\n")

    def sample_file(self, images: int) -> Path:
        """Where the sample sheet after `images` seen lies; its folder exists."""
        folder = self.path / "samples"
        folder.mkdir(exist_ok=True)
        return folder / f"{images:09d}.png"

    def list_samples(self) -> list[tuple[int, Path]]:
        """(images seen, file) of every sample sheet, oldest first."""
        files = (self.path / "samples").glob("[0-9]*.png")
        return sorted((int(file.stem), file) for file in files if file.stem.isdecimal())

    def write_looks(self, images: int, looks: Mapping[str, Mapping[str, float]]) -> None:
        """What was measured of the sheet's columns after `images` seen (see analysis.looks)."""
        write_json(self.sample_file(images).with_suffix(".json"), looks)

    def read_looks(self, images: int) -> dict[str, Any]:
        """The same, {} where nothing was measured."""
        return read_table(self.path / "samples" / f"{images:09d}.json")

    def milestone(self, percent: int) -> Path:
        """Where the model lies that the run had at so many per cent of its training."""
        return self.path / "milestones" / f"{percent:03d}"

    @property
    def has_model(self) -> bool:
        return (self.model / "config.json").is_file()

    def ask(self, wish: str) -> None:
        """Asks the run's trainer for one of WISHES; asking twice is asking once. Raises `Refused`."""
        assert wish in WISHES
        try:
            (self.path / wish).touch()
        except OSError as error:
            raise Refused("run.unwritable", folder=self.path, reason=error.strerror) from error

    def asked(self, wish: str) -> bool:
        return (self.path / wish).exists()

    def answered(self, wish: str) -> None:
        """Says that it is done."""
        (self.path / wish).unlink(missing_ok=True)

    @property
    def stop_requested(self) -> bool:
        return self.asked("STOP")

    def forget_old_wishes(self, started: float) -> None:
        """Removes wishes from before `started` (seconds since the epoch), meant for an earlier process; one that
        came while this process was loading its libraries is meant for it."""
        for wish in WISHES:
            with suppress(FileNotFoundError):
                if (self.path / wish).stat().st_mtime < started:
                    self.answered(wish)

    # --- checkpoints ---------------------------------------------------------------------------------------

    def save_checkpoint(self, images: int, files: Mapping[str, Callable[[Path], None]]) -> Path:
        """Writes a checkpoint that is either whole or absent, whenever the machine stops; keeps the newest two.

        `files` maps a file name to what writes it. The manifest, with the sha256 and size of each, is written
        last, and the folder gets its final name only after everything has reached the disk. On an error the
        half-written folder is removed and the error raised; earlier checkpoints are untouched.
        """
        final = self.checkpoints / f"step-{images:09d}"
        half = self.checkpoints / f".tmp-{images}-{uuid.uuid4().hex[:8]}"
        half.mkdir(parents=True)
        try:
            entries = {}
            for name, write in files.items():
                write(half / name)
                entries[name] = {"sha256": sha256(half / name), "size": (half / name).stat().st_size}
                _sync(half / name)
            write_json(half / "manifest.json", {"schema": SCHEMA, "images": images, "files": entries})
            _sync(half)
            old = put_in_place(half, final)
            _sync(self.checkpoints)
        except BaseException:
            shutil.rmtree(half, ignore_errors=True)
            raise
        if old is not None:
            shutil.rmtree(old, ignore_errors=True)
        for old in self.list_checkpoints()[:-KEEP]:
            shutil.rmtree(old, ignore_errors=True)
        return final

    def size(self, part: Path | None = None) -> int:
        """Bytes of the files in one of the run's folders, or in all of it."""
        found = 0
        for folder, _, names in os.walk(part or self.path):
            for name in names:
                with suppress(OSError):
                    found += os.lstat(os.path.join(folder, name)).st_size
        return found

    def list_checkpoints(self) -> list[Path]:
        """Finished checkpoints, oldest first; not yet verified."""
        return sorted(self.checkpoints.glob("step-*")) if self.checkpoints.is_dir() else []

    def set_aside(self, checkpoint: Path) -> None:
        """Takes a damaged checkpoint out of the list, or it would count among the newest that are kept."""
        aside = checkpoint.with_name(f"damaged-{checkpoint.name}")
        shutil.rmtree(aside, ignore_errors=True)
        checkpoint.rename(aside)

    def remove_stale(self) -> None:
        """Removes what a crash in the middle of writing left behind, and puts back what it had only laid aside. Call
        with the lock held."""
        for folder in (self.path, self.checkpoints, self.path / "samples", self.path / "milestones"):
            for stale in folder.glob(".*"):
                if STALE.fullmatch(stale.name):
                    shutil.rmtree(stale, ignore_errors=True) if stale.is_dir() else stale.unlink(missing_ok=True)
                elif (old := OLD.fullmatch(stale.name)) and stale.is_dir():
                    if (folder / old[1]).exists():
                        shutil.rmtree(stale, ignore_errors=True)
                    else:
                        stale.rename(folder / old[1])


def put_in_place(half: Path, final: Path) -> Path | None:
    """Renames a finished folder to its place. What was there is laid aside until its successor stands, and put back
    where that fails; returns it, for the caller to delete, or None where nothing was there."""
    old = final.with_name(f".{final.name}.old")
    if final.exists():
        shutil.rmtree(old, ignore_errors=True)
        final.rename(old)
    try:
        half.rename(final)
    except OSError:
        if old.exists() and not final.exists():
            old.rename(final)
        raise
    return old if old.exists() else None


def verify_checkpoint(folder: Path) -> int:
    """Images seen by the checkpoint in `folder`, after checking every file.

    Raises `Damaged` where one does not match, and `Refused` for a checkpoint of another version: that one is
    whole, and starting from an older one would lose it.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        schema, seen = manifest["schema"], int(manifest["images"])
        files = {str(name): (entry["size"], entry["sha256"]) for name, entry in manifest["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Damaged(f"{folder.name}: manifest.json cannot be read ({error})") from error
    if schema != SCHEMA:
        raise Refused("run.other_schema", checkpoint=folder.name, found=schema, known=SCHEMA)
    for name, (size, digest) in files.items():
        file = folder / name
        if not file.is_file():
            raise Damaged(f"{folder.name}: {name} is missing")
        if file.stat().st_size != size or sha256(file) != digest:
            raise Damaged(f"{folder.name}: {name} does not match its sha256")
    return seen


def sha256(file: Path) -> str:
    """The file's sha256, as hex."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def write_json(file: Path, values: Any, indent: int | None = 2) -> None:
    """Replaces `file` atomically: a reader sees the old content or the new, never a part."""
    _replace(file, [(json.dumps(values, indent=indent, ensure_ascii=False) + "\n").encode()])


def read_table(file: Path) -> dict[str, Any]:
    """The JSON object in `file`, {} for one that is absent, damaged or no object."""
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, RecursionError):
        return {}


def write_whole(file: Path, data: bytes) -> None:
    """Replaces `file` atomically; on an error (a full disk) the old one stays, and no part of the new one."""
    _replace(file, [data])


def _overwrite(file: Path, text: str) -> None:
    """Writes over a file without asking for more of the disk than it has, but for what does not fit."""
    data = text.encode()
    with file.open("r+b" if file.exists() else "wb", buffering=0) as opened:
        rest = memoryview(data)
        while rest:
            rest = rest[opened.write(rest) :]
        opened.truncate(len(data))


def _replace(file: Path, lines: Iterable[bytes]) -> None:
    half = file.with_name(f".{file.name}.{uuid.uuid4().hex[:8]}")
    try:
        with half.open("wb") as opened:
            opened.writelines(lines)
        _sync(half)
        half.replace(file)
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def _sync(path: Path) -> None:
    """Waits until the file or folder is on the disk."""
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot open a folder, and needs no sync of one
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

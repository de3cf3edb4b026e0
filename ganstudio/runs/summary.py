"""What a run is now: told by its folder and by whether its process lives, never by who clicked what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from ganstudio.runs.folder import RunFolder
from ganstudio.runs.process import alive

# As the trainer writes them; "queued" is a process that waits for its device.
ALIVE = ("queued", "starting", "running", "stopping")
ENDED = ("finished", "stopped", "failed")
# Besides these: "new", never started; "interrupted", its process is dead but said nothing; "damaged", its settings
# cannot be read; "scheduling", a remote run that waits for its machine.


@dataclass(frozen=True)
class Summary:
    """A run in a list of runs."""

    name: str  # its folder's
    title: str  # what a person called it
    recipe: str
    state: str
    images: int  # seen
    total: int
    speed: float  # images a second
    seconds_left: float | None
    message: str  # why it failed
    device: str
    created: float  # seconds since the epoch
    heartbeat: float  # likewise, the last sign of life
    size: int | None  # side of its pictures
    checkpoint: int | None  # images seen by the newest
    memory: float | None  # bytes held by its processes
    gpu_memory: float | None  # bytes held on the GPU of its first process, at most
    remote: dict[str, Any] | None  # job.json of a remote run


def summary(run: RunFolder) -> Summary:
    """Reads small files alone: no metrics, no log."""
    status, about, job = run.read_status(), run.read_about(), run.read_job()
    try:
        recipe, config = run.read_config()
    except ValueError:  # Refused: half deleted, or written by hand
        recipe, config = "", {}
    state = state_of(run, status) if recipe else "damaged"
    checkpoints = run.list_checkpoints()
    return Summary(
        name=run.path.name,
        title=_text(about.get("title")) or run.path.name,
        recipe=recipe,
        state=state,
        images=_whole(status.get("images")),
        total=_whole(status.get("total")) or _whole(config.get("images")),
        speed=_number(status.get("images_per_second")) if state in ("running", "stopping") else 0.0,
        seconds_left=_number(status.get("seconds_left")) or None if state in ("running", "stopping") else None,
        message=_text(status.get("message")),
        device=_text(job.get("flavor")) or _text(status.get("device")) or _text(about.get("device")),
        created=_number(about.get("created")) or _made(run.path),
        heartbeat=_number(status.get("heartbeat")),
        size=_whole(config.get("size")) or None,
        checkpoint=_images(checkpoints[-1]) if checkpoints else None,
        memory=memory(status) if state in ALIVE and not job else None,
        gpu_memory=_number(status.get("gpu_memory")) or None,
        remote=job or None,
    )


def summaries(folder: Path) -> list[Summary]:
    """Every run in a folder of runs, newest first; what is no run is passed over."""
    return sorted((summary(run) for run in find_runs(folder)), key=lambda each: (-each.created, each.name))


def find_runs(folder: Path) -> Iterator[RunFolder]:
    """The runs in a folder of runs, in no order: what has a config.json, or had one, and no hidden name."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.name.startswith(".") or not path.is_dir():
            continue
        if any((path / name).is_file() for name in ("config.json", "status.json", "about.json")):
            yield RunFolder(path)


def state_of(run: RunFolder, status: dict[str, Any] | None = None) -> str:
    """One of ALIVE, ENDED or "new", "interrupted", "scheduling"; `status` is status.json, where it has been read."""
    status = run.read_status() if status is None else status
    said = status.get("state")
    job = run.read_job()
    if job:  # another machine's process: its job says whether it lives
        stage = _text(job.get("state")) or "scheduling"
        return _text(said) if said in ENDED else stage
    if said in ENDED:
        return str(said)
    if said in ALIVE:
        if not alive(status):
            return "interrupted"
        return "stopping" if run.asked("STOP") else str(said)
    return "new"


def memory(status: dict[str, Any]) -> float | None:
    """Bytes that the run's process and its children hold; what they share is counted once for each."""
    try:
        process = psutil.Process(int(status["pid"]))
        return float(sum(each.memory_info().rss for each in (process, *process.children(recursive=True))))
    except (KeyError, TypeError, ValueError, psutil.Error):
        return None


def _images(checkpoint: Path) -> int | None:
    number = checkpoint.name.removeprefix("step-")
    return int(number) if number.isdecimal() else None


def _made(path: Path) -> float:
    """When a run of the command line, which has no about.json, was made."""
    for file in (path / "config.json", path):
        try:
            return file.stat().st_mtime
        except OSError:
            continue
    return 0.0


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0

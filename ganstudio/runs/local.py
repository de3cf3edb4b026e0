"""Runs on this machine: each a process of its own that outlives whoever started it, one at a time on each device.

A process that is started while its device is taken waits, as "queued", in the order of coming. The queue is a folder
of tickets, one for each living process that waits or trains: there is nobody who keeps it and could die.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import psutil
from filelock import FileLock

from ganstudio import places
from ganstudio.runs.folder import RunFolder, read_table, write_json
from ganstudio.runs.process import alive, identity
from ganstudio.runs.summary import ALIVE, state_of
from ganstudio.words import Refused, say

LOOK = 0.5  # seconds between looks at the queue
NICENESS = 5  # of trainings started from the app: pages and drawings come first
GPUS = "gpus"  # all of them, a process each


@dataclass(frozen=True)
class Device:
    """Where a run can train: "cpu", "gpu0" ..., or "gpus", all of them together."""

    name: str
    label: str
    memory: int  # bytes, of each


def devices() -> list[Device]:
    """This machine's, the fastest first; GPUs as NVIDIA's driver lists them."""
    cpu = Device("cpu", f"CPU ({psutil.cpu_count() or 1})", psutil.virtual_memory().total)
    gpus = []
    if driver := shutil.which("nvidia-smi"):
        query = [driver, "--query-gpu=index,name,memory.total", "--format=csv,noheader,nounits"]
        with suppress(OSError, subprocess.SubprocessError):
            output = subprocess.run(query, capture_output=True, text=True, timeout=10, check=True).stdout
            for line in output.splitlines():
                index, name, memory = (part.strip() for part in line.split(","))
                if index.isdecimal() and memory.isdecimal():
                    gpus.append(Device(f"gpu{index}", f"{name} ({index})", int(memory) * 2**20))
    if len(gpus) > 1:
        together = Device(GPUS, " + ".join(each.label for each in gpus), min(each.memory for each in gpus))
        return [together, *gpus, cpu]
    return [*gpus, cpu]


def command(run: RunFolder, device: str = "cpu") -> list[str]:
    """What starts or resumes the run on a device: the very process that `start` makes."""
    return [sys.executable, "-m", "ganstudio", "train", str(run.path), "--on", device, "--quiet"]


def start(run: RunFolder, device: str = "cpu", *more: str) -> None:
    """Starts or resumes the run in a process that nothing here can end by ending; it waits for its device.

    `more` is appended to the command. Raises `Refused` where the run is at work already, also by another's click at
    the same moment, or its folder cannot be written.
    """
    if device not in {each.name for each in devices()}:
        raise Refused("run.no_device", device=device, known=", ".join(each.name for each in devices()))
    run.read_config()
    run.write_about(device=device)
    with _starting(run):
        if state_of(run) in ALIVE:
            raise Refused("run.busy", folder=run.path)
        with run.output_file.open("ab") as output:
            process = subprocess.Popen(
                [*command(run, device), *more],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=places.IMPORTED_FROM,
                env={**os.environ, "PYTHONUNBUFFERED": "1", "GANSTUDIO_HOME": str(places.home())},
                start_new_session=True,  # signals to whoever started it are not for it
            )
        # Told from here on, so that between this moment and the process's own first word nobody starts another.
        with suppress(psutil.Error, OSError):  # gone already, or a full disk: its status or output says why
            earlier = run.read_status()
            progress = {key: earlier[key] for key in ("images", "total") if key in earlier}
            run.write_status(**progress, state="queued", device=device, message="", **identity(process.pid))
    threading.Thread(target=process.wait, daemon=True).start()  # or it would stay a zombie


def stop(run: RunFolder) -> None:
    """Asks the run to save and end; nothing where it does not live. Asking twice is asking once."""
    if state_of(run) in ALIVE:
        run.ask("STOP")


def save_now(run: RunFolder) -> None:
    """Asks for a checkpoint. Raises `Refused` where the run does not train."""
    _ask(run, "SAVE")


def sample_now(run: RunFolder) -> None:
    """Asks for a sample sheet. Raises `Refused` where the run does not train."""
    _ask(run, "SAMPLE")


def delete(run: RunFolder) -> None:
    """Deletes the run with all its checkpoints, samples and its model; raises `Refused` while it lives."""
    with _starting(run):
        if state_of(run) in ALIVE:
            raise Refused("run.alive", folder=run.path)
        aside = run.path.with_name(f".deleted-{uuid.uuid4().hex[:8]}")
        try:
            run.path.rename(aside)  # at once, whatever the deleting of many files meets
        except OSError as error:
            raise Refused("run.unwritable", folder=run.path, reason=error.strerror) from error
    shutil.rmtree(aside, ignore_errors=True)


def _ask(run: RunFolder, wish: str) -> None:
    if state_of(run) != "running":
        raise Refused("run.not_running", folder=run.path)
    run.ask(wish)


@contextmanager
def _starting(run: RunFolder) -> Iterator[None]:
    """One at a time decides whether a run may be started or deleted."""
    places.runs().mkdir(parents=True, exist_ok=True)
    with FileLock(places.runs() / ".starting"):
        yield


# --- the training process ---------------------------------------------------------------------------------


def train_on(run: RunFolder, device: str, more: Sequence[str] = ()) -> int | None:
    """Waits for the device, sees to it that this process has it alone, and, on several GPUs, trains there.

    Returns None where this process is to train now, on the one device that it sees; else an exit status: 0 as well
    where the run was stopped while it waited. Holds the device until the process ends.
    """
    names = _parts(device)
    with suppress(OSError):
        os.nice(NICENESS)
    ticket = _take_ticket(run, names)
    stopping = threading.Event()

    def ask(_: int, __: FrameType | None) -> None:
        stopping.set()

    before = {kind: signal.signal(kind, ask) for kind in (signal.SIGTERM, signal.SIGINT)}
    try:
        said = 0.0
        while not _is_first(ticket, names):
            if stopping.is_set() or run.asked("STOP"):
                run.answered("STOP")
                run.write_status(**{**run.read_status(), "state": "stopped", **identity()})
                return 0
            if time.monotonic() - said > 10:
                with suppress(OSError):  # a full disk: it may have room again when its turn comes
                    run.write_status(**{**run.read_status(), "state": "queued", "device": device, **identity()})
                said = time.monotonic()
            time.sleep(LOOK)
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
    os.environ.update(environment(device))
    if device != GPUS:
        return None
    return _train_together(run, len(names), more)


def _train_together(run: RunFolder, count: int, more: Sequence[str]) -> int:
    """torchrun with a process for each GPU. Where one dies the others are ended, and the status says so."""
    line = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", str(count)]
    process = subprocess.Popen([*line, "-m", "ganstudio", "train", str(run.path), "--quiet", *more])

    def pass_on(kind: int, _: FrameType | None) -> None:
        process.send_signal(kind)

    for kind in (signal.SIGTERM, signal.SIGINT):
        signal.signal(kind, pass_on)
    code = process.wait()
    status = run.read_status()
    if code and status.get("state") in ALIVE:
        status |= {"state": "failed", "message": say("run.process_died", file=run.output_file)}
        run.write_status(**status)
    return code


def environment(device: str) -> dict[str, str]:
    """Variables by which torch and Accelerate see this device alone; they must be set before torch is imported."""
    numbers = ",".join(name.removeprefix("gpu") for name in _parts(device) if name != "cpu")
    return {"CUDA_VISIBLE_DEVICES": numbers, "ACCELERATE_USE_CPU": "true" if device == "cpu" else "false"}


def _parts(device: str) -> list[str]:
    """The devices that must be free for this one; raises `Refused` for one that is not here."""
    known = [each.name for each in devices()]
    if device not in known:
        raise Refused("run.no_device", device=device, known=", ".join(known))
    return [name for name in known if name not in ("cpu", GPUS)] if device == GPUS else [device]


def _take_ticket(run: RunFolder, names: list[str]) -> Path:
    """Numbered in the order of coming, by no clock; left behind at the end for others to see that its owner is dead."""
    with _queue() as queue:
        numbers = [int(path.stem) for path in queue.glob("[0-9]*.json") if path.stem.isdecimal()]
        ticket = queue / f"{max(numbers, default=0) + 1:09d}.json"
        write_json(ticket, {"devices": names, "run": str(run.path), **identity()})
    return ticket


def _is_first(ticket: Path, names: list[str]) -> bool:
    """Whether nobody alive came before for any of the devices; tickets of the dead are removed."""
    with _queue() as queue:
        for path in sorted(queue.glob("[0-9]*.json")):
            if path.name >= ticket.name:
                return True
            other = read_table(path)
            if not alive(other):
                path.unlink(missing_ok=True)
            elif set(names) & set(other.get("devices", [])):
                return False
    return True


@contextmanager
def _queue() -> Iterator[Path]:
    queue = places.runs() / ".queue"
    queue.mkdir(parents=True, exist_ok=True)
    with FileLock(queue / "lock"):
        yield queue

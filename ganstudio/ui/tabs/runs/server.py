"""The server's side of the runs tab: what its page is told, and what it may ask of a run.

The page asks every two seconds and says what it has; it is sent what has changed.
What is read from the folders is kept here for all pages together, so that twenty of them cost hardly more than one.
Every function is for the owner alone (see ui.access), and a run is named as in the list, never by a path.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import io
import itertools
import json
import shlex
import threading
import time
import uuid
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
from PIL import Image

from ganstudio import images, places
from ganstudio import remote as hub_remote
from ganstudio.analysis.film import FORMS, film
from ganstudio.runs import control, export, jobs, local
from ganstudio.runs.alerts import alerts
from ganstudio.runs.curves import Curves
from ganstudio.runs.folder import RunFolder
from ganstudio.runs.machine import machine
from ganstudio.runs.summary import ALIVE, Summary, find_runs, summary
from ganstudio.ui import access
from ganstudio.ui.answers import Answer, Work, data_url, language_of, png_url
from ganstudio.ui.models import Models
from ganstudio.words import Refused, say

FRESH = 1.0  # seconds for which what was read is told again
POINTS = 400  # of a curve
MOST = 6  # runs that are looked at together
WATCHED = 12  # runs whose curves are kept in memory: at most 4 MB each
LOG_BYTES = 24 * 1024  # of the log's end, as a page gets it first
OUTPUT_BYTES = 4 * 1024
WIDTHS = (512, 1024, 1600)  # pixels: the longer side of a sheet as the page shows it
SEARCHING = ("failed", "interrupted")  # states whose reason may stand in what the process printed

Table = dict[str, list[float | None]]


def functions(models: Models) -> list[Work]:
    """What the tab's page calls; no model takes part."""
    board = Board()
    reading = anyio.CapacityLimiter(4)
    drawing = anyio.CapacityLimiter(1)  # a film takes seconds and both cores

    async def watch_runs(fields: dict[str, Any]) -> Answer:
        """{mark, clock, run, have, at, curves: {name: tag}}: what the page has -> what it lacks, as `Board.shown`"""
        return await anyio.to_thread.run_sync(board.shown, fields, access.hub_token(), limiter=reading)

    async def sample_sheet(fields: dict[str, Any]) -> Answer:
        """{run, images, width: one of WIDTHS} -> {picture: data URL}"""
        width = fields.get("width")
        width = width if width in WIDTHS else WIDTHS[0]
        return await anyio.to_thread.run_sync(_shown_sheet, _sheet(fields), width, limiter=reading)

    async def save_sheet(fields: dict[str, Any]) -> Answer:
        """{run, images} -> {png: data URL of the sheet as it is, name}"""
        run, sheet = named(fields), _sheet(fields)
        data = await anyio.to_thread.run_sync(_whole_sheet, sheet, limiter=drawing)
        return {"png": png_url(data), "name": f"{run.path.name}-{sheet.name}"}

    async def film_samples(fields: dict[str, Any]) -> Answer:
        """{run, form: webp or gif} -> {film: data URL, name}"""
        run, form = named(fields), fields.get("form")
        if form not in FORMS:
            raise Refused("app.reload")
        data = await anyio.to_thread.run_sync(film, run.list_samples(), form, limiter=drawing)
        return {"film": data_url(data, f"image/{form}"), "name": f"{run.path.name}.{form}"}

    async def stop_run(fields: dict[str, Any]) -> Answer:
        """{run} -> {}"""
        await anyio.to_thread.run_sync(control.stop, named(fields), access.hub_token())
        return board.renewed()

    async def save_run(fields: dict[str, Any]) -> Answer:
        """{run} -> {}"""
        await anyio.to_thread.run_sync(local.save_now, named(fields))
        return board.renewed()

    async def sample_run(fields: dict[str, Any]) -> Answer:
        """{run} -> {}"""
        await anyio.to_thread.run_sync(local.sample_now, named(fields))
        return board.renewed()

    async def resume_run(fields: dict[str, Any]) -> Answer:
        """{run, device} -> {}"""
        device = fields.get("device")
        device = device if isinstance(device, str) and device else "cpu"
        await anyio.to_thread.run_sync(control.resume, named(fields), device)
        return board.renewed()

    async def delete_run(fields: dict[str, Any]) -> Answer:
        """{run, sure: its name once more} -> {}"""
        run = named(fields)
        if fields.get("sure") != run.path.name:
            raise Refused("app.reload")
        await anyio.to_thread.run_sync(control.delete, run)
        return board.renewed()

    async def recover_jobs(fields: dict[str, Any]) -> Answer:
        """{} -> {found: how many jobs on the Hub have got a run's folder here, which had none}"""
        found = await anyio.to_thread.run_sync(_recovered, access.hub_token())
        return {**board.renewed(), "found": found}

    async def export_run(fields: dict[str, Any]) -> Answer:
        """{run, to: csv, tensorboard or trackio} -> {csv, name}, or {told: where it is and how to look at it}"""
        run, to = named(fields), fields.get("to")
        if to == "csv":
            return {"csv": await anyio.to_thread.run_sync(export.csv, run), "name": f"{run.path.name}.csv"}
        exporter = export.EXPORTERS.get(to) if isinstance(to, str) else None
        if exporter is None:
            raise Refused("app.reload")
        outcome = await anyio.to_thread.run_sync(exporter, run, limiter=drawing)
        return {"told": say(outcome.key, language_of(fields), **outcome.details)}

    return [
        watch_runs,
        sample_sheet,
        save_sheet,
        film_samples,
        stop_run,
        save_run,
        sample_run,
        resume_run,
        delete_run,
        recover_jobs,
        export_run,
    ]


# --- what a request may say -------------------------------------------------------------------------------


def named(fields: dict[str, Any]) -> RunFolder:
    """The run that a request names; raises Refused for every name that is not in the list."""
    name = fields.get("run")
    for run in find_runs(places.runs()):
        if run.path.name == name:
            return run
    raise Refused("app.runs_gone")


def _sheet(fields: dict[str, Any]) -> Path:
    seen = fields.get("images")
    for count, file in named(fields).list_samples():
        if count == seen:
            return file
    raise Refused("app.runs_no_sheet")


# --- what is known of the runs ----------------------------------------------------------------------------


@dataclass
class Row:
    """A run in the list, as the page gets it, and at which change of the board it became so."""

    shown: dict[str, Any]
    clock: int
    touched: int  # when its folder was changed, in nanoseconds
    read: int  # when it was read, likewise


class Board:
    """The list of runs, and those that somebody looks at closely; for many threads."""

    def __init__(self) -> None:
        self._mark = uuid.uuid4().hex[:12]  # what another start of the app has told is nothing to build on
        self._clock = 0  # counts changes
        self._rows: dict[str, Row] = {}
        self._order: list[str] = []  # names, the newest first
        self._ordered = 0  # the change that made this order
        self._looked = -FRESH
        self._looking = threading.Lock()
        self._watched: OrderedDict[str, Watched] = OrderedDict()
        self._machine: dict[str, Any] = {}
        self._measured = -2 * FRESH
        self._measuring = threading.Lock()
        self._asker = ThreadPoolExecutor(2, "jobs")
        self._asked: dict[str, float] = {}  # remote runs -> when the Hub was last asked about them
        self._trouble: dict[str, Refused] = {}  # and why it could not be

    def shown(self, fields: dict[str, Any], token: str | None = None) -> Answer:
        """{mark, clock, now, machine, rows: changed ones, order: names where that has changed, curves: {name: points},
        newest: {name: images of the newest sheet}, run: what is new of the one that is looked at, devices: at first}
        """
        known = fields.get("mark") == self._mark
        seen = fields.get("clock") if known else -1
        seen = seen if isinstance(seen, int) else -1
        self._look()
        with self._looking:
            answer: Answer = {
                "mark": self._mark,
                "clock": self._clock,
                "now": round(time.time(), 1),
                "rows": [row.shown for row in self._rows.values() if row.clock > seen],
                "curves": {},
                "newest": {},
            }
            if self._ordered > seen:
                answer["order"] = self._order
            live = any(row.shown["state"] in ALIVE for row in self._rows.values())
            remote = [name for name, row in self._rows.items() if row.shown["remote"]]
        answer["machine"] = self._machine_now() if live else None
        if not known:
            answer["devices"] = [{"name": each.name, "label": each.label} for each in _devices()]
        for name in remote:
            self._ask_hub(name, token)
        curves = fields.get("curves")
        asked = curves if isinstance(curves, dict) else {}
        for name, tag in itertools.islice(asked.items(), MOST):
            watched = self._watch(name)
            if watched is None:
                continue
            answer["newest"][name] = watched.samples[-1] if watched.samples else None
            points = watched.points(tag if known else "")
            if points is not None:
                answer["curves"][name] = points
        if (watched := self._watch(fields.get("run"))) is not None:
            trouble = self._trouble.get(watched.run.path.name)
            answer["run"] = watched.shown(fields if known else {}, language_of(fields), trouble)
        return answer

    def renewed(self) -> Answer:
        """Has the folders read again at the next look; returns the answer of what has been done."""
        self._looked = -FRESH
        return {}

    def _look(self) -> None:
        """Reads the runs whose folders have changed, at most every FRESH seconds."""
        with self._looking:
            if time.monotonic() - self._looked < FRESH:
                return
            found = {run.path.name: run for run in find_runs(places.runs())}
            clock = self._clock + 1
            for name, run in found.items():
                row = self._rows.get(name)
                touched, now = _touched(run.path), time.time_ns()
                settled = row is not None and row.shown["state"] not in (*ALIVE, "new") and not row.shown["remote"]
                # The clock of files is coarse: what was read within its last moments may be older than it says.
                if settled and row is not None and row.touched == touched and row.read - touched > 2_000_000_000:
                    continue
                shown = _shown(run)
                changed = row is None or row.shown != shown
                self._rows[name] = Row(shown, clock if changed else row.clock if row else clock, touched, now)
            self._rows = {name: row for name, row in self._rows.items() if name in found}
            for name in [name for name in self._watched if name not in found]:
                del self._watched[name]
            order = sorted(self._rows, key=lambda name: (-self._rows[name].shown["created"], name))
            if order != self._order:
                self._order, self._ordered = order, clock
            if self._ordered == clock or any(row.clock == clock for row in self._rows.values()):
                self._clock = clock
            self._looked = time.monotonic()

    def _watch(self, name: object) -> Watched | None:
        with self._looking:
            if not isinstance(name, str) or name not in self._rows:
                return None
            folder, watched = places.runs() / name, self._watched.pop(name, None)
            if watched is None or watched.run.path != folder:
                watched = Watched(RunFolder(folder))
            self._watched[name] = watched
            while len(self._watched) > WATCHED:
                self._watched.popitem(last=False)
            state = self._rows[name].shown["state"]
        watched.look(state)
        return watched

    def _ask_hub(self, name: str, token: str | None) -> None:
        """Has a thread bring what a run's job has pushed, now and then while somebody looks at the tab."""
        run = RunFolder(places.runs() / name)
        with self._looking:
            if time.monotonic() - self._asked.get(name, -jobs.OFTEN) < jobs.OFTEN or not jobs.is_due(run):
                return
            self._asked[name] = time.monotonic()
        self._asker.submit(self._bring, run, token)

    def _bring(self, run: RunFolder, token: str | None) -> None:
        name = run.path.name
        try:
            jobs.refresh(run, token)
            self._trouble.pop(name, None)
        except Refused as refusal:
            self._trouble[name] = refusal
        except OSError:  # deleted meanwhile, or a full disk: the next try may do better
            pass
        finally:
            self._asked[name] = time.monotonic()

    def _machine_now(self) -> dict[str, Any]:
        with self._measuring:
            if time.monotonic() - self._measured >= 2 * FRESH:
                self._machine, self._measured = machine(), time.monotonic()
            return self._machine


@functools.cache
def _devices() -> list[local.Device]:
    return local.devices()


def _touched(folder: Path) -> int:
    """When a file of the folder was last made, replaced or removed: every state of a run comes by one of these."""
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return -1


def _shown(run: RunFolder) -> dict[str, Any]:
    try:
        found = summary(run)
    except (OSError, Refused) as error:  # a folder that may not be read, or that is being deleted
        unknown: dict[str, Any] = {field.name: None for field in dataclasses.fields(Summary)}
        unknown |= {"images": 0, "total": 0, "speed": 0.0, "created": 0.0, "heartbeat": 0.0, "recipe": "", "device": ""}
        name = run.path.name
        found = Summary(**{**unknown, "name": name, "title": name, "state": "damaged", "message": str(error)})
    return {
        "name": found.name,
        "title": found.title,
        "recipe": found.recipe,
        "state": found.state,
        "images": found.images,
        "total": found.total,
        "speed": _short(found.speed),
        "left": None if found.seconds_left is None else round(found.seconds_left),
        "message": found.message,
        "device": found.device,
        "created": round(found.created),
        "heartbeat": round(found.heartbeat),
        "size": found.size,
        "checkpoint": found.checkpoint,
        "memory": _megabytes(found.memory),
        "gpuMemory": _megabytes(found.gpu_memory) if found.state in ALIVE else None,
        "remote": found.remote is not None,
    }


def _megabytes(value: float | None) -> int | None:
    """Whole ones, in bytes: what changes by less is not told again."""
    return None if value is None else round(value / 2**20) * 2**20


def _short(value: float) -> float:
    return float(f"{value:.5g}")


# --- one run, looked at closely ---------------------------------------------------------------------------


@dataclass
class Watched:
    """What has been read of one run. Its curves grow with the file: no line is read twice."""

    run: RunFolder
    samples: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._looked = -FRESH
        self._mark = uuid.uuid4().hex[:8]
        self._curves: Curves | None = None
        self._file: object = None  # which metrics.jsonl was read: a resumed run writes it anew
        self._tables: OrderedDict[str, Table] = OrderedDict()  # by tag, the newest last
        self._about: dict[str, Any] = {}
        self._touched = -1
        self._alerts: list[tuple[str, dict[str, Any]]] = []
        self._output = ""

    def look(self, state: str) -> None:
        """Reads what is new, at most every FRESH seconds."""
        with self._lock:
            if time.monotonic() - self._looked < FRESH:
                return
            self._read_curves()
            table = next(reversed(self._tables.values()))
            self.samples = [seen for seen, _ in self.run.list_samples()]
            self._alerts = [(each.key, each.details) for each in alerts(self.run, table)]
            touched = _touched(self.run.path)
            if touched != self._touched or not self._about:
                self._about, self._touched = _about(self.run), touched
            self._output = _end(self.run.output_file, OUTPUT_BYTES)[1] if state in SEARCHING else ""
            self._looked = time.monotonic()

    def points(self, tag: object) -> dict[str, Any] | None:
        """{tag, from, table}: the points from number `from` on that a page with the table `tag` lacks; None: none."""
        with self._lock:
            newest = next(reversed(self._tables))
            table, known = self._tables[newest], self._tables.get(tag) if isinstance(tag, str) else None
        if tag == newest:
            return None
        start = 0
        if known is not None and known.keys() == table.keys():
            start = min(_common(known[name], table[name]) for name in table)
        return {"tag": newest, "from": start, "table": {name: values[start:] for name, values in table.items()}}

    def shown(self, fields: dict[str, Any], visitor: str, trouble: Refused | None = None) -> dict[str, Any]:
        """{name, tags, log: from `at`, and of about, samples, alerts and output those whose tag is not in `have`}"""
        have, at = fields.get("have"), fields.get("at")
        have = have if isinstance(have, dict) else {}
        parts = {
            "about": self._about,
            "samples": self.samples,
            "alerts": [
                *([trouble.say(visitor)] if trouble else []),
                *(say(key, visitor, **details) for key, details in self._alerts),
            ],
            "output": self._output,
        }
        tags = {name: _tag(value) for name, value in parts.items()}
        lacking = {name: value for name, value in parts.items() if have.get(name) != tags[name]}
        log = _log(self.run.log_file, at if isinstance(at, int) and not isinstance(at, bool) else 0)
        return {"name": self.run.path.name, "tags": tags, **lacking, **({"log": log} if log else {})}

    def _read_curves(self) -> None:
        """With the lock held."""
        try:
            file: object = self.run.metrics_file.stat().st_ino
        except OSError:
            file = None
        if self._curves is None or file != self._file:
            self._curves, self._file = Curves(self.run), file
            new = True
        else:
            new = False
        try:
            new = self._curves.update() or new
        except OSError:  # deleted meanwhile
            self._curves = None
        if new or not self._tables:
            found = self._curves.table(POINTS) if self._curves else {}
            table: Table = {
                name: [value if value is None or name == "images" else _short(value) for value in values]
                for name, values in found.items()
            }
            self._tables[f"{self._mark}-{uuid.uuid4().hex[:8]}"] = table
            while len(self._tables) > 4:
                self._tables.popitem(last=False)


def _about(run: RunFolder) -> dict[str, Any]:
    """{recipe, settings: null where they cannot be read, data: a data set's name, device, command, model: whether one
    is there to promote, job: of a remote run, what it costs and where it is}"""
    about, job = run.read_about(), run.read_job()
    device = about.get("device")
    device = device if isinstance(device, str) and device in {each.name for each in _devices()} else "cpu"
    shown = {"data": str(about.get("data") or ""), "device": device, "model": run.has_model}
    names = ("url", "price", "most", "created", "ended", "timeout")
    shown["job"] = {name: job[name] for name in names if isinstance(job.get(name), str | int | float)} if job else None
    try:
        recipe, settings = run.read_config()
    except (Refused, OSError):
        return {**shown, "recipe": "", "settings": None, "command": ""}
    return {**shown, "recipe": recipe, "settings": settings, "command": shlex.join(local.command(run, device))}


def _recovered(token: str | None) -> int:
    person = hub_remote.whoami(token)
    return sum(len(jobs.recover(each, token)) for each in (person.name, *person.organisations))


def _common(a: list[float | None], b: list[float | None]) -> int:
    """How many values at the beginning are the same."""
    return next((k for k, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _tag(value: object) -> str:
    return hashlib.sha1(json.dumps(value, default=str).encode(), usedforsecurity=False).hexdigest()[:10]


def _log(file: Path, at: int) -> dict[str, Any] | None:
    """{at, lines, follows: whether they follow those before `at`}: whole lines that are new; None: there are none."""
    try:
        size = file.stat().st_size
        follows = 0 < at <= size <= at + LOG_BYTES
        start = at if follows else max(0, size - LOG_BYTES)
        if start == size:
            return None
        with file.open("rb") as opened:
            opened.seek(start)
            read = opened.read(size - start)
    except OSError:
        return None
    if not follows and start:
        start, read = start + read.find(b"\n") + 1, read[read.find(b"\n") + 1 :]
    whole = read[: read.rfind(b"\n") + 1]
    if not whole:
        return None
    return {"at": start + len(whole), "lines": whole.decode(errors="replace").splitlines(), "follows": follows}


def _end(file: Path, most: int) -> tuple[int, str]:
    """The file's size and its last bytes as text; nothing where it cannot be read."""
    try:
        with file.open("rb") as opened:
            size = opened.seek(0, io.SEEK_END)
            opened.seek(max(0, size - most))
            return size, opened.read().decode(errors="replace").strip()
    except OSError:
        return 0, ""


# --- pictures ---------------------------------------------------------------------------------------------


def _shown_sheet(file: Path, width: int) -> Answer:
    try:
        changed = file.stat().st_mtime_ns
    except OSError as error:
        raise Refused("app.runs_no_sheet") from error
    return {"picture": _small_sheet(file, changed, width)}


def _whole_sheet(file: Path) -> bytes:
    images.decode(file)  # a picture, whatever else lies in the folder
    return file.read_bytes()


@functools.lru_cache(maxsize=48)  # at most 20 MB
def _small_sheet(file: Path, changed: int, width: int) -> str:
    picture = images.decode(file)
    exact = max(picture.size) <= width  # small ones keep every pixel
    picture.thumbnail((width, width), Image.Resampling.BOX, reducing_gap=2)
    data = io.BytesIO()
    if exact:
        picture.save(data, "PNG", compress_level=6)
        return png_url(data.getvalue())
    picture.save(data, "WEBP", quality=88, method=2)
    return data_url(data.getvalue(), "image/webp")

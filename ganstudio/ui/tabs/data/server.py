"""The server's side of the data tab: what its page calls, for the owner alone, and the sets that are being made.

A set is made by a thread of the server, one after the other; pages come and go and ask how far it is. What a page sends
is gathered in a hidden folder of its own until a set is made of it.
"""

from __future__ import annotations

import contextlib
import functools
import io
import itertools
import json
import re
import secrets
import shutil
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
from PIL import Image

from ganstudio import places
from ganstudio.ui import pieces
from ganstudio.ui.answers import Answer, Work, data_url, language_of
from ganstudio.ui.models import Models
from ganstudio.ui.plotly import script
from ganstudio.ui.upload import uploaded
from ganstudio.words import Refused, has, say

if TYPE_CHECKING:
    from ganstudio.data.dataset import Preparation, Source

MAX_WAITING = 4  # sets that wait for their turn
MAX_KNOWN = 20  # sets made in this process whose outcome is remembered
MAX_BATCH = 64  # files of one request
MAX_NAME = 80  # letters of a set's name
MAX_POINTS = 20_000  # of the cloud of colours
DROPPED = 200  # files left out that are named one by one
THUMBNAIL = 128  # pixels a side
COVER = 96
HAND = re.compile(r"[\w-]{16,64}")  # names of the folders for what pages send


@dataclass
class Making:
    """A set that is being made, waits for that, or was."""

    id: str
    name: str
    state: str = "waiting"  # then running, and at last: done, stopped or failed
    done: int = 0
    count: int | None = None
    stop: bool = False
    begun: float = 0.0  # when the first picture was done
    refusal: Refused | None = None  # why it failed
    folder: str = ""  # of the set, once it is done

    def step(self, done: int, count: int | None) -> bool:
        self.begun = self.begun or time.monotonic()
        self.done, self.count = done, count
        return self.stop

    def shown(self, visitor: str) -> Answer:
        taken = time.monotonic() - self.begun if self.begun else 0.0
        speed = (self.done - 1) / taken if taken > 0.5 and self.state == "running" else 0.0
        error = self.refusal.say(visitor) if self.refusal else ""
        progress = {"done": self.done, "count": self.count, "speed": round(speed, 1)}
        return {"id": self.id, "name": self.name, "state": self.state, "error": error, "set": self.folder, **progress}


@dataclass
class Arrival:
    """What a page has sent so far."""

    taken: dict[str, int] = field(default_factory=dict)  # see archive.place_of
    count: int = 0
    size: int = 0  # bytes


class Makers:
    """The sets that this process makes, one at a time."""

    def __init__(self) -> None:
        self.all: dict[str, Making] = {}
        self._turn = threading.Lock()

    def begin(self, name: str, make: Callable[[Making], Path]) -> Making:
        """Starts a thread that waits for its turn; raises Refused where too many wait or one of that name does."""
        waiting = [each for each in self.all.values() if each.state in ("waiting", "running")]
        if any(places.slug(each.name) == places.slug(name) for each in waiting):
            raise Refused("dataset.busy", name=name)
        if len(waiting) > MAX_WAITING:
            raise Refused("app.busy")
        for old in [each for each in self.all.values() if each not in waiting][:-MAX_KNOWN]:
            del self.all[old.id]
        job = Making(secrets.token_urlsafe(12), name)
        self.all[job.id] = job
        # A daemon: the server ends without waiting for it, and the next set that is made sweeps away what it left.
        threading.Thread(target=self._work, args=(job, make), daemon=True, name=f"make {job.id}").start()
        return job

    def _work(self, job: Making, make: Callable[[Making], Path]) -> None:
        from ganstudio.data.making import Stopped

        with self._turn:
            try:
                if job.stop:
                    raise Stopped
                job.state = "running"
                job.folder = make(job).name
                job.state = "done"
            except Stopped:
                job.state = "stopped"
            except Refused as refusal:
                job.refusal, job.state = refusal, "failed"
            except Exception as error:  # a thread's last word: whatever it was, the page must hear of it
                traceback.print_exc()
                job.refusal, job.state = Refused("dataset.crashed", reason=type(error).__name__), "failed"


def functions(models: Models) -> list[Work]:
    """What the tab's page calls; no model takes part."""
    makers = Makers()
    arrivals: dict[str, Arrival] = {}
    looking = anyio.CapacityLimiter(1)
    drawing = anyio.CapacityLimiter(2)

    async def data_shelf(fields: dict[str, Any]) -> Answer:
        """{} -> {sets: [{name, title, kind, pictures, size, made, damaged}], jobs: as data_jobs, limits, styles}"""
        from ganstudio.data.archive import MAX_PICTURES
        from ganstudio.data.dataset import STYLES

        sets = await anyio.to_thread.run_sync(_sets, language_of(fields))
        limits = {"zip": pieces.MAX_ZIP_BYTES // 2**20, "files": MAX_PICTURES}
        jobs = [job.shown(language_of(fields)) for job in makers.all.values()]
        return {"sets": sets, "jobs": jobs, "limits": limits, "styles": STYLES}

    async def data_jobs(fields: dict[str, Any]) -> Answer:
        """{} -> {jobs: [{id, name, state, done, count, speed, error, set}]}; speed in pictures a second"""
        return {"jobs": [job.shown(language_of(fields)) for job in makers.all.values()]}

    async def data_drawn(fields: dict[str, Any]) -> Answer:
        """{} -> {drawn: {name: data URL of two examples}}"""
        return {"drawn": await anyio.to_thread.run_sync(_drawn, limiter=drawing)}

    async def data_covers(fields: dict[str, Any]) -> Answer:
        """{names} -> {covers: {name: data URL of four pictures}}"""
        names = fields.get("names")
        if not isinstance(names, list) or len(names) > 500 or not all(isinstance(each, str) for each in names):
            raise Refused("app.reload")
        return {"covers": await anyio.to_thread.run_sync(_covers, names, limiter=drawing)}

    async def data_receive(fields: dict[str, Any]) -> Answer:
        """{hand: what an earlier answer gave, or "", files: [{path: of an upload, name}]} or {pieces: uploads that make
        a ZIP} -> {hand, count: pictures, ignored: other files}"""
        if fields.get("pieces") is not None:
            work = functools.partial(_receive_zip, fields.get("pieces"))
        else:
            work = functools.partial(_receive, fields.get("hand"), fields.get("files"), arrivals)
        return await anyio.to_thread.run_sync(work, limiter=looking)

    async def data_look(fields: dict[str, Any]) -> Answer:
        """{source: as data_make} -> {guess: kind, count, classes: {label: pictures}, kinds: the folders of two kinds,
        pairs, halves: whether two pictures lie side by side in each}; of the Hub: {revision, image, target, label}"""
        source = checked_source(fields.get("source"))
        return await anyio.to_thread.run_sync(_look, source, limiter=looking)

    async def data_make(fields: dict[str, Any]) -> Answer:
        """{name, source: as dataset.Source, upload being a hand, settings: as dataset.Preparation} -> {job}"""
        name, source = checked_name(fields.get("name")), checked_source(fields.get("source"))
        wanted = checked_settings(fields.get("settings"))
        folder = places.datasets() / places.slug(name)
        if folder.exists():
            raise Refused("dataset.taken", name=folder.name)

        def make(job: Making) -> Path:
            from ganstudio.data.making import make

            return make(name, source, wanted, job.step)

        return {"job": makers.begin(name, make).id}

    async def data_repeat(fields: dict[str, Any]) -> Answer:
        """{name: of a set} -> {job}"""
        folder = await anyio.to_thread.run_sync(_set, fields.get("name"))
        again = places.unused(places.datasets(), folder.name).name

        def make(job: Making) -> Path:
            from ganstudio.data.making import repeat

            return repeat(folder.name, again, job.step)[0]

        return {"job": makers.begin(again, make).id}

    async def data_stop(fields: dict[str, Any]) -> Answer:
        """{job} -> {}: it ends after the pictures that are being worked on, and nothing of it is left"""
        job = makers.all.get(str(fields.get("job")))
        if job is not None:
            job.stop = True
        return {}

    async def data_forget(fields: dict[str, Any]) -> Answer:
        """{job: that has ended} -> {}"""
        job = makers.all.get(str(fields.get("job")))
        if job is not None and job.state not in ("waiting", "running"):
            del makers.all[job.id]
        return {}

    async def data_show(fields: dict[str, Any]) -> Answer:
        """{name} -> {title, kind, size, pictures, groups: [{name, count}], folds, history: sentences, dropped: [{name,
        reason}], left_out: their number, sha256}"""
        work = functools.partial(_shown, fields.get("name"), language_of(fields))
        return await anyio.to_thread.run_sync(work, limiter=drawing)

    async def data_page(fields: dict[str, Any]) -> Answer:
        """{name, page: from 0, group: "" for all} -> {pictures: [{url, name, source, labels, fold}], total, pages}"""
        work = functools.partial(_page, fields.get("name"), fields.get("page"), fields.get("group"))
        return await anyio.to_thread.run_sync(work, limiter=drawing)

    async def data_colours(fields: dict[str, Any]) -> Answer:
        """{name} -> {points: JSON, [[red, green, blue, name, group]], script: address of plotly, count}"""
        return await anyio.to_thread.run_sync(_colours, fields.get("name"), limiter=drawing)

    async def data_delete(fields: dict[str, Any]) -> Answer:
        """{name} -> {}"""
        name = fields.get("name")
        if not isinstance(name, str):
            raise Refused("app.reload")
        await anyio.to_thread.run_sync(_delete, name)
        return {}

    return [
        *(data_shelf, data_jobs, data_drawn, data_covers, data_receive, data_look, data_make, data_repeat),
        *(data_stop, data_forget, data_show, data_page, data_colours, data_delete),
    ]


# --- what a request may say -----------------------------------------------------------------------------------


def checked_name(name: object) -> str:
    """A name to be given; raises Refused."""
    if not isinstance(name, str) or len(name) > MAX_NAME:
        raise Refused("dataset.name", limit=MAX_NAME)
    shown = " ".join(name.split())
    places.slug(shown)
    return shown


def checked_source(sent: object) -> Source:
    """A source as a page describes it: in place of a folder for `upload` it has the hand that `data_receive` gave."""
    from ganstudio.config import from_dict
    from ganstudio.data.dataset import Source

    if not isinstance(sent, dict):
        raise Refused("app.reload")
    source = from_dict(Source, sent)
    if source.upload:
        source = replace(source, upload=str(_arrived(source.upload)))
    if source.folder and Path(source.folder).suffix.lower() == ".zip":
        source = replace(source, folder="", zip=source.folder)
    return source


def checked_settings(sent: object) -> Preparation:
    """Raises Refused for what is no setting or out of its bounds."""
    from ganstudio.config import from_dict
    from ganstudio.data.dataset import Preparation

    if not isinstance(sent, dict):
        raise Refused("app.reload")
    return from_dict(Preparation, sent)


def _set(name: object) -> Path:
    from ganstudio.data.dataset import named

    if not isinstance(name, str):
        raise Refused("app.reload")
    return named(name)


# --- what a page sends ------------------------------------------------------------------------------------------


def _arrived(hand: object) -> Path:
    from ganstudio.data.making import incoming

    if not isinstance(hand, str) or not HAND.fullmatch(hand) or not (incoming() / hand).is_dir():
        raise Refused("dataset.gone")
    return incoming() / hand


def _new_hand() -> str:
    from ganstudio.data.making import incoming

    hand = secrets.token_urlsafe(18)
    try:
        (incoming() / hand).mkdir(parents=True)
    except OSError as error:
        raise Refused("dataset.unwritable", folder=incoming(), reason=error.strerror or error) from error
    return hand


def _receive(hand: object, files: object, arrivals: dict[str, Arrival]) -> Answer:
    from ganstudio.data.archive import MAX_PICTURES, MAX_TOTAL, place_of
    from ganstudio.data.dataset import LABELS
    from ganstudio.files import is_picture

    if not isinstance(files, list) or not 1 <= len(files) <= MAX_BATCH:
        raise Refused("app.reload")
    if not all(isinstance(each, dict) and isinstance(each.get("name"), str) for each in files):
        raise Refused("app.reload")
    if hand and hand not in arrivals:
        raise Refused("dataset.gone")
    sent = [(uploaded(each.get("path")), each["name"][:1000].replace("\\", "/").replace("\0", "")) for each in files]
    hand = str(hand or _new_hand())
    arrival = arrivals.setdefault(hand, Arrival())
    folder, ignored = _arrived(hand), 0
    try:
        for file, called in sent:
            name = PurePosixPath(called)
            if name.suffix.lower() == ".csv" and not (folder / LABELS).exists():
                shutil.move(file, folder / LABELS)
            elif is_picture(name):
                arrival.count += 1
                arrival.size += file.stat().st_size
                if arrival.count > MAX_PICTURES:
                    raise Refused("dataset.too_many_files", limit=MAX_PICTURES)
                if arrival.size > MAX_TOTAL:
                    raise Refused("dataset.too_much", limit=MAX_TOTAL // 2**20)
                place = folder / place_of(name, arrival.taken)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(file, place)
            else:
                ignored += 1
    except OSError as error:
        raise Refused("dataset.unwritable", folder=folder, reason=error.strerror or error) from error
    finally:
        pieces.forget(file for file, _ in sent)
    return {"hand": hand, "count": arrival.count, "ignored": ignored}


def _receive_zip(sent: object) -> Answer:
    from ganstudio.data.archive import others_of_zip
    from ganstudio.data.sources import unpack
    from ganstudio.files import walked

    parts = pieces.checked_pieces(sent)
    try:
        folder = _arrived(_new_hand())
    except Refused:
        pieces.forget(parts)
        raise
    file = folder / ".zip"
    try:
        pieces.join(parts, file)
        unpack(file, folder)
        ignored = len(others_of_zip(file))
        file.unlink()
    except (Refused, OSError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, Refused):
            raise
        raise Refused("dataset.unwritable", folder=folder, reason=error.strerror or error) from error
    count = len(walked(folder).pictures)
    if not count:
        shutil.rmtree(folder, ignore_errors=True)
        raise Refused("app.icon_zip_empty")
    return {"hand": folder.name, "count": count, "ignored": ignored}


def _look(source: Source) -> Answer:
    from ganstudio.data import hub_source
    from ganstudio.data.sources import look_at

    if source.hub:
        found = hub_source.look(source)
        guess = "paired" if found["target"] else "labelled" if found["label"] else "single"
        return {"guess": guess, "classes": {}, "kinds": [], "pairs": bool(found["target"]), "halves": False, **found}
    if source.zip:  # known when it is unpacked
        if not Path(source.zip).expanduser().is_file():
            raise Refused("data.no_folder", folder=source.zip)
        return {"guess": "auto", "classes": {}, "kinds": [], "pairs": False, "halves": False, "count": None}
    if not (source.folder or source.upload):
        raise Refused("app.reload")
    folder = Path(source.folder or source.upload).expanduser()
    if not folder.is_dir():
        raise Refused("data.no_folder", folder=folder)
    layout = look_at(folder, source.labels)
    shape = {"pairs": layout.pairs, "halves": layout.halves, "kinds": layout.kinds}
    return {"guess": layout.guess, "count": len(layout.files), "classes": layout.classes, **shape}


# --- what a page is shown -----------------------------------------------------------------------------------------


def _sets(visitor: str) -> list[Answer]:
    from ganstudio.data.dataset import found, read

    sets = []
    for folder in found():
        try:
            record = read(folder)
        except Refused as refusal:
            sets.append({"name": folder.name, "title": folder.name, "damaged": refusal.say(visitor)})
            continue
        shown = {key: record[key] for key in ("title", "kind", "pictures", "size", "made")}
        sets.append({"name": folder.name, **shown, "damaged": ""})
    return sets


def _delete(name: str) -> None:
    from ganstudio.data.dataset import delete

    delete(name)


def _shown(name: object, visitor: str) -> Answer:
    from ganstudio.data.dataset import dropped, history, read

    folder = _set(name)
    record = read(folder)
    counts = record["classes"] if record["kind"] == "labelled" else record["counts"]
    groups = [{"name": each, "label": _label(each, record, visitor), "count": count} for each, count in counts.items()]
    steps = record["steps"]
    left_out = sum(int(step.get(each, 0)) for step in steps for each in ("unreadable", "unlabelled", "dropped"))
    listed = [{"name": each.source, "reason": each.say(visitor)} for each in dropped(folder, DROPPED)]
    shown = {key: record[key] for key in ("title", "kind", "size", "pictures", "folds", "made", "sha256")}
    return {
        **shown,
        "name": folder.name,
        "groups": [] if record["kind"] in ("single", "paired") else groups,
        "history": history(record, visitor),
        "dropped": listed,
        "left_out": left_out,
    }


def _label(group: str, record: dict[str, Any], visitor: str) -> str:
    """A group's name as a person reads it: a type's own, or which kind's pictures they are."""
    domains = dict(zip(("A", "B"), record["domains"], strict=False))
    if record["kind"] == "unpaired" and group[-1:] in domains:
        key = "dataset.of_test" if group.startswith("test") else "dataset.of_kind"
        return say(key, visitor, name=domains[group[-1]])
    return say(f"app.type.{group}", visitor) if has(f"app.type.{group}") else group


def _page(name: object, number: object, group: object) -> Answer:
    from ganstudio.data.preview import PAGE, page, thumbnail

    folder = _set(name)
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 10**6 or not isinstance(group, str):
        raise Refused("app.reload")
    shown, total = page(folder, number, group)
    pictures = [
        {
            "url": _url(thumbnail(folder, row, THUMBNAIL)),
            "name": row.file.split("/")[1],
            "source": row.source,
            "labels": row.labels,
            "fold": row.fold,
        }
        for row in shown
    ]
    return {"pictures": pictures, "total": total, "pages": max(1, -(-total // PAGE))}


def _colours(name: object) -> Answer:
    from ganstudio.data.dataset import rows

    found = list(rows(_set(name)))
    points = [[*row.colour, row.source, row.group] for row in found[:: len(found) // MAX_POINTS + 1]]
    return {"points": json.dumps(points, ensure_ascii=False), "script": script(), "count": len(found)}


def _covers(names: list[str]) -> dict[str, str]:
    from ganstudio import images
    from ganstudio.data.dataset import rows
    from ganstudio.data.preview import thumbnail

    covers = {}
    for name in names:
        with contextlib.suppress(Refused):
            folder = _set(name)
            first = list(itertools.islice(rows(folder), 40))
            small = [thumbnail(folder, row, COVER // 2) for row in first[:: max(1, len(first) // 4)][:4]]
            if small:
                across = 1 if small[0].width > small[0].height else 2
                covers[name] = _url(images.grid(small[: 2 * across], across, gap=0))
    return covers


@functools.cache
def _drawn() -> dict[str, str]:
    """Two pictures of each drawn set, side by side."""
    from ganstudio import images
    from ganstudio.data import demo, domains
    from ganstudio.data.dataset import DRAWN

    drawn = {}
    for name in DRAWN:
        if name == "faces":
            both = list(next(demo.faces(1, THUMBNAIL, 4)))
        else:
            kind = domains.ball if name == "ball" else domains.creature_on_white
            both = [Image.fromarray(kind((7, 2, 1), domain, THUMBNAIL)) for domain in domains.DOMAINS]
        drawn[name] = _url(images.grid(both, 2, gap=0))
    return drawn


def _url(picture: Image.Image) -> str:
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=82)
    return data_url(file.getvalue(), "image/webp")

"""The colours tab: mean colours of a Pokédex, or of the visitor's own pictures, as a cloud and as a wheel of hues.

The page draws both figures itself with plotly's script, which comes from the Python package on this machine.
"""

from __future__ import annotations

import functools
import io
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread

from ganstudio import images
from ganstudio.typenames import TYPES
from ganstudio.ui import pieces, plotly
from ganstudio.ui.answers import Answer, Work, language_of
from ganstudio.ui.models import Models
from ganstudio.ui.tabs.colours import measure
from ganstudio.ui.upload import uploaded
from ganstudio.ui.work import Job, Works, how_far

if TYPE_CHECKING:
    from ganstudio.data.pokedex import Entry

MAX_WAITING = 4  # visitors whose ZIPs wait for another's


def functions(models: Models) -> list[Work]:
    """What the tab's page calls; no model takes part."""
    opening = anyio.CapacityLimiter(1)  # decoding the largest picture takes hundreds of megabytes
    jobs = Works(Job, at_once=1, waiting=MAX_WAITING)

    async def pokedex(fields: dict[str, Any]) -> Answer:
        """{} -> {entries: JSON, types: with their colours, script: address of plotly, limits}"""
        limits = {
            "pictures": measure.MAX_PICTURES,
            "each": images.MAX_BYTES // 2**20,
            "zip": pieces.MAX_ZIP_BYTES // 2**20,
        }
        entries = await anyio.to_thread.run_sync(_shipped)
        return {"entries": entries, "types": TYPES, "script": plotly.script(), "limits": limits}

    async def own_picture(fields: dict[str, Any]) -> Answer:
        """{path: of an upload} -> {entry: JSON}"""
        upload = uploaded(fields.get("path"))
        return await anyio.to_thread.run_sync(measure.own_picture, upload, limiter=opening)

    async def read_labels(fields: dict[str, Any]) -> Answer:
        """{path: of an uploaded CSV} -> {labels: JSON, {id: {names, types}}}"""
        return await anyio.to_thread.run_sync(measure.labels, uploaded(fields.get("path")), limiter=opening)

    async def measure_pictures(fields: dict[str, Any]) -> Answer:
        """{pictures: [{path: of an upload, name, label}]} -> {entries: JSON, refused: [{name, reason}]}"""
        batch = measure.checked_batch(fields.get("pictures"))
        return await anyio.to_thread.run_sync(measure.batch, batch, language_of(fields), limiter=opening)

    async def open_zip(fields: dict[str, Any]) -> Answer:
        """{pieces: uploads that make a ZIP, job: a name for `progress`, labels: JSON or null} -> as measure_pictures"""
        sent = pieces.checked_pieces(fields.get("pieces"))
        labels = measure.checked_labels(fields.get("labels"))
        async with jobs.turn(fields) as job:
            work = functools.partial(measure.archive, sent, labels, job, language_of(fields))
            return await anyio.to_thread.run_sync(work)

    async def progress(fields: dict[str, Any]) -> Answer:
        """{job, stop: whether it is no longer wanted} -> {done, count: pictures of the ZIP}"""
        return how_far(jobs, fields)

    async def save_csv(fields: dict[str, Any]) -> Answer:
        """{ids: of shipped entries} or {entries: as they were sent to the page} -> {csv}"""
        return {"csv": await anyio.to_thread.run_sync(_csv, fields.get("ids"), fields.get("entries"))}

    return [pokedex, own_picture, read_labels, measure_pictures, open_zip, progress, save_csv]


@functools.cache
def _shipped() -> str:
    from ganstudio.data.pokedex import rows

    return measure.to_json(rows())


def _csv(ids: object, sent: object) -> str:
    from ganstudio.data.pokedex import rows, write

    entries: list[Entry]
    if isinstance(ids, list):
        known = {entry.id: entry for entry in rows()}
        entries = [known[each] for each in ids if isinstance(each, str) and each in known]
    else:
        entries = measure.from_json(sent)
    file = io.StringIO(newline="")
    write(entries, file)
    return file.getvalue()

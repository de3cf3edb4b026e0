"""The colours tab: mean colours of a Pokédex, or of the visitor's own pictures, as a cloud and as a wheel of hues.

The page (static/colours.html, colours.js, colours_figures.js) draws both figures itself with plotly's script, which
comes from the Python package on this machine. It sends one JSON object and gets one back, as the canvas does.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
import gradio as gr

from ganstudio import images
from ganstudio.text import Refused
from ganstudio.types import TYPES
from ganstudio.ui import measure, pieces
from ganstudio.ui.canvas import STATIC, Answer, answered, language_of
from ganstudio.ui.models import Models
from ganstudio.ui.upload import uploaded

if TYPE_CHECKING:
    from ganstudio.data.pokedex import Entry

TITLE = "app.tab_colours"
SCRIPTS = ("colours_figures.js", "colours.js")  # run as one, in this order
MAX_WAITING = 4  # visitors whose ZIPs wait for another's


def tab(models: Models) -> None:
    """Builds the tab inside the current `gr.Tab`; no model takes part."""
    gr.set_static_paths([plotly_script()])
    gr.HTML(
        value=(STATIC / "colours.html").read_text(encoding="utf-8"),
        css_template=(STATIC / "colours.css").read_text(encoding="utf-8"),
        js_on_load="\n".join((STATIC / file).read_text(encoding="utf-8") for file in SCRIPTS),
        apply_default_css=False,
        server_functions=_functions(),
        elem_id="colours",
    )


@functools.cache
def plotly_script() -> Path:
    """plotly.min.js of the installed Python package: the page needs no network for it."""
    import plotly.offline  # its parent alone does not say where the script lies

    return Path(plotly.offline.__file__).parents[1] / "package_data" / "plotly.min.js"


def _functions() -> list[Callable[[Any], Awaitable[Answer]]]:
    opening = anyio.CapacityLimiter(1)  # decoding the largest picture takes hundreds of megabytes
    unpacking = anyio.CapacityLimiter(1)
    jobs: dict[str, pieces.Job] = {}

    async def pokedex(request: object) -> Answer:
        """{} -> {entries: JSON, types: with their colours, script: address of plotly, limits}"""

        async def answer(fields: dict[str, Any]) -> Answer:
            limits = {
                "pictures": measure.MAX_PICTURES,
                "each": images.MAX_BYTES // 2**20,
                "zip": pieces.MAX_ZIP_BYTES // 2**20,
            }
            script = f"gradio_api/file={plotly_script().as_posix()}"  # relative: the app may lie below a path
            entries = await anyio.to_thread.run_sync(_shipped)
            return {"entries": entries, "types": TYPES, "script": script, "limits": limits}

        return await answered(request, answer)

    async def own_picture(request: object) -> Answer:
        """{path: of an upload} -> {entry: JSON}"""

        async def answer(fields: dict[str, Any]) -> Answer:
            upload = uploaded(fields.get("path"))
            return await anyio.to_thread.run_sync(measure.own_picture, upload, limiter=opening)

        return await answered(request, answer)

    async def read_labels(request: object) -> Answer:
        """{path: of an uploaded CSV} -> {labels: JSON, {id: {names, types}}}"""

        async def answer(fields: dict[str, Any]) -> Answer:
            return await anyio.to_thread.run_sync(measure.labels, uploaded(fields.get("path")), limiter=opening)

        return await answered(request, answer)

    async def measure_pictures(request: object) -> Answer:
        """{pictures: [{path: of an upload, name, label}]} -> {entries: JSON, refused: [{name, reason}]}"""

        async def answer(fields: dict[str, Any]) -> Answer:
            batch = measure.checked_batch(fields.get("pictures"))
            return await anyio.to_thread.run_sync(measure.batch, batch, language_of(fields), limiter=opening)

        return await answered(request, answer)

    async def open_zip(request: object) -> Answer:
        """{pieces: uploads that make a ZIP, job: a name for `progress`, labels: JSON or null} -> as measure_pictures"""

        async def answer(fields: dict[str, Any]) -> Answer:
            sent = pieces.checked_pieces(fields.get("pieces"))
            name, labels = fields.get("job"), measure.checked_labels(fields.get("labels"))
            if not isinstance(name, str) or len(name) > 64 or name in jobs:
                raise Refused("app.reload")
            if unpacking.statistics().tasks_waiting >= MAX_WAITING:
                raise Refused("app.busy")
            job = jobs[name] = pieces.Job()
            work = functools.partial(measure.archive, sent, labels, job, language_of(fields))
            try:
                return await anyio.to_thread.run_sync(work, limiter=unpacking)
            finally:
                del jobs[name]

        return await answered(request, answer)

    async def progress(request: object) -> Answer:
        """{job, stop: whether it is no longer wanted} -> {done, count: pictures of the ZIP}"""

        async def answer(fields: dict[str, Any]) -> Answer:
            job = jobs.get(str(fields.get("job")))
            if job is None:
                return {"done": 0, "count": 0}
            job.asked(stop=fields.get("stop") is True)
            return {"done": job.done, "count": job.count}

        return await answered(request, answer)

    async def save_csv(request: object) -> Answer:
        """{ids: of shipped entries} or {entries: as they were sent to the page} -> {csv}"""

        async def answer(fields: dict[str, Any]) -> Answer:
            return {"csv": await anyio.to_thread.run_sync(_csv, fields.get("ids"), fields.get("entries"))}

        return await answered(request, answer)

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

"""The server's side of the drawing canvas: the functions that its page calls, and the checks before each.

The page (static/sketch.html, sketch.js, canvas.js) sends one JSON object and gets one back; where something
cannot be done the answer is {"error": a sentence in the visitor's language}. Requests may come from anyone.
"""

from __future__ import annotations

import base64
import binascii
import functools
import io
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
import gradio as gr
import numpy as np
from PIL import Image

from ganstudio import __version__, images
from ganstudio.text import Refused, say
from ganstudio.ui import language
from ganstudio.ui.models import Models
from ganstudio.ui.upload import uploaded

if TYPE_CHECKING:
    from ganstudio.engine import Model

STATIC = Path(__file__).with_name("static")
SCRIPTS = ("canvas.js", "sketch.js")  # run as one, in this order
RECIPE = "pix2pix"  # that of the models which turn drawings into photographs
SIDE = 256  # pixels: the sheet that the canvas sends
MAX_PNG_BYTES = 256 * 1024
MAX_DRAWING_BYTES = 4 * 2**20  # of a saved drawing's file
MAX_SEED = 2**31 - 1  # as on the command line

Answer = dict[str, Any]
_PNG = "data:image/png;base64,"


def canvas(models: Models) -> gr.HTML:
    """The sketch tab's component: canvas, face, and everything around them."""
    return gr.HTML(
        value=(STATIC / "sketch.html").read_text(encoding="utf-8"),
        js_on_load="\n".join((STATIC / file).read_text(encoding="utf-8") for file in SCRIPTS),
        apply_default_css=False,
        server_functions=_functions(models),
        elem_id="sketch",
    )


def _functions(models: Models) -> list[Callable[[Any], Awaitable[Answer]]]:
    opening = anyio.CapacityLimiter(1)  # decoding the largest picture takes hundreds of megabytes

    async def painter(name: object) -> Model:
        """The model `name`; without a name the app's own, or the first of its kind if that one recolours."""
        model = await models.get(name)
        if name or model.recipe == RECIPE:
            return model
        others = await anyio.to_thread.run_sync(models.of_recipe, RECIPE)
        return await models.get(others[0]) if others else model

    async def examples(request: object) -> Answer:
        """{examples: [{name, strokes}], width: of the strokes of training drawings}"""
        return await anyio.to_thread.run_sync(_examples, language_of(request))

    async def wake(request: object) -> Answer:
        """Waits until the model is loaded. {model} -> {models: names, size and patch: in pixels}"""

        async def answer(fields: dict[str, Any]) -> Answer:
            model = await painter(fields.get("model"))
            patch = await anyio.to_thread.run_sync(_patch, model)
            names = await anyio.to_thread.run_sync(models.of_recipe, RECIPE)
            return {"models": names, "size": model.size, "patch": patch}

        return await answered(request, answer)

    async def translate_canvas(request: object) -> Answer:
        """{picture: data URL of the sheet, seed, model, look} -> {picture: data URL, findings or null}"""

        async def answer(fields: dict[str, Any]) -> Answer:
            sheet = small_png(fields.get("picture"))
            findings = None
            if fields.get("look") is True:
                findings = await anyio.to_thread.run_sync(_findings, sheet, language_of(fields))
            seed = checked_seed(fields.get("seed"))
            face = await models.translate(sheet, seed, (await painter(fields.get("model"))).name, stroke=True)
            return {"picture": await anyio.to_thread.run_sync(_live_picture, face), "findings": findings}

        return await answered(request, answer)

    async def normalise_drawing(request: object) -> Answer:
        """{strokes} or {picture: data URL of the sheet} -> {strokes, backdrop}, as training drawings are"""

        async def answer(fields: dict[str, Any]) -> Answer:
            if fields.get("picture") is not None:
                return await anyio.to_thread.run_sync(_normalised_picture, small_png(fields["picture"]))
            return await anyio.to_thread.run_sync(_normalised_strokes, {"strokes": fields.get("strokes")})

        return await answered(request, answer)

    async def open_file(request: object) -> Answer:
        """{path: of an upload, kind: auto/photo/drawing, detail: 0..1} -> {kind, strokes, backdrop, ...}"""

        async def answer(fields: dict[str, Any]) -> Answer:
            path, kind, detail = uploaded(fields.get("path")), fields.get("kind"), fields.get("detail")
            detail = detail if isinstance(detail, int | float) and 0 <= detail <= 1 else 0.5
            return await anyio.to_thread.run_sync(_opened, path, kind, detail, limiter=opening)

        return await answered(request, answer)

    async def save_picture(request: object) -> Answer:
        """{picture, seed, model, strokes, backdrop} -> {png: data URL with the settings in it, name}"""

        async def answer(fields: dict[str, Any]) -> Answer:
            sheet, seed = small_png(fields.get("picture")), checked_seed(fields.get("seed"))
            model = await painter(fields.get("model"))
            face = await models.translate(sheet, seed, model.name)
            settings = {"ganstudio": __version__, "model": model.name, "seed": seed}
            return await anyio.to_thread.run_sync(_saved, face, settings, sheet, fields)

        return await answered(request, answer)

    return [examples, wake, translate_canvas, normalise_drawing, open_file, save_picture]


async def answered(request: object, answer: Callable[[dict[str, Any]], Awaitable[Answer]]) -> Answer:
    """What `answer` makes of the request of a page, or the sentence of its `Refused`."""
    try:
        if not isinstance(request, dict):
            raise Refused("app.reload")
        return await answer(request)
    except Refused as refusal:
        return {"error": refusal.say(language_of(request))}


def language_of(request: object) -> str:
    """The language that a request of a page asks for."""
    return language.known(request.get("language") if isinstance(request, dict) else None)


def checked_seed(seed: object) -> int | None:
    """A seed as the engine takes it, None for the steady picture; raises Refused."""
    if seed is None:
        return None
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED:
        raise Refused("app.bad_seed", limit=MAX_SEED)
    return seed


def small_png(url: object) -> Image.Image:
    """The sheet that a canvas sent: a data URL of a PNG of SIDE x SIDE pixels and at most MAX_PNG_BYTES.

    Raises Refused for anything else; the size is read from the header, before anything is decoded.
    """
    if not isinstance(url, str) or not url.startswith(_PNG):
        raise Refused("app.bad_request")
    if len(url) > len(_PNG) + 4 * MAX_PNG_BYTES / 3:
        raise Refused("app.sheet_too_heavy", limit=MAX_PNG_BYTES // 1024)
    try:
        data = base64.b64decode(url[len(_PNG) :], validate=True)
    except binascii.Error:
        raise Refused("app.bad_request") from None
    size = SIDE.to_bytes(4, "big") * 2
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or data[12:24] != b"IHDR" + size:
        raise Refused("app.bad_request")
    return images.decode(data)


def _live_picture(face: Image.Image) -> str:
    # 0.3 ms and 23 KB; a PNG of the same face takes 4 ms and 92 KB, lossless WebP 6 ms. Downloads are PNG.
    file = io.BytesIO()
    face.save(file, "JPEG", quality=95, subsampling=0)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()


def png_url(data: bytes) -> str:
    """The bytes of a PNG as a data URL."""
    return _PNG + base64.b64encode(data).decode()


def _grey_url(sheet: Image.Image) -> str:
    return png_url(images.encode_png(sheet.convert("L")))


@functools.cache
def _patch(model: Model) -> int | None:
    return model.receptive_field()  # builds the network to ask it


def _examples(visitor: str) -> Answer:
    from ganstudio.data import drawing

    found = [
        {"name": say(f"example.{name}", visitor), **drawing.to_json(each)} for name, each in drawing.examples().items()
    ]
    return {"examples": found, "width": drawing.USUAL_STROKE}


def _findings(sheet: Image.Image, visitor: str) -> list[str]:
    from ganstudio.data import drawing

    return [say(finding.key, visitor, **finding.details) for finding in drawing.inspect(sheet)]


def _normalised_strokes(strokes: object) -> Answer:
    from ganstudio.data import drawing

    return {**drawing.to_json(drawing.normalise(drawing.parse(strokes))), "backdrop": None}


def _normalised_picture(sheet: Image.Image) -> Answer:
    from ganstudio.data import drawing

    return {"strokes": [], "backdrop": _grey_url(drawing.normalise_image(sheet))}


def _opened(path: Path, kind: object, detail: float) -> Answer:
    """What an uploaded file puts on the canvas; `kind` says how to take a picture without settings."""
    from ganstudio.data import drawing, sketch

    with path.open("rb") as file:
        data = file.read(images.MAX_BYTES + 1)  # one byte too many makes decode() refuse
    if data.lstrip()[:1] == b"{":
        return {"kind": "saved", **_restored(_json(data))}
    settings = images.read_settings(data)
    if settings is not None and isinstance(settings.get("drawing"), dict):
        known = {"seed": checked_seed(settings.get("seed")), "model": settings.get("model")}
        return {"kind": "settings", **known, **_restored(settings["drawing"])}
    picture = images.decode(data)
    if kind not in ("photo", "drawing"):
        kind = "drawing" if looks_drawn(picture) else "photo"
    if kind == "photo":
        strokes = drawing.to_json(sketch.to_drawing(sketch.trace(picture), detail))["strokes"]
        return {"kind": kind, "strokes": strokes, "backdrop": None}
    sheet, _ = images.letterbox(_even_light(picture, 4 * SIDE), SIDE)
    return {"kind": kind, "strokes": [], "backdrop": _grey_url(sheet)}


def _json(data: bytes) -> object:
    if len(data) > MAX_DRAWING_BYTES:
        raise Refused("app.drawing_too_heavy", limit=MAX_DRAWING_BYTES // 2**20)
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise Refused("app.bad_drawing") from None


def _restored(saved: object) -> Answer:
    """A drawing as the canvas saves it, {strokes, backdrop}, checked."""
    from ganstudio.data import drawing

    if not isinstance(saved, dict):
        raise Refused("app.bad_drawing")
    backdrop = saved.get("backdrop")
    if backdrop is not None:
        backdrop = _grey_url(small_png(backdrop))
    return {**drawing.to_json(drawing.parse({"strokes": saved.get("strokes")})), "backdrop": backdrop}


def _saved(face: Image.Image, settings: dict[str, Any], sheet: Image.Image, fields: dict[str, Any]) -> Answer:
    kept = _restored({"strokes": fields.get("strokes"), "backdrop": fields.get("backdrop")})
    if len(json.dumps(kept)) > images.MAX_SETTINGS_BYTES - 1024:
        # Too many strokes for a PNG's settings: the sheet gives the same face, though not stroke by stroke.
        kept = {"strokes": [], "backdrop": _grey_url(sheet)}
    data = images.encode_png(face, {**settings, "drawing": kept})
    seed = "steady" if settings["seed"] is None else settings["seed"]
    return {"png": png_url(data), "name": f"face-{seed}.png"}


def _even_light(picture: Image.Image, side: int) -> Image.Image:
    """A drawing on tinted or unevenly lit paper as if on white, no longer than `side`; a clean one stays."""
    from ganstudio.data import drawing

    small = picture.convert("RGB")
    small.thumbnail((side, side))
    planes = [drawing.even_paper(np.asarray(plane)) for plane in small.split()]  # each to its own white
    return Image.merge("RGB", [Image.fromarray(plane) for plane in planes])


def looks_drawn(picture: Image.Image) -> bool:
    """Whether a picture is a line drawing, not a photo: in even light hardly any colour, most of it one tone.

    Drawings photographed on tinted, unevenly lit paper count as drawings. (Of 200 photos of faces none does, of
    150 grey ones 2 %.)
    """
    even = _even_light(picture, SIDE).resize((96, 96), Image.Resampling.BOX)
    _, saturation, value = even.convert("HSV").split()
    levels = np.asarray(value, np.float32)
    colour = np.asarray(saturation, np.float32) * levels / 255  # dark pixels have a random saturation
    paper = np.abs(levels - np.median(levels)) < 20
    return bool(colour.mean() < 8 and paper.mean() > 0.7)

"""The server's side of the drawing canvas: the functions that its page calls, and the checks before each.

Requests may come from anyone.
"""

from __future__ import annotations

import base64
import binascii
import functools
import io
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
import numpy as np
from PIL import Image

from ganstudio import __version__, images
from ganstudio.analysis.film import animated
from ganstudio.ui.answers import Answer, Work, data_url, language_of, png_url
from ganstudio.ui.models import Models
from ganstudio.ui.upload import uploaded
from ganstudio.words import Refused, has, say

if TYPE_CHECKING:
    from ganstudio.models.engine import Model
    from ganstudio.recipes import Recipe

SIDE = 256  # pixels: the sheet that the canvas sends
MAX_PNG_BYTES = 256 * 1024
MAX_DRAWING_BYTES = 4 * 2**20  # of a saved drawing's file
MAX_SEED = 2**31 - 1  # as on the command line
SIZES = (SIDE, 512, 1024)  # pixels a side that a download may have
MAX_CODES = 512  # numbers of a style, of any model
FRAMES, FILM_SECONDS = 24, 2.4  # of a film from one style to another and back

_PNG = "data:image/png;base64,"


def draws(recipe: Recipe) -> bool:
    """Whether its models are for this tab."""
    return recipe.draws


def functions(models: Models) -> list[Work]:
    """What the tab's page calls."""
    opening = anyio.CapacityLimiter(1)  # decoding the largest picture takes hundreds of megabytes

    async def painter(name: object) -> Model:
        """The model `name`; without a name the app's own, or the first of its kind if that one recolours."""
        model = await models.get(name)
        if name or model.draws:
            return model
        others = await anyio.to_thread.run_sync(models.that, draws)
        return await models.get(others[0]) if others else model

    async def examples(fields: dict[str, Any]) -> Answer:
        """{} -> {examples: [{name, strokes}], width: of the strokes of training drawings}"""
        return await anyio.to_thread.run_sync(_examples, language_of(fields))

    async def wake(fields: dict[str, Any]) -> Answer:
        """Waits until the model is loaded. {model} -> {models: names, looks: {name: what it paints, in words}, paints,
        size and patch: in pixels, codes: of a style, palette: its colours, sliders: [{name, label}]}"""
        model = await painter(fields.get("model"))
        patch = await anyio.to_thread.run_sync(_patch, model)
        names = await anyio.to_thread.run_sync(models.that, draws)
        painting = await anyio.to_thread.run_sync(models.painting, names)
        visitor = language_of(fields)
        looks = {name: say(f"app.paints.{paints}", visitor) for name, paints in painting.items()}
        sliders = [{"name": each.name, "label": say_direction(each.name, visitor)} for each in model.directions]
        known = {"models": names, "looks": looks, "paints": painting.get(model.name, ""), "palette": model.palette}
        return {**known, "size": model.size, "patch": patch, "codes": model.codes, "sliders": sliders}

    async def translate_canvas(fields: dict[str, Any]) -> Answer:
        """{picture: data URL of the sheet, seed, style, model, look} -> {picture: data URL, findings or null,
        no_face: a sentence where a model of faces is given a sheet without one, or null}"""
        sheet = small_png(fields.get("picture"))
        seed = checked_seed(fields.get("seed"))
        model = await painter(fields.get("model"))
        seen: Answer = {"findings": None, "no_face": None}
        if fields.get("look") is True:
            seen = await anyio.to_thread.run_sync(_seen, sheet, model.of_faces, language_of(fields))
        style = asked_style(model, seed, fields.get("style"))
        face = await models.translate(sheet, seed, model.name, style=style, stroke=True)
        return {"picture": await anyio.to_thread.run_sync(_live_picture, face), **seen}

    async def normalise_drawing(fields: dict[str, Any]) -> Answer:
        """{strokes} or {picture: data URL of the sheet} -> {strokes, backdrop}, as training drawings are"""
        if fields.get("picture") is not None:
            return await anyio.to_thread.run_sync(_normalised_picture, small_png(fields["picture"]))
        return await anyio.to_thread.run_sync(_normalised_strokes, {"strokes": fields.get("strokes")})

    async def open_file(fields: dict[str, Any]) -> Answer:
        """{path: of an upload, kind: auto/photo/drawing, detail: 0..1} -> {kind, strokes, backdrop, ...}"""
        path, kind, detail = uploaded(fields.get("path")), fields.get("kind"), fields.get("detail")
        detail = detail if isinstance(detail, int | float) and 0 <= detail <= 1 else 0.5
        return await anyio.to_thread.run_sync(_opened, path, kind, detail, limiter=opening)

    async def save_picture(fields: dict[str, Any]) -> Answer:
        """{picture, seed, model, style, size, strokes, backdrop} -> {png: data URL with the settings in it, name}"""
        sheet, seed = small_png(fields.get("picture")), checked_seed(fields.get("seed"))
        model = await painter(fields.get("model"))
        style = asked_style(model, seed, fields.get("style"))
        size = fields.get("size", SIDE)
        if not isinstance(size, int) or size not in SIZES:
            raise Refused("app.bad_request")
        # As large as the sheet, it is the very face on the page.
        face = await models.translate(sheet, seed, model.name, style=style, size=None if size == SIDE else size)
        settings: Answer = {"ganstudio": __version__, "model": model.name, "seed": seed, "size": size}
        if style is not None:
            settings["style"] = _kept_style(fields["style"])
        return await anyio.to_thread.run_sync(_saved, face, settings, sheet, fields)

    async def style_of_photograph(fields: dict[str, Any]) -> Answer:
        """{path: of an upload, model} -> {style: numbers, faces: how many were found in it}"""
        path, model = uploaded(fields.get("path")), await painter(fields.get("model"))
        face, count = await anyio.to_thread.run_sync(_portrait, path, limiter=opening)
        return {"style": await models.run(functools.partial(model.style_of, face)), "faces": count}

    async def walk_styles(fields: dict[str, Any]) -> Answer:
        """{picture, seed, model, style, to_seed, to: another style} -> {film: data URL of a WebP, there and back}"""
        sheet, seed = small_png(fields.get("picture")), checked_seed(fields.get("seed"))
        model = await painter(fields.get("model"))
        goal = checked_seed(fields.get("to_seed"))
        start, end = (
            model.checked_style(style or ([0.0] * model.codes if own is None else model.seed_style(own)))
            for own, style in (
                (seed, asked_style(model, seed, fields.get("style"))),
                (goal, asked_style(model, goal, fields.get("to"))),
            )
        )
        frames = [
            await models.run(functools.partial(model.translate, sheet, seed=seed, style=style))
            for style in _between(start, end)
        ]
        film = await anyio.to_thread.run_sync(_film, frames)
        return {"film": data_url(film, "image/webp")}

    return [
        examples,
        wake,
        translate_canvas,
        normalise_drawing,
        open_file,
        save_picture,
        style_of_photograph,
        walk_styles,
    ]


def checked_seed(seed: object) -> int | None:
    """A seed as the engine takes it, None for the steady picture; raises Refused."""
    if seed is None:
        return None
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED:
        raise Refused("app.bad_seed", limit=MAX_SEED)
    return seed


def asked_style(model: Model, seed: int | None, asked: object) -> tuple[float, ...] | None:
    """The style that a page asks for, {base: numbers or null, sliders: {name: -1..1}} beside the seed, None for the
    seed's own or the model's plain one. Raises Refused."""
    if asked is None:
        return None
    if not isinstance(asked, dict):
        raise Refused("app.bad_request")
    base, sliders = asked.get("base"), asked.get("sliders") or {}
    if base is not None and not isinstance(base, list):
        raise Refused("app.bad_request")
    if not isinstance(sliders, dict) or not all(_is_number(share) for share in sliders.values()):
        raise Refused("app.bad_request")
    return model.styled(seed, base, sliders)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _kept_style(asked: dict[str, Any]) -> Answer:
    return {"base": asked.get("base"), "sliders": asked.get("sliders") or {}}


def _restored_style(kept: object) -> Answer | None:
    """The style in the settings of a PNG that somebody opens; None where there is none, or none that can be one."""
    if not isinstance(kept, dict):
        return None
    base, sliders = kept.get("base"), kept.get("sliders")
    if not (base is None or (isinstance(base, list) and len(base) <= MAX_CODES and all(map(_is_number, base)))):
        return None
    if not isinstance(sliders, dict) or len(sliders) > MAX_CODES or not all(map(_is_number, sliders.values())):
        return None
    return {"base": base, "sliders": sliders}


def _between(start: Sequence[float], end: Sequence[float]) -> list[list[float]]:
    """The styles of a film from one to the other and back, slower at both ends."""
    shares = [0.5 - 0.5 * math.cos(2 * math.pi * k / FRAMES) for k in range(FRAMES)]
    return [[a + (b - a) * share for a, b in zip(start, end, strict=True)] for share in shares]


def _film(frames: Sequence[Image.Image]) -> bytes:
    return animated(frames, seconds=FILM_SECONDS / FRAMES)


def _portrait(path: Path) -> tuple[Image.Image, int]:
    """The largest face of an uploaded photograph, as the portraits that styles are read of, and how many there are.

    Raises Refused where there is none, or the picture is a drawing, which has no colours to take.
    """
    from ganstudio.data import faces

    picture = images.decode(path)
    if looks_drawn(picture):
        raise Refused("style.drawing")
    try:
        prepared = faces.prepare(picture, size=SIDE)
    except Refused as refusal:
        if refusal.key != "faces.none":
            raise
        raise Refused("style.no_face") from refusal
    return prepared.picture.convert("RGB"), prepared.found


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


def say_direction(name: str, visitor: str) -> str:
    """What a slider is called; the plain name of one that this version does not know."""
    return say(f"app.slider.{name}", visitor) if has(f"app.slider.{name}") else name


def _live_picture(face: Image.Image) -> str:
    # 0.3 ms and 23 KB; a PNG of the same face takes 4 ms and 92 KB, lossless WebP 6 ms. Downloads are PNG.
    file = io.BytesIO()
    face.save(file, "JPEG", quality=95, subsampling=0)
    return data_url(file.getvalue(), "image/jpeg")


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


def _seen(sheet: Image.Image, of_faces: bool, visitor: str) -> Answer:
    """{findings, no_face} as `translate_canvas` answers them; `of_faces`: whether the model draws nothing but faces."""
    from ganstudio.data import drawing
    from ganstudio.models.drawn_face import no_face

    findings = drawing.inspect(sheet)
    said = [say(finding.key, visitor, **finding.details) for finding in findings]
    faceless = of_faces and no_face(sheet, findings)
    return {"findings": said, "no_face": say("drawing.no_face", visitor) if faceless else None}


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
        known["style"] = _restored_style(settings.get("style"))
        known["size"] = settings.get("size") if settings.get("size") in SIZES else None
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
    size = "" if settings["size"] == SIDE else f"-{settings['size']}"
    return {"png": png_url(data), "name": f"face-{seed}{size}.png"}


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

"""The server's side of the recolouring tab: the functions that its page calls, and the checks before each.

A request names its picture, {"path": of an upload} or {"creature": number of a code-drawn one}, and never sends pixels.
Requests may come from anyone.
"""

from __future__ import annotations

import csv
import functools
import io
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import anyio
import anyio.to_thread
from PIL import Image

from ganstudio import __version__, images
from ganstudio.analysis.colour import difference
from ganstudio.typenames import TYPES
from ganstudio.ui.answers import Answer, Work, language_of, model_that, png_url
from ganstudio.ui.models import Models
from ganstudio.ui.upload import checked_source
from ganstudio.words import Refused, say

if TYPE_CHECKING:
    from ganstudio.models.engine import Model
    from ganstudio.recipes import Recipe

SIDE = 640  # pixels: no picture that the page shows is longer; downloads have the picture's own size
CREATURE_SIDE = 512
THUMBNAIL = 112
SMALL = 176  # pixels: the longest side of a picture in the gallery of all types
MAX_STRENGTH = 2  # as the engine's
LOOKS = 2**31  # seeds of looks
MAX_TARGET = 100  # characters of what a picture shall become
MAX_CURVES_BYTES = 2**20
MAX_POINTS = 400  # of a curve, as the page draws it


class Shown(NamedTuple):
    """A picture as the page shows it, RGB or RGBA and at most SIDE long, and the size that it came in."""

    picture: Image.Image
    width: int
    height: int


def recolours(recipe: Recipe) -> bool:
    """Whether its models are for this tab."""
    return recipe.purpose == "recolour"


def functions(models: Models) -> list[Work]:
    """What the tab's page calls."""
    opening = anyio.CapacityLimiter(1)  # decoding the largest picture takes hundreds of megabytes
    saving = anyio.CapacityLimiter(1)  # takes as much, and seconds; those who move a slider do not wait for it

    async def show(fields: dict[str, Any]) -> Shown:
        source = checked_source(fields.get("source"))
        return await anyio.to_thread.run_sync(_shown, source, limiter=opening)

    async def recoloured(picture: Image.Image, fields: dict[str, Any], to: object) -> Image.Image:
        model = await recolouring_model(models, fields.get("model"))
        wish = checked_wish(model, to, fields.get("strength", 1.0))
        return await models.translate(picture, checked_look(fields.get("look")), model.name, *wish)

    async def shelf(fields: dict[str, Any]) -> Answer:
        """{} -> {creatures: [{number, name, type, picture}], colours: of the types, models, curves: of which models}"""
        creatures = await anyio.to_thread.run_sync(_creatures, language_of(fields))
        names = await anyio.to_thread.run_sync(models.that, recolours)
        known = await anyio.to_thread.run_sync(lambda: [name for name in names if _losses(models, name).is_file()])
        return {"creatures": creatures, "colours": TYPES, "models": names, "curves": known}

    async def wake_recolouring(fields: dict[str, Any]) -> Answer:
        """Waits until the model is loaded. {model} -> {model, targets, mixes: whether two targets may be joined,
        looks: whether there are many palettes for a target}"""
        model = await recolouring_model(models, fields.get("model"))
        return {
            "model": model.name,
            "targets": model.targets,
            "mixes": model.labelled,
            "looks": model.codes > 0,
        }

    async def open_picture(fields: dict[str, Any]) -> Answer:
        """{source} -> {picture: data URL, width, height, transparent}"""
        shown = await show(fields)
        url = await anyio.to_thread.run_sync(_live_url, shown.picture)
        transparent = shown.picture.mode == "RGBA"
        return {"picture": url, "width": shown.width, "height": shown.height, "transparent": transparent}

    async def recolour_picture(fields: dict[str, Any]) -> Answer:
        """{source, to, strength, model, look, small} -> {picture: data URL}"""
        result = await recoloured((await show(fields)).picture, fields, fields.get("to"))
        side = SMALL if fields.get("small") is True else SIDE
        return {"picture": await anyio.to_thread.run_sync(_live_url, result, side)}

    async def there_and_back(fields: dict[str, Any]) -> Answer:
        """{source, to, own, model, look} -> {there, back: data URLs, away, left: mean differences in levels of 255}"""
        original = (await show(fields)).picture
        fields = {**fields, "strength": 1.0}
        there = await recoloured(original, fields, fields.get("to"))
        back = await recoloured(there, {**fields, "look": None}, fields.get("own"))
        urls = [await anyio.to_thread.run_sync(_live_url, each) for each in (there, back)]
        away, left = (difference(original, each) for each in (there, back))
        return {"there": urls[0], "back": urls[1], "away": away, "left": left}

    async def compare_colours(fields: dict[str, Any]) -> Answer:
        """{source, to, strength, model, look} -> {before, after: mean RGB, beforeHues, afterHues: 36 shares}"""
        before = (await show(fields)).picture
        after = await recoloured(before, fields, fields.get("to"))
        return await anyio.to_thread.run_sync(_compared, before, after)

    async def save_recoloured(fields: dict[str, Any]) -> Answer:
        """{source, to, strength, model, look} -> {png: data URL in the picture's own size, name}"""
        source = checked_source(fields.get("source"))
        picture = await anyio.to_thread.run_sync(_picture, source, limiter=saving)
        model = await recolouring_model(models, fields.get("model"))
        to, strength = checked_wish(model, fields.get("to"), fields.get("strength", 1.0))
        look = checked_look(fields.get("look"))
        result = await models.translate(picture, look, model.name, to, strength)
        settings = {"model": model.name, "to": to, "strength": strength}
        if look is not None and model.codes:
            settings["seed"] = look
        return await anyio.to_thread.run_sync(_saved, result, settings, limiter=saving)

    async def curves(fields: dict[str, Any]) -> Answer:
        """{model} -> {images: [...], curves: [{name, values}]} of its training; none where it has no losses.csv"""
        return await anyio.to_thread.run_sync(_curves, models, fields.get("model"))

    return [
        shelf,
        wake_recolouring,
        open_picture,
        recolour_picture,
        there_and_back,
        compare_colours,
        save_recoloured,
        curves,
    ]


# --- what a request may say -------------------------------------------------------------------------------


async def recolouring_model(models: Models, name: object) -> Model:
    """The model `name`, loaded; the first that recolours where it is None or empty. Raises Refused."""
    return await model_that(recolours, models, name, "app.no_recolouring")


def checked_wish(model: Model, to: object, strength: object) -> tuple[str, float]:
    """`to` and `strength` as the model takes them; raises Refused.

    Where a model goes one way, `to` may be None or empty.
    """
    if to in (None, "") and len(model.targets) == 1:
        to = model.targets[0]
    if not isinstance(to, str) or len(to) > MAX_TARGET:
        raise Refused("engine.to", model=model.name, to="-", known=", ".join(model.targets))
    if isinstance(strength, bool) or not isinstance(strength, int | float):
        raise Refused("engine.strength", limit=MAX_STRENGTH)
    model.check(to, strength)
    return to, float(strength)


def checked_look(look: object) -> int | None:
    """The seed of a look, of which a model may have many for a target; None: the plain one. Raises Refused."""
    if look is None:
        return None
    if isinstance(look, bool) or not isinstance(look, int) or not 0 <= look < LOOKS:
        raise Refused("app.bad_look", limit=LOOKS - 1)
    return look


# --- pictures ---------------------------------------------------------------------------------------------


def _picture(source: Path | int) -> Image.Image:
    """RGB, or RGBA where it has transparency, in its own size."""
    return _creature(source, CREATURE_SIDE) if isinstance(source, int) else images.decode(source, alpha="keep")


@functools.lru_cache(maxsize=24)  # at most 40 MB; moving the slider does not decode the upload again
def _shown(source: Path | int) -> Shown:
    picture = _picture(source)
    return Shown(_within(picture, SIDE), *picture.size)


def _creature(number: int, side: int) -> Image.Image:
    from ganstudio.data.creatures import EXAMPLES, creature

    return Image.fromarray(creature(*EXAMPLES[number], side))


@functools.cache
def _thumbnail(number: int) -> str:
    return _live_url(_creature(number, THUMBNAIL))


def _creatures(visitor: str) -> list[dict[str, Any]]:
    from ganstudio.data.creatures import EXAMPLES

    return [
        {
            "number": number,
            "name": say("app.creature", visitor, number=number + 1, type=say(f"app.type.{own}", visitor)),
            "type": own,
            "picture": _thumbnail(number),
        }
        for number, (_, own) in enumerate(EXAMPLES)
    ]


def _within(picture: Image.Image, side: int) -> Image.Image:
    """The picture, made smaller where a side is longer than `side`; transparent pixels do not bleed into others."""
    scale = side / max(picture.size)
    if scale >= 1:
        return picture
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    if picture.mode == "RGBA":
        return picture.convert("RGBa").resize(size, Image.Resampling.BOX, reducing_gap=2).convert("RGBA")
    return picture.resize(size, Image.Resampling.BOX, reducing_gap=2)


def _live_url(picture: Image.Image, side: int = SIDE) -> str:
    file = io.BytesIO()
    _within(picture, side).save(file, "PNG", compress_level=1)
    return png_url(file.getvalue())


def _saved(result: Image.Image, settings: dict[str, Any]) -> Answer:
    data = images.encode_png(result, {"ganstudio": __version__, **settings})
    return {"png": png_url(data), "name": f"{settings['to']}.png"}


def _compared(before: Image.Image, after: Image.Image) -> Answer:
    from ganstudio.analysis.colour import statistics, without_paper

    first, second = (statistics(without_paper(each)) for each in (before, after))
    return {"before": first.mean, "after": second.mean, "beforeHues": first.hue, "afterHues": second.hue}


# --- how a model's training went --------------------------------------------------------------------------


def _losses(models: Models, name: str) -> Path:
    return (models.folder_of(name) or Path()) / "losses.csv"


def _curves(models: Models, name: object) -> Answer:
    names = models.that(recolours)
    if name not in names:
        raise Refused("app.unknown_model", known=", ".join(names))
    return read_curves(_losses(models, str(name)))


def read_curves(file: Path) -> Answer:
    """{images: [...], curves: [{name, values}]} of a losses.csv, thinned to MAX_POINTS; both empty without one.

    Columns: images (seen until then), then a column for each curve; what is no finite number becomes None.
    """
    if not file.is_file() or file.stat().st_size > MAX_CURVES_BYTES:
        return {"images": [], "curves": []}
    with file.open(encoding="utf-8", newline="") as opened:
        head, *rows = [*csv.reader(opened)] or [[]]
    rows = [row for row in rows if len(row) == len(head)]
    rows = rows[:: max(1, math.ceil(len(rows) / MAX_POINTS))]
    columns = {name: [_number(row[k]) for row in rows] for k, name in enumerate(head)}
    counts = columns.pop("images", [])
    return {"images": counts, "curves": [{"name": name, "values": values} for name, values in columns.items()]}


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None

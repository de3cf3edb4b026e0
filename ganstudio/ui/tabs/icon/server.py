"""The server's side of the icon tab: the functions that its page calls, and the checks before each.

A request names its picture, {"path": of an upload} or {"example": number}, and says what to cut out of it as a square
of the picture's own pixels; it never sends pixels. Requests may come from anyone.
"""

from __future__ import annotations

import functools
import io
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
from PIL import Image

from ganstudio import __version__, images
from ganstudio.ui import pieces
from ganstudio.ui.answers import HERE, Answer, Work, data_url, language_of, model_that, png_url
from ganstudio.ui.models import Models
from ganstudio.ui.upload import handed_out, uploaded
from ganstudio.ui.work import Job, Works, how_far
from ganstudio.words import Refused, has, say

if TYPE_CHECKING:
    from ganstudio.data.archive import Unpacked
    from ganstudio.models.engine import Model
    from ganstudio.models.icon import Chosen
    from ganstudio.recipes import Recipe

# Characters, then icons, which are of one model's style: KIND-NUMBER[-MODEL].webp; see ATTRIBUTION.md there.
EXAMPLES = tuple(sorted((HERE / "examples").glob("*.webp")))
SHOWN = 640  # pixels: the longest side of the picture in which the square is drawn
RESULT = 384  # pixels a side of the results on the page; downloads have the size that was chosen
MAX_PICTURES = 2000  # of one ZIP
MAX_REFUSED = 200  # files that are named one by one
MAX_WAITING = 4  # visitors whose ZIPs wait for another's


@dataclass(frozen=True)
class Wish:
    """What a request asks for, checked."""

    to: str
    tilt: float
    flat: bool
    size: int
    background: str
    alone: bool


def redraws(recipe: Recipe) -> bool:
    """Whether its models are for this tab."""
    return recipe.purpose == "redraw"


def functions(models: Models) -> list[Work]:
    """What the tab's page calls."""
    opening = anyio.CapacityLimiter(1)  # decoding the largest picture takes hundreds of megabytes
    finishing = anyio.CapacityLimiter(1)
    unpacking = anyio.CapacityLimiter(1)
    # One visitor's ZIP at a time; single pictures go on between its pictures.
    folders = Works(Job, at_once=1, waiting=MAX_WAITING)

    async def icon_shelf(fields: dict[str, Any]) -> Answer:
        """{} -> {examples: [{number, name, target: whether it is of the second domain, model: whose icon it is, or
        empty, picture}], zip: MB, models: names, styles: {name of a model: what its icons are called}}"""
        examples = await anyio.to_thread.run_sync(_examples, language_of(fields))
        names = await anyio.to_thread.run_sync(models.that, redraws)
        styles = {name: style_of(name, language_of(fields)) for name in names}
        return {"examples": examples, "models": names, "styles": styles, "zip": pieces.MAX_ZIP_BYTES // 2**20}

    async def wake_icon(fields: dict[str, Any]) -> Answer:
        """Waits until the model is loaded. {model} -> {model, targets, size, faces: whether it knows faces alone}"""
        model = await icon_model(models, fields.get("model"))
        return {"model": model.name, "targets": model.targets, "size": model.size, "faces": model.of_faces}

    async def open_icon(fields: dict[str, Any]) -> Answer:
        """{source, crop: one of icon.WAYS, model} ->
        {picture: data URL, width, height, box, found, notes: sentences}"""
        source = checked_source(fields.get("source"))
        of_faces = (await icon_model(models, fields.get("model"))).of_faces
        work = functools.partial(_opened, source, fields.get("crop"), of_faces, language_of(fields))
        return await anyio.to_thread.run_sync(work, limiter=opening)

    async def make_icon(fields: dict[str, Any]) -> Answer:
        """{source, box, tilt, to, flat, background, alone, model, back: whether to go there and back} ->
        {cropped, picture: data URLs, home: of the way back, or null, warning: a sentence, or empty}"""
        from ganstudio.models import icon

        model = await icon_model(models, fields.get("model"))
        wish = checked_wish(model, fields)
        cropped, warning = await _cropped(fields, wish, model)
        raw = await models.run(functools.partial(model.translate, cropped, to=wish.to, keep_size=False))
        home = None
        if fields.get("back") is True and len(model.targets) > 1:
            home = await models.run(functools.partial(icon.back, model, raw, wish.to))
        work = functools.partial(_shown, cropped, raw, home, wish)
        shown = await anyio.to_thread.run_sync(work, limiter=finishing)
        return shown | {"warning": say(warning, language_of(fields)) if warning else ""}

    async def save_icon(fields: dict[str, Any]) -> Answer:
        """{as make_icon, and size} -> {png: data URL with the settings in it, name}"""
        model = await icon_model(models, fields.get("model"))
        wish = checked_wish(model, fields)
        cropped, _ = await _cropped(fields, wish, model, noted=False)
        raw = await models.run(functools.partial(model.translate, cropped, to=wish.to, keep_size=False))
        data = await anyio.to_thread.run_sync(_finished, raw, wish, model.name, limiter=finishing)
        return {"png": png_url(data), "name": f"{wish.to}-{wish.size}.png"}

    async def icons_of_zip(fields: dict[str, Any]) -> Answer:
        """{pieces: uploads that make a ZIP, job: a name for `icons_done`, crop, and as save_icon without a source} ->
        {file: address of the ZIP of results or null, made, refused: [{name, reason}], noted, left}"""
        sent = pieces.checked_pieces(fields.get("pieces"))
        try:
            model = await icon_model(models, fields.get("model"))
            wish = checked_wish(model, fields)
            checked_way(fields.get("crop"))
            async with folders.turn(fields) as job:
                return await _folder(sent, job, model, wish, fields)
        finally:
            pieces.forget(sent)

    async def icons_done(fields: dict[str, Any]) -> Answer:
        """{job, stop: whether it is no longer wanted} -> {done, count: pictures of the ZIP}"""
        return how_far(folders, fields)

    async def _cropped(fields: dict[str, Any], wish: Wish, model: Model, noted: bool = True) -> tuple[Image.Image, str]:
        source = checked_source(fields.get("source"))
        work = functools.partial(_cut_out, source, fields.get("box"), wish, model.of_faces, noted)
        return await anyio.to_thread.run_sync(work, limiter=opening)

    async def _folder(sent: list[Path], job: Job, model: Model, wish: Wish, fields: dict[str, Any]) -> Answer:
        visitor, way = language_of(fields), checked_way(fields.get("crop"))
        made, noted, refused = 0, 0, []
        with tempfile.TemporaryDirectory(prefix="icons-") as folder:
            found = await anyio.to_thread.run_sync(_unpacked, sent, Path(folder), limiter=unpacking)
            job.count, job.begun = len(found), time.monotonic()
            results = Path(folder) / "results.zip"
            with zipfile.ZipFile(results, "w", zipfile.ZIP_STORED) as target:
                taken: set[str] = set()
                for each in found:
                    if job.over():
                        break
                    try:
                        work = functools.partial(_one, each.file, way, wish, model.of_faces)
                        cropped, chosen = await anyio.to_thread.run_sync(work, limiter=opening)
                        raw = await models.run(functools.partial(model.translate, cropped, to=wish.to, keep_size=False))
                        data = await anyio.to_thread.run_sync(_finished, raw, wish, model.name, limiter=finishing)
                        target.writestr(_name(each.file.relative_to(Path(folder) / "pictures"), taken), data)
                        made += 1
                        noted += bool(chosen.notes)
                    except Refused as refusal:
                        refused.append({"name": each.file.name, "reason": refusal.say(visitor)})
                    job.done += 1
            file = await anyio.to_thread.run_sync(handed_out, results, "icons.zip") if made else None
        left = job.count - job.done
        return {"file": file, "made": made, "refused": refused[:MAX_REFUSED], "noted": noted, "left": left}

    return [icon_shelf, wake_icon, open_icon, make_icon, save_icon, icons_of_zip, icons_done]


# --- what a request may say -------------------------------------------------------------------------------


async def icon_model(models: Models, name: object) -> Model:
    """The model `name`, loaded; the first that makes icons where it is None or empty. Raises Refused."""
    return await model_that(redraws, models, name, "app.no_icon_model")


def checked_source(source: object) -> Path:
    """A file in the upload folder, or that of an example; raises Refused."""
    if not isinstance(source, dict):
        raise Refused("app.no_picture")
    number = source.get("example")
    if number is None:
        return uploaded(source.get("path"))
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < len(EXAMPLES):
        raise Refused("app.bad_example")
    return EXAMPLES[number]


def checked_way(way: object) -> str:
    """One of icon.WAYS; raises Refused."""
    from ganstudio.models.icon import WAYS

    if not isinstance(way, str) or way not in WAYS:
        raise Refused("app.reload")
    return way


def checked_wish(model: Model, fields: dict[str, Any]) -> Wish:
    """What a request or a program asks for, absent fields as the page begins; raises Refused."""
    from ganstudio.models import icon

    to = icon.checked_target(model, fields.get("to"))
    tilt, size, background = fields.get("tilt", 0), fields.get("size", RESULT), fields.get("background", "white")
    icon.check(tilt, 0, size, background)
    flat = fields.get("flat", to == model.targets[-1])
    if not isinstance(flat, bool):
        raise Refused("app.reload")
    alone = fields.get("alone", True)
    if not isinstance(alone, bool):
        raise Refused("app.reload")
    return Wish(to, float(tilt), flat, size, background, alone and model.of_faces)


def style_of(model: str, visitor: str) -> str:
    """What a shipped model's icons are called; others are called by their own names."""
    return say(f"app.icon_style.{model}", visitor) if has(f"app.icon_style.{model}") else model


# --- pictures ---------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=2)  # up to 200 MB each; moving the square does not decode the upload again
def _picture(file: Path) -> Image.Image:
    return images.decode(file, alpha="keep")


def _opened(source: Path, way: object, of_faces: bool, visitor: str) -> Answer:
    from ganstudio.models.icon import choose, cut_out, looked_at

    picture = _picture(source)
    chosen = choose(picture, checked_way(way))
    if of_faces:
        chosen = looked_at(chosen, cut_out(picture, chosen.box))
    scale = min(1.0, SHOWN / max(picture.size))
    small = picture
    if scale < 1:
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        small = picture.convert("RGBa" if picture.mode == "RGBA" else "RGB")
        small = small.resize(size, Image.Resampling.BOX, reducing_gap=2).convert(picture.mode)
    return {
        "picture": _live_url(small),
        "width": picture.width,
        "height": picture.height,
        "box": chosen.box,
        "found": chosen.found,
        "notes": [say(note.key, visitor, **note.details) for note in chosen.notes],
    }


def _cut_out(source: Path, box: object, wish: Wish, of_faces: bool, noted: bool) -> tuple[Image.Image, str]:
    """What the network is given, and the key of a warning, or none."""
    from ganstudio.models.icon import checked_box, taken

    picture = _picture(source)
    box = checked_box(picture, box)
    chosen, cropped = taken(picture, box, wish.tilt, of_faces=of_faces, alone=wish.alone, noted=noted)
    return cropped, chosen.notes[0].key if chosen.notes else ""


def _one(file: Path, way: str, wish: Wish, of_faces: bool) -> tuple[Image.Image, Chosen]:
    from ganstudio.models.icon import taken

    picture = images.decode(file, alpha="keep")
    chosen, cropped = taken(picture, way, wish.tilt, of_faces=of_faces, alone=wish.alone)
    return cropped, chosen


def _shown(cropped: Image.Image, raw: Image.Image, home: Image.Image | None, wish: Wish) -> Answer:
    from ganstudio.models.icon import finish

    picture = finish(raw, flat=wish.flat, size=RESULT, background=wish.background)
    return {
        "cropped": _live_url(cropped.resize((RESULT, RESULT), Image.Resampling.BICUBIC)),
        "picture": _live_url(picture),
        "home": None if home is None else _live_url(finish(home, flat=False, size=RESULT)),
    }


def _finished(raw: Image.Image, wish: Wish, model: str) -> bytes:
    from ganstudio.models.icon import finish

    picture = finish(raw, flat=wish.flat, size=wish.size, background=wish.background)
    settings = {"to": wish.to, "tilt": wish.tilt, "flat": wish.flat, "background": wish.background}
    settings |= {"alone": True} if wish.alone else {}
    return images.encode_png(picture, {"ganstudio": __version__, "model": model, **settings})


def _live_url(picture: Image.Image) -> str:
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1)
    return png_url(file.getvalue())


@functools.cache
def _example_url(number: int) -> str:
    return data_url(EXAMPLES[number].read_bytes(), "image/webp")


def _examples(visitor: str) -> list[Answer]:
    found = []
    for number, file in enumerate(EXAMPLES):
        kind, count, *of = file.stem.split("-")
        name = say("app.example_icon" if kind == "icon" else "app.example_character", visitor, number=count)
        shown = {"number": number, "name": name, "target": kind == "icon", "model": "-".join(of)}
        found.append({**shown, "picture": _example_url(number)})
    return found


# --- a whole folder ---------------------------------------------------------------------------------------


def _unpacked(sent: list[Path], folder: Path) -> list[Unpacked]:
    from ganstudio.data.archive import pictures_of_zip

    file = folder / "pictures.zip"
    pieces.join(sent, file)
    found = pictures_of_zip(file, folder / "pictures")
    file.unlink()
    if not found:
        raise Refused("app.icon_zip_empty")
    if len(found) > MAX_PICTURES:
        raise Refused("zip.too_many", limit=MAX_PICTURES)
    return found


def _name(place: Path, taken: set[str]) -> str:
    """A result's name, its source's with .png; two sources of one name but for the suffix get a number."""
    name = place.with_suffix(".png").as_posix()
    number = 1
    while name.casefold() in taken:
        number += 1
        name = place.with_name(f"{place.stem}-{number}.png").as_posix()
    taken.add(name.casefold())
    return name

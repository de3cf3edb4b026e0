"""The server's side of the CAM tab: the functions that its page calls, and the checks before each.

Maps travel as their numbers, and the page paints them: {height, width, values: base64 of float32, row after row}. A
request names its picture, {"path": of an upload}, {"creature": number of a code-drawn one} or {"example": file name of
a shipped one}. Requests may come from anyone.
"""

from __future__ import annotations

import base64
import functools
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import anyio
import anyio.to_thread
from PIL import Image

from ganstudio import images
from ganstudio.typenames import TYPES
from ganstudio.ui.answers import HERE, Answer, Work, language_of, model_that, png_url
from ganstudio.ui.models import Models
from ganstudio.ui.upload import checked_source
from ganstudio.words import Refused, say

if TYPE_CHECKING:
    from ganstudio.analysis.cam import Array, Look, Observed, Part, Place
    from ganstudio.models.engine import Model
    from ganstudio.recipes import Recipe

EXAMPLES = HERE / "examples"  # portraits
MOST_EXAMPLES = 12
SIDE = 640  # pixels: no picture that the page shows is longer
CREATURE_SIDE = 512
THUMBNAIL = 112
MAX_NAME = 100  # characters of a domain, a role, a part

Source = Path | int


def attends(recipe: Recipe) -> bool:
    """Whether its models are for this tab."""
    return recipe.attends


def functions(models: Models) -> list[Work]:
    """What the tab's page calls."""
    opening = anyio.CapacityLimiter(1)  # decoding the largest picture takes hundreds of megabytes

    async def source_of(fields: dict[str, Any]) -> Source:
        source = _checked(fields.get("source"))
        await anyio.to_thread.run_sync(_shown, source, limiter=opening)  # so that no network waits for a decoder
        return source

    async def asked(fields: dict[str, Any]) -> tuple[Model, str | None]:
        """The model, and the domain that the picture is turned into; None where it only looks, or by default."""
        model = await observed_model(models, fields.get("model"))
        return model, None if model.purpose == "look" else _name(fields.get("to"))

    async def cam_shelf(fields: dict[str, Any]) -> Answer:
        """{} -> {examples: {redraw, look: [{source, name, picture}]}, models, colours: of the types, tables}"""
        names = await anyio.to_thread.run_sync(models.that, attends)
        if not names:
            raise Refused("app.cam_none")
        examples = await anyio.to_thread.run_sync(_examples, language_of(fields))
        tables = await anyio.to_thread.run_sync(_tables)
        return {"examples": examples, "models": names, "colours": TYPES, "tables": tables}

    async def wake_cam(fields: dict[str, Any]) -> Answer:
        """Waits until the model is loaded. {model} -> {model, purpose, size, ways: {domain: [roles]}, classes,
        aims: of its critics, milestones: [per cent]}"""
        model = await observed_model(models, fields.get("model"))
        return await anyio.to_thread.run_sync(_described, model)

    async def open_to_look(fields: dict[str, Any]) -> Answer:
        """{source} -> {picture: data URL, width, height}"""
        shown = _shown(await source_of(fields))
        url = await anyio.to_thread.run_sync(_url, shown.picture)
        return {"picture": url, "width": shown.width, "height": shown.height}

    async def look_at(fields: dict[str, Any]) -> Answer:
        """{source, model, to, role} -> {result: data URL or null, frame, sights: {input, output: {part: {map, score,
        probability, neutral}}}}; for a classifier the parts are its classes"""
        source, (model, to) = await source_of(fields), await asked(fields)
        role = _name(fields.get("role")) or _first_role(model)
        found = await models.run(functools.partial(_look, model, source, to, role))
        return await anyio.to_thread.run_sync(_sights, found, role)

    async def take_score_apart(fields: dict[str, Any]) -> Answer:
        """{source, model, to, role, place, part} -> {channels: [{number, weight, pooled, contribution, feature}],
        others: how many more, rest: their sum, restMap, bias, score}"""
        source, (model, to) = await source_of(fields), await asked(fields)
        role = _name(fields.get("role")) or _first_role(model)
        found = await models.run(functools.partial(_look, model, source, to, role))
        place: Place = "output" if fields.get("place") == "output" and found.output is not None else "input"
        part = _part(model, found.sights[role][place].parts, fields.get("part"))
        return await anyio.to_thread.run_sync(_taken_apart, part)

    async def look_back(fields: dict[str, Any]) -> Answer:
        """{source, model, to, part, percent: of a milestone, 100 is the model} -> {map, score, probability, neutral,
        frame}: what the generator, or the classifier, saw in the picture at that point of the training"""
        source, (model, to) = await source_of(fields), await asked(fields)
        percent = fields.get("percent")
        work = functools.partial(_looked_back, model, source, to, percent, fields.get("part"))
        return await models.run(work)

    return [cam_shelf, wake_cam, open_to_look, look_at, take_score_apart, look_back]


# --- what a request may say -------------------------------------------------------------------------------


async def observed_model(models: Models, name: object) -> Model:
    """The model `name`, loaded; the first that can be looked through where it is None or empty. Raises Refused."""
    return await model_that(attends, models, name, "app.cam_none")


def _checked(source: object) -> Source:
    """A file in the upload folder, a shipped example, or the number of a code-drawn creature; raises Refused."""
    if isinstance(source, dict) and source.get("example") is not None:
        example = next((each for each in _portraits() if each.name == source["example"]), None)
        if example is None:
            raise Refused("app.bad_creature")
        return example
    return checked_source(source)


def _name(value: object) -> str | None:
    """A word of a request, None for nothing; raises Refused for what is no word."""
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > MAX_NAME:
        raise Refused("app.bad_request")
    return value


def _part(model: Model, parts: dict[str, Part], name: object) -> Part:
    if not isinstance(name, str) or name not in parts:
        name = name[:MAX_NAME] if isinstance(name, str) else "-"
        raise Refused("cam.unknown_class", model=model.name, name=name, known=", ".join(parts))
    return parts[name]


# --- pictures ---------------------------------------------------------------------------------------------


class Shown(NamedTuple):
    """A picture as the page shows it, RGB and at most SIDE long, and the size that it came in."""

    picture: Image.Image
    width: int
    height: int


@functools.lru_cache(maxsize=24)  # at most 30 MB
def _shown(source: Source) -> Shown:
    if isinstance(source, int):
        from ganstudio.data.creatures import EXAMPLES, creature

        picture = images.to_rgb(Image.fromarray(creature(*EXAMPLES[source], CREATURE_SIDE)))
    else:
        picture = images.decode(source)
    return Shown(_within(picture, SIDE), *picture.size)


def _within(picture: Image.Image, side: int) -> Image.Image:
    small = picture.copy()
    small.thumbnail((side, side), Image.Resampling.BOX, reducing_gap=2)
    return small


def _url(picture: Image.Image) -> str:
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1)
    return png_url(file.getvalue())


@functools.cache
def _portraits() -> list[Path]:
    return sorted(path for path in EXAMPLES.glob("*") if path.suffix in (".png", ".webp", ".jpg"))[:MOST_EXAMPLES]


@functools.cache
def _thumbnail(source: Source) -> str:
    return _url(_within(_shown(source).picture, THUMBNAIL))


def _examples(visitor: str) -> dict[str, list[dict[str, Any]]]:
    """For each recipe what its models are likely to know; creatures for both where no portrait is shipped."""
    from ganstudio.data.creatures import EXAMPLES

    creatures = [
        {
            "source": {"creature": number},
            "name": say("app.creature", visitor, number=number + 1, type=say(f"app.type.{own}", visitor)),
            "picture": _thumbnail(number),
        }
        for number, (_, own) in enumerate(EXAMPLES)
    ]
    portraits = [
        {
            "source": {"example": path.name},
            "name": say("app.cam_portrait", visitor, number=number),
            "picture": _thumbnail(path),
        }
        for number, path in enumerate(_portraits(), start=1)
    ]
    return {"redraw": portraits or creatures, "look": creatures}


# --- what networks saw ------------------------------------------------------------------------------------


def _first_role(model: Model) -> str:
    return "classifier" if model.purpose == "look" else "generator"


def _observed(model: Model) -> Observed:
    from ganstudio.analysis.cam import Observed

    return Observed(model.name, model.settings, model.networks)


def _described(model: Model) -> Answer:
    from ganstudio.analysis import cam
    from ganstudio.models.hub import milestones

    seen = _observed(model)
    ways = {to: list(cam.observers(seen, to)) for to in cam.directions(seen)}
    return {
        "model": model.name,
        "purpose": model.purpose,
        "size": model.size,
        "ways": ways,
        "classes": [] if ways else model.settings.domains.split(","),
        "aims": cam.AIMS.get(getattr(model.settings, "loss", "")),
        "milestones": [percent for percent, _ in milestones(model.folder)],
    }


# A picture is looked at again for each part of each formula. A model of 256 pixels keeps 16 MB of features a time.
@functools.lru_cache(maxsize=4)
def _look(model: Model, source: Source, to: str | None, role: str) -> Look:
    from ganstudio.analysis.cam import look

    return look(_observed(model), _shown(source).picture, to, [role])


def _looked_back(model: Model, source: Source, to: str | None, percent: object, part: object) -> Answer:
    from ganstudio.analysis import cam
    from ganstudio.models.hub import milestones

    role = _first_role(model)
    known = dict(milestones(model.folder))
    if percent == 100:
        found = _look(model, source, to, role)
    elif isinstance(percent, int) and percent in known:
        found = cam.look(_milestone(model, known[percent]), _shown(source).picture, to, [role])
    else:
        raise Refused("app.reload")
    chosen = _part(model, found.sights[role]["input"].parts, part)
    return {**_told_part(chosen), "frame": found.frame._asdict()}


@functools.lru_cache(maxsize=3)
def _milestone(model: Model, folder: Path) -> Observed:
    from ganstudio.analysis.cam import Observed
    from ganstudio.models.hub import load_networks

    networks, settings, _ = load_networks(folder)
    return Observed(model.name, settings, networks)


# --- as the page takes it ---------------------------------------------------------------------------------


@functools.cache
def _tables() -> dict[str, str]:
    from ganstudio.analysis.cam import SCHEMES, table

    return {scheme: base64.b64encode(table(scheme).tobytes()).decode() for scheme in SCHEMES}


def _sights(found: Look, role: str) -> Answer:
    sights = found.sights[role]
    return {
        "result": None if found.output is None else _url(found.output),
        "frame": found.frame._asdict(),
        "sights": {
            place: {name: _told_part(part) for name, part in sight.parts.items()} for place, sight in sights.items()
        },
    }


def _told_part(part: Part) -> Answer:
    numbers = {"score": part.score, "probability": part.probability, "neutral": part.neutral}
    return {**numbers, "map": _told_map(part.map)}


def _told_map(values: Array) -> Answer:
    height, width = values.shape
    return {"height": height, "width": width, "values": base64.b64encode(values.astype("<f4").tobytes()).decode()}


def _taken_apart(part: Part) -> Answer:
    from ganstudio.analysis.cam import take_apart

    apart = take_apart(part)
    channels = [{**channel._asdict(), "feature": _told_map(channel.feature)} for channel in apart.channels]
    return {
        "channels": channels,
        "others": apart.others,
        "rest": apart.rest,
        "restMap": _told_map(apart.rest_map),
        "bias": apart.bias,
        "score": apart.score,
    }

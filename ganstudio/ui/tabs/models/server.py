"""The server's side of the models tab: what lies on the shelf, and how models come and go.

Every function is for the owner alone, and says so first: what a page hides, anybody can still call. The Hub's token is
that of the machine, or on a Space of whoever is signed in there; no page sends one, and none gets one.
"""

from __future__ import annotations

import functools
import io
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
from PIL import Image

from ganstudio import images, places
from ganstudio import remote as hub_remote
from ganstudio.remote import Cached, Person, Watch
from ganstudio.runs.folder import RunFolder
from ganstudio.ui import access
from ganstudio.ui.answers import Answer, Work, data_url
from ganstudio.ui.models import Models
from ganstudio.ui.upload import handed_out
from ganstudio.ui.work import Works
from ganstudio.words import Refused

# The tab that uses models for a purpose (see `recipes.recipe`): the key of its title, and its component.
PLACES = {
    "draw": ("app.tab_sketch", "sketch"),
    "recolour": ("app.tab_recolour", "recolour"),
    "redraw": ("app.tab_icon", "icon"),
    "look": ("app.tab_cam", "cam"),
}
THUMBNAIL, SAMPLES = 256, 1280  # pixels: the longest side
MAX_CARD = 200_000  # characters of a card that are shown
MAX_WORKS = 3  # fetches, pushes and exports at once
MAX_TEXT = 200  # characters of a name or a message
KNOWN_FOR = 300  # seconds for which the Hub is not asked again who somebody is


def functions(models: Models) -> list[Work]:
    """What the tab's page calls."""
    reading = anyio.CapacityLimiter(2)
    works = Works(Watch, at_once=MAX_WORKS, waiting=MAX_WORKS)

    async def at_work(fields: dict[str, Any], work: Callable[[Watch], Answer]) -> Answer:
        """`work` in a thread; meanwhile the page may ask how far it is."""
        async with works.turn(fields) as watch:
            return await anyio.to_thread.run_sync(work, watch)

    async def models_shelf(fields: dict[str, Any]) -> Answer:
        """{} -> {models: [see `_entry`], runs: [{run, title}] that have something to promote, space: on a Space}"""
        return await anyio.to_thread.run_sync(_shelf, models, limiter=reading)

    async def models_person(fields: dict[str, Any]) -> Answer:
        """{} -> {name, organisations, writes: false where the token may only read} or an error that tells how to sign
        in"""
        token = access.hub_token()
        found = await anyio.to_thread.run_sync(_person, token, fields.get("again") is True, limiter=works.limiter)
        return {"name": found.name, "organisations": found.organisations, "writes": found.writes}

    async def model_card(fields: dict[str, Any]) -> Answer:
        """{model} -> {html: of its card, safe, samples: data URL or null}"""
        return await anyio.to_thread.run_sync(_card, models, fields.get("model"), limiter=reading)

    async def model_work(fields: dict[str, Any]) -> Answer:
        """{job, stop: whether it is no longer wanted} -> {done, total: bytes}"""
        watch = works.find(fields)
        if watch is None:
            return {"done": 0, "total": 0}
        watch.over = watch.over or fields.get("stop") is True
        return {"done": watch.done, "total": watch.total}

    async def pull_model(fields: dict[str, Any]) -> Answer:
        """{source: OWNER/NAME, revision, job} -> {model: its key}"""
        source, revision = _text(fields, "source"), _text(fields, "revision")
        wanted = f"{source}@{revision}" if revision else source
        return await at_work(fields, functools.partial(_pull, wanted, access.hub_token()))

    async def keep_model(fields: dict[str, Any]) -> Answer:
        """{model: of the Hub's cache, name, overwrite} -> {model: its key} or {exists: the name}"""
        overwrite, name = fields.get("overwrite") is True, _text(fields, "name")
        work = functools.partial(_keep, models, fields.get("model"), name, overwrite)
        return await anyio.to_thread.run_sync(work, limiter=works.limiter)

    async def promotable(fields: dict[str, Any]) -> Answer:
        """{run} -> {choices: [{checkpoint, images}], name: a free one}"""
        run = checked_run(fields.get("run"))
        return await anyio.to_thread.run_sync(_choices, models, run, limiter=reading)

    async def promote_run(fields: dict[str, Any]) -> Answer:
        """{run, checkpoint, name, overwrite} -> {model: its key} or {exists: the name}"""
        run, overwrite = checked_run(fields.get("run")), fields.get("overwrite") is True
        checkpoint, name = _text(fields, "checkpoint"), _text(fields, "name")
        work = functools.partial(_promote, models, run, checkpoint, name, overwrite)
        return await anyio.to_thread.run_sync(work, limiter=works.limiter)

    async def push_model(fields: dict[str, Any]) -> Answer:
        """{model, repository, private, message, job} -> {repository, url, commit}"""
        folder = await anyio.to_thread.run_sync(_folder, models, fields.get("model"), limiter=reading)
        private = fields.get("private") is not False
        repository, message = _text(fields, "repository"), _text(fields, "message")
        work = functools.partial(_push, folder, repository, message, private, access.hub_token())
        return await at_work(fields, work)

    async def export_model(fields: dict[str, Any]) -> Answer:
        """{model, network, job} -> {file: address of the ONNX file, name, difference: the greatest, sizes: any, or its
        own alone}"""
        folder = await anyio.to_thread.run_sync(_folder, models, fields.get("model"), limiter=reading)
        return await at_work(fields, functools.partial(_export, folder, _text(fields, "network")))

    return [
        models_shelf,
        models_person,
        model_card,
        model_work,
        pull_model,
        keep_model,
        promotable,
        promote_run,
        push_model,
        export_model,
    ]


# --- what a request may say -------------------------------------------------------------------------------


def _text(fields: dict[str, Any], name: str) -> str:
    """A short text, "" where it is absent; raises `Refused`."""
    value = fields.get(name) or ""
    if not isinstance(value, str) or len(value) > MAX_TEXT or "\0" in value:
        raise Refused("app.reload")
    return value.strip()


def checked_run(name: object) -> RunFolder:
    """One of the runs of this machine, by the name of its folder; raises `Refused`."""
    if isinstance(name, str) and 0 < len(name) <= 255 and Path(name).name == name and not name.startswith("."):
        run = RunFolder(places.runs() / name)
        if run.exists:
            return run
    raise Refused("app.models_no_run")


def _folder(models: Models, key: object) -> Path:
    """The folder of the model that a page names by the key of its entry; raises `Refused`."""
    if isinstance(key, str) and "\0" not in key and len(key) <= MAX_TEXT:
        where, _, name = key.partition(":")
        if where == "here" and (folder := models.folder_of(name)) is not None:
            return folder
        if where == "hub":
            for each in hub_remote.all_cached():
                if _key(each) == key:
                    return each.folder
    raise Refused("app.models_gone")


# --- the shelf --------------------------------------------------------------------------------------------


def _key(model: str | Cached) -> str:
    return f"here:{model}" if isinstance(model, str) else f"hub:{model.repository}@{model.commit}"


def _shelf(models: Models) -> Answer:
    from ganstudio.models.sharing import choices

    found = []
    for name in models.names():
        folder = models.folder_of(name)
        if folder is not None:
            with _any_entry():
                found.append(_entry(_key(name), folder, name))
    for each in hub_remote.all_cached():
        with _any_entry():
            about = {"repository": each.repository, "commit": each.commit, "revisions": each.revisions}
            found.append(_entry(_key(each), each.folder, each.repository) | about)
    made = []
    for path in places.runs().glob("[!.]*/config.json"):
        with suppress(OSError):  # deleted in this moment
            made.append((path.stat().st_mtime, path.parent))
    runs = []
    for _, path in sorted(made, key=lambda each: -each[0]):
        run = RunFolder(path)
        with _any_entry():
            if choices(run):
                title = str(run.read_about().get("title") or run.path.name)
                title.encode()
                runs.append({"run": run.path.name, "title": title})
    return {"models": found, "runs": runs, "space": "SPACE_ID" in os.environ}


def _any_entry() -> AbstractContextManager[None]:
    """What cannot be read, or is of somebody else's kind, is left out, as in the other tabs; the shelf survives it."""
    return suppress(OSError, ValueError)  # Refused is one; so are damaged texts and numbers


def _entry(key: str, folder: Path, name: str) -> Answer:
    """{key, name, recipe, size: pixels, images: seen, bytes, licence, generators, tab, component, thumbnail}"""
    from ganstudio.models.sharing import describe
    from ganstudio.recipes import RECIPES

    model = describe(folder)
    recipe = RECIPES[model.recipe]
    tab, component = PLACES.get(recipe.purpose, ("", ""))
    return {
        "key": key,
        "name": name,
        "recipe": model.recipe,
        "size": model.size,
        "images": model.images,
        "bytes": model.bytes,
        "licence": model.licence,
        "generators": [each for each in model.networks if each in recipe.exports] if recipe.translates else [],
        "tab": tab,
        "component": component,
        "thumbnail": _picture(folder, THUMBNAIL),
    }


def _picture(folder: Path, side: int) -> str | None:
    file = folder / "samples.png"
    try:
        return _small(file.resolve(), file.stat().st_mtime_ns, side)
    except (OSError, Refused):  # absent, or no picture
        return None


@functools.lru_cache(maxsize=256)
def _small(file: Path, changed: int, side: int) -> str:
    """A picture's data URL, no side longer than `side`; `changed` tells one content of the file from the next."""
    picture = images.decode(file)
    picture.thumbnail((side, side), Image.Resampling.BOX, reducing_gap=2)
    kept = io.BytesIO()
    picture.save(kept, "WEBP", quality=88)
    return data_url(kept.getvalue(), "image/webp")


def _card(models: Models, key: object) -> Answer:
    from ganstudio.models.sharing import read_card

    folder = _folder(models, key)
    return {"html": rendered(read_card(folder)), "samples": _picture(folder, SAMPLES)}


def rendered(card: str) -> str:
    """A card's Markdown as HTML that runs nothing, shows no picture, and asks nobody for anything.

    HTML in it becomes text; links lead to the web alone, in a new window; pictures, which would tell a stranger's
    server who looks, are left out: the tab shows the samples itself.
    """
    from markdown_it import MarkdownIt

    if card.startswith("---\n"):
        card = card.partition("\n---")[2].partition("\n")[2]
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(card[:MAX_CARD])
    for token in tokens:
        links: list[bool] = []
        kept = []
        for child in token.children or []:
            if child.type == "image":
                continue
            if child.type == "link_open":
                links.append(str(child.attrGet("href")).startswith(("https://", "http://")))
                child.attrs = {"href": str(child.attrGet("href")), "target": "_blank", "rel": "noopener noreferrer"}
            if child.type in ("link_open", "link_close") and not (links[-1] if links else False):
                child.tag, child.attrs = "span", {}
            if child.type == "link_close" and links:
                links.pop()
            kept.append(child)
        if token.children is not None:
            token.children = kept
    return parser.renderer.render(tokens, parser.options, {})


# --- come and go ------------------------------------------------------------------------------------------

_people: dict[str | None, tuple[float, Person]] = {}


def _person(token: str | None, again: bool) -> Person:
    """Who is signed in; the Hub, which allows few such questions, is asked at most every few minutes."""
    asked, person = _people.get(token, (0.0, None))
    if person is None or again or time.monotonic() - asked > KNOWN_FOR:
        person = hub_remote.whoami(token)
        _people[token] = (time.monotonic(), person)
    return person


def _pull(source: str, token: str | None, watch: Watch) -> Answer:
    from ganstudio.models.sharing import pull

    folder = pull(source, token, watch)
    found = next(each for each in hub_remote.all_cached() if each.folder == folder)
    return {"model": _key(found)}


def _keep(models: Models, key: object, name: str, overwrite: bool) -> Answer:
    from ganstudio.models.sharing import keep

    folder = _folder(models, key)
    return _placed(models, lambda shelf: keep(folder, name, overwrite=overwrite, folder=shelf))


def _promote(models: Models, run: RunFolder, checkpoint: str, name: str, overwrite: bool) -> Answer:
    from ganstudio.models.sharing import promote

    work = functools.partial(promote, run, name, checkpoint, overwrite=overwrite)
    return _placed(models, lambda shelf: work(folder=shelf))


def _placed(models: Models, work: Callable[[Path], Path]) -> Answer:
    """Where a name is taken the page is told, and asks whether to replace the model."""
    try:
        made = work(models.shelves()[0])
    except Refused as refusal:
        if refusal.key != "promote.exists":
            raise
        return {"exists": refusal.details["name"]}
    models.forget(made.name)
    return {"model": _key(made.name)}


def _choices(models: Models, run: RunFolder) -> Answer:
    from ganstudio.models.sharing import choices

    found = [{"checkpoint": each.checkpoint, "images": each.images} for each in choices(run)]
    if not found:
        raise Refused("app.models_no_checkpoint")
    return {"choices": found, "name": places.unused(models.shelves()[0], run.path.name).name}


def _push(folder: Path, repository: str, message: str, private: bool, token: str | None, watch: Watch) -> Answer:
    from ganstudio.models.sharing import push

    made = push(folder, repository, private=private, message=message, token=token, watch=watch)
    return {"repository": made.repository, "url": made.url, "commit": made.commit}


def _export(folder: Path, network: str, watch: Watch) -> Answer:
    from ganstudio.models.onnx import export

    with tempfile.TemporaryDirectory(prefix="ganstudio-") as place:
        made = export(folder, Path(place), network or None)[0]
        file = handed_out(made.file, made.file.name)
        return {"file": file, "name": made.file.name, "difference": made.difference, "sizes": made.any_size}

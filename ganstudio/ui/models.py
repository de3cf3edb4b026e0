"""The models that visitors may use: loaded in the background, one picture at a time (see `line`)."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import anyio.to_thread
from PIL import Image

from ganstudio import places
from ganstudio.config import load_json
from ganstudio.ui.line import Line
from ganstudio.words import Refused

if TYPE_CHECKING:
    from ganstudio.models.engine import Model
    from ganstudio.recipes import Recipe

Result = TypeVar("Result")

DEFAULT = "sketch2face"
RETRY = 5.0  # seconds before a model that could not be loaded is tried again


class Models:
    """Visitors choose by name among the published ones and the one that the app was started with.

    `folder` holds the published ones, a folder each; None: `places.shelves`. Nothing else is ever loaded: a visitor
    must not make the server read a folder or download from the Hub.
    """

    def __init__(self, default: str | Path | None = None, folder: Path | None = None) -> None:
        self._source = str(default or DEFAULT)
        self._published = folder
        path = Path(self._source)
        # What visitors see of it: never the folder on the server.
        self.default = path.parent.name if path.name == "model" else path.name
        self._loads: dict[str, tuple[float, Future[Model]]] = {}
        self._lock = threading.Lock()
        self._loader = ThreadPoolExecutor(1, thread_name_prefix="load-model")
        self._line = Line("paint")

    def start(self) -> Future[Model]:
        """Begins to load the default model in the background."""
        return self._load(self.default)

    def names(self) -> list[str]:
        """The default first. Imports torch: not for the event loop."""
        files = (file for shelf in self.shelves() for file in shelf.glob("[!.]*/config.json"))
        # A name that is no text, as old file systems have some, can be sent to no page.
        found = {file.parent.name for file in files if file.parent.name.isprintable()}
        return [self.default, *sorted(found - {self.default})]

    def that(self, can: Callable[[Recipe], bool]) -> list[str]:
        """Those whose recipe `can`: the default first, then what knows many targets, then as the recipes are listed.

        Reads every config.json, no weights; what cannot be read is left out. Not for the event loop.
        """
        from ganstudio.recipes import RECIPES

        recipes = [recipe for recipe in RECIPES.values() if can(recipe)]
        order = [each.name for each in sorted(recipes, key=lambda recipe: not recipe.labelled)]
        made = {name: self._recipe(name) for name in self.names()}
        found = [name for name in made if made[name] in order]
        return sorted(found, key=lambda name: (name != self.default, order.index(str(made[name])), name))

    def painting(self, names: Sequence[str]) -> dict[str, str]:
        """What those models paint that say so in their config.json (`engine.PAINTS`), each thing once: the first's."""
        from ganstudio.models.engine import PAINTS

        found: dict[str, str] = {}
        for name in names:
            paints = self._written(name, "paints")
            if paints in PAINTS and paints not in found.values():
                found[name] = paints
        return found

    def folder_of(self, name: str) -> Path | None:
        """Where the model of that name lies on this machine; None for one that is not there, or on the Hub."""
        from ganstudio.models.hub import find

        if name != self.default:
            return self._of_shelves(name) if name in self.names() else None
        if (own := self._of_shelves(self._source)) is not None:
            return own
        try:
            return find(self._source) if Path(self._source).is_dir() else None
        except Refused:
            return None

    def shelves(self) -> list[Path]:
        """The folders that hold models; new ones go into the first."""
        return [self._published] if self._published else places.shelves()

    def forget(self, name: str) -> None:
        """Lets go of a model that has been replaced: it is loaded anew when it is next asked for."""
        from ganstudio.models import engine

        with self._lock:
            self._loads.pop(name, None)
        folder = self.folder_of(name)
        if folder is not None:
            engine.forget(folder)

    def _of_shelves(self, name: str) -> Path | None:
        if Path(name).name != name:
            return None
        return next((shelf / name for shelf in self.shelves() if (shelf / name / "config.json").is_file()), None)

    def _recipe(self, name: str) -> str | None:
        if self.folder_of(name) is None:  # of the Hub: known once it is loaded
            future = self._loads.get(name, (0.0, None))[1]
            loaded = future is not None and future.done() and future.exception() is None
            return future.result().recipe if future is not None and loaded else None
        return self._written(name, "recipe")

    def _written(self, name: str, field: str) -> str | None:
        """A text of the model's config.json; None where it has none, or cannot be read here."""
        folder = self.folder_of(name)
        try:
            value = load_json(folder / "config.json").get(field) if folder is not None else None
        except (OSError, ValueError, AttributeError, RecursionError):
            return None
        return value if isinstance(value, str) else None

    def _load(self, name: str) -> Future[Model]:
        with self._lock:
            begun, future = self._loads.get(name, (0.0, None))
            failed = future is not None and future.done() and future.exception() is not None
            if future is None or (failed and time.monotonic() - begun > RETRY):
                own = None if name == self.default else self._of_shelves(name)
                future = self._loader.submit(self._load_now, self._source if own is None else str(own))
                self._loads[name] = (time.monotonic(), future)
            return future

    @staticmethod
    def _load_now(source: str) -> Model:
        from ganstudio.models import engine

        return engine.load(source)

    async def get(self, name: object = None) -> Model:
        """The model `name`, the default where that is None or empty, once it is loaded. Raises Refused."""
        name = name or self.default
        if name != self.default:
            names = await anyio.to_thread.run_sync(self.names)
            if name not in names:
                raise Refused("app.unknown_model", known=", ".join(names))
        # Shielded: a visitor who leaves must not end the loading for the others.
        return await asyncio.shield(asyncio.wrap_future(self._load(str(name))))

    async def translate(
        self,
        image: Image.Image,
        seed: int | None,
        name: object = None,
        to: str | None = None,
        strength: float = 1.0,
        style: Sequence[float] | None = None,
        *,
        size: int | None = None,
        stroke: bool = False,
    ) -> Image.Image:
        """`Model.translate` when its turn has come. Raises Refused, also when far too many are waiting.

        `to` and `strength` are for models that recolour; `to` must be one of the model's targets. `size`: pixels of the
        result's longer side, for models that draw. `stroke`: a pen moves and somebody looks at it.
        """
        model = await self.get(name)
        options: dict[str, Any] = {"seed": seed} if to is None else {"seed": seed, "to": to, "strength": strength}
        if style is not None:
            options["style"] = style
        if size is not None:
            options["size"] = size
        return await self.run(partial(model.translate, image, **options), stroke=stroke)

    async def run(self, work: Callable[[], Result], *, stroke: bool = False) -> Result:
        """What `work` returns when its turn has come: for all that runs a network. Raises Refused as `work` does,
        and when far too many are waiting."""
        return await asyncio.wrap_future(self._line.submit(work, stroke))

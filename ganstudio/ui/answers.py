"""What the tabs share: how a page's request becomes an answer, and how a tab comes onto the page.

A page sends one JSON object and gets one back; where something cannot be done the answer is {"error": a sentence in the
visitor's language}. Requests may come from anyone: who may ask is decided here, for a whole tab at once.
"""

from __future__ import annotations

import base64
import functools
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio.to_thread
import gradio as gr
from PIL import Image

from ganstudio.ui import language
from ganstudio.ui.access import require_owner
from ganstudio.ui.models import Models
from ganstudio.words import Refused, known, say

if TYPE_CHECKING:
    from ganstudio.models.engine import Model
    from ganstudio.recipes import Recipe

HERE = Path(__file__).parent

Answer = dict[str, Any]
Work = Callable[[dict[str, Any]], Awaitable[Answer]]  # takes a request's fields; may raise Refused


@dataclass(frozen=True)
class Tab:
    """A tab. Its name is its folder's and its component's id, its title a key of the words."""

    name: str
    title: str
    functions: Callable[[Models], list[Work]]  # what its page calls, by their names
    endpoints: Callable[[Models], None] | None = None  # builds those of the API that belong to it


def build(tab: Tab, models: Models, owner: bool) -> None:
    """Builds the tab inside the current `gr.Tab`; with `owner` its functions refuse everybody else."""
    component(HERE / "tabs" / tab.name / "page", [handler(work, owner) for work in tab.functions(models)], tab.name)
    if tab.endpoints is not None:
        tab.endpoints(models)


def component(page: Path, functions: list[Any], elem_id: str | None = None) -> gr.HTML:
    """Files as a component: PAGE.html, the module PAGE.js (see page/head.js), and PAGE.css if there is one."""
    style, module = page.with_suffix(".css"), page.with_suffix(".js").relative_to(HERE).as_posix()
    return gr.HTML(
        value=page.with_suffix(".html").read_text(encoding="utf-8"),
        css_template=style.read_text(encoding="utf-8") if style.is_file() else "",
        js_on_load=f'window.ganstudio.open("{module}", {{ element, server, upload }});',
        apply_default_css=False,
        server_functions=functions,
        elem_id=elem_id,
    )


def handler(work: Work, owner: bool = False) -> Callable[[Any], Awaitable[Answer]]:
    """`work` as a page may call it: what it makes of the request, or the sentence of a `Refused`."""

    @functools.wraps(work)
    async def answer(request: object) -> Answer:
        try:
            if not isinstance(request, dict):
                raise Refused("app.reload")
            if owner:
                require_owner()
            return await work(request)
        except Refused as refusal:
            return {"error": refusal.say(language_of(request))}

    return answer


def language_of(request: object) -> str:
    """The language that a request of a page asks for."""
    return known(request.get("language") if isinstance(request, dict) else None)


async def model_that(can: Callable[[Recipe], bool], models: Models, name: object, none: str) -> Model:
    """The model `name`, whose recipe `can` what is needed, loaded; the first such where it is None or empty.

    Raises Refused: `none` where there is none at all.
    """
    names = await anyio.to_thread.run_sync(models.that, can)
    if not names:
        raise Refused(none)
    if name and name not in names:
        raise Refused("app.unknown_model", known=", ".join(names))
    return await models.get(name or names[0])


def png_url(data: bytes) -> str:
    """The bytes of a PNG as a data URL."""
    return data_url(data, "image/png")


def data_url(data: bytes, kind: str) -> str:
    """Bytes as a data URL of a media type."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


# --- endpoints of the API -----------------------------------------------------------------------------------


@contextmanager
def refusing(request: gr.Request) -> Iterator[None]:
    """Has an endpoint's `Refused` reach the program that called it as a sentence in its visitor's language."""
    try:
        yield
    except Refused as refusal:
        visitor = language.of_request({name.lower(): value for name, value in dict(request.headers).items()})
        title = say("app.error", visitor)
        raise gr.Error(refusal.say(visitor), title=title, print_exception=False) from refusal


def given(picture: Image.Image | Refused | None) -> Image.Image:
    """What `upload.safe_image` gave an endpoint; raises Refused where that is no picture."""
    if picture is None:
        raise Refused("app.no_picture")
    if isinstance(picture, Refused):
        raise picture
    return picture


def whole(number: object) -> object:
    """A whole number as such: JavaScript's clients write 7 as 7.0 at times."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


def number(label: str, value: float | None) -> gr.Number:
    """An endpoint's number that nobody sees; what is no number reaches the endpoint, which says so in our words."""
    component = gr.Number(label=label, value=value, visible=False)
    component.preprocess = lambda payload: payload  # type: ignore[method-assign]
    return component


def endpoint(function: Callable[..., Any], name: str, inputs: list[Any], output: Any) -> None:
    """Offers a function to programs as /NAME. Its components, and the button here, nobody sees: they give it its
    types, upload and documentation."""
    gr.Button(visible=False).click(
        function,
        inputs,
        output,
        api_name=name,
        api_visibility="public",
        concurrency_limit=2,  # one picture is decoded while another is painted
    )

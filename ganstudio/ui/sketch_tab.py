"""The sketch tab: draw a face, a photograph of it follows the pen. With it, the API endpoint /translate."""

from __future__ import annotations

import gradio as gr
from PIL import Image

from ganstudio.text import Refused, say
from ganstudio.ui import language
from ganstudio.ui.canvas import asked_style, canvas, checked_seed
from ganstudio.ui.models import Models
from ganstudio.ui.upload import safe_image

TITLE = "app.tab_sketch"


def tab(models: Models) -> None:
    """Builds the tab inside the current `gr.Tab`."""
    canvas(models)
    _api(models)


def _api(models: Models) -> None:
    async def translate(
        request: gr.Request, image: Image.Image | Refused | None, seed: object = None, model: str = ""
    ) -> Image.Image:
        """Turns a drawing into a photograph of the drawing's size.

        image: dark lines on white, of any size and format that the app accepts.
        seed: a whole number from 0 to 2147483647, the same seed gives the same picture; None: the plain one.
        model: the name of a model; empty: the one that the app was started with.
        """
        return await in_style(request, image, None, seed, model)

    async def in_style(
        request: gr.Request,
        image: Image.Image | Refused | None,
        style: object,
        seed: object = None,
        model: str = "",
    ) -> Image.Image:
        """Turns a drawing into a photograph in a style, by a model that has styles.

        image, seed, model: as for /translate.
        style: {"base": its numbers, or null for the seed's, "sliders": {name: -1 to 1}}.
        """
        visitor = language.of_request({name.lower(): value for name, value in dict(request.headers).items()})
        try:
            if image is None:
                raise Refused("app.no_picture")
            if isinstance(image, Refused):
                raise image
            # JavaScript's clients write 7 as 7.0 at times.
            whole = int(seed) if isinstance(seed, float) and seed.is_integer() else seed
            number = checked_seed(whole)
            asked = None if style is None else asked_style(await models.get(model), number, style)
            return await models.translate(image, number, model, style=asked)
        except Refused as refusal:
            title = say("app.error", visitor)
            raise gr.Error(refusal.say(visitor), title=title, print_exception=False) from refusal

    # Components and a button that nobody sees: they give the endpoint its types, upload and documentation.
    image = safe_image(label="image", type="pil", format="png", visible=False)
    seed = gr.Number(label="seed", value=None, visible=False)
    seed.preprocess = lambda payload: payload  # type: ignore[method-assign]  # what is no number gets our sentence
    model = gr.Textbox(label="model", value="", visible=False)
    style = gr.JSON(label="style", value=None, visible=False)
    face = gr.Image(label="face", format="png", visible=False)
    # Two endpoints, as a program that posts a list of three values to the first has to go on working.
    for function, inputs in ((translate, [image, seed, model]), (in_style, [image, style, seed, model])):
        gr.Button(visible=False).click(
            function,
            inputs,
            face,
            api_name="translate" if function is translate else "translate_in_style",
            api_visibility="public",
            concurrency_limit=2,  # one picture is decoded while another is painted
        )

"""The sketch tab: draw a face, a photograph of it follows the pen. With it, the API endpoint /translate."""

from __future__ import annotations

import gradio as gr
from PIL import Image

from ganstudio.ui.answers import Tab, endpoint, given, number, refusing, whole
from ganstudio.ui.models import Models
from ganstudio.ui.tabs.sketch.server import asked_style, checked_seed, functions
from ganstudio.ui.upload import safe_image
from ganstudio.words import Refused


def endpoints(models: Models) -> None:
    """/translate and /translate_in_style."""

    async def translate(
        request: gr.Request, image: Image.Image | Refused | None, seed: object = None, model: str = ""
    ) -> Image.Image:
        """Turns a drawing into a photograph of the drawing's size.

        image: dark lines on white, of any size and format that the app accepts.
        seed: a whole number from 0 to 2147483647, the same seed gives the same picture; None: the plain one.
        model: the name of a model; empty: the one that the app was started with.
        """
        return await translate_in_style(request, image, None, seed, model)

    async def translate_in_style(
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
        with refusing(request):
            drawing, checked = given(image), checked_seed(whole(seed))
            asked = None if style is None else asked_style(await models.get(model), checked, style)
            return await models.translate(drawing, checked, model, style=asked)

    picture = safe_image(label="image", type="pil", format="png", visible=False)
    seed = number("seed", None)
    model = gr.Textbox(label="model", value="", visible=False)
    style = gr.JSON(label="style", value=None, visible=False)
    face = gr.Image(label="face", format="png", visible=False)
    # Two endpoints, as a program that posts a list of three values to the first has to go on working.
    endpoint(translate, "translate", [picture, seed, model], face)
    endpoint(translate_in_style, "translate_in_style", [picture, style, seed, model], face)


TAB = Tab("sketch", "app.tab_sketch", functions, endpoints=endpoints)

"""The sketch tab: draw a face, a photograph of it follows the pen. With it, the API endpoint /translate."""

from __future__ import annotations

import gradio as gr
from PIL import Image

from ganstudio.text import Refused, say
from ganstudio.ui import language
from ganstudio.ui.canvas import MAX_SEED, canvas
from ganstudio.ui.models import Models
from ganstudio.ui.upload import safe_image

TITLE = "app.tab_sketch"


def tab(models: Models) -> None:
    """Builds the tab inside the current `gr.Tab`."""
    canvas(models)
    _api(models)


def _api(models: Models) -> None:
    async def translate(
        image: Image.Image | Refused | None, seed: float | None, model: str, request: gr.Request
    ) -> Image.Image:
        """Turn a drawing into a photograph.

        Args:
            image: The drawing: dark lines on white; any size and format that the app accepts.
            seed: A whole number from 0 to 4294967295: the same seed gives the same picture. None: no noise.
            model: The name of a model; empty for the one that the app was started with.

        Returns:
            The photograph, of the drawing's size.
        """
        visitor = language.of_request({name.lower(): value for name, value in dict(request.headers).items()})
        try:
            if image is None:
                raise Refused("app.no_picture")
            if isinstance(image, Refused):
                raise image
            if seed is not None and not (0 <= seed <= MAX_SEED and float(seed).is_integer()):
                raise Refused("app.bad_seed", limit=MAX_SEED)
            return await models.translate(image, None if seed is None else int(seed), model)
        except Refused as refusal:
            title = say("app.error", visitor)
            raise gr.Error(refusal.say(visitor), title=title, print_exception=False) from refusal

    # Components and a button that nobody sees: they give the endpoint its types, upload and documentation.
    image = safe_image(label="image", type="pil", format="png", visible=False)
    seed = gr.Number(label="seed", value=None, visible=False)
    model = gr.Textbox(label="model", value="", visible=False)
    face = gr.Image(label="face", format="png", visible=False)
    gr.Button(visible=False).click(
        translate,
        [image, seed, model],
        face,
        api_name="translate",
        api_visibility="public",
        concurrency_limit=2,  # one picture is decoded while another is painted
    )

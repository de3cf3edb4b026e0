"""The recolouring tab: what if the creature were of another type? With it, the API endpoint /recolour."""

from __future__ import annotations

import gradio as gr
from PIL import Image

from ganstudio.text import Refused, say
from ganstudio.ui import language
from ganstudio.ui.models import Models
from ganstudio.ui.recolour import checked_look, checked_wish, recolouring, recolouring_model
from ganstudio.ui.upload import safe_image

TITLE = "app.tab_recolour"


def tab(models: Models) -> None:
    """Builds the tab inside the current `gr.Tab`."""
    recolouring(models)
    _api(models)


def _api(models: Models) -> None:
    async def recolour(
        request: gr.Request,
        picture: Image.Image | Refused | None,
        to: object = "fire",
        strength: object = 1.0,
        model: str = "",
        seed: object = None,
    ) -> Image.Image:
        """Gives a picture the colours of another type; size and transparency stay as they are.

        picture: of any size and format that the app accepts.
        to: a type, "water" say, or two joined by "+"; what a model offers is listed when it is asked for another.
            Empty: the only one of a model that goes one way.
        strength: from 0, the original, to 2; 1 is as the network does, more a caricature.
        model: the name of a model; empty: the one for all types.
        seed: a whole number for another palette, where the model has many; empty: the plain one.
        """
        visitor = language.of_request({name.lower(): value for name, value in dict(request.headers).items()})
        try:
            if picture is None:
                raise Refused("app.no_picture")
            if isinstance(picture, Refused):
                raise picture
            chosen = await recolouring_model(models, model)
            look = checked_look(int(seed) if isinstance(seed, float) and seed.is_integer() else seed)
            return await models.translate(picture, look, chosen.name, *checked_wish(chosen, to, strength))
        except Refused as refusal:
            title = say("app.error", visitor)
            raise gr.Error(refusal.say(visitor), title=title, print_exception=False) from refusal

    # Components and a button that nobody sees: they give the endpoint its types, upload and documentation.
    picture = safe_image(alpha="keep", label="picture", type="pil", format="png", visible=False)
    to = gr.Textbox(label="to", value="fire", visible=False)
    strength = gr.Number(label="strength", value=1.0, visible=False)
    strength.preprocess = lambda payload: payload  # type: ignore[method-assign]  # no number: gets our sentence
    model = gr.Textbox(label="model", value="", visible=False)
    seed = gr.Number(label="seed", value=None, visible=False)
    seed.preprocess = lambda payload: payload  # type: ignore[method-assign]
    result = gr.Image(label="recoloured", format="png", image_mode="RGBA", visible=False)
    gr.Button(visible=False).click(
        recolour,
        [picture, to, strength, model, seed],
        result,
        api_name="recolour",
        api_visibility="public",
        concurrency_limit=2,  # one picture is decoded while another is painted
    )

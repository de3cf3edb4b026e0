"""The recolouring tab: what if the creature were of another type? With it, the API endpoint /recolour."""

from __future__ import annotations

import gradio as gr
from PIL import Image

from ganstudio.ui.answers import Tab, endpoint, given, number, refusing, whole
from ganstudio.ui.models import Models
from ganstudio.ui.tabs.recolour.server import checked_look, checked_wish, functions, recolouring_model
from ganstudio.ui.upload import safe_image
from ganstudio.words import Refused


def endpoints(models: Models) -> None:
    """/recolour."""

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
        with refusing(request):
            original = given(picture)
            chosen = await recolouring_model(models, model)
            look = checked_look(whole(seed))
            return await models.translate(original, look, chosen.name, *checked_wish(chosen, to, strength))

    picture = safe_image(alpha="keep", label="picture", type="pil", format="png", visible=False)
    to = gr.Textbox(label="to", value="fire", visible=False)
    strength = number("strength", 1.0)
    model = gr.Textbox(label="model", value="", visible=False)
    seed = number("seed", None)
    result = gr.Image(label="recoloured", format="png", image_mode="RGBA", visible=False)
    endpoint(recolour, "recolour", [picture, to, strength, model, seed], result)


TAB = Tab("recolour", "app.tab_recolour", functions, endpoints=endpoints)

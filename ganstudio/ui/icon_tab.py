"""The icon tab: a drawn character becomes a flat icon, and an icon a character. With it, the API endpoint /icon."""

from __future__ import annotations

from functools import partial

import anyio
import anyio.to_thread
import gradio as gr
from PIL import Image

from ganstudio.text import Refused, say
from ganstudio.ui import language
from ganstudio.ui.icon import checked_way, checked_wish, icon_model, icons
from ganstudio.ui.models import Models
from ganstudio.ui.upload import safe_image

TITLE = "app.tab_icon"


def tab(models: Models) -> None:
    """Builds the tab inside the current `gr.Tab`."""
    icons(models)
    _api(models)


def _api(models: Models) -> None:
    finding = anyio.CapacityLimiter(1)

    async def icon(
        request: gr.Request,
        picture: Image.Image | Refused | None,
        to: str = "",
        crop: str = "auto",
        tilt: object = 0,
        size: object = 256,
        background: str = "white",
        flat: bool = True,
        model: str = "",
        alone: bool = True,
    ) -> Image.Image:
        """Turns a head, photographed or drawn, into an icon, or an icon into a head.

        picture: of any size and format that the app accepts.
        to: what to turn it into, one of the model's two; empty: the second, the icon.
        crop: face (the largest, or as center where there is none), center, none (all of it) or auto.
        tilt: degrees, 0 to 45, by which the picture is turned clockwise.
        size: side of the result in pixels, 48 to 512.
        background: white, transparent, or a colour such as #3b7ddd for a disc of it behind the figure.
        flat: draw the flat colours anew with crisp edges; without, the result is the network's own pixels, resized.
        model: the name of a model; empty: the first that makes icons.
        alone: leave out a ground that is not plain, where the model knows faces.
        """
        from ganstudio.icon import choose, cut_out, finish, without_ground

        visitor = language.of_request({name.lower(): value for name, value in dict(request.headers).items()})
        try:
            if picture is None:
                raise Refused("app.no_picture")
            if isinstance(picture, Refused):
                raise picture
            chosen_model = await icon_model(models, model)
            # JavaScript's clients write 256 as 256.0 at times.
            whole = int(size) if isinstance(size, float) and size.is_integer() else size
            asked = {"to": to, "tilt": tilt, "size": whole, "background": background, "flat": flat, "alone": alone}
            wish = checked_wish(chosen_model, asked)
            chosen = await anyio.to_thread.run_sync(choose, picture, checked_way(crop), limiter=finding)
            cropped = await anyio.to_thread.run_sync(cut_out, picture, chosen.box, wish.tilt, limiter=finding)
            if wish.alone:
                cropped = await anyio.to_thread.run_sync(without_ground, cropped, limiter=finding)
            raw = await models.run(partial(chosen_model.translate, cropped, to=wish.to, keep_size=False))
            work = partial(finish, raw, flat=wish.flat, size=wish.size, background=wish.background)
            return await anyio.to_thread.run_sync(work, limiter=finding)
        except Refused as refusal:
            title = say("app.error", visitor)
            raise gr.Error(refusal.say(visitor), title=title, print_exception=False) from refusal

    # Components and a button that nobody sees: they give the endpoint its types, upload and documentation.
    picture = safe_image(alpha="keep", label="picture", type="pil", format="png", visible=False)
    to = gr.Textbox(label="to", value="", visible=False)
    crop = gr.Textbox(label="crop", value="auto", visible=False)
    tilt = gr.Number(label="tilt", value=0, visible=False)
    size = gr.Number(label="size", value=256, visible=False)
    for number in (tilt, size):
        number.preprocess = lambda payload: payload  # type: ignore[method-assign]  # no number: gets our sentence
    background = gr.Textbox(label="background", value="white", visible=False)
    flat = gr.Checkbox(label="flat", value=True, visible=False)
    model = gr.Textbox(label="model", value="", visible=False)
    alone = gr.Checkbox(label="alone", value=True, visible=False)
    result = gr.Image(label="icon", format="png", image_mode="RGBA", visible=False)
    gr.Button(visible=False).click(
        icon,
        [picture, to, crop, tilt, size, background, flat, model, alone],
        result,
        api_name="icon",
        api_visibility="public",
        concurrency_limit=2,  # one picture is decoded while another is painted
    )

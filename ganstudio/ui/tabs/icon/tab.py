"""The icon tab: a drawn character becomes a flat icon, and an icon a character. With it, the API endpoint /icon."""

from __future__ import annotations

from functools import partial

import anyio
import anyio.to_thread
import gradio as gr
from PIL import Image

from ganstudio.ui.answers import Tab, endpoint, given, number, refusing, whole
from ganstudio.ui.models import Models
from ganstudio.ui.tabs.icon.server import checked_way, checked_wish, functions, icon_model
from ganstudio.ui.upload import safe_image
from ganstudio.words import Refused


def endpoints(models: Models) -> None:
    """/icon."""
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
        from ganstudio.models.icon import finish, taken

        with refusing(request):
            original = given(picture)
            chosen_model = await icon_model(models, model)
            asked = {"to": to, "tilt": tilt, "background": background, "flat": flat, "alone": alone}
            wish = checked_wish(chosen_model, asked | {"size": whole(size)})
            cutting = partial(taken, original, checked_way(crop), wish.tilt, of_faces=wish.alone, noted=False)
            _, cropped = await anyio.to_thread.run_sync(cutting, limiter=finding)
            raw = await models.run(partial(chosen_model.translate, cropped, to=wish.to, keep_size=False))
            work = partial(finish, raw, flat=wish.flat, size=wish.size, background=wish.background)
            return await anyio.to_thread.run_sync(work, limiter=finding)

    picture = safe_image(alpha="keep", label="picture", type="pil", format="png", visible=False)
    to = gr.Textbox(label="to", value="", visible=False)
    crop = gr.Textbox(label="crop", value="auto", visible=False)
    tilt, size = number("tilt", 0), number("size", 256)
    background = gr.Textbox(label="background", value="white", visible=False)
    flat = gr.Checkbox(label="flat", value=True, visible=False)
    model = gr.Textbox(label="model", value="", visible=False)
    alone = gr.Checkbox(label="alone", value=True, visible=False)
    result = gr.Image(label="icon", format="png", image_mode="RGBA", visible=False)
    endpoint(icon, "icon", [picture, to, crop, tilt, size, background, flat, model, alone], result)


TAB = Tab("icon", "app.tab_icon", functions, endpoints=endpoints)

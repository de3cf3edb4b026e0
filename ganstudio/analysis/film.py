"""A training as a short film: its sample sheets, one after the other, as an animated WebP or GIF."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from ganstudio import images
from ganstudio.words import Refused

FORMS = ("webp", "gif")
MOST = 60  # frames: more sheets are left out evenly, never the first or the last
SIDE = 640  # pixels: no sheet is shown longer; a film of these bounds takes 60 MB to make
SECONDS = 0.2  # a frame
LAST = 2.0  # seconds for which the last one stays
BAR = 22  # pixels under the sheet, for how far the training is


def film(
    sheets: Sequence[tuple[int, Path]], form: str = "webp", side: int = SIDE, seconds: float = SECONDS, most: int = MOST
) -> bytes:
    """The sheets, (images seen, file), in their order, as one file of the form "webp" or "gif" that plays for ever.

    Each frame is a sheet, at most `side` pixels long, and a bar that says how far the training was. Sheets that cannot
    be read are left out; raises `Refused` where fewer than two are left, or `form` is neither.
    """
    if form not in FORMS:
        raise Refused("config.choice", name="form", value=repr(form), choices=", ".join(FORMS))
    chosen = _spread(sheets, most)
    frames: list[Image.Image] = []
    for seen, file in chosen:
        try:
            sheet = images.decode(file)
        except Refused:
            continue
        frames.append(_frame(sheet, seen, chosen[-1][0], side, frames[0].size if frames else None))
    if len(frames) < 2:
        raise Refused("film.none")
    return animated(frames, form, seconds, LAST)


def animated(frames: Sequence[Image.Image], form: str = "webp", seconds: float = SECONDS, last: float = 0.0) -> bytes:
    """Frames of one size as a "webp" or "gif" that plays for ever, each for `seconds`, the last one for `last`."""
    still = round(1000 * seconds)
    durations = [still] * (len(frames) - 1) + [max(still, round(1000 * last))]
    data = io.BytesIO()
    first, *others = frames
    if form == "webp":
        first.save(data, "WEBP", save_all=True, append_images=others, duration=durations, loop=0, quality=80, method=3)
    else:
        first.save(data, "GIF", save_all=True, append_images=others, duration=durations, loop=0)
    return data.getvalue()


def _spread(sheets: Sequence[tuple[int, Path]], most: int) -> list[tuple[int, Path]]:
    """At most `most` of them, at even distances, the first and the last among them."""
    count = len(sheets)
    if count <= most:
        return list(sheets)
    return [sheets[round(k * (count - 1) / (most - 1))] for k in range(most)]


def _frame(sheet: Image.Image, seen: int, last: int, side: int, size: tuple[int, int] | None) -> Image.Image:
    """The sheet on white over its bar, as large as the film's first frame; a resumed run may draw larger sheets."""
    room = (side, side) if size is None else (size[0], size[1] - BAR)
    sheet.thumbnail(room, Image.Resampling.BOX, reducing_gap=2)
    width, height = (sheet.width, sheet.height + BAR) if size is None else size
    frame = Image.new("RGB", (width, height), "white")
    frame.paste(sheet, ((width - sheet.width) // 2, (height - BAR - sheet.height) // 2))
    pen = ImageDraw.Draw(frame)
    pen.rectangle((0, height - 4, round(width * seen / max(1, last)), height), fill="#0b7a75")
    pen.text((4, height - BAR + 2), f"{seen:,}", fill="#24262b", font=ImageFont.load_default(12))
    return frame

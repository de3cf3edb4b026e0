"""People before grounds of all kinds, and the small networks that find them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ganstudio.data import grounds
from ganstudio.data.demo import person
from ganstudio.data.icons import draw, of_shapes
from ganstudio.models import heads, icon


def people(count: int) -> list[tuple[np.ndarray, np.ndarray]]:
    return list(grounds.of_code(count, seed=5))


def test_of_people_drawn_by_code_the_outline_is_known() -> None:
    for pixels, share in people(4):
        assert pixels.shape == (grounds.SIDE, grounds.SIDE, 3) and 0.1 < share.mean() < 0.8
        assert share[-20:, 100:156].mean() > 0.9 and share[:8, :8].max() == 0  # a body, and no corner


def test_a_ground_is_put_behind_the_person_and_nowhere_else() -> None:
    pixels, share = people(1)[0]
    green = [np.zeros((grounds.SIDE, grounds.SIDE, 3), np.uint8) + np.array([0, 200, 0], np.uint8)]
    seen = set()
    for number in range(12):
        shown, where = grounds.before(pixels, share, green, np.random.default_rng(number), own=0.0)
        assert shown.dtype == np.uint8 and where.shape == share.shape and 0 <= where.min() <= where.max() <= 1
        outside = shown[where < 0.01]
        green_alone = outside[:, [0, 2]].max() < 4 and outside[:, 1].min() > 100
        seen.add("green" if green_alone else "white" if outside.min() > 250 else "plain")
    assert len(seen) > 1 and "green" in seen
    assert grounds.before(pixels, share, green, np.random.default_rng(0), own=1.0)[0] is pixels


def test_white_within_a_drawing_is_no_paper() -> None:
    sheet = Image.new("RGB", (grounds.SIDE, grounds.SIDE), "white")
    ImageDraw.Draw(sheet).ellipse((60, 60, 200, 200), fill="white", outline="black", width=3)
    found = grounds.not_paper(np.asarray(sheet))
    assert found[130, 130] == 1 and found[5, 5] == 0


def test_a_set_is_written(tmp_path: Path) -> None:
    fruit = tmp_path / "fruit"
    fruit.mkdir()
    for k in range(4):
        Image.new("RGB", (50, 60), (200, 10 * k, 30)).save(fruit / f"{k}.png")
    asked = ["--drawings", str(fruit), "--grounds", str(fruit), "--others", str(fruit), "--drawn", "9"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ganstudio.data.likeness.Looker", lambda: None)
        grounds.main([str(tmp_path / "set"), *asked])
    names = {part: {file.name for file in (tmp_path / "set").glob(f"*/{part}/*.png")} for part in ("source", "target")}
    assert names["source"] == names["target"] and len(names["source"]) == 13
    assert len(list((tmp_path / "set").glob("*/kinds/other/fruit-*.png"))) == 4


# --- the networks that ship -----------------------------------------------------------------------------------


def fruit_stall() -> Image.Image:
    sheet = Image.new("RGB", (256, 256), (70, 50, 40))
    dice = np.random.default_rng(1)
    for _ in range(120):
        x, y, r = dice.integers(0, 256), dice.integers(0, 256), dice.integers(16, 30)
        colour = tuple(int(v) for v in dice.integers((180, 40, 20), (250, 140, 60)))
        ImageDraw.Draw(sheet).ellipse((x - r, y - r, x + r, y + r), fill=colour, outline=(90, 30, 20))
    return sheet


@pytest.mark.parametrize("number", range(6))
def test_heads_are_seen_as_heads(number: int) -> None:
    shapes, portrait = person(number, 256, seed=77)
    assert not heads.no_head(portrait) and not heads.no_head(draw(of_shapes(shapes), 256))


def test_what_is_no_head_is_told() -> None:
    assert heads.no_head(fruit_stall())
    hills = Image.new("RGB", (256, 256), (150, 200, 240))
    for k, colour in enumerate(((120, 150, 170), (90, 140, 90), (60, 110, 60))):
        edge = [(x, 120 + 40 * k + 18 * np.sin(x / 30 + 2 * k)) for x in range(0, 257, 8)]
        ImageDraw.Draw(hills).polygon([(0, 256), *edge, (256, 256)], fill=colour)
    assert heads.no_head(hills)


def test_a_person_is_cut_out_of_a_busy_ground() -> None:
    pixels, share = people(3)[2]
    stall = np.asarray(fruit_stall(), np.float32)
    mixed = pixels * share[..., None] + stall * (1 - share[..., None])
    picture = Image.fromarray(mixed.astype(np.uint8))
    found = heads.figure(picture) > 0.5
    both, either = (found & (share > 0.5)).sum(), (found | (share > 0.5)).sum()
    assert both / either > 0.8
    cut = icon.without_ground(picture)
    assert cut.size == picture.size and cut.getpixel((2, 2)) == (255, 255, 255)
    white = Image.fromarray((pixels * share[..., None] + 255 * (1 - share[..., None])).astype(np.uint8))
    assert icon.without_ground(white) is white  # there is nothing to cut

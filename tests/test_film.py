"""Films of sample sheets."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from ganstudio.analysis.film import BAR, FORMS, LAST, film
from ganstudio.words import Refused


def sheets(folder: Path, count: int, size: tuple[int, int] = (60, 40)) -> list[tuple[int, Path]]:
    """From dark to light."""
    made = []
    for k in range(count):
        file = folder / f"{100 * k:09d}.png"
        Image.new("RGB", size, (0, 0, 250 * k // max(1, count - 1))).save(file)
        made.append((100 * k, file))
    return made


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("form", FORMS)
def test_every_sheet_is_a_frame_over_its_bar(tmp_path: Path, form: str) -> None:
    found = opened(film(sheets(tmp_path, 5), form))
    assert found.format == form.upper() and found.n_frames == 5 and found.size == (60, 40 + BAR)
    assert found.info["loop"] == 0
    blues, bars = [], []
    for k in range(5):
        found.seek(k)
        frame = found.convert("RGB")
        blues.append(frame.getpixel((30, 20))[2])
        bars.append(sum(frame.getpixel((x, frame.height - 2))[0] < 128 for x in range(60)))
    assert blues == sorted(blues) and blues[0] < 10 and blues[-1] > 240
    assert bars == sorted(bars) and bars[0] <= 2 and bars[-1] == 60
    assert found.info["duration"] == 1000 * LAST  # of the last


def test_a_long_training_keeps_its_first_and_last_sheet(tmp_path: Path) -> None:
    found = opened(film(sheets(tmp_path, 23), "webp", most=4))
    assert found.n_frames == 4
    blues = []
    for k in range(4):
        found.seek(k)
        blues.append(found.convert("RGB").getpixel((30, 20))[2])
    assert blues[0] < 10 and blues[-1] > 240


def test_sheets_that_cannot_be_read_are_left_out(tmp_path: Path) -> None:
    made = sheets(tmp_path, 4)
    made[0][1].write_bytes(b"")
    made[2][1].write_bytes(made[2][1].read_bytes()[:40])
    assert opened(film(made)).n_frames == 2
    for bad in (made[:2], [], [(0, tmp_path / "absent.png")]):
        with pytest.raises(Refused):
            film(bad)
    with pytest.raises(Refused):
        film(sheets(tmp_path, 3), "mp4")


def test_large_and_unlike_sheets_become_frames_of_one_size(tmp_path: Path) -> None:
    made = sheets(tmp_path, 2, (900, 300))
    Image.new("RGB", (100, 400), "white").save(made[1][1])
    found = opened(film(made, "webp", side=90))
    assert found.size == (90, 30 + BAR) and found.n_frames == 2

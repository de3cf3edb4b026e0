"""Near-duplicates: what a hash bears, and what is found by it."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from ganstudio.data import domains
from ganstudio.data.duplicates import BITS, COLOUR, Twins, difference_hash

GREY = (128.0, 128.0, 128.0)


def scene(seed: int) -> Image.Image:
    return Image.fromarray(domains.ball((5, seed), "A", 96))


def bits(a: Image.Image, b: Image.Image) -> int:
    return (difference_hash(a) ^ difference_hash(b)).bit_count()


def test_each_bit_tells_of_one_step_to_the_right() -> None:
    ramp = Image.fromarray(np.tile(np.linspace(0, 255, 90).astype(np.uint8), (80, 1)))
    assert difference_hash(ramp) == 2**BITS - 1
    assert difference_hash(ramp.transpose(Image.Transpose.FLIP_LEFT_RIGHT)) == 0
    assert difference_hash(Image.new("RGB", (50, 50), "white")) == 0


@pytest.mark.parametrize("seed", range(4))
def test_scaling_compression_and_light_hardly_touch_it(seed: int) -> None:
    picture, file = scene(seed), io.BytesIO()
    picture.save(file, "JPEG", quality=60)
    assert bits(picture, picture.resize((67, 67))) <= 4
    assert bits(picture, Image.open(file)) <= 4
    assert bits(picture, ImageEnhance.Brightness(picture).enhance(0.85)) <= 6
    assert min(bits(picture, scene(other)) for other in range(10, 20)) > 6


def test_the_nearest_is_named_and_other_colours_are_others() -> None:
    twins = Twins(3)
    assert twins.find(0, GREY) is None
    twins.add("first", 0b1111, GREY)
    twins.add("second", 0b0001, GREY)
    assert twins.find(0b0011, GREY) == ("second", 1)
    assert twins.find(0b1111, GREY) == ("first", 0)
    assert twins.find(2**BITS - 1, GREY) is None
    assert twins.find(0b1111, (GREY[0] + COLOUR + 1, *GREY[1:])) is None
    never = Twins(-1)
    never.add("x", 7, GREY)
    assert never.find(7, GREY) is None


def test_thousands_are_searched() -> None:
    dice = np.random.default_rng(0)
    hashes = [int(each) for each in dice.integers(0, 2**63, 3000)]
    twins = Twins(2)
    for number, each in enumerate(hashes):
        assert twins.find(each, GREY) is None
        twins.add(str(number), each, GREY)
    assert all(twins.find(hashes[k] ^ 0b101, GREY) == (str(k), 2) for k in (0, 255, 256, 2999))

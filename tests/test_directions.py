"""Sliders: what a style changes is found, and named by what changes."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from ganstudio.analysis.directions import APART, MEASURES, STRENGTH, directions, measured


def test_a_direction_changes_its_measure_and_no_other() -> None:
    rng = np.random.default_rng(0)
    codes, groups = rng.standard_normal((400, 6)), np.arange(400) % 20
    of_group = 30 * rng.standard_normal(20)  # drawings differ far more than styles
    measures = rng.standard_normal((400, len(MEASURES)))  # chance, but for two
    measures[:, 0] = codes[:, 0] + 0.5 * codes[:, 1] + of_group[groups]
    measures[:, 1] = 0.5 * codes[:, 0] + codes[:, 1] + 0.3 * rng.standard_normal(400)
    found = directions(codes, measures, groups)
    assert {each.name for each in found} == set(list(MEASURES)[:2])
    first, second, *_ = MEASURES
    gradients = {first: np.array([1, 0.5]), second: np.array([0.5, 1])}
    for each in found:
        assert np.linalg.norm(each.vector) == pytest.approx(STRENGTH, rel=1e-3) and each.explained > 0.8
        for name, gradient in gradients.items():
            change = gradient @ each.vector[:2]
            assert (change > 1) if name == each.name else (abs(change) < 0.3)


def test_what_says_the_same_gets_one_slider() -> None:
    rng = np.random.default_rng(0)
    codes = rng.standard_normal((300, 4))
    measures = np.repeat(codes[:, :1], len(MEASURES), axis=1)
    assert len(directions(codes, measures, np.zeros(300, int))) == 1 and 0 < APART < 1
    assert directions(codes, rng.standard_normal((300, len(MEASURES))), np.zeros(300, int)) == []


def test_measures_look_where_they_say() -> None:
    picture = np.full((128, 128, 3), 128, np.uint8)
    before = dict(zip(MEASURES, measured(Image.fromarray(picture)), strict=True))
    picture[:38, :11] = picture[:38, -11:] = 255
    after = dict(zip(MEASURES, measured(Image.fromarray(picture)), strict=True))
    changed = {name for name in MEASURES if abs(before[name] - after[name]) > 1}
    assert changed == {"ground"}

"""A recipe's settings as a form."""

from __future__ import annotations

import dataclasses

import pytest

from ganstudio.config import PATHS, fields, from_dict, to_dict
from ganstudio.recipes import RECIPES
from ganstudio.recipes.recipe import PRESETS
from ganstudio.ui.form import FIRST, changed, form, settings
from ganstudio.words import HELP, Refused, help_in


@pytest.mark.parametrize("name", RECIPES)
def test_every_setting_has_a_field_but_places_on_the_disk(name: str) -> None:
    recipe = RECIPES[name]
    found = {field["name"]: field for field in form(recipe, "ja")}
    assert set(found) == {name for name, *_ in fields(recipe.config)} - set(PATHS)
    assert {field["group"] for field in found.values()} == {"first", "own", "every"}
    for field in found.values():
        assert field["help"] and field["kind"] in ("bool", "int", "float", "str", "choice")
        if field["kind"] in ("int", "float"):
            assert field["low"] <= field["default"] <= field["high"]
        if field["kind"] == "choice":
            assert field["default"] in field["choices"]
    assert all(found[each]["group"] == "first" for each in FIRST)


def test_every_setting_is_explained_in_japanese() -> None:
    sentences = {metadata["help"] for recipe in RECIPES.values() for _, _, _, metadata in fields(recipe.config)}
    assert {sentence for sentence in sentences if sentence not in HELP["ja"]} == set()
    assert help_in("ja", "learning rate of Adam") == "Adam の学習率" and help_in("en", "x") == help_in("ja", "x") == "x"


@pytest.mark.parametrize("name", RECIPES)
def test_presets_are_settings_that_go_together(name: str) -> None:
    recipe = RECIPES[name]
    assert set(recipe.presets) <= set(PRESETS) and {"try", "good"} <= set(recipe.presets)
    for values in recipe.presets.values():
        config = from_dict(recipe.config, values)
        assert config.size % recipe.multiple(config) == 0 and config.size >= recipe.smallest(config)
        assert not set(values) & set(PATHS)


def test_what_a_page_sends_is_checked() -> None:
    recipe = RECIPES["pix2pix"]
    given = {"data": "/pictures", "folds": 5}
    found = settings(recipe, {"size": 64, "rate": 1}, given)
    assert found["data"] == "/pictures" and found["size"] == 64 and found["rate"] == 1.0 and found["folds"] == 5
    assert changed(recipe, found) == {"data": "/pictures", "size": 64, "rate": 1.0, "folds": 5}
    assert changed(recipe, to_dict(recipe.config())) == {}
    for sent in (
        {"data": "/etc"},
        {"start_from": "x"},
        {"nonsense": 1},
        {"size": 5},
        {"size": "64"},
        {"rate": 9.0},
        [],
        None,
    ):
        with pytest.raises(Refused):
            settings(recipe, sent, given)
    assert dataclasses.is_dataclass(recipe.config)

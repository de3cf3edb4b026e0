"""Settings: one declaration gives checked values, JSON and flags."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from typing import Any

import pytest

from ganstudio.config import add_flags, fields, from_dict, knob, to_dict
from ganstudio.recipes import RECIPES
from ganstudio.words import Refused


@dataclass(frozen=True, kw_only=True)
class Settings:
    count: int = knob(3, "how many, in pieces", 1, 10)
    share: float = knob(0.5, "share of 100 % that is used", 0.0, 1.0)
    loud: bool = knob(False, "make a noise")
    kind: str = knob("plain", "sort of thing", choices=("plain", "fancy"))
    patch_side: int = knob(70, "side in pixels", choices=(1, 70))
    note: str = knob("", "anything")


def test_there_and_back_through_json() -> None:
    settings = Settings(count=7, share=0.25, loud=True, kind="fancy", patch_side=1, note="日本語")
    assert from_dict(Settings, json.loads(json.dumps(to_dict(settings)))) == settings
    assert from_dict(Settings, {}) == Settings()
    assert list(to_dict(settings)) == ["count", "share", "loud", "kind", "patch_side", "note"]


def test_a_whole_number_is_a_float_too() -> None:
    share = from_dict(Settings, {"share": 1}).share
    assert share == 1.0 and type(share) is float


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"cuont": 3}, "config.unknown"),
        ({"count": "3"}, "config.type"),
        ({"count": 3.0}, "config.type"),
        ({"count": True}, "config.type"),
        ({"count": None}, "config.type"),
        ({"loud": 1}, "config.type"),
        ({"note": 5}, "config.type"),
        ({"share": "0.5"}, "config.type"),
        ({"share": True}, "config.type"),
        ({"share": float("nan")}, "config.type"),
        ({"share": float("inf")}, "config.type"),
        ({"count": 0}, "config.bounds"),
        ({"count": 11}, "config.bounds"),
        ({"share": -0.1}, "config.bounds"),
        ({"kind": "PLAIN"}, "config.choice"),
        ({"patch_side": 2}, "config.choice"),
    ],
    ids=str,
)
def test_a_bad_value_is_refused_by_name(values: dict[str, Any], key: str) -> None:
    with pytest.raises(Refused) as refusal:
        from_dict(Settings, values)
    assert refusal.value.key == key
    for language in ("en", "ja"):
        assert next(iter(values)) in refusal.value.say(language)


@pytest.mark.parametrize("values", [{"count": 1}, {"count": 10}, {"share": 0.0}, {"share": 1.0}])
def test_bounds_are_inclusive(values: dict[str, Any]) -> None:
    assert from_dict(Settings, values) == Settings(**values)


def parser_of(config: type, skip: tuple[str, ...] = ()) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    add_flags(parser, config, skip)
    return parser


def test_flags() -> None:
    parser = parser_of(Settings)
    assert vars(parser.parse_args([])) == {}  # what is not given is not overwritten
    given = ["--count", "4", "--share", "1", "--loud", "--kind", "fancy", "--patch-side", "1", "--note", "a b"]
    values = {"count": 4, "share": 1.0, "loud": True, "kind": "fancy", "patch_side": 1, "note": "a b"}
    assert vars(parser.parse_args(given)) == values
    assert vars(parser.parse_args(["--no-loud"])) == {"loud": False}
    assert "100 %" in parser.format_help() and "(default: 70)" in parser.format_help()


@pytest.mark.parametrize("given", [["--count", "many"], ["--kind", "odd"], ["--patch-side", "2"], ["--size", "3"]])
def test_bad_flags(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        parser_of(Settings).parse_args(given)
    assert end.value.code == 2 and given[0] in capsys.readouterr().err


def test_skipped_flags() -> None:
    with pytest.raises(SystemExit):
        parser_of(Settings, skip=("count",)).parse_args(["--count", "4"])


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=lambda recipe: recipe.name)
def test_every_recipe_is_well_declared(recipe: Any) -> None:
    """Defaults lie within their own bounds, every setting is explained, every flag can be parsed."""
    assert from_dict(recipe.config, to_dict(recipe.config())) == recipe.config()
    for name, kind, _, metadata in fields(recipe.config):
        assert metadata["help"], name
        assert kind in (bool, int, float, str), name
        if kind in (int, float) and not metadata["choices"]:
            assert metadata["low"] is not None and metadata["high"] is not None, name
    flags = []
    for name, kind, default, _ in fields(recipe.config):
        flag = "--" + name.replace("_", "-")
        flags += [flag] if kind is bool else [flag, str(default)]
    parsed = vars(parser_of(recipe.config).parse_args(flags))
    assert from_dict(recipe.config, parsed).size == recipe.config().size

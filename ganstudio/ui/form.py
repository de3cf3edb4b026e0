"""A recipe's settings as a form: what the page needs to draw one, and what comes back from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ganstudio.config import PATHS, fields, from_dict, to_dict
from ganstudio.recipes.recipe import Recipe, Training
from ganstudio.words import Refused, help_in

FIRST = ("images", "size", "batch")  # those that decide how long a training takes


def form(recipe: Recipe, language: str) -> list[dict[str, Any]]:
    """A field for each setting a person may change: {name, kind: "bool", "int", "float", "str" or "choice", default,
    low, high, choices, help: one line in `language`, group: "first", "own" of the recipe, or "every" recipe's}."""
    shared = {name for name, *_ in fields(Training)}
    return [
        {
            "name": name,
            "kind": "choice" if metadata["choices"] else kind.__name__,
            "default": default,
            "low": metadata["low"],
            "high": metadata["high"],
            "choices": list(metadata["choices"]),
            "help": help_in(language, metadata["help"]),
            "group": "first" if name in FIRST else "every" if name in shared else "own",
        }
        for name, kind, default, metadata in fields(recipe.config)
        if name not in PATHS
    ]


def settings(recipe: Recipe, sent: object, given: Mapping[str, Any]) -> dict[str, Any]:
    """All settings of a run: what a page sent over what is `given`, checked.

    Raises `Refused` for a name that is no field of the form, and a value that is out of bounds.
    """
    if not isinstance(sent, dict):
        raise Refused("app.reload")
    known = [name for name, *_ in fields(recipe.config)]
    unknown = sorted(name for name in sent if name in PATHS or name not in known)
    if unknown:
        raise Refused("config.unknown", names=", ".join(map(str, unknown))[:200], known=", ".join(known))
    return to_dict(from_dict(recipe.config, {**given, **sent}))


def changed(recipe: Recipe, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those that differ from the recipe's defaults."""
    return {name: values[name] for name, _, default, _ in fields(recipe.config) if values[name] != default}

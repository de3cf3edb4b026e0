"""Settings, declared once: `knob()` gives a dataclass field its help, bounds and choices.

JSON files, command line flags and the browser's form are all derived from the same fields, so a bound that is
checked in one place is checked in all of them. Standard library only.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import reprlib
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from ganstudio.words import Refused

Config = TypeVar("Config")

# Settings that name places on this machine: a training's folders, its files, and what it starts from or sees through.
FOLDERS, FILES = ("data", "data_b", "hands"), ("labels", "hold_out", "repeat")
PATHS = (*FOLDERS, *FILES, "start_from", "features")

MAX_SHOWN = 200  # characters of a wrong value that a sentence repeats
MAX_JSON = 2**20  # bytes of a file of settings
_shown = reprlib.Repr()
_shown.maxstring = _shown.maxlong = _shown.maxother = MAX_SHOWN


def knob(default: Any, help: str, low: float | None = None, high: float | None = None, *, choices: tuple = ()) -> Any:
    """A dataclass field with its documentation.

    `low` and `high` are inclusive bounds of a number; `choices` lists the only accepted values. The help text
    names the unit. The type of a setting is the type of its default: bool, int, float or str.
    """
    return dataclasses.field(default=default, metadata={"help": help, "low": low, "high": high, "choices": choices})


def fields(config: type | object) -> Iterator[tuple[str, type, Any, Mapping[str, Any]]]:
    """Each setting of a config dataclass: (name, type, default, metadata)."""
    for field in dataclasses.fields(config):  # type: ignore[arg-type]
        yield field.name, type(field.default), field.default, field.metadata


def from_dict(config: type[Config], values: Mapping[str, Any]) -> Config:
    """A checked config from a mapping such as a JSON object; what is absent keeps its default.

    Raises `Refused` for an unknown name, a wrong type, or a value outside its bounds, naming the setting.
    """
    known = {name: (kind, metadata) for name, kind, _, metadata in fields(config)}
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise Refused("config.unknown", names=", ".join(unknown)[:MAX_SHOWN], known=", ".join(known))
    return config(**{name: _checked(name, value, *known[name]) for name, value in values.items()})


def to_dict(config: object) -> dict[str, Any]:
    """The settings as a JSON-ready dict, in the order of their declaration."""
    return dataclasses.asdict(config)  # type: ignore[call-overload]


def load_json(file: Path) -> Any:
    """What a JSON file that anybody may have written says; raises OSError, ValueError or RecursionError.

    A ValueError as well for what is no file, for more than MAX_JSON bytes, and for text that no page could be sent.
    """
    if not stat.S_ISREG(file.stat().st_mode):  # opening a pipe would wait for ever
        raise ValueError("no file")
    with file.open("rb") as opened:
        data = opened.read(MAX_JSON + 1)
    if len(data) > MAX_JSON:
        raise ValueError(f"more than {MAX_JSON // 2**20} MB")
    values = json.loads(data)
    json.dumps(values, ensure_ascii=False).encode()  # half a surrogate pair may stand in JSON, and nowhere else
    return values


def add_flags(
    parser: argparse.ArgumentParser | argparse._ArgumentGroup, config: type, skip: tuple[str, ...] = ()
) -> None:
    """One `--flag VALUE` a setting (`l1_weight` becomes `--l1-weight`); a bool gets `--flag` and `--no-flag`.

    A flag that is not given is absent from the parsed namespace, so that a resumed run keeps its own value.
    """
    for name, kind, default, metadata in fields(config):
        if name in skip:
            continue
        flag = "--" + name.replace("_", "-")
        text = f"{metadata['help']} (default: {default})".replace("%", "%%")
        if kind is bool:
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=argparse.SUPPRESS, help=text)
        else:
            parser.add_argument(
                flag,
                type=kind,
                default=argparse.SUPPRESS,
                help=text,
                choices=metadata["choices"] or None,
                metavar=None if metadata["choices"] else kind.__name__.upper(),
            )


def _checked(name: str, value: Any, kind: type, metadata: Mapping[str, Any]) -> Any:
    shown = _shown.repr(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        try:
            value = float(value)
        except OverflowError as error:
            raise Refused("config.type", name=name, value=shown, kind="finite number") from error
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise Refused("config.type", name=name, value=shown, kind=kind.__name__)
    if isinstance(value, float) and not math.isfinite(value):
        raise Refused("config.type", name=name, value=shown, kind="finite number")
    if metadata["choices"] and value not in metadata["choices"]:
        raise Refused("config.choice", name=name, value=shown, choices=", ".join(map(str, metadata["choices"])))
    low, high = metadata["low"], metadata["high"]
    if (low is not None and value < low) or (high is not None and value > high):
        raise Refused(
            "config.bounds",
            name=name,
            value=shown,
            low="-∞" if low is None else low,
            high="∞" if high is None else high,
        )
    return value

"""The train tab's server side, over HTTP as its page speaks to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from core_fixtures import make_data, server_functions, tiny_settings

from ganstudio import places
from ganstudio.runs import local
from ganstudio.runs.folder import RunFolder
from ganstudio.runs.summary import ALIVE, find_runs, state_of

Call = Callable[[str, object], Any]


@pytest.fixture
def call(app_url: str) -> Call:
    return server_functions(app_url, "train")


@pytest.fixture
def wanted(tmp_path: Path) -> dict[str, Any]:
    """A tiny training on a folder of this machine."""
    return {
        "recipe": "pix2pix",
        "folder": str(make_data(tmp_path / "data")),
        "settings": tiny_settings(),
        "title": "Mine",
    }


@pytest.fixture
def clean(app_url: str) -> Iterator[None]:
    yield
    for run in find_runs(places.runs()):
        local.stop(run)
        end = time.monotonic() + 60
        while state_of(run) in ALIVE and time.monotonic() < end:
            time.sleep(0.05)
        local.delete(run)


def test_the_shelf(call: Call) -> None:
    from ganstudio.recipes import RECIPES

    shelf = call("train_shelf", {"language": "ja"})
    assert [each["name"] for each in shelf["recipes"]] == list(RECIPES)
    for recipe in shelf["recipes"]:
        assert recipe["about"] and recipe["needs"] and "try" in recipe["presets"] and len(recipe["fields"]) > 20
    assert [each["name"] for each in shelf["devices"]][-1] == "cpu"
    # Runs, sets and own models lie elsewhere here; those that ship may be started from all the same.
    assert places.home() != places.PROJECT and {"sketch2face", "recolour"} <= {each["name"] for each in shelf["models"]}


def test_a_shipped_model_may_be_started_from(call: Call, wanted: dict[str, Any]) -> None:
    plan = call("train_plan", {**wanted, "recipe": "bicyclegan", "settings": {}, "start": "sketch2face"})
    assert str(places.SHIPPED / "sketch2face") in plan["command"]


def test_the_plan_says_what_a_person_would_type(call: Call, wanted: dict[str, Any]) -> None:
    plan = call("train_plan", wanted)
    assert plan["command"].startswith("python -m ganstudio train pix2pix --data=")
    assert "--size=16" in plan["command"] and "--rate" not in plan["command"] and plan["command"].endswith("/Mine")
    assert plan["settings"]["size"] == 16 and plan["settings"]["data"] == wanted["folder"]


@pytest.mark.parametrize(
    "change",
    [
        {"recipe": "stylegan"},
        {"recipe": ["pix2pix"]},
        {"folder": ""},
        {"folder": "/no/such/folder"},
        {"set": "no-such-set", "folder": None},
        {"set": "../../etc", "folder": None},
        {"settings": {"size": 17.5}},
        {"settings": {"data": "/etc"}},
        {"settings": {"images": 0}},
        {"settings": None},
        {"start": "../x"},
        {"title": "..."},
    ],
)
@pytest.mark.parametrize("function", ["train_plan", "train_start"])
def test_what_cannot_be_trained_is_said_and_leaves_nothing(
    call: Call, wanted: dict[str, Any], function: str, change: dict[str, Any]
) -> None:
    answer = call(function, {**wanted, **change, "language": "en"})
    assert answer.keys() == {"error"} and len(answer["error"]) > 10
    assert list(find_runs(places.runs())) == []


def rehearsed(call: Call, wanted: dict[str, Any]) -> Any:
    job = call("train_rehearse", wanted)["job"]
    end = time.monotonic() + 120
    while time.monotonic() < end:
        told = call("train_rehearsed", {"job": job, "language": wanted.get("language", "en")})
        if told.get("found") or "error" in told:
            return told
    raise AssertionError("no answer")


def test_a_rehearsal_measures_and_keeps_nothing(call: Call, wanted: dict[str, Any]) -> None:
    found = rehearsed(call, wanted)["found"]
    assert found["images_per_second"] > 0 and found["seconds"] > 0 and found["memory"] > 10**7
    assert found["disk"] > 10**4 and found["free"] > 0 and found["skipped"] == [] and "6" in found["data"]
    assert list(find_runs(places.runs())) == []
    assert "error" in call("train_rehearsed", {"job": "unknown"})


def test_a_rehearsal_says_what_is_wrong_in_the_visitors_language(call: Call, wanted: dict[str, Any]) -> None:
    wanted["settings"]["size"] = 20  # no multiple of what the generator needs
    assert "倍数" in rehearsed(call, {**wanted, "language": "ja"})["error"]
    (Path(wanted["folder"]) / "source" / "face-0.png").unlink(missing_ok=True)


def test_a_rehearsal_can_be_stopped(call: Call, wanted: dict[str, Any]) -> None:
    job = call("train_rehearse", wanted)["job"]
    assert "error" in call("train_rehearse", wanted)  # one at a time
    assert call("train_rehearsed", {"job": job, "stop": True}) == {"found": None}
    assert "error" in call("train_rehearsed", {"job": job})


def test_start(call: Call, wanted: dict[str, Any], clean: None) -> None:
    names = [call("train_start", wanted)["run"] for _ in range(2)]
    assert names == ["Mine", "Mine-2"]
    run = RunFolder(places.runs() / "Mine")
    assert run.read_about()["title"] == "Mine" and run.read_about()["device"] == "cpu"
    end = time.monotonic() + 120
    while state_of(run) in ALIVE and time.monotonic() < end:
        time.sleep(0.1)
    assert state_of(run) == "finished" and run.has_model

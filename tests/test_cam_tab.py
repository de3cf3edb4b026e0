"""The CAM tab without a browser: its server functions, and what strangers may not do."""

from __future__ import annotations

import asyncio
import base64
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from core_fixtures import publish_tiny, server_functions, tiny_config
from PIL import Image
from test_ui import outside_paths, picture_of, png, upload

from ganstudio import images
from ganstudio.analysis import cam as maps
from ganstudio.data.creatures import EXAMPLES
from ganstudio.models import hub
from ganstudio.recipes import RECIPES
from ganstudio.typenames import TYPES
from ganstudio.ui.models import Models
from ganstudio.ui.tabs.cam import server as cam
from ganstudio.words import Refused, has

FUNCTIONS = ("look_at", "take_score_apart", "look_back")


def publish_observed(folder: Path) -> None:
    """icons, with its critics and a milestone of half the size; alone, without critics; kinds, a classifier."""
    domains = {"domain_a": "face", "domain_b": "icon"}
    networks = publish_tiny(folder / "icons", recipe="ugatit", size=32, **domains)
    generators = {name: networks[name] for name in RECIPES["ugatit"].exports}
    hub.publish(folder / "alone", "ugatit", tiny_config("ugatit", size=32, **domains), generators, images=0)
    (folder / "icons" / "milestones").mkdir()
    small = publish_tiny(folder / "small", seed=1, recipe="ugatit", size=16, **domains)
    generators = {name: small[name] for name in RECIPES["ugatit"].exports}
    config = tiny_config("ugatit", size=16, **domains)
    hub.publish(folder / "icons" / "milestones" / "010", "ugatit", config, generators, images=0)
    shutil.rmtree(folder / "small")
    publish_tiny(folder / "kinds", recipe="classifier", size=32)


@pytest.fixture(scope="module")
def observed(published: Path) -> Iterator[None]:
    """These models among those of the app, for the tests of one file."""
    names = ("icons", "alone", "kinds")
    publish_observed(published)
    yield
    for name in names:
        shutil.rmtree(published / name)


@pytest.fixture(scope="module")
def ask(app_url: str, observed: None) -> Any:
    return server_functions(app_url, "cam")


def noise(width: int = 60, height: int = 40) -> Image.Image:
    levels = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(levels)


@pytest.fixture
def source(app_url: str) -> dict[str, str]:
    return {"path": upload(app_url, "noise.png", png(noise()))}


def numbers(sent: dict[str, Any]) -> np.ndarray:
    values = np.frombuffer(base64.b64decode(sent["values"]), "<f4")
    return values.reshape(sent["height"], sent["width"])


# --- what the page gets ---------------------------------------------------------------------------------


def test_the_shelf_in_both_languages(ask: Any) -> None:
    english, japanese = (ask("cam_shelf", {"language": each}) for each in ("en", "ja"))
    assert english["models"] == ["alone", "icons", "kinds"] and english["colours"] == TYPES
    assert len(english["examples"]["look"]) == len(EXAMPLES) and english["examples"]["redraw"]
    assert set(english["examples"]) == {recipe.purpose for recipe in RECIPES.values() if recipe.attends}
    for purpose in english["examples"]:
        for a, b in zip(english["examples"][purpose], japanese["examples"][purpose], strict=True):
            assert a["name"] != b["name"] and a["source"] == b["source"] and picture_of(a["picture"]).mode == "RGB"
    for scheme, sent in english["tables"].items():
        assert base64.b64decode(sent) == maps.table(scheme).tobytes()


def test_every_example_can_be_looked_at(ask: Any) -> None:
    for purpose, model in (("redraw", "alone"), ("look", "kinds")):
        for each in ask("cam_shelf", {})["examples"][purpose]:
            assert ask("look_at", {"source": each["source"], "model": model})["sights"], each["name"]


def test_models_say_what_can_be_looked_through(ask: Any) -> None:
    roles = ["generator", "local", "global"]
    icons = ask("wake_cam", {"model": "icons"})
    assert icons["ways"] == {"icon": roles, "face": roles} and icons["milestones"] == [10]
    assert (icons["purpose"], icons["size"], icons["classes"], icons["aims"]) == ("redraw", 32, [], [0, 1])
    alone = ask("wake_cam", {"model": "alone"})
    assert alone["ways"] == {"icon": ["generator"], "face": ["generator"]} and alone["milestones"] == []
    kinds = ask("wake_cam", {"model": "kinds"})
    assert (kinds["purpose"], kinds["ways"], kinds["classes"]) == ("look", {}, list(TYPES))


@pytest.mark.parametrize("role", maps.ROLES)
def test_maps_are_the_networks_own(ask: Any, source: dict[str, str], published: Path, role: str) -> None:
    answer = ask("look_at", {"source": source, "model": "icons", "to": "face", "role": role})
    networks, settings, _ = hub.load_networks(published / "icons")
    found = maps.look(maps.Observed("icons", settings, networks), noise(), "face", [role])
    assert found.output is not None and picture_of(answer["result"]).tobytes() == found.output.tobytes()
    assert images.Frame(**answer["frame"]) == found.frame
    for place in ("input", "output"):
        assert list(answer["sights"][place]) == list(maps.PARTS)
        for name, sent in answer["sights"][place].items():
            part = found.sights[role][place].parts[name]  # type: ignore[index]
            assert np.allclose(numbers(sent["map"]), part.map, atol=1e-6)
            assert sent["score"] == pytest.approx(part.score) and sent["neutral"] == part.neutral
        average = answer["sights"][place]["average"]
        assert numbers(average["map"]).mean(dtype=float) == pytest.approx(average["score"], abs=1e-5)


def test_the_sum_that_the_page_shows_is_the_score(ask: Any, source: dict[str, str]) -> None:
    wishes = [{"model": "kinds", "part": "fire"}]
    for place in ("input", "output"):
        wishes += [{"model": "icons", "role": "global", "part": part, "place": place} for part in maps.PARTS]
    for wish in wishes:
        apart = ask("take_score_apart", {"source": source, **wish})
        total = sum(each["contribution"] for each in apart["channels"]) + apart["rest"] + apart["bias"]
        assert total == pytest.approx(apart["score"], abs=1e-9) and len(apart["channels"]) == maps.CHANNELS
        shown = ask("look_at", {"source": source, **wish})["sights"][wish.get("place", "input")][wish["part"]]
        weighted = [each["weight"] * numbers(each["feature"]) for each in apart["channels"]]
        assert np.allclose(sum(weighted, numbers(apart["restMap"])), numbers(shown["map"]), atol=1e-4)
        assert apart["score"] == pytest.approx(shown["score"])


def test_milestones_have_sizes_of_their_own(ask: Any, source: dict[str, str]) -> None:
    request = {"source": source, "model": "icons", "part": "average"}
    early, late = (ask("look_back", {**request, "percent": percent}) for percent in (10, 100))
    assert (early["frame"]["size"], late["frame"]["size"]) == (16, 32)
    assert (early["map"]["height"], late["map"]["height"]) == (4, 8)
    assert numbers(early["map"]).mean(dtype=float) == pytest.approx(early["score"], abs=1e-5)
    for percent in (50, 0, -1, "10", None, 10.5, [10]):
        assert list(ask("look_back", {**request, "percent": percent})) == ["error"]


def test_a_large_picture_is_shown_small(app_url: str, ask: Any) -> None:
    source = {"path": upload(app_url, "large.png", png(noise(1300, 700)))}
    opened = ask("open_to_look", {"source": source})
    assert (opened["width"], opened["height"]) == (1300, 700)
    assert max(picture_of(opened["picture"]).size) == cam.SIDE


# --- what cannot be used --------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n"])
def test_bad_files_get_a_sentence(app_url: str, ask: Any, data: bytes) -> None:
    source = {"path": upload(app_url, "bad.png", data)}
    for name in ("open_to_look", *FUNCTIONS):
        english, japanese = (ask(name, {"source": source, "language": each})["error"] for each in ("en", "ja"))
        assert english.isascii() and not japanese.isascii()


def test_no_file_of_the_server_is_read(ask: Any, tmp_path: Path) -> None:
    for path in outside_paths(tmp_path):
        for source in ({"path": path}, {"example": path}, {"example": f"../{path}"}):
            assert list(ask("open_to_look", {"source": source})) == ["error"]


@pytest.mark.parametrize(
    "request_",
    [
        *(None, [], "x", 3, {}, {"source": None}, {"source": 3}, {"source": []}),
        *({"source": {"creature": each}} for each in (-1, 10**9, True, 0.5, "0", [])),
        *({"source": {"example": each}} for each in (7, [], "", "../x", "x.png")),
        *({"source": {"creature": 0}, "to": each} for each in (7, "fire", ["icon"], "x" * 1000)),
        *({"source": {"creature": 0}, "role": each} for each in (7, "nose", ["local"], "x" * 1000)),
        *({"source": {"creature": 0}, "model": each} for each in ("/etc", "recolour", "../icons", 7, ["a"])),
        {"source": {"creature": 0}, "model": "alone", "role": "local"},
    ],
)
def test_no_request_breaks_the_server(ask: Any, request_: object) -> None:
    role = isinstance(request_, dict) and "role" in request_
    for name in FUNCTIONS[:2] if role else FUNCTIONS:  # of the training there is the generator alone
        answer = ask(name, request_)
        assert list(answer) == ["error"] and len(answer["error"]) < 500


@pytest.mark.parametrize("part", [None, 7, "", "minimum", ["average"], "x" * 10_000])
def test_unknown_parts_are_refused(ask: Any, part: object) -> None:
    for name in ("take_score_apart", "look_back"):
        answer = ask(name, {"source": {"creature": 0}, "model": "icons", "part": part, "percent": 100})
        assert "together, maximum, average" in answer["error"] and len(answer["error"]) < 500


def test_without_a_model_the_page_says_how_to_make_one(tmp_path: Path, tiny_model: Path) -> None:
    with pytest.raises(Refused) as refused:
        asyncio.run(cam.observed_model(Models(tiny_model, tmp_path), None))
    assert "ganstudio train" in refused.value.say("ja")


def test_the_page_has_words_for_all_that_the_analysis_knows() -> None:
    for each in (*(f"app.cam_part.{part}" for part in maps.PARTS), *(f"app.cam_role.{role}" for role in maps.ROLES)):
        assert has(each)

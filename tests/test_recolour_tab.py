"""The recolouring tab without a browser: its server functions, its endpoint, and what strangers may not do."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from core_fixtures import publish_tiny, server_functions, tiny_config
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image
from test_ui import outside_paths, picture_of, png, upload

from ganstudio import images
from ganstudio.data.creatures import EXAMPLES
from ganstudio.models import hub
from ganstudio.recipes import RECIPES
from ganstudio.typenames import TYPES
from ganstudio.ui.models import Models
from ganstudio.ui.tabs.recolour import server as recolour
from ganstudio.words import WORDS, Refused, say


@pytest.fixture(scope="module")
def ask(app_url: str) -> Any:
    return server_functions(app_url, "recolour")


def see_through(width: int = 90, height: int = 60) -> Image.Image:
    """An orange picture whose transparency is different in every row, with nothing at all at the top."""
    pixels = np.full((height, width, 4), (230, 120, 40, 0), np.uint8)
    pixels[..., 3] = np.linspace(0, 255, height).astype(np.uint8)[:, None]
    return Image.fromarray(pixels)


@pytest.fixture
def source(app_url: str) -> dict[str, str]:
    return {"path": upload(app_url, "creature.png", png(see_through()))}


# --- pictures -------------------------------------------------------------------------------------------


def test_a_picture_keeps_its_size_and_transparency(ask: Any, source: dict[str, str]) -> None:
    opened = ask("open_picture", {"source": source})
    assert (opened["width"], opened["height"], opened["transparent"]) == (90, 60, True)
    assert picture_of(opened["picture"]).tobytes() == see_through().tobytes()
    result = picture_of(ask("recolour_picture", {"source": source, "to": "water"})["picture"])
    assert result.mode == "RGBA" and result.getchannel("A").tobytes() == see_through().getchannel("A").tobytes()
    assert result.convert("RGB").tobytes() != see_through().convert("RGB").tobytes()


def test_types_differ_and_two_may_be_mixed(ask: Any, source: dict[str, str]) -> None:
    wishes = ("water", "fire", "fire+water", "water")
    one, other, both, again = (ask("recolour_picture", {"source": source, "to": to})["picture"] for to in wishes)
    assert len({one, other, both}) == 3 and one == again


def test_strength_goes_from_the_original_beyond_the_result(ask: Any, source: dict[str, str]) -> None:
    def at(strength: float) -> np.ndarray:  # (H,W,3) where the picture can be seen
        request = {"source": source, "to": "water", "strength": strength}
        return np.asarray(picture_of(ask("recolour_picture", request)["picture"]).convert("RGB"), float)[1:]

    none, half, whole, double = (at(strength) for strength in (0, 0.5, 1, 2))
    assert np.abs(none - np.asarray(see_through().convert("RGB"), float)[1:]).max() == 0
    # What the page paints by itself while the slider moves.
    assert np.abs(half - (none + whole) / 2).max() <= 1
    assert np.abs(double - (2 * whole - none).clip(0, 255)).max() <= 2


def test_a_large_picture_is_shown_small_and_saved_whole(app_url: str, ask: Any) -> None:
    source = {"path": upload(app_url, "large.png", png(see_through(1500, 900)))}
    request = {"source": source, "to": "ice", "strength": 1.5, "model": "recolour"}
    assert ask("open_picture", request)["width"] == 1500
    assert max(picture_of(ask("recolour_picture", request)["picture"]).size) == recolour.SIDE
    assert max(picture_of(ask("recolour_picture", {**request, "small": True})["picture"]).size) == recolour.SMALL
    saved = base64.b64decode(ask("save_recoloured", request)["png"].split(",")[1])
    whole = images.decode(saved, alpha="keep")
    assert whole.getchannel("A").tobytes() == see_through(1500, 900).getchannel("A").tobytes()
    settings = images.read_settings(saved) or {}
    assert (settings["model"], settings["to"], settings["strength"]) == ("recolour", "ice", 1.5)


def test_creatures_are_there_in_both_languages(ask: Any) -> None:
    english, japanese = (ask("shelf", {"language": each}) for each in ("en", "ja"))
    assert english["colours"] == TYPES and english["models"] == ["recolour", "water-grass"]
    assert len(english["creatures"]) == len(EXAMPLES) >= 1
    for a, b in zip(english["creatures"], japanese["creatures"], strict=True):
        assert a["name"] != b["name"] and a["type"] in TYPES and picture_of(a["picture"]).mode == "RGBA"
    result = ask("recolour_picture", {"source": {"creature": 0}, "to": "grass", "small": True})
    assert picture_of(result["picture"]).mode == "RGBA"


def test_there_and_back(ask: Any, source: dict[str, str]) -> None:
    answer = ask("there_and_back", {"source": source, "to": "water", "own": "fire"})
    there, back = picture_of(answer["there"]), picture_of(answer["back"])
    assert answer["away"] == pytest.approx(recolour.difference(see_through(), there))
    assert answer["left"] == pytest.approx(recolour.difference(see_through(), back))
    assert answer["away"] > 0 and "error" in ask("there_and_back", {"source": source, "to": "water", "own": ""})


def test_the_difference_counts_what_can_be_seen() -> None:
    a, b = Image.new("RGBA", (2, 1), (10, 20, 30, 255)), Image.new("RGBA", (2, 1), (13, 20, 30, 255))
    a.putpixel((1, 0), (0, 0, 0, 0))
    assert recolour.difference(a, b) == 1
    assert recolour.difference(Image.new("RGBA", (2, 1)), b) == 0


def test_the_colours_before_and_after(ask: Any, source: dict[str, str]) -> None:
    answer = ask("compare_colours", {"source": source, "to": "water"})
    assert answer["before"] == pytest.approx([230, 120, 40]) and answer["after"] != answer["before"]
    assert len(answer["beforeHues"]) == len(answer["afterHues"]) == 36 and sum(answer["beforeHues"]) == pytest.approx(1)


def test_models_say_what_they_can_do(ask: Any, source: dict[str, str]) -> None:
    assert ask("wake_recolouring", {}) == {"model": "recolour", "targets": list(TYPES), "mixes": True, "looks": False}
    two = ask("wake_recolouring", {"model": "water-grass"})
    assert two == {"model": "water-grass", "targets": ["water", "grass"], "mixes": False, "looks": False}
    request = {"source": source, "model": "water-grass", "to": "grass"}
    assert "picture" in ask("recolour_picture", request)
    refused = ask("recolour_picture", {**request, "to": "fire", "language": "ja"})
    assert refused == {"error": say("engine.to", "ja", model="water-grass", to="fire", known="water, grass")}


# --- what cannot be used --------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n"])
def test_bad_files_get_a_sentence(app_url: str, ask: Any, data: bytes) -> None:
    source = {"path": upload(app_url, "a.png", data)}
    for name in ("open_picture", "recolour_picture", "save_recoloured"):
        said = [ask(name, {"source": source, "to": "fire", "language": each}) for each in ("en", "ja")]
        assert all(list(each) == ["error"] for each in said)
        assert said[0]["error"].isascii() and not said[1]["error"].isascii()


def test_only_the_upload_folder_is_read(ask: Any, tmp_path: Path) -> None:
    for path in outside_paths(tmp_path):
        answer = ask("open_picture", {"source": {"path": path}, "language": "ja"})
        assert answer == {"error": WORDS["ja"]["app.not_uploaded"]}


@pytest.mark.parametrize(
    "request_",
    [
        *(None, [], "x", 3, {}, {"source": None}, {"source": 3}, {"source": []}),
        *({"source": {"creature": each}} for each in (-1, 10**9, True, 0.5, "0", [])),
        *({"source": {"creature": 0}, "to": each} for each in (None, 7, "", "+", "stone", "fire+water+ice", ["fire"])),
        {"source": {"creature": 0}, "to": "fire+" * 10_000},
        *({"source": {"creature": 0}, "to": "fire", "strength": each} for each in (-1, 2.1, "1", True, None, [1])),
        *(
            {"source": {"creature": 0}, "to": "fire", "model": each}
            for each in ("/etc", "tiny", "../recolour", 7, ["a"])
        ),
    ],
)
def test_no_request_breaks_the_server(ask: Any, request_: object) -> None:
    for name in ("recolour_picture", "save_recoloured", "there_and_back", "compare_colours"):
        answer = ask(name, request_)
        assert list(answer) == ["error"] and len(answer["error"]) < 500


def test_without_a_model_the_page_says_how_to_make_one(tmp_path: Path, tiny_model: Path) -> None:
    with pytest.raises(Refused) as refused:
        asyncio.run(recolour.recolouring_model(Models(tiny_model, tmp_path), None))
    assert "ganstudio train" in refused.value.say("ja")


# --- models ---------------------------------------------------------------------------------------------


def test_models_are_found_by_their_recipe(tmp_path: Path) -> None:
    for name, recipe in (("a", "pix2pix"), ("b", "cyclegan"), ("c", "cyclegan"), ("d", "recolour"), ("e", ["x"])):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text(json.dumps({"recipe": recipe}))
    for name, text in (("f", "no json"), ("g", "[]")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text(text)
    models = Models(tmp_path / "c", tmp_path)
    assert models.that(recolour.recolours) == ["c", "d", "b"]
    assert models.that(lambda recipe: recipe.draws) == ["a"] and models.folder_of("nothing") is None


def test_a_recolouring_model_may_be_the_apps_own(tmp_path: Path, published: Path, tiny_model: Path) -> None:
    (tmp_path / "tiny").symlink_to(tiny_model)
    publish_tiny(tmp_path / "mine", recipe="cyclegan", size=32)
    models = Models(tmp_path / "mine", tmp_path)
    assert models.that(recolour.recolours) == ["mine"] and models.that(lambda recipe: recipe.draws) == ["tiny"]


def publish_one_way(folder: Path) -> None:
    """A CycleGAN's network that knows no way back, as imported weights are."""
    config = tiny_config("cyclegan", size=32, domain_b="zebra")
    network = RECIPES["cyclegan"].build(config)["a_to_b"].eval()
    hub.publish(folder, "cyclegan", config, {"a_to_b": network}, images=0)


def test_a_model_that_goes_one_way_need_not_be_told_where(tmp_path: Path) -> None:
    publish_one_way(tmp_path / "horse2zebra")
    models = Models(tmp_path / "horse2zebra", tmp_path)
    model = asyncio.run(recolour.recolouring_model(models, None))
    assert model.targets == ("zebra",)
    for to in ("zebra", None, ""):
        assert recolour.checked_wish(model, to, 0.5) == ("zebra", 0.5)
    for to in ("horse", "fire", 7, "zebra+zebra"):
        with pytest.raises(Refused) as refused:
            recolour.checked_wish(model, to, 1)
        assert "zebra" in refused.value.say("ja")


# --- how a training went --------------------------------------------------------------------------------


def test_curves_of_a_training(ask: Any) -> None:
    assert ask("shelf", {})["curves"] == ["recolour"]
    curves = [
        {"name": "generator/cycle", "values": [2, 1.5, 1]},
        {"name": "critics/odd one", "values": [1, None, -0.5]},
    ]
    assert ask("curves", {"model": "recolour"}) == {"images": [0, 100, 200], "curves": curves}
    assert ask("curves", {"model": "water-grass"}) == {"images": [], "curves": []}
    assert list(ask("curves", {"model": "../recolour"})) == ["error"]


def test_long_curves_are_thinned(tmp_path: Path) -> None:
    file = tmp_path / "losses.csv"
    file.write_text("images,a\n" + "".join(f"{k},{k / 10}\n" for k in range(3000)) + "3000\n")
    told = recolour.read_curves(file)
    assert 300 <= len(told["images"]) == len(told["curves"][0]["values"]) <= recolour.MAX_POINTS
    file.write_text("")
    assert recolour.read_curves(file) == {"images": [], "curves": []}


# --- the API --------------------------------------------------------------------------------------------


def test_the_endpoint_for_other_programs(app_url: str, tmp_path: Path) -> None:
    file = tmp_path / "creature.png"
    see_through().save(file)
    client = Client(app_url, verbose=False)
    told = client.view_api(return_format="dict", print_info=False)["named_endpoints"]["/recolour"]
    assert [each["parameter_name"] for each in told["parameters"]] == ["picture", "to", "strength", "model", "seed"]
    path = client.predict(handle_file(str(file)), "water", 1.5, "", api_name="/recolour")
    result = Image.open(path)
    assert (result.format, result.mode, result.size) == ("PNG", "RGBA", (90, 60))
    assert result.getchannel("A").tobytes() == see_through().getchannel("A").tobytes()
    one, other = (Image.open(client.predict(handle_file(str(file)), to, api_name="/recolour")) for to in ("ice", "bug"))
    assert one.tobytes() != other.tobytes()
    for wish in (("stone", 1, ""), ("fire", 3, ""), ("fire", "much", ""), ("fire", 1, "tiny")):
        with pytest.raises(AppError, match=r"know|between|Choose"):
            client.predict(handle_file(str(file)), *wish, api_name="/recolour")


def test_the_endpoint_reads_no_file_of_the_server(app_url: str, tmp_path: Path) -> None:
    call = f"{app_url}/gradio_api/call/recolour"
    for path in outside_paths(tmp_path):
        for picture in (
            {"path": path},
            {"path": path, "meta": {"_type": "gradio.FileData"}},
            {"path": "", "url": path},
        ):
            begun = httpx.post(call, json={"data": [picture, "fire", 1, ""]}, timeout=60)
            said = begun.text
            if begun.status_code == 200:
                said = httpx.get(f"{call}/{begun.json()['event_id']}", timeout=60).text
            assert "event: complete" not in said, picture


def test_refusals_of_the_models_are_sentences() -> None:
    class Known:
        name, targets = "m", ("fire",)

    with pytest.raises(Refused) as refused:
        recolour.checked_wish(Known(), ["fire"], 1)  # type: ignore[arg-type]
    assert not refused.value.say("ja").isascii()

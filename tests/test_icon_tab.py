"""The icon tab without a browser: its server functions, its endpoint, and what strangers may not do."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from core_fixtures import publish_tiny, server_functions
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image
from test_flat import head
from test_ui import outside_paths, picture_of, png, upload

from ganstudio import images
from ganstudio.ui import answers, work
from ganstudio.ui.models import Models
from ganstudio.ui.tabs.icon import server as icon
from ganstudio.words import WORDS, Refused, say

FUNCTIONS = ("open_icon", "make_icon", "save_icon")


def publish_icons(folder: Path) -> None:
    publish_tiny(folder / "face2icon", recipe="ugatit", size=32, domain_a="character", domain_b="icon")


@pytest.fixture(scope="module")
def icons(published: Path) -> Iterator[None]:
    """The model among those of the app, for the tests of one file."""
    publish_icons(published)
    yield
    shutil.rmtree(published / "face2icon")


@pytest.fixture(scope="module")
def ask(app_url: str, icons: None) -> Any:
    return server_functions(app_url, "icon")


@pytest.fixture
def source(app_url: str) -> dict[str, str]:
    return {"path": upload(app_url, "head.png", png(head(96)))}


def wish(source: object, **changes: object) -> dict[str, Any]:
    return {"source": source, "box": [0, 0, 96, 96], "crop": "auto", **changes}


def zipped(**files: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        for name, data in files.items():
            target.writestr(name.replace("__", "/").replace("_", "."), data)
    return file.getvalue()


# --- pictures -------------------------------------------------------------------------------------------


def test_the_shelf_in_both_languages(ask: Any) -> None:
    english, japanese = (ask("icon_shelf", {"language": each}) for each in ("en", "ja"))
    assert english["models"] == ["face2icon"] and len(english["examples"]) == len(icon.EXAMPLES) == 8
    assert [each["target"] for each in english["examples"]] == [False] * 6 + [True] * 2
    assert [each["model"] for each in english["examples"]] == [""] * 6 + ["face2icon", "face2comic"]
    for a, b in zip(english["examples"], japanese["examples"], strict=True):
        assert a["name"] != b["name"] and a["picture"].startswith("data:image/webp;base64,")
    assert "CC BY 4.0" in (answers.HERE / "examples" / "ATTRIBUTION.md").read_text()


def test_a_picture_is_opened_with_what_to_cut_out(ask: Any, app_url: str, source: dict[str, str]) -> None:
    opened = ask("open_icon", wish(source, crop="none"))
    assert (opened["width"], opened["height"], opened["box"]) == (96, 96, [0, 0, 96, 96])
    assert opened["found"] is None and opened["notes"] == []
    blank = {"path": upload(app_url, "grey.png", png(Image.new("RGB", (96, 96), (90, 90, 90))))}
    missing = ask("open_icon", wish(blank, crop="face", language="ja"))
    assert missing["found"] == 0 and missing["notes"] == [WORDS["ja"]["icon.no_face"]]


def test_both_directions_and_the_way_back(ask: Any, source: dict[str, str]) -> None:
    assert ask("wake_icon", {}) == {"model": "face2icon", "targets": ["character", "icon"], "size": 32, "faces": False}
    there = ask("make_icon", wish(source))
    assert there == ask("make_icon", wish(source, to="icon", flat=True)) and there["home"] is None
    assert picture_of(there["picture"]).size == (icon.RESULT, icon.RESULT)
    other = ask("make_icon", wish(source, to="character", flat=False))
    assert other["picture"] != there["picture"] and other["cropped"] == there["cropped"]
    assert picture_of(ask("make_icon", wish(source, back=True))["home"]).size == (icon.RESULT, icon.RESULT)


def test_tilt_square_and_background_count(ask: Any, source: dict[str, str]) -> None:
    plain = ask("make_icon", wish(source))
    assert ask("make_icon", wish(source, tilt=30))["cropped"] != plain["cropped"]
    assert ask("make_icon", wish(source, box=[20, 20, 70, 70]))["cropped"] != plain["cropped"]
    disc = picture_of(ask("make_icon", wish(source, background="#3b7ddd"))["picture"])
    assert disc.mode == "RGBA" and disc.getpixel((0, 0))[3] == 0 and disc.getpixel((icon.RESULT // 2, 3))[3] == 255


def test_a_download_has_its_size_and_its_settings(ask: Any, source: dict[str, str]) -> None:
    answer = ask("save_icon", wish(source, size=48, background="transparent", tilt=5))
    data = base64.b64decode(answer["png"].split(",")[1])
    assert images.decode(data, alpha="keep").size == (48, 48) and answer["name"] == "icon-48.png"
    settings = images.read_settings(data) or {}
    assert (settings["model"], settings["to"], settings["tilt"]) == ("face2icon", "icon", 5)


@pytest.fixture
def people(published: Path) -> Iterator[str]:
    """A model of faces."""
    folder = published / "people"
    publish_tiny(folder, recipe="ugatit", size=32, domain_a="character", domain_b="icon")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "subject": "faces"}))
    yield folder.name
    shutil.rmtree(folder)


def test_every_example_can_be_used(ask: Any, people: str) -> None:
    for number in range(len(icon.EXAMPLES)):
        opened = ask("open_icon", {"source": {"example": number}, "crop": "auto", "model": people})
        assert opened["width"] == 256 and opened["notes"] == []


def test_a_model_of_faces_says_where_there_is_no_head(ask: Any, app_url: str, people: str) -> None:
    source = {"path": upload(app_url, "gradient.png", png(Image.linear_gradient("L")))}
    told = say("icon.no_head", "ja")
    opened = ask("open_icon", {"source": source, "crop": "center", "model": people, "language": "ja"})
    assert opened["notes"] == [told]
    made = ask("make_icon", wish(source, model=people, box=opened["box"], language="ja"))
    assert made["warning"] == told and picture_of(made["picture"])
    assert ask("make_icon", wish({"example": 0}, model=people, box=[0, 0, 256, 256]))["warning"] == ""


# --- a whole folder -------------------------------------------------------------------------------------


def test_a_zip_comes_back_as_a_zip(app_url: str, ask: Any) -> None:
    data = zipped(a_png=png(head(64)), a_webp=png(head(50)), deep__b_png=png(head(60)), bad_png=b"no", notes_txt=b"x")
    sent = [upload(app_url, "icons-1", data[:100]), upload(app_url, "icons-2", data[100:])]
    answer = ask("icons_of_zip", {"pieces": sent, "job": "a", "crop": "none", "size": 64, "language": "ja"})
    assert (answer["made"], answer["left"], answer["noted"]) == (3, 0, 0)
    assert [each["name"] for each in answer["refused"]] == ["bad.png"] and not answer["refused"][0]["reason"].isascii()
    fetched = httpx.get(f"{app_url}/{answer['file']}", timeout=60)
    with zipfile.ZipFile(io.BytesIO(fetched.content)) as results:
        assert sorted(results.namelist()) == ["a-2.png", "a.png", "b.png"]
        assert Image.open(io.BytesIO(results.read("a.png"))).size == (64, 64)
    assert not any(Path(each).exists() for each in sent)


def test_bad_zips_get_a_sentence(app_url: str, ask: Any) -> None:
    for data in (b"", b"PK\x03\x04 torn", png(head(40)), zipped(a_txt=b"x"), zipped(__etc__a_png=b"x")):
        for language in ("en", "ja"):
            sent = [upload(app_url, "icons-x", data)]
            request = {"pieces": sent, "job": "b", "crop": "auto", "language": language}
            answer = ask("icons_of_zip", request)
            assert list(answer) == ["error"] and answer["error"].isascii() == (language == "en")
            assert not Path(sent[0]).exists()


def test_a_zip_of_bad_pictures_alone_has_no_result(app_url: str, ask: Any) -> None:
    sent = [upload(app_url, "icons-y", zipped(a_png=b"x"))]
    answer = ask("icons_of_zip", {"pieces": sent, "job": "c", "crop": "auto"})
    assert answer["file"] is None and answer["made"] == 0 and len(answer["refused"]) == 1


def test_a_job_that_is_not_wanted_ends(app_url: str, ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work.Job, "over", lambda job: True)
    sent = [upload(app_url, "icons-z", zipped(a_png=png(head(40))))]
    answer = ask("icons_of_zip", {"pieces": sent, "job": "d", "crop": "auto"})
    assert (answer["made"], answer["left"]) == (0, 1)
    assert ask("icons_done", {"job": "nothing", "stop": True}) == {"done": 0, "count": 0}


def test_too_many_pictures_are_refused(app_url: str, ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(icon, "MAX_PICTURES", 1)
    sent = [upload(app_url, "icons-w", zipped(a_png=b"x", b_png=b"x"))]
    assert "1" in ask("icons_of_zip", {"pieces": sent, "job": "e", "crop": "auto"})["error"]


# --- what cannot be used --------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n"])
def test_bad_files_get_a_sentence(app_url: str, ask: Any, data: bytes) -> None:
    source = {"path": upload(app_url, "a.png", data)}
    for name in FUNCTIONS:
        said = [ask(name, wish(source, language=each)) for each in ("en", "ja")]
        assert all(list(each) == ["error"] for each in said)
        assert said[0]["error"].isascii() and not said[1]["error"].isascii()


def test_only_the_upload_folder_is_read(ask: Any, tmp_path: Path) -> None:
    for path in outside_paths(tmp_path):
        assert ask("open_icon", wish({"path": path}, language="ja")) == {"error": WORDS["ja"]["app.not_uploaded"]}
        request = {"pieces": [path], "job": "f", "crop": "auto"}
        assert ask("icons_of_zip", request) == {"error": WORDS["en"]["app.not_uploaded"]}


@pytest.mark.parametrize(
    "request_",
    [
        *(None, [], "x", 3, {}, {"source": None}, {"source": 3}, {"source": []}),
        *(wish({"example": each}) for each in (-1, 10**9, True, 0.5, "0", [])),
        *(wish({"example": 0}, to=each) for each in (7, "fire", ["icon"], "icon" * 1000)),
        *(wish({"example": 0}, box=each) for each in (None, [], [0, 0, 1, 1], ["a"] * 4, [0, 0, 1e9, 1e9])),
        *(wish({"example": 0}, tilt=each) for each in (-1, 46, "3", None, [1])),
        *(wish({"example": 0}, background=each) for each in ("red", None, 7, "#12")),
        *(wish({"example": 0}, size=each) for each in (0, 513, 1e9, "64", None)),
        *(wish({"example": 0}, flat=each) for each in (None, 1, "yes")),
        *(wish({"example": 0}, model=each) for each in ("/etc", "tiny", "recolour", "../face2icon", 7, ["a"])),
    ],
)
def test_no_request_breaks_the_server(app_url: str, ask: Any, request_: Any) -> None:
    for name in ("make_icon", "save_icon"):
        answer = ask(name, request_)
        assert list(answer) == ["error"] and len(answer["error"]) < 500


def test_no_request_for_a_zip_breaks_the_server(app_url: str, ask: Any) -> None:
    for request in (None, [], {}, {"pieces": 7}, {"pieces": []}, {"pieces": [1] * 2000}):
        assert list(ask("icons_of_zip", request)) == ["error"]
    for change in ({"job": None}, {"job": "x" * 100}, {"crop": "nose"}, {"crop": None}, {"model": "recolour"}):
        sent = [upload(app_url, "icons-v", b"x")]
        assert list(ask("icons_of_zip", {"pieces": sent, "job": "g", "crop": "auto", **change})) == ["error"]
        assert not Path(sent[0]).exists()


def test_without_a_model_the_page_says_how_to_make_one(tmp_path: Path, tiny_model: Path) -> None:
    with pytest.raises(Refused) as refused:
        asyncio.run(icon.icon_model(Models(tiny_model, tmp_path), None))
    assert "ganstudio train ugatit" in refused.value.say("ja")


# --- the API --------------------------------------------------------------------------------------------


def test_the_endpoint_for_other_programs(app_url: str, icons: None, tmp_path: Path) -> None:
    file = tmp_path / "head.png"
    head(96).save(file)
    client = Client(app_url, verbose=False)
    told = client.view_api(return_format="dict", print_info=False)["named_endpoints"]["/icon"]
    names = ["picture", "to", "crop", "tilt", "size", "background", "flat", "model", "alone"]
    assert [each["parameter_name"] for each in told["parameters"]] == names
    result = Image.open(client.predict(handle_file(str(file)), size=64, background="transparent", api_name="/icon"))
    assert (result.format, result.mode, result.size) == ("PNG", "RGBA", (64, 64))
    for bad in ({"to": "fire"}, {"tilt": 50}, {"size": "much"}, {"background": "red"}, {"model": "tiny"}):
        with pytest.raises(AppError, match=r"know|between|whole|colour|Choose"):
            client.predict(handle_file(str(file)), **bad, api_name="/icon")


def test_the_endpoint_reads_no_file_of_the_server(app_url: str, icons: None, tmp_path: Path) -> None:
    call = f"{app_url}/gradio_api/call/icon"
    for path in outside_paths(tmp_path)[:8]:
        for picture in ({"path": path}, {"path": "", "url": path}):
            data = [picture, "", "auto", 0, 64, "white", True, ""]
            begun = httpx.post(call, json={"data": data}, timeout=60)
            said = begun.text
            if begun.status_code == 200:
                said = httpx.get(f"{call}/{begun.json()['event_id']}", timeout=60).text
            assert "event: complete" not in said, picture

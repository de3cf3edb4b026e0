"""The app without a browser: its words, its server functions, its API, and what strangers may not do."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import io
import json
import re
import socket
import string
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio.utils import get_upload_folder
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image, ImageChops, ImageDraw

from ganstudio import images, ui
from ganstudio.data import drawing
from ganstudio.ui import answers, language, page
from ganstudio.ui.models import Models
from ganstudio.ui.tabs.sketch import server as canvas
from ganstudio.ui.upload import uploaded
from ganstudio.words import FIRST, LANGUAGES, WORDS, Refused, known, say

ROOT = Path(__file__).parents[1]
UI = Path(ui.__file__).parent
SOURCES = [file for kind in ("py", "js", "html") for file in UI.rglob(f"*.{kind}")]


def sheet(size: int = 256) -> Image.Image:
    """A face as somebody draws it: an oval, two dots, a curve."""
    picture = Image.new("RGB", (size, size), "white")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((60, 40, 196, 220), outline="black", width=3)
    pen.ellipse((98, 105, 110, 115), fill="black")
    pen.ellipse((146, 105, 158, 115), fill="black")
    pen.arc((100, 140, 156, 185), 20, 160, fill="black", width=3)
    return picture


def png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def data_url(picture: Image.Image) -> str:
    return "data:image/png;base64," + base64.b64encode(png(picture)).decode()


def picture_of(url: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(url.split(",", 1)[1])))


# --- words ----------------------------------------------------------------------------------------------


def used_words() -> set[str]:
    text = "".join(file.read_text(encoding="utf-8") for file in SOURCES)
    return set(re.findall(r"app\.[a-z_0-9]+", text))


def test_every_word_exists_and_is_used() -> None:
    # Of types and curves the page puts the key together: app.type.fire counts as app.type.
    known = {".".join(key.partition("#")[0].split(".")[:2]) for key in WORDS["en"] if key.startswith("app.")}
    assert used_words() - {"app.launch", "app.py", "app.queue", "app.load", "app.state_session_capacity"} == known


def details(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", LANGUAGES)
def test_languages_have_the_same_keys_and_name_the_same_details(code: str) -> None:
    first = WORDS[FIRST]
    assert {key for key in WORDS[code] if "#" not in key} == {key for key in first if "#" not in key}
    for key, text in WORDS[code].items():
        plain, _, form = key.partition("#")
        if form:  # of one thing need not be said how many
            assert details(text) == details(WORDS[code][plain]) - {"count"}, key
        else:
            assert details(text) == details(first[key]), key
            assert text.strip() or key == "app.between_sentences", key


def test_one_is_not_many() -> None:
    said = [say("faces.more_tiny", each, count=count, least=8) for each in ("en", "ja") for count in (0, 1, 2)]
    assert said[0].startswith("0 more faces are") and said[1].startswith("One more face is") and "2 more" in said[2]
    assert "1" in said[4]  # a language of one form says the number


@pytest.mark.parametrize(
    ("asked", "expected"), [("ja", "ja"), ("JA-jp", "ja"), ("jav", "en"), ("", "en"), (None, "en")]
)
def test_a_language_that_is_asked_for(asked: object, expected: str) -> None:
    assert known(asked) == expected


def test_page_shows_no_word_outside_the_table() -> None:
    for file in UI.rglob("*.html"):
        text = re.sub(r"<math.*?</math>|<[^>]*>", " ", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert set(text.split()) <= {"ganstudio", "4", "8", "16", *"ABDFG"}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, "en"),
        ({"accept-language": "ja-JP,ja;q=0.9,en;q=0.8"}, "ja"),
        ({"accept-language": "de, en;q=0.5, ja;q=0.7"}, "ja"),
        ({"accept-language": "en-GB, ja;q=0.9"}, "en"),
        ({"accept-language": "ja;q=much, *"}, "en"),
        ({"accept-language": "ja", "cookie": f"{language.COOKIE}=en"}, "en"),
        ({"cookie": f"{language.COOKIE}=xx"}, "en"),
    ],
)
def test_language_of_a_request(headers: dict[str, str], expected: str) -> None:
    assert language.of_request(headers) == expected


# --- the page -------------------------------------------------------------------------------------------


def test_page_is_in_the_visitors_language(app_url: str) -> None:
    english = httpx.get(app_url)
    assert 'lang="en"' in english.text and WORDS["en"]["app.tagline"] in english.text
    japanese = httpx.get(app_url, headers={"accept-language": "ja"})
    assert 'lang="ja"' in japanese.text and WORDS["ja"]["app.tagline"] in japanese.text
    with httpx.Client(base_url=app_url) as visitor:
        visitor.get("/?lang=ja")  # sets the cookie
        assert 'lang="ja"' in visitor.get("/", headers={"accept-language": "en"}).text


def test_words_cannot_end_the_script(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WORDS["en"], "app.tagline", "</script><b>")
    assert page._top("en").count(b"</script>") == 1


def test_modules_are_kept_by_browsers_as_long_as_they_are_the_same(app_url: str) -> None:
    modules = f"{app_url}/pages/{page.VERSION}"
    assert f'"pages": "pages/{page.VERSION}/"' in httpx.get(app_url).text
    for name, text in page.MODULES.items():
        answer = httpx.get(f"{modules}/{name}")
        assert answer.content == text and answer.headers["content-type"].startswith("text/javascript")
        assert "immutable" in answer.headers["cache-control"]
    of_another = httpx.get(f"{app_url}/pages/0/page/tab.js")
    assert of_another.status_code == 200 and of_another.headers["cache-control"] == "no-store"
    for name in ("access.py", "page/../access.py", "page/page.css", "", "page/tab.js/"):
        assert httpx.get(f"{modules}/{name}").status_code == 404


def test_page_asks_no_other_server(app_url: str) -> None:
    text = httpx.get(app_url).text + httpx.get(f"{app_url}/theme.css").text
    fetched = re.findall(r"(?:src|href)=[\"'](https?://[^\"']+)|@import url\([\"']?(https?://[^)\"']+)", text)
    assert [address for pair in fetched for address in pair if address and app_url not in address] == []


def test_large_requests_are_refused(app_url: str) -> None:
    json_ = {"content-type": "application/json"}
    body = b'{"data": "' + b"x" * (page.MAX_BODY + 1) + b'"}'
    answer = httpx.post(f"{app_url}/gradio_api/component_server/", content=body, headers=json_, timeout=30)
    assert answer.status_code == 413
    chunks = (body[i : i + 2**20] for i in range(0, len(body), 2**20))  # no Content-Length
    hung_up = (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError)  # while we were still sending
    with contextlib.suppress(*hung_up):
        answer = httpx.post(f"{app_url}/gradio_api/component_server/", content=chunks, headers=json_, timeout=30)
        assert answer.status_code == 413
    assert httpx.get(app_url).status_code == 200


# --- the canvas's server functions ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def ask(app_url: str) -> Any:
    """Calls a server function of the canvas as its page does, over HTTP."""
    config = httpx.get(f"{app_url}/config").json()
    component = next(each["id"] for each in config["components"] if each["props"].get("elem_id") == "sketch")

    def call(name: str, request: object, status: int = 200) -> Any:
        body = {"data": request, "component_id": component, "fn_name": name, "session_hash": "test"}
        answer = httpx.post(f"{app_url}/gradio_api/component_server/", json=body, timeout=120)
        assert answer.status_code == status, answer.text
        return answer.json()

    return call


@pytest.mark.parametrize("tab", ui.TOOLS, ids=lambda tab: tab.name)
def test_every_function_of_a_tool_is_for_the_owner_alone(app_url: str, tab: answers.Tab) -> None:
    """What an address of another machine would be told: a proxy says that it passed the request on."""
    config = httpx.get(f"{app_url}/config").json()
    component = next(each for each in config["components"] if each["props"].get("elem_id") == tab.name)
    names = [each.__name__ for each in tab.functions(Models())]
    assert component["props"]["server_fns"] == names
    for name in names:
        body = {"data": {"language": "ja"}, "component_id": component["id"], "fn_name": name, "session_hash": "test"}
        address = f"{app_url}/gradio_api/component_server/"
        told = httpx.post(address, json=body, headers={"x-forwarded-for": "203.0.113.9"}, timeout=60)
        assert told.json() == {"error": WORDS["ja"]["app.owner_only"]}, name


def test_a_drawing_becomes_a_picture(ask: Any) -> None:
    answer = ask("translate_canvas", {"picture": data_url(sheet()), "seed": None, "look": True})
    face = picture_of(answer["picture"])
    assert face.size == (256, 256) and answer["findings"] == []
    assert len(face.getcolors(256 * 256) or []) > 1


def test_the_same_seed_gives_the_same_picture(ask: Any) -> None:
    request = {"picture": data_url(sheet())}
    answers = [ask("translate_canvas", {**request, "seed": seed}) for seed in (7, 7, 8)]
    first, again, other = (answer["picture"] for answer in answers)
    assert first == again != other


@pytest.mark.parametrize(
    "picture",
    [
        None,
        7,
        "",
        "/etc/passwd",
        "file:///etc/passwd",
        "http://127.0.0.1/a.png",
        "data:image/svg+xml;base64,PHN2Zy8+",
        "data:image/png;base64,not base64!",
        "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 40).decode(),
        "data:image/png;base64," + base64.b64encode(png(sheet())[:200]).decode(),
        data_url(sheet().resize((512, 512))),
        "data:image/png;base64," + "A" * (canvas.MAX_PNG_BYTES * 2),
    ],
)
def test_the_canvas_takes_nothing_but_a_small_png(ask: Any, picture: object) -> None:
    assert list(ask("translate_canvas", {"picture": picture, "seed": None})) == ["error"]
    assert list(ask("save_picture", {"picture": picture, "strokes": []})) == ["error"]


@pytest.mark.parametrize("seed", [-1, 2**31, 1.5, "7", True, [1]])
def test_bad_seeds_are_refused(ask: Any, seed: object) -> None:
    answer = ask("translate_canvas", {"picture": data_url(sheet()), "seed": seed, "language": "ja"})
    assert answer == {"error": WORDS["ja"]["app.bad_seed"].format(limit=canvas.MAX_SEED)}


@pytest.mark.parametrize("model", ["/etc", "../tiny", "somebody/model", "x" * 500, 7, ["sketch2face"]])
def test_visitors_cannot_load_other_models(ask: Any, model: object) -> None:
    assert list(ask("translate_canvas", {"picture": data_url(sheet()), "model": model})) == ["error"]


@pytest.mark.parametrize("request_", [None, [], "x", 3, {"picture": {}}, {"path": {}}, {"strokes": {"a": 1}}])
def test_no_request_breaks_the_server(ask: Any, request_: object) -> None:
    for name in ("translate_canvas", "normalise_drawing", "open_file", "save_picture"):
        assert "error" in ask(name, request_)


def test_other_methods_of_the_component_are_out_of_reach(ask: Any) -> None:
    for name in ("push_to_hub", "postprocess", "__init__", "unknown"):
        ask(name, {}, status=404)


def test_examples_are_named_in_the_visitors_language(ask: Any) -> None:
    english, japanese = (ask("examples", {"language": each})["examples"] for each in ("en", "ja"))
    assert len(english) >= 8
    assert [each["strokes"] for each in english] == [each["strokes"] for each in japanese]
    assert all(a["name"] != b["name"] for a, b in zip(english, japanese, strict=True))


def test_wake_tells_what_the_page_explains(ask: Any) -> None:
    answer = ask("wake", {})
    assert (answer["patch"], answer["size"]) == (70, 256) and len(answer["models"]) >= 1


def test_the_page_knows_the_largest_seed() -> None:
    assert f'max="{canvas.MAX_SEED}"' in (UI / "tabs" / "sketch" / "page.html").read_text(encoding="utf-8")


def test_normalise(ask: Any) -> None:
    tiny = {"strokes": [{"points": [[10, 10, 1], [40, 12, 1], [42, 50, 1], [8, 44, 1]], "width": 1}]}
    answer = ask("normalise_drawing", tiny)
    assert answer == {**drawing.to_json(drawing.normalise(drawing.parse(tiny))), "backdrop": None}
    picture = ask("normalise_drawing", {"picture": data_url(sheet())})
    assert picture["strokes"] == [] and picture_of(picture["backdrop"]).size == (256, 256)
    assert "error" in ask("normalise_drawing", {"strokes": [{"points": [[float(2**70), 0, 1]], "width": 1}]})


# --- uploads --------------------------------------------------------------------------------------------


def upload(app_url: str, name: str, data: bytes) -> str:
    answer = httpx.post(f"{app_url}/gradio_api/upload", files={"files": (name, data)}, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()[0]


def test_a_saved_png_brings_everything_back(app_url: str, ask: Any) -> None:
    strokes = drawing.to_json(next(iter(drawing.examples().values())))["strokes"]
    saved = ask("save_picture", {"picture": data_url(sheet()), "seed": 5, "strokes": strokes})
    data = base64.b64decode(saved["png"].split(",")[1])
    assert (images.read_settings(data) or {})["seed"] == 5
    opened = ask("open_file", {"path": upload(app_url, "face.png", data), "kind": "auto"})
    assert opened["kind"] == "settings" and opened["seed"] == 5 and opened["strokes"] == strokes


def test_a_drawing_too_long_for_a_png_comes_back_as_a_picture(app_url: str, ask: Any) -> None:
    line = {"points": [[(7 * k) % 255, (11 * k) % 255, 1] for k in range(900)], "width": 2, "erase": False}
    request = {"picture": data_url(sheet()), "seed": None, "strokes": [line] * 20, "backdrop": None}
    data = base64.b64decode(ask("save_picture", request)["png"].split(",")[1])
    opened = ask("open_file", {"path": upload(app_url, "face.png", data), "kind": "auto"})
    assert opened["strokes"] == [] and opened["seed"] is None
    assert picture_of(opened["backdrop"]).convert("RGB").tobytes() == sheet().tobytes()


def test_photos_are_traced_and_drawings_are_not(app_url: str, ask: Any) -> None:
    photo = Image.radial_gradient("L").resize((300, 200)).convert("RGB")
    photo.paste((200, 120, 90), (90, 40, 210, 160))
    path = upload(app_url, "photo.jpg", png(photo))  # a PNG under a JPEG's name is still a picture
    traced = ask("open_file", {"path": path, "kind": "auto", "detail": 0.8})
    assert traced["kind"] == "photo" and traced["backdrop"] is None and drawing.parse(traced)
    path = upload(app_url, "drawing.png", png(sheet()))
    kept = ask("open_file", {"path": path, "kind": "auto"})
    assert kept["kind"] == "drawing" and kept["strokes"] == []
    assert picture_of(kept["backdrop"]).size == (256, 256)
    assert ask("open_file", {"path": path, "kind": "photo"})["kind"] == "photo"


def test_a_drawing_on_beige_paper_in_uneven_light_is_one(app_url: str, ask: Any) -> None:
    page = images.letterbox(sheet(), 512)[0].rotate(7, Image.Resampling.BICUBIC, fillcolor="white")
    light = Image.linear_gradient("L").resize(page.size).point(lambda value: 130 + value // 2)
    paper = ImageChops.multiply(page, Image.new("RGB", page.size, (235, 220, 190)))
    path = upload(app_url, "paper.png", png(ImageChops.multiply(paper, light.convert("RGB"))))
    opened = ask("open_file", {"path": path, "kind": "auto"})
    assert opened["kind"] == "drawing"
    clean = picture_of(opened["backdrop"]).convert("L")
    assert clean.getpixel((3, 3)) == clean.getpixel((250, 250)) == 255


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.png", b""),
        ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.jpg", b"%PDF-1.7"),
        ("a.png", b"\x89PNG\r\n\x1a\n"),
        ("a.json", b"{"),
        ("a.json", b"{}"),
        ("a.json", b'{"strokes": 7}'),
        ("a.json", b'{"strokes": [], "backdrop": "/etc/passwd"}'),
        ("a.json", b'{"strokes": ' + b"[" * 200_000),
    ],
)
def test_bad_files_get_a_sentence(app_url: str, ask: Any, name: str, data: bytes) -> None:
    answer = ask("open_file", {"path": upload(app_url, name, data), "kind": "auto", "language": "ja"})
    assert list(answer) == ["error"] and not answer["error"].isascii()


def test_settings_of_a_stranger_are_checked(app_url: str, ask: Any) -> None:
    old = {"seed": 2**31, "drawing": {"strokes": []}}  # the app once took larger seeds
    for bad in (old, {"seed": -1, "drawing": {"strokes": []}}, {"drawing": {"strokes": [7]}}):
        path = upload(app_url, "x.png", images.encode_png(sheet(), bad))
        assert list(ask("open_file", {"path": path})) == ["error"]


def outside_paths(tmp_path: Path) -> list[object]:
    secret = tmp_path / "secret.png"
    secret.write_bytes(png(sheet()))
    inside = Path(get_upload_folder())
    inside.mkdir(parents=True, exist_ok=True)
    link = inside / f"link-{secret.parent.name}.png"
    link.unlink(missing_ok=True)
    link.symlink_to(secret)
    climb = f"{inside}{'/..' * len(inside.parts)}{secret}"
    addresses = ["http://127.0.0.1:1/x.png", "http://169.254.169.254/latest", f"file://{secret}"]
    names = [str(secret), str(link), climb, "/etc/passwd", "file:///etc/passwd", str(inside)]
    return [*names, *addresses, "", "\0", "a" * 5000, None, 7, ["a"]]


def test_only_the_upload_folder_is_read(ask: Any, tmp_path: Path) -> None:
    for path in outside_paths(tmp_path):
        with pytest.raises(Refused):
            uploaded(path)
        assert ask("open_file", {"path": path}) == {"error": WORDS["en"]["app.not_uploaded"]}


def test_no_file_of_the_server_is_served(app_url: str) -> None:
    for path in (ui.__file__, Path.cwd() / "app.py", "/etc/passwd"):
        assert httpx.get(f"{app_url}/gradio_api/file={path}").status_code in (403, 404)


# --- the API --------------------------------------------------------------------------------------------


def test_the_endpoint_for_other_programs(app_url: str, tmp_path: Path) -> None:
    file = tmp_path / "drawing.png"
    sheet().resize((300, 200)).save(file)
    client = Client(app_url, verbose=False)
    named = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert sorted(named) == ["/icon", "/recolour", "/translate", "/translate_in_style"]
    names = [each["parameter_name"] for each in named["/translate"]["parameters"]]
    assert names == ["image", "seed", "model"]
    first, again, other = (
        Image.open(client.predict(image=handle_file(str(file)), seed=seed, model="", api_name="/translate"))
        for seed in (3, 3, 4)
    )
    assert first.size == (300, 200) and first.format == "PNG"
    assert first.tobytes() == again.tobytes() != other.tobytes()
    steady = client.predict(handle_file(str(file)), api_name="/translate")
    assert Image.open(steady).size == (300, 200)
    for seed in ("abc", 1.5, 2**31, [1]):
        with pytest.raises(AppError, match=WORDS["en"]["app.bad_seed"].format(limit=canvas.MAX_SEED)):
            client.predict(handle_file(str(file)), seed=seed, api_name="/translate")


def test_the_api_page_documents_the_endpoint(app_url: str) -> None:
    told = httpx.get(f"{app_url}/gradio_api/info").json()["named_endpoints"]["/translate"]
    assert "the same seed gives the same picture" in told["description"]
    assert not any("://" in json.dumps(each["example_input"]) for each in told["parameters"])


def post_translate(app_url: str, image: object) -> str:
    """What the endpoint says to a payload that no honest client sends; the whole event stream."""
    call = f"{app_url}/gradio_api/call/translate"
    begun = httpx.post(call, json={"data": [image, None, ""]}, headers={"accept-language": "ja"}, timeout=60)
    if begun.status_code != 200:
        return begun.text
    return httpx.get(f"{call}/{begun.json()['event_id']}", timeout=60).text


def test_the_endpoint_reads_no_file_of_the_server(app_url: str, tmp_path: Path) -> None:
    payloads: list[object] = []
    for path in outside_paths(tmp_path):
        file: dict[str, object] = {"path": path}
        payloads += [file, {**file, "meta": {"_type": "gradio.FileData"}}, {**file, "url": path}]
    payloads += [{"url": data_url(sheet()), "path": ""}, {"url": data_url(sheet())}, None, {}, "x", 7]
    for payload in payloads:
        said = post_translate(app_url, payload)
        assert "event: error" in said or "event: complete" not in said, payload
        assert ".png" not in said or "tmp" not in said, payload
    good = upload(app_url, "drawing.png", png(sheet()))
    assert "event: complete" in post_translate(app_url, {"path": good, "meta": {"_type": "gradio.FileData"}})


def test_the_endpoint_explains_in_the_visitors_language(app_url: str) -> None:
    path = upload(app_url, "a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    said = post_translate(app_url, {"path": path, "meta": {"_type": "gradio.FileData"}})
    details = json.loads(said.split("data: ", 1)[1])
    assert not details["error"].isascii()


def test_using_the_app_writes_nothing_beside_its_source() -> None:
    assert list(Path(ui.__file__).parent.glob("*.pyi")) == []


# --- models ---------------------------------------------------------------------------------------------


class SlowModel:
    """Stands for a network: counts how many run at once."""

    name = "slow"

    def __init__(self) -> None:
        self.running, self.most, self.order = 0, 0, list[int | None]()
        self.lock = threading.Lock()

    def translate(self, image: Image.Image, *, seed: int | None) -> Image.Image:
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
            self.order.append(seed)
        threading.Event().wait(0.01)
        with self.lock:
            self.running -= 1
        return image


def test_pictures_are_made_one_at_a_time_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    models, slow = Models("slow"), SlowModel()
    monkeypatch.setattr(models, "_load_now", lambda source: slow)

    async def ten() -> None:
        await asyncio.gather(*(models.translate(sheet(), seed) for seed in range(10)))

    asyncio.run(ten())
    assert slow.most == 1 and slow.order == list(range(10))


def test_the_start_says_that_a_model_is_missing() -> None:
    start = [sys.executable, "app.py", "--port", str(free_port()), "--model", "nowhere/nope"]
    with subprocess.Popen(start, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as app:
        assert app.stderr is not None
        try:
            assert any("nope" in line for line in app.stderr) and app.poll() is None
        finally:
            app.kill()


def test_a_missing_model_is_said_and_tried_again(tmp_path: Path, tiny_model: Path) -> None:
    models = Models(tmp_path / "absent")
    with pytest.raises(Refused):
        asyncio.run(models.get())
    models = Models(tiny_model)
    assert asyncio.run(models.get()).size == 256

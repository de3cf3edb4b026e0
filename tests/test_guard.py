"""What a page elsewhere can make a browser send never reaches the app. The app behind is the real one."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Any

import httpx
import pytest
from gradio_client import Client, handle_file
from PIL import Image

from ganstudio.ui import access, doors, guard
from ganstudio.ui.doors import Doors
from ganstudio.words import Refused

CALL = "/gradio_api/component_server"
ELSEWHERE = {"origin": "https://evil.example", "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
http = httpx.Client(timeout=120)
JSON = {"content-type": "application/json"}


@pytest.fixture(autouse=True)
def no_cookies() -> None:
    http.cookies.clear()


@lru_cache
def body(app_url: str) -> dict[str, Any]:
    """A call of what is the owner's alone."""
    parts = http.get(f"{app_url}/config").json()["components"]
    component = next(each["id"] for each in parts if each["props"].get("elem_id") == "train")
    return {"data": {}, "component_id": component, "fn_name": "train_shelf", "session_hash": "x"}


@pytest.mark.parametrize(
    "headers",
    [
        ELSEWHERE | {"content-type": "text/plain;charset=UTF-8"},
        ELSEWHERE | JSON,
        JSON | {"origin": "null"},
        JSON | {"origin": ""},
        JSON | {"origin": "http://127.0.0.1:1"},  # another program of this machine
        JSON | {"sec-fetch-site": "cross-site"},
        JSON | {"sec-fetch-site": "same-site"},
        JSON | {"sec-fetch-site": "none, cross-site"},
        JSON | {"referer": "https://evil.example/"},
        JSON | {"origin": "https://evil.example", "sec-fetch-site": "same-origin"},
    ],
)
def test_a_page_elsewhere_gives_no_orders(app_url: str, headers: dict[str, str]) -> None:
    answer = http.post(app_url + CALL, json=body(app_url), headers=headers)
    assert answer.status_code == 403 and "page" in answer.json()["error"]
    assert "access-control-allow-origin" not in answer.headers
    japanese = http.post(app_url + CALL, json=body(app_url), headers={**headers, "accept-language": "ja"})
    assert japanese.json()["error"] != answer.json()["error"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nowhere(app_url: str, method: str) -> None:
    for path in ("queue/join", "call/translate", "call/v2/translate", "run/translate", "cancel", "of/tomorrow"):
        assert http.request(method, f"{app_url}/gradio_api/{path}", headers=ELSEWHERE | JSON).status_code == 403


@pytest.mark.parametrize(
    "kind",
    [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=B", "text/json", ""],
)
def test_json_says_that_it_is_json(app_url: str, kind: str | None) -> None:
    headers = {} if kind is None else {"content-type": kind}
    answer = http.post(app_url + CALL, content=b"{}", headers=headers)
    assert answer.status_code == 415
    assert http.post(f"{app_url}/gradio_api/upload", content=b"{}", headers=JSON).status_code == 415


def test_uploads_of_a_page_elsewhere(app_url: str) -> None:
    files = {"files": ("a.png", b"x")}
    assert http.post(f"{app_url}/gradio_api/upload", files=files, headers=ELSEWHERE).status_code == 403
    assert http.post(f"{app_url}/gradio_api/upload", files=files).status_code == 200


def test_the_apps_own_page_and_programs_get_in(app_url: str) -> None:
    own = {"origin": app_url, "sec-fetch-site": "same-origin"}
    for headers in (own, {}, {"referer": app_url + "/"}, {"sec-fetch-site": "none"}):
        answer = http.post(app_url + CALL, json=body(app_url), headers=headers)
        assert answer.status_code == 200 and "recipes" in answer.json()
    named = app_url.replace("127.0.0.1", "localhost")
    answer = http.post(app_url + CALL, json=body(app_url), headers={"host": named.removeprefix("http://"), **own})
    assert answer.status_code == 403  # to a browser these are two sites


def test_pythons_client_gets_in(app_url: str, tmp_path: Any) -> None:
    Image.new("RGB", (64, 64), "white").save(tmp_path / "a.png")
    client = Client(app_url, verbose=False, httpx_kwargs={"timeout": 120})
    path = client.predict(handle_file(str(tmp_path / "a.png")), seed=1, api_name="/translate")
    assert Image.open(path).size == (64, 64)


def test_what_a_link_or_frame_elsewhere_opens(app_url: str) -> None:
    """The Hub shows a Space in a frame; people send each other links."""
    for target in ("document", "iframe"):
        opens = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": target}
        assert http.get(app_url, headers=opens).status_code == 200
        assert http.get(f"{app_url}/?lang=ja", headers=opens).status_code == 200
        for path in ("/gradio_api/startup-events", "/gradio_api/file=/etc/hostname", "/logout", "/logout/"):
            assert http.get(app_url + path, headers=opens).status_code == 403
        assert http.post(app_url, headers=opens | JSON).status_code == 403
        assert http.get(app_url, headers=opens | {"origin": "null"}).status_code == 403


@pytest.mark.parametrize("path", ["/", "/config", "/gradio_api/info", "/favicon.ico", "/theme.css"])
def test_no_page_elsewhere_reads_anything(app_url: str, path: str) -> None:
    for headers in (
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},  # an <img>, a <script>
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"},
        {"origin": "https://evil.example"},  # a browser that knows no more
    ):
        answer = http.get(app_url + path, headers=headers)
        assert answer.status_code == 403
        assert not any(name.startswith("access-control") for name in answer.headers)


def test_a_route_that_writes_at_a_mere_get_is_closed(app_url: str) -> None:
    assert http.get(f"{app_url}/gradio_api/deep_link?session_hash=x").status_code == 404


def test_no_socket_opens() -> None:
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    async def never(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("the app was reached")

    scope = {"type": "websocket", "path": "/", "headers": [], "http_version": "1.1"}
    asyncio.run(guard.Guard(never, Doors(), None, None)(scope, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]


# --- frames ---------------------------------------------------------------------------------------------


def test_nobody_else_shows_the_app_in_a_frame(app_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in ("/", "/config", "/nothing", "/gradio_api/deep_link"):
        answer = http.get(app_url + path)
        assert answer.headers["content-security-policy"] == "frame-ancestors 'self'"
    monkeypatch.setenv("SPACE_ID", "ann/studio")
    allowed = http.get(app_url).headers["content-security-policy"]
    assert allowed == "frame-ancestors 'self' https://huggingface.co"


# --- behind a proxy --------------------------------------------------------------------------------------


def through(place: Doors, path: str, **headers: str) -> tuple[dict[str, Any], list[str]]:
    """What the app behind gets, and what the guard tells."""
    seen: list[dict[str, Any]] = []
    told: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)

    async def nothing(*_: Any) -> Any:
        return None

    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "scheme": "http"}
    scope |= {"headers": pairs, "http_version": "1.1", "query_string": b""}
    door = guard.Guard(app, place, lambda: told.append("forwarded"), told.append)
    for _ in range(2):
        asyncio.run(door(scope, nothing, nothing))
    return (seen or [{}])[0], told


def test_the_base_path_may_stay_or_go() -> None:
    place = Doors(base="/studio")
    for path, expected in {"/studio": "/", "/studio/": "/", "/studio/config": "/config", "/config": "/config"}.items():
        assert through(place, path, host="a.example")[0]["path"] == expected
    assert through(place, "/studios", host="a.example")[0]["path"] == "/studios"


def test_the_owner_is_told_once_that_a_proxy_is_there() -> None:
    assert through(Doors(), "/", host="127.0.0.1:7860")[1] == []
    assert through(Doors(), "/", host="127.0.0.1:7860", x_forwarded_for="")[1] == ["forwarded"]


def test_the_owner_is_told_once_why_a_proxys_pages_are_refused() -> None:
    seen, told = through(Doors(), "/", host="127.0.0.1:7860", origin="https://studio.example")
    assert (seen, told) == ({}, ["https://studio.example"])


def test_links_are_the_proxys_whatever_a_request_claims() -> None:
    place = Doors(origin="https://studio.example", base="/studio")
    claimed = {
        "x_forwarded_host": "evil.example",
        "x_forwarded_proto": "http",
        "x_gradio_server": "http://evil.example",
    }
    seen, _ = through(place, "/studio/", host="127.0.0.1:7860", **claimed)
    assert seen["scheme"] == "https"
    kept = {name: value for name, value in seen["headers"] if name != b"host"}
    assert kept == {b"x-forwarded-host": b"studio.example", b"x-forwarded-proto": b"https"}
    direct, _ = through(place, "/", host="127.0.0.1:7860")
    assert direct["scheme"] == "http" and direct["headers"] == [(b"host", b"127.0.0.1:7860")]


def test_the_owners_link(app_url: str) -> None:
    forwarded = {"x-forwarded-for": "192.0.2.1"}
    assert "recipes" in http.post(app_url + CALL, json=body(app_url)).json()  # on this machine alone
    with httpx.Client(base_url=app_url, headers=forwarded, timeout=120) as visitor:
        refused = visitor.post(CALL, json=body(app_url)).json()
        assert list(refused) == ["error"]
        assert '"owner": false' in visitor.get("/").text
        opened = visitor.get(f"/?{access.PARAMETER}={access.owner_key()}")
        assert access.owner_key() not in opened.text and 'url=./"' in opened.text
        cookie = opened.headers["set-cookie"]
        assert "; HttpOnly" in cookie and "; SameSite=Strict" in cookie
        assert '"owner": true' in visitor.get("/").text
        assert "recipes" in visitor.post(CALL, json=body(app_url)).json()


def test_check_names_what_it_refuses() -> None:
    scope = {"type": "http", "method": "POST", "path": "/x", "scheme": "http", doors.KEY: Doors()}
    for headers, key in (
        ([(b"origin", b"null")], "door.elsewhere"),
        ([], "door.content_type"),
        ([(b"content-type", b"application/json"), (b"content-type", b"text/plain")], "door.content_type"),
    ):
        with pytest.raises(Refused) as refusal:
            guard.check({**scope, "headers": headers})
        assert refusal.value.key == key

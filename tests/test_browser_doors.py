"""In a real browser: a page of another origin that means harm, and a Space in the Hub's frame."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
import httpx
import pytest
from starlette.middleware import Middleware

from ganstudio import ui
from ganstudio.ui import access
from ganstudio.ui.doors import Doors
from ganstudio.ui.models import Models

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# All that a page can send without asking, each naming the set that it would make.
ATTACK = """
<iframe name="hole"></iframe><iframe name="hole2"></iframe>
<script>
const app = "APP", call = app + "/gradio_api/component_server", component = COMPONENT;
const order = (name) => JSON.stringify({ fn_name: "data_make", component_id: component, session_hash: "x",
  data: { name, source: { drawn: "faces", count: 2 }, settings: { size: 64 } } });
const plain = (type, body) => fetch(call, { method: "POST", mode: "no-cors", credentials: "include", body,
  headers: type ? { "content-type": type } : {} });
const form = (enctype, name, target) => {
  const made = document.createElement("form");
  Object.assign(made, { method: "POST", action: call, enctype, target });
  const field = document.createElement("input");
  const [before, after] = order(name).slice(0, -1).split('"csrf');
  Object.assign(field, { name: before + '"csrf' + after + ',"p":"', value: '"}' });
  made.append(field);
  document.body.append(made);
  made.submit();
};
const picture = (path) => new Promise((done) => {
  const image = new Image();
  image.onload = image.onerror = done;
  image.src = app + path;
});
async function attack() {
  const many = new FormData();
  for (const [key, value] of Object.entries(JSON.parse(order("csrf-many")))) many.append(key, value);
  const told = await Promise.allSettled([
    plain("text/plain", order("csrf-plain")),
    plain("application/x-www-form-urlencoded", order("csrf-encoded")),
    plain(null, new Blob([order("csrf-blob")])),
    plain(null, many),
    fetch(call, { method: "POST", credentials: "include", body: order("csrf-cors"),
      headers: { "content-type": "application/json" } }),
    fetch(app + "/", { credentials: "include" }).then((answer) => answer.text()),
    fetch(app + "/config", { credentials: "include" }).then((answer) => answer.text()),
    picture("/gradio_api/deep_link?session_hash=x"),
    picture("/logout"),
  ]);
  navigator.sendBeacon(call, order("csrf-beacon"));
  form("text/plain", "csrf-form", "hole");
  form("multipart/form-data", "csrf-parts", "hole2");
  await new Promise((done) => setTimeout(done, 1500));
  return told.map((each) => typeof each.value === "string" ? each.value.slice(0, 80) : null);
}
</script>
"""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Callable[[str], int]]:
    """Serves a page at a port of its own, which it returns."""
    servers = []

    def serve(text: str) -> int:
        class Page(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("content-type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return server.server_address[1]

    yield serve
    for server in servers:
        server.shutdown()


def component(app_url: str) -> int:
    parts = httpx.get(f"{app_url}/config", timeout=120).json()["components"]
    return next(each["id"] for each in parts if each["props"].get("elem_id") == "data")


def attacked(page: Page, app_url: str, port: int, name: str) -> list[str]:
    """Lets a page at `name` do its worst; returns the sets that came of it."""
    page.goto(f"http://{name}:{port}/")
    assert [read for read in page.evaluate("attack()") if read] == []
    data = Path(os.environ["GANSTUDIO_HOME"]) / "datasets"
    call = {"data": {}, "component_id": component(app_url), "fn_name": "data_jobs", "session_hash": "x"}
    jobs = httpx.post(f"{app_url}/gradio_api/component_server", json=call, timeout=120).text
    assert "jobs" in jobs or access.by_sign_in()
    return [*(each.name for each in data.glob("csrf*")), *(["a job"] if "csrf" in jobs else [])]


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])  # another site, and another port of the same site
def test_a_page_elsewhere_gives_no_orders(browser: Browser, app_url: str, elsewhere: Any, name: str) -> None:
    text = ATTACK.replace("APP", app_url).replace("COMPONENT", str(component(app_url)))
    context = browser.new_context()
    page = context.new_page()
    assert attacked(page, app_url, elsewhere(text), name) == []
    # The same order from the app's own page is carried out.
    page.goto(app_url)
    order = {"name": f"own-{name[:5]}", "source": {"drawn": "faces", "count": 2}, "settings": {"size": 64}}
    body = {"fn_name": "data_make", "component_id": component(app_url), "session_hash": "x", "data": order}
    answer = page.evaluate(
        """(body) => fetch("gradio_api/component_server", { method: "POST", body,
             headers: { "content-type": "application/json" } }).then((answer) => answer.json())""",
        json.dumps(body),
    )
    assert "job" in answer
    context.close()


def test_no_page_elsewhere_shows_the_app_in_a_frame(browser: Browser, app_url: str, elsewhere: Any) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{elsewhere(f'<iframe src={app_url}/></iframe>')}/")
    page.wait_for_timeout(1000)
    assert page.frames[1].evaluate("typeof ganstudio") == "undefined"
    context.close()


def test_the_owners_link_works_from_a_page_elsewhere(browser: Browser, app_url: str, elsewhere: Any) -> None:
    """A browser keeps a strict cookie back from what such a link opens, redirects included."""
    context = browser.new_context(extra_http_headers={"x-forwarded-for": "192.0.2.1"})  # so that the key is needed
    page = context.new_page()
    link = f"{app_url}/?{access.PARAMETER}={access.owner_key()}"
    page.goto(f"http://localhost:{elsewhere(f'<a href={link}>in</a>')}/")
    page.click("a")
    page.wait_for_url(f"{app_url}/")
    assert page.evaluate("ganstudio.owner") is True and access.owner_key() not in page.content()
    assert access.COOKIE not in page.evaluate("document.cookie")
    context.close()


# --- a Space ----------------------------------------------------------------------------------------------


class SignedIn:
    """In place of the framework's session, whose cookie a browser sends from any page: all come from the author's."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        info = {"access_token": "t", "expires_at": 2**40, "userinfo": {"preferred_username": "ann"}}
        await self._app({**scope, "session": {"oauth_info": info}}, receive, send)


@pytest.fixture
def space_url(app_url: str, tiny_model: Path, published: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET", "OAUTH_SCOPES", "OPENID_PROVIDER_URL"):
        monkeypatch.setenv(name, "x")
    told = {"SPACE_ID": "ann/studio", "SPACE_AUTHOR_NAME": "ann", "SYSTEM": "spaces", access.SPACE_TOOLS: "on"}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(gr, "LoginButton", gr.Button)  # the framework's needs the Hub
    options = ui.options()
    options["app_kwargs"]["middleware"].insert(0, Middleware(SignedIn))
    monkeypatch.setattr(ui, "options", lambda: options)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = ui.start(ui.build(Models(tiny_model, published)), Doors("127.0.0.1", port))
    yield f"http://127.0.0.1:{port}"
    server.close()


def test_a_space_works_in_the_hubs_frame_and_for_nobody_else(browser: Browser, space_url: str, elsewhere: Any) -> None:
    context = browser.new_context(viewport={"width": 1300, "height": 1000})
    context.grant_permissions(["local-network-access"], origin="https://huggingface.co")  # a real Space is no such
    page = context.new_page()
    hub = f'<iframe src="{space_url}/" width=1200 height=900></iframe>'
    page.route("https://huggingface.co/**", lambda route: route.fulfill(body=hub, content_type="text/html"))
    page.goto("https://huggingface.co/spaces/ann/studio")
    page.frame_locator("iframe").locator('[role="tab"]').first.wait_for()
    frame = page.frames[1]
    assert frame.evaluate("ganstudio.owner") is True
    with page.expect_response(lambda answer: "component_server" in answer.url and "recipes" in answer.text()):
        frame.locator('[role="tab"][id^="tool-train"]').click()  # the framework sends the page's token along
    body = json.dumps({"fn_name": "data_jobs", "component_id": component(space_url), "session_hash": "x", "data": {}})
    ask = """(body) => new Promise((done) => { const call = new XMLHttpRequest();
      call.open("POST", "gradio_api/component_server"); call.setRequestHeader("content-type", "application/json");
      call.onload = () => done(call.response); call.send(body); })"""
    assert "error" in json.loads(frame.evaluate(ask, body))  # nothing without it

    text = ATTACK.replace("APP", space_url).replace("COMPONENT", str(component(space_url)))
    assert attacked(page, space_url, elsewhere(text), "localhost") == []
    framed = elsewhere(f"<iframe src={space_url}/></iframe>")
    page.goto(f"http://localhost:{framed}/")
    page.wait_for_timeout(1000)
    assert page.frames[1].evaluate("typeof ganstudio") == "undefined"
    context.close()

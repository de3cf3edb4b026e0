"""The page around the tabs: its look, its language, and a thin layer that sees every request."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import gradio as gr
from starlette.responses import Response

from ganstudio.ui import access, doors, language, limits
from ganstudio.ui.answers import component
from ganstudio.ui.doors import Doors, Scope
from ganstudio.ui.guard import App, Message, Receive, Send
from ganstudio.ui.tabs import TABS
from ganstudio.words import LANGUAGES, Refused

HERE = Path(__file__).parent
MODULES = {file.relative_to(HERE.parent).as_posix(): file.read_bytes() for file in HERE.parent.rglob("*.js")}
VERSION = hashlib.sha256(repr(sorted(MODULES.items())).encode()).hexdigest()[:12]
PAGES = "/pages/"  # then the version and the path: modules name each other by paths, so all are of one version
TAB, TOOL = "tab-", "tool-"  # what the ids of tabs begin with, and of those for the owner alone
MAX_BODY = 8 * 2**20  # bytes of a request that is not an upload; see limits for those
FONTS = ("system-ui", "-apple-system", "Segoe UI", "Hiragino Sans", "Yu Gothic UI", "sans-serif")


def theme() -> gr.themes.Base:
    """Fonts of the system (nothing is fetched from a network), quiet greys, one accent."""
    return gr.themes.Base(
        primary_hue=gr.themes.colors.teal,
        secondary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.stone,
        font=FONTS,
        font_mono=("ui-monospace", "SFMono-Regular", "Consolas", "monospace"),
    )


def words() -> gr.I18n:
    """The page's words for the framework's components: `words()(key)` shows in the visitor's language."""
    return gr.I18n(**{each: language.page_words(each) for each in LANGUAGES})


def header() -> gr.HTML:
    """Title, one line, and the choice of language."""
    return component(HERE / "header", [])


def _top(visitor: str) -> bytes:
    """What the page must have before anything else runs: words, language, style, and whether it is its owner's."""
    # "<" escaped: no word may ever end the script.
    given: dict[str, object] = {"language": visitor, "languages": LANGUAGES, "words": language.page_words(visitor)}
    given |= {"owner": access.sees_tools(), "token": access.page_token()}
    given["pages"] = f"{PAGES[1:]}{VERSION}/"  # relative: the app may lie below a path
    data = json.dumps(given, ensure_ascii=False)
    data = data.replace("<", "\\u003c")
    script = (HERE / "head.js").read_text(encoding="utf-8")
    style = (HERE / "page.css").read_text(encoding="utf-8")
    if not given["owner"]:  # what they do is refused to all others on the server, whatever a page shows
        style += f'[role="tab"][id^="{TOOL}"] {{ display: none; }}'
    # They come while the framework does; what the other tabs need, when these are opened.
    first = (name for name in MODULES if name.startswith(("page/", f"tabs/{TABS[0].name}/")) and name != "page/head.js")
    ahead = "".join(f'<link rel="modulepreload" href="{given["pages"]}{name}">' for name in first)
    return f"{ahead}<script>window.ganstudio = {data};\n{script}</script><style>{style}</style>".encode()


async def _signed_in(scope: Scope, cookie: bytes, send: Send) -> None:
    """Gives the browser the owner's cookie, and sends it to the page without the key, which must not stay in the
    address. By a page, not by status 303: after a link elsewhere a browser keeps such a cookie back from a redirect."""
    place: Doors = scope.get(doors.KEY) or Doors()
    text = f'<!doctype html><meta http-equiv="refresh" content="0; url={place.base or "."}/">'.encode()
    head = [(b"content-type", b"text/html"), (b"set-cookie", cookie), (b"content-length", str(len(text)).encode())]
    head += [(b"cache-control", b"no-store"), (b"referrer-policy", b"no-referrer")]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": text})


def _module(path: str) -> Response:
    """A page's module. Another version than this one is asked for by a page from before the app was started anew."""
    version, _, name = path.removeprefix(PAGES).partition("/")
    if name not in MODULES:
        return Response(status_code=404)
    kept = "public, max-age=31536000, immutable" if version == VERSION else "no-store"
    return Response(MODULES[name], media_type="text/javascript", headers={"cache-control": kept})


class Layer:
    """ASGI layer: gives the page its language, words and modules, and ends requests whose body is too large."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        access.entered(scope)
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["method"] == "GET" and scope["path"] == "/" and (cookie := access.signs_in(scope)):
            await _signed_in(scope, cookie, send)
        elif scope["method"] == "GET" and scope["path"] == "/":
            await self._page(scope, receive, send)
        elif scope["method"] == "GET" and scope["path"].startswith(PAGES):
            await _module(scope["path"])(scope, receive, send)
        elif scope["method"] != "GET" and not limits.is_upload(scope):
            await self._bounded(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        chosen = language.asked_for(scope.get("query_string", b"").decode("latin-1"))
        visitor = chosen or language.of_request(headers)
        start: Message = {}
        body = b""

        async def collect(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            page = body.replace(b'lang="en"', f'lang="{visitor}"'.encode(), 1)
            page = page.replace(b"<head>", b"<head>" + _top(visitor), 1)
            kept = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
            kept += [(b"content-length", str(len(page)).encode()), (b"vary", b"Accept-Language, Cookie")]
            if access.page_token():
                kept.append((b"cache-control", b"no-store"))
            if chosen:
                place: Doors = scope.get(doors.KEY) or Doors()
                cookie = f"{language.COOKIE}={chosen}; Path={place.base}/; Max-Age=31536000; SameSite=Lax"
                kept.append((b"set-cookie", cookie.encode()))
            await send({**start, "headers": kept})
            await send({"type": "http.response.body", "body": page})

        await self._app(scope, receive, collect)

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        received = 0
        refused = False

        async def count() -> Message:
            nonlocal received, refused
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY:
                refused = True
                return {"type": "http.disconnect"}
            return message

        async def answer(message: Message) -> None:
            if not refused:
                await send(message)

        lengths = [value for name, value in scope["headers"] if name.lower() == b"content-length"]
        if any(not value.isdigit() or int(value) > MAX_BODY for value in lengths):
            refused = True
        else:
            await self._app(scope, count, answer)
        if refused:
            await limits.refuse(scope, send, 413, Refused("app.request_too_large", limit=MAX_BODY // 2**20))

"""The door in front of the whole app: what a page elsewhere may make a browser send never gets behind it.

A browser lets any page send requests to any address, with the cookies of that address, and from this very machine; the
page only cannot read the answers. So every request that such a page can make is refused here, before the framework and
before every handler, those of tomorrow included. From elsewhere one can open the page, and nothing else. Programs,
which send neither `Origin` nor `Sec-Fetch-Site`, may call the API; nobody can make them do it from a page.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.requests import ClientDisconnect

from ganstudio.ui import doors, language
from ganstudio.ui.doors import Doors, Scope
from ganstudio.words import Refused

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

API = "/gradio_api/"
UPLOAD = API + "upload"
HUB = "https://huggingface.co"  # whose pages show a Space in a frame
SAFE = ("GET", "HEAD", "OPTIONS")
# Routes of the framework that answer GET and yet change something. No page of ours has use for the first, which writes
# a file at every call; the second signs out.
_UNUSED = API + "deep_link"
_SIGN_OUT = "/logout"
# Headers by which the framework would let a request say where the app lies.
_PLACE = (b"x-forwarded-host", b"x-forwarded-proto", b"x-gradio-server")


class Guard:
    """ASGI middleware, the outermost. `forwarded` is called once, when a proxy's first request is seen; `misled` once,
    with the refused origin, when a browser's request was refused by it."""

    def __init__(
        self, app: App, place: Doors, forwarded: Callable[[], None] | None, misled: Callable[[str], None] | None
    ) -> None:
        self._app = app
        self._doors = place
        self._forwarded = forwarded
        self._misled = misled

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        scope = self._placed(scope)
        if doors.forwarded(scope) and (tell := self._forwarded):
            self._forwarded = None
            tell()
        try:
            check(scope)
        except Refused as refusal:
            if refusal.key == "door.elsewhere" and (misled := self._misled):
                self._misled = None
                misled(doors.header(scope, b"origin"))
            await _refuse(scope, receive, send, refusal)
            return

        async def framed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *_always()]}
            await send(message)

        try:
            await self._app(scope, receive, framed)
        except ClientDisconnect:
            return  # whoever hangs up in the middle of a request is no fault of the app's

    def _placed(self, scope: Scope) -> Scope:
        """The scope with the app's `Doors`, and with its path as it is without a proxy's base path."""
        base, path = self._doors.base, scope["path"]
        placed = {**scope, doors.KEY: self._doors}
        if base and (path == base or path.startswith(base + "/")):
            raw = scope.get("raw_path") or b""
            placed |= {"path": path.removeprefix(base) or "/", "raw_path": raw.removeprefix(base.encode()) or b"/"}
        if self._doors.origin and (doors.forwarded(scope) or doors.asked_as(scope, self._doors.origin)):
            scheme, _, host = self._doors.origin.partition("://")
            kept = [(name, value) for name, value in scope["headers"] if name.lower() not in _PLACE]
            kept += [(b"x-forwarded-host", host.encode()), (b"x-forwarded-proto", scheme.encode())]
            placed |= {"headers": kept, "scheme": scheme}
        return placed


def check(scope: Scope) -> None:
    """Raises `Refused` for a request that a page elsewhere made a browser send, or could have."""
    if scope["type"] != "http":
        raise Refused("door.elsewhere")  # no page of ours opens a socket
    method, path = scope["method"], scope["path"].rstrip("/") or "/"
    if path == _UNUSED:
        raise Refused("door.closed")
    if from_elsewhere(scope) and not _opens_the_page(scope, path):
        raise Refused("door.elsewhere")
    if method in SAFE:
        return
    # Nor in a form that a page elsewhere can send without asking: browsers of old name no origin.
    kind = [value.partition(";")[0].strip().lower() for value in doors.headers(scope, b"content-type")]
    if kind != ["multipart/form-data" if path == UPLOAD else "application/json"]:
        raise Refused("door.content_type")


def from_elsewhere(scope: Scope) -> bool:
    """Whether a browser says that another page than the app's own sent the request."""
    if any(site not in ("same-origin", "none") for site in doors.headers(scope, b"sec-fetch-site")):
        return True
    origins = doors.headers(scope, b"origin")
    if not origins and scope["method"] not in SAFE:
        origins = doors.headers(scope, b"referer")
    return not all(doors.is_own(scope, each) for each in origins)


def _opens_the_page(scope: Scope, path: str) -> bool:
    """Whether a link or a frame elsewhere opens the app, or the Hub brings somebody back who signed in."""
    opens = scope["method"] == "GET" and doors.headers(scope, b"sec-fetch-mode") == ["navigate"]
    return opens and not doors.headers(scope, b"origin") and not path.startswith(API) and path != _SIGN_OUT


def _always() -> list[tuple[bytes, bytes]]:
    """What every answer says: who may show it in a frame."""
    ancestors = f"'self' {HUB}" if doors.on_space() else "'self'"
    return [(b"content-security-policy", f"frame-ancestors {ancestors}".encode())]


async def _refuse(scope: Scope, receive: Receive, send: Send, refusal: Refused) -> None:
    if scope["type"] == "websocket":
        await receive()  # its opening
        await send({"type": "websocket.close", "code": 1008})
        return
    asked = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    sentence = refusal.say(language.of_request(asked))
    text = json.dumps({"error": sentence, "detail": sentence}, ensure_ascii=False).encode()
    status = {"door.elsewhere": 403, "door.content_type": 415}.get(refusal.key, 404)
    head = [(b"content-type", b"application/json"), (b"content-length", str(len(text)).encode()), *_always()]
    if scope["method"] not in SAFE:
        head.append((b"connection", b"close"))  # what it brings is not read
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else text})

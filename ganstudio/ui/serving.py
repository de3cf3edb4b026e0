"""The app on its port: behind its guard, with an end to every request that never ends, and to every flood of errors.

The framework's own `launch` asks its server over HTTP whether it is there, through whatever proxy the environment
names, puts headers of its own in front of every middleware, and waits for ever for the rest of a request. So the app is
mounted and served here.
"""

from __future__ import annotations

import asyncio
import io
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TextIO

import fastapi
import gradio as gr
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from ganstudio.ui import doors, limits
from ganstudio.ui.doors import Doors, Scope
from ganstudio.ui.guard import SAFE, App, Guard, Message, Receive, Send

HEAD_SECONDS = 10.0  # from its first byte, or from connecting, until all headers of a request are there
SILENCE_SECONDS = 10.0  # in the middle of a body
GRACE_SECONDS = 20.0  # after which a body has to have come at SLOWEST
SLOWEST = 2_000  # bytes a second, on average
LINGER_SECONDS = 5.0  # for the rest of a request that was answered before it had come whole
_TICK = 1.0  # seconds between two looks at a connection
_START_SECONDS = 60.0
_END_SECONDS = 3.0  # for answers that are under way when the app ends


class Server:
    """A running app. `close` ends it; `wait` returns when it has ended."""

    def __init__(self, server: uvicorn.Server, listener: socket.socket) -> None:
        self._server = server
        self._thread = threading.Thread(target=server.run, args=([listener],), name="serve", daemon=True)

    def start(self) -> None:
        """Returns once the app answers. Raises `RuntimeError` where it ended before."""
        self._thread.start()
        end = time.monotonic() + _START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > end:
                raise RuntimeError("the app ended while it was starting; the reason stands above")
            time.sleep(0.005)

    def wait(self) -> None:
        self._thread.join()

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join(2 * _END_SECONDS + 5)


def serve(
    app: gr.Blocks,
    place: Doors,
    options: dict[str, Any],
    *,
    forwarded: Callable[[], None] | None = None,
    misled: Callable[[str], None] | None = None,
) -> Server:
    """Starts `app` (see `ui.build`) at `place`, with `ui.options()`; returns once it answers.

    `forwarded` and `misled` are told what `Guard` sees. Raises `OSError` where the port or the host cannot be used.
    """
    listener = _listener(place)
    parent = fastapi.FastAPI(openapi_url=None)
    app.state_session_capacity = limits.SESSIONS
    gr.mount_gradio_app(
        parent, app, "/", server_name=place.host, server_port=place.port, root_path=place.base, **options
    )
    config = uvicorn.Config(
        Lingering(Guard(parent, place, forwarded, misled)),
        log_level="warning",
        access_log=False,
        http=TimedProtocol,
        ws="none",
        timeout_graceful_shutdown=int(_END_SECONDS),
    )
    server = Server(uvicorn.Server(config), listener)
    server.start()
    return server


def _listener(place: Doors) -> socket.socket:
    found = socket.getaddrinfo(place.host or None, place.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, _, _, _, address = found[0]
    return socket.create_server(address[:2], family=family, backlog=2048)


class Lingering:
    """ASGI layer: an answer that comes before its request has come whole ends only when the rest has, or after
    LINGER_SECONDS. A connection that is closed with bytes unread is reset, and a reset can throw away an answer that is
    on its way: the visitor would be told of a lost connection, and not that the picture is too large."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Who asks first whether to send a body at all needs no patience, and must not be told to go on now.
        if scope["type"] != "http" or scope["method"] in SAFE or doors.header(scope, b"expect"):
            await self._app(scope, receive, send)
            return
        whole = False

        async def heard() -> Message:
            nonlocal whole
            message = await receive()
            whole = message["type"] != "http.request" or not message.get("more_body")
            return message

        async def answer(message: Message) -> None:
            if message["type"] != "http.response.body" or message.get("more_body") or whole:
                await send(message)
                return
            await send({**message, "more_body": True})
            with suppress(TimeoutError):
                async with asyncio.timeout(LINGER_SECONDS):
                    while not whole:
                        await heard()
            await send({"type": "http.response.body", "body": b""})

        await self._app(scope, heard, answer)


class TimedProtocol(H11Protocol):
    """HTTP/1.1 that hangs up on whoever does not finish a request: after its headers have taken HEAD_SECONDS, or its
    body paused for SILENCE_SECONDS or came slower than SLOWEST. While the app itself is not reading, no clock runs.

    Without a word, for nothing has been asked: browsers open connections that they may never use, and an answer there
    would be taken for the one to what they ask next."""

    _awaited: str | None = None
    _since = _heard = 0.0
    _received = 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._look()

    def data_received(self, data: bytes) -> None:
        self._heard = self.loop.time()
        self._received += len(data)
        super().data_received(data)
        self._waits()

    def _waits(self) -> str | None:
        """What the client owes: the rest of a request's "head" or "body"; None where it is the app's turn."""
        awaited = None
        state = str(self.conn.their_state)
        if state == "IDLE" and (self.scope is None or self.conn.trailing_data[0]):
            awaited = "head"
        elif state == "SEND_BODY" and not self.flow.read_paused:
            awaited = "body"
        if awaited != self._awaited:
            self._awaited, self._received = awaited, 0
            self._since = self._heard = self.loop.time()
        return awaited

    def _look(self) -> None:
        if self.transport.is_closing():
            return
        awaited, now = self._waits(), self.loop.time()
        waited = now - self._since
        late = awaited == "head" and waited > HEAD_SECONDS
        if awaited == "body":
            late = now - self._heard > SILENCE_SECONDS
            late = late or (waited > GRACE_SECONDS and self._received < SLOWEST * waited)
        if late:
            self.transport.close()
            return
        self.loop.call_later(_TICK, self._look)


class Bounded(io.TextIOBase):
    """A text stream that passes on LINES lines a minute of at most WIDTH characters, and says how many it left out.

    For the streams that errors are written to: a visitor can cause as many as they like, and put megabytes in each.
    """

    LINES = 300
    WIDTH = 400

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._stream = stream
        self._clock = clock
        self._lock = threading.RLock()
        self._left, self._filled = float(self.LINES), clock()
        self._column = 0  # characters of the current line that have been passed on or left out
        self._kept = True  # whether the current line is passed on
        self._omitted = 0

    def write(self, text: str) -> int:
        with self._lock:
            for line in text.splitlines(keepends=True):
                self._piece(line)
        return len(text)

    def _piece(self, piece: str) -> None:
        """A line, or a part of one."""
        ended = piece.endswith(("\n", "\r"))
        if self._column == 0:
            self._kept = self._allowed()
        if self._kept:
            room = max(self.WIDTH - self._column, 0)
            content = piece.rstrip("\r\n")
            self._stream.write(content[:room] + (" ..." if len(content) > room > 0 else ""))
            if ended:
                self._stream.write("\n")
        self._column = 0 if ended else self._column + len(piece)

    def _allowed(self) -> bool:
        now = self._clock()
        self._left = min(self._left + (now - self._filled) * self.LINES / 60, self.LINES)
        self._filled = now
        if self._left < (self.LINES / 10 if self._omitted else 1):  # once empty, first some lines are saved up
            self._omitted += 1
            return False
        if self._omitted:
            self._stream.write(f"({self._omitted} more lines in a short time were left out)\n")
            self._omitted = 0
        self._left -= 1
        return True

    def flush(self) -> None:
        with self._lock:
            self._stream.flush()

    def fileno(self) -> int:
        return self._stream.fileno()

    def isatty(self) -> bool:
        return self._stream.isatty()

    def writable(self) -> bool:
        return True

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._stream.encoding

"""What visitors may take of the server: disk for what they upload, memory for their sessions, places in its lines.

An ASGI layer in front of all handlers, so that none can forget it, and a sweep of the upload folder when the app starts
and by the hour. Visitors of any name may come, so nothing is kept for a name that has no end or number.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from contextlib import asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio.to_thread
from gradio import route_utils, routes
from gradio.utils import get_upload_folder
from starlette.requests import ClientDisconnect

from ganstudio import images
from ganstudio.ui import language
from ganstudio.ui.upload import KEPT, RESULTS
from ganstudio.words import Refused

MAX_REQUEST = 2 * images.MAX_BYTES  # bytes of all files of one request; pages send one file a request
MAX_FILES = 100  # of one request
MAX_FOLDER = 2 * 2**30  # bytes of all uploads and results
SPARE = 64 * 2**20  # bytes of the disk that uploads leave to others
FILE = 64 * 2**10  # bytes that a file counts at least: a disk can also be filled with small ones
YOUNG = 600  # seconds in which an upload is not deleted to make room for others
HALF = 600  # seconds after which a half upload that nothing was added to is deleted
HOUR = 3600
LOOK_AGAIN = 60  # seconds for which the folder is not measured again
MAX_UPLOADS = 200  # requests that are being answered at once: uploads, and all others that change or compute something
MAX_REQUESTS = 200
MAX_ARRIVING = 256 * 2**20  # bytes of all requests that have not arrived whole, uploads aside
SESSIONS = 200  # of programs, whose state the framework keeps: 75 kB each
MAX_SESSION = 200  # characters of a session's name
SMALL = 16 * 2**10  # bytes of a request in which no name can be long enough to matter
CONTENT = re.compile(r"[0-9a-f]{64}")  # the framework names the folder of a file by its sha256

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# Of the request that is being answered: the files that it has opened under temporary names.
_opened: ContextVar[list[Any] | None] = ContextVar("opened", default=None)


class _Parser(route_utils.GradioMultiPartParser):
    """The framework's, telling which temporary files it makes: it leaves them behind where an upload ends half-way."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{**options, "max_files": MAX_FILES})
        opened = _opened.get()
        if opened is not None:
            self._files_to_close_on_error = opened


@contextmanager
def _tidied() -> Iterator[list[Any]]:
    """The files that a request opens under temporary names; none of them is left when it is over."""
    opened: list[Any] = []
    token = _opened.set(opened)
    try:
        yield opened
    finally:
        _opened.reset(token)
        for file in opened:  # what was wanted has been given its name by now
            file.close()
            with suppress(FileNotFoundError):
                os.unlink(file.name)


def install() -> None:
    """Has the framework use our parser of uploads."""
    route_utils.GradioMultiPartParser = routes.GradioMultiPartParser = _Parser  # type: ignore[misc, attr-defined]


def is_upload(scope: Scope) -> bool:
    """Whether a request brings files; all others are bounded much lower."""
    path = str(scope["path"]).removeprefix(str(scope.get("root_path") or ""))
    return scope["method"] == "POST" and path in ("/gradio_api/upload", "/upload")


# --- the folder -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Item:
    """Something of ours in the upload folder: an upload or result with the folder made for it, or half an upload."""

    path: Path
    size: int  # bytes, counting small files as FILE
    used: float  # seconds since the epoch
    half: bool


def _items(root: Path) -> Iterator[_Item]:
    """What we and the framework have put there; all else in that folder, which may be shared, is left alone."""
    with suppress(OSError), os.scandir(root) as entries:
        for entry in entries:
            with suppress(OSError):  # gone meanwhile
                if entry.is_dir(follow_symlinks=False):
                    if CONTENT.fullmatch(entry.name) or entry.name.startswith(RESULTS):
                        files = [each.stat(follow_symlinks=False) for each in os.scandir(entry.path)]
                        size = sum(max(each.st_size, FILE) for each in files)
                        used = max((each.st_mtime for each in files), default=entry.stat().st_mtime)
                        yield _Item(Path(entry.path), size, used, half=False)
                elif entry.name.startswith("tmp") and entry.is_file(follow_symlinks=False):
                    found = entry.stat(follow_symlinks=False)
                    yield _Item(Path(entry.path), max(found.st_size, FILE), found.st_mtime, half=True)


def _delete(item: _Item) -> None:
    if item.half:
        with suppress(OSError):
            item.path.unlink()
    else:
        shutil.rmtree(item.path, ignore_errors=True)


def sweep(room: int | None = None) -> int:
    """Deletes uploads and results that nobody has used for long; with `room`, the eldest as well until no more than so
    many bytes are left, but for the young. Returns how many bytes are left."""
    now, kept = time.time(), []
    for item in _items(Path(get_upload_folder())):
        if now - item.used > (HALF if item.half else KEPT):
            _delete(item)
        else:
            kept.append(item)
    left = sum(item.size for item in kept)
    for item in sorted(kept, key=lambda item: item.used) if room is not None else ():
        if left <= (room or 0) or now - item.used < YOUNG:
            break
        if not item.half:
            _delete(item)
            left -= item.size
    return left


class _Store:
    """How full the upload folder is: measured now and then, and counted between."""

    def __init__(self) -> None:
        self.held = 0  # bytes
        self.measured = float("-inf")
        self.lock = asyncio.Lock()

    @property
    def most(self) -> int:
        """Bytes that the folder may hold, as far as the disk has room for them."""
        try:
            free = shutil.disk_usage(get_upload_folder()).free
        except OSError:  # not there yet
            return MAX_FOLDER
        return min(MAX_FOLDER, self.held + free - SPARE)

    async def make_room(self) -> None:
        """Measures the folder, where that was long ago or it seems full, and deletes what may go."""
        async with self.lock:
            old = time.monotonic() - self.measured > LOOK_AGAIN
            if old or (self.held >= self.most and time.monotonic() - self.measured > 1):
                most = self.most
                self.held = await anyio.to_thread.run_sync(sweep, most * 3 // 4 if self.held >= most else None)
                self.measured = time.monotonic()


@asynccontextmanager
async def lifespan(server: Any) -> AsyncIterator[None]:
    """Sweeps while the app runs, from its start."""
    task = asyncio.create_task(_sweep_by_the_hour(server))
    try:
        yield
    finally:
        task.cancel()


async def _sweep_by_the_hour(server: Any) -> None:
    while True:
        await anyio.to_thread.run_sync(sweep)
        forget_the_gone(server.get_blocks())
        await asyncio.sleep(HOUR)


def forget_the_gone(blocks: Any) -> None:
    """Takes out of the framework's lists what is no longer there: files, and events whose visitors never came back."""
    for files in blocks.temp_file_sets:
        files.difference_update([file for file in list(files) if not os.path.exists(file)])
    events = blocks._queue.pending_event_ids_session
    for session in [each for each in events if each not in blocks._queue.pending_messages_per_session]:
        events.pop(session, None)


# --- the layer --------------------------------------------------------------------------------------------


class Limits:
    """ASGI layer: ends what is too large and what comes when too much waits already, in the visitor's language."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._app = app
        self._store = _Store()
        self._uploads = 0  # that are being answered
        self._others = 0
        self._arriving = 0  # bytes of requests that have not arrived whole

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif str(scope["path"]).endswith("/upload_progress"):
            # No page of ours asks for it, and the framework keeps every name that it was asked for.
            await _answer(send, 404, b"", b"text/plain")
        elif scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
        elif is_upload(scope):
            if self._uploads >= MAX_UPLOADS:
                await refuse(scope, send, 503, Refused("app.busy"))
                return
            self._uploads += 1
            try:
                await self._upload({**scope, "query_string": b""}, receive, send)
            finally:
                self._uploads -= 1
        else:
            if self._others >= MAX_REQUESTS:
                await refuse(scope, send, 503, Refused("app.busy"))
                return
            self._others += 1
            try:
                await self._request(scope, receive, send)
            finally:
                self._others -= 1

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        store, received = self._store, 0
        refusal: Refused | None = None
        await store.make_room()
        if any(not value.isdigit() or int(value) > MAX_REQUEST for value in _headers(scope, b"content-length")):
            await refuse(scope, send, 413, _too_large())
            return

        async def count() -> Message:
            nonlocal received, refusal
            message = await receive()
            size = len(message.get("body", b""))
            received, store.held = received + size, store.held + size
            if received > MAX_REQUEST:
                refusal = _too_large()
            elif size and store.held > store.most:
                refusal = Refused("app.upload_full")
            return message if refusal is None else {"type": "http.disconnect"}

        async def answer(message: Message) -> None:
            nonlocal refusal
            status = message.get("status")  # the framework says in English what it refuses
            if status == 413:  # one file
                refusal = refusal or _too_large()
            elif status == 400 and len(opened) >= MAX_FILES:
                refusal = refusal or Refused("app.upload_too_many", limit=MAX_FILES)
            if refusal is None:
                await send(message)

        with _tidied() as opened, suppress(ClientDisconnect):  # the visitor's, or ours
            await self._app(scope, count, answer)
        store.held += FILE * len(opened)
        if refusal is not None:
            await refuse(scope, send, 413, refusal)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        full = False

        async def answer(message: Message) -> None:
            nonlocal full
            if message["type"] == "http.response.start" and message["status"] == 503:
                full = True  # the framework's queue, which says so in English
            elif not full:
                await send(message)

        parts = []
        try:
            while True:  # the handlers wait for all of it as well
                message = await receive()
                if message["type"] == "http.disconnect":
                    return
                parts.append(message.get("body", b""))
                self._arriving += len(parts[-1])
                if self._arriving > MAX_ARRIVING:
                    await refuse(scope, send, 503, Refused("app.busy"))
                    return
                if not message.get("more_body"):
                    break
        finally:
            self._arriving -= sum(map(len, parts))
        body = b"".join(parts)
        parts.clear()
        try:
            named = json.loads(body) if len(body) > SMALL or _is_tabs(scope) else None
        except (ValueError, RecursionError):
            named = None  # the handler says so
        if isinstance(named, dict) and isinstance(name := named.get("session_hash"), str):
            if len(name) > MAX_SESSION:
                await _answer(send, 400, b'{"detail":"session_hash"}', b"application/json")
                return
            if _is_tabs(scope):
                body = json.dumps({**named, "session_hash": "tabs"}).encode()
        whole: list[Message] = [{"type": "http.request", "body": body}]

        async def again() -> Message:
            return whole.pop() if whole else await receive()

        with _tidied():
            await self._app(scope, again, answer)
        if full:
            await refuse(scope, send, 503, Refused("app.busy"))


def _is_tabs(scope: Scope) -> bool:
    """Whether a request calls a server function of one of our tabs. These know no session, and to make one for each
    visitor takes the framework 75 kB, and a tenth of a second in which nobody else is answered: they share one."""
    return str(scope["path"]).rstrip("/").endswith("/component_server")


def _too_large() -> Refused:
    return Refused("app.upload_too_large", limit=MAX_REQUEST // 2**20, one=images.MAX_BYTES // 2**20)


def _headers(scope: Scope, name: bytes) -> list[bytes]:
    return [value for key, value in scope["headers"] if key.lower() == name]


async def refuse(scope: Scope, send: Send, status: int, refusal: Refused) -> None:
    """Says why in the visitor's language: as text; that it is busy, to a tab's page as it gets every refusal."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    sentence = refusal.say(language.of_request(headers))
    if status == 503 and _is_tabs(scope):
        await _answer(send, 200, json.dumps({"error": sentence}).encode(), b"application/json")
    else:
        await _answer(send, status, sentence.encode(), b"text/plain; charset=utf-8")


async def _answer(send: Send, status: int, body: bytes, kind: bytes) -> None:
    head = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    if status == 413:
        head.append((b"connection", b"close"))  # the rest of what is being sent is of no use
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})

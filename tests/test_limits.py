"""What visitors may take of the server: disk, memory, places in its lines."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from ganstudio.ui import limits
from ganstudio.ui.line import MOST_OTHERS, MOST_STROKES, SHARE, Line
from ganstudio.ui.upload import uploaded
from ganstudio.words import Refused, say


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    return tmp_path


def put(folder: Path, name: str, age: float, size: int = 10) -> Path:
    """An upload as the framework stores it, last used `age` seconds ago."""
    place = folder / (format(abs(hash(name)) % 16**8, "08x") * 8)
    place.mkdir()
    return aged(place / name, age, size)


def aged(file: Path, age: float, size: int = 10) -> Path:
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(bytes(size))
    os.utime(file, (time.time() - age,) * 2)
    return file


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


# --- the upload folder ------------------------------------------------------------------------------------


def test_the_sweep_takes_what_nobody_uses_and_nothing_else(folder: Path) -> None:
    new, old = put(folder, "new.png", 60), put(folder, "old.png", 2 * 3600)
    result, gone = aged(folder / "results-new" / "a.zip", 60), aged(folder / "results-old" / "a.zip", 2 * 3600)
    half, dropped = aged(folder / "tmpabc", 60), aged(folder / "tmpdef", 3600)
    foreign = [aged(folder / "theirs" / "a.png", 9**9), aged(folder / "theirs.txt", 9**9)]
    assert limits.sweep() > 0
    assert all(file.exists() for file in (new, result, half, *foreign))
    assert not any(file.parent.exists() for file in (old, gone)) and not dropped.exists()
    assert limits.sweep() == 3 * limits.FILE  # small ones count as more


def test_what_a_page_uses_stays(folder: Path) -> None:
    file = put(folder, "a.png", 3500)
    assert uploaded(str(file)) == file
    assert time.time() - file.stat().st_mtime < 60


def test_room_is_made_of_the_eldest_but_never_of_the_young(folder: Path) -> None:
    files = [put(folder, f"{age}.png", age, 2**20) for age in (3000, 2000, 1000, 100)]
    assert limits.sweep(int(2.5 * 2**20)) == 2 * 2**20
    assert [file.exists() for file in files] == [False, False, True, True]
    assert limits.sweep(0) == 2**20 and files[3].exists()


def test_it_sweeps_at_the_start_and_by_the_hour(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HOUR", 0.01)
    blocks = SimpleNamespace(temp_file_sets=[], _queue=SimpleNamespace(pending_event_ids_session={}))

    async def run() -> None:
        async with limits.lifespan(SimpleNamespace(get_blocks=lambda: blocks)):
            for name in ("before", "later"):
                old = put(folder, name, 2 * 3600)
                for _ in range(6000):
                    if not old.exists():
                        break
                    await asyncio.sleep(0.01)
                assert not old.parent.exists()

    asyncio.run(run())


def test_the_framework_forgets_what_is_gone(folder: Path) -> None:
    here = put(folder, "a.png", 0)

    class Queue:
        pending_messages_per_session: dict[str, int] = {"b": 1}  # noqa: RUF012
        pending_event_ids_session: dict[str, set[str]] = {"a": {"1"}, "b": {"2"}}  # noqa: RUF012

    class Blocks:
        temp_file_sets = [{str(here), str(folder / "gone")}]  # noqa: RUF012
        _queue = Queue

    limits.forget_the_gone(Blocks)
    assert Blocks.temp_file_sets == [{str(here)}] and Queue.pending_event_ids_session == {"b": {"2"}}


def stored(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]


@pytest.fixture
def store(app_url: str) -> Path:
    return Path(os.environ["GRADIO_TEMP_DIR"])


def upload(
    app_url: str, sizes: list[int], language: str = "en", name: str = "files", query: str = ""
) -> httpx.Response:
    files = [(name, (f"{k}.png", os.urandom(1) * size)) for k, size in enumerate(sizes)]
    headers = {"Accept-Language": language}
    return httpx.post(f"{app_url}/gradio_api/upload{query}", files=files, headers=headers, timeout=60)


def test_a_request_is_bounded_by_the_sum_of_its_files(
    app_url: str, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_REQUEST", 3 * 2**20)
    before = stored(store)
    for language in ("en", "ja"):
        answer = upload(app_url, [2**20] * 4, language)
        assert answer.status_code == 413
        assert answer.text == say("app.upload_too_large", language, limit=3, one=32)
    assert stored(store) == before
    kept = upload(app_url, [2**20] * 2)
    assert kept.status_code == 200 and all(uploaded(each) for each in kept.json())


def test_a_request_is_bounded_by_the_number_of_its_files(app_url: str, store: Path) -> None:
    before = stored(store)
    for language in ("en", "ja"):
        answer = upload(app_url, [1] * (limits.MAX_FILES + 1), language)
        assert answer.status_code == 413
        assert answer.text == say("app.upload_too_many", language, limit=limits.MAX_FILES)
    assert stored(store) == before
    assert upload(app_url, [1] * limits.MAX_FILES).status_code == 200


def test_one_file_that_is_too_large_gets_the_same_sentence(
    app_url: str, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stored(store)
    answer = upload(app_url, [33 * 2**20], "ja")
    assert answer.status_code == 413 and answer.text == say("app.upload_too_large", "ja", limit=64, one=32)
    assert stored(store) == before


def status_of_stream(app_url: str, parts: Iterator[bytes]) -> int:
    """Of an upload without a length; 413 too where the app has answered and hung up before all was sent."""
    kind = {"Content-Type": "multipart/form-data; boundary=B"}
    try:
        return httpx.post(f"{app_url}/gradio_api/upload", content=parts, headers=kind, timeout=60).status_code
    except httpx.WriteError:
        return 413


def test_the_length_that_a_request_claims_is_believed_only_where_it_is_too_large(app_url: str, store: Path) -> None:
    def parts() -> Iterator[bytes]:  # sent in chunks, without a length
        yield b'--B\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
        while True:
            yield bytes(2**20)

    before = stored(store)
    assert status_of_stream(app_url, parts()) == 413 and stored(store) == before


def test_files_of_no_length_are_counted_while_they_come(
    app_url: str, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_REQUEST", 3 * 2**20)

    def parts() -> Iterator[bytes]:
        for number in range(4):
            yield f'--B\r\nContent-Disposition: form-data; name="files"; filename="{number}.png"\r\n\r\n'.encode()
            yield bytes(2**20) + b"\r\n"
        yield b"--B--\r\n"

    before = stored(store)
    assert status_of_stream(app_url, parts()) == 413 and stored(store) == before


def test_a_length_that_is_too_large_is_refused_before_anything_comes(app_url: str) -> None:
    address = httpx.URL(app_url)
    head = f"POST /gradio_api/upload HTTP/1.1\r\nHost: {address.host}:{address.port}\r\nContent-Length: 999999999\r\n"
    with socket.create_connection((address.host, address.port or 80), timeout=60) as connection:
        connection.sendall(f"{head}Content-Type: multipart/form-data; boundary=B\r\n\r\n".encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_full_folder_is_said_and_emptied(app_url: str, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert upload(app_url, [2**20]).status_code == 200
    held = stored(store)
    monkeypatch.setattr(limits, "MAX_FOLDER", 2**20)
    monkeypatch.setattr(limits, "LOOK_AGAIN", -1)
    answer = upload(app_url, [2**20])
    assert answer.status_code == 413 and answer.text == say("app.upload_full", "en")
    assert stored(store) == held  # nothing of it is left, and what is young stays
    for file in held:
        os.utime(file, (time.time() - 2 * limits.YOUNG,) * 2)
    assert upload(app_url, [1000]).status_code == 200
    assert sum(file.stat().st_size for file in stored(store)) <= 2**20  # the eldest have made room


@pytest.mark.parametrize("path", ["/gradio_api/upload", "/gradio_api/component_server"])
def test_a_dropped_upload_leaves_nothing(app_url: str, store: Path, path: str, tmp_path: Path) -> None:
    before = stored(store)
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=B\r\n"
    part = '--B\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
    port = int(app_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(f"{head}Content-Length: 3000000\r\n\r\n{part}".encode() + bytes(2**20))
        if path.endswith("upload"):
            until(lambda: stored(store) != before)
    until(lambda: stored(store) == before)


def test_files_that_no_handler_takes_leave_nothing(app_url: str, store: Path) -> None:
    before = stored(store)
    assert upload(app_url, [1000] * 3, name="other").json() == []
    assert upload(app_url, [10] * (limits.MAX_FILES + 1)).status_code == 413
    assert stored(store) == before


def test_no_upload_is_kept_in_mind_by_a_name_that_its_sender_invents(app_url: str) -> None:
    from gradio.routes import file_upload_statuses

    assert upload(app_url, [10], query="?upload_id=invented").status_code == 200
    assert httpx.get(f"{app_url}/gradio_api/upload_progress?upload_id=other").status_code == 404
    assert not file_upload_statuses._statuses and not file_upload_statuses._signals


# --- other requests ---------------------------------------------------------------------------------------


def call(app_url: str, session: str) -> httpx.Response:
    with httpx.Client(base_url=app_url, timeout=60) as client:
        components = client.get("/config").json()["components"]
        number = next(each["id"] for each in components if each["props"].get("elem_id") == "sketch")
        body = {"data": {}, "component_id": number, "fn_name": "normalise_drawing", "session_hash": session}
        return client.post("/gradio_api/component_server", json=body)


def test_invented_sessions_take_no_memory(app_url: str) -> None:
    from gradio.state_holder import StateHolder

    for number in range(5):
        assert call(app_url, f"invented-{number}").status_code == 200
    holders = [each for each in gc.get_objects() if type(each) is StateHolder]
    assert max(len(each.session_data) for each in holders) and min(each.capacity for each in holders) == limits.SESSIONS
    assert not any(name.startswith("invented") for each in holders for name in each.session_data)
    assert call(app_url, "x" * 100_000).status_code == 400


def test_nothing_is_called_upload_to_be_bounded_less(app_url: str) -> None:
    headers = {"Accept-Language": "ja", "Content-Type": "application/json"}
    for path in ("/gradio_api/call/upload", "/gradio_api/run/upload", "/x/upload"):
        answer = httpx.post(app_url + path, content=bytes(9 * 2**20), headers=headers)
        assert answer.status_code == 413 and "8 MB" in answer.text


async def asked(layer: limits.Limits, path: str, language: str = "ja") -> tuple[int, bytes]:
    sent: list[Any] = []
    messages = [{"type": "http.request", "body": b"{}"}]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b""}

    async def receive() -> Any:
        return messages.pop()

    async def send(message: Any) -> None:
        sent.append(message)

    await layer({**scope, "headers": [(b"accept-language", language.encode())]}, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


def test_what_comes_when_too_much_waits_is_told_so(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(limits, "MAX_REQUESTS", 2)
    monkeypatch.setattr(limits, "MAX_UPLOADS", 1)
    busy = say("app.busy", "ja")

    async def visit() -> None:
        free = asyncio.Event()

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await free.wait()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"ok"})

        layer = limits.Limits(app)
        paths = ("/gradio_api/component_server", "/gradio_api/queue/join", "/gradio_api/upload")
        waiting = [asyncio.create_task(asked(layer, path)) for path in paths]
        await asyncio.sleep(0.1)
        status, body = await asked(layer, paths[0])
        assert status == 200 and json.loads(body) == {"error": busy}  # as pages get every refusal
        for path in paths[1:]:
            assert await asked(layer, path) == (503, busy.encode())
        free.set()
        assert {await each for each in waiting} == {(200, b"ok")}
        assert await asked(layer, paths[2]) == (200, b"ok")

    asyncio.run(visit())


def test_requests_that_have_not_arrived_whole_take_only_so_much_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ARRIVING", 1000)
    heard: list[bytes] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        heard.append((await receive())["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})

    async def sent(layer: limits.Limits, *parts: bytes) -> tuple[int, bytes]:
        coming = [{"type": "http.request", "body": part, "more_body": part is not parts[-1]} for part in parts]
        answered: list[Any] = []

        async def receive() -> Any:
            return coming.pop(0)

        async def send(message: Any) -> None:
            answered.append(message)

        scope = {"type": "http", "method": "POST", "path": "/gradio_api/queue/join", "headers": []}
        await layer(scope, receive, send)
        return answered[0]["status"], b"".join(each.get("body", b"") for each in answered)

    async def visit() -> None:
        layer = limits.Limits(app)
        assert await sent(layer, b"a" * 600, b"b" * 600) == (503, say("app.busy", "en").encode())
        assert heard == []
        assert await sent(layer, b"a" * 600, b"b" * 300) == (200, b"ok")  # the first one's room is free again
        assert heard == [b"a" * 600 + b"b" * 300]

    asyncio.run(visit())


def test_the_frameworks_full_queue_speaks_the_visitors_language() -> None:
    async def full(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 503, "headers": []})
        await send({"type": "http.response.body", "body": b'{"detail":"Queue is full."}'})

    answer = asyncio.run(asked(limits.Limits(full), "/gradio_api/queue/join"))
    assert answer == (503, say("app.busy", "ja").encode())


# --- the line of what runs a network ----------------------------------------------------------------------


class Held:
    """A line whose thread waits until `go`; what ran, in order."""

    def __init__(self) -> None:
        self.line, self.go, self.ran = Line("test"), threading.Event(), list[str]()
        self.first = self.line.submit(self.go.wait)
        until(self.first.running)

    def add(self, name: str, stroke: bool, seconds: float = 0.0) -> Any:
        return self.line.submit(lambda: (time.sleep(seconds), self.ran.append(name)), stroke)


def test_strokes_go_first_and_the_others_keep_their_order() -> None:
    held = Held()
    works = [held.add("icon", False), held.add("recolour", False), held.add("stroke", True), held.add("stroke", True)]
    held.go.set()
    for work in works:
        work.result(60)
    assert held.ran == ["stroke", "stroke", "icon", "recolour"]


def test_nobody_starves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Strokes that never pause leave the others a share: each is followed by SHARE times its length of strokes."""
    now, ran = [0.0], list[str]()
    monkeypatch.setattr("ganstudio.ui.line.time", SimpleNamespace(perf_counter=lambda: now[0]))
    line = Line("test")
    line._thread = threading.current_thread()  # served by hand, by a clock of its own

    def work(name: str, seconds: float) -> Callable[[], None]:
        def run() -> None:
            now[0] += seconds
            ran.append(name)

        return run

    for _ in range(3):
        line.submit(work("icon", 1.0))
    while ran.count("icon") < 3:
        assert len(ran) < 100, "the icons starve"
        while len(line._strokes) < 4:
            line.submit(work("stroke", 0.25), stroke=True)
        line._serve_one()
    assert ran == ["icon"] + 2 * [*["stroke"] * int(SHARE / 0.25), "icon"]


def test_a_full_line_says_so_and_those_who_left_give_up_their_place() -> None:
    held = Held()
    others = [held.add("other", False) for _ in range(MOST_OTHERS)]
    strokes = [held.add("stroke", True) for _ in range(MOST_STROKES)]
    for stroke in (False, True):
        with pytest.raises(Refused) as refusal:
            held.add("one more", stroke)
        assert refusal.value.key == "app.busy"
    others[3].cancel()
    last = held.add("last", False)
    held.go.set()
    last.result(60)
    assert all(work.done() for work in (*strokes, *others)) and held.ran.count("other") == MOST_OTHERS - 1


def test_an_error_of_one_is_raised_where_it_is_waited_for() -> None:
    line = Line("test")

    def fail() -> None:
        raise Refused("app.no_picture")

    with pytest.raises(Refused):
        line.submit(fail).result(60)
    assert line.submit(lambda: 7).result(60) == 7

"""The app on its port: requests that never end, errors without end, proxies in the environment."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from ganstudio.commands import app
from ganstudio.ui import access, doors, serving
from ganstudio.ui.doors import Doors
from ganstudio.ui.serving import Bounded, Server, TimedProtocol

ROOT = Path(__file__).parents[1]


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answers with how many bytes came; at "/early" before they came."""
    if scope["type"] != "http":
        return
    size, more = 0, scope["path"] != "/early"
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    text = str(size).encode()
    head = [(b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": text})


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server that has little patience."""
    for name in ("HEAD_SECONDS", "SILENCE_SECONDS", "GRACE_SECONDS"):
        monkeypatch.setattr(serving, name, 0.3)
    monkeypatch.setattr(serving, "_TICK", 0.05)
    listener = serving._listener(Doors(port=0))
    number = listener.getsockname()[1]
    config = uvicorn.Config(serving.Lingering(echo), http=TimedProtocol, ws="none", lifespan="off", log_level="error")
    server = Server(uvicorn.Server(config), listener)
    server.start()
    yield number
    server.close()


def opened(port: int, data: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    connection.sendall(data)
    return connection


def rest(connection: socket.socket) -> bytes:
    """All that comes until the server hangs up."""
    found = b""
    while piece := connection.recv(65536):
        found += piece
    return found


POST = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n"


@pytest.mark.parametrize("begun", [b"", b"GET / HTT", b"GET / HTTP/1.1\r\nhost: x\r\n", POST, POST + b"x" * 999])
def test_a_request_that_stops_is_hung_up_on(port: int, begun: bytes) -> None:
    assert rest(opened(port, begun)) == b""


def test_so_is_the_second_of_a_connection(port: int) -> None:
    answers = rest(opened(port, b"GET / HTTP/1.1\r\nhost: x\r\n\r\nGET / HT"))
    assert answers.count(b"HTTP/1.1") == answers.count(b"HTTP/1.1 200") == 1


@pytest.mark.parametrize("begun", [b"GET / HTTP/1.1\r\nx: ", POST, POST.replace(b" / ", b" /early ")])
def test_so_is_one_that_comes_in_drops(port: int, begun: bytes) -> None:
    connection = opened(port, begun)
    with pytest.raises(OSError):  # broken pipe or reset, whichever is noticed first
        for _ in range(3000):
            connection.sendall(b"x")
            time.sleep(0.01)


def test_whoever_goes_on_sending_is_heard_to_the_end(port: int) -> None:
    body = b"x" * 200_000
    connection = opened(port, b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 200000\r\nconnection: close\r\n\r\n")
    for start in range(0, len(body), 10_000):
        connection.sendall(body[start : start + 10_000])
        time.sleep(0.04)  # 0.8 seconds in all, longer than any pause may be
    assert rest(connection).endswith(b"200000")


EARLY = b"POST /early HTTP/1.1\r\nhost: x\r\ncontent-length: 9000000\r\nconnection: close\r\n"


def test_an_answer_that_comes_early_reaches_who_is_still_sending(port: int) -> None:
    connection = opened(port, EARLY + b"\r\n")
    for _ in range(9):
        connection.sendall(bytes(1_000_000))  # is a broken pipe where the server has hung up
        time.sleep(0.02)
    assert rest(connection).endswith(b"\r\n\r\n0")


def test_whoever_never_ends_gets_the_answer_and_is_hung_up_on(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "LINGER_SECONDS", 0.2)
    assert rest(opened(port, EARLY + b"\r\n")).endswith(b"\r\n\r\n0")
    asking = EARLY + b"expect: 100-continue\r\n\r\n"  # and sends nothing where it is told no
    monkeypatch.setattr(serving, "LINGER_SECONDS", 60)
    assert rest(opened(port, asking)).endswith(b"\r\n\r\n0")


def test_an_answer_may_take_its_time(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clocks run for what a visitor owes, never while the app works."""
    ready = threading.Event()

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        import asyncio

        while not ready.is_set():
            await asyncio.sleep(0.01)
        await echo(scope, receive, send)

    monkeypatch.setattr(TimedProtocol, "app", property(lambda self: slow, lambda self, value: None), raising=False)
    connection = opened(port, POST + b"x" * 1000)
    large = opened(port, POST.replace(b"1000", b"9000000") + b"x" * 300_000)  # more than is kept before it is read
    time.sleep(1)
    ready.set()
    connection.settimeout(10)
    assert connection.recv(100).startswith(b"HTTP/1.1 200")
    large.close()


# --- errors ----------------------------------------------------------------------------------------------


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_few_errors_are_passed_on_whole() -> None:
    out = io.StringIO()
    stream = Bounded(out, Clock())
    print("Traceback\n  line", 7, file=stream)
    stream.write("no")
    stream.write("w\n")
    assert out.getvalue() == "Traceback\n  line 7\nnow\n"


def test_a_flood_of_errors_is_cut_and_counted() -> None:
    out, clock = io.StringIO(), Clock()
    stream = Bounded(out, clock)
    for k in range(100_000):
        print("error", k, file=stream)
    assert out.getvalue().count("\n") == Bounded.LINES
    clock.now = 60
    print("later", file=stream)
    omitted = 100_000 - Bounded.LINES
    assert out.getvalue().endswith(f"({omitted} more lines in a short time were left out)\nlater\n")


def test_a_steady_flood_stays_bounded() -> None:
    out, clock = io.StringIO(), Clock()
    stream = Bounded(out, clock)
    for _ in range(60_000):  # ten minutes
        clock.now += 0.01
        print("error", file=stream)
    assert out.getvalue().count("\n") <= 12 * Bounded.LINES


def test_a_line_of_megabytes_is_cut() -> None:
    out = io.StringIO()
    stream = Bounded(out, Clock())
    stream.write("KeyError: '" + "x" * 8_000_000 + "'\n")
    for _ in range(10_000):
        stream.write("y" * 1000)
    stream.write("\nend\n")
    assert len(out.getvalue()) < 3 * Bounded.WIDTH and out.getvalue().endswith("\nend\n")


# --- the start -------------------------------------------------------------------------------------------


def start(tmp_path: Path, *flags: str, **environment: str) -> tuple[subprocess.Popen[str], str]:
    """app.py as a process of its own, and all that it printed until it was ready."""
    kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    kept |= {"GANSTUDIO_HOME": str(tmp_path), "GRADIO_TEMP_DIR": str(tmp_path / "t"), **environment}
    command = [sys.executable, str(ROOT / "app.py"), "--model", str(tmp_path), *flags]
    process = subprocess.Popen(command, env=kept, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        if "runs at" in line or "cannot be used" in line:
            break
    return process, "".join(lines)


def free_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


def test_the_app_starts_whatever_proxies_the_environment_names(tmp_path: Path) -> None:
    """And an owner behind a proxy of the app's own learns how to get in."""
    proxies = {"HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9", "ALL_PROXY": "ftp://127.0.0.1:9"}
    port = free_port()
    (tmp_path / "t").mkdir()
    dropped = tmp_path / "t" / "tmpdropped"
    dropped.write_bytes(b"x")
    os.utime(dropped, (0, 0))
    process, told = start(tmp_path, "--port", port, **proxies)
    try:
        assert f"http://127.0.0.1:{port}/" in told and "owner=" not in told
        answer = httpx.get(
            f"http://127.0.0.1:{port}/", headers={"x-forwarded-for": "::1"}, trust_env=False, timeout=120
        )
        assert answer.status_code == 200
        assert not dropped.exists()  # what an earlier run of the app left is swept at the start
        assert process.stdout is not None
        assert f"?owner={(tmp_path / '.owner-key').read_text()}" in process.stdout.readline()
    finally:
        process.kill()
        process.communicate()


def test_the_links_that_are_printed_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANSTUDIO_HOME", str(tmp_path))
    monkeypatch.delenv("SPACE_ID", raising=False)
    monkeypatch.setattr(doors, "_own_address", lambda: "192.168.1.9")
    key = f"?owner={access.owner_key()}"
    assert [line for line in app.links(Doors()) if "owner" in line] == []
    everywhere = "\n".join(app.links(Doors("0.0.0.0")))
    assert "0.0.0.0" not in everywhere
    assert f"http://192.168.1.9:7860/{key}" in everywhere and f"http://127.0.0.1:7860/{key}" in everywhere
    behind = "\n".join(app.links(Doors(origin="https://studio.example", base="/studio")))
    assert f" https://studio.example/studio/{key}" in behind and f"http://127.0.0.1:7860/studio/{key}" in behind
    assert f" /studio/{key}" in "\n".join(app.links(Doors(base="/studio")))
    monkeypatch.setenv("SPACE_ID", "ann/studio")
    assert "owner=" not in "\n".join(app.links(Doors("0.0.0.0")))


def test_a_port_that_is_taken_is_no_traceback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError):
        serving._listener(Doors(port=taken.getsockname()[1]))
    with pytest.raises(OSError):
        serving._listener(Doors("no.such.host.invalid"))

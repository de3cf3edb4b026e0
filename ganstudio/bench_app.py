"""The app as its visitors meet it: how soon it answers, how fast a face follows the pen, how much it holds.

Starts `app.py` as its own process on a free port of this machine, and speaks to it over HTTP as its page does.
"""

from __future__ import annotations

import base64
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
from PIL import Image, ImageDraw

from ganstudio.bench_browser import bench_browser
from ganstudio.images import encode_png
from ganstudio.text import Refused

APP = Path(__file__).resolve().parent.parent / "app.py"
FRAMES = 60  # pictures of one visitor's moving pen
VISITORS = 10
FRAMES_EACH = 8
DEADLINE = 120.0  # seconds for the app to answer at all


def bench_app(model: str, browser: bool = False) -> dict[str, Any]:
    """Starts the app with `model` and measures it; milliseconds, seconds and MB as the names say.

    `page_seconds`: from the start of the process to its first page. `picture_seconds`: to its first picture.
    `alone`: one visitor whose pen moves, from sending a sheet to having its face. `together`: ten visitors at
    once, each drawing without pause. `memory_mb` is the whole process after that, its resident set. With `browser`,
    what one and ten visitors see in a real one, as `browser_alone` and `browser_together`.
    """
    sheets = list(_moving_pen(FRAMES))
    with _app(model) as (process, address, started):
        page_seconds = time.perf_counter() - started
        ask = _asker(address)
        ask(sheets[0])
        picture_seconds = time.perf_counter() - started
        alone = [ask(sheet) for sheet in sheets]
        together: list[float] = []

        def visit() -> None:
            own = _asker(address)
            together.extend([own(sheet) for sheet in sheets[:FRAMES_EACH]])

        visitors = [threading.Thread(target=visit) for _ in range(VISITORS)]
        for visitor in visitors:
            visitor.start()
        for visitor in visitors:
            visitor.join()
        seen = {}
        if browser:
            seen["browser_alone"] = bench_browser(address)
            seen["browser_together"] = bench_browser(address, VISITORS)
        memory = psutil.Process(process.pid).memory_info().rss
    return {
        "page_seconds": page_seconds,
        "picture_seconds": picture_seconds,
        "alone": {
            "median_milliseconds": statistics.median(alone) * 1e3,
            "p95_milliseconds": sorted(alone)[int(0.95 * len(alone))] * 1e3,
            "pictures_per_second": len(alone) / sum(alone),
        },
        "together": {
            "visitors": VISITORS,
            "median_seconds": statistics.median(together),
            "longest_seconds": max(together),
            "refused": VISITORS * FRAMES_EACH - len(together),
        },
        **seen,
        "memory_mb": memory / 1e6,
    }


@contextmanager
def _app(model: str) -> Iterator[tuple[subprocess.Popen[bytes], str, float]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, str(APP), "--port", str(port), "--model", model],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "GRADIO_ANALYTICS_ENABLED": "False"},
    )
    try:
        while not _answers(address):
            if process.poll() is not None or time.perf_counter() - started > DEADLINE:
                raise Refused("bench.no_app", command=f"{sys.executable} app.py --port {port}")
            time.sleep(0.02)
        yield process, address, started
    finally:
        process.terminate()
        process.wait(30)


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def _asker(address: str) -> Any:
    """A visitor's connection: sends a sheet, waits for its face, returns the seconds."""
    client = httpx.Client(base_url=address, timeout=60)
    components = client.get("/config").json()["components"]
    canvas = next(c["id"] for c in components if c["props"].get("elem_id") == "sketch")

    def ask(sheet: str) -> float:
        request = {"picture": sheet, "seed": None, "look": False}
        body = {
            "data": request,
            "component_id": canvas,
            "fn_name": "translate_canvas",
            "session_hash": "bench",
        }
        start = time.perf_counter()
        answer = client.post("/gradio_api/component_server/", json=body).json()
        seconds = time.perf_counter() - start
        if "picture" not in answer:
            raise Refused("bench.no_picture", answer=str(answer)[:200])
        return seconds

    return ask


def _moving_pen(count: int) -> Iterator[str]:
    """Data URLs of sheets on which a mouth is drawn, a little more of it on each."""
    for k in range(count):
        sheet = Image.new("L", (256, 256), 255)
        pen = ImageDraw.Draw(sheet)
        pen.ellipse((60, 40, 196, 220), outline=0, width=3)
        for x in (100, 150):
            pen.ellipse((x - 8, 105, x + 8, 115), outline=0, width=3)
        pen.arc((95, 140, 160, 190), 20, 20 + 140 * (k + 1) / count, fill=0, width=3)
        yield "data:image/png;base64," + base64.b64encode(encode_png(sheet)).decode()

"""The app as its visitors meet it: how soon it answers, how fast a face follows the pen, how fast a ZIP becomes icons.

Starts `app.py` as its own process on a free port of this machine, and speaks to it over HTTP as its page does.
"""

from __future__ import annotations

import base64
import io
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
from PIL import Image, ImageDraw

from ganstudio.bench.browser import bench_browser
from ganstudio.images import decode, encode_png
from ganstudio.models.engine import load
from ganstudio.words import Refused

APP = Path(__file__).resolve().parents[2] / "app.py"
FRAMES = 60  # pictures of one visitor's moving pen
VISITORS = 10
FRAMES_EACH = 8
PICTURES = 100  # in the ZIP of characters
DEADLINE = 120.0  # seconds for the app to answer at all


def bench_app(model: str, browser: bool = False) -> dict[str, Any]:
    """Starts the app with `model` and measures it; milliseconds, seconds and MB as the names say.

    `page_seconds`: from the start of the process to its first page. `picture_seconds`: to its first picture.
    `alone`: one visitor whose pen moves, from sending a sheet to having its face. `together`: ten visitors at
    once, each drawing without pause. `memory_mb` is the whole process after that, its resident set. With `browser`,
    what one and ten visitors see in a real one, as `browser_alone` and `browser_together`. `zip` is what `_folder`
    finds, where a model that makes icons is installed.
    """
    sheets = list(moving_pen(FRAMES))
    with running_app(model) as (process, address, started):
        page_seconds = time.perf_counter() - started
        ask = asker(address)
        ask(sheets[0])
        picture_seconds = time.perf_counter() - started
        alone = [ask(sheet) for sheet in sheets]
        together: list[float] = []

        def visit() -> None:
            own = asker(address)
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
        zipped = _folder(address, process.pid)
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
        "zip": zipped,
    }


@contextmanager
def running_app(model: str = "sketch2face") -> Iterator[tuple[subprocess.Popen[bytes], str, float]]:
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
        return httpx.get(address, timeout=5, trust_env=False).status_code == 200  # through no proxy
    except httpx.TransportError:
        return False


class Visitor:
    """A visitor's connection to one of the tabs."""

    def __init__(self, address: str, tab: str) -> None:
        self.client = httpx.Client(base_url=address, timeout=600, trust_env=False)
        components = self.client.get("/config").json()["components"]
        self.component = next(c["id"] for c in components if c["props"].get("elem_id") == tab)

    def ask(self, function: str, request: dict[str, Any], expected: str) -> dict[str, Any]:
        """The answer of a tab's server function; raises Refused for one that lacks what is `expected`."""
        answer = self.send(function, request)
        if not answer.get(expected):
            raise Refused("bench.no_picture", answer=str(answer)[:200])
        return answer

    def send(self, function: str, request: dict[str, Any]) -> dict[str, Any]:
        """The answer, be it an error's sentence; raises httpx.HTTPError, and ValueError for one that is no JSON."""
        body = {"data": request, "component_id": self.component, "fn_name": function, "session_hash": "bench"}
        answer = self.client.post("/gradio_api/component_server/", json=body).raise_for_status().json()
        if not isinstance(answer, dict):
            raise ValueError(str(answer)[:200])
        return answer


def asker(address: str) -> Callable[[str], float]:
    """A visitor of the canvas: sends a sheet, waits for its face, returns the seconds."""
    visitor = Visitor(address, "sketch")

    def ask(sheet: str) -> float:
        start = time.perf_counter()
        visitor.ask("translate_canvas", {"picture": sheet, "seed": None, "look": False}, "picture")
        return time.perf_counter() - start

    return ask


def _folder(address: str, pid: int) -> dict[str, Any] | None:
    """A ZIP of PICTURES characters, sent and turned into icons of 256 pixels, by the first model that makes them.

    `seconds` includes the upload; `times_network` is that against the same model translating as many pictures of its
    own size one after the other, in this process. `peak_growth_mb` is how much memory the app took beyond what it had
    before. None without such a model.
    """
    visitor = Visitor(address, "icon")
    shelf = visitor.ask("icon_shelf", {}, "zip")
    if not shelf["models"]:
        return None
    model = load(shelf["models"][0])
    visitor.ask("wake_icon", {"model": model.name}, "model")
    archive = _characters()
    process = psutil.Process(pid)
    before, peak, done = process.memory_info().rss, [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            peak[0] = max(peak[0], process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        start = time.perf_counter()
        files = {"files": ("icons-bench.part", archive)}
        sent = visitor.client.post("/gradio_api/upload", files=files).json()
        request = {"pieces": sent, "job": "bench", "crop": "auto", "model": model.name}
        answer = visitor.ask("icons_of_zip", request, "file")
        seconds = time.perf_counter() - start
    finally:
        done.set()
        watcher.join()
    pictures = [Image.new("RGB", (model.size, model.size), (k, 255 - k, 128)) for k in range(PICTURES)]
    model.translate(pictures[0], to=model.targets[-1])
    start = time.perf_counter()
    for picture in pictures:
        model.translate(picture, to=model.targets[-1])
    network = time.perf_counter() - start
    return {
        "model": model.name,
        "pictures": answer["made"],
        "seconds": seconds,
        "pictures_per_second": answer["made"] / seconds,
        "times_network": seconds / network,
        "peak_growth_mb": (peak[0] - before) / 1e6,
    }


def _characters() -> bytes:
    """A ZIP of PICTURES pictures of 512 pixels: the example avatars, again and again."""
    examples = sorted((APP.parent / "ganstudio" / "ui" / "examples").glob("*.webp"))
    pictures = [encode_png(decode(file, alpha="keep").resize((512, 512))) for file in examples]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(PICTURES):
            archive.writestr(f"{number:03d}.png", pictures[number % len(pictures)])
    return file.getvalue()


def moving_pen(count: int) -> Iterator[str]:
    """Data URLs of sheets on which a mouth is drawn, a little more of it on each."""
    for k in range(count):
        sheet = Image.new("L", (256, 256), 255)
        pen = ImageDraw.Draw(sheet)
        pen.ellipse((60, 40, 196, 220), outline=0, width=3)
        for x in (100, 150):
            pen.ellipse((x - 8, 105, x + 8, 115), outline=0, width=3)
        pen.arc((95, 140, 160, 190), 20, 20 + 140 * (k + 1) / count, fill=0, width=3)
        yield "data:image/png;base64," + base64.b64encode(encode_png(sheet)).decode()

"""What a visitor's eyes see: from a change on the canvas to its picture on the page, in a real browser.

Needs playwright and a chromium, which `make test` installs. Pen movements are made inside the page, 60 a second,
so that no driver stands between the pen and the clock.
"""

from __future__ import annotations

import shutil
import statistics
import threading
from typing import Any

from ganstudio.words import Refused

MOVING = 6.0  # seconds that each visitor's pen moves

# The page marks each change of the drawing (data-stamp) and the change that the shown picture is of (data-shown).
WATCH = """() => {
  const marked = document.querySelector('#sketch [data-stamp]');
  window.changes = []; window.shown = [];
  new MutationObserver((seen) => {
    const now = performance.now();
    for (const each of seen) {
      if (each.attributeName === 'data-stamp') changes.push([+marked.dataset.stamp, now]);
      else shown.push([+marked.dataset.shown, now]);
    }
  }).observe(marked, {attributes: true, attributeFilter: ['data-stamp', 'data-shown']});
}"""

DRAW = """(seconds) => new Promise((done) => {
  const canvas = document.querySelector('[data-part=canvas]'), box = canvas.getBoundingClientRect();
  canvas.setPointerCapture = () => {};  // there is no pointer to capture
  const pen = (name, x, y) => canvas.dispatchEvent(new PointerEvent(name, {
    pointerId: 1, pointerType: 'mouse', button: 0, bubbles: true,
    clientX: box.left + x * box.width / 256, clientY: box.top + y * box.height / 256,
  }));
  const start = performance.now();
  pen('pointerdown', 190, 135);
  const timer = setInterval(() => {
    const t = (performance.now() - start) / 1000;
    pen('pointermove', 128 + (62 - 6 * t) * Math.cos(2.2 * t), 135 + (80 - 7 * t) * Math.sin(2.2 * t));
    if (t > seconds) { clearInterval(timer); pen('pointerup', 128, 135); done(); }
  }, 16);
})"""


def bench_browser(address: str, visitors: int = 1) -> dict[str, Any]:
    """`visitors` pages of the app at `address` draw at once for six seconds; times are of all of them together.

    A change waits until a picture that includes it is on the page. Raises `Refused` without playwright.
    """
    try:
        import playwright.sync_api  # noqa: F401  (needed by the threads below)
    except ImportError as error:
        raise Refused("bench.no_browser") from error
    together = threading.Barrier(visitors)
    logs: list[tuple[list[list[float]], list[list[float]]]] = []
    threads = [threading.Thread(target=_visit, args=(address, together, logs)) for _ in range(visitors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    waits, rates, unanswered = [], [], visitors - len(logs)
    for changes, shown in logs:
        for stamp, moment in changes:
            answered = [at for of, at in shown if of >= stamp]
            unanswered += not answered
            waits += [min(answered) - moment] if answered else []
        rates.append(sum(at <= changes[-1][1] for _, at in shown) / (changes[-1][1] - changes[0][1]) * 1e3)
    if not waits:
        raise Refused("bench.no_picture", answer="-")
    return {
        "visitors": visitors,
        "median_milliseconds": statistics.median(waits),
        "p95_milliseconds": sorted(waits)[int(0.95 * len(waits))],
        "longest_milliseconds": max(waits),
        "pictures_per_second_each": statistics.median(rates),
        "changes_without_picture": unanswered,
    }


def _visit(address: str, together: threading.Barrier, logs: list[Any]) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.set_default_timeout(120_000)
        page.goto(address)
        page.wait_for_selector("[data-part=examples] button:nth-child(3)")
        page.wait_for_function("document.querySelector('[data-part=note]').textContent === ''")
        page.click("[data-part=examples] button:nth-child(2)")
        page.wait_for_timeout(3000)  # its first picture
        page.evaluate(WATCH)
        together.wait()
        page.evaluate(DRAW, MOVING)
        page.wait_for_timeout(3000)  # the last picture
        logs.append(page.evaluate("[changes, shown]"))
        browser.close()

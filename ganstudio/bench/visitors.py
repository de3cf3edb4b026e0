"""Many visitors at once: half of them draw, the others recolour and make icons, none with a pause.

What counts is that the pens do not wait behind the rest, that nobody is refused without a word, and that memory stays.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import psutil

from ganstudio.bench.app import Visitor, moving_pen, running_app
from ganstudio.words import Refused

SHEETS = 30  # of a moving pen, drawn again and again
SETTLED = 60.0  # seconds after which the app's memory should no longer grow
LOOK = 1.0  # seconds between looks at it
# Of every ten visitors: so many draw, recolour a creature, and turn a character into an icon.
MIX = ("stroke", "recolour", "stroke", "icon", "stroke", "recolour", "stroke", "icon", "stroke", "recolour")


@dataclass
class Told:
    """What visitors of one kind met with: seconds of each answer, sentences of refusal, and neither."""

    seconds: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        times = sorted(self.seconds)
        return {
            "answers": len(times),
            "median_seconds": statistics.median(times) if times else None,
            "p95_seconds": times[int(0.95 * len(times))] if times else None,
            "longest_seconds": times[-1] if times else None,
            "refused": len(self.refused),
            "without_a_word": len(self.silent),
        }


def bench_visitors(model: str, visitors: int = 20, seconds: int = 300) -> dict[str, Any]:
    """Starts the app with `model` and sends `visitors` to it for so many `seconds`.

    Of strokes, recolourings and icons: seconds from asking to having the answer, how often there was a refusal with a
    sentence ("busy"), and how often none. `memory_mb`: the app's resident set when everybody has come, after the first
    minute, and at the end; `growth_mb`: of the last two, the greatest of ten seconds each, so that a picture at work
    counts for neither.
    """
    outcomes = {kind: Told() for kind in MIX}
    with running_app(model) as (process, address, _):
        works = {kind: _worker(kind, address) for kind in set(MIX)}
        for work in works.values():
            work(0)  # the models have loaded, and each kind works at all
        app, over = psutil.Process(process.pid), threading.Event()

        def visit(number: int) -> None:
            kind = MIX[number % len(MIX)]
            work, turn = _worker(kind, address), number
            while not over.is_set():
                begun = time.perf_counter()
                try:
                    answer = work(turn)
                except (httpx.HTTPError, ValueError) as error:  # no answer, or none that a page could read
                    outcomes[kind].silent.append(repr(error))
                    over.wait(LOOK)
                else:
                    if "error" in answer:
                        outcomes[kind].refused.append(str(answer["error"]))
                        over.wait(LOOK)  # as its sentence asks for
                    else:
                        outcomes[kind].seconds.append(time.perf_counter() - begun)
                turn += 1

        threads = [threading.Thread(target=visit, args=(number,)) for number in range(visitors)]
        for thread in threads:
            thread.start()
        begun, held = time.monotonic(), []
        while time.monotonic() - begun < seconds:
            held.append((time.monotonic() - begun, app.memory_info().rss / 1e6))
            time.sleep(LOOK)
        over.set()
        for thread in threads:
            thread.join()
    settled = min(SETTLED, seconds / 2)
    early = max(size for moment, size in held if settled - 10 <= moment <= settled or moment == held[0][0])
    late = max(size for moment, size in held if moment >= seconds - 10)
    return {
        "visitors": visitors,
        "seconds": seconds,
        **{kind: found.figures() for kind, found in outcomes.items()},
        "memory_mb": {"begun": held[0][1], "settled": early, "end": late},
        "growth_mb": late - early,
    }


def _worker(kind: str, address: str) -> Callable[[int], dict[str, Any]]:
    """A visitor of one kind: sends the request of a turn, and returns the answer of the tab, whatever it is."""
    if kind == "stroke":
        visitor, sheets = Visitor(address, "sketch"), list(moving_pen(SHEETS))
        return lambda turn: visitor.send(
            "translate_canvas", {"picture": sheets[turn % SHEETS], "seed": None, "look": turn % 4 == 0}
        )
    tab, shelf, wake = (
        ("recolour", "shelf", "wake_recolouring") if kind == "recolour" else ("icon", "icon_shelf", "wake_icon")
    )
    visitor = Visitor(address, tab)
    sources = visitor.ask(shelf, {}, "models")["creatures" if kind == "recolour" else "examples"]
    targets = visitor.ask(wake, {}, "model")["targets"]
    if not (sources and targets):
        raise Refused("bench.no_picture", answer=kind)

    def ask(turn: int) -> dict[str, Any]:
        number, to = sources[turn % len(sources)]["number"], targets[turn % len(targets)]
        if kind == "recolour":
            strength = 0.5 + turn % 10 / 10
            return visitor.send("recolour_picture", {"source": {"creature": number}, "to": to, "strength": strength})
        opened = visitor.send("open_icon", {"source": {"example": number}, "crop": "auto"})
        if "error" in opened:
            return opened
        return visitor.send("make_icon", {"source": {"example": number}, "box": opened["box"], "to": targets[-1]})

    return ask

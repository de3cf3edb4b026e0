"""The studio at work: how soon a training begins, what the trainer, its watchers and its pages cost, data, kill -9.

Everything happens in a home of its own, which is thrown away: no run of the person's is touched.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import torch
from PIL import Image

from ganstudio import places
from ganstudio.bench.app import Visitor, asker, moving_pen, running_app
from ganstudio.config import to_dict
from ganstudio.data import dataset, demo
from ganstudio.data.dataset import Preparation, Source
from ganstudio.data.making import make
from ganstudio.recipes import RECIPES
from ganstudio.runs import local
from ganstudio.runs.curves import Curves
from ganstudio.runs.folder import Damaged, RunFolder, verify_checkpoint
from ganstudio.runs.summary import ALIVE, state_of
from ganstudio.training.loop import Session, train
from ganstudio.training.start import checked
from ganstudio.words import Refused

RUNS, LINES = 200, 1_000_000
PAGES = 20
KILLS = 50
PICTURES = 10_000
PATIENCE = 300.0  # seconds for a training to say anything


def bench_studio() -> dict[str, Any]:
    """Every figure below by its name; takes about half an hour."""
    with _home():
        return {
            "start": bench_start(),
            "trainer": bench_trainer(),
            "runs": bench_runs(),
            "pages": bench_pages(),
            "data": bench_data(),
            "kills": bench_kills(),
        }


def bench_start() -> dict[str, float]:
    """Seconds from a click on Start, for a data set drawn by code and the preset "try", to its first logged step."""
    make("demo", Source(drawn="faces", count=200), Preparation(size=64))
    with running_app() as (_, address, _):
        visitor = Visitor(address, "train")
        start = time.perf_counter()
        wanted = {
            "recipe": "pix2pix",
            "set": "demo",
            "settings": dict(RECIPES["pix2pix"].presets["try"]),
            "title": "start",
        }
        run = RunFolder(places.runs() / visitor.ask("train_start", wanted, "run")["run"])
        _wait(run, lambda: run.metrics_file.is_file() and run.metrics_file.stat().st_size)
        seconds = time.perf_counter() - start
        _end(run)
    return {"seconds_to_first_step": seconds}


def bench_trainer(steps: int = 60, rounds: int = 5) -> dict[str, float]:
    """How much slower the trainer is than a bare loop of the same recipe on the same data: step, optimizers and nothing
    else against all that it does beside (averages, reports, status, what others may ask of it)."""
    recipe = RECIPES["pix2pix"]
    data = Path(tempfile.mkdtemp(dir=places.home()))
    demo.write_paired(data, 64, 128, 0)
    batch = 8
    config = recipe.config(
        data=str(data), size=128, width=32, critic_width=32, depth=7, batch=batch, images=batch * steps
    )
    seconds: dict[str, list[float]] = {"bare": [], "trainer": []}
    for number in range(rounds):
        for name in seconds:
            run = RunFolder(places.runs() / f"{name}-{number}")
            run.create(recipe.name, to_dict(config))
            session = Session(run, recipe, config, checked(recipe, config), quiet=True)
            session.open_data()
            session.build()
            for _ in range(3):  # the first steps are slower
                _bare(session, 1)
            start = time.perf_counter()
            _bare(session, steps) if name == "bare" else session.loop()
            seconds[name].append(time.perf_counter() - start)
    ratio = statistics.median(t / b for t, b in zip(seconds["trainer"], seconds["bare"], strict=True))
    return {"times_bare_loop": ratio, "bare_images_per_second": batch * steps / statistics.median(seconds["bare"])}


def _bare(session: Session, steps: int) -> None:
    def update(player: str, **terms: torch.Tensor) -> None:
        optimizer = session.state.optimizers[player]
        optimizer.zero_grad(set_to_none=True)
        torch.stack([term.float() for term in terms.values()]).sum().backward()
        optimizer.step()

    batches = iter(session.loader())
    for _ in range(steps):
        with session.accelerator.autocast():
            session.recipe.step(session.state.networks, session.batch(next(batches)), update, session.config)


def bench_runs() -> dict[str, float]:
    """The Runs tab with RUNS runs of LINES logged lines together: seconds of its first answer, with the curves of the
    longest run, and the memory that the app takes for it."""
    shares = [LINES // 2, *[LINES // 2 // (RUNS - 1)] * (RUNS - 1)]
    terms = '"time": 1.0, "rate": 0.0002, "discriminator/real": 0.3, "generator/gan": 1.0, "generator/l1": 9.5'
    for number, lines in enumerate(shares):
        run = RunFolder(places.runs() / f"many-{number:03d}")
        run.create("pix2pix", to_dict(RECIPES["pix2pix"].config(images=lines * 250)))
        run.write_about(title=f"Run {number}", created=float(number + 1))
        run.metrics_file.write_text("".join(f'{{"images": {250 * (k + 1)}, {terms}}}\n' for k in range(lines)))
        run.write_status(state="finished", images=lines * 250, total=lines * 250, images_per_second=9.0)
        kept = Curves(run)  # as the trainer does
        kept.update()
        kept.save()
    with running_app() as (process, address, _):
        asker(address)(next(moving_pen(1)))  # the app's model is there: what follows is the tab's own
        visitor = Visitor(address, "runs")
        held = psutil.Process(process.pid).memory_info().rss
        start = time.perf_counter()
        visitor.ask("watch_runs", {"run": "many-000", "curves": {"many-000": ""}}, "mark")
        seconds = time.perf_counter() - start
        for number in range(0, RUNS, 10):
            visitor.ask("watch_runs", {"run": f"many-{number:03d}", "curves": {f"many-{number:03d}": ""}}, "mark")
        growth = psutil.Process(process.pid).memory_info().rss - held
    for number in range(RUNS):
        local.delete(RunFolder(places.runs() / f"many-{number:03d}"))
    return {"seconds_to_open": seconds, "memory_mb": growth / 1e6}


def bench_pages(seconds: float = 60.0, rounds: int = 3) -> dict[str, float]:
    """How much PAGES pages that watch one run slow it: images a second with them, as a share of those without, in
    turns."""
    speeds: dict[str, list[float]] = {"alone": [], "watched": []}
    settings = dict(RECIPES["pix2pix"].presets["try"]) | {"images": 10**7, "report_every": 8}
    with running_app() as (_, address, _):
        visitor = Visitor(address, "train")
        wanted = {"recipe": "pix2pix", "set": "demo", "settings": settings, "title": "watched"}
        run = RunFolder(places.runs() / visitor.ask("train_start", wanted, "run")["run"])
        _wait(run, lambda: run.read_status().get("images", 0) > 200)
        for _ in range(rounds):
            for name in speeds:
                stop = threading.Event()
                pages = [threading.Thread(target=_page, args=(address, run, stop)) for _ in range(PAGES)]
                for page in pages if name == "watched" else []:
                    page.start()
                time.sleep(5)
                before, start = _seen(run), time.perf_counter()
                time.sleep(seconds)
                speeds[name].append((_seen(run) - before) / (time.perf_counter() - start))
                stop.set()
                for page in pages if name == "watched" else []:
                    page.join()
        _end(run)
    alone, watched = (statistics.median(speeds[name]) for name in ("alone", "watched"))
    return {"images_per_second_alone": alone, "share_when_watched": watched / alone}


def _page(address: str, run: RunFolder, stop: threading.Event) -> None:
    """Asks as the tab's page does, every two seconds, for what is new."""
    visitor = Visitor(address, "runs")
    seen: dict[str, Any] = {}
    tag, at = "", 0
    have: dict[str, str] = {}
    while not stop.is_set():
        name = run.path.name
        known: dict[str, Any] = {key: seen[key] for key in ("mark", "clock") if key in seen}
        seen = visitor.ask("watch_runs", {**known, "run": name, "have": have, "at": at, "curves": {name: tag}}, "mark")
        tag = seen["curves"].get(name, {}).get("tag", tag)
        have, at = seen["run"]["tags"], seen["run"].get("log", {}).get("end", at)
        stop.wait(2.0)


def bench_data() -> dict[str, float]:
    """PICTURES pictures made a data set: a second, and how much more memory than a tenth of them takes."""
    folder = Path(tempfile.mkdtemp(dir=places.home()))
    random_state = np.random.default_rng(0)
    for number in range(PICTURES):
        small = random_state.integers(0, 256, (6, 8, 3), np.uint8)
        Image.fromarray(small).resize((320, 240), Image.Resampling.BICUBIC).save(folder / f"{number:05d}.jpg")
    process, peaks = psutil.Process(), []
    tenth = folder.with_name("tenth")
    tenth.mkdir()
    for file in sorted(folder.iterdir())[: PICTURES // 10]:
        os.link(file, tenth / file.name)
    seconds = 0.0
    for name, source in (("tenth", tenth), ("all", folder)):
        peak = 0

        def look(done: int, count: int | None) -> bool:
            nonlocal peak
            if done % 50 == 0:
                peak = max(peak, process.memory_info().rss)
            return False

        start = time.perf_counter()
        make(name, Source(folder=str(source)), Preparation(kind="single", size=128), look)
        seconds = time.perf_counter() - start
        peaks.append(peak)
        dataset.delete(name)
    return {"pictures_per_second": PICTURES / seconds, "memory_growth_mb": (peaks[1] - peaks[0]) / 1e6}


def bench_kills() -> dict[str, int]:
    """kill -9 at KILLS random moments of a training that saves all the time: how many resumes went on from a whole
    checkpoint, never behind one that had been whole before."""
    data = Path(tempfile.mkdtemp(dir=places.home()))
    demo.write_paired(data, 8, 32, 0)
    config = RECIPES["pix2pix"].config(
        data=str(data), size=32, width=16, critic_width=16, depth=5, patch=16, batch=2, images=10**6, workers=0,
        checkpoint_every=2, sample_every=10**6, report_every=2, milestones="",
    )  # fmt: skip
    run = RunFolder(places.runs() / "killed")
    run.create("pix2pix", to_dict(config))
    choice = random.Random(0)
    good, newest = 0, 0
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-m", "ganstudio", "train", str(run.path), "--quiet"], cwd=places.IMPORTED_FROM
        )
        try:
            _wait(run, partial(_went_on, run, newest, process.pid))
            time.sleep(choice.uniform(0, 0.5))
        finally:
            process.kill()
            process.wait()
        reached = _newest(run)
        good += reached > newest
        newest = max(newest, reached)
    config_end = {**to_dict(config), "images": newest + 4}
    run.create("pix2pix", config_end)
    return {"kills": KILLS, "good_resumes": good, "then_finished": int(train(run, quiet=True) == "finished")}


def _went_on(run: RunFolder, images: int, pid: int) -> bool:
    return _newest(run) > images and run.read_status().get("pid") == pid


def _newest(run: RunFolder) -> int:
    """Images seen by the newest checkpoint that is whole."""
    for folder in reversed(run.list_checkpoints()):
        try:
            return verify_checkpoint(folder)
        except Damaged:
            continue
    return 0


def _seen(run: RunFolder) -> int:
    return int(run.read_status().get("images", 0))


def _wait(run: RunFolder, true: Callable[[], object]) -> None:
    end = time.perf_counter() + PATIENCE
    while not true():
        if time.perf_counter() > end or state_of(run) in ("failed", "finished"):
            raise Refused("bench.no_app", command=f"python -m ganstudio train {run.path}")
        time.sleep(0.02)


def _end(run: RunFolder) -> None:
    local.stop(run)
    end = time.perf_counter() + PATIENCE
    while state_of(run) in ALIVE and time.perf_counter() < end:
        time.sleep(0.1)


@contextmanager
def _home() -> Iterator[None]:
    before = os.environ.get("GANSTUDIO_HOME")
    with tempfile.TemporaryDirectory(prefix="ganstudio-") as folder:
        os.environ["GANSTUDIO_HOME"] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ["GANSTUDIO_HOME"]
            else:
                os.environ["GANSTUDIO_HOME"] = before

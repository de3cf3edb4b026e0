"""train(run): one loop for every recipe.

The clock is images seen. Learning rate, averaged weights, data order and noise are functions of it, so that a
run which was stopped, or killed, goes on to exactly the weights of one that was not (on one machine, with as
many threads: sums are rounded otherwise by another number of them). Runs in one process or in several (torchrun);
gradients are averaged over the processes before each optimizer step.
"""

from __future__ import annotations

import math
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import torch
from accelerate import Accelerator
from accelerate.utils import reduce
from torch import Tensor
from torch.utils.data import DataLoader, default_collate

from ganstudio import console, images
from ganstudio.analysis.looks import looks
from ganstudio.config import from_dict, to_dict
from ganstudio.data.loading import Rows, fitting
from ganstudio.data.order import Positions
from ganstudio.data.sets import KINDS
from ganstudio.models.hub import publish
from ganstudio.recipes import RECIPES
from ganstudio.recipes.recipe import Batch, Recipe
from ganstudio.runs.curves import Curves
from ganstudio.runs.folder import KEEP, RunFolder, write_whole
from ganstudio.runs.process import identity
from ganstudio.training import checkpoint, start
from ganstudio.training.checkpoint import NotFinite
from ganstudio.words import Refused

HEARTBEAT = 10.0  # seconds between status updates while nothing else is reported
# A rehearsal: steps that are not counted, as they are slower; seconds of counted ones that tell the speed; and seconds
# after which fewer do.
WARM_UP, MEASURED, LONG_ENOUGH = 3, 3.0, 20.0


def train(run: RunFolder, quiet: bool = False, saved: Callable[[int], None] = lambda images: None) -> str:
    """Trains `run` from its newest valid checkpoint, or from the start, to its end, STOP, or a signal.

    `saved` is told of each checkpoint, with the images seen, in the first of several processes.

    Returns the final state, "finished" or "stopped", which status.json says too. Raises `Refused` for data or
    settings that cannot be used and `NotFinite` when a loss is no number; status.json then says "failed".
    """
    name, values = run.read_config()
    if name not in RECIPES:
        raise Refused("run.recipe", recipe=name, known=", ".join(RECIPES))
    recipe = RECIPES[name]
    config: Any = from_dict(recipe.config, values)
    accelerator = start.checked(recipe, config)
    start.keep_memory()
    with _only_process(run, accelerator):
        session = Session(run, recipe, config, accelerator, quiet)
        session.tell_saved = saved
        try:
            return session.run_to_end()
        except Exception as error:  # whatever it is, the status must not say "running" for ever
            if _is_out_of_memory(error):
                refusal = Refused("train.memory", batch=config.batch, size=config.size)
                session.fail(str(refusal))
                raise refusal from error
            known = isinstance(error, Refused | NotFinite)
            session.fail(str(error) if known else f"{type(error).__name__}: {error}")
            raise
        finally:
            accelerator.end_training()


def rehearse(recipe: Recipe, config: Any) -> dict[str, Any]:
    """A few steps of a training in a folder that is thrown away: what a person ought to know before it begins.

    data: what there is to train on. skipped: unreadable files, with reasons. images_per_second; seconds: of the whole
    training at that speed. memory: bytes that its processes held at most, gpu_memory likewise on the GPU. disk: bytes
    of the checkpoints and the model that it will keep. device: what it ran on. Raises `Refused` as `train` does.
    """
    with tempfile.TemporaryDirectory(prefix="ganstudio-") as folder:
        run = RunFolder(folder)
        run.create(recipe.name, to_dict(config))
        accelerator = start.checked(recipe, config)
        session = Session(run, recipe, config, accelerator, quiet=True)
        try:
            return session.rehearse()
        except Exception as error:
            if _is_out_of_memory(error):
                raise Refused("train.memory", batch=config.batch, size=config.size) from error
            raise
        finally:
            accelerator.end_training()


class Session:
    """One process's part of a run: networks, optimizers, averages, and where the run stands."""

    def __init__(self, run: RunFolder, recipe: Recipe, config: Any, accelerator: Accelerator, quiet: bool) -> None:
        self.run, self.recipe, self.config = run, recipe, config
        self.milestones = _milestones(config.milestones)
        self.accelerator, self.quiet = accelerator, quiet
        self.device = accelerator.device
        self.main = accelerator.is_main_process
        self.seen = 0
        self.speed = 0.0  # images a second, smoothed
        self.stopping = False
        self.tell_saved: Callable[[int], None] = lambda images: None
        self.saved = -1  # images seen by the newest checkpoint of this process's knowing
        self.totals: dict[str, Tensor] = {}  # sums of each logged term since the last report, on the device
        self.steps = 0  # in those sums
        self.trouble = ""  # what the run goes on in spite of, for its status
        self.curves = Curves(run)
        self.identity = identity()

    # --- from start to end ---------------------------------------------------------------------------------

    def run_to_end(self) -> str:
        c = self.config
        self.status("starting")
        self.open_data()
        self.build()
        if self.main:
            self.run.remove_stale()
        damaged = self.resume()
        self.accelerator.wait_for_everyone()
        for folder in damaged if self.main else ():  # now that every process has looked at them
            self.run.set_aside(folder)
        with _stop_signals(self):
            state = self.loop()
            self.save()
            if self.seen >= c.images:
                self.sample()
            if self.main:
                self.run.answered("STOP")
            self.status(state)
            self.say(f"{state} at {self.seen} images")
        return state

    def rehearse(self) -> dict[str, Any]:
        """See `rehearse`."""
        c, process = self.config, psutil.Process()
        self.dataset, self.probe, bad, line = KINDS[self.recipe.data].open(c)
        self.build()
        memory, taken, began = 0, [], time.perf_counter()
        for rows in self.loader():
            self.step(self.batch(rows))
            self.seen += c.batch
            finite = torch.isfinite(torch.stack(list(self.totals.values()))).all().item()  # waits for the device
            taken.append(time.perf_counter() - began)
            held = [each.memory_info().rss for each in (process, *process.children(recursive=True))]
            memory = max(memory, sum(held))
            if not finite:
                raise Refused("train.not_finite")
            began = time.perf_counter()
            if sum(taken[WARM_UP:]) > MEASURED or (sum(taken) > LONG_ENOUGH and len(taken) > 1):
                break
        self.sample()
        self.save()
        counted = taken[min(WARM_UP, len(taken) - 1) :]
        speed = c.batch * len(counted) / sum(counted)
        cuda = self.device.type == "cuda"
        return {
            "data": line,
            "skipped": [{"name": path.name, "reason": reason} for path, reason in bad],
            "images_per_second": speed,
            "seconds": c.images / speed,
            "memory": memory,
            "gpu_memory": torch.cuda.max_memory_allocated(self.device) if cuda else None,
            "disk": self.run.size(self.run.checkpoints) * (KEEP + 1) + self.run.size(self.run.model),
            "device": torch.cuda.get_device_name(self.device) if cuda else "cpu",
        }

    def fail(self, reason: str) -> None:
        """Tells why the run has ended early."""
        self.status("failed", message=reason)
        if self.main:
            with suppress(OSError):  # the status says it too, and whoever started the run prints it
                self.run.log(f"failed: {reason}")

    def open_data(self) -> None:
        self.dataset, self.probe, bad, line = KINDS[self.recipe.data].open(self.config)
        for path, reason in bad:
            self.say(f"skipped {path.name}: {reason}")
        self.say(line)

    def build(self) -> None:
        fresh = not self.run.list_checkpoints()
        self.state = start.build(self.recipe, self.config, self.device, fresh, self.say)

    def loop(self) -> str:
        c = self.config
        if self.seen >= c.images:
            return "finished"
        bar = _progress(self.seen, c.images, self.quiet or not self.main)
        batches = iter(self.loader())
        moment, beat = time.perf_counter(), time.monotonic()
        reported = self.seen
        try:
            while self.seen < c.images:
                self.step(self.batch(next(batches)))
                before, self.seen = self.seen, self.seen + c.batch
                bar.update(c.batch)
                if self.crossed(before, c.report_every) or self.seen >= c.images:
                    now = time.perf_counter()
                    self.report((self.seen - reported) / (now - moment))
                    moment, reported, beat = now, self.seen, time.monotonic()
                elif time.monotonic() - beat > HEARTBEAT:
                    self.status("running")
                    beat = time.monotonic()
                if self.stop_wanted():
                    return "stopped"
                if self.seen < c.images:
                    if self.crossed(before, c.sample_every) or self.asked("SAMPLE"):
                        self.sample()
                    if self.crossed(before, c.checkpoint_every) or self.asked("SAVE"):
                        self.save()
                    self.keep_milestones(before)
            return "finished"
        finally:
            bar.close()
            del batches  # ends its workers, even where an error's traceback would keep this frame

    def step(self, batch: Batch) -> None:
        """One step of the recipe at the present moment of the run."""
        c, accelerator = self.config, self.accelerator
        rate = c.rate * _rate_share(self.seen / c.images, c.decay_after)
        for optimizer in self.state.optimizers.values():
            for group in optimizer.param_groups:
                group["lr"] = rate
        # The noise of this step is a function of its place in the run, like the order of the data.
        torch.manual_seed((c.seed * 1_000_003 + self.seen) * 4_099 + accelerator.process_index)
        with accelerator.autocast():
            self.recipe.step(self.state.networks, batch, self.update, self.recipe.at(c, self.seen))
        self.steps += 1
        self.average()

    def update(self, player: str, **terms: Tensor) -> None:
        """The `Update` that a recipe's step calls."""
        optimizer = self.state.optimizers[player]
        optimizer.zero_grad(set_to_none=True)
        total = torch.stack([term.float() for term in terms.values()]).sum()
        with torch.autocast(self.device.type, enabled=False):
            total.backward()
        if self.accelerator.num_processes > 1:
            self.average_gradients(player)
        optimizer.step()
        for name, term in terms.items():
            key = f"{player}/{name}"
            value = term.detach().float()
            self.totals[key] = self.totals[key] + value if key in self.totals else value

    def average_gradients(self, player: str) -> None:
        """One all-reduce a player. Plain networks and this, rather than a wrapper that counts its own forward
        and backward passes, because a GAN's step runs one network twice and freezes it in between."""
        gradients = [w.grad for w in self.state.parameters[player].values() if w.grad is not None]
        flat = reduce(torch.cat([g.reshape(-1) for g in gradients]), reduction="mean")
        for gradient, part in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
            gradient.copy_(part.view_as(gradient))

    @torch.no_grad()
    def average(self) -> None:
        """Averaged weights with a half-life of `ema` images, shorter at the start (Karras et al. 2020)."""
        half_life = min(self.config.ema, 0.05 * (self.seen + self.config.batch))
        keep = 0.5 ** (self.config.batch / half_life) if half_life else 0.0
        for mean, current in self.state.averaged:
            if mean.is_floating_point():
                mean.lerp_(current, 1 - keep)
            else:
                mean.copy_(current)

    # --- data ----------------------------------------------------------------------------------------------

    def loader(self) -> DataLoader:
        c, a = self.config, self.accelerator
        stop = self.seen + math.ceil((c.images - self.seen) / c.batch) * c.batch
        return DataLoader(
            self.dataset,
            batch_size=c.batch // a.num_processes,
            sampler=Positions(self.seen, stop, c.batch, a.process_index, a.num_processes),
            num_workers=self.workers(),
            collate_fn=Rows,
            pin_memory=self.device.type == "cuda",
            worker_init_fn=_quiet_worker,
        )

    def workers(self) -> int:
        """As many as the settings say, and as shared memory has room for."""
        count = fitting(self.config.workers)
        if count < self.config.workers:
            self.say(f"/dev/shm has room for {count} workers, not {self.config.workers}; give it more to go faster")
        return count

    def batch(self, rows: Iterable[Tensor]) -> Batch:
        """uint8 (N,3,H,W) and the same or labels (N,), from the loader -> on the device, pictures in [-1,1]."""
        moved = [part.to(self.device, non_blocking=True) for part in rows]
        source, target = (
            (p.float() / 127.5 - 1).contiguous(memory_format=torch.channels_last) if p.dim() == 4 else p for p in moved
        )
        return Batch(source, target)

    # --- what a person sees --------------------------------------------------------------------------------

    def report(self, speed: float) -> None:
        """Writes the mean of every term since the last report; raises `NotFinite` if one is no number."""
        totals = torch.stack(list(self.totals.values())) / self.steps
        if self.accelerator.num_processes > 1:  # one process's NaN must end all of them at the same report
            totals = reduce(totals, reduction="mean")
        means = dict(zip(self.totals, totals.tolist(), strict=True))  # the loop's one wait for the device
        self.totals, self.steps = {}, 0
        self.speed = speed if not self.speed else 0.7 * self.speed + 0.3 * speed
        rate = self.state.optimizers[next(iter(self.state.optimizers))].param_groups[0]["lr"]
        if self.main:
            row = {"images": self.seen, "time": time.time(), "rate": rate, "images_per_second": speed}
            try:
                self.run.append_metrics(row | means)
                self.curves.update()
                self.trouble = ""
            except OSError as error:  # a full disk must not end a run that can go on
                self.trouble = f"metrics not written since: {error}"
                self.say(self.trouble)
        self.status("running")
        bad = [name for name, value in means.items() if not math.isfinite(value)]
        if bad:
            raise NotFinite(f"{', '.join(bad)} became NaN or infinite by {self.seen} images; lower --rate")

    @torch.no_grad()
    def sample(self) -> None:
        """A sheet of the probe pictures: what the recipe's averaged networks make of each, a row each."""
        if not self.main:
            return
        length = len(self.probe)  # type: ignore[arg-type]
        count = min(self.config.samples, length)
        # Spread over the pictures, which lie in order of their names: neighbours are often alike.
        rows = [self.probe.probe(i * length // count) for i in range(count)]  # type: ignore[attr-defined]
        with self.accelerator.autocast():
            columns = self.recipe.generate(self.state.averages, self.batch(default_collate(rows)))
        cells = [images.to_image(column[i].float().cpu()) for i in range(count) for column in columns.values()]
        per_row = len(columns) * (2 if count % 2 == 0 else 1)
        try:
            write_whole(self.run.sample_file(self.seen), images.encode_png(images.grid(cells, per_row)))
            self.run.write_looks(self.seen, looks(columns, self.recipe.resembles))
        except OSError as error:  # a full disk must not end a run that can go on
            self.say(f"sample sheet not written: {error}")

    def status(self, state: str, message: str = "") -> None:
        if not self.main:
            return
        left = (self.config.images - self.seen) / self.speed if self.speed else None
        gpu = {}
        if self.device.type == "cuda":
            name = torch.cuda.get_device_name(self.device)
            gpu = {"device": name, "gpu_memory": torch.cuda.max_memory_allocated(self.device)}
        try:
            self.run.write_status(
                state=state,
                images=self.seen,
                total=self.config.images,
                images_per_second=self.speed,
                seconds_left=left,
                message=message or self.trouble,
                **gpu,
                **self.identity,
            )
        except OSError as error:
            self.say(f"status not written: {error}")

    def say(self, line: str) -> None:
        if not self.main:
            return
        if not self.quiet:
            console.tell(line)
        try:
            self.run.log(line)
        except OSError as error:
            console.tell(f"log not written: {error}")

    def crossed(self, before: int, every: int) -> bool:
        return self.seen // every > before // every

    def asked(self, wish: str) -> bool:
        """Whether somebody asked for it since it was last done; it counts as done. Of the first process alone, which
        alone writes sheets and checkpoints."""
        if not self.main or not self.run.asked(wish):
            return False
        self.run.answered(wish)
        return True

    def stop_wanted(self) -> bool:
        """Whether any process was told to stop; asked of all, so that all leave the loop at the same step."""
        wanted = self.stopping or (self.main and self.run.stop_requested)
        if self.accelerator.num_processes == 1:
            return wanted
        flag = torch.tensor(float(wanted), device=self.device)
        return reduce(flag, reduction="sum").item() > 0

    # --- checkpoints ---------------------------------------------------------------------------------------

    def save(self) -> None:
        """A checkpoint and the published model; on an error (a full disk) the run's earlier ones stay."""
        if not self.main or self.saved == self.seen:
            return
        try:
            checkpoint.save(self.run, self.state, self.seen)
            self.curves.save()
            shown = {name: self.state.networks[name] for name in self.recipe.witnesses}
            published = self.state.averages | shown
            publish(self.run.model, self.recipe.name, self.config, published, self.seen, losses=self.curves.csv())
        except OSError as error:
            raise Refused("run.not_saved", images=self.seen, folder=self.run.path, reason=error) from error
        self.saved = self.seen
        self.tell_saved(self.seen)

    def keep_milestones(self, before: int) -> None:
        """Publishes what the networks are now, where a step from `before` images reached one of the milestones.

        A run that was killed behind one, and goes on from before it, writes it again, the same.
        """
        if not self.main:
            return
        for percent in self.milestones:
            if before < percent * self.config.images / 100 <= self.seen:
                folder = self.run.milestone(percent)
                try:
                    folder.parent.mkdir(exist_ok=True)
                    publish(folder, self.recipe.name, self.config, self.state.averages, self.seen)
                except OSError as error:  # a full disk must not end a run that can go on
                    self.say(f"milestone not kept: {error}")

    def resume(self) -> list[Path]:
        """Goes on from the newest whole checkpoint; returns the damaged ones that were passed over."""
        folder, seen, damaged = checkpoint.newest(self.run, self.say)
        if folder is not None:
            checkpoint.load(self.state, folder)
            self.seen = seen
            if self.run.has_model:
                self.saved = seen
        if self.main:
            self.run.rewind_metrics(self.seen)
            self.curves = Curves(self.run)
            self.curves.update()
        if self.seen:
            self.say(f"resumed at {self.seen} images")
        return damaged


def _milestones(text: str) -> list[int]:
    """Per cents, each from 1 to 99; raises `Refused` for anything else."""
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    if not all(part.isdecimal() and len(part) <= 2 and int(part) for part in parts):
        raise Refused("train.milestones", value=text)
    return [int(part) for part in parts]


def _rate_share(progress: float, decay_after: float) -> float:
    """1 until `decay_after` of the run, then linearly to 0 at its end."""
    return 1.0 if progress <= decay_after else max(0.0, (1 - progress) / (1 - decay_after))


def _is_out_of_memory(error: BaseException) -> bool:
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or "can't allocate memory" in str(error)


def _quiet_worker(_: int) -> None:
    """Workers leave the answer to Ctrl+C and SIGTERM to the trainer, and the cores to the networks.

    Both may be sent to the whole process group: a worker that dies of it would raise an error in the trainer, in
    the middle of a step. Workers end when the loop lets go of them, or within seconds of the trainer's death.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    torch.set_num_threads(1)


@contextmanager
def _only_process(run: RunFolder, accelerator: Accelerator) -> Iterator[None]:
    """Only one training may own a folder; the first of its processes holds the lock for all."""
    if not accelerator.is_main_process:
        yield
        return
    with run.lock():
        run.forget_old_wishes(psutil.Process().create_time())
        yield


@contextmanager
def _stop_signals(session: Session) -> Iterator[None]:
    """SIGTERM and Ctrl+C ask the loop to save and end; a second one is no different."""

    def ask(*_: object) -> None:
        session.stopping = True

    kinds = (signal.SIGTERM, signal.SIGINT)
    before = {kind: signal.signal(kind, ask) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def _progress(seen: int, total: int, hidden: bool) -> Any:
    from tqdm import tqdm

    return tqdm(total=total, initial=seen, unit="img", smoothing=0.05, disable=hidden or not os.isatty(2))

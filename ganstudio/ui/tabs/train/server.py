"""The train tab's server side: what may be trained on what, a rehearsal of it, and the start.

A rehearsal is a process of its own, as the training is: it measures what the training will take, and nothing that goes
wrong in it harms the app. Every function here is for the owner alone.
"""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio.to_thread
import psutil

from ganstudio import places
from ganstudio import remote as hub_remote
from ganstudio.runs import jobs, local
from ganstudio.runs.folder import RunFolder
from ganstudio.ui import access
from ganstudio.ui.answers import Answer, Work, language_of
from ganstudio.ui.models import Models
from ganstudio.words import Refused, has, say

MAX_TITLE = 80  # characters
REHEARSAL_SECONDS = 600
JOBS = "jobs"  # as a device: a machine of Hugging Face Jobs
FORGOTTEN = 60  # seconds without a question from the page, after which a rehearsal is ended


@dataclass
class Rehearsal:
    """A process that tries a few steps."""

    process: subprocess.Popen[bytes]
    output: Path
    begun: float = field(default_factory=time.monotonic)
    asked: float = field(default_factory=time.monotonic)

    def over(self) -> bool:
        now = time.monotonic()
        return now - self.begun > REHEARSAL_SECONDS or now - self.asked > FORGOTTEN


def functions(models: Models) -> list[Work]:
    """What the tab's page calls; models take part by their names alone."""
    rehearsals: dict[str, Rehearsal] = {}

    async def train_shelf(fields: dict[str, Any]) -> Answer:
        """{} -> {recipes: [{name, about, data, fields, presets}], sets: [{name, title, kind, pictures, fits}],
        devices: [{name, label}], models, here: the folder of runs}"""
        return await anyio.to_thread.run_sync(_shelf, language_of(fields))

    async def train_plan(fields: dict[str, Any]) -> Answer:
        """{recipe, set or folder, settings, start, title, device} -> {command, settings: all of them}"""
        plan = await anyio.to_thread.run_sync(_planned, fields)
        return {"command": _command(plan), "settings": plan.settings}

    async def train_rehearse(fields: dict[str, Any]) -> Answer:
        """{as train_plan} -> {job}: a few steps are tried from now on; see train_rehearsed"""
        plan = await anyio.to_thread.run_sync(_planned, fields)
        for name in [name for name, each in rehearsals.items() if each.over()]:
            _end(rehearsals.pop(name))
        if rehearsals:
            raise Refused("app.train_busy")
        job = uuid.uuid4().hex
        rehearsals[job] = await anyio.to_thread.run_sync(_rehearse, plan)
        return {"job": job}

    async def train_rehearsed(fields: dict[str, Any]) -> Answer:
        """{job, stop} -> {found: null while it runs, else what `training.rehearse` returns, free and available:
        bytes of disk and memory}"""
        job = str(fields.get("job"))
        rehearsal = rehearsals.get(job)
        if rehearsal is None:
            raise Refused("app.train_forgotten")
        rehearsal.asked = time.monotonic()
        if fields.get("stop") is True:
            _end(rehearsals.pop(job))
            return {"found": None}
        for _ in range(20):  # an answer is worth waiting for; a phone asks less often so
            if rehearsal.process.poll() is not None or rehearsal.over():
                break
            await asyncio.sleep(0.1)
        if rehearsal.process.poll() is None and not rehearsal.over():
            return {"found": None}
        rehearsals.pop(job, None)
        return {"found": _rehearsed(rehearsal, language_of(fields))}

    async def train_rented(fields: dict[str, Any]) -> Answer:
        """{} -> {machines: [{name, label, about, price: US dollars an hour}], payers: who may pay, limits: hours}"""
        return await anyio.to_thread.run_sync(_rented, access.hub_token())

    async def train_start(fields: dict[str, Any]) -> Answer:
        """{as train_plan, and with the device "jobs": flavor, hours, payer, agreed: US dollars} -> {run: the name of
        its folder}"""
        plan = await anyio.to_thread.run_sync(_planned, fields)
        rent = _rent(fields) if plan.device == JOBS else None
        return await anyio.to_thread.run_sync(_start, plan, rent, access.hub_token())

    return [train_shelf, train_plan, train_rehearse, train_rehearsed, train_rented, train_start]


# --- what there is ----------------------------------------------------------------------------------------


def _shelf(visitor: str) -> Answer:
    from ganstudio.recipes import RECIPES
    from ganstudio.ui.form import form

    recipes = [
        {
            "name": name,
            "about": say(f"recipe.{name}", visitor) if has(f"recipe.{name}") else "",
            "needs": say(f"recipe.data_{recipe.data}", visitor),
            "fields": form(recipe, visitor),
            "starts": [name, *recipe.adapts],
            "presets": {preset: dict(values) for preset, values in recipe.presets.items()},
        }
        for name, recipe in RECIPES.items()
    ]
    devices = [{"name": each.name, "label": each.label, "memory": each.memory} for each in local.devices()]
    return {"recipes": recipes, "sets": _sets(), "devices": devices, "models": _models()}


def _sets() -> list[dict[str, Any]]:
    """Data sets, the newest first, with the recipes that can train on each; damaged ones are left out."""
    from ganstudio.data import dataset
    from ganstudio.recipes import RECIPES

    found = []
    for folder in dataset.found():
        try:
            record = dataset.read(folder)
        except Refused:
            continue
        fits = {}
        for name, recipe in RECIPES.items():
            try:
                given = dataset.settings(folder, recipe)
            except Refused:
                continue
            fits[name] = {key: value for key, value in given.items() if key in ("domain_a", "domain_b", "domains")}
        shown = {"name": folder.name, "title": record["title"], "kind": record["kind"], "pictures": record["pictures"]}
        found.append({**shown, "size": record["size"], "classes": record["classes"], "fits": fits})
    return found


def _models() -> list[dict[str, str]]:
    """What a training may start from: published models, and runs that have one."""
    from ganstudio.models import hub
    from ganstudio.runs.summary import find_runs

    found = []
    for name, folder in places.published().items():
        found += [{"name": name, "recipe": _recipe(folder)}]
    for run in sorted(find_runs(places.runs()), key=lambda each: each.path.name):
        if run.has_model:
            title = str(run.read_about().get("title") or run.path.name)
            found += [{"name": f"runs/{run.path.name}", "title": title, "recipe": _recipe(run.model)}]
    known = set(hub.RECIPES)
    return [each for each in found if each["recipe"] in known]


def _recipe(model: Path) -> str:
    try:
        return str(json.loads((model / "config.json").read_text(encoding="utf-8"))["recipe"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""


# --- what is asked for ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """A run that could be started."""

    recipe: str
    settings: dict[str, Any]
    title: str
    device: str
    data: str  # name of the data set, "" for a folder


def _planned(fields: dict[str, Any]) -> Plan:
    """Raises `Refused` for everything that could not be trained, but for what only the pictures tell."""
    from ganstudio.data import dataset
    from ganstudio.recipes import RECIPES
    from ganstudio.ui.form import settings

    recipe = RECIPES.get(str(fields.get("recipe")))
    if recipe is None:
        raise Refused("app.reload")
    name, folder = fields.get("set"), fields.get("folder")
    if isinstance(name, str) and name:
        given = dataset.settings(dataset.named(name), recipe)
    elif isinstance(folder, str) and folder.strip():
        given = _of_folder(recipe.name, folder.strip(), fields.get("labels"))
    else:
        raise Refused("app.train_no_data")
    start = fields.get("start")
    if start:
        if start not in {each["name"] for each in _models()}:
            raise Refused("model.unknown", source=str(start)[:100], known="-")
        given["start_from"] = str(places.runs() / start[5:] if start.startswith("runs/") else places.published()[start])
    title = fields.get("title")
    title = " ".join(title.split())[:MAX_TITLE] if isinstance(title, str) else ""
    title = title or f"{recipe.name} {name or Path(str(folder)).name}"
    places.slug(title)  # refused before anything is made
    device = str(fields.get("device") or "cpu")
    return Plan(recipe.name, settings(recipe, fields.get("settings"), given), title, device, str(name or ""))


def _of_folder(recipe: str, folder: str, labels: object) -> dict[str, Any]:
    """Settings for a folder on this machine, which the owner may name."""
    path = Path(folder).expanduser()
    if not path.is_dir():
        raise Refused("data.no_folder", folder=folder[:200])
    given = {"data": str(path.resolve())}
    if isinstance(labels, str) and labels.strip():
        given["labels"] = str(Path(labels.strip()).expanduser().resolve())
    return given


def _command(plan: Plan, run: str | None = None) -> str:
    """What a person would type for the same: only what differs from the recipe's defaults."""
    return shlex.join(["python", "-m", "ganstudio", "train", plan.recipe, *_flags(plan), "--run", run or _shown(plan)])


def _shown(plan: Plan) -> str:
    folder = places.unused(places.runs(), plan.title)
    return str(folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder)


def _flags(plan: Plan) -> list[str]:
    from ganstudio.recipes import RECIPES
    from ganstudio.ui.form import changed

    flags = []
    for name, value in changed(RECIPES[plan.recipe], plan.settings).items():
        flag = f"--{name.replace('_', '-')}"
        if isinstance(value, bool):
            flags.append(flag if value else f"--no-{flag[2:]}")
        else:
            flags.append(f"{flag}={value}")  # in one word: a value may begin with "-"
    return flags


# --- trying and starting ----------------------------------------------------------------------------------


def _rehearse(plan: Plan) -> Rehearsal:
    output = Path(tempfile.mkdtemp(prefix="ganstudio-")) / "rehearsal"
    line = [sys.executable, "-m", "ganstudio", "train", plan.recipe, *_flags(plan), "--dry-run", "--json"]
    with output.open("wb") as file:
        process = subprocess.Popen(
            line,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            cwd=places.IMPORTED_FROM,
            env={**os.environ, **({} if plan.device == JOBS else local.environment(plan.device))},
        )
    return Rehearsal(process, output)


def _end(rehearsal: Rehearsal) -> None:
    rehearsal.process.kill()
    rehearsal.process.wait()
    rehearsal.output.unlink(missing_ok=True)
    rehearsal.output.parent.rmdir()


def _rehearsed(rehearsal: Rehearsal, visitor: str) -> Answer:
    """What a rehearsal that has ended printed; raises `Refused` as it did."""
    late = rehearsal.process.poll() is None
    printed = rehearsal.output.read_text(encoding="utf-8", errors="replace")
    _end(rehearsal)
    if late:
        raise Refused("app.train_too_slow", minutes=REHEARSAL_SECONDS // 60)
    start = printed.find("{")
    try:
        found = json.loads(printed[start:]) if start >= 0 else {}
    except ValueError:
        found = {}
    if has(str(found.get("refused"))):
        details = found.get("details")
        raise Refused(found["refused"], **(details if isinstance(details, dict) else {}))
    if rehearsal.process.returncode or "images_per_second" not in found:
        lines = [line for line in printed.splitlines() if line.strip()]
        raise Refused("app.train_failed", reason=(lines or ["-"])[-1][:300])
    free = psutil.disk_usage(str(places.home())).free
    return {**found, "free": free, "available": psutil.virtual_memory().available}


@dataclass(frozen=True)
class Rent:
    """A machine to rent, and what was agreed to."""

    flavor: str
    seconds: int
    payer: str
    agreed: float  # US dollars


def _rent(fields: dict[str, Any]) -> Rent:
    hours, agreed = fields.get("hours"), fields.get("agreed")
    numbers = all(isinstance(each, int | float) and not isinstance(each, bool) for each in (hours, agreed))
    texts = all(isinstance(fields.get(name), str) and fields.get(name) for name in ("flavor", "payer"))
    if not numbers or not texts:
        raise Refused("app.train_no_machine")
    return Rent(fields["flavor"], round(float(fields["hours"]) * 3600), fields["payer"], float(fields["agreed"]))


def _rented(token: str | None) -> Answer:
    person = hub_remote.whoami(token)
    machines = [
        {
            "name": each.name,
            "label": each.label,
            "about": ", ".join(part for part in (each.cpu, each.memory, each.gpu, each.gpu_memory) if part),
            "price": each.price,
        }
        for each in jobs.hardware(token)
        if each.price is not None
    ]
    limits = {"low": jobs.SHORTEST / 3600, "high": jobs.LONGEST / 3600}
    return {"machines": machines, "payers": [person.name, *person.organisations], "limits": limits}


def _start(plan: Plan, rent: Rent | None, token: str | None) -> Answer:
    """Makes the run's folder, under a name nobody has, and starts its process, here or on a rented machine."""
    from ganstudio.config import from_dict
    from ganstudio.data.sets import KINDS
    from ganstudio.recipes import RECIPES

    recipe = RECIPES[plan.recipe]
    KINDS[recipe.data].find(from_dict(recipe.config, plan.settings))  # refused before a folder is made
    for _ in range(100):
        run = RunFolder(places.unused(places.runs(), plan.title))
        try:
            run.path.mkdir(parents=True)
            break
        except FileExistsError:  # two clicks at once: each gets a name of its own
            continue
        except OSError as error:
            raise Refused("run.unwritable", folder=run.path, reason=error.strerror or error) from error
    run.create(recipe.name, plan.settings)
    run.write_about(title=plan.title, created=time.time(), device=plan.device, data=plan.data)
    if rent is None:
        local.start(run, plan.device)
        return {"run": run.path.name}
    try:
        jobs.launch(run, rent.flavor, rent.seconds, namespace=rent.payer, agreed=rent.agreed, token=token)
    except Refused:
        if not run.read_job():  # nothing was begun that could cost money: the same name is free again
            local.delete(run)
        raise
    return {"run": run.path.name}

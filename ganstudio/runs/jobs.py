"""Runs on rented machines: Hugging Face Jobs.

    job.json         in the run's folder here: which job it is, what it may cost, how it is
    pushed.json      likewise: status.json as the job last pushed it

A launch puts the pictures into a private data set repository and this project's own source, at this version, into the
run's model repository, each in one commit; the job mounts both at those commits, read-only, installs REQUIREMENTS in
IMAGE, and starts the same `python -m ganstudio train FOLDER` as this machine would. It pushes each checkpoint (see
`mirror`), and `refresh` brings what it pushed, and its log, into the run's folder here, where job.json says which job
it is. Nothing else knows: after a restart, or on another machine, a job is found by its labels.

Jobs cost money from the first second. `most` says how much at most, and `launch` takes no more than was agreed to.
"""

from __future__ import annotations

import json
import re
import shutil
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ganstudio import __version__, places
from ganstudio import remote as hub_remote
from ganstudio.config import FILES, FOLDERS
from ganstudio.files import walked
from ganstudio.remote import REQUEST, Watch
from ganstudio.runs.folder import RunFolder, read_table
from ganstudio.runs.mirror import take_over
from ganstudio.runs.summary import ALIVE, ENDED
from ganstudio.words import Refused, say

IMAGE = "python:3.12.8-bookworm"
# What a training imports, and no more, at the versions that it was tried with.
REQUIREMENTS = (
    "accelerate==1.15.0",
    "filelock==4.2.11",
    "huggingface-hub==2.4.0",
    "numpy==2.4.6",
    "opencv-python-headless==4.14.0.94",
    "pi-heif==1.4.0",
    "pillow==12.3.0",
    "psutil==7.2.2",
    "safetensors==0.8.0",
    "torch==2.14.1",
    "torchvision==0.29.1",
    "tqdm==4.70.1",
)
SOURCE, DATA = "/source", "/data"  # where a job mounts the repositories
# No word of a person's is in it: what varies comes by the environment.
SCRIPT = f"""set -eu
python -m pip install --quiet --no-cache-dir --disable-pip-version-check -r {SOURCE}/code/requirements.lock
mkdir -p /tmp/run && cp {SOURCE}/code/run/config.json {SOURCE}/code/run/about.json /tmp/run/
cd /tmp
export GANSTUDIO_HOME=/tmp PYTHONPATH={SOURCE}/code PYTHONUNBUFFERED=1
exec python -m ganstudio train /tmp/run --on "$GANSTUDIO_DEVICE" --push "$GANSTUDIO_REPOSITORY"
"""
SHORTEST, LONGEST = 5 * 60, 7 * 24 * 3600  # seconds of a job's time limit
MAX_FILES = 20_000  # of a data set: a commit takes 25,000
LIVE = ("scheduling", *ALIVE)  # what job.json may say of a job that costs money
GRACE = 300.0  # seconds after a job's end in which its last push may still land
OFTEN = 15.0  # seconds between refreshes that pages ask for
TERMINAL = {"COMPLETED": "finished", "CANCELED": "stopped", "ERROR": "failed", "DELETED": "interrupted"}


@dataclass(frozen=True)
class Hardware:
    """A machine to rent."""

    name: str
    label: str
    cpu: str
    memory: str
    gpu: str  # "" without
    gpus: int
    gpu_memory: str
    price: float | None  # US dollars an hour; None where the Hub states it in a unit that is not known


def hardware(token: str | None = None) -> list[Hardware]:
    """What can be rented now, at which price, the cheapest first; raises `Refused` where the Hub cannot be asked."""
    listed = hub_remote.ask(lambda hub: hub.list_jobs_hardware(), token, source="hardware")
    hours = {"second": 3600, "minute": 60, "hour": 1, "day": 1 / 24}
    found = []
    for each in listed:
        gpu, factor = each.accelerator, hours.get(str(each.unit_label).removesuffix("s").lower())
        count = int(gpu.quantity) if gpu is not None and str(gpu.quantity).isdecimal() else int(gpu is not None)
        price = each.unit_cost_usd * factor if factor else None
        name = f"{gpu.manufacturer} {gpu.model}" if gpu is not None else ""
        memory = gpu.vram if gpu is not None else ""
        found.append(Hardware(each.name, each.pretty_name, each.cpu, each.ram, name, count, memory, price))
    return sorted(found, key=lambda each: (each.price is None, each.price or 0.0))


def most(machine: Hardware, timeout: int) -> float:
    """US dollars that a job may cost at most: its price for all of its time limit (seconds). Raises `Refused` for a
    machine without a known price, or a limit out of bounds."""
    if not SHORTEST <= timeout <= LONGEST:
        raise Refused("job.timeout", low=SHORTEST // 60, high=LONGEST // 3600)
    if machine.price is None:
        raise Refused("job.no_price", flavor=machine.name)
    return machine.price * timeout / 3600


def command(machine: Hardware) -> list[str]:
    """What the job runs, shown to the person."""
    return ["bash", "-c", SCRIPT]


# --- launch -----------------------------------------------------------------------------------------------


def launch(
    run: RunFolder,
    flavor: str,
    timeout: int,
    *,
    namespace: str,
    agreed: float,
    repository: str = "",
    token: str | None = None,
    watch: Watch | None = None,
) -> dict[str, Any]:
    """Starts or resumes `run` on a machine named `flavor` for at most `timeout` seconds; returns what job.json says.

    `namespace` pays and owns the repositories, `agreed` is what it may cost at most, in US dollars, as the person saw
    it. `repository` is the run's model repository (empty: made of its name). Raises `Refused`: the run is at work,
    the price has risen, nobody is signed in, the data cannot be read, or the Hub fails. An answer that is lost after
    the job was asked for leaves job.json, and `refresh` finds out whether there is a job.
    """
    recipe, config = run.read_config()
    with run.lock():
        if run.read_job().get("state") in LIVE:
            raise Refused("job.running", run=run.path.name)
        machine = next((each for each in hardware(token) if each.name == flavor), None)
        if machine is None:
            raise Refused("job.no_flavor", flavor=flavor)
        cost = most(machine, timeout)
        if cost > agreed + 0.005:
            raise Refused("job.price", now=f"{cost:.2f}", agreed=f"{agreed:.2f}")
        secret = token or hub_remote.token_here()
        if not secret:
            raise Refused("hub.no_token")
        name = _ascii(run.path.name)
        repository = repository or f"{namespace}/{name}"
        hub_remote.check_name(repository)
        about = run.read_about()
        pictures = _pictures(config)
        data_name = f"{namespace}/{_ascii(str(about.get('data') or run.path.name))}-data"
        data = hub_remote.commit(data_name, pictures, f"for {name}", token=token, kind="dataset", watch=watch)
        source = hub_remote.commit(
            repository,
            _source(recipe, config, about),
            f"ganstudio {__version__} for {name}",
            token=token,
            # With the status of an earlier job: whatever status is there from now on is this one's.
            delete=lambda names: [each for each in names if each.startswith("code/") or each == "run/status.json"],
            watch=watch,
        )
        job: dict[str, Any] = {
            "state": "scheduling",
            "id": "",
            "label": uuid.uuid4().hex,
            "namespace": namespace,
            "repository": repository,
            "data": data_name,
            "flavor": flavor,
            "timeout": timeout,
            "price": machine.price,
            "most": cost,
            "created": time.time(),
        }
        run.write_job(**job)  # before anything costs money: whatever happens next, it can be found by its label
        (run.path / "pushed.json").unlink(missing_ok=True)
        earlier = run.read_status()
        run.write_status(state="scheduling", images=earlier.get("images", 0), total=config.get("images", 0), message="")
        try:
            job |= _run(job, source.commit, data.commit, secret, machine, token)
        except Refused as refusal:
            if refusal.key not in ("hub.broken", "hub.stalled", "hub.down", "hub.answer"):  # there is no job
                (run.path / "job.json").unlink(missing_ok=True)
                (run.path / "status.json").unlink(missing_ok=True)
                if earlier:
                    run.write_status(**earlier)
            raise
        run.write_job(**job)
        return job


def _run(
    job: Mapping[str, Any], source: str, data: str, secret: str, machine: Hardware, token: str | None
) -> dict[str, Any]:
    from huggingface_hub import Volume

    volumes = [
        Volume(type="model", source=job["repository"], revision=source, mount_path=SOURCE, read_only=True),
        Volume(type="dataset", source=job["data"], revision=data, mount_path=DATA, read_only=True),
    ]
    device = "gpus" if machine.gpus > 1 else "gpu0" if machine.gpus else "cpu"
    made = hub_remote.call(  # once: a second time would be a second job
        lambda watch: hub_remote.api(token).run_job(
            image=IMAGE,
            command=command(machine),
            env={"GANSTUDIO_REPOSITORY": job["repository"], "GANSTUDIO_DEVICE": device},
            secrets={"HF_TOKEN": secret},
            flavor=job["flavor"],
            timeout=job["timeout"],
            labels={"app": "ganstudio", "run": job["label"]},
            volumes=volumes,
            namespace=job["namespace"],
        ),
        source=job["namespace"],
    )
    return {"id": made.id, "url": made.url, "stage": str(made.status.stage)}


def _pictures(config: Mapping[str, Any]) -> dict[str, Path | bytes]:
    """The files that the settings name, by their path in the data set repository; raises `Refused`."""
    files: dict[str, Path | bytes] = {}
    for name in FOLDERS:
        folder = Path(str(config.get(name) or ""))
        if not config.get(name):
            continue
        if not folder.is_dir():
            raise Refused("data.no_folder", folder=folder)
        listing = walked(folder)
        for path in (each for each in sorted(listing.pictures + listing.others) if each.is_file()):
            files[f"{name}/{path.relative_to(folder).as_posix()}"] = path
    for name in FILES:
        file = Path(str(config.get(name) or ""))
        if config.get(name):
            if not file.is_file():
                raise Refused("data.no_folder", folder=file)
            files[f"{name}{file.suffix}"] = file
    if not files:
        raise Refused("data.empty", folder=config.get("data") or "-")
    if len(files) > MAX_FILES:
        raise Refused("job.too_many_files", count=len(files), limit=MAX_FILES)
    return files


def _source(recipe: str, config: Mapping[str, Any], about: Mapping[str, Any]) -> dict[str, Path | bytes]:
    """This project's source without its pages, what it needs installed, and the run's settings with the job's paths."""
    package = Path(__file__).parents[1]
    files: dict[str, Path | bytes] = {}
    for path in sorted(package.rglob("*")):
        place = path.relative_to(package)
        if path.suffix in (".py", ".json", ".csv") and place.parts[0] != "ui" and "__pycache__" not in place.parts:
            files[f"code/ganstudio/{place.as_posix()}"] = path
    files["code/requirements.lock"] = ("\n".join(REQUIREMENTS) + "\n").encode()
    there = dict(config)
    for name in (each for each in FOLDERS if there.get(each)):
        there[name] = f"{DATA}/{name}"
    for name in (each for each in FILES if there.get(each)):
        there[name] = f"{DATA}/{name}{Path(there[name]).suffix}"
    start = str(there.get("start_from") or "")
    for folder in (Path(start), *(shelf / start for shelf in places.shelves())) if start else ():
        model = folder / "model" if (folder / "model" / "config.json").is_file() else folder
        if (model / "config.json").is_file():
            for path in (each for each in sorted(model.iterdir()) if each.suffix in (".json", ".safetensors")):
                files[f"code/start/{path.name}"] = path
            there["start_from"] = f"{SOURCE}/code/start"
            break
    files["code/run/config.json"] = json.dumps({"recipe": recipe, "config": there}, indent=2).encode()
    files["code/run/about.json"] = json.dumps(dict(about), ensure_ascii=False).encode()
    return files


def _ascii(name: str) -> str:
    """A name as the Hub takes it, ASCII alone; of one that has none of it, a hash."""
    kept = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:60]
    return kept or f"run-{uuid.uuid5(uuid.NAMESPACE_URL, name).hex[:8]}"


# --- watched ----------------------------------------------------------------------------------------------


def is_due(run: RunFolder) -> bool:
    """Whether a page that shows the run should have it refreshed: it may have news, and nobody asked just now."""
    job = run.read_job()
    checked = job.get("checked")
    fresh = isinstance(checked, int | float) and 0 <= time.time() - checked < OFTEN
    return bool(job) and job.get("state") in LIVE and not fresh


def refresh(run: RunFolder, token: str | None = None, weights: bool = False) -> dict[str, Any]:
    """Brings what the job says, has logged and has pushed into the run's folder; returns what job.json says then.

    Metrics, status, samples and log come each time there are new ones; the model and the newest checkpoint when the
    job has ended, or with `weights`. Where the job is unknown, what it has pushed is taken all the same. Raises
    `Refused` where the Hub cannot be asked at all, and for a run of this machine.
    """
    job = run.read_job()
    if not job:
        raise Refused("job.none", run=run.path.name)
    stage, message = _stage(job, token)
    with suppress(Refused):
        _add_log(run, job, token)
    ended = stage in TERMINAL
    trouble = ""
    try:
        if job.get("id"):
            _bring(run, job, token, weights or ended)
    except Refused as refusal:
        trouble = "" if refusal.key == "model.hub_absent" else str(refusal)  # before the first push there is none
    pushed = read_table(run.path / "pushed.json")
    said = pushed.get("state")
    if not ended:
        running = str(said) if said in ALIVE else "stopping" if said in ENDED else "starting"
        state = "scheduling" if stage == "SCHEDULING" else running
    elif said in ENDED and stage in ("COMPLETED", "CANCELED"):
        state = str(said)
    elif stage == "COMPLETED" and time.time() - float(job.get("ended") or time.time()) < GRACE:
        state = "stopping"  # its last push may be on its way
    else:
        state = "interrupted" if stage == "COMPLETED" else TERMINAL[stage]
    if ended:
        job.setdefault("ended", time.time())
    job |= {"state": state, "stage": stage, "checked": time.time(), "trouble": trouble}
    run.write_job(**job)
    reason = str(pushed.get("message") or "") or message
    keep = {key: value for key, value in (pushed or run.read_status()).items() if key not in ("pid", "started", "boot")}
    run.write_status(**{**keep, "state": state, "message": reason if state in ("failed", "interrupted") else ""})
    return job


def cancel(run: RunFolder, token: str | None = None) -> dict[str, Any]:
    """Ends the run's job now, and what it costs; what it has pushed stays. Raises `Refused`."""
    job = run.read_job()
    if not job:
        raise Refused("job.none", run=run.path.name)
    if not job.get("id"):
        job = refresh(run, token)  # perhaps its label is found
    if job.get("id") and job.get("state") in LIVE:
        about = {"source": job["namespace"], "job": job["id"]}
        hub_remote.ask(lambda hub: hub.cancel_job(job_id=job["id"], namespace=job["namespace"]), token, **about)
    return refresh(run, token)


def recover(namespace: str, token: str | None = None) -> list[RunFolder]:
    """Makes a run's folder for each job of ours that has none on this machine; returns those. Raises `Refused`."""
    known = {read_table(path).get("label") for path in places.runs().glob("*/job.json")}
    found = []
    for info in _listed(namespace, {"app": "ganstudio"}, token):
        labels, variables = info.labels or {}, info.environment or {}
        repository = str(variables.get("GANSTUDIO_REPOSITORY") or "")
        if labels.get("run") in known or not labels.get("run") or not hub_remote.REPOSITORY.fullmatch(repository):
            continue
        run = RunFolder(places.unused(places.runs(), repository.partition("/")[2]))
        stage = run.path / ".restored"
        run.create_folder()
        hub_remote.fetch_files(repository, stage, lambda name, size: name.startswith("code/run/"), token=token)
        values = read_table(stage / "code" / "run" / "config.json")
        run.create(str(values.get("recipe")), values.get("config") or {})
        run.write_about(**read_table(stage / "code" / "run" / "about.json"))
        shutil.rmtree(stage, ignore_errors=True)
        made = info.created_at.timestamp() if info.created_at else time.time()
        job = {"state": "scheduling", "id": info.id, "label": labels["run"], "namespace": namespace}
        run.write_job(**job, repository=repository, flavor=str(info.flavor), created=made, url=info.url)
        refresh(run, token)
        found.append(run)
    return found


def _stage(job: dict[str, Any], token: str | None) -> tuple[str, str]:
    """(the job's stage, why); one that the Hub no longer knows is "DELETED". Fills in the id of a job that was found
    by its label."""
    if not job.get("id"):
        mine = _listed(job["namespace"], {"app": "ganstudio", "run": job["label"]}, token)
        if not mine:
            return "ERROR", say("job.never_started")
        job |= {"id": mine[0].id, "url": mine[0].url}
    try:
        about = {"source": job["namespace"], "job": job["id"]}
        info = hub_remote.ask(lambda hub: hub.inspect_job(job_id=job["id"], namespace=job["namespace"]), token, **about)
    except Refused as refusal:
        if refusal.key != "job.unknown":
            raise
        return "DELETED", str(refusal)
    stage = str(info.status.stage)
    return stage, str(info.status.message or (say("job.error") if stage == "ERROR" else ""))


def _listed(namespace: str, labels: Mapping[str, str], token: str | None) -> list[Any]:
    wish = {"labels": dict(labels), "namespace": namespace, "timeout": REQUEST}
    return hub_remote.ask(lambda hub: list(hub.list_jobs(**wish)), token, source=namespace)


def _bring(run: RunFolder, job: dict[str, Any], token: str | None, weights: bool) -> None:
    """What the job has pushed since; raises `Refused`."""
    repository = job["repository"]
    head = hub_remote.head(repository, token)
    mark = "weights" if weights else "mirrored"
    if job.get(mark) == head:
        return
    stage = run.path / ".pulled"
    shutil.rmtree(stage, ignore_errors=True)

    def wanted(name: str, size: int) -> bool:
        place = run.path / name.removeprefix("run/")
        if name.startswith("run/samples/"):
            return not place.is_file() or place.stat().st_size != size
        if name.startswith(("run/checkpoints/", "run/milestones/")) or hub_remote.FILE.fullmatch(name):
            return weights
        return name in ("run/status.json", "run/metrics.jsonl", "run/log.txt")

    try:
        fetched = hub_remote.fetch_files(repository, stage, wanted, token=token)
        if not (stage / "run" / "status.json").is_file():
            return  # nothing but the source so far
        (stage / "run" / "status.json").replace(run.path / "pushed.json")
        log = stage / "run" / "log.txt"
        if log.is_file() and job.get("logged"):
            log.unlink()  # the job's own log has it all
        if _is_another(stage / "run" / "metrics.jsonl", run.metrics_file):
            run.curves_file.unlink(missing_ok=True)  # thinned from what is replaced
        take_over(run, stage, leave=("config.json", "about.json", "curves.json"))
        job["mirrored"] = fetched
        if weights:
            job["weights"] = fetched
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _is_another(new: Path, old: Path) -> bool:
    """Whether `new` is anything but what `old` holds with more behind it."""
    if not new.is_file() or not old.is_file():
        return True
    with new.open("rb") as a, old.open("rb") as b:
        while part := b.read(2**20):
            if a.read(len(part)) != part:
                return True
    return False


def _add_log(run: RunFolder, job: dict[str, Any], token: str | None) -> None:
    """The job's log in log.txt, each line once, however often the stream breaks off or begins anew."""
    if not job.get("id"):
        return

    def read(watch: Watch) -> list[str]:
        lines: list[str] = []
        stream = hub_remote.api(token).fetch_job_logs(job_id=job["id"], namespace=job["namespace"])
        with suppress(*hub_remote.passing()):  # what has come until then counts
            for line in stream:
                lines.append(str(line).rstrip("\n"))
                watch.move()
        return lines

    lines = hub_remote.call(read, source=job["namespace"], job=job["id"])
    if not lines:
        return
    known = list(_lines(run.log_file)) if job.get("logged") else []
    merged = merge(known, lines)
    if merged != known:
        half = run.path / ".log.txt.part"
        half.write_text("".join(f"{line}\n" for line in merged), encoding="utf-8", errors="replace")
        half.replace(run.log_file)
        job["logged"] = True


def _lines(file: Path) -> Iterator[str]:
    with suppress(FileNotFoundError), file.open(encoding="utf-8", errors="replace") as opened:
        for line in opened:
            yield line.rstrip("\n")


def merge(known: list[str], new: list[str]) -> list[str]:
    """`known` with what `new` adds: a log from its beginning, from somewhere in the middle, or torn off early."""
    if new[: len(known)] == known:
        return new
    if known[: len(new)] == new:
        return known
    for start in range(len(known)):  # the server has forgotten the oldest lines: where does its log begin in ours?
        if known[start] == new[0] and known[start:] == new[: len(known) - start]:
            return known[:start] + new
    return known + new

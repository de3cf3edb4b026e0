"""Runs on rented machines: launched, watched, found again, cancelled, and mirrored, against the stand-in of the Hub."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from core_fixtures import assert_same, make_data, make_run, tensors_of
from fake_hub import READER, TOKEN, FakeHub, connected, environment

from ganstudio import places
from ganstudio.models import hub, sharing
from ganstudio.runs import jobs, mirror
from ganstudio.runs.folder import RunFolder
from ganstudio.runs.summary import summary
from ganstudio.training.loop import train
from ganstudio.words import Refused

HOUR = 3600


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeHub]:
    monkeypatch.setenv("GANSTUDIO_HOME", str(tmp_path / "studio"))
    monkeypatch.setattr(mirror, "RETRY", 0.05)
    with connected(monkeypatch, tmp_path / "hf") as found:
        yield found


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    made = make_run(tmp_path / "studio" / "runs" / "faces", make_data(tmp_path / "data" / "face pairs"))
    made.write_about(title="顔", data="Face pairs", created=1.0)
    return made


def launch(run: RunFolder, **changes: Any) -> dict[str, Any]:
    wish = {"flavor": "t4-small", "timeout": HOUR, "namespace": "tester", "agreed": 0.41, **changes}
    return jobs.launch(run, wish.pop("flavor"), wish.pop("timeout"), **wish)


def stage(fake: FakeHub, name: str, message: str | None = None) -> None:
    for job in fake.jobs.values():
        job["status"] = {"stage": name, "message": message}


def refusal(work: Any, *arguments: Any, **options: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        work(*arguments, **options)
    return refused.value


# --- before anything costs money ---------------------------------------------------------------------------


def test_machines_and_what_they_cost(fake: FakeHub) -> None:
    cpu, gpu = jobs.hardware()
    assert (cpu.name, cpu.gpu, cpu.gpus) == ("cpu-basic", "", 0) and cpu.price == pytest.approx(0.01, abs=1e-4)
    assert (gpu.gpu, gpu.gpus, gpu.gpu_memory) == ("Nvidia T4", 1, "16 GB") and gpu.price == pytest.approx(
        0.4, abs=1e-3
    )
    assert jobs.most(gpu, 2 * HOUR) == pytest.approx(0.8, abs=1e-2)
    for seconds in (0, jobs.SHORTEST - 1, jobs.LONGEST + 1):
        assert refusal(jobs.most, gpu, seconds).key == "job.timeout"


def test_nothing_is_asked_for_without_consent_machine_or_token(
    fake: FakeHub, run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refusal(launch, run, agreed=0.1).key == "job.price"
    assert refusal(launch, run, flavor="abacus").key == "job.no_flavor"
    assert refusal(launch, run, timeout=1).key == "job.timeout"
    assert refusal(launch, run, token=READER).key == "hub.forbidden"
    monkeypatch.delenv("HF_TOKEN")
    assert refusal(launch, run).key == "hub.no_token"
    assert fake.jobs == {} and run.read_job() == {} and not fake.asked("POST /api/jobs")


def test_data_that_is_not_there_is_told_first(fake: FakeHub, run: RunFolder, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "data")
    assert refusal(launch, run).key == "data.no_folder" and fake.jobs == {}


# --- launched -----------------------------------------------------------------------------------------------


def test_a_launch_is_pinned_labelled_and_limited(fake: FakeHub, run: RunFolder) -> None:
    job = launch(run)
    asked = fake.jobs[job["id"]]
    assert asked["dockerImage"] == jobs.IMAGE and asked["flavor"] == "t4-small" and asked["timeoutSeconds"] == HOUR
    assert asked["labels"] | {"name": ""} == {"app": "ganstudio", "run": job["label"], "name": ""}
    assert asked["environment"] == {"GANSTUDIO_REPOSITORY": "tester/faces", "GANSTUDIO_DEVICE": "gpu0"}
    assert list(asked["secrets"]) == ["HF_TOKEN"] and asked["command"] == ["bash", "-c", jobs.SCRIPT]
    source, data = asked["volumes"]
    assert (source["type"], source["mountPath"], source["readOnly"]) == ("model", "/source", True)
    assert source["revision"] == fake.model("tester/faces").head
    assert data["revision"] == fake.repositories["dataset", "tester/Face-pairs-data"].head
    told = summary(run)
    assert (told.state, told.device) == ("scheduling", "t4-small") and told.remote and told.remote["most"] < 0.41


def test_source_settings_and_pictures_go_in_one_commit_each(fake: FakeHub, run: RunFolder) -> None:
    launch(run)
    model, data = fake.model("tester/faces"), fake.repositories["dataset", "tester/Face-pairs-data"]
    assert len(model.commits) == len(data.commits) == 2 and model.private and data.private
    names = set(model.files)
    assert {"code/ganstudio/training/loop.py", "code/ganstudio/commands/__init__.py", "code/requirements.lock"} <= names
    assert not any("/ui/" in name or "__pycache__" in name for name in names)
    values = json.loads(model.files["code/run/config.json"])
    assert values["recipe"] == "pix2pix" and values["config"]["data"] == "/data/data"
    pictures = [name for name in data.files if name.startswith("data/source/")]
    assert len(pictures) == len(list(Path(run.read_config()[1]["data"]).glob("source/*"))) > 0


def test_the_token_is_a_secret_and_nowhere_else(fake: FakeHub, run: RunFolder, tmp_path: Path) -> None:
    launch(run)
    with_token = [body for body in fake.bodies if TOKEN.encode() in body]
    assert len(with_token) == 1 and json.loads(with_token[0])["secrets"] == {"HF_TOKEN": TOKEN}
    for file in (each for each in (tmp_path / "studio").rglob("*") if each.is_file()):
        assert TOKEN.encode() not in file.read_bytes(), file
    assert not any(TOKEN.encode() in data for each in fake.repositories.values() for data in each.files.values())


def test_a_second_launch_while_the_first_lives_is_refused(fake: FakeHub, run: RunFolder) -> None:
    launch(run)
    assert refusal(launch, run).key == "job.running" and len(fake.jobs) == 1
    stage(fake, "CANCELED")
    jobs.refresh(run)
    launch(run)
    assert len(fake.jobs) == 2 and summary(run).state == "scheduling"


@pytest.mark.parametrize("how", [402, 403])
def test_a_refused_job_leaves_the_run_as_it_was(fake: FakeHub, run: RunFolder, how: int) -> None:
    fake.fail(how, "POST /api/jobs")
    assert refusal(launch, run).key in ("hub.payment", "hub.forbidden")
    assert run.read_job() == {} and fake.jobs == {}


def test_a_lost_answer_is_found_by_its_label(fake: FakeHub, run: RunFolder) -> None:
    fake.fail("lost", "POST /api/jobs/tester$", times=1)
    assert refusal(launch, run).key == "hub.broken"
    assert len(fake.jobs) == 1 and run.read_job()["id"] == ""
    assert refusal(launch, run).key == "job.running"  # it may cost money already
    assert jobs.refresh(run)["id"] == next(iter(fake.jobs))


def test_a_job_that_never_began_is_told(fake: FakeHub, run: RunFolder) -> None:
    fault = fake.fail(503, "POST /api/jobs/tester$")
    assert refusal(launch, run).key == "hub.down"
    fault.times = 0
    assert jobs.refresh(run)["state"] == "failed"
    told = summary(run)
    assert told.state == "failed" and "never began" in told.message
    launch(run)


def test_names_that_the_hub_does_not_take(fake: FakeHub, tmp_path: Path) -> None:
    run = make_run(tmp_path / "studio" / "runs" / "顔", make_data(tmp_path / "絵"))
    job = launch(run)
    assert job["repository"].startswith("tester/run-") and job["repository"].isascii()


# --- watched -------------------------------------------------------------------------------------------------


@pytest.fixture
def remote(fake: FakeHub, run: RunFolder, tmp_path: Path) -> RunFolder:
    """The folder in which the job trains, after its first checkpoints, mirrored."""
    launch(run)
    stage(fake, "RUNNING")
    there = RunFolder(tmp_path / "machine" / "run")
    there.create("pix2pix", {**run.read_config()[1], "images": 20})
    train(there, quiet=True)
    mirror.push(there, "tester/faces", message="20 images")
    return there


def test_what_the_job_has_pushed_appears_here(fake: FakeHub, run: RunFolder, remote: RunFolder) -> None:
    config = (run.path / "config.json").read_bytes()
    job = jobs.refresh(run)
    assert job["stage"] == "RUNNING" and job["mirrored"] == fake.model("tester/faces").head
    assert list(run.read_metrics()) == list(remote.read_metrics())
    assert [seen for seen, _ in run.list_samples()] == [seen for seen, _ in remote.list_samples()]
    assert (run.path / "config.json").read_bytes() == config and not run.has_model
    asked = fake.asked("/resolve/")
    jobs.refresh(run)
    assert fake.asked("/resolve/") == asked  # nothing new, nothing fetched


def test_at_the_end_the_model_and_the_checkpoint_come_too(fake: FakeHub, run: RunFolder, remote: RunFolder) -> None:
    stage(fake, "COMPLETED")
    jobs.refresh(run)
    told = summary(run)
    assert (told.state, told.images, told.checkpoint) == ("finished", 20, 20)
    hub.load_networks(run.model)
    assert_same(tensors_of(run.list_checkpoints()[-1]), tensors_of(remote.list_checkpoints()[-1]))
    assert hub.read(sharing.promote(run, "from afar"))[2]["images"] == 20


@pytest.mark.parametrize(
    ("how", "message", "state"),
    [("ERROR", "Job timeout", "failed"), ("CANCELED", None, "stopped"), ("DELETED", None, "interrupted")],
)
def test_however_a_job_ends_its_last_checkpoint_is_usable(
    fake: FakeHub, run: RunFolder, remote: RunFolder, how: str, message: str | None, state: str
) -> None:
    remote.write_status(**{**remote.read_status(), "state": "running"})
    mirror.push(remote, "tester/faces")
    stage(fake, how, message)
    jobs.refresh(run)
    told = summary(run)
    assert told.state == state and (message or "") in told.message
    hub.load_networks(run.model)
    assert run.list_checkpoints()


def test_a_job_that_the_hub_no_longer_knows(fake: FakeHub, run: RunFolder, remote: RunFolder) -> None:
    remote.write_status(**{**remote.read_status(), "state": "running"})
    mirror.push(remote, "tester/faces")
    fake.jobs.clear()
    assert jobs.refresh(run)["state"] == "interrupted"
    assert "no longer knows" in summary(run).message and run.has_model


def test_a_stage_may_end_before_the_last_push_lands(
    fake: FakeHub, run: RunFolder, remote: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = remote.read_status()
    remote.write_status(**{**ended, "state": "running"})
    mirror.push(remote, "tester/faces")
    stage(fake, "COMPLETED")
    assert jobs.refresh(run)["state"] == "stopping" and summary(run).state == "stopping"
    remote.write_status(**ended)
    mirror.push(remote, "tester/faces")
    assert jobs.refresh(run)["state"] == "finished"
    remote.write_status(**{**ended, "state": "running"})
    mirror.push(remote, "tester/faces")
    monkeypatch.setattr(jobs, "GRACE", 0.0)
    assert jobs.refresh(run)["state"] == "interrupted"


def test_the_log_has_each_line_once_however_the_stream_breaks(fake: FakeHub, run: RunFolder) -> None:
    job = launch(run)
    stage(fake, "RUNNING")
    lines = [f"line {k}" for k in range(20)]
    seen = []
    for count, drops in ((5, None), (9, 3), (9, None), (14, 0), (14, 11), (20, None)):
        fake.logs[job["id"]] = lines[:count]
        fake.log_drops_after = drops
        jobs.refresh(run)
        seen.append(run.log_file.read_text().split("\n")[:-1])
    assert seen[-1] == lines and all(each == lines[: len(each)] for each in seen)
    assert [len(each) for each in seen] == [5, 5, 9, 9, 11, 20]
    fake.logs[job["id"]] = [*lines[12:], "line 20"]  # the oldest are forgotten
    jobs.refresh(run)
    assert run.log_file.read_text().split("\n")[:-1] == [*lines, "line 20"]


def test_logs_of_which_nothing_fits_are_put_behind_one_another() -> None:
    assert jobs.merge(["a", "b"], ["x"]) == ["a", "b", "x"]
    assert jobs.merge(["a", "b", "b"], ["b", "b", "c"]) == ["a", "b", "b", "c"]
    assert jobs.merge([], ["x"]) == ["x"] and jobs.merge(["x"], []) == ["x"]


def test_a_hub_in_trouble_changes_nothing_here(fake: FakeHub, run: RunFolder, remote: RunFolder) -> None:
    jobs.refresh(run)
    before = list(run.read_metrics())
    fake.fail(503, "/api/models/")
    job = jobs.refresh(run)
    assert job["trouble"] and job["state"] in jobs.LIVE
    assert list(run.read_metrics()) == before
    fake.fail(503, "/api/jobs")
    assert refusal(jobs.refresh, run).key == "hub.down"


def test_cancel_and_cancel_again(fake: FakeHub, run: RunFolder) -> None:
    launch(run)
    stage(fake, "RUNNING")
    assert jobs.cancel(run)["state"] == "stopped" and jobs.cancel(run)["state"] == "stopped"
    assert fake.asked("/cancel") == 1
    assert refusal(jobs.cancel, RunFolder(run.path.parent / "other")).key == "job.none"


def test_a_job_without_a_folder_is_found_again(fake: FakeHub, run: RunFolder, remote: RunFolder) -> None:
    label = run.read_job()["label"]
    shutil.rmtree(run.path)
    found = jobs.recover("tester")
    assert len(found) == 1 and found[0].read_job()["label"] == label and found[0].path.parent == places.runs()
    assert list(found[0].read_metrics()) and summary(found[0]).title == "顔"
    assert jobs.recover("tester") == []


def test_what_is_due(fake: FakeHub, run: RunFolder) -> None:
    assert not jobs.is_due(run)
    launch(run)
    assert jobs.is_due(run)
    jobs.refresh(run)
    assert not jobs.is_due(run)
    run.write_job(**{**run.read_job(), "checked": time.time() - 100})
    assert jobs.is_due(run)


# --- mirrored ------------------------------------------------------------------------------------------------


def test_a_mirrored_run_is_a_model_and_can_be_resumed(fake: FakeHub, tmp_path: Path) -> None:
    data = make_data(tmp_path / "pairs")
    whole = make_run(tmp_path / "whole", data)
    train(whole, quiet=True)
    first = RunFolder(shutil.copytree(whole.path, tmp_path / "first"))
    shutil.rmtree(first.list_checkpoints()[-1])  # as it was at 30 images
    mirror.push(first, "tester/mine")
    hub.load_networks(sharing.pull("tester/mine"))
    second = make_run(tmp_path / "b", data)
    assert mirror.restore(second, "tester/mine") and not mirror.restore(second, "tester/mine")
    assert_same(tensors_of(first.list_checkpoints()[-1]), tensors_of(second.list_checkpoints()[-1]))
    train(second, quiet=True)
    assert_same(tensors_of(second.list_checkpoints()[-1]), tensors_of(whole.list_checkpoints()[-1]))


def test_nothing_to_restore(fake: FakeHub, tmp_path: Path) -> None:
    run = make_run(tmp_path / "a", tmp_path)
    assert not mirror.restore(run, "tester/new")
    fake.put("tester/bare", {"code/x.py": b""})
    assert not mirror.restore(run, "tester/bare")
    fake.fail(503, "/api/models/")
    assert refusal(mirror.restore, run, "tester/bare").key == "hub.down"  # never anew over hours of training


def test_one_commit_a_checkpoint_and_the_older_one_goes(fake: FakeHub, tmp_path: Path) -> None:
    run = make_run(tmp_path / "a", make_data(tmp_path / "pairs"))
    train(run, quiet=True)
    newest = run.list_checkpoints()[-1]
    shutil.move(newest, tmp_path / "later")
    mirror.push(run, "tester/mine", message="30 images")
    shutil.move(tmp_path / "later", newest)
    mirror.push(run, "tester/mine", message="40 images")
    there = fake.model("tester/mine")
    assert [message for _, message, _ in there.commits[1:]] == ["30 images", "40 images"]
    steps = {name.split("/")[2] for name in there.files if name.startswith("run/checkpoints/")}
    assert steps == {newest.name} and "run/status.json" in there.files and "samples.png" in there.files
    assert not list(run.path.glob(".push*"))


class Slow:
    """In place of `mirror.push`: fails, or waits, and remembers."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.messages: list[str] = []

    def __call__(self, run: RunFolder, repository: str, token: str | None, message: str) -> None:
        if self.failures:
            self.failures -= 1
            raise Refused("hub.broken", source=repository)
        self.messages.append(message)


def test_the_newest_checkpoint_wins_and_failures_end_no_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = RunFolder(tmp_path)
    pushes = Slow(failures=3)
    monkeypatch.setattr(mirror, "push", pushes)
    monkeypatch.setattr(mirror, "RETRY", 0.01)
    held = mirror.Mirror(run, "tester/mine")
    for images in (10, 20, 30):
        held.saved(images)
    held.close()
    assert pushes.messages[-1] == "30 images" and held.pushed == 30 and not pushes.failures
    assert run.log_file.read_text().count("tester/mine") >= 3


def test_the_end_is_pushed_too_and_waits_no_longer_than_it_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirror, "RETRY", 0.01)
    monkeypatch.setattr(mirror, "CLOSING", 0.2)
    monkeypatch.setattr(mirror, "push", pushes := Slow())
    held = mirror.Mirror(RunFolder(tmp_path), "tester/mine")
    held.close()
    assert pushes.messages == ["0 images"]
    monkeypatch.setattr(mirror, "push", Slow(failures=10**9))
    mirror.Mirror(RunFolder(tmp_path), "tester/mine").close()


# --- the job itself, in earnest -----------------------------------------------------------------------------


def test_the_pushed_source_trains_the_pushed_run(fake: FakeHub, run: RunFolder, tmp_path: Path) -> None:
    """What the job's script does after it has installed what it needs, in folders instead of mounts."""
    launch(run)
    source, data = tmp_path / "source", tmp_path / "mounted"
    for folder, repository in (
        (source, fake.model("tester/faces")),
        (data, fake.repositories["dataset", "tester/Face-pairs-data"]),
    ):
        for name, content in repository.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    machine = tmp_path / "machine"
    shutil.copytree(source / "code" / "run", machine)
    config = (machine / "config.json").read_text().replace(f'"{jobs.DATA}/', f'"{data.as_posix()}/')
    (machine / "config.json").write_text(config)
    given = {
        **os.environ,
        **environment(fake, tmp_path / "hf"),
        "PYTHONPATH": str(source / "code"),
        "GANSTUDIO_HOME": str(tmp_path),
    }
    line = [sys.executable, "-m", "ganstudio", "train", str(machine), "--on", "cpu", "--push", "tester/faces"]
    done = subprocess.run(line, capture_output=True, text=True, env=given, cwd=tmp_path, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-2000:] + done.stdout[-2000:]
    stage(fake, "COMPLETED")
    jobs.refresh(run)
    assert (summary(run).state, summary(run).images) == ("finished", 40)
    hub.load_networks(sharing.pull("tester/faces"))

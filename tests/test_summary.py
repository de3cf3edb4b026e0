"""What a run is: from its folder and its process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ganstudio.runs.folder import RunFolder
from ganstudio.runs.process import identity
from ganstudio.runs.summary import summaries, summary


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path / "runs" / "first")
    folder.create("pix2pix", {"images": 500, "size": 64})
    return folder


def test_a_run_that_nobody_started(run: RunFolder) -> None:
    found = summary(run)
    assert (found.name, found.title, found.recipe, found.state) == ("first", "first", "pix2pix", "new")
    assert (found.images, found.total, found.size, found.checkpoint, found.remote) == (0, 500, 64, None, None)
    assert found.created > 0 and found.memory is None


def test_a_living_run(run: RunFolder) -> None:
    run.write_about(title="猫", created=12.0, device="cpu")
    run.write_status(state="running", images=100, total=500, images_per_second=9.5, seconds_left=42.0, **identity())
    found = summary(run)
    assert (found.title, found.created, found.device) == ("猫", 12.0, "cpu")
    assert (found.state, found.images, found.speed, found.seconds_left) == ("running", 100, 9.5, 42.0)
    assert found.memory is not None and found.memory > 10**6
    run.ask("STOP")
    assert summary(run).state == "stopping"


@pytest.mark.parametrize("state", ["queued", "starting", "running"])
def test_a_run_whose_process_died_is_interrupted(run: RunFolder, state: str) -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    run.write_status(
        state=state, images=100, total=500, images_per_second=9.5, seconds_left=42.0, **identity(process.pid)
    )
    assert summary(run).state == state
    process.kill()
    process.wait()
    found = summary(run)
    assert (found.state, found.images, found.speed, found.seconds_left, found.memory) == (
        "interrupted",
        100,
        0.0,
        None,
        None,
    )


@pytest.mark.parametrize("state", ["finished", "stopped", "failed"])
def test_a_run_that_ended_says_how(run: RunFolder, state: str) -> None:
    run.write_status(state=state, images=500, total=500, message="why", **identity())
    assert (summary(run).state, summary(run).message) == (state, "why")


def test_a_remote_run_is_what_its_job_says(run: RunFolder) -> None:
    run.write_job(id="7", state="running", flavor="t4-small")
    assert (summary(run).state, summary(run).device) == ("running", "t4-small")
    run.write_status(state="finished", images=500, total=500)
    assert summary(run).state == "finished" and summary(run).remote is not None


def test_folders_that_are_half_there(tmp_path: Path, run: RunFolder) -> None:
    folder = run.path.parent
    for name in ("nothing", ".hidden", "torn", "lost"):
        (folder / name).mkdir()
    (folder / "torn" / "config.json").write_text('{"recipe"')
    (folder / "lost" / "status.json").write_text('{"state": "running", "images": "x", "pid": []}')
    (folder / ".hidden" / "config.json").write_text("{}")
    (folder / "file").write_text("")
    found = {each.name: each.state for each in summaries(folder)}
    assert found == {"first": "new", "torn": "damaged", "lost": "damaged"}
    assert summaries(tmp_path / "absent") == []


def test_the_newest_comes_first(run: RunFolder) -> None:
    for name, created in (("b", 2e9), ("a", 3e9)):
        other = RunFolder(run.path.with_name(name))
        other.create("pix2pix", {})
        other.write_about(created=created)
    assert [each.name for each in summaries(run.path.parent)] == ["a", "b", "first"]


def test_checkpoints(run: RunFolder) -> None:
    for images in (100, 250):
        run.save_checkpoint(images, {"x": lambda file: file.write_bytes(b"1") and None})
    assert summary(run).checkpoint == 250

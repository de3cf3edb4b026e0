"""A disk that is really full: a mount of 2 MB, where the system lets us make one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from core_fixtures import make_data, make_run

from ganstudio.runs import folder as folders
from ganstudio.runs.folder import RunFolder, put_in_place, verify_checkpoint, write_whole
from ganstudio.training import loop
from ganstudio.training.loop import train
from ganstudio.words import Refused


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    command = [mount, "-t", "tmpfs", "-o", "size=2m", "none", str(place)]
    if mount is None or subprocess.run(command, capture_output=True, check=False).returncode:  # type: ignore[arg-type]
        pytest.skip("no file system of a size of our own may be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=False)


def fill(disk: Path, left: int = 0) -> Path:
    """Takes all of the disk but for some bytes."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        free = shutil.disk_usage(disk).free - left
        while free > 0:
            file.write(bytes(min(free, 4096)))
            free = shutil.disk_usage(disk).free - left
    return ballast


@pytest.mark.parametrize("left", [0, 4096, 60_000])
def test_a_run_that_dies_of_it_says_so_and_goes_on_later(disk: Path, tmp_path: Path, left: int) -> None:
    run = make_run(disk / "run", make_data(tmp_path / "data"))
    with pytest.raises(Refused) as refusal:
        train(run, quiet=True, saved=lambda images: fill(disk, left) and None)
    assert refusal.value.key == "run.not_saved"
    status = run.read_status()
    assert status["state"] == "failed" and "No space left" in status["message"] and "20 images" in status["message"]
    assert [verify_checkpoint(each) for each in run.list_checkpoints()] == [10]
    assert not list(run.checkpoints.glob(".*")) and (run.model / "config.json").is_file()
    (disk / "ballast").unlink()
    assert train(run, quiet=True) == "finished"
    assert [row["images"] for row in run.read_metrics()] == [*range(4, 41, 4)]


def test_metrics_that_find_no_room_are_told_and_written_later(
    disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step, told = loop.Session.step, []

    def watched(session: loop.Session, *arguments: object) -> None:
        if session.seen == 8:
            with run.metrics_file.open("ab") as file:  # to the end of the block, where more has room without a new one
                file.write(b"\n" * (-file.tell() % 4096))
            fill(disk)
        elif session.seen == 18:
            told.append(run.read_status())
            (disk / "ballast").unlink()
        elif session.seen == 22:
            told.append(run.read_status())
        step(session, *arguments)

    monkeypatch.setattr(loop.Session, "step", watched)
    run = make_run(disk / "run", make_data(tmp_path / "data"), checkpoint_every=1000)
    assert train(run, quiet=True) == "finished"
    assert told[0]["state"] == "running" and "metrics not written" in told[0]["message"] and told[0]["images"] == 16
    assert told[1]["message"] == ""
    assert [row["images"] for row in run.read_metrics()] == [*range(4, 41, 4)]


def test_no_part_of_a_sheet_is_left(disk: Path) -> None:
    write_whole(disk / "a.png", b"old")
    fill(disk, 4096)
    with pytest.raises(OSError, match="No space"):
        write_whole(disk / "a.png", bytes(100_000))
    assert (disk / "a.png").read_bytes() == b"old" and {each.name for each in disk.iterdir()} == {"a.png", "ballast"}


# --- wherever the machine stops ---------------------------------------------------------------------------


def checkpoint(run: RunFolder, images: int, text: str) -> Path:
    return run.save_checkpoint(images, {"a": lambda file: file.write_text(text) and None})


def test_a_checkpoint_of_the_same_step_stays_until_its_successor_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = RunFolder(tmp_path)
    final = checkpoint(run, 10, "first")
    rename, calls = Path.rename, []

    def cut(path: Path, target: Path) -> Path:
        """The machine stops before the second renaming."""
        calls.append(path)
        if len(calls) > 1:
            raise KeyboardInterrupt
        return rename(path, target)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "rename", cut)
        patch.setattr(folders.shutil, "rmtree", lambda *_, **__: None)
        checkpoint(run, 10, "second")
    assert run.list_checkpoints() == [] and len(calls) == 2
    run.remove_stale()
    assert run.list_checkpoints() == [final] and verify_checkpoint(final) == 10 and (final / "a").read_text() == "first"
    assert [each.name for each in run.checkpoints.iterdir()] == [final.name]
    checkpoint(run, 10, "second")
    assert (final / "a").read_text() == "second" and [each.name for each in run.checkpoints.iterdir()] == [final.name]


def test_what_cannot_take_its_place_leaves_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model").mkdir()
    with pytest.raises(OSError, match="absent"):
        put_in_place(tmp_path / "absent", tmp_path / "model")
    assert [each.name for each in tmp_path.iterdir()] == ["model"]


def test_leftovers_of_every_kind_are_swept_and_nothing_else(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    left = [
        ".status.json.0a1b2c3d", ".metrics.jsonl.0a1b2c3d", ".model.0a1b2c3d/x", ".model.123/x", ".push-1-2/x",
        "checkpoints/.tmp-10-0a1b2c3d/x", "checkpoints/.step-000000010.old/x", "samples/.000000010.png.0a1b2c3d",
        "samples/.000000010.json.0a1b2c3d", "milestones/.010.0a1b2c3d/x", "milestones/.010.old/x",
    ]  # fmt: skip
    stay = [
        "status.json", ".spare", "lock", ".mine", "samples/000000010.png", "samples/.hidden", "milestones/010/x",
        "checkpoints/step-000000010/x", "checkpoints/damaged-step-000000020/x",
    ]  # fmt: skip
    for name in (*left, *stay, "milestones/.050.old/only"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    run.remove_stale()
    found = {os.path.relpath(each, tmp_path) for each in tmp_path.rglob("*") if each.is_file()}
    assert found == {*stay, "milestones/050/only"}  # whose successor never stood


def test_the_status_survives_where_no_new_file_has_room(disk: Path) -> None:
    run = RunFolder(disk)
    run.write_status(state="running", message="x" * 300)
    (disk / ".spare").unlink()
    fill(disk)
    run.write_status(state="failed", message="why")
    assert json.loads((disk / "status.json").read_text())["message"] == "why"

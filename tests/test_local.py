"""Runs as processes of their own: started, queued, stopped, killed, resumed, deleted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from core_fixtures import make_data, make_run

from ganstudio import places
from ganstudio.runs import local
from ganstudio.runs.folder import RunFolder
from ganstudio.runs.process import identity
from ganstudio.runs.summary import state_of, summary
from ganstudio.words import Refused


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GANSTUDIO_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return make_data(tmp_path / "data")


def until(true: Callable[[], object], run: RunFolder, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true():
        told = run.output_file.read_text() if run.output_file.is_file() else "-"
        assert time.monotonic() < end, f"{run.read_status()}\n{told}"
        time.sleep(0.05)


def ended(run: RunFolder) -> bool:
    return state_of(run) in ("finished", "stopped", "failed", "interrupted")


def test_a_run_lives_without_whoever_started_it(home: Path, data: Path) -> None:
    """Started by a process that ends at once; watched through its folder, sampled, saved, stopped and resumed."""
    run = make_run(places.runs() / "first", data, images=10**6)
    imports = "import sys; from ganstudio.runs import local, folder"
    code = f"{imports}; local.start(folder.RunFolder(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", code, str(run.path)], check=True)
    until(lambda: state_of(run) == "running", run)
    assert summary(run).device == "cpu" and summary(run).memory
    with pytest.raises(Refused) as refusal:
        local.start(run)
    assert refusal.value.key == "run.busy"
    with pytest.raises(Refused) as refusal:
        local.delete(run)
    assert refusal.value.key == "run.alive"
    sheets = len(run.list_samples())
    local.sample_now(run)
    local.save_now(run)
    until(lambda: not run.asked("SAMPLE") and not run.asked("SAVE") and run.list_checkpoints(), run)
    until(lambda: len(run.list_samples()) > sheets, run)
    local.stop(run)
    local.stop(run)
    until(lambda: ended(run), run)
    assert state_of(run) == "stopped" and not run.stop_requested
    local.stop(run)  # nothing is left behind for the next
    assert not run.stop_requested
    for ask in (local.save_now, local.sample_now):
        with pytest.raises(Refused) as refusal:
            ask(run)
        assert refusal.value.key == "run.not_running"
    seen = summary(run).images
    local.start(run)
    until(lambda: summary(run).images > seen, run)
    os.kill(run.read_status()["pid"], signal.SIGKILL)
    until(lambda: ended(run), run)
    assert state_of(run) == "interrupted"
    local.delete(run)
    assert not run.path.exists() and not list(places.runs().glob(".deleted-*"))


def test_one_after_the_other_on_one_device(home: Path, data: Path) -> None:
    first, second, third = (make_run(places.runs() / name, data, images=10**6) for name in "abc")
    local.start(first)
    until(lambda: state_of(first) == "running", first)
    for run in (second, third):
        local.start(run)
    assert state_of(second) == state_of(third) == "queued"
    local.stop(third)  # while it waits
    until(lambda: state_of(third) == "stopped", third)
    assert state_of(second) == "queued" and not third.metrics_file.exists()
    os.kill(first.read_status()["pid"], signal.SIGKILL)  # a dead one holds no place
    until(lambda: state_of(second) == "running", second)
    local.stop(second)
    until(lambda: ended(second), second)


def test_the_queue_is_in_the_order_of_coming(home: Path) -> None:
    """Tickets of the dead count for nothing, those for another device neither."""
    run = RunFolder(home / "run")
    mine = local._take_ticket(run, ["gpu0"])
    other = local._take_ticket(run, ["gpu1"])
    both = local._take_ticket(run, ["gpu0", "gpu1"])
    assert [path.name for path in (mine, other, both)] == [f"{k:09d}.json" for k in (1, 2, 3)]
    assert local._is_first(mine, ["gpu0"]) and local._is_first(other, ["gpu1"])
    assert not local._is_first(both, ["gpu0", "gpu1"])
    for ticket, dead in ((mine, {"pid": 2**30}), (other, {})):
        ticket.write_text(ticket.read_text().replace(str(identity()["pid"]), str(dead.get("pid", 0))))
    assert local._is_first(both, ["gpu0", "gpu1"]) and not mine.exists() and not other.exists()


def test_a_double_click_is_one_training(home: Path, data: Path) -> None:
    run = make_run(places.runs() / "twice", data, images=10**6)
    refused = []

    def click() -> None:
        try:
            local.start(run)
        except Refused as refusal:
            refused.append(refusal.key)

    clicks = [threading.Thread(target=click) for _ in range(4)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    assert refused == ["run.busy"] * 3
    local.stop(run)
    until(lambda: ended(run), run)
    assert state_of(run) == "stopped"


def test_devices(home: Path, data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert [each.name for each in local.devices()] == ["cpu"]
    run = make_run(places.runs() / "first", data)
    for device in ("gpu0", "gpus", "cpu; rm", ""):
        with pytest.raises(Refused) as refusal:
            local.start(run, device)
        assert refusal.value.key == "run.no_device"
    assert state_of(run) == "new"
    driver = tmp_path / "nvidia-smi"
    driver.write_text("#!/bin/sh\necho '0, A 10, 24000'\necho '1, A 10, 23000'\necho 'odd, line, x'\n")
    driver.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    found = local.devices()
    assert [each.name for each in found] == ["gpus", "gpu0", "gpu1", "cpu"]
    assert found[0].memory == 23000 * 2**20
    assert local.environment("gpus")["CUDA_VISIBLE_DEVICES"] == "0,1"
    assert local.environment("gpu1")["CUDA_VISIBLE_DEVICES"] == "1"
    assert local.environment("cpu") == {"CUDA_VISIBLE_DEVICES": "", "ACCELERATE_USE_CPU": "true"}


def test_a_folder_that_is_no_run(home: Path) -> None:
    for work in (local.start, local.save_now, local.sample_now):
        with pytest.raises(Refused):
            work(RunFolder(home / "absent"))
    with pytest.raises(Refused):
        local.delete(RunFolder(home / "absent"))


def test_what_a_library_prints_is_kept(home: Path, tmp_path: Path) -> None:
    """A run that cannot begin says why in its status, and its process's words are in output.txt."""
    run = make_run(places.runs() / "lost", tmp_path / "no-such-folder")
    local.start(run)
    until(lambda: ended(run), run)
    assert state_of(run) == "failed" and "no-such-folder" in summary(run).message
    assert "no-such-folder" in run.output_file.read_text()

"""A run's folder: files that are whole or absent, whatever happens."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ganstudio.runs.folder import WISHES, Damaged, RunFolder, verify_checkpoint, write_json
from ganstudio.words import Refused


def writer(content: bytes) -> Callable[[Path], None]:
    def write(file: Path) -> None:
        file.write_bytes(content)

    return write


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path / "run")
    folder.create("pix2pix", {"images": 5})
    return folder


def test_looking_at_a_run_creates_nothing(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "absent")
    assert not run.exists and not run.stop_requested and not run.has_model
    assert run.read_status() == {} and list(run.read_metrics()) == [] and run.list_checkpoints() == []
    run.remove_stale()
    assert not run.path.exists()


def test_config_there_and_back(run: RunFolder) -> None:
    assert run.exists and run.read_config() == ("pix2pix", {"images": 5})
    run.create("pix2pix", {"images": 6, "data": "顔/写真"})
    assert RunFolder(run.path).read_config() == ("pix2pix", {"images": 6, "data": "顔/写真"})


@pytest.mark.parametrize("content", ["", "{", "[]", "3", '{"recipe": "x"}', '{"recipe": "x", "config": 3}'])
def test_a_config_that_cannot_be_read(run: RunFolder, content: str) -> None:
    (run.path / "config.json").write_text(content)
    with pytest.raises(Refused, match=r"config\.json") as refusal:
        run.read_config()
    assert refusal.value.key == "run.damaged_config"


def test_no_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "absent", tmp_path, tmp_path / "file"):
        with pytest.raises(Refused) as refusal:
            RunFolder(path).read_config()
        assert refusal.value.key == "run.absent"


@pytest.mark.parametrize("name", ["file", "file/below", "x" * 300, "nul\0byte"], ids=["file", "below", "long", "nul"])
def test_a_place_that_cannot_be_written(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("precious")
    with pytest.raises(Refused) as refusal:
        run = RunFolder(tmp_path / name)
        assert not run.exists
        run.create("pix2pix", {})
    assert refusal.value.key == "run.unwritable"
    assert (tmp_path / "file").read_text() == "precious"


def test_a_read_only_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(Refused, match="Read-only"):
        RunFolder(tmp_path / "run").create("pix2pix", {})


@pytest.mark.parametrize("name", ["日本語", "émoji 🎨", "-rf", "$(touch x)", "a b", "\u202egnp.run"])
def test_names_are_only_names(tmp_path: Path, name: str) -> None:
    run = RunFolder(tmp_path / name)
    run.create("pix2pix", {})
    assert run.exists and [p.name for p in tmp_path.iterdir()] == [name]


# --- lock -------------------------------------------------------------------------------------------------


def test_one_holder_at_a_time(run: RunFolder) -> None:
    with run.lock():
        with pytest.raises(Refused) as refusal, RunFolder(run.path).lock():
            pass
        assert refusal.value.key == "run.busy"
    with RunFolder(run.path).lock():
        pass


def test_the_lock_ends_with_its_process(run: RunFolder) -> None:
    code = f"""
import os
from ganstudio.runs.folder import RunFolder
with RunFolder({str(run.path)!r}).lock():
    os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    with run.lock():
        pass


# --- status and metrics -----------------------------------------------------------------------------------


def test_status(run: RunFolder) -> None:
    run.write_status(state="running", images=5)
    status = run.read_status()
    assert status["state"] == "running" and abs(status["heartbeat"] - time.time()) < 3600


@pytest.mark.parametrize("content", ["", '{"state": "runn', "[1]", "7", "null"])
def test_a_status_that_cannot_be_read(run: RunFolder, content: str) -> None:
    (run.path / "status.json").write_text(content)
    assert run.read_status() == {}


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    file = tmp_path / "status.json"
    write_json(file, {"n": 0})
    stop = threading.Event()

    def rewrite() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            write_json(file, {"n": n, "filling": "x" * 5000})

    thread = threading.Thread(target=rewrite)
    thread.start()
    try:
        for _ in range(300):
            assert "n" in json.loads(file.read_text())
    finally:
        stop.set()
        thread.join()
    assert [p.name for p in tmp_path.iterdir()] == ["status.json"]


def test_a_failed_replacement_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_json(tmp_path / "x.json", 1)

    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="full"):
        write_json(tmp_path / "x.json", 2)
    assert json.loads((tmp_path / "x.json").read_text()) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["x.json"]


def test_metrics(run: RunFolder) -> None:
    run.append_metrics({"images": 4, "loss": 0.5})
    run.append_metrics({"images": 8, "loss": float("nan"), "other": float("-inf"), "count": 3})
    rows = list(run.read_metrics())
    assert rows[0] == {"images": 4, "loss": 0.5}
    assert rows[1] == {"images": 8, "loss": None, "other": None, "count": 3, "nonfinite": ["loss", "other"]}
    for line in run.metrics_file.read_text().splitlines():
        json.loads(line, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


def test_torn_and_foreign_lines_are_skipped(run: RunFolder) -> None:
    run.append_metrics({"images": 4})
    with run.metrics_file.open("ab") as file:
        file.write(b'[1, 2]\n\n\xff\xfe\n{"images": 8, "los')
    run.append_metrics({"images": 12})  # on a line of its own
    assert [row["images"] for row in run.read_metrics()] == [4, 12]
    run.rewind_metrics(11)
    assert run.metrics_file.read_text() == '{"images": 4}\n'


def test_rewinding(run: RunFolder) -> None:
    run.rewind_metrics(5)
    assert not run.metrics_file.exists()
    for images in (4, 8, 12):
        run.append_metrics({"images": images})
    run.rewind_metrics(8)
    assert [row["images"] for row in run.read_metrics()] == [4, 8]


def test_stop(run: RunFolder) -> None:
    run.forget_old_wishes(time.time())  # there is none
    for wish in WISHES:
        run.ask(wish)
        run.ask(wish)  # asking twice is asking once
    assert run.stop_requested
    run.forget_old_wishes(time.time() - 3600)
    assert all(map(run.asked, WISHES))
    run.answered("SAVE")
    run.answered("SAVE")
    run.forget_old_wishes(time.time() + 3600)
    assert not run.stop_requested and not any(map(run.asked, WISHES))


def test_what_is_said_about_a_run(run: RunFolder) -> None:
    assert run.read_about() == run.read_job() == {}
    run.write_about(title="猫", created=1.0)
    run.write_about(device="cpu")
    assert run.read_about() == {"title": "猫", "created": 1.0, "device": "cpu"}
    (run.path / "about.json").write_text("[1")
    assert run.read_about() == {}
    run.write_job(id="7")
    assert run.read_job() == {"id": "7"}


def test_samples_are_listed_with_their_looks(run: RunFolder) -> None:
    assert run.list_samples() == [] and run.read_looks(5) == {}
    for images in (2000, 30):
        run.sample_file(images).write_bytes(b"png")
    run.write_looks(30, {"output": {"contrast": 0.5}})
    (run.path / "samples" / "x.png").write_bytes(b"")
    assert [images for images, _ in run.list_samples()] == [30, 2000]
    assert run.read_looks(30) == {"output": {"contrast": 0.5}}
    assert run.size(run.path / "samples") == 6 + run.sample_file(30).with_suffix(".json").stat().st_size
    assert run.size() > run.size(run.path / "samples") and run.size(run.path / "absent") == 0


# --- checkpoints ------------------------------------------------------------------------------------------


def test_checkpoints_are_kept_verified_and_ordered(run: RunFolder) -> None:
    for images in (5, 100, 20):
        folder = run.save_checkpoint(images, {"a": writer(b"aa"), "b": writer(b"b" * images)})
        assert verify_checkpoint(folder) == images and sorted(p.name for p in folder.iterdir())[0] == "a"
    assert [c.name for c in run.list_checkpoints()] == ["step-000000020", "step-000000100"]
    assert [p.name for p in run.checkpoints.iterdir() if p.name.startswith(".")] == []


def test_saving_a_moment_again_replaces_it(run: RunFolder) -> None:
    run.save_checkpoint(5, {"a": writer(b"old"), "gone": writer(b"")})
    folder = run.save_checkpoint(5, {"a": writer(b"new")})
    assert verify_checkpoint(folder) == 5 and (folder / "a").read_bytes() == b"new" and not (folder / "gone").exists()


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt(), SystemExit(1)], ids=repr)
def test_an_interrupted_save_leaves_no_trace(run: RunFolder, error: BaseException) -> None:
    kept = run.save_checkpoint(5, {"a": writer(b"a")})

    def fail(file: Path) -> None:
        file.write_bytes(b"half")
        raise error

    with pytest.raises(type(error)):
        run.save_checkpoint(10, {"a": writer(b"a"), "b": fail})
    assert list(run.checkpoints.iterdir()) == [kept] and verify_checkpoint(kept) == 5


def test_the_final_name_appears_last(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything has been synced, manifest included, when the folder is renamed."""
    synced: list[str] = []
    fsync = os.fsync

    def note(handle: int) -> None:
        synced.append(Path(os.readlink(f"/proc/self/fd/{handle}")).name)
        fsync(handle)

    rename = Path.rename

    def look(self: Path, target: Path) -> Path:
        assert (self / "manifest.json").is_file() and self.name.startswith(".tmp-")
        assert "a" in synced and any("manifest" in name for name in synced) and self.name in synced
        return rename(self, target)

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("needs /proc")
    monkeypatch.setattr(os, "fsync", note)
    monkeypatch.setattr(Path, "rename", look)
    run.save_checkpoint(5, {"a": writer(b"a")})
    assert synced[-1] == "checkpoints"


def test_killed_while_saving_again_and_again(run: RunFolder) -> None:
    """kill -9 at any moment leaves whole checkpoints, no fewer than before, and only temporaries besides."""
    code = f"""
from ganstudio.runs.folder import RunFolder
run = RunFolder({str(run.path)!r})
run.remove_stale()
images = len(run.list_checkpoints()) and int(run.list_checkpoints()[-1].name[5:])
while True:
    images += 1
    run.save_checkpoint(images, {{n: lambda file: file.write_bytes(bytes(100_000)) for n in "abc"}})
"""
    for delay in (0.0, 0.01, 0.02, 0.03):
        newest = run.list_checkpoints()[-1:]
        process = subprocess.Popen([sys.executable, "-c", code])
        while run.list_checkpoints()[-1:] == newest:
            assert process.poll() is None
            time.sleep(0.005)
        time.sleep(delay)
        process.kill()
        process.wait()
        found = run.list_checkpoints()
        assert found[-1:] > newest
        # One more than are kept, where the kill came before the oldest was removed, which may then be in part.
        assert [int(c.name[5:]) for c in found[-2:]] == [verify_checkpoint(c) for c in found[-2:]]
    run.remove_stale()
    assert not list(run.checkpoints.glob(".*"))


def test_damage_is_named(run: RunFolder) -> None:
    for images in (5, 10):
        run.save_checkpoint(images, {"a": writer(b"abc"), "b": writer(b"abc")})
    checkpoint = run.list_checkpoints()[-1]
    (checkpoint / "b").write_bytes(b"abd")
    with pytest.raises(Damaged, match=r"step-000000010: b does not match"):
        verify_checkpoint(checkpoint)
    (checkpoint / "b").unlink()
    with pytest.raises(Damaged, match="b is missing"):
        verify_checkpoint(checkpoint)
    (checkpoint / "manifest.json").unlink()
    with pytest.raises(Damaged, match=r"manifest\.json"):
        verify_checkpoint(checkpoint)
    run.set_aside(checkpoint)
    assert [c.name for c in run.list_checkpoints()] == ["step-000000005"]
    assert (run.checkpoints / "damaged-step-000000010" / "a").is_file()


def test_what_a_crash_left_is_removed_and_nothing_else(run: RunFolder) -> None:
    run.save_checkpoint(5, {"a": writer(b"a")})
    run.write_status(state="running")
    (run.checkpoints / ".tmp-10-deadbeef").mkdir()
    (run.checkpoints / ".tmp-10-deadbeef" / "a").write_bytes(b"half")
    (run.path / ".model.deadbeef").mkdir()
    (run.path / ".status.json.deadbeef").write_text("{")
    (run.path / ".gitignore").write_text("*")
    before = {p for p in run.path.rglob("*") if "deadbeef" not in str(p)}
    run.remove_stale()
    assert set(run.path.rglob("*")) == before


def test_this_module_needs_no_torch() -> None:
    code = "import sys, ganstudio.runs.folder; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

"""Training: exact resume after every way to be interrupted, and every way to fail."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from core_fixtures import (
    assert_same,
    data_settings,
    make_data,
    make_run,
    publish_tiny,
    tensors_of,
    tiny_settings,
)
from PIL import Image
from torch import Tensor

from ganstudio.models import hub
from ganstudio.recipes import RECIPES
from ganstudio.recipes.recipe import Batch, Networks, Update
from ganstudio.runs.folder import RunFolder, verify_checkpoint
from ganstudio.training import loop
from ganstudio.training import start as beginning
from ganstudio.training.checkpoint import NotFinite
from ganstudio.training.loop import train
from ganstudio.words import Refused

PATIENCE = 240.0  # seconds until a process that should have moved is given up


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_data(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, data: Path) -> RunFolder:
    """20 steps without interruption: what interrupted runs must arrive at."""
    run = make_run(tmp_path_factory.mktemp("whole") / "run", data)
    assert train(run, quiet=True) == "finished"
    return run


def last(run: RunFolder) -> dict[str, Tensor]:
    return tensors_of(run.list_checkpoints()[-1])


def start(run: RunFolder) -> subprocess.Popen[bytes]:
    """The run in a process of its own, as leader of its own group."""
    command = [sys.executable, "-m", "ganstudio", "train", str(run.path)]
    # As many threads as here: sums are rounded otherwise by another number of them.
    environment = {**os.environ, "OMP_NUM_THREADS": str(torch.get_num_threads())}
    with (run.path / "out.txt").open("ab") as out:
        return subprocess.Popen(command, stdout=out, stderr=out, env=environment, start_new_session=True)


def wait_until(process: subprocess.Popen[bytes], run: RunFolder, reached: Any) -> None:
    limit = time.monotonic() + PATIENCE
    while not reached():
        assert process.poll() is None, (run.path / "out.txt").read_text()
        assert time.monotonic() < limit, "nothing happened"
        time.sleep(0.02)


def stop_at(run: RunFolder, monkeypatch: pytest.MonkeyPatch, images: int) -> None:
    """Lays STOP into the run's folder once so many images have been seen."""
    step = loop.Session.step

    def step_then_stop(session: loop.Session, batch: Batch) -> None:
        step(session, batch)
        if session.seen + session.config.batch >= images:
            run.stop_file.touch()

    monkeypatch.setattr(loop.Session, "step", step_then_stop)


# --- every recipe -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_trains_stops_and_resumes_to_the_same_weights(
    recipe: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = data_settings(recipe, tmp_path / "data") | {"images": 12, "checkpoint_every": 4, "sample_every": 4}
    runs = [RunFolder(tmp_path / name) for name in ("whole", "halves")]
    for run in runs:
        run.create(recipe, tiny_settings(recipe, **settings))
    assert train(runs[0], quiet=True) == "finished"
    with monkeypatch.context() as patched:
        stop_at(runs[1], patched, 6)
        assert train(runs[1], quiet=True) == "stopped"
    assert train(runs[1], quiet=True) == "finished"
    assert_same(last(runs[0]), last(runs[1]))
    assert len(list((runs[1].path / "samples").iterdir())) >= 2
    row = list(runs[0].read_metrics())[-1]
    assert {name.split("/")[0] for name in row if "/" in name} == set(RECIPES[recipe].players)
    hub.load_networks(runs[0].model)


def test_start_from_a_run_takes_its_critics_too(tmp_path: Path) -> None:
    # Without the critic whose spectral norm looks for its vectors anew at every step, however low the rate.
    settings = data_settings("recolour", tmp_path / "data") | {"images": 4, "feature_weight": 0.0}
    first, second = RunFolder(tmp_path / "first"), RunFolder(tmp_path / "second")
    first.create("recolour", tiny_settings("recolour", **settings))
    train(first, quiet=True)
    second.create("recolour", tiny_settings("recolour", **settings, rate=1e-7, start_from=str(first.path)))
    train(second, quiet=True)
    a, b = last(first), last(second)
    for name in a:
        if name.startswith("networks:"):  # at such a rate they hardly move from where they began
            torch.testing.assert_close(a[name], b[name], atol=2e-3, rtol=2e-3)
    assert "palette_critic: goes on" in second.log_file.read_text()


# --- a run from start to end ------------------------------------------------------------------------------


def test_a_finished_run_leaves_everything_a_reader_needs(whole: RunFolder) -> None:
    status = whole.read_status()
    assert status["state"] == "finished" and status["images"] == status["total"] == 40
    assert status["pid"] == os.getpid() and status["started"] and status["heartbeat"]
    assert [c.name for c in whole.list_checkpoints()] == ["step-000000030", "step-000000040"]
    assert [verify_checkpoint(c) for c in whole.list_checkpoints()] == [30, 40]
    rows = list(whole.read_metrics())
    assert [row["images"] for row in rows] == list(range(4, 41, 4))
    terms = {"discriminator/real", "discriminator/fake", "generator/gan", "generator/l1"}
    assert all(terms <= row.keys() and "nonfinite" not in row for row in rows)
    assert rows[0]["rate"] == 2e-4 and rows[-1]["rate"] == pytest.approx(2e-5)
    sheet = Image.open(whole.sample_file(40))
    assert sheet.width > sheet.height >= 16
    assert sorted(p.name for p in whole.model.iterdir()) == ["config.json", "generator.safetensors", "losses.csv"]
    assert "6 pictures to train on" in whole.log_file.read_text()
    assert not [p.name for p in whole.path.rglob(".*")]


def test_the_published_model_is_the_average_in_half_precision(whole: RunFolder) -> None:
    published = hub.read_weights(whole.model / "generator.safetensors")
    average = last(whole)
    assert published
    for name, tensor in published.items():
        assert tensor.dtype == torch.float16
        assert torch.equal(tensor, average[f"averages:generator.{name}"].half())


def test_a_finished_run_started_again_stays_as_it_is(whole: RunFolder, tmp_path: Path) -> None:
    again = RunFolder(shutil.copytree(whole.path, tmp_path / "again"))
    before = {p: p.stat().st_mtime_ns for p in again.checkpoints.rglob("*")}
    assert train(again, quiet=True) == "finished"
    assert {p: p.stat().st_mtime_ns for p in again.checkpoints.rglob("*")} == before
    assert_same(last(again), last(whole))


def test_the_average_follows_the_weights(whole: RunFolder) -> None:
    tensors = last(whole)
    names = [n.removeprefix("averages:") for n in tensors if n.startswith("averages:")]
    assert any(not torch.equal(tensors[f"averages:{n}"], tensors[f"networks:{n}"]) for n in names)


def test_milestones_are_the_models_of_their_moments(whole: RunFolder, data: Path, tmp_path: Path) -> None:
    """10 and 50 % by default; a run that was stopped between them writes what one that was not does."""
    kept = {percent: hub.load_networks(folder) for percent, folder in hub.milestones(whole.model)}
    assert {percent: values["images"] for percent, (_, _, values) in kept.items()} == {10: 4, 50: 20}
    straight, stopped = (
        make_run(tmp_path / name, data, decay_after=1.0, **changes)
        for name, changes in (("straight", {}), ("stopped", {"images": 12, "milestones": ""}))
    )
    train(straight, quiet=True)
    train(stopped, quiet=True)
    stopped.create("pix2pix", tiny_settings(data=str(data), decay_after=1.0))
    train(stopped, quiet=True)
    one, other = (hub.load_networks(run.milestone(50))[0]["generator"] for run in (straight, stopped))
    assert_same(one.state_dict(), other.state_dict())


@pytest.mark.parametrize("value", ["0", "100", "ten", "-5", "10,,50", "10.5"])
def test_a_milestone_that_is_no_share_is_refused(data: Path, tmp_path: Path, value: str) -> None:
    with pytest.raises(Refused, match="milestones"):
        train(make_run(tmp_path / "run", data, milestones=value), quiet=True)


def test_no_milestones(data: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", data, milestones="", images=8)
    train(run, quiet=True)
    assert not hub.milestones(run.model)


def test_the_networks_that_show_what_they_saw_are_published_too(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", Path(data_settings("ugatit", tmp_path / "data")["data"]), "ugatit", images=4)
    train(run, quiet=True)
    networks, _, _ = hub.load_networks(run.model)
    recipe = RECIPES["ugatit"]
    assert recipe.witnesses and set(networks) == {*recipe.exports, *recipe.witnesses}
    state = tensors_of(run.list_checkpoints()[-1])
    for name in recipe.witnesses:
        for key, tensor in networks[name].state_dict().items():
            assert torch.equal(tensor, state[f"networks:{name}.{key}"].half().float()), key


def test_without_an_average_the_weights_themselves_are_published(data: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", data, ema=0, images=4)
    train(run, quiet=True)
    tensors = last(run)
    for name in [n.removeprefix("averages:") for n in tensors if n.startswith("averages:")]:
        assert torch.equal(tensors[f"averages:{name}"], tensors[f"networks:{name}"])


@pytest.mark.parametrize(
    "changes",
    [
        {"images": 5, "batch": 4, "checkpoint_every": 1},  # not a multiple; more often than every step
        {"images": 4, "norm": "batch", "loss": "lsgan", "upsample": "transposed"},
        {"images": 4, "norm": "group", "loss": "hinge", "feature_weight": 1.0, "augmentation": "all"},
        {"images": 4, "norm": "none", "dropout": 0.0, "patch": 1, "flip": False, "enlarge": 0.0},
        {"images": 4, "batch": 8, "folds": 3, "shrink": 0.5, "width": 5, "precision": "auto"},
    ],
    ids=lambda changes: "-".join(changes),
)
def test_settings_that_are_allowed_train(data: Path, tmp_path: Path, changes: dict[str, Any]) -> None:
    from accelerate.state import AcceleratorState

    AcceleratorState._reset_state(reset_partial_state=True)  # one precision a process, otherwise
    run = make_run(tmp_path / "run", data, **changes)
    assert train(run, quiet=True) == "finished"
    AcceleratorState._reset_state(reset_partial_state=True)
    steps = -(-changes["images"] // changes.get("batch", 2))
    assert run.read_status()["images"] == steps * changes.get("batch", 2)


def test_a_longer_run_goes_on_from_where_a_shorter_one_ended(data: Path, tmp_path: Path) -> None:
    """With no decay of the rate, 12 + 8 images give what 20 give."""
    long = make_run(tmp_path / "long", data, images=20, decay_after=1.0)
    train(long, quiet=True)
    short = make_run(tmp_path / "short", data, images=12, decay_after=1.0)
    train(short, quiet=True)
    make_run(tmp_path / "short", data, images=20, decay_after=1.0)
    assert train(short, quiet=True) == "finished"
    assert_same(last(short), last(long))


def test_start_from_takes_the_weights_of_a_published_model(data: Path, tmp_path: Path) -> None:
    networks = publish_tiny(tmp_path / "model", seed=5)
    run = make_run(tmp_path / "run", data, start_from=str(tmp_path / "model"), rate=1e-7, images=2)
    train(run, quiet=True)
    tensors = last(run)
    for name, value in networks["generator"].state_dict().items():
        torch.testing.assert_close(tensors[f"networks:generator.{name}"], value, atol=1e-3, rtol=0)
    shutil.rmtree(tmp_path / "model")  # a run that has begun does not need it any more
    make_run(tmp_path / "run", data, start_from=str(tmp_path / "model"), rate=1e-7, images=4)
    assert train(run, quiet=True) == "finished"


def test_start_from_a_model_that_does_not_fit(data: Path, tmp_path: Path) -> None:
    publish_tiny(tmp_path / "model", width=8)
    run = make_run(tmp_path / "run", data, start_from=str(tmp_path / "model"))
    with pytest.raises(Refused) as refusal:
        train(run, quiet=True)
    assert refusal.value.key == "model.mismatch"
    assert run.read_status()["state"] == "failed"


def test_start_from_weights_of_another_enlargement(tmp_path: Path) -> None:
    """A ResNet's have the same shapes with both, and mean something else."""
    publish_tiny(tmp_path / "model", recipe="cyclegan", upsample="transposed")
    many = {"upsample": "transposed", "domains": "fire,water", "norm": "instance", "output": "colours"}
    publish_tiny(tmp_path / "many", recipe="recolour", **many)
    data = data_settings("cyclegan", tmp_path / "data") | {"domain_a": "fire", "domain_b": "water"}
    for start, output in (("model", "picture"), ("many", "colours")):
        run = RunFolder(tmp_path / f"run-{start}")
        run.create("cyclegan", tiny_settings("cyclegan", **data, start_from=str(tmp_path / start), output=output))
        with pytest.raises(Refused, match="upsample transposed for resize") as refusal:
            train(run, quiet=True)
        assert refusal.value.key == "model.mismatch"


def test_start_from_weights_under_another_name(data: Path, tmp_path: Path) -> None:
    publish_tiny(tmp_path / "model")
    (tmp_path / "model" / "generator.safetensors").rename(tmp_path / "model" / "weights.safetensors")
    config = tmp_path / "model" / "config.json"
    config.write_text(config.read_text().replace("generator.safetensors", "weights.safetensors"))
    assert train(make_run(tmp_path / "run", data, start_from=str(tmp_path / "model"), images=2), quiet=True)


# --- interrupted ------------------------------------------------------------------------------------------


def test_stopped_by_file_and_resumed_equals_uninterrupted(
    whole: RunFolder, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(tmp_path / "run", data)
    with monkeypatch.context() as patch:
        stop_at(run, patch, 22)
        assert train(run, quiet=True) == "stopped"
    assert run.read_status()["state"] == "stopped" and run.read_status()["images"] == 22
    assert verify_checkpoint(run.list_checkpoints()[-1]) == 22
    assert not run.stop_file.exists()
    assert train(run, quiet=True) == "finished"
    assert_same(last(run), last(whole))
    kept = [{k: v for k, v in row.items() if k not in ("time", "images_per_second")} for row in run.read_metrics()]
    rows = [{k: v for k, v in row.items() if k not in ("time", "images_per_second")} for row in whole.read_metrics()]
    assert [row for row in kept if row["images"] <= 20] == [row for row in rows if row["images"] <= 20]
    assert kept[-1] == rows[-1]
    assert [row["images"] for row in kept] == sorted({row["images"] for row in kept})


def test_killed_and_resumed_equals_uninterrupted(data: Path, tmp_path: Path) -> None:
    """kill -9 in mid-run, with a worker; then, in this process, to the end."""
    # A constant rate, so that the two runs may differ in length; too long to end before it is killed.
    settings: dict[str, Any] = {"images": 10**6, "decay_after": 1.0, "workers": 1, "checkpoint_every": 6}
    run = make_run(tmp_path / "run", data, **settings)
    process = start(run)
    wait_until(process, run, run.list_checkpoints)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    reached = verify_checkpoint(run.list_checkpoints()[-1])
    assert reached > 0
    # Both now end 10 images after what the killed one had saved.
    settings |= {"images": reached + 10, "workers": 0, "checkpoint_every": 10**6}
    plain = make_run(tmp_path / "plain", data, **settings)
    make_run(tmp_path / "run", data, **settings)
    assert train(plain, quiet=True) == train(run, quiet=True) == "finished"
    assert_same(last(run), last(plain))
    assert "resumed at" in run.log_file.read_text()
    assert not list(run.checkpoints.glob(".tmp-*")) and not list(run.path.glob(".*"))


def test_sigterm_saves_and_ends(data: Path, tmp_path: Path) -> None:
    """Sent to the trainer's workers as well, as a terminal or a service manager does; and twice."""
    run = make_run(tmp_path / "run", data, images=10**6, workers=2, checkpoint_every=10**6)
    process = start(run)
    wait_until(process, run, lambda: run.read_status().get("images", 0) > 0)
    for _ in range(2):
        os.killpg(process.pid, signal.SIGTERM)
    assert process.wait(PATIENCE) == 0, (run.path / "out.txt").read_text()
    status = run.read_status()
    assert status["state"] == "stopped"
    assert verify_checkpoint(run.list_checkpoints()[-1]) == status["images"] > 0
    assert "Traceback" not in (run.path / "out.txt").read_text()


def test_a_stop_from_before_the_process_is_forgotten(data: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", data, images=4)
    run.stop_file.touch()
    os.utime(run.stop_file, (0, 0))
    assert train(run, quiet=True) == "finished"


def test_a_stop_while_the_trainer_loads_is_obeyed(data: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", data)
    run.stop_file.touch()
    assert train(run, quiet=True) == "stopped"
    assert 0 < run.read_status()["images"] < 40
    assert train(run, quiet=True) == "finished"


def test_two_trainings_of_one_folder(data: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", data, images=4)
    with RunFolder(run.path).lock():
        with pytest.raises(Refused) as refusal:
            train(run, quiet=True)
        assert refusal.value.key == "run.busy"
        assert run.read_status() == {}  # the other one's status is its own
    assert train(run, quiet=True) == "finished"


# --- damage -----------------------------------------------------------------------------------------------


def truncate(checkpoint: Path) -> None:
    file = checkpoint / "networks.safetensors"
    file.write_bytes(file.read_bytes()[:-7])


def flip_a_bit(checkpoint: Path) -> None:
    file = checkpoint / "optimizers.safetensors"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))


def lose_the_manifest(checkpoint: Path) -> None:
    (checkpoint / "manifest.json").unlink()


def lose_a_file(checkpoint: Path) -> None:
    (checkpoint / "averages.safetensors").unlink()


def tear_the_manifest(checkpoint: Path) -> None:
    (checkpoint / "manifest.json").write_text('{"schema": 1, "images": 40, "files": {"networks.saf')


def empty_an_entry(checkpoint: Path) -> None:
    (checkpoint / "manifest.json").write_text('{"schema": 1, "images": 40, "files": {"networks.safetensors": {}}}')


DAMAGES = (truncate, flip_a_bit, lose_the_manifest, lose_a_file, tear_the_manifest, empty_an_entry)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_checkpoint_is_passed_over(whole: RunFolder, tmp_path: Path, damage: Any) -> None:
    run = RunFolder(shutil.copytree(whole.path, tmp_path / "run"))
    stale = run.checkpoints / ".tmp-44-0123abcd"
    stale.mkdir()
    (stale / "networks.safetensors").write_bytes(b"half")
    (run.path / ".model.0123abcd").mkdir()
    (run.path / ".status.json.0123abcd").write_text("{")
    damage(run.list_checkpoints()[-1])
    assert train(run, quiet=True) == "finished"
    assert_same(last(run), last(whole))
    log = run.log_file.read_text()
    assert "passed over: step-000000040" in log and "resumed at 30 images" in log
    assert not list(run.path.rglob(".*"))


def test_damaged_checkpoints_do_not_push_out_whole_ones(whole: RunFolder, tmp_path: Path) -> None:
    run = RunFolder(shutil.copytree(whole.path, tmp_path / "run"))
    for name in ("step-000000050", "step-000000060"):
        shutil.copytree(run.list_checkpoints()[-1], run.checkpoints / name)
        truncate(run.checkpoints / name)
    assert train(run, quiet=True) == "finished"
    assert [c.name for c in run.list_checkpoints()] == ["step-000000030", "step-000000040"]


def test_no_checkpoint_is_whole(whole: RunFolder, tmp_path: Path) -> None:
    run = RunFolder(shutil.copytree(whole.path, tmp_path / "run"))
    for checkpoint in run.list_checkpoints():
        truncate(checkpoint)
    with pytest.raises(Refused) as refusal:
        train(run, quiet=True)
    assert refusal.value.key == "run.all_damaged" and "networks.safetensors" in str(refusal.value)
    assert len(run.list_checkpoints()) == 2  # left for a person to look at


def test_a_checkpoint_of_another_schema_is_refused(whole: RunFolder, tmp_path: Path) -> None:
    run = RunFolder(shutil.copytree(whole.path, tmp_path / "run"))
    manifest = run.list_checkpoints()[-1] / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "schema": 0}))
    with pytest.raises(Refused) as refusal:
        train(run, quiet=True)
    assert refusal.value.key == "run.other_schema"
    assert run.read_status()["state"] == "failed"


def test_a_checkpoint_of_other_networks_is_refused(whole: RunFolder, data: Path, tmp_path: Path) -> None:
    shutil.copytree(whole.path, tmp_path / "run")
    run = make_run(tmp_path / "run", data, width=8)
    with pytest.raises(Refused, match=r"encoder\.0\.0\.weight") as refusal:
        train(run, quiet=True)
    assert refusal.value.key == "run.other_networks"


def test_nan_ends_the_run_and_keeps_the_last_finite_checkpoint(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from ganstudio.commands import main

    pix2pix = RECIPES["pix2pix"]
    calls: list[int] = []

    def step(nets: Networks, batch: Batch, update: Update, c: Any) -> None:
        calls.append(1)
        if len(calls) > 6:  # after 12 images: checkpoint at 10, report at 16
            batch = Batch(batch.source, batch.target * float("nan"))
        pix2pix.step(nets, batch, update, c)

    monkeypatch.setitem(RECIPES, "pix2pix", replace(pix2pix, step=step))
    run = make_run(tmp_path / "run", data)
    assert main(["train", str(run.path), "--quiet"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("ganstudio: ") and error.count("\n") == 1 and "16 images" in error
    status = run.read_status()
    assert status["state"] == "failed" and "16 images" in status["message"]
    assert [verify_checkpoint(c) for c in run.list_checkpoints()] == [10]
    assert all(t.isfinite().all() for t in last(run).values())
    bad = list(run.read_metrics())[-1]
    assert bad["images"] == 16 and bad["generator/l1"] is None and "generator/l1" in bad["nonfinite"]
    assert "NaN" not in run.metrics_file.read_text()


def test_nan_is_never_saved(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights that become NaN between two reports do not reach a checkpoint."""
    step = loop.Session.step

    def spoil(session: loop.Session, batch: Batch) -> None:
        step(session, batch)
        next(session.state.networks["discriminator"].parameters()).data.fill_(float("nan"))

    monkeypatch.setattr(loop.Session, "step", spoil)
    run = make_run(tmp_path / "run", data, report_every=1000, checkpoint_every=2)
    with pytest.raises(NotFinite, match="discriminator"):
        train(run, quiet=True)
    assert run.list_checkpoints() == [] and run.read_status()["state"] == "failed"


def full_disk(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("where", ["fsync", "weights", "rename"])
def test_a_full_disk_while_saving(
    whole: RunFolder, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    run = make_run(tmp_path / "run", data)
    save = RunFolder.save_checkpoint

    def save_on_a_full_disk(folder: RunFolder, images: int, files: Any) -> Path:
        if images < 20:
            return save(folder, images, files)
        with monkeypatch.context() as patch:
            if where == "fsync":
                patch.setattr(os, "fsync", full_disk)
            elif where == "weights":
                patch.setattr(hub, "save_file", full_disk)
            else:
                patch.setattr(Path, "rename", full_disk)
            return save(folder, images, files)

    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "save_checkpoint", save_on_a_full_disk)
        with pytest.raises(Refused) as refusal:
            train(run, quiet=True)
    assert refusal.value.key == "run.not_saved" and "20 images" in str(refusal.value)
    assert run.read_status()["state"] == "failed"
    assert [p.name for p in run.checkpoints.iterdir()] == ["step-000000010"]
    assert verify_checkpoint(run.list_checkpoints()[-1]) == 10
    assert train(run, quiet=True) == "finished"  # space was made
    assert_same(last(run), last(whole))


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits of a process")
def test_a_write_that_fails_in_the_weights_library(tmp_path: Path) -> None:
    """It has an error of its own for that, which must not slip past those who catch OSError."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, before[1]))
    try:
        with pytest.raises(OSError, match="I/O error"):
            hub.save_weights(tmp_path / "x.safetensors", {"a": torch.zeros(100_000)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_for_metrics_and_samples_does_not_end_the_run(
    whole: RunFolder, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(tmp_path / "run", data, sample_every=10)
    for name in ("append_metrics", "write_status", "sample_file"):
        monkeypatch.setattr(RunFolder, name, full_disk)
    assert train(run, quiet=True) == "finished"
    log = run.log_file.read_text()
    assert "metrics not written" in log and "status not written" in log and "sample sheet not written" in log
    assert_same(last(run), last(whole))


def test_out_of_memory_names_the_settings_to_lower(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def exhaust(*_: object) -> None:
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate ...")

    monkeypatch.setattr(loop.Session, "step", exhaust)
    run = make_run(tmp_path / "run", data)
    with pytest.raises(Refused, match="--batch") as refusal:
        train(run, quiet=True)
    assert refusal.value.key == "train.memory"
    assert run.read_status()["state"] == "failed" and "--batch" in run.read_status()["message"]


def test_an_unforeseen_error_ends_as_failed(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def surprise(*_: object) -> None:
        raise ZeroDivisionError("what nobody thought of")

    monkeypatch.setattr(loop.Session, "step", surprise)
    run = make_run(tmp_path / "run", data)
    with pytest.raises(ZeroDivisionError):
        train(run, quiet=True)
    assert run.read_status()["state"] == "failed" and "nobody thought of" in run.read_status()["message"]
    assert "nobody thought of" in run.log_file.read_text()


def test_a_picture_that_vanishes_in_mid_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told by a worker process, whose error has to survive the way to the trainer."""
    data = make_data(tmp_path / "data")
    opened = loop.Session.open_data

    def open_then_lose(session: loop.Session) -> None:
        opened(session)
        for file in (data / "target").iterdir():
            file.unlink()

    monkeypatch.setattr(loop.Session, "open_data", open_then_lose)
    run = make_run(tmp_path / "run", data, workers=1)
    with pytest.raises(Exception, match=r"\.png"):
        train(run, quiet=True)
    assert run.read_status()["state"] == "failed" and ".png" in run.read_status()["message"]


# --- refused before it starts -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"size": 20}, "train.size"),
        ({"patch": 70}, "train.too_small"),
        ({"batch": 0}, "config.bounds"),
        ({"widht": 4}, "config.unknown"),
        ({"data": "/nowhere"}, "data.no_folder"),
        ({"folds": 2, "fold": 2}, "data.fold"),
        ({"hold_out": "/nowhere.txt"}, "data.hold_out"),
        ({"start_from": "no-such-model"}, "model.unknown"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_bad_settings_are_refused(data: Path, tmp_path: Path, changes: dict[str, Any], key: str) -> None:
    run = make_run(tmp_path / "run", **({"data": data} | changes))
    with pytest.raises(Refused) as refusal:
        train(run, quiet=True)
    assert refusal.value.key == key
    assert run.list_checkpoints() == []


def test_unknown_recipe(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    run.create("alchemy", {})
    with pytest.raises(Refused) as refusal:
        train(run, quiet=True)
    assert refusal.value.key == "run.recipe"


def test_unreadable_pictures_are_named_in_the_log(tmp_path: Path) -> None:
    data = make_data(tmp_path / "data", 6)
    (data / "source" / "0003.png").write_bytes(b"this is no picture")
    run = make_run(tmp_path / "run", data, images=4)
    assert train(run, quiet=True) == "finished"
    log = run.log_file.read_text()
    assert "skipped 0003.png" in log and "5 pictures to train on" in log


# --- rate, signals, processes -----------------------------------------------------------------------------


def test_the_rate_falls_linearly_after_its_share_of_the_run() -> None:
    share = loop._rate_share
    assert [share(p, 0.5) for p in (0.0, 0.5, 0.75, 1.0)] == [1, 1, 0.5, 0]
    assert [share(p, 1.0) for p in (0.0, 0.5, 1.0)] == [1, 1, 1]
    assert [share(p, 0.0) for p in (0.0, 0.25, 1.0)] == [1, 0.75, 0]


def test_a_signal_during_the_final_save_changes_nothing(
    whole: RunFolder, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if threading.current_thread() is not threading.main_thread():
        pytest.skip("signals reach the main thread")
    run = make_run(tmp_path / "run", data)
    save = RunFolder.save_checkpoint

    def interrupted(folder: RunFolder, images: int, files: Any) -> Path:
        os.kill(os.getpid(), signal.SIGTERM)
        return save(folder, images, files)

    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "save_checkpoint", interrupted)
        assert train(run, quiet=True) == "stopped"
    assert train(run, quiet=True) == "finished"
    assert_same(last(run), last(whole))


def test_two_processes_equal_one(data: Path, tmp_path: Path) -> None:
    """Within rounding. Without dropout, whose masks each process draws for its own pictures; and without a norm,
    under which the gradients of biases are nothing but rounding, which Adam makes as large as any other."""
    settings: dict[str, Any] = {"images": 16, "batch": 4, "dropout": 0.0, "norm": "none", "checkpoint_every": 8}
    one, two = (make_run(tmp_path / name, data, **settings) for name in ("one", "two"))
    train(one, quiet=True)
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    done = subprocess.run(
        [*command, "-m", "ganstudio", "train", str(two.path)],
        env={**os.environ, "ACCELERATE_USE_CPU": "true", "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode()
    assert two.read_status()["state"] == "finished"
    a, b = last(one), last(two)
    assert a.keys() == b.keys()
    for name, value in a.items():
        torch.testing.assert_close(b[name], value, atol=2e-4, rtol=1e-2, msg=name)
    for ours, theirs in zip(one.read_metrics(), two.read_metrics(), strict=True):
        assert ours["images"] == theirs["images"]
        assert theirs["generator/l1"] == pytest.approx(ours["generator/l1"], rel=1e-3)


def test_a_batch_that_does_not_divide(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class ThreeProcesses:
        num_processes = 3

    monkeypatch.setattr(beginning, "Accelerator", lambda **_: ThreeProcesses())
    run = make_run(tmp_path / "run", data)
    with pytest.raises(Refused) as refusal:
        train(run, quiet=True)
    assert refusal.value.key == "train.batch"
